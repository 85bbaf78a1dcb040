"""The statistics of features that a LeRobot dataset has."""

import numpy as np

from .model import Pictures

QUANTILES = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}


def statistics_of(values: np.ndarray) -> dict[str, np.ndarray]:
    """LeRobot's statistics of a feature's values in an episode, (rows,) or (rows, n): arrays of n numbers, and the count."""
    numbers = values.reshape(len(values), -1).astype(np.float64)
    quantiles = np.quantile(numbers, list(QUANTILES.values()), axis=0)
    moments = {"min": numbers.min(0), "max": numbers.max(0), "mean": numbers.mean(0), "std": numbers.std(0)}
    return moments | {"count": np.array([len(values)])} | dict(zip(QUANTILES, quantiles, strict=True))


def picture_statistics(pictures: Pictures) -> dict[str, np.ndarray]:
    """LeRobot's statistics of an episode's pictures: arrays of shape (3, 1, 1), of red, green and blue from 0 to 1, and the count.

    As LeRobot does, of some of the rows, and of large pictures of some of the pixels.
    """
    rows, *sides, _ = pictures.shape
    sampled = np.round(np.linspace(0, rows - 1, _sample_size(rows))).astype(int)
    step = 1 if max(sides) < 300 else max(sides) // 150
    counts = np.zeros((3, 256), np.int64)
    for row in sampled:
        pixels = pictures[row][::step, ::step].reshape(-1, 3)
        counts += [np.bincount(colour, minlength=256) for colour in pixels.T]
    values, total = np.arange(256) / 255, counts[0].sum()
    mean = counts @ values / total
    variance = (counts * (values - mean[:, None]) ** 2).sum(1) / total
    least = lambda share: values[(counts.cumsum(1) >= max(1, share * total)).argmax(1)]
    numbers = {"min": least(0), "max": least(1), "mean": mean, "std": np.sqrt(variance)}
    numbers |= {name: least(share) for name, share in QUANTILES.items()}
    return {key: of.reshape(3, 1, 1) for key, of in numbers.items()} | {"count": np.array([len(sampled)])}


def _sample_size(rows: int) -> int:
    """How many of an episode's pictures LeRobot computes statistics of."""
    return max(min(rows, 100), min(int(rows**0.75), 10_000))


def aggregate(statistics: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """A feature's statistics over all episodes. As in LeRobot, quantiles are the mean of the episodes', weighted by rows."""
    of = {key: np.stack([one[key] for one in statistics]) for key in statistics[0]}
    shares = of["count"] / of["count"].sum()
    weights = shares.reshape(-1, *[1] * (of["mean"].ndim - 1))
    mean = (weights * of["mean"]).sum(0)
    variance = (weights * (of["std"] ** 2 + (of["mean"] - mean) ** 2)).sum(0)
    whole = {"min": of["min"].min(0), "max": of["max"].max(0), "mean": mean, "std": np.sqrt(variance)}
    return whole | {"count": of["count"].sum(0)} | {name: (weights * of[name]).sum(0) for name in QUANTILES}

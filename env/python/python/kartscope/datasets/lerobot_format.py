"""Datasets in LeRobot's format, version 3.0.

An episode is a movie, a step a row. `observation.*` keep their names; a field of one number has shape [1], as usual in LeRobot,
and others are flat. `action` has five numbers, named in `meta/info.json`; `reward` is `next.reward`, and `next.done` marks an
episode's last row. The task is the course. Frames count as 1/60 s
in the timestamps; the DS makes 59.83 a second.

`meta/kartscope.json` is the dataset's manifest; a dataset without it cannot become a kartscope dataset.

Layout: https://huggingface.co/docs/lerobot/lerobot-dataset-v3
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path

import numpy as np

from kartscope._native import NewFolder

from .folder import opened, write
from .model import FIXED, OBSERVATION, Episode, Field, Manifest
from .parquet import arrow_table, read_columns
from .problems import mismatch, optional

VERSION = "v3.0"
FRAMES_PER_SECOND = 60
"""The console's, rounded: LeRobot wants whole numbers."""
CHUNK_FILES = 1000
FILE_MIB = 100
"""The most data in one file."""

INFO = "meta/info.json"
STATS = "meta/stats.json"
TASKS = "meta/tasks.parquet"
MANIFEST = "meta/kartscope.json"
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"

ACTION = tuple(one.name for one in FIXED if one.name.startswith("action."))
"""The columns that are the numbers of the feature `action`, in order."""

PLAIN = {one.name: "next.reward" if one.name == "reward" else one.name for one in FIXED if one.name not in ACTION}
"""Features that are an unchanged column, by the column."""

QUANTILES = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}


def to_lerobot(folder, target) -> Path:
    """Writes the dataset in `folder` as a LeRobot dataset in the new folder `target`, and returns that.

    Raises
    ------
    DatasetError
        The dataset in `folder` is not whole, has no movies, or its steps do not divide a second of 60 frames.
    FileExistsError
        There is something at `target`.
    BlockingIOError
        Another process writes `target`.
    """
    manifest, episodes = opened(folder)
    if not manifest.movies:
        raise mismatch(folder, "movies", "at least one", "none")
    fps, left = divmod(FRAMES_PER_SECOND, manifest.frames_per_step)
    if left:
        raise mismatch(folder, "frames_per_step", f"a divisor of {FRAMES_PER_SECOND}", manifest.frames_per_step)
    features = _features(manifest.observation)
    for one in features:
        if "/" in one.name:  # LeRobot's way to name the parts of something
            raise mismatch(folder, "observation field", "a name without /", one.name)
    with NewFolder(target) as stage:
        writer = _Writer(stage, features, fps)
        for episode in episodes:
            writer.add(_feature_columns(episode, features), f"Finish course {episode.source.course_name}")
        writer.close()
        (stage / MANIFEST).write_text(manifest.dumps(), encoding="utf-8")
    return Path(target)


def from_lerobot(target, folder) -> Manifest:
    """Writes a LeRobot dataset that :func:`to_lerobot` made as a kartscope dataset's folder, with equal rows and sources.

    Raises
    ------
    DatasetError
        The dataset is of another version, was not made by kartscope, or was changed since: other episodes, rows or features.
    FileNotFoundError
        A file is missing.
    FileExistsError
        There is something at `folder`.
    BlockingIOError
        Another process writes `folder`.
    """
    info = _read_info(Path(target, INFO))
    path = Path(target, MANIFEST)
    manifest = Manifest.parse(path.read_bytes(), path)
    if info["total_episodes"] != len(manifest.movies):
        raise mismatch(Path(target, INFO), "total_episodes", len(manifest.movies), info["total_episodes"])
    return write(folder, _episodes(Path(target), manifest), manifest.observation, manifest.frames_per_step)


def _features(observation) -> list[Field]:
    """The features, in the files' order, with shapes as LeRobot stores them: one number as a number, more as a flat list."""
    types = {one.name: one.dtype for one in FIXED}
    return [
        *(Field(OBSERVATION + one.name, shape=() if one.width == 1 else (one.width,)) for one in observation),
        Field("action", shape=(len(ACTION),)),
        Field("next.done", dtype="bool"),
        *(Field(feature, dtype=types[column]) for column, feature in PLAIN.items()),
        Field("timestamp"),
        *(Field(name, dtype="int64") for name in ("frame_index", "episode_index", "index", "task_index")),
    ]


def _feature_columns(episode: Episode, features: list[Field]) -> dict[str, np.ndarray]:
    """An episode's rows as features, except LeRobot's own features."""
    columns, rows = episode.columns, len(episode)
    observed = {one.name: columns[one.name].reshape(rows, *one.shape) for one in features if one.name.startswith(OBSERVATION)}
    action = np.stack([columns[name].astype(np.float32) for name in ACTION], axis=1)
    plain = {feature: columns[column] for column, feature in PLAIN.items()}
    return observed | {"action": action, "next.done": np.arange(rows) == rows - 1} | plain


def _statistics(values: np.ndarray) -> dict[str, np.ndarray]:
    """LeRobot's statistics of a feature's values in an episode, (rows,) or (rows, n): arrays of n numbers, and the count."""
    numbers = values.reshape(len(values), -1).astype(np.float64)
    quantiles = np.quantile(numbers, list(QUANTILES.values()), axis=0)
    moments = {"min": numbers.min(0), "max": numbers.max(0), "mean": numbers.mean(0), "std": numbers.std(0)}
    return moments | {"count": np.array([len(values)])} | dict(zip(QUANTILES, quantiles, strict=True))


def _aggregate(statistics: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """A feature's statistics over all episodes. As in LeRobot, quantiles are the mean of the episodes', weighted by rows."""
    of = {key: np.stack([one[key] for one in statistics]) for key in statistics[0]}
    weights = of["count"] / of["count"].sum()
    mean = (weights * of["mean"]).sum(0)
    variance = (weights * (of["std"] ** 2 + (of["mean"] - mean) ** 2)).sum(0)
    whole = {"min": of["min"].min(0), "max": of["max"].max(0), "mean": mean, "std": np.sqrt(variance)}
    return whole | {"count": of["count"].sum(0)} | {name: (weights * of[name]).sum(0) for name in QUANTILES}


@dataclass
class _Writer:
    """Writes a LeRobot dataset into an empty folder, an episode at a time."""

    folder: Path
    features: list[Field]
    fps: int
    tasks: dict[str, int] = field(default_factory=dict)
    episodes: list[dict] = field(default_factory=list)
    statistics: list[dict] = field(default_factory=list)
    frames: int = 0
    file: int = 0
    tables: list = field(default_factory=list)

    def add(self, columns: dict[str, np.ndarray], task: str) -> None:
        """Adds an episode; LeRobot's own features are made here."""
        rows, number = len(columns["action"]), len(self.episodes)
        task_index = self.tasks.setdefault(task, len(self.tasks))
        columns = columns | {
            "timestamp": (np.arange(rows) / self.fps).astype(np.float32),
            "frame_index": np.arange(rows),
            "episode_index": np.full(rows, number),
            "index": np.arange(rows) + self.frames,
            "task_index": np.full(rows, task_index),
        }
        table = arrow_table(columns, self.features)
        if self.tables and sum(one.nbytes for one in self.tables) + table.nbytes > FILE_MIB << 20:
            self._flush()
        self.tables.append(table)
        chunk_index, file_index = divmod(self.file, CHUNK_FILES)
        self.episodes.append(
            {
                "episode_index": number,
                "tasks": [task],
                "length": rows,
                "data/chunk_index": chunk_index,
                "data/file_index": file_index,
                "dataset_from_index": self.frames,
                "dataset_to_index": self.frames + rows,
            }
        )
        self.statistics.append({name: _statistics(values) for name, values in columns.items()})
        self.frames += rows

    def _flush(self) -> None:
        chunk_index, file_index = divmod(self.file, CHUNK_FILES)
        table = optional("pyarrow").concat_tables(self.tables)
        self._write(table, DATA_PATH.format(chunk_index=chunk_index, file_index=file_index))
        self.tables.clear()
        self.file += 1

    def _write(self, table, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        optional("pyarrow.parquet").write_table(table, path, compression="snappy")

    def close(self) -> None:
        """Writes the remaining data, and the metadata of the episodes."""
        self._flush()
        self._write(self._episode_table(), EPISODES_PATH.format(chunk_index=0, file_index=0))
        self._write(self._task_table(), TASKS)
        whole = {name: _aggregate([one[name] for one in self.statistics]) for name in self.statistics[0]}
        listed = {name: {key: values.tolist() for key, values in of.items()} for name, of in whole.items()}
        self._write_json(listed, STATS)
        self._write_json(self._info(), INFO)

    def _write_json(self, value, name: str) -> None:
        (self.folder / name).write_text(json.dumps(value, indent=4, ensure_ascii=False), encoding="utf-8")

    def _episode_table(self):
        rows = []
        for episode, statistics in zip(self.episodes, self.statistics, strict=True):
            flat = {f"stats/{name}/{key}": values.tolist() for name, of in statistics.items() for key, values in of.items()}
            rows.append(episode | flat | {"meta/episodes/chunk_index": 0, "meta/episodes/file_index": 0})
        return optional("pyarrow").Table.from_pylist(rows)

    def _task_table(self):
        """The tasks by text, marked in the metadata as pandas' index of the rows."""
        pa = optional("pyarrow")
        index = "__index_level_0__"
        describe = lambda name, kind, numpy: {
            "name": None if name == index else name,
            "field_name": name,
            "pandas_type": kind,
            "numpy_type": numpy,
            "metadata": None,
        }
        pandas = {
            "index_columns": [index],
            "column_indexes": [],
            "columns": [describe("task_index", "int64", "int64"), describe(index, "unicode", "object")],
        }
        table = pa.table({"task_index": pa.array(self.tasks.values(), pa.int64()), index: pa.array(self.tasks, pa.string())})
        return table.replace_schema_metadata({"pandas": json.dumps(pandas)})

    def _info(self) -> dict:
        return {
            "codebase_version": VERSION,
            "robot_type": None,
            "total_episodes": len(self.episodes),
            "total_frames": self.frames,
            "total_tasks": len(self.tasks),
            "chunks_size": CHUNK_FILES,
            "data_files_size_in_mb": FILE_MIB,
            "video_files_size_in_mb": 200,
            "fps": self.fps,
            "splits": {"train": f"0:{len(self.episodes)}"},
            "data_path": DATA_PATH,
            "video_path": None,
            "features": {
                one.name: {
                    "dtype": one.dtype,
                    "shape": list(one.shape) or [1],
                    "names": [name.removeprefix("action.") for name in ACTION] if one.name == "action" else None,
                }
                for one in self.features
            },
        }


def _read_info(path: Path) -> dict:
    """The checked values of `meta/info.json` that are needed."""
    try:
        info = json.loads(path.read_bytes())
    except ValueError as error:
        raise mismatch(path, "text", "JSON", error) from error
    if not isinstance(info, dict):
        raise mismatch(path, "text", "an object", type(info).__name__)
    for key, expected in (("codebase_version", VERSION), ("data_path", DATA_PATH)):
        if info.get(key) != expected:
            raise mismatch(path, key, expected, info.get(key))
    if not isinstance(info.get("total_episodes"), int):
        raise mismatch(path, "total_episodes", "an integer", info.get("total_episodes"))
    return info


def _episodes(target: Path, manifest: Manifest) -> Iterator[Episode]:
    """The episodes of the data's files, in order, each checked against the manifest's rows."""
    features, number = _features(manifest.observation), 0
    for path in sorted(Path(target, "data").glob("chunk-*/file-*.parquet")):
        file = read_columns(path, features)
        indices, first = file["episode_index"], 0
        while first < len(indices):
            rows = _run_length(indices[first:])
            if number == len(manifest.movies) or indices[first] != number:
                raise mismatch(path, f"episode_index, row {first}", f"{number} of {len(manifest.movies)}", indices[first])
            if rows != manifest.movies[number].rows:
                raise mismatch(path, f"rows of episode {number}", manifest.movies[number].rows, rows)
            yield _episode({name: values[first : first + rows] for name, values in file.items()}, manifest, number)
            first, number = first + rows, number + 1
    if number != len(manifest.movies):
        raise mismatch(target, "episodes in the data's files", len(manifest.movies), number)


def _run_length(values: np.ndarray) -> int:
    """How many of the first values are equal."""
    others = np.flatnonzero(values != values[0])
    return int(others[0]) if len(others) else len(values)


def _episode(features: dict[str, np.ndarray], manifest: Manifest, number: int) -> Episode:
    """An episode's features as a kartscope dataset's columns."""
    columns = {column: features[feature] for column, feature in PLAIN.items()}
    columns |= {name: features["action"][:, index] for index, name in enumerate(ACTION)}
    for one in manifest.observation:
        columns[OBSERVATION + one.name] = features[OBSERVATION + one.name].reshape(-1, *one.shape)
    return Episode(manifest.movies[number].source, columns)

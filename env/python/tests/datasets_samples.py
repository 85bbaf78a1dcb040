"""Small datasets with difficult values, for the tests of datasets."""

from dataclasses import replace

import numpy as np

from kartscope.datasets import Episode, Field, Outcome, PictureFormat, Pictures, Source, action_columns, write

OBSERVATION = (
    Field("rays", "units", (3,), low=0.0, high=3000.0),
    Field("speed", "units/frame", low=-8.0),
    Field("grid", "", (2, 2), high=np.pi),
    Field("single", "1", (1,)),
)

SOURCE = Source(
    movie="f8c_ghosts.dsm",
    movie_sha256="06fc1c59467ae3271f7f873b9601ea0f6369327c095b8b91fba081b39d90df31",
    rom_sha256="027e49f863a5290ca7c95b514b692b1789369245714d69e43c79cf5157409d5c",
    rom_checksum=2**32 - 1,
    rom_serial="Homebrew",
    character=11,
    kart=35,
    course=20,
    course_name="f8c",
    cpu="jit 100",
    clock="2009-JAN-01 00:00:00:000",
    firmware={"firmNickname": "DeSmuME", "firmMessage": "grüß dich"},
    lap_times_ms=(20559, 20476, 20492),
    total_time_ms=61527,
    outcome=Outcome("finished"),
)

SOURCES = (
    SOURCE,
    replace(
        SOURCE, movie="Überholt.v2.dsm", movie_sha256="11" * 32, save_sha256="ab" * 32, total_time_ms=None, outcome=Outcome()
    ),
    replace(
        SOURCE,
        movie="yf.dsm",
        movie_sha256="22" * 32,
        state_sha256="cd" * 32,
        course_name="yf",
        lap_times_ms=(),
        outcome=Outcome("diverged", 130),
    ),
)


def sample_episode(source=SOURCE, rows=7, seed=0) -> Episode:
    """An episode of numbers that only an exact copy preserves: signed zeros, the smallest and the largest, unusual buttons."""
    random = np.random.default_rng(seed)
    numbers = lambda *shape: random.normal(size=(rows, *shape)).astype(np.float32)
    rays = numbers(3)
    rays.flat[:4] = [-0.0, np.finfo(np.float32).max, np.finfo(np.float32).smallest_subnormal, 0.1]
    reward = numbers()
    reward[0] = np.nan
    buttons = random.integers(0, 1 << 16, rows).astype(np.uint16)
    columns = {
        "frame": np.arange(rows, dtype=np.uint32) + (2**32 - rows),
        "observation.rays": rays,
        "observation.speed": numbers(),
        "observation.grid": numbers(2, 2),
        "observation.single": numbers(1),
        "buttons": buttons,
        "race_progress": numbers(),
        "lap": np.arange(rows, dtype=np.int32) - 1,
        "reward": reward,
    }
    return Episode(source, columns | action_columns(buttons))


def sample_episodes() -> list[Episode]:
    """Three episodes of different lengths, a single row among them."""
    return [sample_episode(source, rows, seed) for seed, (source, rows) in enumerate(zip(SOURCES, (7, 1, 300), strict=True))]


PICTURES = PictureFormat(48, 32)


def sample_picture(row: int) -> np.ndarray:
    """A picture of its row: a bright band that wanders to the right, on a smooth ground."""
    y, x = np.mgrid[: PICTURES.height, : PICTURES.width]
    ground = np.stack([3 * x, 4 * y, 2 * x + y], axis=-1)
    band = (x - 5 * row) % PICTURES.width < 12
    return np.where(band[..., None], (250, 220, 30), ground).astype(np.uint8)


def with_pictures(episode: Episode, pictures: PictureFormat = PICTURES) -> Episode:
    """The episode with a picture in each row."""
    return replace(episode, pictures=Pictures(pictures, map(sample_picture, range(len(episode)))))


def on_n64(episode: Episode) -> Episode:
    """The episode played on a Nintendo 64: with a stick, in one row further than a controller's goes, and the action of that pad."""
    random = np.random.default_rng(len(episode))
    stick = random.integers(-80, 81, (len(episode), 2)).astype(np.int8)
    stick[0] = -128, 127
    buttons = episode.columns["buttons"]
    held = {"stick_x": stick[:, 0], "stick_y": stick[:, 1]} | action_columns(buttons, stick, "n64")
    return replace(episode, source=replace(episode.source, game="mk64"), columns=episode.columns | held)


def write_pictured(folder, console="ds", encoding="png") -> list[Episode]:
    """Writes the sample episodes with pictures as a dataset of a console; returns them."""
    pictures = replace(PICTURES, encoding=encoding)
    episodes = [with_pictures(episode, pictures) for episode in sample_episodes()]
    if console == "n64":
        episodes = list(map(on_n64, episodes))
    write(folder, episodes, OBSERVATION, 2, pictures=pictures, console=console)
    return episodes


def encoded(pictures: Pictures | None) -> list[bytes]:
    """The encoded pictures of all rows."""
    return [] if pictures is None else [pictures.encoded(row) for row in range(len(pictures))]


def assert_equal(found, expected) -> None:
    """Asserts that two sequences of episodes are bitwise equal: sources, columns, their types and shapes, encoded pictures."""
    assert [episode.source for episode in found] == [episode.source for episode in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.columns.keys() == other.columns.keys()
        for name, values in other.columns.items():
            copied = one.columns[name]
            assert (name, copied.dtype, copied.shape) == (name, values.dtype, values.shape)
            assert copied.tobytes() == values.tobytes(), name
        assert encoded(one.pictures) == encoded(other.pictures)

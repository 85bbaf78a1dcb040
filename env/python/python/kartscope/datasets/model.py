"""The parts of a dataset: fields, pictures, sources, episodes, movies."""

from collections.abc import Sequence
from dataclasses import dataclass, field as part, fields, replace
import math

import numpy as np

from kartscope import _native
from kartscope._native import Pictures

OBSERVATION = "observation."
"""The prefix of the names of an observation's columns."""

PICTURE = _native.PICTURE
"""The name of the pictures' column."""


@dataclass(frozen=True)
class Field:
    """A column: name, unit for people, shape in a row, number type, bounds that no value exceeds, None for no bound, and
    its meaning. Two fields are equal if all but their meanings are."""

    name: str
    unit: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    low: float | None = None
    high: float | None = None
    doc: str = part(default="", compare=False)

    def __post_init__(self):
        object.__setattr__(self, "shape", tuple(int(side) for side in self.shape))
        object.__setattr__(self, "low", _bound(self.low))
        object.__setattr__(self, "high", _bound(self.high))

    @classmethod
    def of(cls, parts) -> "Field":
        """A field of `kartscope.Dataset.fields`."""
        return cls(**parts)

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return math.prod(self.shape)


def _bound(value):
    """A bound in single precision, by its shortest decimal form; an infinite bound counts as none."""
    if value is None or not math.isfinite(value):
        return None
    return float(str(np.float32(value)))


@dataclass(frozen=True)
class PictureFormat:
    """What every picture of a dataset is: width and height in pixels, and the encoding, "png" or "jpeg:QUALITY"."""

    width: int
    height: int
    encoding: str = "png"

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of a decoded picture: (height, width, 3)."""
        return self.height, self.width, 3


@dataclass(frozen=True)
class Outcome:
    """How a race ended: `kind` is finished, unfinished or diverged, the last with the first race frame that differs."""

    kind: str = "unfinished"
    frame: int | None = None


@dataclass(frozen=True)
class Source:
    """Where an episode comes from, and under which conditions it was played.

    `movie_sha256` is what makes two sources the same: every episode of a dataset has its own. A save state that the movie
    starts from is part of it, and `state_sha256` is the state's own. Hashes are hexadecimal.
    With `corrections` the episode has only the frames that a human drove in an agent's place: there are gaps in it.
    `game` is the game that character, kart, course and times are of.
    """

    movie: str = ""
    movie_sha256: str = ""
    rom_sha256: str = ""
    rom_checksum: int = 0
    rom_serial: str = ""
    character: int = 0
    kart: int = 0
    course: int = 0
    course_name: str = ""
    cpu: str = ""
    clock: str = ""
    firmware: dict[str, str] = part(default_factory=dict)
    save_sha256: str | None = None
    state_sha256: str | None = None
    lap_times_ms: tuple[int, ...] = ()
    total_time_ms: int | None = None
    outcome: Outcome = Outcome()
    corrections: bool = False
    game: str = "mkds"


@dataclass(frozen=True, eq=False)
class Episode:
    """The steps of one movie.

    `columns` has an array of shape (rows, *field.shape) for each field of :func:`columns_of`. Observations, pictures and `frame`
    are of before a row's step, `race_progress`, `lap` and `reward` of after it. `pictures` are one a row, None in a dataset
    without.
    """

    source: Source
    columns: dict[str, np.ndarray]
    pictures: Pictures | None = None

    def __len__(self) -> int:
        return len(self.columns["frame"])


class Dataset(Sequence):
    """Episodes whose observations consist of the same fields.

    `observation` are the fields of an observation, named without the columns' prefix; `fields` are all columns of numbers;
    `frames_per_step` is how many frames a row's input is held; `pictures` is what the rows' pictures are, None for rows
    without pictures; `console` is "ds" or "n64".
    """

    def __init__(self, observation, episodes, frames_per_step=1, *, pictures: PictureFormat | None = None, console="ds"):
        self.observation = tuple(observation)
        self.episodes = tuple(episodes)
        self.frames_per_step = frames_per_step
        self.pictures = pictures
        self.console = console

    @property
    def fields(self) -> tuple[Field, ...]:
        return columns_of(self.observation, self.pictures, self.console)

    def __len__(self) -> int:
        return len(self.episodes)

    def __getitem__(self, index):
        return self.episodes[index]

    def __repr__(self) -> str:
        return f"<kartscope.datasets.Dataset of {len(self)} episodes, {sum(map(len, self.episodes))} rows>"


def columns_of(observation, pictures: PictureFormat | None = None, console: str = "ds") -> tuple[Field, ...]:
    """All columns of numbers of a dataset with these fields in an observation, in the files' order."""
    return tuple(map(Field.of, _native.columns_of(list(observation), pictures, console)))


def fixed_columns(console: str) -> tuple[Field, ...]:
    """The columns that every dataset of a console has beside an observation's."""
    return tuple(one for one in columns_of([Field("any")], console=console) if not one.name.startswith(OBSERVATION))


@dataclass(frozen=True)
class Movie:
    """One movie of a dataset: its Parquet file's name, rows and SHA-256, and where the rows come from."""

    file: str
    rows: int
    sha256: str
    source: Source

    @classmethod
    def of(cls, facts) -> "Movie":
        """A movie of `kartscope.Dataset.movies`."""
        source = {one.name: facts[one.name] for one in fields(Source)}
        source["lap_times_ms"] = tuple(source["lap_times_ms"])
        source["outcome"] = Outcome(facts["outcome"], facts["outcome_frame"])
        return cls(facts["file"], facts["rows"], facts["sha256"], Source(**source))


class Manifest:
    """The contents of a dataset's manifest: the movies, and of a row what a :class:`Dataset` says."""

    def __init__(self, native: _native.Manifest):
        self._native = native
        columns = map(Field.of, native.fields)
        self.observation = tuple(
            replace(one, name=one.name.removeprefix(OBSERVATION)) for one in columns if one.name.startswith(OBSERVATION)
        )
        self.movies = tuple(map(Movie.of, native.movies))
        self.frames_per_step: int = native.frames_per_step
        self.pictures = None if native.pictures is None else PictureFormat(**native.pictures)
        self.console: str = native.console

    @classmethod
    def parse(cls, text: bytes | str, path) -> "Manifest":
        """Parses and checks a manifest; `path` is for the exceptions.

        Raises
        ------
        DatasetError
            It is no manifest, or of another version, or has columns that this version does not have.
        """
        return cls(_native.Manifest.parse(text.encode() if isinstance(text, str) else text, path))

    def dumps(self) -> str:
        """The manifest's text."""
        return self._native.dumps()

"""`manifest.json`: every column, and for every movie its file, rows, hash and source."""

from dataclasses import asdict, dataclass, replace
import json
from pathlib import Path

from .model import OBSERVATION, Field, Outcome, Source, columns_of
from .problems import mismatch

MANIFEST = "manifest.json"
FORMAT = "kartscope-dataset"
VERSION = 2
"""The version that is written. Version 1, whose rows are single frames, is read too."""

WIDEST = 1 << 20
"""The most numbers an observation may have."""

LARGEST = 3.4028235e38
"""The largest bound, as a number of single precision."""

GAME = ("character", "kart", "course", "course_name", "lap_times_ms", "total_time_ms")
"""The facts of a source that are the game's; `name` is the game itself."""

MACHINE = ("rom_sha256", "rom_checksum", "rom_serial", "cpu", "clock", "firmware", "save_sha256", "state_sha256")
"""The facts of a source that are the machine's."""

LONGEST_STEP = (1 << 32) - 1

DTYPES = ("bool", "int8", "int32", "uint16", "uint32", "float32")
OUTCOMES = ("finished", "unfinished", "diverged")


@dataclass(frozen=True)
class Movie:
    """One movie of a dataset: its Parquet file's name, rows and SHA-256, and where the rows come from."""

    file: str
    rows: int
    sha256: str
    source: Source


@dataclass(frozen=True)
class Manifest:
    """The contents of a manifest; `observation` are the observation's fields, without the columns' prefix."""

    observation: tuple[Field, ...]
    movies: tuple[Movie, ...]
    frames_per_step: int = 1

    @classmethod
    def read(cls, folder) -> "Manifest":
        """Reads and checks the manifest in a folder, but not the Parquet files."""
        path = Path(folder, MANIFEST)
        return cls.parse(path.read_bytes(), path)

    @classmethod
    def parse(cls, text: bytes | str, path) -> "Manifest":
        """Parses and checks a manifest; `path` is for the exceptions.

        Raises
        ------
        DatasetError
            It is no manifest, or of another version, or has columns that this version does not have.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise mismatch(path, "text", "JSON", error) from error
        manifest = _Reader(path, "manifest", value)
        if (found := manifest.get("format")) != FORMAT:
            raise mismatch(path, "format", FORMAT, found)
        if (found := manifest.get("version")) not in (1, VERSION) or isinstance(found, bool):
            raise mismatch(path, "version", f"1 or {VERSION}", found)
        if found == 1:
            manifest = _Reader(path, "manifest", _of_version_1(manifest))
        columns = [_field(one) for one in manifest.items("fields")]
        observation = tuple(
            replace(one, name=one.name.removeprefix(OBSERVATION))
            for one in columns
            if one.name.startswith(OBSERVATION)
        )
        check_observation(observation, path)
        _check_columns(columns, columns_of(observation), path)
        frames_per_step = check_step(manifest.integer("frames_per_step", 32), path)
        return cls(observation, tuple(_movie(one) for one in manifest.items("movies")), frames_per_step)

    def dumps(self) -> str:
        """The manifest's text."""
        value = {
            "format": FORMAT,
            "version": VERSION,
            "frames_per_step": self.frames_per_step,
            "fields": [asdict(one) for one in columns_of(self.observation)],
            "movies": [_movie_value(movie) for movie in self.movies],
        }
        return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def check_observation(observation, path) -> None:
    """Checks that an observation's fields have distinct names, are of float32, and not too wide.

    Raises
    ------
    DatasetError
        The first error.
    """
    if not observation:
        raise mismatch(path, "observation", "at least one field", "none")
    names, total = set(), 0
    for index, one in enumerate(observation):
        place = f"observation field {one.name or index}"
        if not one.name:
            raise mismatch(path, place, "a name", "an empty one")
        if one.name in names:
            raise mismatch(path, place, "a name used once", "it twice")
        if one.dtype != "float32":
            raise mismatch(path, place, "dtype float32", one.dtype)
        total += one.width
        if one.width < 1 or total > WIDEST:
            raise mismatch(path, place, f"1 to {WIDEST} numbers in all", f"shape {list(one.shape)}")
        names.add(one.name)


def check_step(frames_per_step, path) -> int:
    """The frames of a step, which are at least one.

    Raises
    ------
    DatasetError
        Another value.
    """
    if not _is_integer(frames_per_step, 32) or frames_per_step < 1:
        raise mismatch(path, "frames_per_step", f"an integer from 1 to {LONGEST_STEP}", frames_per_step)
    return frames_per_step


def _of_version_1(manifest: "_Reader") -> dict:
    """A manifest of version 1, which had a row a frame and no blocks, as one of the present version."""

    def movie(value) -> dict:
        if not isinstance(value, dict):
            return value
        block = lambda keys: {key: value[key] for key in keys if key in value}
        rest = {key: part for key, part in value.items() if key not in GAME + MACHINE}
        return rest | {"game": {"name": "mkds", **block(GAME)}, "machine": block(MACHINE)}

    movies = [movie(value) for value in manifest.list("movies")]
    return manifest.value | {"version": VERSION, "frames_per_step": 1, "movies": movies}


def _check_columns(found, expected, path) -> None:
    for index in range(max(len(found), len(expected))):
        wanted, there = (list_[index] if index < len(list_) else None for list_ in (expected, found))
        if wanted != there:
            raise mismatch(path, f"fields[{index}]", wanted or "nothing", there or "nothing")


class _Reader:
    """A JSON object whose values are checked as they are taken."""

    def __init__(self, path, place, value):
        if not isinstance(value, dict):
            raise mismatch(path, place, "an object", _kind(value))
        self.path, self.place, self.value = path, place, value

    def get(self, key):
        if key not in self.value:
            raise mismatch(self.path, self.place, f"the key {key}", "none")
        return self.value[key]

    def wrong(self, key, expected, found):
        return mismatch(self.path, f"{self.place}.{key}", expected, found)

    def text(self, key, optional=False):
        value = self.value.get(key) if optional else self.get(key)
        if not isinstance(value, str) and not (optional and value is None):
            raise self.wrong(key, "a text", _kind(value))
        return value

    def integer(self, key, bits, optional=False):
        value = self.value.get(key) if optional else self.get(key)
        if optional and value is None:
            return None
        if not _is_integer(value, bits):
            raise self.wrong(key, f"an integer from 0 to {(1 << bits) - 1}", value)
        return value

    def flag(self, key):
        value = self.value.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false", _kind(value))
        return value

    def number(self, key):
        value = self.value.get(key)
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value is not None and not (numeric and abs(value) <= LARGEST):
            raise self.wrong(key, "a number of single precision or null", _kind(value))
        return value

    def integers(self, key, bits):
        value = self.list(key)
        if not all(_is_integer(one, bits) for one in value):
            raise self.wrong(key, f"integers from 0 to {(1 << bits) - 1}", value)
        return tuple(value)

    def list(self, key):
        value = self.get(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list", _kind(value))
        return value

    def items(self, key):
        return [_Reader(self.path, f"{key}[{index}]", value) for index, value in enumerate(self.list(key))]

    def object(self, key):
        return _Reader(self.path, f"{self.place}.{key}", self.get(key))


def _is_integer(value, bits) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << bits


def _kind(value) -> str:
    return "null" if value is None else f"{type(value).__name__} {value!r:.60}"


def _field(value: _Reader) -> Field:
    dtype = value.text("dtype")
    if dtype not in DTYPES:
        raise value.wrong("dtype", " or ".join(DTYPES), dtype)
    shape = value.integers("shape", 32)
    bounds = value.number("low"), value.number("high")
    doc = value.text("doc") if "doc" in value.value else ""
    return Field(value.text("name"), value.text("unit"), shape, dtype, *bounds, doc)


def _movie(value: _Reader) -> Movie:
    file = value.text("file")
    # A name that contains a folder could point outside the dataset.
    if file in ("", ".", "..") or "/" in file or "\0" in file:
        raise value.wrong("file", "a plain file name", file)
    return Movie(file, value.integer("rows", 63), value.text("sha256"), _source(value))


def _source(value: _Reader) -> Source:
    game, machine = value.object("game"), value.object("machine")
    firmware = machine.object("firmware")
    outcome = value.object("outcome")
    kind = outcome.text("kind")
    if kind not in OUTCOMES:
        raise outcome.wrong("kind", " or ".join(OUTCOMES), kind)
    return Source(
        movie=value.text("movie"),
        movie_sha256=value.text("movie_sha256"),
        rom_sha256=machine.text("rom_sha256"),
        rom_checksum=machine.integer("rom_checksum", 32),
        rom_serial=machine.text("rom_serial"),
        character=game.integer("character", 8),
        kart=game.integer("kart", 8),
        course=game.integer("course", 8),
        course_name=game.text("course_name"),
        cpu=machine.text("cpu"),
        clock=machine.text("clock"),
        firmware={key: firmware.text(key) for key in firmware.value},
        save_sha256=machine.text("save_sha256", optional=True),
        state_sha256=machine.text("state_sha256", optional=True),
        lap_times_ms=game.integers("lap_times_ms", 32),
        total_time_ms=game.integer("total_time_ms", 32, optional=True),
        game=game.text("name"),
        outcome=Outcome(kind, outcome.integer("frame", 32) if kind == "diverged" else None),
        corrections=value.flag("corrections"),
    )


def _source_value(source: Source) -> dict:
    machine = {key: getattr(source, key) for key in MACHINE}
    machine["firmware"] = dict(sorted(source.firmware.items()))
    if source.state_sha256 is None:
        del machine["state_sha256"]
    value = {
        "movie": source.movie,
        "movie_sha256": source.movie_sha256,
        "outcome": {key: part for key, part in asdict(source.outcome).items() if part is not None},
        "corrections": source.corrections,
        "game": {"name": source.game, **{key: getattr(source, key) for key in GAME}},
        "machine": machine,
    }
    if not source.corrections:
        del value["corrections"]
    return value


def _movie_value(movie: Movie) -> dict:
    return {"file": movie.file, "rows": movie.rows, "sha256": movie.sha256, **_source_value(movie.source)}


def check_source(source: Source, path) -> Source:
    """The source as read back from a manifest.

    Raises
    ------
    DatasetError
        A value that a manifest cannot hold.
    """
    value = _source_value(source)
    value["game"]["lap_times_ms"] = list(source.lap_times_ms)
    return _source(_Reader(path, f"source of {source.movie}", value))

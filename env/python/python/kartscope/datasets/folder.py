"""A dataset's folder: one Parquet file a movie, and a manifest that names them."""

from collections.abc import Iterable, Iterator
import hashlib
from pathlib import Path, PurePosixPath

import numpy as np

from .actions import action_columns
from .manifest import MANIFEST, Manifest, Movie, check_observation, check_source, check_step
from .model import OBSERVATION, Dataset, Episode, Field, Source, columns_of
from .parquet import arrow_table, read_columns
from .problems import mismatch, optional
from .staging import staged


def read(folder) -> Dataset:
    """Reads a dataset's folder, as `kartscope record` and :func:`write` make it.

    Raises
    ------
    DatasetError
        The first error: a damaged manifest, a file that changed since it was written (by its SHA-256), other
        columns or rows than promised, an observation that is not finite.
    FileNotFoundError
        A file is missing.
    """
    manifest = Manifest.read(folder)
    return Dataset(manifest.observation, episodes(folder, manifest), manifest.frames_per_step)


def episodes(folder, manifest: Manifest) -> Iterator[Episode]:
    """The episodes of a folder with this manifest, each read when the iteration reaches it."""
    fields = columns_of(manifest.observation)
    for movie in manifest.movies:
        path = Path(folder, movie.file)
        if (found := _sha256(path)) != movie.sha256:
            raise mismatch(path, "SHA-256", movie.sha256, found)
        columns = read_columns(path, fields)
        if len(columns["frame"]) != movie.rows:
            raise mismatch(path, "rows", movie.rows, len(columns["frame"]))
        for field in fields:
            _check_finite(columns[field.name], field, path, field.name)
        yield Episode(movie.source, columns)


def write(folder, episodes: Iterable[Episode], observation: Iterable[Field], frames_per_step: int = 1) -> Manifest:
    """Writes episodes as a new dataset's folder, which `kartscope train` and :func:`read` take.

    The columns of the action may be left out: they follow from `buttons`. A row's input is held for `frames_per_step` frames.

    Raises
    ------
    DatasetError
        An episode without rows, with other columns or shapes than the fields, with values that a column cannot hold or that
        are not finite in an observation, with actions that are not the buttons', or from the same source as another one.
        Nothing is written then.
    FileExistsError
        There is something at `folder`.
    BlockingIOError
        Another process writes `folder`.
    """
    observation = tuple(observation)
    check_observation(observation, folder)
    check_step(frames_per_step, folder)
    fields = columns_of(observation)
    movies: dict[str, Movie] = {}
    with staged(folder) as stage:
        for episode in episodes:
            name = _file_name(episode.source)
            place = f"episode {len(movies)} ({episode.source.movie})"
            if name in movies:
                raise mismatch(folder, place, "a movie_sha256 of its own", episode.source.movie_sha256)
            source = check_source(episode.source, folder)
            columns = _checked(episode.columns, fields, folder, place)
            # The items of lists have the name that `kartscope record` gives them.
            options = {"compression": "zstd", "use_compliant_nested_type": False}
            optional("pyarrow.parquet").write_table(arrow_table(columns, fields), stage / name, **options)
            movies[name] = Movie(name, len(columns["frame"]), _sha256(stage / name), source)
        manifest = Manifest(observation, tuple(movies.values()), frames_per_step)
        (stage / MANIFEST).write_text(manifest.dumps(), encoding="utf-8")
    return manifest


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 16):
            digest.update(block)
    return digest.hexdigest()


def _file_name(source: Source) -> str:
    """The movie's name, for readability, with a part of its hash."""
    stem = PurePosixPath(source.movie).stem
    if stem in ("", ".."):
        stem = "movie"
    plain = lambda text: "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in text)
    return f"{plain(stem[:100])}-{plain(source.movie_sha256[:12])}.parquet"


def _checked(columns, fields, path, place) -> dict[str, np.ndarray]:
    """An episode's columns with the fields' types, those of the action among them."""
    columns = {name: np.asarray(values) for name, values in columns.items()}
    names = {field.name for field in fields}
    given = names - {name for name in names if name.startswith("action.")}
    for name in sorted(given - columns.keys()):
        raise mismatch(path, place, f"the column {name}", "none")
    for name in sorted(columns.keys() - names):
        raise mismatch(path, place, "no further column", name)
    rows = len(columns["frame"]) if columns["frame"].ndim else 0
    if rows == 0:
        raise mismatch(path, place, "at least one row", "none")
    known = {field.name: field for field in fields}
    typed = {name: _typed(values, known[name], rows, path, f"{place}: {name}") for name, values in columns.items()}
    for name, derived in action_columns(typed["buttons"]).items():
        if not np.array_equal(typed.setdefault(name, derived), derived):
            row = int(np.argmax(typed[name] != derived))
            raise mismatch(path, f"{place}: {name}, row {row}", f"what buttons say, {derived[row]}", typed[name][row])
    return {name: typed[name] for name in known}


def _typed(values: np.ndarray, field: Field, rows: int, path, place) -> np.ndarray:
    """Values of a column converted to its type. Floats may lose precision, but integers must not change."""
    if values.shape != (rows, *field.shape):
        raise mismatch(path, place, f"shape {(rows, *field.shape)}", values.shape)
    if values.dtype.kind not in "biuf":
        raise mismatch(path, place, f"numbers of {field.dtype}", values.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        typed = values.astype(field.dtype)
    if field.dtype != "float32" and not np.array_equal(typed, values):
        row = int(np.argmax(typed != values))
        raise mismatch(path, f"{place}, row {row}", f"a value of {field.dtype}", values[row])
    _check_finite(typed, field, path, place)
    return typed


def _check_finite(values: np.ndarray, field: Field, path, place) -> None:
    """Refuses values of an observation that are not finite: a single one would make all weights of a model NaN."""
    if field.name.startswith(OBSERVATION) and not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values).reshape(len(values), -1).all(axis=1)))
        raise mismatch(path, f"{place}, row {row}", "finite numbers", values[row])

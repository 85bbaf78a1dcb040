"""A dataset's folder: one Parquet file a movie, and a manifest that names them."""

from collections.abc import Iterable, Iterator

import numpy as np

from kartscope import _native

from .actions import action_columns
from .model import Dataset, Episode, Field, Manifest, columns_of
from .problems import DatasetError


def read(folder) -> Dataset:
    """Reads a dataset's folder, as `kartscope record` and :func:`write` make it.

    Raises
    ------
    DatasetError
        The first error: a damaged manifest, a file that changed since it was written (by its SHA-256), other
        columns or rows than promised, an observation that is not finite, an action that is not the buttons'.
    FileNotFoundError
        A file is missing.
    """
    manifest, episodes = opened(folder)
    return Dataset(manifest.observation, episodes, manifest.frames_per_step)


def opened(folder) -> tuple[Manifest, Iterator[Episode]]:
    """The manifest of a folder whose files are as it says, and the episodes, each read when the iteration reaches it."""
    dataset = _native.Dataset(folder)
    manifest = Manifest(dataset.manifest)
    return manifest, (Episode(movie.source, dataset[index]) for index, movie in enumerate(manifest.movies))


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
    with _native.NewDataset(folder, observation, frames_per_step) as new:
        fields = columns_of(observation)
        for number, episode in enumerate(episodes):
            try:
                new.add(episode.source, _typed_columns(episode.columns, fields))
            except DatasetError as error:
                raise DatasetError(f"{folder}: episode {number} ({episode.source.movie}): {error}") from error
        return Manifest(new.commit())


def _typed_columns(columns, fields) -> dict[str, np.ndarray]:
    """An episode's columns with the fields' types, those of the action among them."""
    columns = {name: np.asarray(values) for name, values in columns.items()}
    if further := sorted(columns.keys() - {field.name for field in fields}):
        raise DatasetError(f"columns: expected no further column, found {further[0]}")
    typed: dict[str, np.ndarray] = {}
    for field in fields:
        if field.name in columns:
            typed[field.name] = _typed(columns[field.name], field, columns["frame"].size)
        elif not field.name.startswith("action."):
            raise DatasetError(f"columns: expected the column {field.name}, found none")
    return action_columns(typed["buttons"]) | typed


def _typed(values: np.ndarray, field: Field, rows: int) -> np.ndarray:
    """Values of a column converted to its type. Floats may lose precision, but integers must not change."""
    if values.shape != (rows, *field.shape):
        raise DatasetError(f"{field.name}: expected shape {(rows, *field.shape)}, found {values.shape}")
    if values.dtype.kind not in "biuf":
        raise DatasetError(f"{field.name}: expected numbers of {field.dtype}, found {values.dtype}")
    with np.errstate(invalid="ignore", over="ignore"):
        typed = np.ascontiguousarray(values, field.dtype)
    if typed.dtype.kind != "f" and not np.array_equal(typed, values):
        row = int(np.argmax(typed != values))
        raise DatasetError(f"{field.name}, row {row}: expected a value of {field.dtype}, found {values[row]}")
    return typed

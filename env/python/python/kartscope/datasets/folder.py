"""A dataset's folder: one Parquet file a movie, and a manifest that names them."""

from collections.abc import Iterable, Iterator

import numpy as np

from kartscope import _native

from .actions import action_columns, stick_of
from .model import PICTURE, Dataset, Episode, Field, Manifest, PictureFormat, Source, columns_of
from .problems import DatasetError


def read(folder) -> Dataset:
    """Reads a dataset's folder, as `kartscope record` and :func:`write` make it. Pictures stay encoded until one is asked for.

    Raises
    ------
    DatasetError
        The first error: a damaged manifest, a file that changed since it was written (by its SHA-256), other
        columns or rows than promised, an observation that is not finite, an action that is not the buttons', a row
        without a picture or with one of another size or encoding.
    FileNotFoundError
        A file is missing.
    """
    manifest, episodes = opened(folder)
    return Dataset(
        manifest.observation, episodes, manifest.frames_per_step, pictures=manifest.pictures, console=manifest.console
    )


def opened(folder) -> tuple[Manifest, Iterator[Episode]]:
    """The manifest of a folder whose files are as it says, and the episodes, each read when the iteration reaches it."""
    dataset = _native.Dataset(folder)
    manifest = Manifest(dataset.manifest)
    return manifest, (_episode(movie.source, dataset[index]) for index, movie in enumerate(manifest.movies))


def _episode(source: Source, columns: dict) -> Episode:
    pictures = columns.pop(PICTURE, None)
    return Episode(source, columns, pictures)


def write(
    folder,
    episodes: Iterable[Episode],
    observation: Iterable[Field],
    frames_per_step: int = 1,
    *,
    pictures: PictureFormat | None = None,
    console: str = "ds",
) -> Manifest:
    """Writes episodes as a new dataset's folder, which `kartscope train` and :func:`read` take.

    The columns of the action may be left out: they follow from `buttons`, and on the console "n64" from `stick_x` and `stick_y`
    too. A row's input is held for `frames_per_step` frames. With `pictures` each row has one.

    Raises
    ------
    DatasetError
        An episode without rows, with other columns or shapes than the fields, with values that a column cannot hold or that
        are not finite in an observation, with actions that are not the buttons', with more or fewer pictures than rows, with
        a picture of another size or encoding, or from the same source as another one. Nothing is written then.
    FileExistsError
        There is something at `folder`.
    BlockingIOError
        Another process writes `folder`.
    """
    observation = tuple(observation)
    with _native.NewDataset(folder, observation, frames_per_step, pictures, console) as new:
        fields = columns_of(observation, pictures, console)
        for number, episode in enumerate(episodes):
            try:
                new.add(episode.source, _typed_columns(episode.columns, fields, console), episode.pictures)
            except DatasetError as error:
                raise DatasetError(f"{folder}: episode {number} ({episode.source.movie}): {error}") from error
        return Manifest(new.commit())


def _typed_columns(columns, fields, console) -> dict[str, np.ndarray]:
    """An episode's columns with the fields' types, those of the action among them."""
    names = [field.name for field in fields]
    if further := sorted(columns.keys() - set(names)):
        raise DatasetError(f"columns: expected no further column, found {further[0]}")
    for name in names:
        if name not in columns and not name.startswith("action."):
            raise DatasetError(f"columns: expected the column {name}, found none")
    rows = np.asarray(columns["frame"]).size
    numbers = {field.name: _typed(columns[field.name], field, rows) for field in fields if field.name in columns}
    return action_columns(numbers["buttons"], stick_of(numbers), console) | numbers


def _typed(values, field: Field, rows: int) -> np.ndarray:
    """Values of a column converted to its type. Floats may lose precision, but integers must not change."""
    values = np.asarray(values)
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

"""Datasets in Minari's format, written and read by its own library.

A row becomes a step. The observation is a dict of boxes with the fields' names and bounds, and pictures are decoded into a box
`picture` of uint8, (height, width, 3), not compressed; the action is the environments' `MultiDiscrete` one, on the DS
(accelerate, brake, drift, item, steer), on the Nintendo 64 (stick to the right, stick up, accelerate, brake, drift, item): see
:func:`kartscope.datasets.components`. A finished race ends terminated, any other truncated. The other columns, with all that
was held on the pad, are in `infos`, each entry with its own step's. Minari wants one more observation and info than there are
steps, of after the last one, which a kartscope dataset has not: the last row's stand there once more.

The dataset's metadata has the manifest under the key `kartscope`; a dataset without it cannot become a kartscope dataset.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from .actions import action_columns, classes, components, stick_of
from kartscope._native import NewFolder

from .folder import opened, write
from .model import OBSERVATION, Episode, Field, Manifest, PictureFormat, Pictures, fixed_columns
from .problems import DatasetError, mismatch, optional

METADATA = "kartscope"
"""The key of the manifest in Minari's metadata."""

PICTURE = "picture"
"""The entry of the pictures in an observation."""


def to_minari(folder, dataset_id: str, data_format: str = "parquet"):
    """Writes the dataset in `folder` as a Minari dataset, and returns the path of that.

    It goes where Minari keeps datasets, `MINARI_DATASETS_PATH` or `~/.minari/datasets`. `dataset_id` is `namespace/name-v0`,
    the namespace being optional; `data_format` is one of Minari's: parquet, arrow, hdf5. Minari takes whole episodes: all
    pictures of one are in memory together, decoded.

    Raises
    ------
    DatasetError
        The dataset in `folder` is not whole; or the name or format is none of Minari's.
    FileExistsError
        Minari has a dataset of this name.
    BlockingIOError
        Another process writes it.
    """
    optional("minari")
    storage = optional("minari.dataset.minari_storage").MinariStorage
    manifest, episodes = opened(folder)
    namespace = _namespace(dataset_id)
    target = optional("minari.storage").get_dataset_path(dataset_id)
    spaces = optional("gymnasium.spaces")
    with NewFolder(target) as stage:
        try:
            new = storage.new(
                stage / "data",
                observation_space=_observation_space(manifest),
                action_space=spaces.MultiDiscrete(classes(manifest.console)),
                data_format=data_format,
                jpeg_encoding=False,
            )
        except ValueError as error:
            raise mismatch(dataset_id, "data format", "one of Minari's", error) from error
        new.update_metadata({"dataset_id": dataset_id, "minari_version": version("minari"), METADATA: manifest.dumps()})
        new.update_episodes(_buffer(episode, manifest) for episode in episodes)
    _announce(namespace)
    return target


def from_minari(dataset_id: str, folder) -> Manifest:
    """Writes a Minari dataset that :func:`to_minari` made as a kartscope dataset's folder, with equal rows and sources.

    Pictures are PNG, and equal to the decoded ones of the dataset that was exported.

    Raises
    ------
    DatasetError
        The dataset was not made by kartscope, or was changed since: other episodes, steps, spaces, actions or infos.
    FileNotFoundError
        Minari has no such dataset.
    FileExistsError
        There is something at `folder`.
    BlockingIOError
        Another process writes `folder`.
    """
    _namespace(dataset_id)
    with _damage_told(dataset_id):
        dataset = optional("minari").load_dataset(dataset_id)
        text = dataset.storage.metadata.get(METADATA)
    if not isinstance(text, str):
        raise mismatch(dataset_id, "metadata", f"the key {METADATA}, as kartscope's exports have it", "none")
    manifest = Manifest.parse(text, f"{dataset_id}: {METADATA}")
    if dataset.total_episodes != len(manifest.movies):
        raise mismatch(dataset_id, "episodes", len(manifest.movies), dataset.total_episodes)
    pictures = manifest.pictures and replace(manifest.pictures, encoding="png")
    with _damage_told(dataset_id):
        return write(
            folder,
            _episodes(dataset, manifest, pictures),
            manifest.observation,
            manifest.frames_per_step,
            pictures=pictures,
            console=manifest.console,
        )


@contextmanager
def _damage_told(dataset_id: str) -> Iterator[None]:
    """Converts Minari's exceptions for damaged files, which are of many kinds, to a DatasetError."""
    try:
        yield
    except (DatasetError, FileExistsError, FileNotFoundError, BlockingIOError):
        raise
    except (ValueError, KeyError, AssertionError, OSError) as error:
        raise mismatch(dataset_id, "contents", "what Minari reads", f"{type(error).__name__}: {error}") from error


def _namespace(dataset_id: str) -> str | None:
    """The namespace of a dataset's name, None where it has none."""
    parse = optional("minari.dataset.minari_dataset").parse_dataset_id
    try:
        return parse(dataset_id)[0]
    except (TypeError, ValueError) as error:
        raise mismatch("Minari", "dataset id", "(namespace/)name-v(version)", dataset_id) from error


def _announce(namespace: str | None) -> None:
    """Writes the file by which Minari recognises a namespace."""
    module = optional("minari.namespace")
    if namespace is not None and namespace not in module.list_local_namespaces():
        module.create_namespace(namespace)


def _observation_space(manifest: Manifest):
    spaces = optional("gymnasium.spaces")
    boxes = {field.name: _box(field) for field in manifest.observation}
    if manifest.pictures is not None:
        boxes[PICTURE] = spaces.Box(0, 255, manifest.pictures.shape, np.uint8)
    return spaces.Dict(boxes)


def _infos(console: str) -> list[str]:
    """The columns that are neither observation, action nor reward."""
    return [one.name for one in fixed_columns(console) if not one.name.startswith(("action.", "reward"))]


def _box(field: Field):
    low = -np.inf if field.low is None else field.low
    high = np.inf if field.high is None else field.high
    return optional("gymnasium.spaces").Box(low, high, field.shape, np.float32)


def _and_last_again(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, values[-1:]])


def _observations(episode: Episode, manifest: Manifest) -> dict[str, np.ndarray]:
    """An episode's observations, those of the last row twice."""
    entries = {field.name: _and_last_again(episode.columns[OBSERVATION + field.name]) for field in manifest.observation}
    if episode.pictures is not None:
        rows, *shape = episode.pictures.shape
        decoded = entries[PICTURE] = np.empty((rows + 1, *shape), np.uint8)
        for row, picture in enumerate(episode.pictures):
            decoded[row] = picture
        decoded[rows] = decoded[rows - 1]
    return entries


def _buffer(episode: Episode, manifest: Manifest):
    columns, rows = episode.columns, len(episode)
    finished = episode.source.outcome.kind == "finished"
    last = np.arange(rows) == rows - 1
    return optional("minari.data_collector").EpisodeBuffer(
        observations=_observations(episode, manifest),
        actions=components(columns),
        rewards=columns["reward"],
        terminations=last & finished,
        truncations=last & (not finished),
        # As lists: Minari's Arrow storage reads arrays only if they have more than one number a step.
        infos={name: list(_and_last_again(columns[name])) for name in _infos(manifest.console)},
    )


def _episodes(dataset, manifest: Manifest, pictures: PictureFormat | None) -> Iterator[Episode]:
    """Minari's episodes as kartscope's, each checked against the manifest's rows."""
    for movie, episode in zip(manifest.movies, dataset.iterate_episodes(), strict=True):
        place = f"episode {episode.id}"
        path = dataset.spec.dataset_id
        if len(episode) != movie.rows:
            raise mismatch(path, place, f"{movie.rows} steps", len(episode))
        columns = {"reward": episode.rewards}
        for field in manifest.observation:
            shape = (movie.rows, *field.shape)
            columns[OBSERVATION + field.name] = _steps(episode.observations, field.name, shape, path, place)
        for name in _infos(manifest.console):
            columns[name] = _steps(episode.infos, name, (movie.rows,), path, place)
        columns |= action_columns(columns["buttons"], stick_of(columns), manifest.console)
        _require_actions(episode.actions, components(columns), path, place)
        shown = None
        if pictures is not None:
            decoded = _steps(episode.observations, PICTURE, (movie.rows, *pictures.shape), path, place)
            try:
                shown = Pictures(pictures, decoded)
            except DatasetError as error:
                raise DatasetError(f"{path}: {place}: {error}") from error
        yield Episode(movie.source, columns, shown)


def _require_actions(found, expected: np.ndarray, path, place) -> None:
    """Checks that the actions are those of what was held."""
    if found.shape != expected.shape:
        raise mismatch(path, place, f"actions of shape {expected.shape}", found.shape)
    others = np.flatnonzero((found != expected).any(axis=1))
    if len(others):
        row = others[0]
        raise mismatch(path, f"{place}, step {row}", f"the action {expected[row]}, as the buttons say", found[row])


def _steps(values, name: str, shape: tuple[int, ...], path, place) -> np.ndarray:
    """The numbers of the steps, of this shape, in a dict of arrays that also have an entry after the last step."""
    if not isinstance(values, dict) or name not in values:
        raise mismatch(path, place, f"the entry {name}", "none")
    steps = np.asarray(values[name])[: shape[0]]
    if steps.shape != shape or steps.dtype.kind not in "biuf":
        raise mismatch(path, f"{place}: {name}", f"numbers of shape {shape}", f"{steps.dtype} of shape {steps.shape}")
    return steps

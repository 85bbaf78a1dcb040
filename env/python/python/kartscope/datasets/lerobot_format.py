"""Datasets in LeRobot's format, version 3.0.

An episode is a movie, a step a row. `observation.*` keep their names; a field of one number has shape [1], as usual in LeRobot,
and others are flat. Pictures are `observation.images.picture`, a video or images. The numbers of `action` are named in
`meta/info.json`: on the DS steering and four controls, on the Nintendo 64 the stick and the same controls; `reward` is
`next.reward`, and `next.done` marks an episode's last row. The task is the course. Frames count as 1/60 s in the timestamps; the
DS makes 59.83 a second.

`meta/kartscope.json` is the dataset's manifest; a dataset without it cannot become a kartscope dataset.

Layout: https://huggingface.co/docs/lerobot/lerobot-dataset-v3
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
import json
from pathlib import Path

import numpy as np

from kartscope._native import NewFolder

from .folder import opened, write
from .lerobot_statistics import aggregate, picture_statistics, statistics_of
from .model import OBSERVATION, PICTURE, Episode, Field, Manifest, PictureFormat, Pictures, fixed_columns
from .parquet import IMAGE, arrow_table, read_columns
from .problems import DatasetError, mismatch, optional
from .video import LEAST_SIDE, VideoWriter, read_video

VERSION = "v3.0"
FRAMES_PER_SECOND = 60
"""The console's, rounded: LeRobot wants whole numbers."""
CHUNK_FILES = 1000
FILE_MIB = 100
"""The most data in one file."""
VIDEO_MIB = 200
"""A file of videos ends with the episode that makes it so large."""
VIDEO_SECONDS = 1000
"""The longest file of videos of several episodes: LeRobot looks frames up by their time in single precision, to 0.1 ms."""

INFO = "meta/info.json"
STATS = "meta/stats.json"
TASKS = "meta/tasks.parquet"
MANIFEST = "meta/kartscope.json"
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"

VIDEO = "video"
"""The dtype of a feature that is a video."""
PICTURE_FEATURE = PICTURE.replace(OBSERVATION, OBSERVATION + "images.")
"""The feature of the pictures."""

CONTROLS = ("action.accelerate", "action.brake", "action.drift", "action.item")
ACTION = {"ds": ("action.steer", *CONTROLS), "n64": ("stick_x", "stick_y", *CONTROLS)}
"""The columns that are the numbers of the feature `action`, in order, by console."""


def to_lerobot(folder, target, pictures: str = VIDEO) -> Path:
    """Writes the dataset in `folder` as a LeRobot dataset in the new folder `target`, and returns that.

    `pictures` says how pictures are stored, if there are some: "video" is MP4 files in AV1, many times smaller and lossy, written
    by PyAV with LeRobot's own settings; "image" keeps the encoded pictures as they are.

    Raises
    ------
    DatasetError
        The dataset in `folder` is not whole, has no movies or a damaged picture, or its steps do not divide a second of 60
        frames; its pictures are too small for a video; or `pictures` is neither of the two.
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
    if pictures not in (VIDEO, IMAGE):
        raise mismatch("to_lerobot", "pictures", f"{VIDEO} or {IMAGE}", pictures)
    features = _features(manifest, pictures)
    _check_names(folder, [one.name for one in features])
    filmed = manifest.pictures if pictures == VIDEO else None
    if filmed and min(filmed.width, filmed.height) < LEAST_SIDE:
        found = f"{filmed.width} x {filmed.height}"
        raise mismatch(folder, "pictures", f"at least {LEAST_SIDE} x {LEAST_SIDE} pixels for a video", found)
    with NewFolder(target) as stage:
        videos = _Videos(stage, filmed, fps) if filmed else None
        writer = _Writer(stage, features, fps, ACTION[manifest.console], videos)
        for episode in episodes:
            task = f"Finish course {episode.source.course_name}"
            writer.add(_feature_columns(episode, manifest), episode.pictures, task)
        writer.close()
        (stage / MANIFEST).write_text(manifest.dumps(), encoding="utf-8")
    return Path(target)


def _check_names(folder, names: list[str]) -> None:
    """Checks that LeRobot can tell the features apart."""
    for name in names:
        if "/" in name:  # LeRobot's way to name the parts of something
            raise mismatch(folder, "observation field", "a name without /", name)
        if names.count(name) > 1:
            raise mismatch(folder, "observation field", "another name than the pictures' feature", name)


def from_lerobot(target, folder) -> Manifest:
    """Writes a LeRobot dataset that :func:`to_lerobot` made as a kartscope dataset's folder, with equal rows and sources.

    Pictures of images are equal; those of a video are its frames, as PNG.

    Raises
    ------
    DatasetError
        The dataset is of another version, was not made by kartscope, or was changed since: other episodes, rows or features, a
        row without a picture, pictures without a row or of another size, or a damaged video.
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
    kind = _stored_pictures(info, Path(target, INFO)) if manifest.pictures else VIDEO
    return write(
        folder,
        _episodes(Path(target), manifest, kind),
        manifest.observation,
        manifest.frames_per_step,
        pictures=replace(manifest.pictures, encoding="png") if manifest.pictures and kind == VIDEO else manifest.pictures,
        console=manifest.console,
    )


def _plain(console: str) -> dict[str, str]:
    """Features that are an unchanged column, by the column."""
    names = [one.name for one in fixed_columns(console) if not one.name.startswith("action.")]
    return {name: "next.reward" if name == "reward" else name for name in names if name not in ACTION[console]}


def _features(manifest: Manifest, pictures: str) -> list[Field]:
    """The features, in the files' order, with shapes as LeRobot stores them: one number as a number, more as a flat list."""
    types = {one.name: one.dtype for one in fixed_columns(manifest.console)}
    shown = [] if manifest.pictures is None else [Field(PICTURE_FEATURE, shape=manifest.pictures.shape, dtype=pictures)]
    return [
        *(Field(OBSERVATION + one.name, shape=() if one.width == 1 else (one.width,)) for one in manifest.observation),
        *shown,
        Field("action", shape=(len(ACTION[manifest.console]),)),
        Field("next.done", dtype="bool"),
        *(Field(feature, dtype=types[column]) for column, feature in _plain(manifest.console).items()),
        Field("timestamp"),
        *(Field(name, dtype="int64") for name in ("frame_index", "episode_index", "index", "task_index")),
    ]


def _in_data(features: list[Field]) -> list[Field]:
    """The features that are columns of the data's files: all but a video."""
    return [one for one in features if one.dtype != VIDEO]


def _feature_columns(episode: Episode, manifest: Manifest) -> dict[str, np.ndarray]:
    """An episode's rows as features, except LeRobot's own features and pictures."""
    columns, rows = episode.columns, len(episode)
    observed = {
        name: columns[name].reshape((rows,) if one.width == 1 else (rows, one.width))
        for one in manifest.observation
        for name in [OBSERVATION + one.name]
    }
    action = np.stack([columns[name].astype(np.float32) for name in ACTION[manifest.console]], axis=1)
    plain = {feature: columns[column] for column, feature in _plain(manifest.console).items()}
    return observed | {"action": action, "next.done": np.arange(rows) == rows - 1} | plain


@dataclass
class _Videos:
    """Writes the pictures of episodes as videos, several episodes in a file."""

    folder: Path
    pictures: PictureFormat
    fps: int
    info: dict = field(default_factory=dict)
    """What LeRobot says about the videos of a feature; they are all alike."""
    files: int = 0
    writer: VideoWriter | None = None

    def add(self, pictures: Pictures) -> dict:
        """Adds an episode's pictures, and returns where they are, for the episode's metadata."""
        writer = self._writer_for(len(pictures))
        chunk_index, file_index = divmod(self.files - 1, CHUNK_FILES)
        first = writer.frames
        for picture in pictures:
            writer.add(picture)
        where = {
            "chunk_index": chunk_index,
            "file_index": file_index,
            "from_timestamp": first / self.fps,
            "to_timestamp": writer.frames / self.fps,
        }
        return {f"videos/{PICTURE_FEATURE}/{key}": value for key, value in where.items()}

    def _writer_for(self, rows: int) -> VideoWriter:
        """The file for the next episode: the one that is being written, or a new one once that is full."""
        current = self.writer
        if current and current.size < VIDEO_MIB << 20 and current.frames + rows <= VIDEO_SECONDS * self.fps:
            return current
        self.close()
        chunk_index, file_index = divmod(self.files, CHUNK_FILES)
        name = VIDEO_PATH.format(video_key=PICTURE_FEATURE, chunk_index=chunk_index, file_index=file_index)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files += 1
        self.writer = VideoWriter(path, self.pictures, self.fps)
        return self.writer

    def close(self) -> None:
        """Completes the file that is being written."""
        if self.writer is not None:
            self.writer.close()
            self.info = self.writer.info()


@dataclass
class _Writer:
    """Writes a LeRobot dataset into an empty folder, an episode at a time."""

    folder: Path
    features: list[Field]
    fps: int
    action: tuple[str, ...]
    """The columns that are the numbers of the action."""
    videos: _Videos | None
    tasks: dict[str, int] = field(default_factory=dict)
    episodes: list[dict] = field(default_factory=list)
    statistics: list[dict] = field(default_factory=list)
    frames: int = 0
    file: int = 0
    tables: list = field(default_factory=list)

    def add(self, columns: dict[str, np.ndarray], pictures: Pictures | None, task: str) -> None:
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
        statistics = {name: statistics_of(values) for name, values in columns.items()}
        where: dict = {}
        if pictures is not None:
            statistics[PICTURE_FEATURE] = picture_statistics(pictures)
            if self.videos is None:
                columns[PICTURE_FEATURE] = np.array([pictures.encoded(row) for row in range(rows)], object)
            else:
                where = self.videos.add(pictures)
        table = arrow_table(columns, _in_data(self.features))
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
            | where
        )
        self.statistics.append(statistics)
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
        if self.videos is not None:
            self.videos.close()
        self._write(self._episode_table(), EPISODES_PATH.format(chunk_index=0, file_index=0))
        self._write(self._task_table(), TASKS)
        whole = {name: aggregate([one[name] for one in self.statistics]) for name in self.statistics[0]}
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
            "video_files_size_in_mb": VIDEO_MIB,
            "fps": self.fps,
            "splits": {"train": f"0:{len(self.episodes)}"},
            "data_path": DATA_PATH,
            "video_path": None if self.videos is None else VIDEO_PATH,
            "features": {one.name: self._feature_info(one) for one in self.features},
        }

    def _feature_info(self, one: Field) -> dict:
        names = {
            "action": [name.removeprefix("action.") for name in self.action],
            PICTURE_FEATURE: ["height", "width", "channels"],
        }
        info = {"dtype": one.dtype, "shape": list(one.shape) or [1], "names": names.get(one.name)}
        return info | {"info": self.videos.info} if self.videos and one.name == PICTURE_FEATURE else info


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


def _stored_pictures(info: dict, path: Path) -> str:
    """How pictures are stored, as a video or as images."""
    feature = info["features"].get(PICTURE_FEATURE) if isinstance(info.get("features"), dict) else None
    kind = feature.get("dtype") if isinstance(feature, dict) else None
    if kind not in (VIDEO, IMAGE):
        raise mismatch(path, f"features: {PICTURE_FEATURE}: dtype", f"{VIDEO} or {IMAGE}", kind)
    return kind


def _episodes(target: Path, manifest: Manifest, kind: str) -> Iterator[Episode]:
    """The episodes with their pictures, which are stored as `kind`: a video has a frame for each row of the data."""
    episodes = _episodes_of_data(target, manifest, kind)
    if manifest.pictures is None or kind == IMAGE:
        yield from episodes
        return
    videos = target / Path(VIDEO_PATH.format(video_key=PICTURE_FEATURE, chunk_index=0, file_index=0)).parents[1]
    pictures = replace(manifest.pictures, encoding="png")
    frames = (frame for path in sorted(videos.glob("chunk-*/file-*.mp4")) for frame in read_video(path, pictures))
    read, rows = 0, sum(movie.rows for movie in manifest.movies)
    for episode in episodes:
        shown = Pictures(pictures, islice(frames, len(episode)))
        read += len(shown)
        if len(shown) < len(episode):
            raise mismatch(videos, "frames", f"{rows}, one a row", read)
        yield replace(episode, pictures=shown)
    if next(frames, None) is not None:
        raise mismatch(videos, "frames", f"{rows}, one a row", "more")


def _episodes_of_data(target: Path, manifest: Manifest, kind: str) -> Iterator[Episode]:
    """The episodes of the data's files, in order, each checked against the manifest's rows."""
    features, number = _in_data(_features(manifest, kind)), 0
    for path in sorted(Path(target, "data").glob("chunk-*/file-*.parquet")):
        file = read_columns(path, features)
        indices, first = file["episode_index"], 0
        while first < len(indices):
            rows = _run_length(indices[first:])
            if number == len(manifest.movies) or indices[first] != number:
                raise mismatch(path, f"episode_index, row {first}", f"{number} of {len(manifest.movies)}", indices[first])
            if rows != manifest.movies[number].rows:
                raise mismatch(path, f"rows of episode {number}", manifest.movies[number].rows, rows)
            columns = {name: values[first : first + rows] for name, values in file.items()}
            episode = _episode(columns, manifest, number)
            if manifest.pictures and kind == IMAGE:
                episode = replace(episode, pictures=_images(columns[PICTURE_FEATURE], manifest.pictures, path, number))
            yield episode
            first, number = first + rows, number + 1
    if number != len(manifest.movies):
        raise mismatch(target, "episodes in the data's files", len(manifest.movies), number)


def _images(encoded: np.ndarray, pictures: PictureFormat, path: Path, number: int) -> Pictures:
    try:
        return Pictures(pictures, encoded)
    except DatasetError as error:
        raise DatasetError(f"{path}: episode {number}: {error}") from error


def _run_length(values: np.ndarray) -> int:
    """How many of the first values are equal."""
    others = np.flatnonzero(values != values[0])
    return int(others[0]) if len(others) else len(values)


def _episode(features: dict[str, np.ndarray], manifest: Manifest, number: int) -> Episode:
    """An episode's features as a kartscope dataset's columns."""
    columns = {column: features[feature] for column, feature in _plain(manifest.console).items()}
    columns |= {name: features["action"][:, index] for index, name in enumerate(ACTION[manifest.console])}
    for one in manifest.observation:
        columns[OBSERVATION + one.name] = features[OBSERVATION + one.name].reshape(-1, *one.shape)
    return Episode(manifest.movies[number].source, columns)

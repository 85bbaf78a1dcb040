"""Datasets survive the conversion to Minari and LeRobot and back unchanged; the libraries' own readers can read them."""

from dataclasses import replace
import json
import logging
from pathlib import Path
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from kartscope.datasets import (
    DatasetError,
    PictureFormat,
    Pictures,
    components,
    from_lerobot,
    from_minari,
    lerobot_format,
    read,
    to_lerobot,
    to_minari,
    write,
)
from kartscope.datasets.__main__ import main

from datasets_samples import (
    OBSERVATION,
    PICTURES,
    SOURCES,
    assert_equal,
    sample_episode,
    sample_episodes,
    sample_picture,
    with_pictures,
    write_pictured,
)

pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "dataset", sample_episodes(), OBSERVATION)
    return tmp_path / "dataset"


def manifest_without_hashes(folder):
    value = json.loads((folder / "manifest.json").read_text())
    for movie in value["movies"]:
        del movie["sha256"]
    return value


def assert_same_dataset(found, expected):
    assert manifest_without_hashes(found) == manifest_without_hashes(expected)
    assert_equal(read(found), read(expected))


class TestMinari:
    ID = "kartscope/sample-v0"

    @pytest.fixture(autouse=True)
    def minari(self, tmp_path, monkeypatch):
        monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
        return pytest.importorskip("minari")

    @pytest.mark.parametrize("data_format", ["parquet", "arrow", "hdf5"])
    def test_there_and_back(self, folder, tmp_path, data_format):
        if data_format == "hdf5":
            pytest.importorskip("h5py")
        path = to_minari(folder, self.ID, data_format)
        assert path == tmp_path / "minari" / self.ID
        from_minari(self.ID, tmp_path / "again")
        assert_same_dataset(tmp_path / "again", folder)

    def test_what_minari_reads(self, minari, folder):
        to_minari(folder, self.ID)
        assert minari.list_local_datasets().keys() == {self.ID}
        dataset = minari.load_dataset(self.ID)
        assert (dataset.total_episodes, dataset.total_steps) == (3, 308)
        space = dataset.observation_space
        assert set(space) == {"rays", "speed", "grid", "single"}
        assert (space["rays"].shape, space["rays"].low[0], space["rays"].high[0]) == ((3,), 0, 3000)
        assert (space["speed"].shape, space["speed"].low, space["speed"].high) == ((), -8, np.inf)
        for episode, expected in zip(dataset.iterate_episodes(), sample_episodes(), strict=True):
            rows = len(expected)
            assert np.array_equal(episode.actions, components(expected.columns))
            assert all(action in dataset.action_space for action in episode.actions)
            assert np.array_equal(episode.rewards, expected.columns["reward"], equal_nan=True)
            assert episode.observations["grid"].shape == (rows + 1, 2, 2)
            assert np.array_equal(episode.observations["grid"][-1], expected.columns["observation.grid"][-1])
            assert np.array_equal(episode.infos["lap"][:-1], expected.columns["lap"])
            finished = expected.source.outcome.kind == "finished"
            last = np.arange(rows) == rows - 1
            assert episode.terminations.tolist() == (last & finished).tolist()
            assert episode.truncations.tolist() == (last & (not finished)).tolist()

    def test_a_dataset_that_is_there_stays(self, folder):
        to_minari(folder, self.ID)
        with pytest.raises(FileExistsError, match="sample-v0 is there already"):
            to_minari(folder, self.ID)

    @pytest.mark.parametrize("dataset_id", ["sample", "../sample-v0", "a b-v0", ""])
    def test_names_that_minari_has_not(self, folder, tmp_path, dataset_id):
        with pytest.raises(DatasetError, match="Minari: dataset id: expected"):
            to_minari(folder, dataset_id)
        with pytest.raises(DatasetError, match="Minari: dataset id: expected"):
            from_minari(dataset_id, tmp_path / "again")

    def test_a_format_that_minari_has_not(self, folder, tmp_path):
        with pytest.raises(DatasetError, match="data format: expected one of Minari's, found"):
            to_minari(folder, self.ID, "csv")
        assert not list(tmp_path.rglob("*sample-v0*"))

    def test_a_damaged_source_leaves_nothing(self, folder, tmp_path):
        next(folder.glob("yf*.parquet")).write_bytes(b"")
        with pytest.raises(DatasetError, match="SHA-256"):
            to_minari(folder, self.ID)
        assert not list(tmp_path.rglob("*sample-v0*"))

    def test_what_is_not_kartscopes(self, minari, folder, tmp_path):
        path = to_minari(folder, self.ID) / "data" / "metadata.json"
        metadata = json.loads(path.read_text())
        del metadata["kartscope"]
        path.write_text(json.dumps(metadata))
        with pytest.raises(DatasetError, match="metadata: expected the key kartscope"):
            from_minari(self.ID, tmp_path / "again")

    def test_there_is_none(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="sample-v0"):
            from_minari(self.ID, tmp_path / "again")

    @pytest.mark.parametrize(
        ("damage", "message"),
        [
            (lambda data: (data / "metadata.json").write_text("{"), "contents: expected what Minari reads"),
            (lambda data: next(data.glob("2/*.parquet")).write_bytes(b"PAR1"), "contents: expected what Minari reads"),
            (
                lambda data: shutil.copy(data / "1/part-0.parquet", data / "0/part-0.parquet"),
                "episode 0: expected 7 steps, found 1",
            ),
        ],
    )
    def test_damage(self, folder, tmp_path, damage, message):
        damage(to_minari(folder, self.ID) / "data")
        with pytest.raises(DatasetError, match=re.escape(message)) as caught:
            from_minari(self.ID, tmp_path / "again")
        assert self.ID in str(caught.value)
        assert not list(tmp_path.glob("*again*"))

    def test_other_episodes_than_were_exported(self, minari, folder, tmp_path):
        data = to_minari(folder, self.ID) / "data"
        metadata = json.loads((data / "metadata.json").read_text())
        (data / "metadata.json").write_text(json.dumps(metadata | {"total_episodes": 2}))
        with pytest.raises(DatasetError, match="episodes: expected 3, found 2"):
            from_minari(self.ID, tmp_path / "again")


class TestLeRobot:
    @pytest.fixture
    def target(self, folder, tmp_path):
        assert to_lerobot(folder, tmp_path / "lerobot") == tmp_path / "lerobot"
        return tmp_path / "lerobot"

    def test_there_and_back(self, folder, target, tmp_path):
        from_lerobot(target, tmp_path / "again")
        assert_same_dataset(tmp_path / "again", folder)

    def test_the_files_are_those_of_the_published_layout(self, target):
        files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
        assert files == {
            "data/chunk-000/file-000.parquet",
            "meta/episodes/chunk-000/file-000.parquet",
            "meta/info.json",
            "meta/kartscope.json",
            "meta/stats.json",
            "meta/tasks.parquet",
        }
        info = json.loads((target / "meta/info.json").read_text())
        assert info["codebase_version"] == "v3.0"
        assert (info["total_episodes"], info["total_frames"], info["total_tasks"], info["splits"]) == (
            3,
            308,
            2,
            {"train": "0:3"},
        )
        assert info["features"]["observation.grid"] == {"dtype": "float32", "shape": [4], "names": None}
        assert info["features"]["observation.speed"]["shape"] == info["features"]["observation.single"]["shape"] == [1]
        assert info["features"]["action"]["names"] == ["steer", "accelerate", "brake", "drift", "item"]
        data = pq.read_table(target / "data/chunk-000/file-000.parquet")
        assert data.column_names == list(info["features"])
        assert data["index"].to_pylist() == list(range(308))
        assert data["frame_index"].to_pylist() == [*range(7), 0, *range(300)]
        assert data["next.done"].to_pylist() == [False] * 6 + [True, True] + [False] * 299 + [True]
        assert data["timestamp"][307].as_py() == pytest.approx(299 / 60)
        episodes = pq.read_table(target / "meta/episodes/chunk-000/file-000.parquet")
        assert episodes["dataset_from_index"].to_pylist() == [0, 7, 8]
        assert episodes["dataset_to_index"].to_pylist() == [7, 8, 308]
        assert episodes["tasks"].to_pylist() == [["Finish course f8c"]] * 2 + [["Finish course yf"]]

    def test_statistics_are_of_all_rows(self, folder, target):
        stats = json.loads((target / "meta/stats.json").read_text())["observation.speed"]
        speed = np.concatenate([episode.columns["observation.speed"] for episode in read(folder)]).astype(np.float64)
        assert stats["count"] == [308]
        assert (stats["min"], stats["max"]) == ([speed.min()], [speed.max()])
        assert stats["mean"] == pytest.approx([speed.mean()])
        assert stats["std"] == pytest.approx([speed.std()])

    @pytest.mark.parametrize("limit", [100, 0])
    def test_what_lerobot_reads(self, folder, tmp_path, monkeypatch, limit):
        pytest.importorskip("lerobot")
        monkeypatch.setattr(lerobot_format, "FILE_MIB", limit)
        to_lerobot(folder, tmp_path / "lerobot")
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
        from lerobot.datasets.lerobot_dataset import LeRobotDataset

        dataset = LeRobotDataset("kartscope/sample", root=tmp_path / "lerobot")
        assert (dataset.num_episodes, dataset.num_frames, dataset.fps) == (3, 308, 60)
        assert list(dataset.meta.tasks.index) == ["Finish course f8c", "Finish course yf"]
        assert dataset.meta.stats["action"]["mean"].shape == (5,)
        for number, episode in enumerate(sample_episodes()):
            assert dataset.meta.episodes[number]["length"] == len(episode)
            assert dataset.meta.episodes[number]["data/file_index"] == (number if limit == 0 else 0)
            for row in range(min(len(episode), 7)):
                item = dataset[dataset.meta.episodes[number]["dataset_from_index"] + row]
                assert item["task"] == f"Finish course {episode.source.course_name}"
                assert item["observation.rays"].numpy().tobytes() == episode.columns["observation.rays"][row].tobytes()
                assert item["observation.grid"].tolist() == episode.columns["observation.grid"][row].reshape(-1).tolist()
                assert item["buttons"] == episode.columns["buttons"][row]
                assert item["action"][0] == episode.columns["action.steer"][row]
                assert item["action"][4] == episode.columns["action.item"][row]
        from_lerobot(tmp_path / "lerobot", tmp_path / "again")
        assert_same_dataset(tmp_path / "again", folder)

    def test_rows_of_several_frames_are_fewer_a_second(self, tmp_path):
        write(tmp_path / "dataset", [sample_episode()], OBSERVATION, frames_per_step=4)
        to_lerobot(tmp_path / "dataset", tmp_path / "lerobot")
        info = json.loads((tmp_path / "lerobot" / "meta" / "info.json").read_text())
        assert info["fps"] == 15
        from_lerobot(tmp_path / "lerobot", tmp_path / "again")
        assert_same_dataset(tmp_path / "again", tmp_path / "dataset")
        write(tmp_path / "uneven", [sample_episode()], OBSERVATION, frames_per_step=7)
        with pytest.raises(DatasetError, match="frames_per_step: expected a divisor of 60, found 7"):
            to_lerobot(tmp_path / "uneven", tmp_path / "other")

    def test_nothing_to_export(self, tmp_path):
        write(tmp_path / "dataset", [], OBSERVATION)
        with pytest.raises(DatasetError, match="movies: expected at least one, found none"):
            to_lerobot(tmp_path / "dataset", tmp_path / "lerobot")

    def test_a_damaged_source_leaves_nothing(self, folder, tmp_path):
        next(folder.glob("yf*.parquet")).write_bytes(b"")
        with pytest.raises(DatasetError, match="SHA-256"):
            to_lerobot(folder, tmp_path / "lerobot")
        assert [path.name for path in tmp_path.iterdir()] == ["dataset"]

    def edit_info(self, target, **values):
        path = target / "meta/info.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    def edit_data(self, target, change):
        path = target / "data/chunk-000/file-000.parquet"
        pq.write_table(change(pq.read_table(path)), path)

    @pytest.mark.parametrize(
        ("damage", "error", "message"),
        [
            (
                lambda self, target: self.edit_info(target, codebase_version="v2.1"),
                DatasetError,
                "info.json: codebase_version: expected v3.0, found v2.1",
            ),
            (
                lambda self, target: self.edit_info(target, total_episodes=4),
                DatasetError,
                "info.json: total_episodes: expected 3, found 4",
            ),
            (
                lambda self, target: self.edit_info(target, total_episodes="3"),
                DatasetError,
                "info.json: total_episodes: expected an integer, found 3",
            ),
            (lambda self, target: (target / "meta/info.json").write_text("{"), DatasetError, "info.json: text: expected JSON"),
            (
                lambda self, target: (target / "meta/info.json").write_text("[]"),
                DatasetError,
                "info.json: text: expected an object, found list",
            ),
            (
                lambda self, target: (target / "meta/kartscope.json").write_text("{}"),
                DatasetError,
                "kartscope.json: not a valid dataset manifest: missing field `format`",
            ),
            (lambda self, target: (target / "meta/info.json").unlink(), FileNotFoundError, "info.json"),
            (lambda self, target: (target / "meta/kartscope.json").unlink(), FileNotFoundError, "kartscope.json"),
            (
                lambda self, target: shutil.rmtree(target / "data"),
                DatasetError,
                "episodes in the data's files: expected 3, found 0",
            ),
            (
                lambda self, target: (target / "data/chunk-000/file-000.parquet").write_bytes(b"PAR1"),
                DatasetError,
                "file-000.parquet: contents: expected a Parquet file",
            ),
            (
                lambda self, target: self.edit_data(target, lambda table: table.slice(1)),
                DatasetError,
                "file-000.parquet: rows of episode 0: expected 7, found 6",
            ),
            (
                lambda self, target: self.edit_data(target, lambda table: table.slice(7)),
                DatasetError,
                "episode_index, row 0: expected 0 of 3, found 1",
            ),
            (
                lambda self, target: self.edit_data(target, lambda table: table.slice(0, 8)),
                DatasetError,
                "episodes in the data's files: expected 3, found 2",
            ),
            (
                lambda self, target: self.edit_data(target, lambda table: table.take(list(range(308)) + [0])),
                DatasetError,
                "episode_index, row 308: expected 3 of 3, found 0",
            ),
            (
                lambda self, target: self.edit_data(target, lambda table: table.drop_columns("action")),
                DatasetError,
                "column 4: expected action (float[5])",
            ),
        ],
    )
    def test_damage(self, target, tmp_path, damage, error, message):
        damage(self, target)
        with pytest.raises(error, match=re.escape(message)):
            from_lerobot(target, tmp_path / "again")
        assert not list(tmp_path.glob("*again*"))

    def test_actions_that_were_changed(self, target, tmp_path):
        import pyarrow as pa

        halves = pa.FixedSizeListArray.from_arrays(pa.array(np.full(308 * 5, 0.5, np.float32)), 5)
        self.edit_data(target, lambda table: table.set_column(table.column_names.index("action"), "action", halves))
        with pytest.raises(DatasetError, match="action.steer, row 0: expected a value of int8, found 0.5"):
            from_lerobot(target, tmp_path / "again")

    def test_a_name_that_lerobot_cannot_have(self, tmp_path):
        from kartscope.datasets import Episode, Field

        columns = {"frame": [0], "observation.a/b": [1.5], "buttons": [1], "race_progress": [0], "lap": [0], "reward": [0]}
        write(tmp_path / "dataset", [Episode(SOURCES[0], columns)], [Field("a/b")])
        with pytest.raises(DatasetError, match="a name without /, found observation.a/b"):
            to_lerobot(tmp_path / "dataset", tmp_path / "lerobot")


class TestMinariWithPictures:
    ID = "kartscope/pictures-v0"

    @pytest.fixture(autouse=True)
    def minari(self, tmp_path, monkeypatch):
        monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
        return pytest.importorskip("minari")

    @pytest.mark.parametrize(
        ("console", "data_format"), [("ds", "parquet"), ("ds", "arrow"), ("n64", "parquet"), ("n64", "hdf5")]
    )
    def test_there_and_back(self, tmp_path, console, data_format):
        if data_format == "hdf5":
            pytest.importorskip("h5py")
        write_pictured(tmp_path / "dataset", console)
        to_minari(tmp_path / "dataset", self.ID, data_format)
        from_minari(self.ID, tmp_path / "again")
        assert_same_dataset(tmp_path / "again", tmp_path / "dataset")

    def test_jpegs_come_back_as_what_they_show(self, tmp_path):
        episodes = write_pictured(tmp_path / "dataset", encoding="jpeg:70")
        to_minari(tmp_path / "dataset", self.ID)
        assert from_minari(self.ID, tmp_path / "again").pictures == PICTURES
        for found, expected in zip(read(tmp_path / "again"), episodes, strict=True):
            assert np.array_equal(list(found.pictures), list(expected.pictures))

    def test_what_minari_reads(self, minari, tmp_path):
        episodes = write_pictured(tmp_path / "dataset", "n64")
        to_minari(tmp_path / "dataset", self.ID)
        dataset = minari.load_dataset(self.ID)
        box = dataset.observation_space["picture"]
        assert (box.shape, box.dtype, box.low.max(), box.high.min()) == ((32, 48, 3), np.uint8, 0, 255)
        assert dataset.action_space.nvec.tolist() == [161, 161, 2, 2, 2, 2]
        for episode, expected in zip(dataset.iterate_episodes(), episodes, strict=True):
            rows = len(expected)
            assert np.array_equal(episode.actions, components(expected.columns))
            assert all(action in dataset.action_space for action in episode.actions)
            assert episode.observations["picture"].shape == (rows + 1, 32, 48, 3)
            assert np.array_equal(episode.observations["picture"][:-1], list(expected.pictures))
            assert np.array_equal(episode.observations["picture"][-1], expected.pictures[-1])
            assert np.array_equal(episode.infos["stick_x"][:-1], expected.columns["stick_x"])

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda episode: episode["actions"][3].__setitem__(0, 7), "episode 0, step 3: expected the action ["),
            (lambda episode: episode["observations"].pop("picture"), "episode 0: expected the entry picture, found none"),
            (
                lambda episode: episode["observations"].update(picture=episode["observations"]["picture"][:, 1:]),
                "episode 0: picture: expected numbers of shape (7, 32, 48, 3), found uint8 of shape (7, 31, 48, 3)",
            ),
            (
                lambda episode: episode["observations"].update(picture=episode["observations"]["picture"] / 255),
                "row 0: expected 48 x 32 pixels, png, found an array of float64",
            ),
            (
                lambda episode: episode["infos"].update(stick_x=["left"] * 8),
                "episode 0: stick_x: expected numbers of shape (7,), found <U4 of shape (7,)",
            ),
        ],
    )
    def test_what_was_changed_since(self, minari, tmp_path, monkeypatch, change, message):
        """Changes what Minari reads, since its files of every format hold the same."""
        write_pictured(tmp_path / "dataset", "n64")
        to_minari(tmp_path / "dataset", self.ID)
        storage = type(minari.load_dataset(self.ID).storage)
        whole = storage.get_episodes

        def changed(self, *arguments):
            for number, episode in enumerate(whole(self, *arguments)):
                if number == 0 and episode["id"] == 0:
                    change(episode)
                yield episode

        monkeypatch.setattr(storage, "get_episodes", changed)
        with pytest.raises(DatasetError, match=re.escape(message)) as caught:
            from_minari(self.ID, tmp_path / "again")
        assert self.ID in str(caught.value)
        assert not list(tmp_path.glob("*again*"))


class TestLeRobotWithPictures:
    KEY = "observation.images.picture"
    VIDEO = f"videos/{KEY}/chunk-000/file-000.mp4"

    @pytest.fixture
    def folder(self, tmp_path):
        write_pictured(tmp_path / "dataset")
        return tmp_path / "dataset"

    @pytest.fixture
    def video(self, folder, tmp_path):
        pytest.importorskip("av")
        return to_lerobot(folder, tmp_path / "lerobot")

    @pytest.fixture
    def images(self, folder, tmp_path):
        return to_lerobot(folder, tmp_path / "lerobot", "image")

    def info(self, target):
        return json.loads((target / "meta/info.json").read_text())

    def assert_close(self, found, expected):
        """Asserts that pictures differ by a codec's loss alone, and that each is the picture of its row."""
        assert len(found) == len(expected)
        difference = lambda one, other: np.abs(one.astype(int) - other).mean()
        for row, picture in enumerate(found):
            loss = difference(picture, expected[row])
            assert loss < 12, row
            assert all(loss < difference(picture, expected[other]) for other in (row - 1, row + 1) if 0 <= other < len(expected))

    @pytest.mark.parametrize(("console", "encoding"), [("ds", "png"), ("n64", "jpeg:80")])
    def test_images_there_and_back(self, tmp_path, console, encoding):
        write_pictured(tmp_path / "dataset", console, encoding)
        to_lerobot(tmp_path / "dataset", tmp_path / "lerobot", "image")
        from_lerobot(tmp_path / "lerobot", tmp_path / "again")
        assert_same_dataset(tmp_path / "again", tmp_path / "dataset")

    @pytest.mark.parametrize(("console", "encoding"), [("ds", "png"), ("n64", "jpeg:80")])
    def test_a_video_there_and_back(self, tmp_path, console, encoding):
        pytest.importorskip("av")
        episodes = write_pictured(tmp_path / "dataset", console, encoding)
        to_lerobot(tmp_path / "dataset", tmp_path / "lerobot")
        from_lerobot(tmp_path / "lerobot", tmp_path / "again")
        again = read(tmp_path / "again")
        assert (again.pictures, again.console, again.frames_per_step) == (PICTURES, console, 2)
        for found, expected in zip(again, episodes, strict=True):
            self.assert_close(found.pictures, expected.pictures)
        numbers = lambda episode: replace(episode, pictures=None)
        assert_equal(list(map(numbers, again)), list(map(numbers, episodes)))

    def test_the_files_are_those_of_the_published_layout(self, video):
        files = {path.relative_to(video).as_posix() for path in video.rglob("*.*") if path.suffix in (".mp4", ".png")}
        assert files == {self.VIDEO}
        info = self.info(video)
        assert info["video_path"] == "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
        feature = info["features"][self.KEY]
        assert (feature["dtype"], feature["shape"], feature["names"]) == ("video", [32, 48, 3], ["height", "width", "channels"])
        assert feature["info"]["video.codec"] == "av1" and feature["info"]["video.fps"] == info["fps"] == 30
        data = pq.read_table(video / "data/chunk-000/file-000.parquet")
        assert data.column_names == [name for name in info["features"] if name != self.KEY]
        episodes = pq.read_table(video / "meta/episodes/chunk-000/file-000.parquet")
        of = lambda key: episodes[f"videos/{self.KEY}/{key}"].to_pylist()
        assert of("chunk_index") == of("file_index") == [0, 0, 0]
        assert of("from_timestamp") == pytest.approx([0, 7 / 30, 8 / 30])
        assert of("to_timestamp") == pytest.approx([7 / 30, 8 / 30, 308 / 30])

    def test_images_are_in_the_data(self, images):
        assert not (images / "videos").exists()
        info = self.info(images)
        assert info["video_path"] is None and info["features"][self.KEY]["dtype"] == "image"
        [row, *_] = pq.read_table(images / "data/chunk-000/file-000.parquet")[self.KEY].to_pylist()
        assert row["bytes"].startswith(b"\x89PNG") and row["path"] == "frame-000000"

    @pytest.mark.parametrize(("limit", "seconds", "files"), [(0, 1000, [0, 1, 2]), (200, 0.25, [0, 1, 2]), (200, 0.27, [0, 0, 1])])
    def test_long_videos_are_several_files(self, folder, tmp_path, monkeypatch, limit, seconds, files):
        pytest.importorskip("av")
        monkeypatch.setattr(lerobot_format, "VIDEO_MIB", limit)
        monkeypatch.setattr(lerobot_format, "VIDEO_SECONDS", seconds)
        target = to_lerobot(folder, tmp_path / "lerobot")
        episodes = pq.read_table(target / "meta/episodes/chunk-000/file-000.parquet")
        assert episodes[f"videos/{self.KEY}/file_index"].to_pylist() == files
        first = [files.index(file) == number for number, file in enumerate(files)]
        assert [start == 0 for start in episodes[f"videos/{self.KEY}/from_timestamp"].to_pylist()] == first
        assert len(list(target.rglob("*.mp4"))) == files[-1] + 1
        from_lerobot(target, tmp_path / "again")
        for found, expected in zip(read(tmp_path / "again"), read(folder), strict=True):
            self.assert_close(found.pictures, expected.pictures)

    @pytest.mark.parametrize("kind", ["video", "image"])
    def test_what_lerobot_reads(self, folder, tmp_path, monkeypatch, kind):
        pytest.importorskip("lerobot")
        av = pytest.importorskip("av")
        to_lerobot(folder, tmp_path / "lerobot", kind)
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
        import torch
        from lerobot.datasets import lerobot_dataset

        def decoded(path, timestamps, tolerance, _backend):
            """What LeRobot's decoders do, which need torchcodec and FFmpeg's libraries, or an old torchvision."""
            with av.open(str(path)) as container:
                frames = {frame.time: frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)}
            nearest = [min(frames, key=lambda time: abs(time - asked)) for asked in timestamps]
            assert all(abs(time - asked) < tolerance for time, asked in zip(nearest, timestamps, strict=True))
            return torch.stack([torch.from_numpy(frames[time]).permute(2, 0, 1) / 255 for time in nearest])

        monkeypatch.setattr(lerobot_dataset, "decode_video_frames", decoded)
        dataset = lerobot_dataset.LeRobotDataset("kartscope/pictures", root=tmp_path / "lerobot", video_backend="pyav")
        assert dataset.meta.camera_keys == [self.KEY] and dataset.fps == 30
        assert dataset.meta.stats[self.KEY]["mean"].shape == (3, 1, 1)
        for number, expected in enumerate(read(folder)):
            first = dataset.meta.episodes[number]["dataset_from_index"]
            rows = range(min(7, len(expected)))
            shown = [dataset[first + row][self.KEY].numpy().transpose(1, 2, 0) * 255 for row in rows]
            if kind == "image":
                assert np.array_equal(np.round(shown), [expected.pictures[row] for row in rows])
            else:
                self.assert_close(shown, [expected.pictures[row] for row in rows])

    @pytest.mark.parametrize("size", [(48, 32), (320, 200)])
    def test_statistics_are_lerobots(self, tmp_path, size):
        compute_stats = pytest.importorskip("lerobot.datasets.compute_stats")
        random = np.random.default_rng(1)
        shown = [random.integers(row, 200, (size[1], size[0], 3)).astype(np.uint8) for row in range(120)]
        pictures = PictureFormat(*size)
        episode = replace(sample_episode(rows=120), pictures=Pictures(pictures, shown))
        write(tmp_path / "dataset", [episode], OBSERVATION, pictures=pictures)
        to_lerobot(tmp_path / "dataset", tmp_path / "lerobot", "image")
        found = json.loads((tmp_path / "lerobot/meta/stats.json").read_text())[self.KEY]
        paths = [tmp_path / f"{row}.png" for row in range(120)]
        for row, path in enumerate(paths):
            path.write_bytes(Pictures(pictures, [shown[row]]).encoded(0))
        feature = {self.KEY: {"dtype": "image", "shape": [*pictures.shape]}}
        expected = compute_stats.compute_episode_stats({self.KEY: list(map(str, paths))}, feature)[self.KEY]
        assert found.keys() == expected.keys() and found["count"] == expected["count"].tolist()
        for key in ("min", "max", "mean"):
            assert np.array(found[key]) == pytest.approx(expected[key], abs=1e-9), key
        # LeRobot 0.4.4 squares numbers of one byte, in one byte.
        pixels = np.array(shown)[np.round(np.linspace(0, 119, 100)).astype(int), :: 1 + (size[0] > 300), :: 1 + (size[0] > 300)]
        assert np.array(found["std"]).flatten() == pytest.approx((pixels / 255).std((0, 1, 2)))
        for key in ("q01", "q10", "q50", "q90", "q99"):
            assert np.array(found[key]) == pytest.approx(expected[key], abs=1 / 255), key

    def test_statistics_of_all_episodes_are_weighted_by_their_pictures(self, images):
        whole = json.loads((images / "meta/stats.json").read_text())[self.KEY]
        episodes = pq.read_table(images / "meta/episodes/chunk-000/file-000.parquet")
        of = lambda key: np.array(episodes[f"stats/{self.KEY}/{key}"].to_pylist())
        count = of("count")[:, 0]
        assert count.tolist() == [7, 1, 100] and whole["count"] == [108]
        assert np.array(whole["mean"]) == pytest.approx(np.average(of("mean"), axis=0, weights=count))
        assert np.array(whole["max"]) == pytest.approx(of("max").max(0))

    def test_what_cannot_be_exported(self, folder, tmp_path):
        with pytest.raises(DatasetError, match="pictures: expected video or image, found gif"):
            to_lerobot(folder, tmp_path / "lerobot", "gif")
        small = PictureFormat(30, 40)
        shown = Pictures(small, [np.zeros((40, 30, 3), np.uint8)] * 7)
        write(tmp_path / "small", [replace(sample_episode(), pictures=shown)], OBSERVATION, pictures=small)
        with pytest.raises(DatasetError, match="small: pictures: expected at least 32 x 32 pixels for a video, found 30 x 40"):
            to_lerobot(tmp_path / "small", tmp_path / "lerobot")
        to_lerobot(tmp_path / "small", tmp_path / "images", "image")

    def test_a_name_that_is_the_pictures(self, tmp_path):
        from kartscope.datasets import Field

        episode = with_pictures(sample_episode())
        columns = {"observation.images.picture" if name == "observation.speed" else name: one for name, one in episode.columns.items()}
        fields = [Field("images.picture") if field.name == "speed" else field for field in OBSERVATION]
        write(tmp_path / "dataset", [replace(episode, columns=columns)], fields, pictures=PICTURES)
        with pytest.raises(DatasetError, match="another name than the pictures' feature, found observation.images.picture"):
            to_lerobot(tmp_path / "dataset", tmp_path / "lerobot")

    def test_without_pyav_it_is_asked_for(self, folder, tmp_path, monkeypatch):
        for name in [name for name in sys.modules if name.partition(".")[0] == "av"] or ["av"]:
            monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(ModuleNotFoundError, match="needs the optional package av for this: pip install av"):
            to_lerobot(folder, tmp_path / "lerobot")
        assert [path.name for path in tmp_path.iterdir()] == ["dataset"]
        from_lerobot(to_lerobot(folder, tmp_path / "lerobot", "image"), tmp_path / "again")

    def replace_video(self, target, frames, pictures=PICTURES):
        from kartscope.datasets.video import VideoWriter

        writer = VideoWriter(target / self.VIDEO, pictures, 30)
        for picture in frames:
            writer.add(picture)
        writer.close()

    def edit_info(self, target, dtype):
        info = self.info(target)
        info["features"][self.KEY]["dtype"] = dtype
        (target / "meta/info.json").write_text(json.dumps(info))

    @pytest.mark.parametrize(
        ("damage", "message"),
        [
            (
                lambda self, target: self.replace_video(target, map(sample_picture, range(307))),
                "videos/observation.images.picture: frames: expected 308, one a row, found 307",
            ),
            (
                lambda self, target: self.replace_video(target, map(sample_picture, range(309))),
                "videos/observation.images.picture: frames: expected 308, one a row, found more",
            ),
            (
                lambda self, target: shutil.rmtree(target / "videos"),
                "videos/observation.images.picture: frames: expected 308, one a row, found 0",
            ),
            (
                lambda self, target: self.replace_video(target, [np.zeros((48, 64, 3), np.uint8)] * 308, PictureFormat(64, 48)),
                "file-000.mp4: size: expected 48 x 32 pixels, found 64 x 48 pixels",
            ),
            (
                lambda self, target: (target / self.VIDEO).write_bytes((target / self.VIDEO).read_bytes()[:1000]),
                "file-000.mp4: video: expected what PyAV can decode, found",
            ),
            (
                lambda self, target: (target / self.VIDEO).write_bytes(b""),
                "file-000.mp4: video: expected what PyAV can decode, found",
            ),
            (
                lambda self, target: self.edit_info(target, "float32"),
                "info.json: features: observation.images.picture: dtype: expected video or image, found float32",
            ),
            (
                lambda self, target: self.edit_info(target, "image"),
                "file-000.parquet: column 4: expected observation.images.picture",
            ),
        ],
    )
    def test_a_damaged_video(self, video, tmp_path, damage, message):
        damage(self, video)
        logging.getLogger("libav").setLevel(logging.CRITICAL)
        with pytest.raises(DatasetError, match=re.escape(message)):
            from_lerobot(video, tmp_path / "again")
        assert not list(tmp_path.glob("*again*"))

    @pytest.mark.parametrize(
        ("picture", "message"),
        [
            (None, "file-000.parquet: observation.images.picture, row 9: expected a picture, found null"),
            (
                Pictures(PictureFormat(40, 32), [np.zeros((32, 40, 3), np.uint8)]).encoded(0),
                "file-000.parquet: episode 2: observation.picture, row 1: expected 48 x 32 pixels, png, found",
            ),
        ],
    )
    def test_damaged_images(self, images, tmp_path, picture, message):
        import pyarrow as pa

        path = images / "data/chunk-000/file-000.parquet"
        table = pq.read_table(path)
        shown = table[self.KEY].to_pylist()
        shown[9]["bytes"] = picture
        place = table.column_names.index(self.KEY)
        pq.write_table(table.set_column(place, self.KEY, pa.array(shown, table.field(place).type)), path)
        with pytest.raises(DatasetError, match=re.escape(message)):
            from_lerobot(images, tmp_path / "again")
        assert not list(tmp_path.glob("*again*"))

    def test_a_picture_that_cannot_be_decoded(self, folder, tmp_path):
        """Its header is whole, so that the dataset is read."""
        pytest.importorskip("av")
        [episode, *_] = read(folder)
        encoded = [episode.pictures.encoded(row) for row in range(7)]
        cut = Pictures(PICTURES, [*encoded[:6], encoded[6][:60]])
        write(tmp_path / "cut", [replace(episode, pictures=cut)], OBSERVATION, pictures=PICTURES)
        with pytest.raises(DatasetError, match=r"f8c_ghosts-\w+\.parquet: observation.picture, row 6: expected 48 x 32 pixels, png"):
            to_lerobot(tmp_path / "cut", tmp_path / "lerobot")
        assert not list(tmp_path.glob("*lerobot*"))


class TestCommandLine:
    def test_there_and_back_by_the_module(self, folder, tmp_path):
        def run(*words):
            command = [sys.executable, "-m", "kartscope.datasets", *words, "--json"]
            return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

        target, again = str(tmp_path / "lerobot"), str(tmp_path / "again")
        assert run("export", "lerobot", str(folder), target) == {"format": "lerobot", "folder": str(folder), "written": target}
        assert run("import", "lerobot", target, again) == {"format": "lerobot", "written": again, "episodes": 3, "rows": 308}
        assert_same_dataset(Path(again), folder)

    def test_minari(self, folder, tmp_path, monkeypatch, capsys):
        pytest.importorskip("minari")
        monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
        assert main(["export", "minari", str(folder), "sample-v1", "--data-format", "arrow"]) == 0
        assert main(["import", "minari", "sample-v1", str(tmp_path / "again")]) == 0
        assert "rows: 308" in capsys.readouterr().out
        assert_same_dataset(tmp_path / "again", folder)

    def test_show(self, folder, capsys):
        assert main(["show", str(folder), "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert (shown["episodes"], shown["rows"], shown["columns"][0]) == (3, 308, "frame")

    def test_pictures(self, tmp_path, capsys):
        write_pictured(tmp_path / "dataset", "n64", "jpeg:80")
        assert main(["show", str(tmp_path / "dataset"), "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert (shown["console"], shown["pictures"]) == ("n64", {"width": 48, "height": 32, "encoding": "jpeg:80"})
        assert main(["show", str(tmp_path / "dataset")]) == 0
        assert "pictures: width 48, height 32, encoding jpeg:80" in capsys.readouterr().out
        export = ["export", "lerobot", str(tmp_path / "dataset"), str(tmp_path / "lerobot"), "--pictures", "image"]
        assert main(export) == 0
        assert main(["import", "lerobot", str(tmp_path / "lerobot"), str(tmp_path / "again")]) == 0
        assert_same_dataset(tmp_path / "again", tmp_path / "dataset")

    def test_errors_go_to_standard_error(self, tmp_path, capsys):
        assert main(["export", "lerobot", str(tmp_path / "none"), str(tmp_path / "lerobot"), "--json"]) == 1
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.startswith("error: ") and "manifest.json" in captured.err

    def test_wrong_usage(self, capsys):
        with pytest.raises(SystemExit) as caught:
            main(["export", "csv", "a", "b"])
        assert caught.value.code == 2

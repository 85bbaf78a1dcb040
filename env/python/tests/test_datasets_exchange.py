"""Datasets survive the conversion to Minari and LeRobot and back unchanged; the libraries' own readers can read them."""

import json
from pathlib import Path
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from kartscope.datasets import (
    DatasetError,
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

from datasets_samples import OBSERVATION, SOURCES, assert_equal, sample_episode, sample_episodes

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

    def test_errors_go_to_standard_error(self, tmp_path, capsys):
        assert main(["export", "lerobot", str(tmp_path / "none"), str(tmp_path / "lerobot"), "--json"]) == 1
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.startswith("error: ") and "manifest.json" in captured.err

    def test_wrong_usage(self, capsys):
        with pytest.raises(SystemExit) as caught:
            main(["export", "csv", "a", "b"])
        assert caught.value.code == 2

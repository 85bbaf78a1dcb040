"""kartscope.datasets reads and writes datasets' folders, and reports errors in them."""

from dataclasses import replace
import hashlib
import json
from pathlib import Path
import re
import sys

import numpy as np
import pytest

import kartscope
from kartscope.datasets import (
    DatasetError,
    Episode,
    Field,
    Outcome,
    Source,
    action_columns,
    buttons_of,
    components,
    read,
    to_lerobot,
    write,
)

from datasets_samples import OBSERVATION, SOURCE, assert_equal, sample_episode, sample_episodes

pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "dataset", sample_episodes(), OBSERVATION)
    return tmp_path / "dataset"


def only_dataset_is_there(folder) -> bool:
    return [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_what_was_written_is_read(folder):
    dataset = read(folder)
    assert dataset.observation == OBSERVATION
    assert_equal(dataset, sample_episodes())
    assert len(dataset) == 3 and len(dataset[-1]) == 300
    assert only_dataset_is_there(folder)


def test_actions_follow_from_buttons(tmp_path):
    whole = sample_episode()
    without = {name: values for name, values in whole.columns.items() if not name.startswith("action.")}
    write(tmp_path / "dataset", [Episode(SOURCE, without)], OBSERVATION)
    assert_equal(read(tmp_path / "dataset"), [whole])


def test_files_are_named_and_typed_as_kartscope_record_does(folder):
    names = [movie["file"] for movie in json.loads((folder / "manifest.json").read_text())["movies"]]
    assert names == ["f8c_ghosts-06fc1c59467a.parquet", "_berholt_v2-111111111111.parquet", "yf-222222222222.parquet"]
    schema = pq.read_schema(folder / names[0])
    assert str(schema.field("observation.rays").type) == "fixed_size_list<item: float not null>[3]"
    assert str(schema.field("observation.grid").type) == "fixed_size_list<item: float not null>[4]"
    assert str(schema.field("action.steer").type) == "int8"
    assert not any(field.nullable for field in schema)


def test_bounds_are_of_single_precision_and_finite_or_none():
    field = Field("angle", low=-np.float32(np.pi), high=np.inf)
    assert (field.low, field.high) == (-3.1415927, None)
    assert field == Field("angle", low=-np.pi)


def test_a_dataset_without_movies_can_be_read(tmp_path):
    write(tmp_path / "dataset", [], OBSERVATION)
    dataset = read(tmp_path / "dataset")
    assert len(dataset) == 0 and dataset.observation == OBSERVATION


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (0, (0, 0, 0, 0, 1)),
        (1 | 32, (1, 0, 0, 0, 0)),
        (2 | 16 | 256, (0, 1, 1, 0, 2)),
        (16 | 32, (0, 0, 0, 0, 1)),
        (512, (0, 0, 0, 1, 1)),
        (1024, (0, 0, 0, 1, 1)),
    ],
)
def test_buttons_and_the_components_of_an_action(word, expected):
    columns = action_columns(np.array([word], np.uint16))
    found = components(columns)
    assert found.tolist() == [list(expected)]
    again = action_columns(buttons_of(found))
    assert all(again[name].tolist() == values.tolist() for name, values in columns.items())


@pytest.mark.parametrize(
    "actions", [[[0, 0, 0, 0, 3]], [[0, 0, 0, 2, 1]], [[-1, 0, 0, 0, 1]], [[0.5, 0, 0, 0, 1]], [0, 0, 0, 0, 1], [[0, 1]]]
)
def test_actions_that_there_are_not(actions):
    with pytest.raises(DatasetError, match="actions: (row 0|shape): expected"):
        buttons_of(actions)


def changed(name, values):
    """The sample's columns with other values in one of them, or without it."""
    columns = dict(sample_episode().columns)
    if values is None:
        del columns[name]
    else:
        columns[name] = np.asarray(values)
    return columns


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (changed("lap", None), "columns: expected the column lap, found none"),
        (changed("speed", np.zeros(7)), "no further column, found speed"),
        (changed("lap", np.zeros(6, np.int32)), "lap: expected shape (7,), found (6,)"),
        (changed("observation.grid", np.zeros((7, 4))), "observation.grid: expected shape (7, 2, 2), found (7, 4)"),
        (changed("lap", [0, 1, 2, 3, 4, 5, 0.5]), "lap, row 6: expected a value of int32, found 0.5"),
        (changed("buttons", np.full(7, 1 << 16)), "buttons, row 0: expected a value of uint16, found 65536"),
        (changed("lap", ["0"] * 7), "lap: expected numbers of int32"),
        (
            changed("observation.speed", [0, 0, 0, np.inf, 0, 0, 0]),
            "observation.speed[0], row 3: expected a finite number, found inf",
        ),
        (changed("observation.speed", np.full(7, 1e39)), "observation.speed[0], row 0: expected a finite number, found inf"),
        (changed("action.steer", np.full(7, 2, np.int8)), "as the buttons say, found 2"),
        ({name: values[:0] for name, values in sample_episode().columns.items()}, "expected at least one row of 9 numbers, found 0 of 9"),
    ],
)
def test_an_episode_that_cannot_be_written(tmp_path, columns, message):
    episodes = [sample_episode(replace(SOURCE, movie_sha256="33" * 32)), Episode(SOURCE, columns)]
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        write(tmp_path / "dataset", episodes, OBSERVATION)
    assert str(tmp_path / "dataset") in str(caught.value) and "episode 1 (f8c_ghosts.dsm)" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (replace(SOURCE, kart=256), "kart: expected an integer from 0 to 255, found 256"),
        (replace(SOURCE, rom_serial=None), "rom_serial: expected a text, found None"),
        (replace(SOURCE, lap_times_ms=(1, -1)), "lap_times_ms: expected integers from 0 to 4294967295, found (1, -1)"),
        (replace(SOURCE, outcome=Outcome("crashed")), "kind: expected finished, unfinished or diverged, found 'crashed'"),
        (replace(SOURCE, outcome=Outcome("diverged")), "frame: expected an integer from 0 to 4294967295, found None"),
        (replace(SOURCE, corrections=1), "corrections: expected True or False, found 1"),
        (replace(SOURCE, firmware={"firmNickname": 1}), "firmware: expected texts by their names, found {'firmNickname': 1}"),
    ],
)
def test_a_source_that_cannot_be_written(tmp_path, source, message):
    with pytest.raises(DatasetError, match=re.escape(message)):
        write(tmp_path / "dataset", [sample_episode(source)], OBSERVATION)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("observation", "message"),
    [
        ((), "at least one field, found none"),
        ((Field(""),), "a name, found an empty one"),
        ((Field("speed"), Field("speed")), "observation field speed: expected a name used once"),
        ((Field("speed", dtype="int32"),), "expected dtype float32, found int32"),
        ((Field("speed", dtype="text"),), "dtype: expected one of bool, uint8, uint16, uint32, int8, int32, int64, float32, float64, found text"),
        ((Field("speed", shape=(0,)),), "1 to 1048576 numbers in all, found shape [0]"),
        ((Field("speed", shape=(1 << 40, 1 << 40)),), "1 to 1048576 numbers in all"),
    ],
)
def test_observations_that_cannot_be(tmp_path, observation, message):
    with pytest.raises(DatasetError, match=re.escape(message)):
        write(tmp_path / "dataset", [], observation)


def test_corrections_are_kept_and_a_whole_race_says_nothing_of_them(tmp_path):
    sources = [SOURCE, replace(SOURCE, movie_sha256="c0" * 32, corrections=True)]
    write(tmp_path / "dataset", map(sample_episode, sources), OBSERVATION)
    assert [episode.source.corrections for episode in read(tmp_path / "dataset")] == [False, True]
    movies = json.loads((tmp_path / "dataset" / "manifest.json").read_text())["movies"]
    assert [movie.get("corrections") for movie in movies] == [None, True]


def test_the_length_of_steps_is_kept(tmp_path):
    write(tmp_path / "dataset", [sample_episode()], OBSERVATION, frames_per_step=4)
    assert read(tmp_path / "dataset").frames_per_step == 4
    assert kartscope.Dataset(tmp_path / "dataset").frames_per_step == 4
    with pytest.raises(DatasetError, match="frames_per_step: expected an integer from 1 to"):
        write(tmp_path / "other", [sample_episode()], OBSERVATION, frames_per_step=0)


def test_a_dataset_of_version_1():
    """It was recorded by kartscope 0.1, a row a frame."""
    folder = Path(__file__).parent / "data" / "dataset"
    assert json.loads((folder / "manifest.json").read_text())["version"] == 1
    dataset = read(folder)
    source = dataset[0].source
    assert (dataset.frames_per_step, source.game, source.course_name, source.cpu) == (1, "mkds", "f8c", "jit 100")
    assert len(dataset[0]) == 120 and source.firmware["firmNickname"] == "DeSmuME"


def test_two_episodes_of_one_source(tmp_path):
    with pytest.raises(DatasetError, match="expected a movie_sha256 of its own"):
        write(tmp_path / "dataset", [sample_episode(), sample_episode()], OBSERVATION)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_stays_as_it_is(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileExistsError, match="is there already"):
        write(folder, [], OBSERVATION)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_one_writer_at_a_time(tmp_path):
    def episodes():
        yield sample_episode()
        with pytest.raises(BlockingIOError, match="dataset is being written by"):
            write(tmp_path / "dataset", sample_episodes(), OBSERVATION)

    write(tmp_path / "dataset", episodes(), OBSERVATION)
    assert len(read(tmp_path / "dataset")) == 1
    assert only_dataset_is_there(tmp_path / "dataset")


def test_what_a_killed_writer_left_is_removed(tmp_path):
    left = tmp_path / ".dataset.kartscope-part"
    (left / "data").mkdir(parents=True)
    (left / "half.parquet").write_bytes(b"PAR1")
    write(tmp_path / "dataset", sample_episodes(), OBSERVATION)
    assert sorted(path.suffix for path in (tmp_path / "dataset").iterdir()) == [".json", *[".parquet"] * 3]
    assert only_dataset_is_there(tmp_path / "dataset")


def test_what_fails_while_episodes_are_made_leaves_nothing(tmp_path):
    def failing():
        yield sample_episode()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "dataset", failing(), OBSERVATION)
    assert list(tmp_path.iterdir()) == []


def edit_manifest(folder, edit):
    path = folder / "manifest.json"
    value = json.loads(path.read_text())
    edit(value)
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda value: value.update(format="other"), "format: expected kartscope-dataset, found other"),
        (lambda value: value.update(version=9), "version: expected 1 or 2, found 9"),
        (lambda value: value.update(frames_per_step=0), "frames_per_step: invalid value: integer `0`, expected a nonzero u32"),
        (lambda value: value.pop("version"), "missing field `version`"),
        (lambda value: value.update(movies={}), "movies: invalid type: map, expected a sequence"),
        (lambda value: value["fields"].pop(), "fields[13]: expected reward"),
        (lambda value: value["fields"].append(value["fields"][0]), "fields[14]: expected nothing"),
        (lambda value: value["fields"][1].update(dtype="float64"), "observation field rays: expected dtype float32, found float64"),
        (lambda value: value["fields"][1].update(dtype="text"), "fields[1].dtype: unknown variant `text`, expected one of `bool`"),
        (lambda value: value["fields"][1].update(shape=[-1]), "fields[1].shape[0]: invalid value: integer `-1`"),
        (lambda value: value["fields"][1].update(low="0"), 'fields[1].low: invalid type: string "0", expected f64'),
        (lambda value: value["fields"][1].update(name="observation."), "observation field 0: expected a name"),
        (lambda value: value["movies"][0].update(file="../elsewhere.parquet"), "movies: file: expected a plain file name"),
        (lambda value: value["movies"][1]["machine"].pop("clock"), "movies[1]: missing field `clock`"),
        (lambda value: value["movies"].append(3), "movies[3]: invalid type: integer `3`"),
        (lambda value: value["movies"][0].update(sha256="00"), "SHA-256: expected 00, found"),
    ],
)
def test_a_damaged_manifest(folder, edit, message):
    edit_manifest(folder, edit)
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        read(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"[]", b'{"format": ', b"\xff\xfe\x00", b"[" * 100_000])
def test_a_manifest_that_is_none(folder, text):
    (folder / "manifest.json").write_bytes(text)
    with pytest.raises(DatasetError, match="manifest.json: not a valid dataset manifest"):
        read(folder)


def replace_first_file(folder, edit):
    """Edits the first movie's file and updates its hash in the manifest."""
    path = next(folder.glob("f8c*.parquet"))
    edit(path)
    edit_manifest(folder, lambda value: value["movies"][0].update(sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    return path


def rewrite(change):
    """An edit of a Parquet file through its table."""
    return lambda path: pq.write_table(change(pq.read_table(path)), path, compression="zstd")


def set_column(table, name, values):
    import pyarrow as pa

    return table.set_column(table.column_names.index(name), name, pa.array(values))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "Parquet: "),
        (lambda path: path.write_bytes(b""), "Parquet: "),
        (rewrite(lambda table: table.slice(1)), "rows: expected 7, found 6"),
        (rewrite(lambda table: table.drop_columns("reward")), "column 13: expected reward (Float32), found nothing"),
        (rewrite(lambda table: set_column(table, "lap", [0.0] * 7)), "column 12: expected lap (Int32), found lap (Float64)"),
        (
            rewrite(lambda table: set_column(table, "buttons", np.ma.masked_array(np.zeros(7, np.uint16), [1] * 7))),
            "buttons: expected no nulls",
        ),
        (
            rewrite(lambda table: set_column(table, "observation.speed", np.full(7, np.nan, np.float32))),
            "observation.speed[0], row 0: expected a finite number, found NaN",
        ),
        (
            rewrite(lambda table: set_column(table, "action.drift", [True] * 7)),
            "action.drift, row 3: expected false, as the buttons say, found true",
        ),
    ],
)
def test_a_damaged_file(folder, edit, message):
    path = replace_first_file(folder, edit)
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        read(folder)
    assert str(path) in str(caught.value)


def test_a_file_that_pandas_wrote_again_is_read(folder):
    """pandas and pyarrow compress with snappy by default."""
    replace_first_file(folder, lambda path: pq.write_table(pq.read_table(path), path))
    assert_equal(read(folder), sample_episodes())


def test_a_file_that_changed_is_found_by_its_hash(folder):
    path = next(folder.glob("yf*.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DatasetError, match="yf-222222222222.parquet: SHA-256: expected [0-9a-f]{64}, found"):
        read(folder)


def test_missing_files_are_named(folder):
    next(folder.glob("yf*.parquet")).unlink()
    with pytest.raises(FileNotFoundError, match="yf-222222222222.parquet"):
        read(folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(FileNotFoundError, match="manifest.json"):
        read(folder)


def without_pyarrow(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)


def test_reading_and_writing_need_no_pyarrow(tmp_path, monkeypatch):
    without_pyarrow(monkeypatch)
    write(tmp_path / "dataset", sample_episodes(), OBSERVATION)
    assert_equal(read(tmp_path / "dataset"), sample_episodes())


def test_without_pyarrow_it_is_asked_for(folder, tmp_path, monkeypatch):
    without_pyarrow(monkeypatch)
    with pytest.raises(ModuleNotFoundError, match="needs the optional package pyarrow for this: pip install pyarrow"):
        to_lerobot(folder, tmp_path / "lerobot")
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


def test_a_default_source_and_few_rows_are_enough(tmp_path):
    columns = {"frame": [0], "observation.speed": [1.5], "buttons": [1], "race_progress": [0], "lap": [0], "reward": [0]}
    write(tmp_path / "dataset", [Episode(Source(), columns)], [Field("speed")])
    episode = read(tmp_path / "dataset")[0]
    assert episode.source == Source()
    assert episode.columns["action.accelerate"].tolist() == [True]


class TestOtherReaders:
    """Other libraries can read the Parquet files."""

    @pytest.fixture
    def path(self, folder):
        return next(folder.glob("f8c*.parquet"))

    @pytest.fixture
    def expected(self):
        return sample_episode().columns

    def test_pandas(self, path, expected):
        frame = pytest.importorskip("pandas").read_parquet(path)
        assert list(frame.columns) == [field.name for field in read(path.parent).fields]
        assert frame["buttons"].to_numpy().tolist() == expected["buttons"].tolist()
        assert np.stack(frame["observation.rays"]).tobytes() == expected["observation.rays"].tobytes()

    def test_polars(self, path, expected):
        frame = pytest.importorskip("polars").read_parquet(path)
        assert frame["action.drift"].to_list() == expected["action.drift"].tolist()
        assert frame["observation.rays"].to_numpy().tobytes() == expected["observation.rays"].tobytes()

    def test_hugging_face_datasets(self, path, expected, tmp_path):
        datasets = pytest.importorskip("datasets")
        dataset = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache"))
        assert dataset.num_rows == 7
        assert dataset.with_format("numpy")["observation.rays"][:].tobytes() == expected["observation.rays"].tobytes()
        assert dataset["lap"][:] == expected["lap"].tolist()

"""Datasets, read."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import kartscope
from kartscope import Keys

FOLDER = Path(__file__).parent / "data" / "dataset"


@pytest.fixture
def copy(tmp_path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "dataset")


def test_columns_are_as_the_fields_say():
    dataset = kartscope.Dataset(FOLDER)
    assert dataset.frames_per_step == 1
    assert len(dataset) == 1 and Path(dataset.folder) == FOLDER and "120 rows" in repr(dataset)
    columns = dataset[0]
    assert list(columns) == [field["name"] for field in dataset.fields]
    for field in dataset.fields:
        column = columns[field["name"]]
        assert column.shape == (120, *field["shape"]), field
        assert column.dtype == np.dtype(field["dtype"]), field
        low, high = field["low"], field["high"]
        assert low is None or column.min() >= np.float32(low), field
        assert high is None or column.max() <= np.float32(high), field


def test_rows_are_what_was_driven():
    dataset = kartscope.Dataset(FOLDER)
    columns = dataset[-1]
    assert np.array_equal(columns["buttons"], np.full(120, Keys.A))
    assert columns["action.accelerate"].all() and not columns["action.brake"].any()
    assert not columns["action.steer"].any()
    assert np.all(np.diff(columns["frame"].astype(int)) == 1)
    movie = dataset.movies[0]
    assert movie["movie"] == "short.dsm" and movie["course_name"] == "f8c" and movie["outcome"] == "unfinished"
    assert movie["rows"] == 120 and movie["total_time_ms"] is None and movie["lap_times_ms"] == []


def test_it_is_a_sequence():
    dataset = kartscope.Dataset(FOLDER)
    assert [len(columns["frame"]) for columns in dataset] == [120]
    for index in (1, -2):
        with pytest.raises(IndexError, match="expected an index below 1"):
            dataset[index]


def test_damage_is_named(copy):
    parquet = next(copy.glob("*.parquet"))
    whole = parquet.read_bytes()
    parquet.write_bytes(whole[:-1] + b"x")
    with pytest.raises(kartscope.DatasetError, match=rf"{parquet.name}: SHA-256: expected .*, found"):
        kartscope.Dataset(copy)
    parquet.write_bytes(whole)
    dataset = kartscope.Dataset(copy)
    parquet.unlink()
    with pytest.raises((FileNotFoundError, kartscope.DatasetError)):
        dataset[0]
    with pytest.raises(FileNotFoundError):
        kartscope.Dataset(copy)
    (copy / "manifest.json").write_text("{}")
    with pytest.raises(kartscope.DatasetError, match=r"manifest\.json: not a valid dataset manifest"):
        kartscope.Dataset(copy)
    with pytest.raises(FileNotFoundError) as caught:
        kartscope.Dataset(copy / "none")
    assert "manifest.json" in str(caught.value)

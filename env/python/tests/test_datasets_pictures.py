"""Datasets with pictures and of the Nintendo 64 are read and written, and errors in them reported."""

from dataclasses import replace
import hashlib
import json
import re

import gymnasium
import numpy as np
import pytest

import kartscope
from kartscope.datasets import (
    DatasetError,
    Episode,
    PictureFormat,
    Pictures,
    action_columns,
    components,
    read,
    write,
)
from kartscope.datasets.actions import classes

from datasets_samples import (
    OBSERVATION,
    PICTURES,
    SOURCE,
    assert_equal,
    encoded,
    on_n64,
    sample_episode,
    sample_picture,
    with_pictures,
    write_pictured,
)


@pytest.mark.parametrize(("console", "encoding"), [("ds", "png"), ("n64", "png"), ("n64", "jpeg:80")])
def test_what_was_written_is_read(tmp_path, console, encoding):
    episodes = write_pictured(tmp_path / "dataset", console, encoding)
    dataset = read(tmp_path / "dataset")
    assert (dataset.console, dataset.pictures) == (console, PictureFormat(48, 32, encoding))
    assert [field.name for field in dataset.fields if field.name.startswith("stick")] == ["stick_x", "stick_y"] * (console == "n64")
    assert_equal(dataset, episodes)
    copy = {"pictures": dataset.pictures, "console": console}
    write(tmp_path / "copy", dataset, dataset.observation, dataset.frames_per_step, **copy)
    contents = lambda folder: {path.name: path.read_bytes() for path in folder.iterdir()}
    assert contents(tmp_path / "copy") == contents(tmp_path / "dataset")


def test_pictures_alone_are_an_observation(tmp_path):
    columns = {"frame": [0], "buttons": [1], "race_progress": [0], "lap": [0], "reward": [0]}
    shown = Pictures(PICTURES, [sample_picture(0)])
    write(tmp_path / "dataset", [Episode(SOURCE, columns, shown)], [], pictures=PICTURES)
    dataset = read(tmp_path / "dataset")
    assert dataset.observation == () and np.array_equal(dataset[0].pictures[0], sample_picture(0))


def test_pictures_are_a_sequence_that_decodes():
    pictures = Pictures(PICTURES, map(sample_picture, range(4)))
    assert (len(pictures), pictures.shape, pictures.encoding) == (4, (4, 32, 48, 3), "png")
    assert [np.array_equal(picture, sample_picture(row)) for row, picture in enumerate(pictures)] == [True] * 4
    assert np.array_equal(pictures[-1], sample_picture(3)) and pictures[0].dtype == np.uint8
    assert pictures.encoded(1).startswith(b"\x89PNG")
    assert encoded(Pictures(PICTURES, encoded(pictures))) == encoded(pictures)
    for row in (4, -5):
        with pytest.raises(IndexError, match="row: expected an index below 4"):
            pictures[row]


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (b"", "unexpected end of file"),
        (b"no picture", "Invalid PNG signature"),
        (np.zeros((32, 40, 3), np.uint8), "expected 48 x 32 pixels, found 40 x 32 pixels"),
        (np.zeros((32, 48, 3), np.float32), "an array of float32 of shape (32, 48, 3)"),
        (np.zeros((32, 48, 4), np.uint8), "an array of uint8 of shape (32, 48, 4)"),
        (3, "<class 'int'>"),
    ],
)
def test_what_is_no_picture(picture, found):
    with pytest.raises(DatasetError, match=r"picture, row 1: expected 48 x 32 pixels, png, found ") as caught:
        Pictures(PICTURES, [sample_picture(0), picture])
    assert found in str(caught.value)


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (PictureFormat(0, 32), "pictures: expected sides of 1 to 4096 pixels, found 0 x 32 pixels"),
        (PictureFormat(48, -1), "height: expected a number of pixels, found -1"),
        (PictureFormat(48, 32, "webp"), 'encoding: expected png, jpeg or jpeg:QUALITY with a quality from 1 to 100, found "webp"'),
    ],
)
def test_formats_that_pictures_cannot_have(tmp_path, pictures, message):
    with pytest.raises(DatasetError, match=re.escape(message)):
        write(tmp_path / "dataset", [], OBSERVATION, pictures=pictures)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        (None, "observation.picture: expected 7 pictures, found 0"),
        (Pictures(PICTURES, map(sample_picture, range(6))), "observation.picture: expected 7 pictures, found 6"),
        (Pictures(PICTURES, map(sample_picture, range(8))), "observation.picture: expected 7 pictures, found 8"),
        (
            Pictures(PictureFormat(40, 32), [np.zeros((32, 40, 3), np.uint8)] * 7),
            "observation.picture, row 0: expected 48 x 32 pixels, png, found expected 48 x 32 pixels, found 40 x 32 pixels",
        ),
        (
            Pictures(replace(PICTURES, encoding="jpeg:90"), map(sample_picture, range(7))),
            "observation.picture, row 0: expected 48 x 32 pixels, png, found",
        ),
    ],
)
def test_an_episode_whose_pictures_are_wrong(tmp_path, shown, message):
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        write(tmp_path / "dataset", [replace(sample_episode(), pictures=shown)], OBSERVATION, pictures=PICTURES)
    assert "episode 0 (f8c_ghosts.dsm)" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_pictures_in_a_dataset_without(tmp_path):
    with pytest.raises(DatasetError, match="observation.picture: expected 0 pictures, found 7"):
        write(tmp_path / "dataset", [with_pictures(sample_episode())], OBSERVATION)


PICTURE = "observation.picture"
"""The column of pictures in a file."""


def edit_pictures(folder, change):
    """Changes the list of pictures, dicts of bytes and path, in the file of the first movie."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = next(folder.glob("f8c*.parquet"))
    table = pq.read_table(path)
    place = table.column_names.index(PICTURE)
    pictures = table[PICTURE].to_pylist()
    change(pictures)
    pq.write_table(table.set_column(place, table.field(place), pa.array(pictures, table.field(place).type)), path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["movies"][0]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return path


def set_bytes(row, value):
    def change(pictures):
        pictures[row]["bytes"] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_bytes(2, None), "observation.picture, row 2: expected a picture, found null"),
        (set_bytes(3, b"no picture"), "observation.picture, row 3: expected 48 x 32 pixels, png, found"),
        (
            set_bytes(4, Pictures(PictureFormat(40, 30), [np.zeros((30, 40, 3), np.uint8)]).encoded(0)),
            "row 4: expected 48 x 32 pixels, png, found expected 48 x 32 pixels, found 40 x 30 pixels",
        ),
    ],
)
def test_a_file_with_a_damaged_picture(tmp_path, change, message):
    write_pictured(tmp_path / "dataset")
    path = edit_pictures(tmp_path / "dataset", change)
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        read(tmp_path / "dataset")
    assert str(path) in str(caught.value)


def test_a_picture_of_which_only_the_header_is_whole_is_found_when_it_is_decoded(tmp_path):
    [episode, *_] = write_pictured(tmp_path / "dataset")
    path = edit_pictures(tmp_path / "dataset", set_bytes(5, episode.pictures.encoded(5)[:60]))
    pictures = read(tmp_path / "dataset")[0].pictures
    assert np.array_equal(pictures[4], sample_picture(4)) and np.array_equal(pictures[6], sample_picture(6))
    with pytest.raises(DatasetError, match="observation.picture, row 5: expected 48 x 32 pixels, png, found") as caught:
        pictures[5]
    assert str(path) in str(caught.value)


def test_the_action_of_a_stick():
    columns = action_columns([0x80, 0x40, 0x2000 | 0x1000], [[-80, 0], [19, 80], [20, -80]], "n64")
    assert columns["action.steer"].tolist() == [-1, 0, 1]
    assert columns["action.accelerate"].tolist() == [True, False, False]
    assert columns["action.brake"].tolist() == [False, True, False]
    with pytest.raises(DatasetError, match=r"stick: shape: expected \(2, 2\), found \[1, 2\]"):
        action_columns([0, 0], [[0, 0]], "n64")
    with pytest.raises(DatasetError, match="console: expected ds or n64, found gba"):
        action_columns([0], console="gba")


def test_the_components_of_a_nintendo_64s_action_are_those_of_its_environment():
    columns = on_n64(sample_episode(rows=50)).columns
    found = components(columns)
    assert found[0, :2].tolist() == [0, 160], "no further than a controller's stick goes"
    assert np.array_equal(found[1:, 0] - 80, columns["stick_x"][1:]) and np.array_equal(found[1:, 1] - 80, columns["stick_y"][1:])
    assert np.array_equal(found[:, 5], columns["action.item"])
    space = gymnasium.spaces.MultiDiscrete(classes("n64"))
    assert all(action in space for action in found)
    try:
        env = kartscope.RaceEnv("MarioKart64Driving-v0", actions={"stick": {"reach": 80, "buttons": ["a", "b", "r", "z"]}})
    except kartscope.EmulatorError as error:
        assert "apt-get install" in str(error)
        pytest.skip(str(error))
    assert env.action_space == space
    env.close()


def test_a_stick_that_is_missing_and_actions_that_are_not_the_sticks(tmp_path):
    columns = on_n64(sample_episode()).columns
    without = {name: values for name, values in columns.items() if name != "stick_y"}
    turned = columns | {"action.steer": -columns["action.steer"]}
    for wrong, message in ((without, "expected the column stick_y, found none"), (turned, "action.steer, row 0: expected -1, as the buttons say")):
        with pytest.raises(DatasetError, match=message):
            write(tmp_path / "dataset", [Episode(SOURCE, wrong)], OBSERVATION, console="n64")
    with pytest.raises(DatasetError, match="expected no further column, found stick_x"):
        write(tmp_path / "dataset", [Episode(SOURCE, columns)], OBSERVATION)
    with pytest.raises(DatasetError, match="console: expected ds or n64, found gba"):
        write(tmp_path / "dataset", [], OBSERVATION, console="gba")

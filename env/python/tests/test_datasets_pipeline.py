"""Datasets of real races, made by the `kartscope` program, which then reads the datasets that Python wrote.

`KARTSCOPE_PROGRAM` names the program; without it these tests are skipped.
"""

import json
import os
from pathlib import Path
import subprocess

import numpy as np
import pytest

from kartscope.datasets import from_lerobot, from_minari, read, to_lerobot, to_minari, write

PROGRAM = os.environ.get("KARTSCOPE_PROGRAM")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="KARTSCOPE_PROGRAM does not name the kartscope program")


def kartscope(*words) -> dict:
    """The program's JSON output; it must succeed. Without Mupen64Plus the test is skipped."""
    done = subprocess.run([PROGRAM, *map(str, words), "--json"], capture_output=True, text=True)
    if "apt-get install" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


PICTURES = ("--pictures", "--size", "64x48")


@pytest.fixture(scope="module")
def ds(tmp_path_factory) -> Path:
    """A folder with the movie of a race on one course of the DS."""
    folder = tmp_path_factory.mktemp("ds")
    kartscope("drive", "--seed", 1, "-c", "f8c", "-o", folder / "ghosts.sav")
    kartscope("process", folder / "ghosts.sav", "-o", folder / "movies")
    return folder / "movies"


@pytest.fixture(scope="module")
def n64(tmp_path_factory) -> Path:
    """The same of the Nintendo 64."""
    folder = tmp_path_factory.mktemp("n64")
    kartscope("drive", "--game", "mk64", "-c", "mmf", "--movies", folder / "movies", "-o", folder / "race")
    return folder / "movies"


@pytest.fixture(scope="module", params=[("ds", ()), ("ds", PICTURES), ("n64", PICTURES)], ids=["numbers", "pictures", "n64"])
def record(request) -> list:
    """The command that records such a race, without its output."""
    console, options = request.param
    return ["record", request.getfixturevalue(console), *options]


@pytest.fixture(scope="module")
def recorded(record, tmp_path_factory) -> Path:
    """A dataset of that race."""
    folder = tmp_path_factory.mktemp("recorded") / "dataset"
    kartscope(*record, "-o", folder)
    return folder


def test_a_recorded_race_is_read(recorded):
    dataset = read(recorded)
    [episode] = dataset
    assert episode.source.outcome.kind == "finished"
    # The last frames may be too few for a row.
    assert episode.columns["race_progress"][-1] == pytest.approx(1, abs=0.01)
    assert sum(episode.source.lap_times_ms) == episode.source.total_time_ms
    # The manifest's bounds hold.
    for field in dataset.fields:
        values = episode.columns[field.name]
        assert field.low is None or values.min() >= field.low, field
        assert field.high is None or values.max() <= field.high, field
    if dataset.pictures is not None:
        shown = episode.pictures
        assert shown.shape == (len(episode), 48, 64, 3)
        assert not np.array_equal(shown[0], shown[len(shown) // 2]), "the kart drives"


@pytest.fixture(params=["written", "minari", "lerobot"])
def copied(request, recorded, tmp_path, monkeypatch) -> Path:
    """The recorded dataset, written by Python, by way of other formats or directly."""
    copy = tmp_path / "copy"
    if request.param == "written":
        dataset = read(recorded)
        rows = {"pictures": dataset.pictures, "console": dataset.console}
        write(copy, dataset, dataset.observation, dataset.frames_per_step, **rows)
    elif request.param == "minari":
        pytest.importorskip("minari")
        monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
        to_minari(recorded, "kartscope/race-v0")
        from_minari("kartscope/race-v0", copy)
    else:
        pytest.importorskip("pyarrow")
        to_lerobot(recorded, tmp_path / "lerobot", "image")
        from_lerobot(tmp_path / "lerobot", copy)
    return copy


def test_what_python_writes_is_what_the_program_writes(recorded, copied):
    contents = lambda folder: {path.name: path.read_bytes() for path in folder.iterdir()}
    assert contents(copied) == contents(recorded)


def test_the_program_knows_the_movie_in_what_python_wrote(record, copied):
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    done = kartscope(*record, "-o", copied)
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before, done

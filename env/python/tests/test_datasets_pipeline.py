"""A dataset of a real race, made by the `kartscope` program, which then reads the datasets that Python wrote.

`KARTSCOPE_PROGRAM` names the program; without it these tests are skipped.
"""

import json
import os
from pathlib import Path
import subprocess

import pytest

from kartscope.datasets import from_lerobot, from_minari, read, to_lerobot, to_minari, write

PROGRAM = os.environ.get("KARTSCOPE_PROGRAM")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="KARTSCOPE_PROGRAM does not name the kartscope program")


def kartscope(*words) -> dict:
    """The program's JSON output; it must succeed."""
    done = subprocess.run([PROGRAM, *map(str, words), "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Path:
    """A race on one course: driven, turned into a movie and recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    kartscope("drive", "--seed", 1, "-c", "f8c", "-o", folder / "ghosts.sav")
    kartscope("process", folder / "ghosts.sav", "-o", folder / "movies")
    kartscope("record", folder / "movies", "-o", folder / "dataset")
    return folder / "dataset"


def test_a_recorded_race_is_read(recorded):
    dataset = read(recorded)
    [episode] = dataset
    assert episode.source.outcome.kind == "finished"
    assert episode.columns["race_progress"][-1] == 1
    assert sum(episode.source.lap_times_ms) == episode.source.total_time_ms
    # The manifest's bounds hold.
    for field in dataset.fields:
        values = episode.columns[field.name]
        assert field.low is None or values.min() >= field.low, field
        assert field.high is None or values.max() <= field.high, field


@pytest.fixture(params=["written", "minari", "lerobot"])
def copied(request, recorded, tmp_path, monkeypatch) -> Path:
    """The recorded dataset, written by Python, by way of other formats or directly."""
    copy = tmp_path / "copy"
    if request.param == "written":
        dataset = read(recorded)
        write(copy, dataset, dataset.observation)
    elif request.param == "minari":
        pytest.importorskip("minari")
        monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
        to_minari(recorded, "kartscope/race-v0")
        from_minari("kartscope/race-v0", copy)
    else:
        pytest.importorskip("pyarrow")
        to_lerobot(recorded, tmp_path / "lerobot")
        from_lerobot(tmp_path / "lerobot", copy)
    return copy


def test_what_python_writes_is_what_the_program_writes(recorded, copied):
    contents = lambda folder: {path.name: path.read_bytes() for path in folder.iterdir()}
    assert contents(copied) == contents(recorded)


def test_the_program_knows_the_movie_in_what_python_wrote(recorded, copied):
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    done = kartscope("record", recorded.parent / "movies", "-o", copied)
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before, done

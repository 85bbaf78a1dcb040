"""Saves and their ghosts."""

from collections.abc import Mapping

import numpy as np
import pytest

import kartscope
from kartscope import Keys

LINE = "F8C"


@pytest.fixture(scope="module")
def race() -> kartscope.Movie:
    """A whole race on the oval, driven along its walls; a minute and a half."""
    import tempfile
    from pathlib import Path

    with kartscope.Emulator() as emu, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "race.dsm"
        emu.open()
        emu.movie.record(path)
        emu.enter_race(LINE)
        progress = emu.memory.race_status.driver[0]
        while progress.race_progress < 1:
            assert emu.frame_count < 40_000
            emu.step(Keys.A, frames=30, draw=False)
        emu.movie.stop()
        return kartscope.Movie.read(path)


def ghost(**changes) -> kartscope.Ghost:
    run = {"keys": [1] * 300 + [17] * 300, "time_ms": 10_000, "lap_ms": [4_000, 6_000], "nickname": "me"}
    return kartscope.Ghost("YF", **run | changes)


def test_a_save_maps_courses_to_ghosts():
    save = kartscope.Save()
    assert isinstance(save, Mapping) and len(save) == 0 and list(save) == []
    save["yf"] = ghost()
    save[20] = ghost(character=3, kart=9)
    assert list(save) == save.keys() == ["F8C", "YF"] and len(save) == 2
    assert "YF" in save and "yf" in save and 22 in save and "RR" not in save and "nowhere" not in save
    assert [ghost.time_ms for ghost in save.values()] == [10_000] * 2
    assert dict(save.items())["F8C"].character_name == "Bowser"
    assert save.get("RR") is None and save.get("RR", 5) == 5 and save.get("YF").nickname == "me"
    del save["F8C"]
    assert save.keys() == ["YF"]
    for missing in ("RR", "nowhere"):
        with pytest.raises(KeyError):
            save[missing]
        with pytest.raises(KeyError):
            del save[missing]
    with pytest.raises(kartscope.CourseError, match="expected one of F8C"):
        save["nowhere"] = ghost()
    with pytest.raises(TypeError):
        save["YF"] = "a ghost"


def test_a_save_survives_as_bytes_and_as_a_file(tmp_path):
    save = kartscope.Save()
    save["YF"] = ghost()
    save.write(tmp_path / "my.sav")
    again = kartscope.Save.read(tmp_path / "my.sav")
    assert again.to_bytes() == save.to_bytes() == (tmp_path / "my.sav").read_bytes()
    assert again.keys() == ["YF"] and again.nickname is None
    again.check()
    assert "YF" in repr(again)


def test_damaged_saves_are_refused(tmp_path):
    (tmp_path / "my.sav").write_bytes(b"x")
    with pytest.raises(kartscope.FormatError, match=r"my\.sav: save, whole file: expected 262144 .*found 1 bytes"):
        kartscope.Save.read(tmp_path / "my.sav")
    save = kartscope.Save()
    save["F8C"] = ghost()
    save["YF"] = ghost()
    data = bytearray(save.to_bytes())
    data[0xAF00 + 0x40] ^= 1
    save = kartscope.Save.from_bytes(bytes(data))
    assert save.keys() == ["F8C", "YF"], "a damaged ghost is there"
    with pytest.raises(kartscope.FormatError, match="checksum"):
        save["F8C"]
    with pytest.raises(kartscope.FormatError, match="checksum"):
        save.values()
    assert save["YF"].time_ms == 10_000
    data[0] = 0
    with pytest.raises(kartscope.FormatError, match="NKSY, offset 0x0"):
        kartscope.Save.from_bytes(bytes(data)).check()


def test_a_ghost_tells_what_it_holds():
    it = ghost(character=11, kart=35)
    assert (it.course, it.course_id, it.course_name) == ("YF", 22, "Yoshi Falls")
    assert (it.character, it.character_name, it.kart, it.kart_name) == (11, "R.O.B.", 35, "ROB-LGS")
    assert it.keys.dtype == np.uint16 and it.keys.tolist() == [1] * 300 + [17] * 300
    assert it.lap_ms == [4_000, 6_000] and "0:10.000" in repr(it)
    again = kartscope.Ghost.from_bytes(it.to_bytes())
    assert np.array_equal(again.keys, it.keys) and again.nickname == "me" and len(it.to_bytes()) == 0xE00


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"nickname": "eleven long"}, kartscope.FormatError, "nickname"),
        ({"time_ms": 10**8}, kartscope.FormatError, "milliseconds: expected at most"),
        ({"lap_ms": [1] * 6}, kartscope.FormatError, "laps"),
        ({"character": 16}, kartscope.FormatError, "character"),
        ({"keys": [0, 1] * 1000}, kartscope.FormatError, "runs"),
        ({"keys": [1 << 13]}, ValueError, "keys of frame 0"),
        ({"keys": [[1]]}, TypeError, "keys: expected integers of shape"),
        ({"keys": [0.5]}, TypeError, "keys: expected integers of shape"),
    ],
)
def test_what_a_ghost_cannot_hold_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        ghost(**changes)


def test_bytes_that_are_no_ghost_are_refused():
    for data in (b"", bytes(0xE00), b"\xff" * 0xE00, b"x" * 0xE01):
        with pytest.raises(kartscope.FormatError, match="expected"):
            kartscope.Ghost.from_bytes(data)


def test_a_race_becomes_a_ghost_and_a_movie_again(race):
    driven = kartscope.Ghost.from_movie(race, nickname="wall")
    assert driven.course == LINE and driven.nickname == "wall" and len(driven.lap_ms) == 3
    assert sum(driven.lap_ms) == driven.time_ms
    movie = driven.to_movie()
    again = kartscope.Ghost.from_movie(movie)
    assert again.time_ms == driven.time_ms and again.lap_ms == driven.lap_ms
    save = kartscope.Save()
    save[LINE] = driven
    with kartscope.Emulator() as emu:
        emu.open(battery=save.to_bytes())
        emu.enter_race(LINE, against_ghost=True)
        assert len(emu.memory.driver) == 2


def test_movies_without_a_finish_make_no_ghost(race):
    movie = kartscope.Movie.from_bytes(race.to_bytes())
    movie.frames = race.frames[:2000]
    with pytest.raises(kartscope.RaceError, match="expected a finish"):
        kartscope.Ghost.from_movie(movie)


def test_ghosts_that_do_not_finish_make_no_movie():
    with pytest.raises(kartscope.RaceError, match="expected a finish after 10000 ms"):
        ghost().to_movie()

"""Movies: read, written, played, recorded."""

import numpy as np
import pytest

import kartscope
from kartscope import Keys

TEXT = (
    b"version 2\r\nromSerial Homebrew\r\nunknownKey kept\r\n\r\ncomment author me\r\n"
    b"|0|.......A.....000 000 0 000|\r\n|4|R..........E.012 034 1 007|\r\n"
)


def test_an_unchanged_movie_is_written_back_byte_for_byte(tmp_path):
    path = tmp_path / "movie.dsm"
    path.write_bytes(TEXT)
    movie = kartscope.Movie.read(path)
    assert movie.to_bytes() == TEXT
    movie.write(tmp_path / "copy.dsm")
    assert (tmp_path / "copy.dsm").read_bytes() == TEXT
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["copy.dsm", "movie.dsm"]


def test_frames_are_an_array():
    movie = kartscope.Movie.from_bytes(TEXT)
    frames = movie.frames
    assert frames.dtype == kartscope.FRAME and frames.shape == (2,) == (len(movie),)
    assert frames["keys"].tolist() == [Keys.A, Keys.RIGHT | Keys.R]
    assert frames[1].tolist() == (Keys.RIGHT | Keys.R, True, 12, 34, 7, 4)
    with pytest.raises(ValueError, match="read-only"):
        frames["keys"][0] = 0


def test_frames_can_be_assigned():
    movie = kartscope.Movie.from_bytes(TEXT)
    frames = np.repeat(movie.frames, 3)
    movie.frames = frames
    assert np.array_equal(movie.frames, frames)
    for masks in ([1, 2, 3], np.array([1, 2, 3], np.uint8), np.array([1, 0, 2, 0, 3], np.int64)[::2]):
        movie.frames = masks
        assert movie.frames["keys"].tolist() == [1, 2, 3]
        assert not movie.frames["touching"].any()
    movie.frames = np.zeros(0, kartscope.FRAME)
    assert len(movie) == 0


@pytest.mark.parametrize(
    ("frames", "error", "message"),
    [
        ([8192], ValueError, "keys of frame 0: expected 0 to 8191, found 8192"),
        ([0, -1], ValueError, "keys of frame 1: expected 0 to 8191, found -1"),
        ([0.5], TypeError, "expected integers of shape"),
        ([[1]], TypeError, r"shape \[1, 1\]"),
        ("A", TypeError, "expected integers"),
        (None, TypeError, "expected integers"),
        (np.zeros((2, 2), kartscope.FRAME), TypeError, "dimension"),
    ],
)
def test_frames_of_another_kind_are_refused(frames, error, message):
    movie = kartscope.Movie.from_bytes(TEXT)
    with pytest.raises(error, match=message):
        movie.frames = frames
    assert movie.to_bytes() == TEXT


def test_the_header_can_be_read_and_set():
    movie = kartscope.Movie.from_bytes(TEXT)
    assert movie.header["romSerial"] == "Homebrew" and movie.header["unknownKey"] == "kept"
    assert movie.comments == ["author me"]
    movie.set_header("rerecordCount", "7")
    movie.set_header("unknownKey", "")
    movie.add_comment("one\ntwo")
    again = kartscope.Movie.from_bytes(movie.to_bytes())
    assert again.header["rerecordCount"] == "7" and "unknownKey" not in again.header
    assert again.comments == ["author me", "one", "two"]
    assert again == movie and again != kartscope.Movie()
    with pytest.raises(kartscope.MovieError, match="expected one word"):
        movie.set_header("two words", "x")
    with pytest.raises(kartscope.MovieError, match="expected one line"):
        movie.set_header("key", "two\nlines")


def test_forms_turn_into_each_other():
    movie = kartscope.Movie()
    movie.frames = [1, 2, 3]
    assert movie.form == "text"
    movie.form = "binary"
    assert b"binary 1" in movie.to_bytes()
    again = kartscope.Movie.from_bytes(movie.to_bytes())
    assert again.form == "binary" and np.array_equal(again.frames, movie.frames)
    with pytest.raises(ValueError, match="form: expected 'text' or 'binary'"):
        movie.form = "morse"
    sounding = kartscope.Movie.from_bytes(TEXT)
    with pytest.raises(kartscope.MovieError, match="microphone"):
        sounding.form = "binary"


def test_battery_memory_is_carried():
    movie = kartscope.Movie()
    assert movie.battery is None and movie.start == "power-on"
    battery = kartscope.Save().to_bytes()
    movie.battery = battery
    assert kartscope.Movie.from_bytes(movie.to_bytes()).battery == battery
    assert movie.start == "battery"
    movie.battery = None
    assert movie.start == "power-on"
    with pytest.raises(kartscope.FormatError, match="battery size"):
        movie.battery = b"x"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "header"),
        (b"version x\n|0|.............000 000 0|\n", "header"),
        (b"version 2\n|0|...|\n", "line 2"),
        (b"version 2\n|0|.............000 000 0 000|\nrubbish\n", "line 3"),
        (b"version 2\nbinary 1\n|\0\0\0\0\0\0\0", "frame 1"),
    ],
)
def test_damaged_movies_say_where(tmp_path, data, place):
    path = tmp_path / "damaged.dsm"
    path.write_bytes(data)
    with pytest.raises(kartscope.MovieError, match=rf"damaged\.dsm: movie, .*{place}.*expected .*, found"):
        kartscope.Movie.read(path)
    with pytest.raises(FileNotFoundError):
        kartscope.Movie.read(tmp_path / "none.dsm")


def record(emu, path, **options):
    """A short run through the menus, recorded."""
    emu.movie.record(path, "tester", **options)
    emu.enter_race("F8C")
    emu.step(Keys.A, frames=60)
    emu.step(Keys.A | Keys.LEFT, frames=60, touch=(3, 4))
    result = emu.ram_hash(), emu.frame_count
    emu.movie.stop()
    return result


def test_a_recorded_run_plays_back_the_same(emu, tmp_path):
    path = tmp_path / "run.dsm"
    ram_hash, frames = record(emu, path)
    movie = kartscope.Movie.read(path)
    assert len(movie) == frames and movie.comments[-1:] == ["author tester"] and movie.header["romSerial"] == "Homebrew"
    for played in (path, str(path), movie):
        with kartscope.Emulator() as other:
            other.open(jit_block_size=0)
            other.movie.play(played)
            assert other.movie.is_playing() and other.movie.is_active() and not other.movie.is_finished()
            assert other.movie.get_length() == frames and other.frame_count == 0
            other.step(Keys.START, frames=frames - 1, draw=False)
            assert other.movie.is_playing()
            other.cycle()
            assert other.ram_hash() == ram_hash
            assert not other.movie.is_playing() and other.movie.is_finished() and other.movie.is_active()
            assert other.input.keypad_get() == Keys.A | Keys.LEFT, "what the movie pressed last"
            other.input.keypad_update(0)
            other.cycle()
            assert other.input.keypad_get() == 0, "what is held goes on when the movie has ended"
            other.movie.stop()
            assert not other.movie.is_active() and not other.movie.is_finished()


def test_battery_memory_is_recorded_with_the_run(emu, tmp_path):
    path = tmp_path / "run.dsm"
    battery = kartscope.Save().to_bytes()
    ram_hash, frames = record(emu, path, battery=battery)
    assert kartscope.Movie.read(path).battery == battery
    emu.movie.play(path)
    emu.step(frames=frames, draw=False)
    assert emu.ram_hash() == ram_hash


def test_a_stopped_movie_goes_on_by_hand(emu, tmp_path):
    record(emu, tmp_path / "run.dsm")
    emu.movie.play(tmp_path / "run.dsm")
    emu.step(frames=10)
    emu.movie.stop()
    assert not emu.movie.is_playing()
    emu.step(Keys.B)
    assert emu.input.keypad_get() == Keys.B and emu.frame_count == 11


def test_states_and_resets_leave_a_played_movie(emu, race_state, tmp_path):
    record(emu, tmp_path / "run.dsm")
    for leave in (emu.reset, lambda: emu.load_state(race_state)):
        emu.movie.play(tmp_path / "run.dsm")
        emu.step(frames=10)
        leave()
        assert not emu.movie.is_active()


def test_a_recording_has_no_jumps(emu, race_state, tmp_path):
    emu.movie.record(tmp_path / "run.dsm")
    emu.step(frames=10)
    assert emu.movie.is_recording() and emu.movie.get_length() == 10
    for jump in (emu.reset, lambda: emu.load_state(race_state), lambda: emu.enter_race("F8C")):
        with pytest.raises(kartscope.MovieError, match="being recorded"):
            jump()
    assert emu.frame_count == 10
    emu.movie.stop()
    emu.movie.stop()
    assert len(kartscope.Movie.read(tmp_path / "run.dsm")) == 10
    with pytest.raises(kartscope.MovieError, match="no movie"):
        emu.movie.get_length()


def test_another_roms_movie_is_refused(emu, tmp_path):
    emu.step(frames=3)
    movie = kartscope.Movie()
    movie.set_header("romChecksum", "12345678")
    movie.write(tmp_path / "other.dsm")
    with pytest.raises(kartscope.MovieError, match=r"other\.dsm: .*romChecksum is 12345678, this ROM's is [0-9A-F]{8}"):
        emu.movie.play(tmp_path / "other.dsm")
    movie = kartscope.Movie()
    movie.set_header("romSerial", "NTR-AMCE-USA")
    with pytest.raises(kartscope.MovieError, match="romSerial is NTR-AMCE-USA, this ROM's is Homebrew"):
        emu.movie.play(movie)
    assert emu.frame_count == 3


def test_a_movie_from_a_state_needs_the_state(emu, tmp_path):
    movie = kartscope.Movie()
    movie.set_header("savestate", "1")
    assert movie.start == "state"
    with pytest.raises(kartscope.MovieError, match="save state"):
        emu.movie.play(movie)
    movie.write(tmp_path / "run.dsm")
    with pytest.raises(FileNotFoundError) as caught:
        emu.movie.play(tmp_path / "run.dsm")
    assert "run.dst" in str(caught.value)
    with pytest.raises(kartscope.StateError):
        emu.movie.play(movie, state=b"no state")


def test_a_file_that_cannot_be_written_is_named(emu, tmp_path):
    (tmp_path / "none").touch()
    emu.movie.record(tmp_path / "none" / "run.dsm")
    emu.step(frames=2)
    with pytest.raises(OSError) as caught:
        emu.movie.stop()
    assert "run.dsm" in str(caught.value)
    (tmp_path / "none").unlink()
    emu.step()
    emu.movie.stop()
    assert len(kartscope.Movie.read(tmp_path / "none" / "run.dsm")) == 3, "nothing was lost"

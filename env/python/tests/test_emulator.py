"""Emulators: their functions, and protection against misuse."""

import gc
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import zlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

import kartscope
from kartscope import Keys


def test_a_step_runs_frames(emu):
    assert emu.frame_count == 0
    emu.step()
    emu.step(Keys.A, frames=99, draw=False)
    emu.cycle()
    assert emu.frame_count == 101


def test_the_same_input_gives_the_same_ram_however_it_is_stepped(emu):
    keys = [0] * 60 + [int(Keys.A)] * 10 + [0] * 130
    for key in keys:
        emu.step(key)
    with kartscope.Emulator() as other:
        other.open()
        other.step(0, frames=60, draw=False)
        other.step(Keys.A, frames=10, draw=False)
        other.step(0, frames=130, draw=False)
        assert other.ram_hash() == emu.ram_hash()
        other.step(Keys.A)
        assert other.ram_hash() != emu.ram_hash()


def test_screens_are_pictures(racing):
    racing.step(Keys.A)
    both = racing.screens()
    assert both.shape == (384, 256, 3) and both.dtype == np.uint8
    assert np.array_equal(both[:192], racing.top_screen())
    assert np.array_equal(both[192:], racing.bottom_screen())
    assert len(np.unique(racing.top_screen().reshape(-1, 3), axis=0)) > 8
    racing.step(Keys.A, frames=30, draw=False)
    assert np.array_equal(both, racing.screens()), "a frame that is not drawn leaves the screens"
    racing.step(Keys.A, frames=2)
    assert not np.array_equal(both, racing.screens())


def test_a_run_goes_on_from_a_state_as_from_where_it_was_saved(racing, race_state):
    racing.step(Keys.A | Keys.LEFT, frames=50)
    state = racing.save_state()
    racing.step(Keys.A, frames=50)
    expected = racing.ram_hash()
    copies = [state, kartscope.State.from_bytes(state.to_bytes()), pickle.loads(pickle.dumps(state))]
    for copy in copies:
        racing.load_state(race_state)
        racing.load_state(copy)
        assert racing.frame_count == state.frame_count == copy.frame_count
        racing.step(Keys.A, frames=50)
        assert racing.ram_hash() == expected


def test_states_that_do_not_fit_are_refused(race_state):
    data = race_state.to_bytes()
    for damaged in (b"", data[:100], data[:-1], data[:-1] + bytes([data[-1] ^ 1])):
        with pytest.raises(kartscope.StateError, match="expected .*, found"):
            kartscope.State.from_bytes(damaged)
    with kartscope.Emulator() as other:
        other.open(jit_block_size=0)
        with pytest.raises(kartscope.StateError, match="CPU mode"):
            other.load_state(race_state)
        assert other.frame_count == 0


def desmumes_file(state, *, compressed=False):
    """The state as DeSmuME's own file: another header before the same chunks, without the picture after them."""
    data = state.to_bytes()
    begin = end = 80
    while (chunk := struct.unpack_from("<2I", data, end))[0] != 0xFFFFFFFF:
        end += 8 + chunk[1]
    chunks = data[begin : end + 4]
    magic, versions = b"DeSmuME SState\0\0", (12, 91200)
    if not compressed:
        return struct.pack("<16s4I", magic, *versions, 32 + len(chunks), 0xFFFFFFFF) + chunks
    packed = zlib.compress(chunks, 1)
    return struct.pack("<16s4I", magic, *versions, len(chunks), len(packed)) + packed


@pytest.mark.parametrize("compressed", [False, True])
def test_states_are_loaded_from_desmumes_own_files(emu, race_state, tmp_path, compressed):
    file = tmp_path / "race.ds1"
    file.write_bytes(desmumes_file(race_state, compressed=compressed))
    emu.load_state(race_state)
    expected = emu.ram_hash()
    for source in (file, str(file), file.read_bytes(), bytearray(file.read_bytes())):
        emu.reset()
        emu.load_state(source)
        assert emu.ram_hash() == expected
        assert emu.frame_count == 0, "DeSmuME's files count no frames since power-on"
    frame = emu.memory.race_state.frame_counter
    emu.step(Keys.A, frames=10)
    assert emu.memory.race_state.frame_counter == frame + 10


def test_files_that_are_no_states_of_the_game_are_refused(racing, race_state, tmp_path):
    good = desmumes_file(race_state)
    title = good.rindex(b"GINF") + 12
    bad = {
        "other.dst": (good[:title] + b"ANOTHER GAME" + good[title + 12 :], "header of its ROM.*expected .*found ANOTHER GAME"),
        "short.ds3": (good[:-1], "size of the file.*expected .*found"),
        "melon.mln": (b"MELN" + bytes(100), "expected .*found a save state of melonDS"),
        "none.dst": (b"no state", 'expected .*found "no state"'),
    }
    before = racing.ram_hash()
    for name, (data, said) in bad.items():
        file = tmp_path / name
        file.write_bytes(data)
        with pytest.raises(kartscope.StateError, match=said):
            racing.load_state(data)
        with pytest.raises(kartscope.StateError, match=f"{name}.*{said}"):
            racing.load_state(file)
    with pytest.raises(FileNotFoundError, match="missing.dst"):
        racing.load_state(tmp_path / "missing.dst")
    with pytest.raises(TypeError):
        racing.load_state(7)
    assert racing.ram_hash() == before and racing.frame_count == race_state.frame_count


def test_a_reset_is_a_power_on(emu):
    emu.step(frames=100)
    expected = emu.ram_hash()
    emu.reset()
    assert emu.frame_count == 0
    emu.step(frames=100)
    assert emu.ram_hash() == expected


def test_battery_memory_is_switched_on_with(emu):
    battery = kartscope.Save().to_bytes()
    emu.open(battery=battery)
    assert len(emu.battery) == len(battery)
    emu.battery = bytearray(battery)
    with pytest.raises(kartscope.FormatError):
        emu.open(battery=b"no chip has this size")
    with pytest.raises(TypeError):
        emu.battery = 5


def test_options_are_checked_and_used(emu):
    emu.open(clock=datetime(2020, 2, 29, 12), jit_block_size=10, advanced_timing=False, firmware={"nickname": "K"})
    emu.step(frames=30)
    other = emu.ram_hash()
    emu.open()
    emu.step(frames=30)
    assert emu.ram_hash() != other
    with pytest.raises(ValueError, match="clock: expected"):
        emu.open(clock=datetime(1999, 1, 1))
    with pytest.raises(ValueError, match="block_size"):
        emu.open(jit_block_size=101)
    with pytest.raises(TypeError, match="firmware: expected nickname"):
        emu.open(firmware={"name": "K"})
    with pytest.raises(AttributeError):
        emu.open(clock="2020-01-01")


def test_a_failed_open_leaves_what_was_there(emu):
    emu.step(frames=10)
    with pytest.raises(FileNotFoundError) as caught:
        emu.open("no/such/file.nds")
    assert caught.value.filename == Path("no/such/file.nds") or caught.value.filename == "no/such/file.nds"
    assert emu.frame_count == 10


def test_what_is_no_rom_is_refused_with_its_name(tmp_path):
    emulator = kartscope.Emulator()
    for content in (b"", b"text", bytes(4096)):
        path = tmp_path / "game.nds"
        path.write_bytes(content)
        with pytest.raises(kartscope.RomError, match=r"game\.nds: .*expected|game\.nds: .*empty"):
            emulator.open(path)
    assert not emulator.is_open


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda emu: emu.step(8192), "keys: expected 0 to 8191, found 8192"),
        (lambda emu: emu.input.keypad_update(1 << 20), "keys: expected 0 to 8191"),
        (lambda emu: emu.step(touch=(0, 192)), "touch: expected x 0 to 255 and y 0 to 191"),
        (lambda emu: emu.input.touch_set_pos(256, 0), "touch: expected"),
        (lambda emu: emu.enter_race("nowhere"), "course: expected one of F8C"),
        (lambda emu: emu.memory.read_bytes(0x023F_FFFF, 2), "expected bytes inside 0x02000000"),
        (lambda emu: emu.memory.write_bytes(0, b"x"), "expected bytes inside"),
        (lambda emu: emu.create_window(fps=0), "fps: expected"),
    ],
)
def test_values_out_of_range_are_refused(emu, call, message):
    with pytest.raises(ValueError, match=message):
        call(emu)
    assert emu.frame_count == 0


@pytest.mark.parametrize("keys", [-1, 1.5, "A", None, float("nan"), 2**40, [1]])
def test_keys_of_another_kind_are_refused(emu, keys):
    with pytest.raises((TypeError, OverflowError)):
        emu.step(keys)
    assert emu.frame_count == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda emu: emu.step(),
        lambda emu: emu.cycle(),
        lambda emu: emu.screens(),
        lambda emu: emu.save_state(),
        lambda emu: emu.ram,
        lambda emu: emu.ram_hash(),
        lambda emu: emu.frame_count,
        lambda emu: emu.battery,
        lambda emu: emu.reset(),
        lambda emu: emu.enter_race("F8C"),
        lambda emu: emu.input.keypad_get(),
        lambda emu: emu.movie.is_playing(),
        lambda emu: emu.memory.race_ready,
        lambda emu: emu.memory.driver.position,
        lambda emu: kartscope.Course.of(emu),
    ],
)
def test_nothing_can_be_done_while_closed(call):
    emulator = kartscope.Emulator()
    with pytest.raises(kartscope.ClosedError, match="open"):
        call(emulator)
    emulator.open()
    emulator.close()
    emulator.close()
    with pytest.raises(kartscope.ClosedError, match="open"):
        call(emulator)


def test_it_may_be_opened_again(emu):
    emu.step(frames=5)
    emu.close()
    assert not emu.is_open and "closed" in repr(emu)
    emu.open()
    assert emu.is_open and emu.frame_count == 0


def test_ram_is_a_view(racing):
    ram = racing.ram
    assert ram.shape == (4 << 20,) and ram.dtype == np.uint8
    assert bytes(ram[0x100:0x200]) == racing.memory.read_bytes(0x0200_0100, 0x100)
    timer = racing.memory.address("driver[0].boost_timer") - 0x0200_0000
    racing.memory.driver.boost_timer = 0x1234
    assert ram[timer : timer + 2].view("<u2")[0] == 0x1234
    before = ram.copy()
    racing.step(Keys.A)
    assert not np.array_equal(ram, before)


def test_ram_cannot_be_written_through_the_view(emu):
    ram = emu.ram
    with pytest.raises(ValueError, match="read-only"):
        ram[0] = 1
    with pytest.raises(ValueError):
        ram.setflags(write=True)


def test_a_view_outlives_its_emulator_unchanged(race_state):
    emulator = kartscope.Emulator()
    emulator.open()
    emulator.load_state(race_state)
    ram = emulator.ram
    expected = ram.copy()
    emulator.close()
    del emulator
    gc.collect()
    with kartscope.Emulator() as other:
        other.open()
        other.step(frames=50)
        assert np.array_equal(ram, expected), "no other emulator gets memory that an array still shows"


def test_two_threads_take_turns_on_one_emulator(emu):
    failures = []

    def steps():
        try:
            for _ in range(50):
                emu.step(frames=2, draw=False)
                emu.memory.race_ready
                emu.screens()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=steps) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert emu.frame_count == 400


def test_emulators_on_threads_do_not_disturb_each_other(emu):
    emu.step(frames=200, draw=False)
    hashes = []

    def run():
        with kartscope.Emulator() as other:
            other.open()
            other.step(frames=200, draw=False)
            hashes.append(other.ram_hash())

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hashes == [emu.ram_hash()] * 3


def test_other_threads_run_while_it_steps(emu):
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    emu.step(frames=50, draw=False)
    after = counted[0]
    done.set()
    thread.join()
    # With the lock held the thread could run only between the two lines, not for all of 50 frames.
    assert after - before > 1000


def interrupt_when(running) -> threading.Thread:
    """Ctrl-C, once `running()`."""

    def wait_and_interrupt():
        while not running():
            pass
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=wait_and_interrupt)
    thread.start()
    return thread


def test_ctrl_c_ends_a_long_step_between_frames(emu):
    thread = interrupt_when(lambda: emu.frame_count > 100)
    with pytest.raises(KeyboardInterrupt):
        emu.step(frames=2**32 - 1, draw=False)
    thread.join()
    stopped = emu.frame_count
    assert 100 < stopped
    emu.step()
    assert emu.frame_count == stopped + 1


def test_ctrl_c_ends_the_way_through_the_menus(emu):
    def is_on_its_way():
        try:
            return emu.frame_count > 100
        except kartscope.EmulatorError:
            return True

    thread = interrupt_when(is_on_its_way)
    with pytest.raises(KeyboardInterrupt):
        emu.enter_race("F8C")
    thread.join()
    emu.enter_race("F8C")
    assert emu.memory.race_ready


def test_a_signal_handler_may_use_the_emulator(emu):
    seen = []

    def handle(_signal, _frame):
        try:
            seen.append(emu.frame_count)
        except kartscope.EmulatorError as error:
            seen.append(str(error))

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        signal.raise_signal(signal.SIGUSR1)
        assert seen == [0]
        for drive in (lambda: emu.step(frames=2000, draw=False), lambda: emu.enter_race("F8C")):
            seen.clear()
            started = threading.Event()

            def send():
                started.wait()
                signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)

            thread = threading.Thread(target=send)
            thread.start()
            started.set()
            drive()
            thread.join()
            assert len(seen) == 1
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_is_told_and_can_open_its_own(racing):
    expected = racing.ram_hash()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for call in (racing.step, racing.screens, racing.open, lambda: racing.memory.driver.position):
                try:
                    call()
                except kartscope.ForkError as error:
                    assert "forked" in str(error)
                else:
                    raise AssertionError("a call went through")
            racing.close()
            with kartscope.Emulator() as own:
                own.open()
                own.step(frames=20)
            del own
            gc.collect()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert racing.ram_hash() == expected
    racing.step()


def test_two_processes_may_use_one_rom(tmp_path):
    """Each process reports when it has opened the ROM, and continues when both have."""
    rom = tmp_path / "game.nds"
    rom.write_bytes(bundled_rom())
    program = (
        "import sys, kartscope; emu = kartscope.Emulator(); emu.open(sys.argv[1]); print('open', flush=True); input();"
        "emu.step(frames=100, draw=False); print(emu.ram_hash())"
    )
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", program, rom], **pipe) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "open\n"
    hashes = {process.communicate("\n")[0] for process in processes}
    assert len(hashes) == 1
    assert all(process.returncode == 0 for process in processes)


def bundled_rom() -> bytes:
    rom = Path(__file__).parents[3] / "homebrew/rom/kartscope.nds"
    return rom.read_bytes()


def test_the_bundled_game_is_the_repositorys(emu, tmp_path):
    path = tmp_path / "copy.nds"
    path.write_bytes(bundled_rom())
    emu.step(frames=100)
    with kartscope.Emulator() as other:
        other.open(path)
        other.step(frames=100)
        assert other.ram_hash() == emu.ram_hash()


def test_input_is_held_until_it_is_let_go(racing):
    pad = racing.input
    assert pad.keypad_update(Keys.A) == Keys.A
    pad.keypad_add_key(Keys.RIGHT)
    pad.keypad_rm_key(Keys.A)
    assert pad.keypad_get() == Keys.RIGHT
    assert racing.memory.controller[0].pad is not None
    racing.cycle(with_joystick=False)
    assert pad.keypad_get() == Keys.RIGHT
    racing.step(Keys.A)
    assert pad.keypad_get() == Keys.A
    pad.touch_set_pos(10, 20)
    racing.cycle()
    pad.touch_release()
    racing.cycle()


def test_a_race_that_is_not_there_is_an_error(emu):
    with pytest.raises(kartscope.RaceError, match="character"):
        emu.enter_race("F8C", character=12)
    with pytest.raises(kartscope.RaceError, match="ghost"):
        emu.enter_race("F8C", against_ghost=True)


def test_an_emulator_can_be_weakly_referenced_and_is_let_go():
    import weakref

    emulator = kartscope.Emulator()
    emulator.open()
    gone = weakref.ref(emulator)
    memory = emulator.memory
    del emulator
    gc.collect()
    assert gone() is None
    assert memory.race_ready is False, "objects made from it keep the console alive"

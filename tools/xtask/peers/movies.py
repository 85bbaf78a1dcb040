"""Plays and records movies with py-desmume's own movie functions and prints the kart's position in each frame.

usage: movies.py play ROM MOVIE
       movies.py record ROM MOVIE PADS BEFORE START [SRAM]

`record` holds the keypad words of the file PADS, one a line, a frame each: the first BEFORE of them before the
recording begins, which is at power-on (START blank, or sram with the battery file SRAM) or from a save state (state).

Standard output: one line for each frame that is played or recorded, as `cargo run --example play` of env-mkds writes
it: the frame's number, the kart's position in 1/4096 units (`- - -` while there is no race), and every 60 frames and
after the last one the CRC-32 of main RAM (`-` otherwise).
"""

import ctypes
import os
import sys
import zlib

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

# The library prints while it starts; standard output is for answers only.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from desmume.emulator import DeSmuME, StartFrom  # noqa: E402

RAM_BASE, RAM_SIZE = 0x02000000, 0x400000
# Offset of main RAM from the library's symbol MMU: after both tightly coupled memories.
RAM_IN_MMU = 0x8000 + 0x4000
# Pointers that are set while a race is loaded: drivers, race status, race state, race configuration.
DRIVERS = 0x0217ACF8
RACE = (DRIVERS, 0x021755FC, 0x0217AA34, 0x021759A0)
POSITION = 0x80
CHECKSUM_EVERY = 60


def main_ram(emulator):
    mmu = (ctypes.c_uint8 * (RAM_IN_MMU + RAM_SIZE)).in_dll(emulator.lib, "MMU")
    return memoryview(mmu)[RAM_IN_MMU:]


def position(memory):
    if not all(RAM_BASE <= memory.unsigned.read_long(pointer) < RAM_BASE + RAM_SIZE for pointer in RACE):
        return "- - -"
    kart = memory.unsigned.read_long(DRIVERS) + POSITION
    return " ".join(str(memory.signed.read_long(kart + 4 * axis)) for axis in range(3))


def watch(emulator, frames):
    """Runs a frame for each of `frames`, which sets its keypad, and prints the kart's position after it."""
    ram = main_ram(emulator)
    last = len(frames) - 1
    for number, prepare in enumerate(frames):
        prepare()
        emulator.skip_next_frame()
        emulator.cycle(with_joystick=False)
        checksum = f"{zlib.crc32(ram):08x}" if number % CHECKSUM_EVERY == 0 or number == last else "-"
        answers.write(f"{number} {position(emulator.memory)} {checksum}\n")


def play(emulator, movie):
    emulator.movie.play(movie)
    watch(emulator, [lambda: None] * emulator.movie.get_length())


def record(emulator, movie, pads, before, start, sram=""):
    def hold(word):
        return lambda: emulator.input.keypad_update(word)

    with open(pads, encoding="ascii") as lines:
        frames = [hold(int(line)) for line in lines]
    for prepare in frames[: int(before)]:
        prepare()
        emulator.skip_next_frame()
        emulator.cycle(with_joystick=False)
    starts = {"blank": StartFrom.START_BLANK, "sram": StartFrom.START_SRAM, "state": StartFrom.START_SAVESTATE}
    emulator.movie.record(movie, "py-desmume", starts[start], sram)
    watch(emulator, frames[int(before) :])
    emulator.movie.stop()


def main():
    command, rom, *arguments = sys.argv[1:]
    emulator = DeSmuME()
    emulator.open(rom)
    emulator.volume_set(0)
    {"play": play, "record": record}[command](emulator, *arguments)
    answers.flush()


main()

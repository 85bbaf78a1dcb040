"""Times a step of the peer's environment at a frame of a race, on each request on standard input.

usage: mkds_env.py ROM MOVIE START

Makes gym-mkds's `MarioKartDS-base-v1` with all of its wrappers, plays MOVIE with the peer's player to frame START, says
`ready`, then answers each line `step N` with one number: microseconds of a step, the median of N, while the movie goes on.

Mended, since it does not run else: the modules of windows (which want Python 3.12) and keyboards, which no step needs, are
stood in for; and the keypad's word is read as the 16 bits that it is.
"""

import ctypes
import os
import statistics
import sys
import time
from unittest import mock

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

# The libraries print while they start; standard output is for answers only.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

for module in ("torch", "pynput", "gym_mkds.wrappers.window", "gym_mkds.wrappers.window_overlay"):
    sys.modules[module] = mock.MagicMock()

import gym_mkds  # noqa: E402, F401 - registers the environment
import gymnasium  # noqa: E402


def main():
    rom, movie, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
    env = gymnasium.make("gym_mkds/MarioKartDS-base-v1", rom_path=rom, disable_env_checker=True)
    emulator = env.unwrapped.emu
    emulator.lib.desmume_input_keypad_get.restype = ctypes.c_uint16
    env.reset()
    emulator.movie.play(movie)
    for _ in range(start):
        emulator.skip_next_frame()
        emulator.cycle(with_joystick=False)
        emulator.memory.race_ready
    observation, *_ = env.step([0])
    distances = observation["wall_distances"]
    if not 0 < distances.min() < distances.max():
        raise RuntimeError(f"no race at frame {start}: the rays' lengths are {distances}")
    answers.write("ready\n")
    for line in sys.stdin:
        count = int(line.split()[1])
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            env.step([0])
            times.append(time.perf_counter() - begin)
        answers.write(f"{statistics.median(times) * 1e6:.3f}\n")


main()

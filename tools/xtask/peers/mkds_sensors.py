"""Times the peer's field reads and its sweeping ray at a frame of a race, on each request on standard input.

usage: mkds_sensors.py ROM MOVIE START

Plays MOVIE with the peer's player to frame START, says `ready`, then answers each line with one number:

- `fields N`: nanoseconds that reading one field takes, the mean over the FIELDS, each read N times;
- `rays N`: microseconds of an observation of gym-mkds's SweepingRay wrapper with 24 rays, the median of N.
"""

import importlib.util
import os
import statistics
import sys
import time
import timeit
import types

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

# The libraries print while they start; standard output is for answers only.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

# The peer imports torch for type annotations of functions that are not used here.
sys.modules["torch"] = types.SimpleNamespace(Tensor=object)

import gymnasium  # noqa: E402
from desmume.emulator_mkds import MarioKart  # noqa: E402

# As `tools/figures/src/race.rs` reads them: the values that a driver is judged by.
FIELDS = [
    "float(m.driver.position.x)",
    "float(m.driver.position.y)",
    "float(m.driver.position.z)",
    "float(m.driver.speed)",
    "float(m.driver.maxSpeed)",
    "m.driver.yRot",
    "m.driver.driftRotY",
    "m.driver.boostTimer",
    "m.driver.floorColType",
    "float(m.race_status.driverStatus[0].raceProgress)",
    "m.race_status.driverStatus[0].curLap",
    "m.race_state.frameCounter",
]


def sweeping_ray_module():
    """The wrapper's file by itself: its package imports windows, keyboards and torch."""
    package = importlib.util.find_spec("gym_mkds").submodule_search_locations[0]
    path = os.path.join(package, "wrappers", "sweeping_ray.py")
    spec = importlib.util.spec_from_file_location("sweeping_ray", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Holder(gymnasium.Env):
    """The parts of an environment that the wrapper needs: the emulator and a space."""

    def __init__(self, emulator):
        self.emu = emulator
        self.observation_space = gymnasium.spaces.Dict({})


def fields(memory, count):
    times = [timeit.timeit(field, globals={"m": memory}, number=count) for field in FIELDS]
    return statistics.mean(times) / count * 1e9


def rays(sensor, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        sensor.observation({})
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e6


def main():
    rom, movie, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
    emulator = MarioKart()
    emulator.open(rom)
    emulator.volume_set(0)
    emulator.movie.play(movie)
    for _ in range(start):
        emulator.skip_next_frame()
        emulator.cycle(with_joystick=False)
        emulator.memory.race_ready
    sensor = sweeping_ray_module().SweepingRay(Holder(emulator), 24, 0, 3000)
    distances = sensor.observation({})["wall_distances"]
    if not 0 < distances.min() < distances.max():
        raise RuntimeError(f"no race at frame {start}: the rays' lengths are {distances}")
    answers.write("ready\n")
    for line in sys.stdin:
        what, count = line.split()
        answer = {"fields": lambda: fields(emulator.memory, int(count)), "rays": lambda: rays(sensor, int(count))}[what]()
        answers.write(f"{answer:.3f}\n")


main()

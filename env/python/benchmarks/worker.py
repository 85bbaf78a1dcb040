"""Times kartscope's environments on request by standard input: the Python side of `cargo xtask bench`.

usage: worker.py ROM MOVIE START

Prints `ready`, then answers each line with one number:

- `step24 N`: microseconds of a step of MarioKartDS-v0 with 24 rays from the movie's frame START on, the median of N;
- `native N`, `async N`: steps a second of 4 races, N vector steps, by the native vector environment and by
  Gymnasium's AsyncVectorEnv over the same environment;
- `import N`: seconds that `import kartscope` takes beyond NumPy and Gymnasium, by medians of N fresh interpreters each.
"""

import statistics
import subprocess
import sys
import time

import gymnasium
import numpy as np

import kartscope

RACES = 4


def step24(env: kartscope.RaceEnv, count: int) -> float:
    """Microseconds of a step."""
    env.reset(seed=1)
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        env.step(0)
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e6


def race() -> gymnasium.Env:
    """Makes the environment of one of AsyncVectorEnv's processes."""
    return kartscope.RaceEnv("MarioKartDS-v0", ray_count=24)


def rate(envs: gymnasium.vector.VectorEnv, count: int) -> float:
    """Steps a second of all races."""
    actions = np.ones(RACES, np.int64)
    begin = time.perf_counter()
    for _ in range(count):
        envs.step(actions)
    return RACES * count / (time.perf_counter() - begin)


def import_seconds(count: int) -> float:
    """Seconds that importing kartscope adds to an interpreter with NumPy and Gymnasium."""

    def median(program: str) -> float:
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            times.append(time.perf_counter() - begin)
        return statistics.median(times)

    base = "import numpy, gymnasium"
    return max(0.0, median(f"{base}, kartscope") - median(base))


def main() -> None:
    """Answers questions until standard input ends."""
    _, movie, start = sys.argv[1:]
    begin = {"from": {"movie": {"path": movie, "frame": int(start), "play_on": True}}}
    single = kartscope.RaceEnv("MarioKartDS-v0", ray_count=24, start=begin)
    native = kartscope.RaceVectorEnv("MarioKartDS-v0", num_envs=RACES, ray_count=24)
    processes = gymnasium.vector.AsyncVectorEnv([race] * RACES, context="spawn")
    for envs in (native, processes):
        envs.reset(seed=1)
        rate(envs, 200)
    questions = {
        "step24": lambda count: step24(single, count),
        "native": lambda count: rate(native, count),
        "async": lambda count: rate(processes, count),
        "import": import_seconds,
    }
    print("ready", flush=True)
    for line in sys.stdin:
        what, count = line.split()
        print(questions[what](int(count)), flush=True)
    for env in (single, native, processes):
        env.close()


if __name__ == "__main__":
    main()

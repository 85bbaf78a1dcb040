"""Runs millions of steps over four races with random resets and actions: memory must not grow, and a second run must have the
same RAM.

    python soak.py [--steps 2000000] [--races 4]

Prints one JSON document: soak_rss_growth_mb (from a tenth of the run on), hashes_equal, steps, seconds of each run.
"""

import argparse
import json
import subprocess
import sys
import time

import numpy as np

import kartscope

STEPS_A_CHECK = 1000
"""Vector steps between two checks of RAM and memory."""


def resident_mb() -> float:
    """Megabytes of this process in memory."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def run(steps: int, races: int) -> dict[str, object]:
    """One run: the races' hashes and the memory at each check."""
    envs = kartscope.RaceVectorEnv("MarioKartDS-v0", num_envs=races, start={"from": {"lap": {"count": 8}}}, ray_count=24)
    random = np.random.default_rng(1)
    envs.reset(seed=1)
    hashes, resident, begin = [], [], time.perf_counter()
    for step in range(steps // races):
        if random.random() < 0.002:
            mask = random.random(races) < 0.5
            envs.reset(options={"reset_mask": mask})
        _, _, _, _, infos = envs.step(random.integers(0, 2048, races) & ~8)
        if "error" in infos:
            raise RuntimeError(f"step {step}: {infos['error']}")
        if step % STEPS_A_CHECK == 0:
            hashes.append(envs.ram_hashes())
            resident.append(resident_mb())
    hashes.append(envs.ram_hashes())
    envs.close()
    return {"hashes": hashes, "resident": resident, "seconds": time.perf_counter() - begin}


def main() -> None:
    """Two runs, each in a separate process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2_000_000)
    parser.add_argument("--races", type=int, default=4)
    parser.add_argument("--once", action="store_true", help="one run, told whole")
    arguments = parser.parse_args()
    if arguments.once:
        json.dump(run(arguments.steps, arguments.races), sys.stdout)
        return
    again = [sys.executable, __file__, "--once", "--steps", str(arguments.steps), "--races", str(arguments.races)]
    first, second = (json.loads(subprocess.run(again, check=True, stdout=subprocess.PIPE).stdout) for _ in range(2))
    warm = first["resident"][len(first["resident"]) // 10 :]
    figures = {
        "soak_rss_growth_mb": round(max(warm) - warm[0], 2),
        "hashes_equal": first["hashes"] == second["hashes"],
        "checks": len(first["hashes"]),
        "steps": arguments.steps,
        "seconds": [round(first["seconds"], 1), round(second["seconds"], 1)],
    }
    print(json.dumps(figures, indent=2))
    if not figures["hashes_equal"]:
        sys.exit("the second run differs from the first")


if __name__ == "__main__":
    main()

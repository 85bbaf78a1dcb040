"""Rollouts on a Ray cluster, gathered into one dataset.

Every worker has a vector environment of its own and plays rollouts, each from a seed. The dataset's rows depend on the seeds
alone, not on the number of workers or on which worker played which rollout.

    python ray_rollouts.py --workers 2 --rollouts 8 --steps 2000 -o rollouts
    python ray_rollouts.py --address HEAD:6379 --workers 64 --rollouts 512 -o rollouts

README.md beside this file explains how to set up a cluster.
"""

import argparse
from dataclasses import dataclass
import hashlib
import importlib
import json
import sys

import gymnasium
from gymnasium.vector import AutoresetMode
import numpy as np
import ray
from ray.util import ActorPool

from kartscope.datasets import Episode, Field, Outcome, Source, buttons_of, write


@dataclass(frozen=True)
class Plan:
    """The settings of every worker: which environments, how many at once, and for how many steps."""

    env: str
    options: dict
    num_envs: int
    steps: int
    buttons: list[int] | None
    """The keypad word of each action of a discrete action space; None for the driving action of five components."""

    def make(self) -> gymnasium.vector.VectorEnv:
        """The vector environment."""
        module, colon, name = self.env.rpartition(":")
        if colon:
            importlib.import_module(module)
        return gymnasium.make_vec(name, self.num_envs, **self.options)


def named_observations(observation) -> dict[str, np.ndarray]:
    """An observation by its fields' names; an observation that is no dict is a single field."""
    return observation if isinstance(observation, dict) else {"observation": observation}


def observation_fields(space: gymnasium.Space) -> list[Field]:
    """A dataset's fields for the observations of one environment."""
    boxes = space.spaces if isinstance(space, gymnasium.spaces.Dict) else {"observation": space}
    for name, box in boxes.items():
        if not isinstance(box, gymnasium.spaces.Box) or box.dtype.kind != "f":
            raise ValueError(f"{name}: expected a box of real numbers, found {box}")
    return [Field(name, "", box.shape, low=box.low.min(), high=box.high.max()) for name, box in boxes.items()]


@ray.remote(num_cpus=1, scheduling_strategy="SPREAD")
class Worker:
    """A vector environment on some node of the cluster."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.env = plan.make()
        self.autoreset = self.env.metadata["autoreset_mode"]
        if self.autoreset is AutoresetMode.DISABLED:
            raise ValueError(f"{plan.env}: expected environments that reset themselves")

    def fields(self) -> list[Field]:
        """The fields of an observation."""
        return observation_fields(self.env.single_observation_space)

    def rollout(self, seed: int) -> tuple[str, list[Episode]]:
        """Plays from `seed` on, with random actions. The node's id, and the episodes in the order of the environments."""
        rows = self._play(seed)
        parts = [part for env in range(self.plan.num_envs) for part in self._episodes(rows, env, seed)]
        return ray.get_runtime_context().get_node_id(), parts

    def _play(self, seed: int) -> dict[str, np.ndarray]:
        """The rows of a rollout, as arrays of shape (steps, environments, ...)."""
        env, plan = self.env, self.plan
        observation, _ = env.reset(seed=seed)
        env.action_space.seed(seed)
        shape = (plan.steps, plan.num_envs)
        rows = {f"observation.{field.name}": np.empty(shape + field.shape, np.float32) for field in self.fields()}
        rows |= {name: np.zeros(shape, np.float32) for name in ("race_progress", "lap", "reward")}
        rows |= {name: np.zeros(shape, bool) for name in ("terminated", "ended", "played")}
        rows["buttons"] = np.zeros(shape, np.uint16)
        played = np.ones(plan.num_envs, bool)
        for step in range(plan.steps):
            for name, values in named_observations(observation).items():
                rows[f"observation.{name}"][step] = values
            action = env.action_space.sample()
            observation, rows["reward"][step], terminated, truncated, info = env.step(action)
            rows["buttons"][step] = buttons_of(action) if plan.buttons is None else np.take(plan.buttons, action)
            for name in ("race_progress", "lap"):
                rows[name][step] = info.get(name, 0)
            rows["terminated"][step], rows["ended"][step] = terminated, terminated | truncated
            rows["played"][step] = played
            # In this mode the step after an episode's last one only resets.
            played = ~rows["ended"][step] if self.autoreset is AutoresetMode.NEXT_STEP else played
        return rows

    def _episodes(self, rows: dict[str, np.ndarray], env: int, seed: int) -> list[Episode]:
        """One environment's episodes; the rollout's end may cut off the last."""
        mine = {name: values[:, env] for name, values in rows.items()}
        ends = [*(np.flatnonzero(mine["ended"]) + 1), self.plan.steps]
        episodes = []
        for first, end in zip([0, *ends], ends):
            part = {name: values[first:end][mine["played"][first:end]] for name, values in mine.items()}
            if len(part["reward"]):
                episodes.append(episode(part, f"seed{seed}_env{env}_episode{len(episodes)}"))
        return episodes


def episode(rows: dict[str, np.ndarray], name: str) -> Episode:
    """An episode of a dataset, identified by its name and content."""
    terminated = rows.pop("terminated")
    del rows["ended"], rows["played"]
    columns = rows | {"frame": np.arange(len(terminated)), "lap": rows["lap"].astype(np.int32)}
    digest = hashlib.sha256(name.encode())
    for column in sorted(columns):
        digest.update(np.ascontiguousarray(columns[column]).tobytes())
    finished = terminated[-1] and columns["race_progress"][-1] >= 1
    source = Source(movie=name, movie_sha256=digest.hexdigest(), outcome=Outcome("finished" if finished else "unfinished"))
    return Episode(source, columns)


def collect(plan: Plan, workers: int, seeds: list[int], folder: str) -> dict:
    """Plays a rollout from each seed on the connected cluster, and writes all as a dataset. Returns a summary."""
    pool = [Worker.remote(plan) for _ in range(workers)]
    nodes: dict[str, int] = {}

    def episodes():
        for node, parts in ActorPool(pool).map(lambda worker, seed: worker.rollout.remote(seed), seeds):
            nodes[node] = nodes.get(node, 0) + len(parts)
            yield from parts

    manifest = write(folder, episodes(), ray.get(pool[0].fields.remote()))
    rows = sum(movie.rows for movie in manifest.movies)
    return {"folder": folder, "episodes": len(manifest.movies), "rows": rows, "episodes_by_node": nodes}


def main() -> None:
    parser = argparse.ArgumentParser(description="Play rollouts on a Ray cluster and gather them into one dataset")
    parser.add_argument("--address", help="the cluster's head, HOST:PORT; left out, RAY_ADDRESS or this machine alone")
    parser.add_argument("--env", default="kartscope:kartscope/Driving-v0", help="[MODULE:]ID (default: %(default)s)")
    parser.add_argument("--options", type=json.loads, default={}, help="further arguments of gymnasium.make_vec, as JSON")
    parser.add_argument("--buttons", type=json.loads, help="the keypad word of each discrete action, as a JSON list")
    parser.add_argument("--workers", type=int, default=2, help="vector environments, a processor each (default: %(default)s)")
    parser.add_argument("--num-envs", type=int, default=4, help="environments in each (default: %(default)s)")
    parser.add_argument("--rollouts", type=int, default=2, help="how many seeds to play from (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=2000, help="steps of every environment in a rollout (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; a rollout takes one an environment")
    parser.add_argument("-o", "--output", default="rollouts", help="the new dataset's folder (default: %(default)s)")
    arguments = parser.parse_args()

    plan = Plan(arguments.env, arguments.options, arguments.num_envs, arguments.steps, arguments.buttons)
    seeds = [arguments.seed + number * arguments.num_envs for number in range(arguments.rollouts)]
    ray.init(address=arguments.address, log_to_driver=False)
    try:
        print(json.dumps(collect(plan, arguments.workers, seeds, arguments.output)))
    finally:
        ray.shutdown()


if __name__ == "__main__":
    sys.exit(main())

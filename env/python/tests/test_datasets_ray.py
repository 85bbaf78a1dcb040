"""The example of rollouts on Ray, on a cluster of two nodes on this machine."""

import json
from pathlib import Path
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from kartscope.datasets import read

pytest.importorskip("ray")

EXAMPLE = Path(__file__).parents[1] / "examples" / "ray_rollouts.py"

LEFT, RIGHT = 32, 16


@pytest.fixture(scope="module")
def cluster():
    """Two nodes with a processor each, at separate loopback addresses. (Ray replaces 127.0.0.1 by an external address.)"""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 80 << 20, "include_dashboard": False}
    # Not pytest's folder: the paths of Ray's sockets must be short.
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        cluster = Cluster()
        try:
            nodes = [cluster.add_node(**node, node_ip_address=address) for address in ("127.0.0.2", "127.0.0.3")]
            yield cluster
        finally:
            cluster.shutdown()
        assert not any(node.any_processes_alive() for node in nodes)


CART_POLE = ("--env", "CartPole-v1", "--options", '{"vectorization_mode": "sync"}', "--buttons", f"[{LEFT}, {RIGHT}]")


def roll_out(cluster, output, workers, seed=0, env=CART_POLE) -> dict:
    """Plays 4 rollouts of 2 environments for 60 steps with the example, and returns its output."""
    words = [
        *env,
        "--num-envs",
        "2",
        "--rollouts",
        "4",
        "--steps",
        "60",
        "--address",
        cluster.address,
        "--workers",
        str(workers),
        "--seed",
        str(seed),
        "-o",
        str(output),
    ]
    done = subprocess.run([sys.executable, EXAMPLE, *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def rolled_out(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rollouts") / "dataset"
    return folder, roll_out(cluster, folder, workers=2)


def files(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_node_adds_episodes(rolled_out):
    _, told = rolled_out
    counts = told["episodes_by_node"].values()
    assert len(counts) == 2 and min(counts) > 0 and sum(counts) == told["episodes"]


def test_the_same_seeds_give_the_same_dataset_by_any_number_of_workers(cluster, rolled_out, tmp_path):
    folder, _ = rolled_out
    roll_out(cluster, tmp_path / "again", workers=1)
    assert files(tmp_path / "again") == files(folder)


def test_other_seeds_give_another_dataset(cluster, rolled_out, tmp_path):
    roll_out(cluster, tmp_path / "other", workers=2, seed=100)
    assert files(tmp_path / "other").keys() != files(rolled_out[0]).keys()


def test_the_rows_are_those_of_the_environments(rolled_out):
    """Each episode is played again, from its seed and with its actions, in an unwrapped environment."""
    import gymnasium

    folder, told = rolled_out
    dataset = read(folder)
    assert len(dataset) == told["episodes"] and sum(map(len, dataset)) == told["rows"]
    first = {episode.source.movie: episode for episode in dataset if episode.source.movie.endswith("episode0")}
    assert len(first) == 8
    for seed in range(8):
        columns = first[f"seed{seed // 2 * 2}_env{seed % 2}_episode0"].columns
        env = gymnasium.make("CartPole-v1")
        observation, _ = env.reset(seed=seed)
        for row, buttons in enumerate(columns["buttons"]):
            assert np.array_equal(observation, columns["observation.observation"][row])
            observation, reward, terminated, truncated, _ = env.step(int(buttons == RIGHT))
            assert reward == columns["reward"][row]
            assert (terminated or truncated) == (row == len(columns["reward"]) - 1) or row == 59


def test_every_step_that_is_no_reset_is_a_row(rolled_out):
    folder, _ = rolled_out
    episodes = list(read(folder))
    for rollout in range(4):
        for env in range(2):
            mine = [one for one in episodes if one.source.movie.startswith(f"seed{rollout * 2}_env{env}_")]
            assert len(mine) > 1
            ends = sum(len(one) for one in mine) + len(mine) - 1
            assert ends in (60, 59)  # the rollout may end with an episode's last step, before its reset
            assert all(one.columns["frame"].tolist() == list(range(len(one))) for one in mine)


def test_races_are_rolled_out_natively(cluster, tmp_path):
    """Each worker steps races with its own threads, and the dataset is that of an unwrapped environment."""
    import gymnasium

    import kartscope  # noqa: F401 - registers the environments

    races = ("--options", '{"truncate": {"steps": 25}, "start": {"from": {"lap": {"count": 4}}}}')
    told = roll_out(cluster, tmp_path / "races", workers=2, env=races)
    assert min(told["episodes_by_node"].values()) > 0
    dataset = read(tmp_path / "races")
    assert len(dataset) == told["episodes"]
    episode = next(one for one in dataset if one.source.movie == "seed2_env1_episode0")
    env = gymnasium.make("kartscope/Driving-v0", truncate={"steps": 25}, start={"from": {"lap": {"count": 4}}})
    observation, _ = env.reset(seed=3)
    columns = episode.columns
    for row in range(len(episode)):
        for name, value in observation.items():
            assert np.array_equal(columns[f"observation.{name}"][row].ravel(), value), (row, name)
        action = [
            columns["action.accelerate"][row],
            columns["action.brake"][row],
            columns["action.drift"][row],
            columns["action.item"][row],
            columns["action.steer"][row] + 1,
        ]
        observation, reward, terminated, truncated, _ = env.step(np.array(action, np.int64))
        assert columns["reward"][row] == np.float32(reward)
    assert truncated or terminated
    env.close()

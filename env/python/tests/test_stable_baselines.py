"""Unmodified Stable-Baselines3, on the bundled oval."""

import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest

import kartscope  # noqa: F401 - registers the environments

pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")


@pytest.mark.parametrize("preset", ["MarioKartDS-v0", "TimeTrial-v1", "Pixels-v0", "Driving-v0"])
def test_its_checker_has_nothing_to_say(preset: str) -> None:
    from stable_baselines3.common.env_checker import check_env

    env = gymnasium.make(f"kartscope/{preset}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


def test_ppo_learns_to_drive() -> None:
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env

    torch.set_num_threads(1)
    settings: dict[str, Any] = {
        "frame_skip": 8,
        "reward": {"terms": [{"term": "progress", "weight": 100.0}, {"term": "wall", "value": -0.02}]},
        "truncate": {"steps": 100},
        "start": {"from": {"lap": {"count": 8}}},
    }
    envs = make_vec_env("kartscope/TimeTrial-v1", n_envs=4, seed=1, env_kwargs=settings)
    model = PPO("MultiInputPolicy", envs, n_steps=128, batch_size=128, learning_rate=1e-3, gamma=0.97, seed=1, device="cpu")

    def mean_return() -> float:
        env = gymnasium.make("kartscope/TimeTrial-v1", **settings)
        returns = []
        for seed in range(8):
            observation, _ = env.reset(seed=100 + seed)
            total, over = 0.0, False
            while not over:
                action, _ = model.predict(observation, deterministic=False)
                observation, reward, terminated, truncated, _ = env.step(action)
                total, over = total + reward, terminated or truncated
            returns.append(total)
        env.close()
        return float(np.mean(returns))

    before = mean_return()
    model.learn(12_000)
    after = mean_return()
    envs.close()
    assert after > before + 2.0, f"{before} -> {after}"

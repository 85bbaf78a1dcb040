"""Races without an emulator equal those on it."""

import gymnasium
import kartscope
import numpy as np
import pytest

PRESETS = ["kartscope/MarioKartDS-v0", "kartscope/TimeTrial-v1", "kartscope/Driving-v0"]


def assert_same(native, emulated):
    """Observations, infos and what they are made of are equal, bit for bit."""
    if isinstance(emulated, dict):
        assert native.keys() == emulated.keys()
        for key, value in emulated.items():
            assert_same(native[key], value)
    elif isinstance(emulated, np.ndarray) and emulated.dtype != object:
        assert native.dtype == emulated.dtype
        assert native.tobytes() == emulated.tobytes()
    elif isinstance(emulated, np.ndarray):
        assert len(native) == len(emulated)
        for one, other in zip(native, emulated):
            assert_same(one, other)
    else:
        assert native == emulated


@pytest.mark.parametrize("preset", PRESETS)
def test_a_native_race_is_the_emulators(preset):
    envs = [gymnasium.make(preset, backend=backend, course="lm") for backend in ("native", "emulator")]
    for native, emulated in zip(*(env.reset(seed=3) for env in envs)):
        assert_same(native, emulated)
    envs[0].action_space.seed(4)
    for _ in range(150):
        action = envs[0].action_space.sample()
        results = [env.step(action) for env in envs]
        for native, emulated in zip(*results):
            assert_same(native, emulated)
        # Random buttons may leave the race through its menu.
        if results[0][2] or results[0][3]:
            for native, emulated in zip(*(env.reset() for env in envs)):
                assert_same(native, emulated)
    paths = ["driver[0].position", "race_state.frame_counter"]
    for path in paths:
        native, emulated = (env.unwrapped.read(path) for env in envs)
        assert native == emulated
    for env in envs:
        env.close()


@pytest.mark.parametrize("mode", ["NEXT_STEP", "SAME_STEP"])
def test_native_batches_are_the_emulators_with_any_number_of_threads(mode):
    def made(backend, threads):
        return kartscope.RaceVectorEnv(
            "Driving-v0",
            num_envs=5,
            backend=backend,
            threads=threads,
            autoreset_mode=mode,
            truncate={"steps": 12},
            start={"vary": {"lateral": 30.0, "wait_frames": 5}},
        )

    batches = [made("native", 0), made("native", 2), made("emulator", 1)]
    actions = batches[0].action_space
    actions.seed(1)
    results = [batch.reset(seed=8) for batch in batches]
    for _ in range(30):
        for one in results[1:]:
            for part, first in zip(one, results[0]):
                assert_same(part, first)
        action = actions.sample()
        results = [batch.step(action) for batch in batches]
    for batch in batches:
        batch.close()


def test_what_needs_an_emulator_is_refused_by_name(tmp_path):
    def refused(what, *arguments, **settings):
        with pytest.raises(kartscope.ConfigError, match=what):
            kartscope.RaceEnv(*arguments, backend="native", **settings)

    refused("^pixels: ", "Pixels-v0")
    refused("^render: ", render_mode="rgb_array")
    refused("^start.from: ", start={"from": "power_on"})
    refused("^backend: .*mk64", "MarioKart64Driving-v0")
    with pytest.raises(kartscope.ConfigError, match="^backend: expected 'emulator' or 'native'"):
        kartscope.RaceEnv(backend="remote")
    env = kartscope.RaceEnv(backend="native")
    env.reset(seed=1)
    with pytest.raises(kartscope.ConfigError, match="^save_state: "):
        env.save_state()
    env.close()

"""Mario Kart 64's environments, on the bundled game, which has the state of that game."""

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv

import kartscope
from kartscope import ActionError, ConfigError, FormatError, Keys, RomError, gym_mupen64plus
from kartscope.wrappers import HumanInputWrapper, OverlayWrapper, collision_overlay

PRESETS = ["MarioKart64-v0", "MarioKart64Driving-v0", "MarioKart64Pixels-v0", "MarioKart64Both-v0"]
#: The shortest of the bundled courses, by the name of the real course in its place.
OVAL = "Moo Moo Farm"
DOCS = Path(__file__).parents[3] / "docs"


def make(preset: str = "MarioKart64Driving-v0", **settings: Any) -> gymnasium.Env[Any, Any]:
    try:
        return gymnasium.make(f"kartscope/{preset}", **settings)
    except kartscope.EmulatorError as error:
        if "apt-get install" in str(error):
            pytest.skip(str(error))
        raise


@pytest.mark.parametrize("preset", PRESETS)
def test_gymnasiums_checker_has_nothing_to_say(preset: str) -> None:
    env = make(preset, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


@pytest.mark.parametrize("preset", PRESETS)
def test_stable_baselines_checker_has_nothing_to_say(preset: str) -> None:
    pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
    from stable_baselines3.common.env_checker import check_env

    env = make(preset)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


def test_overlays_are_drawn_over_the_picture_and_a_human_drives() -> None:
    plain = make("MarioKart64-v0", course=OVAL, actions="driving", render_mode="rgb_array")
    env = HumanInputWrapper(OverlayWrapper(make("MarioKart64-v0", course=OVAL, actions="driving"), collision_overlay))
    env.hold(Keys.A | Keys.LEFT)
    for each in (plain, env):
        each.reset(seed=1)
    for _ in range(60):
        plain.step([1, 0, 0, 0, 0])
        env.step([0, 0, 0, 0, 1])
    assert plain.unwrapped.ram_hash() == env.unwrapped.ram_hash(), "what is held takes the action's place"
    assert env.unwrapped.picture_size == (320, 240)
    assert env.render().shape == (240, 320, 3)
    assert not np.array_equal(plain.render(), env.render())
    for each in (plain, env):
        each.close()
    with pytest.raises(ConfigError, match="driving"):
        HumanInputWrapper(make("MarioKart64-v0", actions="keymask"))


def test_the_preset_has_the_published_interface() -> None:
    env = make("MarioKart64-v0", course=OVAL, render_mode="rgb_array")
    assert env.action_space == gymnasium.spaces.Discrete(12)
    assert env.observation_space == gymnasium.spaces.Box(0, 255, (240, 320, 3), np.uint8)
    config = env.unwrapped.config
    assert config["frame_skip"] == 5 and config["truncate"] == {"steps": 1250}
    observation, info = env.reset(seed=1)
    assert info["race_started"] and not info["finished"]
    np.testing.assert_array_equal(env.render(), observation)
    for _ in range(30):
        observation, reward, terminated, truncated, info = env.step(0)
        assert reward == pytest.approx(-0.1)
    rewards = sum(env.step(1)[1] for _ in range(20))
    assert rewards > -2.0 + 0.4, "straight on from the start leads through a checkpoint"
    assert set(info["rewards"]) == {"time", "lap", "checkpoint", "backwards", "finish", "early_finish"}
    env.close()


def test_features_and_pictures_are_observed_together() -> None:
    env = make("MarioKart64Both-v0")
    observation, _ = env.reset(seed=1)
    assert observation["pixels"].shape == (84, 84, 4) and observation["pixels"].std() > 5
    numbers = set(observation) - {"pixels"}
    driving = make("MarioKart64Driving-v0")
    assert numbers == set(driving.observation_space)
    driving.close()
    env.close()


def test_the_stick_steers_by_degree() -> None:
    def turned(x: int) -> float:
        env = make(
            course=OVAL,
            actions={"stick": {"reach": 80, "buttons": ["a", "b", "r", "z"]}},
            start={"from": {"grid": {"frame": 238}}},
        )
        assert env.action_space == gymnasium.spaces.MultiDiscrete([161, 161, 2, 2, 2, 2])
        env.reset(seed=1)
        for _ in range(30):
            env.step([80 + x, 80, 1, 0, 0, 0])
        yaw = env.unwrapped.read("player[0].rotation")[1]
        env.close()
        return (yaw + 0x8000 + 0x8000) % 0x10000 - 0x8000

    # The game's yaw grows to the right.
    assert turned(-80) < turned(-40) < turned(0) == 0 < turned(40) < turned(80)


def test_seeds_repeat_and_batches_are_the_races_alone() -> None:
    settings: dict[str, Any] = {
        "course": OVAL,
        "start": {"from": {"lap": {"count": 3}}, "vary": {"lateral": 10.0, "heading": 0.2}},
        "truncate": {"steps": 12},
    }
    make(**settings).close()
    ours = gymnasium.make_vec("kartscope/MarioKart64Driving-v0", num_envs=2, threads=1, **settings)
    theirs = SyncVectorEnv([lambda: kartscope.RaceEnv("MarioKart64Driving-v0", **settings)] * 2)
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    mine, others = ours.reset(seed=7), theirs.reset(seed=7)
    ours.action_space.seed(3)
    for _ in range(30):
        for key, value in mine[0].items():
            np.testing.assert_array_equal(value, others[0][key], err_msg=key)
        actions = ours.action_space.sample()
        mine, others = ours.step(actions), theirs.step(actions)
        np.testing.assert_array_equal(mine[1], others[1])
    assert ours.ram_hashes() == [env.unwrapped.ram_hash() for env in theirs.envs]
    ours.close()
    theirs.close()


def test_states_and_fields_are_read(tmp_path: Path) -> None:
    env = make(course=OVAL, start={"from": {"lap": {"count": 2}}})
    env.reset(seed=1, options={"start": 1})
    place = env.unwrapped.read("player[0].position")
    assert len(place) == 3 and env.unwrapped.read("player[0].character") == 0
    with pytest.raises(kartscope.errors.PathError, match="player"):
        env.unwrapped.read("driver[0].position")
    file = tmp_path / "half.state"
    file.write_bytes(env.unwrapped.save_state())
    env.close()
    env = make(course=OVAL, start={"from": {"states": [str(file)]}})
    _, info = env.reset(seed=1)
    assert info["race_started"] and info["lap_progress"] > 0.4
    env.close()
    file.write_bytes(b"nothing")
    with pytest.raises(ConfigError, match="half.state"):
        make(start={"from": {"states": [str(file)]}})
    with pytest.raises(FileNotFoundError):
        make(start={"from": {"states": [str(tmp_path / "missing")]}})


def test_configurations_name_their_game(tmp_path: Path) -> None:
    file = tmp_path / "race.toml"
    file.write_text('game = "mk64"\ncourse = "Rainbow Road"\ncharacter = "Peach"\nmode = { grand_prix = "150cc" }\n')
    with pytest.raises(ConfigError, match="a cup's first course"):
        kartscope.make_config(file)
    file.write_text('game = "mk64"\ncourse = "RRd"\ncharacter = "Peach"\n')
    assert kartscope.make_config(file)["game"] == "mk64"
    assert "game" not in kartscope.make_config()
    for wrong, said in [('game = "mk8"\n', "mk8"), ('game = "mk64"\nkart = 3\n', "kart"), ('mode = "time_trial"\n', "mode")]:
        file.write_text(wrong)
        with pytest.raises(ConfigError, match=said):
            kartscope.make_config(file)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"course": "Block Fort"}, ConfigError, "course: expected a race course's name"),
        ({"course": 8, "actions": {"stick": {"reach": 0, "buttons": []}}}, ConfigError, "reach"),
        ({"overlays": ["radar"]}, ConfigError, "overlays?: expected collision"),
        ({"frame_skip": 0}, ConfigError, "frame_skip"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        make(**settings)


def test_wrong_files_are_named(tmp_path: Path) -> None:
    make().close()
    rom = tmp_path / "other.z64"
    rom.write_bytes(b"no ROM")
    with pytest.raises(RomError, match="Nintendo 64 ROM"):
        make(rom_path=rom)
    save = tmp_path / "save.eep"
    save.write_bytes(bytes(100))
    with pytest.raises(FormatError, match="EEPROM"):
        make(save_path=save)
    save.write_bytes(bytes(512))
    make(save_path=save).close()


def test_ppo_steps_it() -> None:
    pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
    from stable_baselines3 import PPO

    env = make("MarioKart64Pixels-v0", course=OVAL, truncate={"steps": 16})
    model = PPO("CnnPolicy", env, n_steps=32, batch_size=32, n_epochs=1, seed=1, device="cpu")
    model.learn(64)
    action, _ = model.predict(env.reset(seed=1)[0])
    assert env.action_space.contains(int(action))
    env.close()


def old(name: str, **settings: Any) -> gym_mupen64plus.MarioKartEnv:
    make().close()
    return gym_mupen64plus.make(name, **settings)


def test_the_predecessors_names_make_its_environments() -> None:
    env = old("Mario-Kart-Discrete-Luigi-Raceway-v0", character="toad")
    assert env.action_space == gymnasium.spaces.Discrete(12)
    assert env.unwrapped.read("characters_chosen")[0] == 3
    env.close()
    env = old("Mario-Kart-Moo-Moo-Farm-v0")
    observation = env.reset()
    assert env.observation_space.contains(observation) and observation.shape == (480, 640, 3)
    for action in ([-80, 80, 1, 0, 1], np.array([0, 0, 0, 0, 0])):
        assert env.action_space.contains(np.asarray(action))
        observation, reward, end, info = env.step(action)
        assert reward == pytest.approx(-0.1) and end is False and info["race_started"]
    for wrong in ([81, 0, 0, 0, 0], [0, 0, 0], [0.5, 0, 0, 0, 0], 3):
        with pytest.raises(ActionError):
            env.step(wrong)
    env.close()
    for name in ("Mario-Kart-v0", "Mario-Kart-Block-Fort-v0", "Smash-dk-vs-yoshi-v0"):
        with pytest.raises(ConfigError, match="Mario-Kart-COURSE-v0"):
            gym_mupen64plus.make(name)


def test_every_course_of_the_predecessor_is_one_of_ours() -> None:
    for course in gym_mupen64plus.COURSES.values():
        assert kartscope.make_config("MarioKart64-v0", course=course)["course"] == course


def test_the_pages_example_runs() -> None:
    make().close()
    page = (DOCS / "gym-mupen64plus.md").read_text()
    examples = [block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "kartscope" in block]
    assert examples
    for example in examples:
        program = example.replace('rom_path="mario-kart-64.z64"', "rom_path=None")
        subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, input=b"\n", timeout=300)

"""A race as a Gymnasium environment."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import kartscope
from kartscope import ActionError, ConfigError, EpisodeError, ResetNeededError

PRESETS = ["MarioKartDS-v0", "TimeTrial-v1", "Pixels-v0", "Driving-v0"]


def make(preset: str = "MarioKartDS-v0", **settings: Any) -> gymnasium.Env[Any, Any]:
    return gymnasium.make(f"kartscope/{preset}", **settings)


@pytest.mark.parametrize("preset", PRESETS)
def test_gymnasiums_checker_has_nothing_to_say(preset: str) -> None:
    env = make(preset, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


def test_the_next_line_races() -> None:
    program = """
import gymnasium
env = gymnasium.make("kartscope:kartscope/MarioKartDS-v0")
observation, info = env.reset(seed=1)
for _ in range(300):
    observation, reward, terminated, truncated, info = env.step(1)
assert info["race_progress"] > 0.01, info
env.close()
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_the_preset_is_as_published() -> None:
    env = make(ray_max_dist=1500, ray_count=8)
    assert env.action_space == gymnasium.spaces.Discrete(2048)
    observation, info = env.reset(seed=1)
    assert set(observation) == {"wall_distances", "keymask"}
    assert observation["wall_distances"].shape == (8,)
    assert observation["wall_distances"].dtype == np.float32
    assert observation["keymask"].dtype == np.uint16
    assert env.observation_space["wall_distances"].high[0] == 1500
    assert info["race_started"] and info["race_progress"] <= 0.0
    rewards, last = 0.0, info["race_progress"]
    for _ in range(240):
        observation, reward, terminated, truncated, now = env.step(17)
        assert observation["keymask"][0] == 17 and not terminated and not truncated
        rewards += reward
    assert rewards == pytest.approx(now["race_progress"] - last, abs=1e-5)
    assert rewards == pytest.approx(now["rewards"]["progress"] + rewards - reward, abs=1e-6)
    env.close()


def test_the_time_trial_has_the_published_dictionary() -> None:
    env = make("TimeTrial-v1")
    assert env.action_space == gymnasium.spaces.Discrete(5)
    for name in ("pos_xyz", "vel_xyz", "surf_norm_xyz"):
        assert env.observation_space[name].shape == (3,)
    one = [space.shape for name, space in env.observation_space.items() if not name.endswith("xyz")]
    assert len(one) == 30 and set(one) == {(1,)}
    places = {round(env.reset(seed=seed)[1]["lap_progress"], 3) for seed in range(12)}
    assert len(places) > 4, "episodes begin along the lap"
    env.close()


def test_pixels_are_images() -> None:
    env = make("Pixels-v0")
    assert env.observation_space == gymnasium.spaces.Box(0, 255, (84, 84, 4), np.uint8)
    first, _ = env.reset(seed=1)
    for _ in range(20):
        now, *_ = env.step(0)
    assert first.std() > 5 and not np.array_equal(first, now)
    env.close()


def test_seeds_repeat_and_ram_with_them() -> None:
    def run(seed: int) -> tuple[int, list[float]]:
        env = make("TimeTrial-v1")
        env.action_space.seed(seed)
        env.reset(seed=seed)
        rewards = []
        for _ in range(200):
            _, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            rewards.append(reward)
            if terminated or truncated:
                env.reset()
        ram = env.unwrapped.ram_hash()
        env.close()
        return ram, rewards

    assert run(5) == run(5)
    assert run(5) != run(6)


def test_observations_handed_out_do_not_change() -> None:
    env = make()
    kept, _ = env.reset(seed=1)
    before = {name: value.copy() for name, value in kept.items()}
    for _ in range(50):
        env.step(1)
    for name, value in kept.items():
        np.testing.assert_array_equal(value, before[name])
    kept["wall_distances"][:] = -1
    seen, *_ = env.step(1)
    assert (seen["wall_distances"] >= 0).all()
    env.close()


def test_settings_take_the_configurations_place(tmp_path: Path) -> None:
    env = make("Driving-v0", course="yf", frame_skip=2, actions={"buttons": ["a", "left", "r"]}, truncate={"steps": 3})
    assert env.action_space == gymnasium.spaces.MultiBinary(3)
    env.reset(seed=1)
    steps = [env.step(np.array([1, 0, 0], np.int8)) for _ in range(3)]
    assert steps[-1][3] and steps[-1][4]["ended_by"] == "steps" and not steps[-2][3]
    assert steps[1][4]["frame"] == steps[0][4]["frame"] + 2
    env.close()
    file = tmp_path / "race.toml"
    file.write_text('course = "ccb"\n[[observation]]\nterm = "position"\n')
    env = kartscope.RaceEnv(file, actions="drift_latch")
    assert env.observation_space == gymnasium.spaces.Box(-524288, 524288, (3,), np.float32)
    assert env.config["actions"] == "drift_latch" and env.config["course"] == "ccb"
    env.close()


def test_each_actions_kind_is_taken_as_it_comes() -> None:
    env = make("Driving-v0")
    env.reset(seed=1)
    for action in ([1, 0, 0, 0, 1], (1, 0, 0, 0, 1), np.array([1, 0, 0, 0, 1]), np.array([1, 0, 0, 0, 2], np.uint8)):
        env.step(action)
    env.close()
    env = make()
    env.reset(seed=1)
    for action in (1, np.int64(1), np.uint16(1), np.array(1), np.array([1])):
        env.unwrapped.step(action)
    env.close()


@pytest.mark.parametrize(
    ("preset", "action"),
    [
        ("MarioKartDS-v0", 2048),
        ("MarioKartDS-v0", -1),
        ("MarioKartDS-v0", 2**64),
        ("MarioKartDS-v0", 1.0),
        ("MarioKartDS-v0", float("nan")),
        ("MarioKartDS-v0", "A"),
        ("MarioKartDS-v0", None),
        ("MarioKartDS-v0", [1, 2]),
        ("Driving-v0", 3),
        ("Driving-v0", [1, 0, 0, 0]),
        ("Driving-v0", [1, 0, 0, 0, 3]),
        ("Driving-v0", [[1, 0], [0, 0]]),
        ("Driving-v0", [1, 0, 0, [0], 1]),
        ("Driving-v0", np.full(5, np.nan)),
    ],
)
def test_wrong_actions_do_nothing(preset: str, action: Any) -> None:
    env = kartscope.RaceEnv(preset)
    env.reset(seed=1)
    before = env.ram_hash()
    with pytest.raises(ActionError, match="action"):
        env.step(action)
    assert env.ram_hash() == before
    env.step(env.action_space.sample())
    env.close()


def test_steps_at_the_wrong_time_are_refused() -> None:
    env = kartscope.RaceEnv(truncate={"steps": 2})
    action = [1, 0, 0, 0, 1]
    with pytest.raises(ResetNeededError, match="reset"):
        env.step(action)
    env.reset(seed=1)
    env.step(action)
    assert env.step(action)[3]
    with pytest.raises(ResetNeededError, match="reset"):
        env.step(action)
    env.reset()
    env.step(action)
    env.close()
    env.close()
    for call in (lambda: env.step(action), env.reset, env.ram_hash):
        with pytest.raises(kartscope.ClosedError, match="closed"):
            call()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"config": "NoSuch-v0"}, "NoSuch-v0"),
        ({"config": {"frame_skip": 0}}, "frame_skip"),
        ({"frame_skpi": 1}, "frame_skpi"),
        ({"ray_count": 8}, "ray_count"),
        ({"config": "MarioKartDS-v0", "ray_count": 0}, "rays.count"),
        ({"course": "nowhere"}, "nowhere"),
        ({"reward": {"terms": [{"term": "luck"}]}}, "luck"),
        ({"truncate": {"steps": float("nan")}}, "configuration"),
        ({"render_mode": "human"}, "render_mode"),
        ({"volume": 50}, "volume"),
        ({"start": {"from": {"states": ["missing.dst"]}}}, "missing.dst"),
        ({"start": {"from": {"states": {"files": ["missing.dst"], "frames": 9}}}}, "frames"),
        ({"start": {"from": {"states": "missing.dst"}}}, "a list of files"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, Any], said: str) -> None:
    config = settings.pop("config", None)
    with pytest.raises((ConfigError, FileNotFoundError), match=said):
        kartscope.RaceEnv(config, **settings)


def test_wrong_reset_options_are_named() -> None:
    env = kartscope.RaceEnv()
    for options, said in [({"strat": 1}, "strat"), ({"vary": {"speed": 1}}, "speed"), ({"start": 7}, "start")]:
        with pytest.raises((ConfigError, EpisodeError), match=said):
            env.reset(options=options)
    observation, _ = env.reset(seed=1, options={"vary": {"lateral": 30.0}})
    assert abs(observation["centreline_offset"][0]) < 600
    env.close()


def test_wrong_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing.nds"):
        kartscope.RaceEnv(rom_path=tmp_path / "missing.nds")
    short = tmp_path / "short.nds"
    short.write_bytes(b"short")
    with pytest.raises(kartscope.Error):
        kartscope.RaceEnv(rom_path=short)
    other = tmp_path / "other.nds"
    other.write_bytes(bytes(12) + b"ABCE" + bytes(0x4000))
    with pytest.raises(kartscope.RomError, match="AMCE.*ABCE"):
        kartscope.RaceEnv(rom_path=other)
    broken = tmp_path / "broken.toml"
    broken.write_text("course = \n")
    with pytest.raises(ConfigError, match=r"broken\.toml.*line 1"):
        kartscope.RaceEnv(broken)


def test_pictures_are_drawn_when_asked_for() -> None:
    env = make(render_mode="rgb_array")
    env.reset(seed=1)
    first = env.render()
    assert first.shape == (384, 256, 3) and first.dtype == np.uint8 and first.std() > 5
    for _ in range(120):
        env.step(1)
    assert not np.array_equal(env.render(), first)
    env.close()
    env = kartscope.RaceEnv("MarioKartDS-v0")
    env.reset(seed=1)
    assert env.render() is None
    env.close()


def test_a_state_of_an_episode_begins_another(tmp_path: Path) -> None:
    env = kartscope.RaceEnv("MarioKartDS-v0")
    env.reset(seed=1)
    for _ in range(200):
        *_, info = env.step(1)
    file = tmp_path / "later.state"
    file.write_bytes(env.save_state())
    env.close()
    later = kartscope.RaceEnv("MarioKartDS-v0", start={"from": {"states": [file]}})
    _, begun = later.reset(seed=1)
    assert begun["frame"] == info["frame"] + 1
    assert begun["race_progress"] >= info["race_progress"]
    later.close()


def test_two_processes_race_on_one_rom() -> None:
    program = (
        "import kartscope\n"
        "env = kartscope.RaceEnv('MarioKartDS-v0')\n"
        "env.reset(seed=1)\n"
        "for _ in range(100): env.step(1)\n"
        "print(env.ram_hash())\n"
    )
    start = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    hashes = [process.communicate()[0] for process in start]
    assert hashes[0] == hashes[1] != ""


def test_an_environment_belongs_to_the_process_that_made_it() -> None:
    env = kartscope.RaceEnv("MarioKartDS-v0")
    env.reset(seed=1)

    def child(answers: Any) -> None:
        try:
            env.step(1)
        except kartscope.ForkError as error:
            answers.send(str(error))
        else:
            answers.send("stepped")
        own = kartscope.RaceEnv("MarioKartDS-v0")
        own.reset(seed=1)
        answers.send(own.step(1)[4]["frame"])

    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process = context.Process(target=child, args=(there,))
        process.start()
    assert "forked" in here.recv()
    assert here.recv() == env.step(1)[4]["frame"]
    process.join()
    assert process.exitcode == 0
    env.close()


def test_ctrl_c_ends_a_loop_of_steps() -> None:
    env = kartscope.RaceEnv("MarioKartDS-v0")
    env.reset(seed=1)
    ready = threading.Event()

    def interrupt() -> None:
        ready.wait()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        while True:
            env.step(1)
            ready.set()
    thread.join()
    env.step(1)
    env.close()


def test_threads_have_environments_of_their_own() -> None:
    def run(hashes: list[int]) -> None:
        env = kartscope.RaceEnv("MarioKartDS-v0")
        env.reset(seed=1)
        for _ in range(150):
            env.step(1)
        hashes.append(env.ram_hash())
        env.close()

    hashes: list[int] = []
    threads = [threading.Thread(target=run, args=(hashes,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashes) == 3 and len(set(hashes)) == 1

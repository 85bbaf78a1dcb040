"""Many races in one process, compared with Gymnasium's own vector environments."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv, VectorEnv

import kartscope
from kartscope import ActionError, ConfigError, ResetNeededError

COUNT = 3
SETTINGS: dict[str, Any] = {
    "truncate": {"any": [{"steps": 25}, {"collision": {}}]},
    "start": {"from": {"lap": {"count": 6}}},
    "ray_count": 12,
}
ID = "kartscope/MarioKartDS-v0"


def native(**how: Any) -> VectorEnv:
    return gymnasium.make_vec(ID, num_envs=COUNT, **SETTINGS, **how)


def same(one: Any, other: Any, at: str = "") -> None:
    """Whether two results are the same, including arrays and dictionaries."""
    if isinstance(one, tuple):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            same(left, right, f"{at}({index})")
    elif isinstance(one, dict):
        assert set(one) == set(other), f"{at}: {set(one) ^ set(other)}"
        for key in one:
            same(one[key], other[key], f"{at}.{key}")
    elif isinstance(one, np.ndarray) and one.dtype == object:
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            same(left, right, f"{at}[{index}]")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype and one.shape == other.shape, f"{at}: {one.dtype} {other.dtype}"
        np.testing.assert_array_equal(one, other, err_msg=at)
    else:
        assert one == other, at


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("kind", [SyncVectorEnv, AsyncVectorEnv])
def test_ways_to_step_agree(mode: AutoresetMode, kind: type[VectorEnv]) -> None:
    if kind is AsyncVectorEnv and mode is not AutoresetMode.NEXT_STEP:
        pytest.skip("one mode is enough for what runs in processes")
    ours = native(autoreset_mode=mode, threads=2)
    one = [lambda: kartscope.RaceEnv("MarioKartDS-v0", **SETTINGS)] * COUNT
    more = {"context": "spawn"} if kind is AsyncVectorEnv else {}
    theirs = kind(one, autoreset_mode=mode, **more)
    assert ours.single_observation_space == theirs.single_observation_space
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    same(ours.reset(seed=7), theirs.reset(seed=7), "reset")
    random = np.random.default_rng(1)
    ended = 0
    for step in range(70):
        actions = random.choice([1, 17, 33, 273], COUNT)
        mine, other = ours.step(actions), theirs.step(actions)
        same(mine, other, f"step {step}")
        over = mine[2] | mine[3]
        ended += over.sum()
        if mode is AutoresetMode.DISABLED and over.any():
            options = {"reset_mask": over}
            same(ours.reset(options=dict(options)), theirs.reset(options=dict(options)), f"reset {step}")
    assert ended >= COUNT
    ours.close()
    theirs.close()


def test_the_first_that_are_ready_come_first() -> None:
    envs = native(threads=2)
    envs.reset(seed=3)
    envs.send(range(COUNT), [1] * COUNT)
    seen: list[int] = []
    while len(seen) < COUNT:
        indices, observations, rewards, terminated, truncated, infos = envs.receive(1)
        n = len(indices)
        assert observations["wall_distances"].shape == (n, 12)
        assert rewards.shape == terminated.shape == truncated.shape == (n,) and len(infos) == n
        seen += indices.tolist()
    assert sorted(seen) == list(range(COUNT))
    assert envs.receive(1)[0].size == 0
    envs.send([1], [1])
    with pytest.raises(ValueError, match="environment 1"):
        envs.send([1], [1])
    assert envs.receive(1)[0].tolist() == [1]
    envs.close()


def test_who_takes_too_long_fails_and_says_why() -> None:
    envs = native(threads=COUNT, frame_skip=1000)
    before, _ = envs.reset(seed=1)
    assert envs.deadline is None
    # A thousand frames take longer than that on any machine.
    envs.deadline = 1e-6
    assert envs.deadline == 1e-6
    observations, rewards, terminated, truncated, infos = envs.step([0] * COUNT)
    assert infos["_error"].all() and "longer than 0.000001 s" in infos["error"][0]
    assert "race_progress" in infos and not infos["_race_progress"].any()
    assert truncated.all() and not terminated.any() and not rewards.any()
    same(observations, before)
    # New environments replace them, without a limit on the time.
    envs.deadline = None
    _, _, _, truncated, infos = envs.step([0] * COUNT)
    assert "error" not in infos and not truncated.any() and infos["_race_progress"].all()
    envs.close()


def test_wrong_actions_name_their_race() -> None:
    envs = native()
    with pytest.raises(ActionError):
        envs.step([0, 1])
    envs.reset(seed=1)
    before = envs.ram_hashes()
    for actions, said in [([0, 5000, 0], "environment 1"), ([0.0, 1.0, 0.0], "whole"), ([[0, 1], [0, 1]], "shape")]:
        with pytest.raises(ActionError, match=said):
            envs.step(actions)
    assert envs.ram_hashes() == before
    envs.close()
    with pytest.raises(kartscope.ClosedError):
        envs.reset()


def test_wrong_settings_are_named() -> None:
    for settings, said in [
        ({"num_envs": 0}, "num_envs"),
        ({"autoreset_mode": "sometimes"}, "autoreset_mode"),
        ({"deadline": -1.0}, "deadline"),
        ({"deadline": 1.0, "threads": 0}, "deadline"),
    ]:
        with pytest.raises(ValueError, match=said):
            kartscope.RaceVectorEnv("MarioKartDS-v0", **settings)
    envs = native(threads=0)
    for deadline, said in [(0.0, "above 0"), (1.0, "at least 1, found 0")]:
        with pytest.raises(ValueError, match=said):
            envs.deadline = deadline
    assert envs.deadline is None
    envs.close()
    envs = native(autoreset_mode="disabled")
    with pytest.raises(ResetNeededError, match="environment 0"):
        envs.step([0] * COUNT)
    for mask in (np.ones(2, bool), np.ones(COUNT, int)):
        with pytest.raises(ConfigError, match="reset_mask"):
            envs.reset(options={"reset_mask": mask})
    envs.close()


def test_the_same_seeds_give_the_same_ram_however_many_threads() -> None:
    hashes = []
    for threads in (0, 1, 3):
        envs = native(threads=threads)
        envs.reset(seed=11)
        for step in range(60):
            envs.step([1, 17 if step % 2 else 1, 33])
        hashes.append(envs.ram_hashes())
        envs.close()
    assert hashes[0] == hashes[1] == hashes[2]
    assert len(set(hashes[0])) == COUNT


def test_pictures_of_all_are_drawn() -> None:
    envs = native(render_mode="rgb_array")
    envs.reset(seed=1)
    envs.step([1] * COUNT)
    pictures = envs.render()
    assert [picture.shape for picture in pictures] == [(384, 256, 3)] * COUNT
    envs.close()


def test_gymnasiums_vector_wrappers_fit() -> None:
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(native())
    envs.reset(seed=1)
    for _ in range(60):
        *_, infos = envs.step([1] * COUNT)
        if "episode" in infos:
            break
    assert infos["episode"]["l"].max() == 25
    envs.close()

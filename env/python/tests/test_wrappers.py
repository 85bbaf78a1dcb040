"""Pictures with overlays, and human input."""

from functools import partial

import gymnasium
import numpy as np
import pytest

import kartscope
from kartscope import ConfigError, Keys
from kartscope.wrappers import (
    HumanInputWrapper,
    OverlayWrapper,
    buttons_overlay,
    checkpoint_overlay,
    collision_overlay,
    compose_overlays,
    sensor_overlay,
)


def make(**settings):
    env = gymnasium.make("kartscope/MarioKartDS-v0", **settings)
    env.reset(seed=1)
    return env


@pytest.mark.parametrize("overlay", [collision_overlay, sensor_overlay, checkpoint_overlay, buttons_overlay])
def test_each_overlay_draws_over_the_upper_screen_alone(overlay):
    plain = make(render_mode="rgb_array")
    drawn = OverlayWrapper(make(), overlay)
    for env in (plain, drawn):
        for _ in range(60):
            env.step(17)
    without, with_overlay = plain.render(), drawn.render()
    assert not np.array_equal(without[:192], with_overlay[:192])
    np.testing.assert_array_equal(without[192:], with_overlay[192:])
    plain.close()
    drawn.close()


def test_overlays_are_composed():
    both = partial(compose_overlays, funcs=[collision_overlay, sensor_overlay])
    env = OverlayWrapper(make(), both)
    named = make(render_mode="rgb_array", overlays=["collision", "rays"])
    for each in (env, named):
        each.step(1)
    np.testing.assert_array_equal(env.render(), named.render())
    env.close()
    named.close()


def test_drawing_changes_nothing_but_the_picture():
    env, drawn = make(), OverlayWrapper(make(), sensor_overlay)
    for _ in range(60):
        env.step(1)
        drawn.step(1)
        drawn.render()
    assert env.unwrapped.ram_hash() == drawn.unwrapped.ram_hash()
    env.close()
    drawn.close()


def test_what_is_held_takes_the_actions_place():
    env = HumanInputWrapper(make())
    env.hold(Keys.A | Keys.LEFT)
    observation, *_ = env.step(0)
    assert observation["keymask"][0] == Keys.A | Keys.LEFT
    env.close()
    with pytest.raises(ConfigError, match="keymask"):
        HumanInputWrapper(gymnasium.make("kartscope/TimeTrial-v1"))
    with pytest.raises(ConfigError, match="kartscope"):
        OverlayWrapper(gymnasium.make("CartPole-v1"), sensor_overlay)
    with pytest.raises(ConfigError, match="radar"):
        kartscope.RaceEnv("MarioKartDS-v0", overlays=["radar"])


def test_fields_are_read_by_their_paths():
    env = make()
    for _ in range(120):
        *_, info = env.step(1)
    race = env.unwrapped
    assert race.read("race_status.driver[0].race_progress") == info["race_progress"]
    assert race.read("race_state.frame_counter") == info["frame"]
    assert len(race.read("driver[0].position")) == 3
    with pytest.raises(kartscope.PathError, match="boots"):
        race.read("driver[0].boots")
    env.close()

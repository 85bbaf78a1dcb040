"""Mario Kart 64 with the names and the interface of gym-mupen64plus, on Gymnasium's predecessor gym.

A program for it needs another import and, for a ROM of its own, a path where it makes the environment::

    from kartscope import gym_mupen64plus as gym

    env = gym.make("Mario-Kart-Luigi-Raceway-v0", rom_path="mario-kart-64.z64")
    observation = env.reset()
    observation, reward, end, info = env.step([0, 0, 1, 0, 0])

New programs use ``gymnasium.make("kartscope/MarioKart64-v0")``; ``docs/gym-mupen64plus.md`` in the repository compares the
two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces

from kartscope.envs import RaceEnv
from kartscope.errors import ActionError, ConfigError

__all__ = ["COURSES", "MarioKartEnv", "make"]

#: The courses of the environments' names, and kartscope's names of them.
COURSES = {
    "Luigi-Raceway": "Luigi Raceway",
    "Moo-Moo-Farm": "Moo Moo Farm",
    "Koopa-Troopa-Beach": "Koopa Troopa Beach",
    "Kalimari-Desert": "Kalimari Desert",
    "Toads-Turnpike": "Toad's Turnpike",
    "Frappe-Snowland": "Frappe Snowland",
    "Choco-Mountain": "Choco Mountain",
    "Mario-Raceway": "Mario Raceway",
    "Wario-Stadium": "Wario Stadium",
    "Sherbet-Land": "Sherbet Land",
    "Royal-Raceway": "Royal Raceway",
    "Bowsers-Castle": "Bowser's Castle",
    "DKs-Jungle-Parkway": "D.K.'s Jungle Parkway",
    "Yoshi-Valley": "Yoshi Valley",
    "BansheeBoardwalk": "Banshee Boardwalk",
    "Banshee-Boardwalk": "Banshee Boardwalk",
    "Rainbow-Road": "Rainbow Road",
}

#: How far the stick goes to each side.
_REACH = 80

_PREFIX, _DISCRETE, _VERSION = "Mario-Kart-", "Discrete-", "-v0"


def make(name: str, **settings: Any) -> MarioKartEnv:
    """An environment by its name: ``Mario-Kart-COURSE-v0``, or ``Mario-Kart-Discrete-COURSE-v0`` with the twelve actions.

    Parameters
    ----------
    name : str
        The name, with one of :data:`COURSES`.
    **settings
        ``rom_path``, ``save_path`` and settings of MarioKart64-v0; see :class:`kartscope.RaceEnv`. ``character`` is a name
        in any case.

    Raises
    ------
    ConfigError
        There is no such environment.
    """
    course = name.removeprefix(_PREFIX).removesuffix(_VERSION)
    discrete = course.startswith(_DISCRETE)
    course = course.removeprefix(_DISCRETE)
    if not (name.startswith(_PREFIX) and name.endswith(_VERSION)) or course not in COURSES:
        raise ConfigError(
            f"environment: expected Mario-Kart-COURSE-v0 or Mario-Kart-Discrete-COURSE-v0 with a course of "
            f"{', '.join(COURSES)}, found {name!r}"
        )
    return MarioKartEnv(COURSES[course], discrete, **settings)


class MarioKartEnv:
    """A race, stepped as gym's environments were: a step gives four values.

    Observations are the picture, uint8 (480, 640, 3): each pixel of the console four times. Actions are the stick's place
    to the right and up, -80 to 80 each, and 0 or 1 for A, B and R; or the number of one of the twelve.
    """

    def __init__(self, course: str, discrete: bool, **settings: Any) -> None:
        actions = {} if discrete else {"actions": {"stick": {"reach": _REACH, "buttons": ["a", "b", "r"]}}}
        self._discrete = discrete
        self._env = RaceEnv("MarioKart64-v0", course=course, render_mode="rgb_array", **(actions | settings))
        self._seed: int | None = None
        height, width, channels = self._env.observation_space.shape  # type: ignore[misc]
        self.observation_space = spaces.Box(0, 255, (2 * height, 2 * width, channels), np.uint8)
        if discrete:
            self.action_space: spaces.Space[Any] = self._env.action_space
        else:
            sides = 2 * _REACH + 1
            start = np.array([-_REACH, -_REACH, 0, 0, 0])
            self.action_space = spaces.MultiDiscrete([sides, sides, 2, 2, 2], start=start)

    @property
    def unwrapped(self) -> RaceEnv:
        """The environment with Gymnasium's interface."""
        return self._env

    def seed(self, seed: int | None = None) -> list[int | None]:
        """Sets the seed of the next reset."""
        self._seed = seed
        return [seed]

    def reset(self) -> np.ndarray:
        """Begins an episode; returns its first observation."""
        observation, _ = self._env.reset(seed=self._seed)
        self._seed = None
        return _doubled(observation)

    def step(self, action: int | Sequence[int] | np.ndarray) -> tuple[np.ndarray, float, bool, dict[str, Any]]:
        """Acts once; returns the observation, the reward, whether the episode is over, and more about the race."""
        observation, reward, terminated, truncated, info = self._env.step(self._classes(action))
        return _doubled(observation), reward, terminated or truncated, info

    def _classes(self, action: Any) -> Any:
        """The action as the environment numbers it, the stick from 0 on."""
        if self._discrete:
            return action
        numbers = np.asarray(action)
        if numbers.dtype.kind not in "iub" or numbers.shape != (5,):
            raise ActionError(f"action: expected five whole numbers, x, y, A, B and R, found {action!r}")
        return numbers.astype(np.int64) + [_REACH, _REACH, 0, 0, 0]

    def render(self, mode: str = "rgb_array") -> np.ndarray | None:
        """The console's picture, uint8 (240, 320, 3). There is no window."""
        if mode not in ("rgb_array", "human"):
            raise ConfigError(f"render: expected 'rgb_array' or 'human', found {mode!r}")
        return self._env.render()

    def close(self) -> None:
        """Closes the emulator. Closing again does nothing."""
        self._env.close()


def _doubled(picture: np.ndarray) -> np.ndarray:
    """The picture in twice its width and height."""
    return picture.repeat(2, axis=0).repeat(2, axis=1)

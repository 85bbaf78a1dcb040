"""Wrappers of a :class:`RaceEnv`: pictures with overlays, human input, and a window.

The names are those of ``gym_mkds.wrappers``: programs for it run with a changed import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np

from kartscope._native import Window
from kartscope.envs import RENDER_FPS, RaceEnv
from kartscope.errors import ConfigError
from kartscope.names import Keys
from kartscope.window import Pace

__all__ = [
    "EnvWindow",
    "HumanInputWrapper",
    "OverlayWrapper",
    "buttons_overlay",
    "checkpoint_overlay",
    "collision_overlay",
    "compose_overlays",
    "sensor_overlay",
]

#: Returns the names of the overlays to draw, for an environment.
OverlayFunction = Callable[[gymnasium.Env[Any, Any]], Sequence[str]]


def collision_overlay(env: gymnasium.Env[Any, Any]) -> Sequence[str]:
    """The course's collision around the kart, by material."""
    return ("collision",)


def sensor_overlay(env: gymnasium.Env[Any, Any]) -> Sequence[str]:
    """The rays, up to where they hit."""
    return ("rays",)


def checkpoint_overlay(env: gymnasium.Env[Any, Any]) -> Sequence[str]:
    """The next checkpoints."""
    return ("checkpoints",)


def buttons_overlay(env: gymnasium.Env[Any, Any]) -> Sequence[str]:
    """The buttons that are held."""
    return ("buttons",)


def compose_overlays(env: gymnasium.Env[Any, Any], funcs: Sequence[OverlayFunction]) -> Sequence[str]:
    """Several overlays, the first at the bottom."""
    return tuple(name for func in funcs for name in func(env))


def _race(env: gymnasium.Env[Any, Any]) -> RaceEnv:
    race = env.unwrapped
    if not isinstance(race, RaceEnv):
        raise ConfigError(f"expected an environment of kartscope, found {race!r}")
    return race


class OverlayWrapper(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Draws overlays over the picture of ``render()``.

    Parameters
    ----------
    env
        An environment around a :class:`RaceEnv`.
    func
        One of this module's overlays, or several by :func:`compose_overlays`.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], func: OverlayFunction) -> None:
        super().__init__(env)
        self.func = func
        _race(env).draw_pictures()

    def render(self) -> np.ndarray | None:  # type: ignore[override]
        """The console's picture with the overlays, of the DS both screens."""
        return _race(self.env).draw(self.func(self.env))


class HumanInputWrapper(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Takes the buttons that a human holds in an :class:`EnvWindow` in place of the action.

    The environment's actions must be the DS's keypad bits, as those of MarioKartDS-v0, or "driving", on any console.
    """

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        super().__init__(env)
        config = _race(env).config
        self._is_mask = config["actions"] == "keymask" and config.get("game", "mkds") == "mkds"
        if not self._is_mask and config["actions"] != "driving":
            raise ConfigError(
                f"actions: expected 'driving' for a human, or 'keymask' of Mario Kart DS, found {config['actions']!r}"
            )
        self.hold(0)

    def hold(self, keys: int) -> None:
        """Sets the buttons that the following steps hold: the bits of :class:`Keys`."""
        if self._is_mask:
            self.held: Any = keys % int(self.env.action_space.n)  # type: ignore[attr-defined]
        else:
            buttons = [bool(keys & key) for key in (Keys.A, Keys.B, Keys.R, Keys.X | Keys.L)]
            steer = 1 + bool(keys & Keys.RIGHT) - bool(keys & Keys.LEFT)
            self.held = np.array([*buttons, steer], np.int64)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Acts with the held buttons; the action is ignored."""
        return self.env.step(self.held)


class EnvWindow:
    """A window that shows an environment, and passes its keys to a :class:`HumanInputWrapper`, if there is one.

    Raises
    ------
    DisplayError
        There is no display.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], scale: int = 2, fps: float | None = RENDER_FPS) -> None:
        self.env = env
        _race(env).draw_pictures()
        self._pace = Pace(fps)
        width, height = _race(env).picture_size
        self._window = Window(width, height, scale=scale, title="kartscope")

    @property
    def is_alive(self) -> bool:
        """Whether the window is open."""
        return self._window.is_open

    def update(self) -> None:
        """Shows the environment's picture, reads the keys, and waits for the time of the next frame."""
        picture: Any = self.env.render()
        if picture is not None:
            self._window.show(picture)
        self._window.update()
        if self.env.has_wrapper_attr("hold"):
            self.env.get_wrapper_attr("hold")(self._window.keys())
        self._pace.wait()

    def close(self) -> None:
        """Closes the window; may be called again."""
        self._window.close()

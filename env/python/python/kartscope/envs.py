"""A race as a Gymnasium environment."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np

from kartscope._native import Races
from kartscope.config import Config, make_config
from kartscope.errors import ConfigError, EpisodeError
from kartscope.spaces import Observations, action_rows, action_space

__all__ = ["RENDER_FPS", "RaceEnv", "open_races", "reset_options"]

#: Frames of the console a second, rounded.
RENDER_FPS = 60


def open_races(
    config: Config,
    settings: dict[str, Any],
    *,
    backend: str,
    rom_path: str | os.PathLike[str] | None,
    save_path: str | os.PathLike[str] | None,
    render_mode: str | None,
    **how: Any,
) -> tuple[dict[str, Any], Races]:
    """The configuration, and environments of it."""
    made = make_config(config, **settings)
    battery = None
    if save_path is not None:
        with open(save_path, "rb") as file:
            battery = file.read()
    races = Races(
        json.dumps(made),
        backend=backend,
        rom_path=rom_path,
        battery=battery,
        render=render_mode is not None,
        **how,
    )
    return made, races


def reset_options(options: dict[str, Any] | None) -> dict[str, Any]:
    """Converts a reset's options to arguments of the Rust side.

    Raises
    ------
    ConfigError
        An option is unknown.
    """
    options = dict(options or {})
    chosen: dict[str, Any] = {}
    if (start := options.pop("start", None)) is not None:
        chosen["start"] = int(start)
    if (vary := options.pop("vary", None)) is not None:
        vary = dict(vary)
        values = (vary.pop("lateral", 0.0), vary.pop("heading", 0.0), vary.pop("wait_frames", 0))
        if vary:
            raise ConfigError(f"options['vary']: expected lateral, heading, wait_frames, found {', '.join(vary)}")
        chosen["vary"] = values
    if options:
        raise ConfigError(f"options: expected start and vary, found {', '.join(map(str, options))}")
    return chosen


class RaceEnv(gymnasium.Env[Any, Any]):
    """A race in its own emulator, or without one.

    Observations are a dictionary of arrays, or the array where there is a single field; ``observation_fields`` tells each
    field's name, unit, shape, bounds and meaning. ``info`` has race_started, race_progress (1 at the finish),
    lap_progress, lap, total_ms, frame, finished, rewards (the value of each term of the reward in the step) and, in an
    episode's last step, ended_by (the event).

    Parameters
    ----------
    config : str, path or mapping, optional
        See :func:`kartscope.make_config`.
    backend : "emulator" or "native"
        What plays the game. "native" is the bundled DS game's logic compiled for this machine, a hundred times as fast:
        observations, rewards, endings and infos are those on the emulator, bit for bit. It takes the bundled game alone, draws
        no pictures, and has neither episodes that begin with power-on nor :meth:`save_state`.
    rom_path : path, optional
        The ROM; without it the bundled game.
    save_path : path, optional
        The save memory to power on with. Mario Kart DS: the battery memory (``.sav``, ``.dsv``), which it needs for all but
        the first karts and courses. Mario Kart 64: the EEPROM, or the controller paks.
    render_mode : "rgb_array", optional
        Draws the last frame of each step: ``render()`` gives the console's picture, of the DS both screens, uint8
        (384, 256, 3), of the Nintendo 64 uint8 (240, 320, 3).
    overlays : sequence of str
        The overlays drawn over the picture: names of ``kartscope replay --overlays``, as "rays", "checkpoints", "collision" and
        "buttons"; "all" and "default" stand for several.
    volume : int
        Accepted for 0; there is no sound.
    **settings
        Settings that take the place of the configuration's.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": RENDER_FPS}

    def __init__(
        self,
        config: Config = None,
        *,
        backend: str = "emulator",
        rom_path: str | os.PathLike[str] | None = None,
        save_path: str | os.PathLike[str] | None = None,
        render_mode: str | None = None,
        overlays: Sequence[str] = (),
        volume: int = 0,
        **settings: Any,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ConfigError(f"render_mode: expected None or 'rgb_array', found {render_mode!r}")
        if volume != 0:
            raise ConfigError(f"volume: expected 0, since there is no sound, found {volume!r}")
        self.config, self._races = open_races(
            config, settings, backend=backend, rom_path=rom_path, save_path=save_path, render_mode=render_mode
        )
        self.render_mode = render_mode
        self.overlays = list(overlays)
        self._races.render(0, self.overlays)
        self._observations = Observations(self._races)
        self.observation_space = self._observations.space
        self.observation_fields = self._observations.fields
        self.action_space = action_space(self._races)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins an episode.

        Parameters
        ----------
        seed : int, optional
            The seed of all random choices from here on: the same seed, options and actions give the same observations
            and the same RAM.
        options : dict, optional
            "start": which of the states to begin with, in place of one drawn; "vary": how it is varied (lateral, heading,
            wait_frames), in place of the configuration's.
        """
        super().reset(seed=seed)
        self._races.reset([seed], **reset_options(options))
        info = self._races.info(0)
        return self._observations.made_of(self._races.observation(0)), info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Acts once, for ``frame_skip`` frames; Mario Kart 64 draws thirty of them a second.

        Raises
        ------
        ActionError
            The action is outside the action space; no step was taken.
        ResetNeededError
            The episode has ended, or has not begun.
        EpisodeError
            The emulator failed; a reset makes a new one.
        """
        races = self._races
        races.step(action_rows(self.action_space, action, 1))
        info = races.info(0)
        reward, terminated, truncated = races.outcome(0)
        return self._observations.made_of(races.observation(0)), reward, terminated, truncated, info

    def render(self) -> np.ndarray | None:
        """The console's picture as last drawn, with the overlays. None without ``render_mode``."""
        return self._races.render(0, self.overlays)

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the console's picture, pixels."""
        return self._races.picture_size()

    def draw_pictures(self, draw: bool = True) -> None:
        """Sets whether the following steps draw pictures; nothing else changes."""
        self._races.set_render(draw)

    def draw(self, overlays: Sequence[str]) -> np.ndarray | None:
        """The picture with other overlays, named as in :class:`RaceEnv`."""
        return self._races.render(0, list(overlays))

    def read(self, path: str) -> Any:
        """The value of a field of the game: ``env.unwrapped.read("driver[0].boost_timer")``.

        Numbers are int or float, arrays lists, structures dictionaries; None where a pointer leads nowhere. Paths are
        those of :class:`Memory`; lengths are in units.
        """
        return self._races.read(0, path)

    def ram_hash(self) -> int:
        """A 64-bit hash of RAM; equal runs have equal hashes."""
        ram_hash = self._races.ram_hash(0)
        if ram_hash is None:
            raise EpisodeError("the environment failed: reset it first")
        return ram_hash

    def save_state(self) -> bytes:
        """The console's state, for a file that the configuration's ``start`` may name, and for :class:`State`.

        Raises
        ------
        ConfigError
            The backend is "native".
        """
        return self._races.save_state(0)

    def close(self) -> None:
        """Closes the emulator. Closing again does nothing."""
        self._races.close()

"""Many races in one process, as a Gymnasium vector environment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from kartscope.config import Config
from kartscope.envs import RENDER_FPS, open_races, reset_options
from kartscope.errors import ConfigError
from kartscope.spaces import Observations, action_rows, action_space

__all__ = ["RaceVectorEnv"]


class RaceVectorEnv(VectorEnv[Any, Any, Any]):
    """Races on threads of one process: ``gymnasium.make_vec("kartscope/MarioKartDS-v0", num_envs=8)``.

    Observations, rewards and infos are those of Gymnasium's own vector environments over :class:`RaceEnv`. An environment
    that fails, or takes longer than ``deadline``, fails its own episode: it is truncated, ``infos["error"]`` has the reason,
    and the next episode runs in another emulator; the other environments continue.

    Parameters
    ----------
    config, backend, rom_path, save_path, render_mode, **settings
        As for :class:`RaceEnv`.
    num_envs : int
        How many races.
    threads : int, optional
        Threads that step the races besides the calling thread, which helps while it waits for all; by default one fewer
        than processors or races. 0: the calling thread steps all races.
    autoreset_mode : AutoresetMode or str
        NEXT_STEP, SAME_STEP or DISABLED, as in Gymnasium. With SAME_STEP, ``infos["final_obs"]`` and
        ``infos["final_info"]`` are the last ones of episodes that ended.
    deadline : float, optional
        Seconds that one race may take for a step or reset; needs at least one thread. Can be changed at any time.
    """

    def __init__(
        self,
        config: Config = None,
        *,
        num_envs: int = 1,
        backend: str = "emulator",
        rom_path: str | os.PathLike[str] | None = None,
        save_path: str | os.PathLike[str] | None = None,
        render_mode: str | None = None,
        threads: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        deadline: float | None = None,
        **settings: Any,
    ) -> None:
        if num_envs < 1:
            raise ConfigError(f"num_envs: expected at least 1, found {num_envs!r}")
        if render_mode not in (None, "rgb_array"):
            raise ConfigError(f"render_mode: expected None or 'rgb_array', found {render_mode!r}")
        self.autoreset_mode = _mode(autoreset_mode)
        self.metadata = {
            "render_modes": ["rgb_array"],
            "render_fps": RENDER_FPS,
            "autoreset_mode": self.autoreset_mode,
        }
        if threads is None:
            threads = min(num_envs, len(os.sched_getaffinity(0)))
            # The calling thread helps, but with a deadline it can't, since it can't be abandoned.
            threads = threads if deadline is not None else threads - 1
        self.config, self._races = open_races(
            config,
            settings,
            backend=backend,
            rom_path=rom_path,
            save_path=save_path,
            render_mode=render_mode,
            count=num_envs,
            threads=threads,
            autoreset=self.autoreset_mode.name.lower(),
            deadline=deadline,
        )
        self.num_envs = num_envs
        self.render_mode = render_mode
        self._observations = Observations(self._races)
        self.observation_fields = self._observations.fields
        self.single_observation_space = self._observations.space
        self.single_action_space = action_space(self._races)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Begins an episode in each race, or in those that ``options["reset_mask"]`` marks (bool, one a race).

        A single seed is the first race's; the others count up from it. The other options are those of
        :meth:`RaceEnv.reset`.
        """
        if seed is None:
            seeds: list[int | None] = [None] * self.num_envs
        elif isinstance(seed, (int, np.integer)):
            seeds = [int(seed) + index for index in range(self.num_envs)]
        else:
            seeds = list(seed)
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        if mask is not None:
            mask = np.asarray(mask)
            if mask.dtype != np.bool_ or mask.shape != (self.num_envs,):
                raise ConfigError(
                    f"options['reset_mask']: expected bool of shape ({self.num_envs},), "
                    f"found {mask.dtype} of shape {mask.shape}"
                )
        self._races.reset(seeds, mask=mask, **reset_options(options))
        mask = np.ones(self.num_envs, np.bool_) if mask is None else mask
        return self._observations.made_of(self._races.observations()), self._infos(mask)

    def step(self, actions: Any) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Acts once in each race; shapes (num_envs, ...)."""
        self._races.step(action_rows(self.single_action_space, actions, self.num_envs))
        rewards, terminated, truncated = self._races.outcomes()
        observations = self._observations.made_of(self._races.observations())
        return observations, rewards, terminated, truncated, self._infos(np.ones(self.num_envs, np.bool_))

    def send(self, indices: Sequence[int], actions: Any) -> None:
        """Sends actions to some races, without waiting; :meth:`receive` returns the results in the order in which they finish."""
        indices = [int(index) for index in indices]
        self._races.send(indices, action_rows(self.single_action_space, actions, len(indices)))

    def receive(
        self, count: int = 1
    ) -> tuple[np.ndarray, Any, np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Waits until at least ``count`` of the races with pending actions are ready.

        Returns
        -------
        indices : int64 (n,)
            The numbers of the ready races, in the order in which they finished; empty if no actions are pending.
        observations, rewards, terminated, truncated
            Their results, of shapes (n, ...).
        infos : list of dict
            One for each of these races.
        """
        indices = self._races.receive(count)
        rewards, terminated, truncated = self._races.outcomes()
        infos = self._races.infos()
        observations = None
        if indices:
            observations = self._observations.made_of(self._races.observations(indices))
        return (
            np.array(indices, np.int64),
            observations,
            rewards[indices],
            terminated[indices],
            truncated[indices],
            [infos[index] for index in indices],
        )

    def render(self) -> tuple[Any, ...] | None:
        """The picture of each race, as :meth:`RaceEnv.render` gives it; None without ``render_mode``."""
        if self.render_mode is None:
            return None
        return tuple(self._races.render(index) for index in range(self.num_envs))

    @property
    def deadline(self) -> float | None:
        """Seconds that one race may take for a step or reset, pending ones included; None for no limit."""
        return self._races.deadline

    @deadline.setter
    def deadline(self, seconds: float | None) -> None:
        self._races.deadline = seconds

    def ram_hashes(self) -> list[int | None]:
        """A 64-bit hash of each race's main RAM; None for a race that failed."""
        return [self._races.ram_hash(index) for index in range(self.num_envs)]

    def close_extras(self, **kwargs: Any) -> None:
        """Closes the emulators."""
        self._races.close()

    def _infos(self, mask: np.ndarray) -> dict[str, Any]:
        """Infos as in Gymnasium's vector environments: an array for each key, and a mask of the races that have it."""
        columns = self._races.info_columns()
        outcomes = self._races.infos()
        rewards = columns.pop("rewards")
        succeeded = mask & np.array(["race_started" in info for info in outcomes])
        infos: dict[str, Any] = {}
        for name, values in columns.items():
            infos |= _masked(name, values, succeeded)
        inner: dict[str, Any] = {}
        for name, values in rewards.items():
            inner |= _masked(name, values, succeeded)
        infos |= {"rewards": inner, "_rewards": succeeded.copy()}
        for key in ("ended_by", "error"):
            infos |= self._texts(key, outcomes, mask)
        if self.autoreset_mode == AutoresetMode.SAME_STEP:
            infos |= self._finals()
        return infos

    def _texts(self, key: str, outcomes: list[dict[str, Any]], mask: np.ndarray) -> dict[str, Any]:
        has = mask & np.array([key in info for info in outcomes])
        if not has.any():
            return {}
        texts = np.full(self.num_envs, None, dtype=object)
        for index in np.flatnonzero(has):
            texts[index] = outcomes[index][key]
        return {key: texts, f"_{key}": has}

    def _finals(self) -> dict[str, Any]:
        """The last observations and infos of episodes that ended in this step."""
        finals = [self._races.final_observation(index) for index in range(self.num_envs)]
        has = np.array([final is not None for final in finals])
        if not has.any():
            return {}
        observations = np.full(self.num_envs, None, dtype=object)
        infos: dict[str, Any] = {}
        for index, final in enumerate(finals):
            if final is not None:
                observations[index] = self._observations.made_of(final)
                infos = self._add_info(infos, self._races.final_info(index), index)
        return {"final_obs": observations, "_final_obs": has, "final_info": infos, "_final_info": has.copy()}


def _masked(name: str, values: np.ndarray, mask: np.ndarray) -> dict[str, np.ndarray]:
    values[~mask] = 0
    return {name: values, f"_{name}": mask.copy()}


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    if isinstance(mode, AutoresetMode):
        return mode
    for candidate in AutoresetMode:
        if mode.upper().replace("-", "_") in (candidate.name, candidate.value.upper()):
            return candidate
    raise ConfigError(f"autoreset_mode: expected NEXT_STEP, SAME_STEP or DISABLED, found {mode!r}")

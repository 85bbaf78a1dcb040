"""Gymnasium's spaces for the Rust side's observations and actions, and conversion of actions for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from kartscope._native import Races
from kartscope.errors import ActionError

__all__ = ["Observations", "action_rows", "action_space"]


class Observations:
    """Converts the fields of an observation to Gymnasium's form: a dictionary, or the array of a single field."""

    def __init__(self, races: Races) -> None:
        self.fields = races.fields()
        self.names = [field["name"] for field in self.fields]
        boxes: dict[str, spaces.Space[Any]] = {
            field["name"]: spaces.Box(
                np.full(field["shape"], field["low"], field["dtype"]),
                np.full(field["shape"], field["high"], field["dtype"]),
                dtype=np.dtype(field["dtype"]).type,
            )
            for field in self.fields
        }
        self.is_single = len(boxes) == 1
        self.space: spaces.Space[Any] = boxes[self.names[0]] if self.is_single else spaces.Dict(boxes)

    def made_of(self, arrays: list[np.ndarray]) -> Any:
        """The observation made of these arrays."""
        return arrays[0] if self.is_single else dict(zip(self.names, arrays, strict=True))


def action_space(races: Races) -> spaces.Space[Any]:
    """The space of one environment's actions."""
    kind, sizes = races.actions()
    if kind == "discrete":
        return spaces.Discrete(sizes[0])
    if kind == "multi_discrete":
        return spaces.MultiDiscrete(sizes)
    return spaces.MultiBinary(sizes[0])


def action_rows(space: spaces.Space[Any], actions: Any, count: int) -> np.ndarray:
    """Actions as int64 of shape (count, numbers), one row an environment.

    Raises
    ------
    ActionError
        They are of another shape, or no whole numbers. The Rust side checks that they are inside the space.
    """
    width = int(np.prod(space.shape)) if space.shape else 1
    shape = (count, width)
    try:
        array = np.asarray(actions)
    except ValueError as error:
        raise ActionError(f"action: {error}") from None
    if array.dtype.kind not in "iub":
        raise ActionError(f"action: expected whole numbers of {space}, found {actions!r}")
    if array.size != shape[0] * shape[1] or (shape[1] > 1 and array.shape[-1] != shape[1]):
        raise ActionError(f"action: expected shape {shape} for {count} of {space}, found {array.shape}")
    if isinstance(space, spaces.MultiBinary) and array.dtype.kind != "b" and np.any((array != 0) & (array != 1)):
        raise ActionError(f"action: expected 0 and 1 of {space}, found {actions!r}")
    if array.dtype.kind == "u" and np.any(array > np.iinfo(np.int64).max):
        raise ActionError(f"action: expected one of {space}, found {actions!r}")
    return np.ascontiguousarray(array.reshape(shape), dtype=np.int64)

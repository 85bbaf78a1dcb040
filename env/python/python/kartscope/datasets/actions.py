"""The DS keypad as the driver's action, and back."""

import numpy as np

from kartscope import _native

COMPONENTS = tuple(_native.ACTION_COMPONENTS)
"""The components of the environments' `MultiDiscrete` action, in order."""

CLASSES = tuple(_native.ACTION_COMPONENTS.values())
"""How many classes each component has; steering's are left, straight, right."""


def action_columns(buttons: np.ndarray) -> dict[str, np.ndarray]:
    """The `action.*` columns that follow from keypad words of shape (rows,)."""
    return _native.action_columns(np.asarray(buttons).astype(np.uint16))


def components(columns: dict[str, np.ndarray]) -> np.ndarray:
    """The `action.*` columns as classes of the environments' action, (rows, 5) of int64."""
    first = {"steer": -1}
    return np.stack([columns[f"action.{name}"].astype(np.int64) - first.get(name, 0) for name in COMPONENTS], axis=1)


def buttons_of(actions: np.ndarray) -> np.ndarray:
    """The keypad words, (rows,) of uint16, of actions as classes, (rows, 5).

    Raises
    ------
    DatasetError
        Another shape, or a class that its component does not have.
    """
    return _native.buttons_of(np.asarray(actions, np.float64))

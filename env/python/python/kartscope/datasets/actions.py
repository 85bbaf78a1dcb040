"""What is held on a console's pad as the driver's action, and back."""

import numpy as np

from kartscope import _native

COMPONENTS = tuple(_native.ACTION_COMPONENTS)
"""The components of the environments' action `driving`, in order."""

BUTTONS = COMPONENTS[:-1]
"""Those that are a button each: all but steering."""

REACH = _native.STICK_REACH
"""How far the environments' action `stick` moves the stick to each side."""


def action_columns(buttons: np.ndarray, stick: np.ndarray | None = None, console: str = "ds") -> dict[str, np.ndarray]:
    """The `action.*` columns that follow from what is held on a console's pad.

    `buttons` are the console's own bits, of shape (rows,); `stick` is where the stick is, to the right and up, of shape
    (rows, 2), at rest when left out.

    Raises
    ------
    DatasetError
        There is no such console, or the stick has another shape.
    """
    buttons = np.asarray(buttons).astype(np.uint16)
    stick = np.zeros((buttons.size, 2)) if stick is None else np.asarray(stick)
    return _native.action_columns(console, buttons, stick.astype(np.int8))


def stick_of(columns: dict[str, np.ndarray]) -> np.ndarray | None:
    """Where the stick is in a dataset's rows, (rows, 2); None on a console without one."""
    return np.stack([columns["stick_x"], columns["stick_y"]], axis=1) if "stick_x" in columns else None


def classes(console: str) -> tuple[int, ...]:
    """How many classes each component of :func:`components` has."""
    driving = _native.ACTION_COMPONENTS
    if console == "ds":
        return tuple(driving.values())
    return (2 * REACH + 1, 2 * REACH + 1, *(driving[name] for name in BUTTONS))


def components(columns: dict[str, np.ndarray]) -> np.ndarray:
    """What was held in a dataset's rows as classes of an action of the console's environments, (rows, components) of int64.

    On the DS that is the action `driving`: accelerate, brake, drift, item, and steering left, straight, right. On the
    Nintendo 64, whose rows have a stick, it is `{"stick": {"reach": 80, "buttons": ["a", "b", "r", "z"]}}`: where the stick is, to the right and up, from
    -80 (class 0) to 80, which is as far as a controller's goes; then accelerate, brake, drift, item.
    """
    buttons = [columns[f"action.{name}"] for name in BUTTONS]
    stick = stick_of(columns)
    if stick is None:
        parts = [*buttons, columns["action.steer"] + 1]
    else:
        parts = [*(np.clip(stick.astype(np.int64), -REACH, REACH) + REACH).T, *buttons]
    return np.stack([part.astype(np.int64) for part in parts], axis=1)


def buttons_of(actions: np.ndarray) -> np.ndarray:
    """The DS's keypad words, (rows,) of uint16, of actions as classes, (rows, 5).

    Raises
    ------
    DatasetError
        Another shape, or a class that its component does not have.
    """
    return _native.buttons_of(np.asarray(actions, np.float64))

"""The DS keypad as the driver's action, and back."""

import numpy as np

from .problems import mismatch

A, B, RIGHT, LEFT, R, L, X = 1, 2, 16, 32, 256, 512, 1024
"""Bits of the keypad word."""

COMPONENTS = ("accelerate", "brake", "drift", "item", "steer")
"""The components of the environments' `MultiDiscrete` action, in order."""

CLASSES = (2, 2, 2, 2, 3)
"""How many classes each component has; steering's are left, straight, right."""


def action_columns(buttons: np.ndarray) -> dict[str, np.ndarray]:
    """The `action.*` columns that follow from keypad words of shape (rows,)."""
    held = lambda bits: (buttons & bits) != 0
    return {
        "action.steer": held(RIGHT).astype(np.int8) - held(LEFT).astype(np.int8),
        "action.accelerate": held(A),
        "action.brake": held(B),
        "action.drift": held(R),
        "action.item": held(X | L),
    }


def components(columns: dict[str, np.ndarray]) -> np.ndarray:
    """The `action.*` columns as classes of the environments' action, (rows, 5) of int64."""
    flags = [columns[f"action.{name}"].astype(np.int64) for name in COMPONENTS[:-1]]
    return np.stack([*flags, columns["action.steer"].astype(np.int64) + 1], axis=1)


def buttons_of(actions: np.ndarray) -> np.ndarray:
    """The keypad words, (rows,) of uint16, of actions as classes, (rows, 5).

    Raises
    ------
    DatasetError
        Another shape, or a class that its component does not have.
    """
    actions = np.asarray(actions)
    if actions.ndim != 2 or actions.shape[1] != len(CLASSES):
        raise mismatch("actions", "shape", f"(rows, {len(CLASSES)})", actions.shape)
    wrong = ~np.isin(actions, range(max(CLASSES))) | (actions >= CLASSES)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise mismatch("actions", f"row {row}", f"{COMPONENTS[column]} below {CLASSES[column]}", actions[row, column])
    accelerate, brake, drift, item, steer = actions.T
    word = A * (accelerate == 1) + B * (brake == 1) + R * (drift == 1) + X * (item == 1)
    return (word + LEFT * (steer == 0) + RIGHT * (steer == 2)).astype(np.uint16)

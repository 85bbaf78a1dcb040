"""An emulator in a window."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kartscope._native import Window

if TYPE_CHECKING:
    from kartscope._native import Emulator

__all__ = ["EmulatorWindow"]

WIDTH, HEIGHT = 256, 384
LOWER_SCREEN = 192


class Pace:
    """Waits for the time of each frame.

    Parameters
    ----------
    fps : float or None
        Frames a second; None for no limit.
    """

    def __init__(self, fps: float | None) -> None:
        if fps is not None and not fps > 0:
            raise ValueError(f"fps: expected a number above 0 or None, found {fps}")
        self._frame_time = 0.0 if fps is None else 1.0 / fps
        self._next_frame = time.monotonic()

    def wait(self) -> None:
        """Waits until it is time for the next frame."""
        now = time.monotonic()
        if now < self._next_frame:
            time.sleep(self._next_frame - now)
        # After a delay, the schedule restarts from now instead of catching up.
        self._next_frame = max(now, self._next_frame) + self._frame_time


class EmulatorWindow:
    """A window that shows an emulator's screens and takes the keyboard and, as the stylus, the mouse.

    WASD or the arrow keys steer, X is A, Z is B, U is X, I is Y, Q is L, E is R, space or Enter is Start, Backspace or
    the right Shift is Select. It belongs to the thread that made it.

    Parameters
    ----------
    emulator : Emulator
        The emulator to show.
    scale : int
        Screen pixels for each of the console's: 1, 2, 4 or 8.
    fps : float or None
        The frame rate that ``draw`` keeps: the console's own 59.8261; None for no limit.

    Raises
    ------
    DisplayError
        There is no display.
    """

    def __init__(self, emulator: Emulator, scale: int = 2, fps: float | None = 59.8261) -> None:
        self._pace = Pace(fps)
        self._emulator = emulator
        self._window = Window(WIDTH, HEIGHT, scale=scale, title="kartscope")

    def process_input(self) -> None:
        """Reads the keyboard and mouse, and holds the buttons on the emulator."""
        self._window.update()
        keypad = self._emulator.input
        keypad.keypad_update(self._window.keys())
        touch = self._window.touch()
        if touch is not None and touch[1] >= LOWER_SCREEN:
            keypad.touch_set_pos(touch[0], touch[1] - LOWER_SCREEN)
        else:
            keypad.touch_release()

    def draw(self) -> None:
        """Shows the screens as last drawn, and waits for the time of the next frame."""
        self._window.show(self._emulator.screens())
        self._pace.wait()

    def has_quit(self) -> bool:
        """Whether the window was closed."""
        return not self._window.is_open

    def destroy(self) -> None:
        """Closes the window; may be called again."""
        self._window.close()

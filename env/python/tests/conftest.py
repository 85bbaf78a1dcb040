"""Fixtures of many tests."""

import os
import signal
from collections.abc import Iterator

import pytest

import kartscope


def pytest_configure() -> None:
    """Ctrl-C interrupts, also in tests that a shell runs in the background, where it would be ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The tests use the bundled game, also if the user's environment sets another ROM.
    os.environ.pop("KARTSCOPE_ROM", None)


@pytest.fixture
def emu() -> Iterator[kartscope.Emulator]:
    """The bundled game at power-on."""
    with kartscope.Emulator() as emulator:
        emulator.open()
        yield emulator


@pytest.fixture(scope="session")
def race_state() -> kartscope.State:
    """The bundled game's oval, 420 frames into a race, at full speed."""
    with kartscope.Emulator() as emulator:
        emulator.open()
        emulator.enter_race("F8C")
        emulator.step(kartscope.Keys.A, frames=420)
        return emulator.save_state()


@pytest.fixture
def racing(emu: kartscope.Emulator, race_state: kartscope.State) -> kartscope.Emulator:
    """An emulator in that race."""
    emu.load_state(race_state)
    return emu

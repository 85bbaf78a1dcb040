"""What many tests start from."""

from collections.abc import Iterator

import pytest

import kartscope


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

"""Mario Kart DS from the inside: emulators, typed memory, movies, ghosts, courses and datasets.

The default game everywhere is the package's own, a DS kart racer that keeps its state in RAM where Mario Kart DS keeps
it. If you own Mario Kart DS, ``rom_path`` selects your ROM instead.

>>> import kartscope
>>> emu = kartscope.MarioKart()
>>> emu.open()
>>> emu.enter_race("F8C")
>>> emu.step(kartscope.Keys.A, frames=420)
>>> emu.memory.driver.position.shape, emu.memory.driver.forward_speed > 1.0
((3,), True)
>>> emu.close()
"""

from collections.abc import Mapping as _Mapping

from kartscope._native import (
    FRAME,
    ROM_SHA256,
    Course,
    Dataset,
    Emulator,
    Ghost,
    Input,
    Memory,
    Movie,
    Movies,
    Node,
    Save,
    State,
    Window,
    __version__,
)
from kartscope.config import make_config
from kartscope.envs import RaceEnv
from kartscope.errors import (
    ActionError,
    ClosedError,
    ConfigError,
    CourseError,
    DatasetError,
    DisplayError,
    ElementError,
    EmulatorError,
    EpisodeError,
    Error,
    FieldValueError,
    ForkError,
    FormatError,
    HaltedError,
    MovieError,
    NothingThereError,
    PathError,
    RaceError,
    RamError,
    ResetNeededError,
    RomError,
    StateError,
)
from kartscope.names import Keys, Material
from kartscope.registration import register_envs
from kartscope.vector import RaceVectorEnv
from kartscope.window import EmulatorWindow

MarioKart = Emulator

register_envs()
_Mapping.register(Save)

__all__ = [
    "FRAME",
    "ROM_SHA256",
    "ActionError",
    "ClosedError",
    "ConfigError",
    "Course",
    "CourseError",
    "Dataset",
    "DatasetError",
    "DisplayError",
    "ElementError",
    "Emulator",
    "EmulatorError",
    "EmulatorWindow",
    "EpisodeError",
    "Error",
    "FieldValueError",
    "ForkError",
    "FormatError",
    "Ghost",
    "HaltedError",
    "Input",
    "Keys",
    "MarioKart",
    "Material",
    "Memory",
    "Movie",
    "MovieError",
    "Movies",
    "Node",
    "NothingThereError",
    "PathError",
    "RaceEnv",
    "RaceError",
    "RaceVectorEnv",
    "RamError",
    "ResetNeededError",
    "RomError",
    "Save",
    "State",
    "StateError",
    "Window",
    "__version__",
    "make_config",
]

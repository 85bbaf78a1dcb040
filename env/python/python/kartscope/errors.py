"""The exceptions: all derive from :class:`Error`, and from the matching built-in exception.

For files that cannot be opened Python's own exceptions are raised: :class:`FileNotFoundError` and its like, with the file's name.
"""

__all__ = [
    "ActionError",
    "ClosedError",
    "ConfigError",
    "CourseError",
    "DatasetError",
    "DisplayError",
    "ElementError",
    "EmulatorError",
    "EpisodeError",
    "Error",
    "FieldValueError",
    "ForkError",
    "FormatError",
    "HaltedError",
    "MovieError",
    "NothingThereError",
    "PathError",
    "RaceError",
    "RamError",
    "ResetNeededError",
    "RomError",
    "StateError",
]


class Error(Exception):
    """The base of all exceptions of kartscope."""


class RomError(Error, ValueError):
    """The bytes are no Nintendo DS ROM, or the ROM of another game."""


class EmulatorError(Error, RuntimeError):
    """The emulator could not be loaded, set up or run."""


class HaltedError(EmulatorError):
    """The console halted. It stays so until it is reset or a state is loaded."""


class ClosedError(EmulatorError):
    """No ROM is open: :meth:`Emulator.open` was not called yet, or :meth:`Emulator.close` was."""


class ForkError(EmulatorError):
    """The emulator was opened before this process was forked. It belongs to the parent: open one here."""


class StateError(Error, ValueError):
    """The bytes are no save state, or one of another ROM, CPU mode, timing or clock."""


class RamError(Error, RuntimeError):
    """Main RAM does not hold the requested structure: another game's RAM, or invalid pointers."""


class NothingThereError(Error, LookupError):
    """A pointer on the path to a field is null, as all pointers are outside a race."""


class PathError(Error, AttributeError, LookupError):
    """There is no such field; the message lists the existing ones."""


class ElementError(Error, IndexError):
    """There is no element with this index."""


class FieldValueError(Error, ValueError):
    """The field cannot hold this value."""


class RaceError(Error, RuntimeError):
    """The menus did not lead to the requested race, or the race did not go as expected."""


class FormatError(Error, ValueError):
    """A file does not conform to its format, or a value does not fit the format."""


class MovieError(FormatError):
    """A movie is damaged, or was made with another ROM."""


class CourseError(FormatError):
    """There is no such course, or its files are damaged."""


class DatasetError(Error, ValueError):
    """A dataset is damaged or incomplete."""


class DisplayError(Error, RuntimeError):
    """There is no display for a window."""


class ConfigError(Error, ValueError):
    """A configuration, or a file that it names, is invalid."""


class ActionError(Error, ValueError):
    """An action is outside the action space. Nothing was stepped."""


class ResetNeededError(Error, RuntimeError):
    """There is no running episode to step: it has not begun, or has ended."""


class EpisodeError(Error, RuntimeError):
    """An environment failed in the middle of its episode, or could not be made. A reset makes a new one."""

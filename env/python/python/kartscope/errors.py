"""What can go wrong, as exceptions: all are :class:`Error`, and the built-in kind that fits besides.

Files that cannot be opened are the system's own business: :class:`FileNotFoundError` and its like, with the file's name.
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
    """Anything that kartscope has to say against a call."""


class RomError(Error, ValueError):
    """The bytes are no Nintendo DS ROM, or not one that the call is for."""


class EmulatorError(Error, RuntimeError):
    """The emulator could not be loaded, set up or run on."""


class HaltedError(EmulatorError):
    """The console halted. It stays so until it is reset or a state is loaded."""


class ClosedError(EmulatorError):
    """No ROM is open: :meth:`Emulator.open` was not called yet, or :meth:`Emulator.close` was."""


class ForkError(EmulatorError):
    """The emulator was opened before this process was forked. It belongs to the parent: open one here."""


class StateError(Error, ValueError):
    """The bytes are no save state, or one of another ROM, CPU mode, timing or clock."""


class RamError(Error, RuntimeError):
    """Main RAM does not hold what was to be read: another game, or pointers that lead nowhere."""


class NothingThereError(Error, LookupError):
    """A pointer on the way to a field is null, as all are while there is no race."""


class PathError(Error, AttributeError, LookupError):
    """There is no such field; the message lists those that there are."""


class ElementError(Error, IndexError):
    """There is no element with this index."""


class FieldValueError(Error, ValueError):
    """The field cannot hold this value."""


class RaceError(Error, RuntimeError):
    """The menus did not lead to the race that was asked for, or it went otherwise than it should."""


class FormatError(Error, ValueError):
    """A file is not what its format says it must be, or a value does not fit the format."""


class MovieError(FormatError):
    """A movie is damaged, or was made with another ROM."""


class CourseError(FormatError):
    """There is no such course, or its files are damaged."""


class DatasetError(Error, ValueError):
    """A dataset is not whole."""


class DisplayError(Error, RuntimeError):
    """There is no display to open a window on."""


class ConfigError(Error, ValueError):
    """A configuration, or a file that it names, is not what it should be."""


class ActionError(Error, ValueError):
    """An action lies outside the action space. Nothing was stepped."""


class ResetNeededError(Error, RuntimeError):
    """There is no running episode to step: it has not begun, or is over."""


class EpisodeError(Error, RuntimeError):
    """An environment failed in the middle of its episode, or could not be made. A reset makes a new one."""

"""How this package says what is wrong."""

from importlib import import_module
from types import ModuleType

from kartscope.errors import DatasetError


def mismatch(path, place, expected, found) -> DatasetError:
    """A file or a value holds something else than it should."""
    return DatasetError(f"{path}: {place}: expected {expected}, found {found}")


def optional(name: str) -> ModuleType:
    """A module of a package that kartscope itself does without.

    Raises
    ------
    ModuleNotFoundError
        It is not installed; the message says so.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        package = name.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        message = f"kartscope.datasets needs the optional package {package} for this: pip install {package}"
        raise ModuleNotFoundError(message, name=package) from error

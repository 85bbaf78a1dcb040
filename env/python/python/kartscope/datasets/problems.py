"""Exceptions for wrong datasets and missing packages."""

from importlib import import_module
from types import ModuleType

from kartscope.errors import DatasetError


def mismatch(path, place, expected, found) -> DatasetError:
    """The exception for a file or value with unexpected content."""
    return DatasetError(f"{path}: {place}: expected {expected}, found {found}")


def optional(name: str) -> ModuleType:
    """Imports a module of an optional package.

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

"""Folders appear under their final names whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import tempfile


def refuse_existing(target: Path) -> None:
    """Raises FileExistsError if there is anything at `target`."""
    if os.path.lexists(target):
        raise FileExistsError(f"{target}: is there already")


@contextmanager
def staged(target) -> Iterator[Path]:
    """Gives an empty folder to fill, and moves it to `target` at the end.

    An exception on the way, or another folder at `target` by then, leaves nothing behind.

    Raises
    ------
    FileExistsError
        There is something at `target`.
    """
    target = Path(target)
    refuse_existing(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as temporary:
        folder = Path(temporary, "folder")
        folder.mkdir()
        yield folder
        for path in folder.rglob("*"):
            if path.is_file():
                _flush(path)
        refuse_existing(target)
        folder.rename(target)


def _flush(path: Path) -> None:
    """A rename can reach the disk before the data it names."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())

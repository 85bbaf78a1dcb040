"""Writing folders atomically, each by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import shutil


def refuse_existing(target: Path) -> None:
    """Raises FileExistsError if there is anything at `target`."""
    if os.path.lexists(target):
        raise FileExistsError(f"{target}: is there already")


@contextmanager
def staged(target) -> Iterator[Path]:
    """Yields an empty folder to fill, and moves it to `target` at the end.

    The folder is `.NAME.kartscope-part` beside `target`. An exception on the way, or another folder at `target` by
    then, leaves nothing behind. What a killed process left is removed by the next one that writes the same target.

    Raises
    ------
    FileExistsError
        There is something at `target`.
    BlockingIOError
        Another process writes `target`.
    """
    target = Path(target)
    refuse_existing(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.kartscope-part")
    with _locked(folder, target):
        try:
            yield folder
            for path in folder.rglob("*"):
                if path.is_file():
                    _flush(path)
            refuse_existing(target)
            folder.rename(target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@contextmanager
def _locked(folder: Path, target: Path) -> Iterator[None]:
    """Holds a lock on the folder, which is made, or emptied of what a killed process left.

    The lock ends with the process, however that ends.
    """
    while True:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BlockingIOError(f"{target}: another process writes it") from None
            # The previous writer may have moved or removed the folder in between.
            if _is_at(descriptor, folder):
                _empty(folder)
                yield
                return
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(folder))
    except FileNotFoundError:
        return False


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _flush(path: Path) -> None:
    """A rename can reach the disk before the data it names."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())

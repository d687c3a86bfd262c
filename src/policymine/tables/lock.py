"""Locks of the operating system, which end with the process however that ends: one run at a time in a folder, and
what a process that is gone left unfinished."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

LOCK = ".policymine-lock"
_HELD = (BlockingIOError, PermissionError)


class FolderLock:
    """Holds a folder from ``acquire`` to ``release``; its file is there only in between (or after a killed run)."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file: int | None = None

    def acquire(self) -> bool:
        """Take the folder; False where another process holds it. A file system without locks lets everyone in.

        Raises:
            OSError: the file of the lock cannot be made.
        """
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _lock(file)
            except _HELD:
                os.close(file)
                return False
            except OSError:
                pass
            if self._is_current(file):
                self._file = file
                return True
            os.close(file)  # the run that held it took the file away meanwhile

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), os.stat(self._path))
        except OSError:
            return False

    def release(self) -> None:
        """Give the folder back; does nothing where it is not held."""
        if self._file is None:
            return
        file, self._file = self._file, None
        if sys.platform == "win32":  # an open file cannot be deleted there
            os.close(file)
            with suppress(OSError):
                self._path.unlink()
        else:
            with suppress(OSError):
                self._path.unlink()
            os.close(file)


def hold(file: int) -> None:
    """Mark an open file as being written, until it is closed; does nothing where the system cannot."""
    if sys.platform != "win32":  # an open file cannot be deleted there anyway
        with suppress(OSError):
            _lock(file)


def remove_left(path: Path) -> None:
    """Delete a file that no process holds; one that is held, or cannot be deleted, stays."""
    with suppress(OSError):
        if sys.platform == "win32":
            path.unlink()
            return
        file = os.open(path, os.O_RDWR)
        try:
            _lock(file)
            path.unlink()
        finally:
            os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

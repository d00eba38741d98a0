"""The lock on the state folder: whoever holds it may write there, the service or one command.

Knows nothing of what lies in the folder.
"""

import fcntl
import os
from pathlib import Path


class LockError(Exception):
    """The lock cannot be had; the text says why."""


class Locked(LockError):
    """Somebody else holds the lock: the service, or a command that is under way."""


class StateLock:
    """Holds a lock file for as long as it is taken; the operating system frees it in a crash."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock. Raises `Locked` if it is held, `LockError` if it cannot be made."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LockError(f"{self._path} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            raise Locked(f"{self._path} is held by process {holder or '?'}") from error
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back, if it is taken."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

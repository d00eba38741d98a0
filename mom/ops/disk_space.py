"""Health of the disks: is there room for the database, logs and files? Knows no database."""

from collections.abc import Callable, Iterable
from pathlib import Path

from mom.model.omm import Severity
from mom.ports import Component

COMPONENT = "Disk space"
WARNING_BYTES = 1024**3
ERROR_BYTES = 200 * 1024**2

FreeBytes = Callable[[Path], int]
"""Free bytes of the file system that holds a folder; raises `OSError`."""


class DiskSpace:
    """Looks at the file systems of some folders each time it is asked."""

    def __init__(self, folders: Iterable[Path], free: FreeBytes) -> None:
        self._folders = tuple(folders)
        self._free = free

    def snapshot(self) -> list[Component]:
        """The state of the fullest file system."""
        fullest, least = None, WARNING_BYTES
        for folder in self._folders:
            try:
                free = self._free(folder)
            except OSError as error:
                text = f"{folder} cannot be read: {error.strerror}"
                return [Component(COMPONENT, Severity.ERROR, text)]
            if free < least:
                fullest, least = folder, free
        if fullest is None:
            return [Component(COMPONENT, Severity.OK)]
        severity = Severity.ERROR if least < ERROR_BYTES else Severity.WARNING
        text = f"Only {least // 1024**2} MiB are free for {fullest}"
        return [Component(COMPONENT, severity, text)]

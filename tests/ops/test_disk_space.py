from pathlib import Path

import pytest

from mom.model.omm import Severity
from mom.ops.disk_space import DiskSpace

MIB = 1024**2


@pytest.mark.parametrize(
    ("free", "severity", "reason"),
    [
        (1024 * MIB, Severity.OK, ""),
        (1023 * MIB, Severity.WARNING, "Only 1023 MiB are free for /b"),
        (200 * MIB, Severity.WARNING, "Only 200 MiB are free for /b"),
        (199 * MIB, Severity.ERROR, "Only 199 MiB are free for /b"),
        (0, Severity.ERROR, "Only 0 MiB are free for /b"),
    ],
)
def test_the_fullest_file_system_decides(free: int, severity: Severity, reason: str) -> None:
    sizes = {Path("/a"): 5000 * MIB, Path("/b"): free, Path("/c"): 3000 * MIB}
    (found,) = DiskSpace(sizes, sizes.__getitem__).snapshot()
    assert (found.name, found.severity, found.reason) == ("Disk space", severity, reason)


def test_a_folder_that_cannot_be_read_is_an_error() -> None:
    def fails(folder: Path) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    (found,) = DiskSpace([Path("/a")], fails).snapshot()
    assert found.severity is Severity.ERROR
    assert "/a cannot be read" in found.reason

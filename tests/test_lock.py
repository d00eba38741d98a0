import os
from pathlib import Path

import pytest

from mom.lock import Locked, LockError, StateLock


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    first, second = StateLock(tmp_path / "mom.lock"), StateLock(tmp_path / "mom.lock")
    first.take()
    with pytest.raises(Locked, match=f"process {os.getpid()}"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_lock_file_left_by_a_crash_does_not_lock(tmp_path: Path) -> None:
    (tmp_path / "mom.lock").write_text("99999\n")
    lock = StateLock(tmp_path / "mom.lock")
    lock.take()
    assert (tmp_path / "mom.lock").read_text() == f"{os.getpid()}\n"
    lock.release()


def test_without_its_folder_there_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="cannot be opened"):
        StateLock(tmp_path / "none" / "mom.lock").take()


def test_releasing_what_is_not_taken_changes_nothing(tmp_path: Path) -> None:
    StateLock(tmp_path / "mom.lock").release()
    assert not (tmp_path / "mom.lock").exists()

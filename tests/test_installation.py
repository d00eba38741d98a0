import datetime
import stat
from pathlib import Path

import pytest

from mom import config
from mom.installation import set_up
from mom.office import not_set_up
from mom.store.errors import KeyFileError

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def configuration(folder: Path) -> config.Config:
    text = '[paths]\nstate = "s/t"\nlog = "l"\nresources = "r"\nomm_files = "o"\n'
    return config.parse(text, folder / "mom.toml")


def test_all_that_is_missing_is_made(tmp_path: Path) -> None:
    read = configuration(tmp_path)
    made = set_up(read, ["mom.test"], NOW)
    assert len(made) == 6
    assert stat.S_IMODE(read.paths.state.stat().st_mode) == 0o700
    assert stat.S_IMODE(read.paths.vault_key.stat().st_mode) == 0o600
    assert read.paths.omm_files.is_dir()


def test_a_second_time_nothing_is_made_or_changed(tmp_path: Path) -> None:
    read = configuration(tmp_path)
    set_up(read, ["mom.test"], NOW)
    key = read.paths.vault_key.read_bytes()
    assert set_up(read, ["mom.test"], NOW) == []
    assert read.paths.vault_key.read_bytes() == key


def test_a_database_whose_key_is_missing_gets_no_new_one(tmp_path: Path) -> None:
    read = configuration(tmp_path)
    read.paths.state.mkdir(parents=True)
    (read.paths.state / "mom.db").write_bytes(b"")
    with pytest.raises(KeyFileError, match="is missing"):
        set_up(read, ["mom.test"], NOW)
    assert "put the copy of it back" in not_set_up(read)
    assert not read.paths.vault_key.exists()

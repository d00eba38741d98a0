import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from mom.config import Config, parse
from mom.inspection import inspect
from mom.store.errors import OpenRefused
from mom.store.store import Store
from mom.store.vault import KEY_BYTES, Vault
from tests.system.processes import free_port, reactor

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of somebody without special rights, whom this process is meanwhile."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as made:
        if is_root:
            os.chown(made, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        yield Path(made)
        if is_root:
            os.seteuid(0)


def configured(folder: Path, more: str = "") -> Config:
    text = "".join(f'{key} = "{key}"\n' for key in ("state", "log", "resources", "omm_files"))
    return parse(f"[paths]\n{text}{more}", folder / "mom.toml")


def test_where_nothing_was_set_up_nothing_hinders(tmp_path: Path) -> None:
    assert inspect(configured(tmp_path)) == []


def test_a_folder_that_may_not_be_written_is_named(folder: Path) -> None:
    (folder / "state").mkdir(mode=0o500)
    (folder / "log").mkdir(mode=0o300)
    state, log = inspect(configured(folder))[:2]
    assert f"may not read and write {folder / 'state'}; " in state
    assert f"chmod u+rwX {folder / 'log'}" in log


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
@ensureDeferred
async def test_a_file_of_the_database_that_may_not_be_written_is_refused_and_named(
    folder: Path, end: str
) -> None:
    (folder / "state").mkdir()
    config = configured(folder)
    file = folder / "state" / f"mom.db{end}"
    file.write_bytes(b"")
    file.chmod(0o444)
    with pytest.raises(OpenRefused, match=f"may not read and write {file}; ") as refused:
        await Store.open(config.database.url, Vault(bytes(KEY_BYTES)), reactor, lambda: 0.0)
    assert inspect(config) == [f"url in [database]: {refused.value}"]


def test_an_address_of_another_machine_is_no_place_to_listen(tmp_path: Path) -> None:
    text = (
        '[listen]\nhttps = "tcp:8443:interface=192.0.2.1"\nhttp = "tcp:8080:interface=127.0.0.1"\n'
    )
    assert inspect(configured(tmp_path, text)) == [
        "https in [listen]: 192.0.2.1 is no address of this machine"
    ]


def test_a_postgresql_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    url = f"postgresql://mom:planted@127.0.0.1:{free_port()}/mom"
    (told,) = inspect(configured(tmp_path, f'[database]\nurl = "{url}"\n'))
    assert "url in [database]: the database cannot be opened: " in told
    assert "Connection refused" in told
    assert "planted" not in told


def test_a_database_that_answers_is_in_order(tmp_path: Path, url: str) -> None:
    assert inspect(configured(tmp_path, f'[database]\nurl = "{url}"\n')) == []

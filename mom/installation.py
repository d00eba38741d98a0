"""Setting up an installation: folders, keys, certificate. What is there already stays as it is.

Knows no database; the default account is made when the database is opened for the first time.
"""

import datetime
from collections.abc import Sequence
from pathlib import Path

from mom.config import Config
from mom.store.errors import KeyFileError
from mom.store.vault import Vault
from mom.web.certificates import ensure_pair

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def set_up(config: Config, hosts: Sequence[str], now: datetime.datetime) -> list[str]:
    """Make what is missing; returns a line for each thing that was made.

    Raises `OSError`, `KeyFileError` and `CertificateError`. A database whose key is missing gets
    no new one: it would only hide what has happened.
    """
    paths = config.paths
    if config.key_is_lost:
        raise KeyFileError(f"{paths.vault_key} is missing, and the database needs it; put it back")
    made = []
    for folder, mode in (
        (paths.state, 0o700),
        (paths.log, 0o750),
        (paths.resources, 0o755),
        (paths.omm_files, 0o750),
    ):
        if _make_folder(folder, mode):
            made.append(f"made the folder {folder}")
    if not paths.vault_key.exists():
        Vault.create(paths.vault_key)
        made.append(f"made the key of the database, {paths.vault_key}: keep a copy in a safe place")
    if ensure_pair(paths.certificates, [*dict.fromkeys([*hosts, *LOOPBACK])], now):
        made.append(f"made a self-signed certificate in {paths.certificates}")
    return made


def _make_folder(folder: Path, mode: int) -> bool:
    if folder.is_dir():
        return False
    folder.mkdir(parents=True, mode=mode)
    return True

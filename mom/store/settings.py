"""The tables of settings (JSON values by key), of the licence file, and of what proves the key.

It must not know what a setting means.
"""

import typing

import msgspec
from sqlalchemy.engine import Connection

from mom.store.database import Database
from mom.store.errors import Unopenable, WrongKey
from mom.store.vault import Vault

_LICENCE = "licence"
_PROOF = "vault"
_PROOF_TEXT = b"this database belongs to this key"


class SettingRows:
    """Writes and reads settings and the licence."""

    def __init__(self, database: Database) -> None:
        self._put_setting = database.upsert("settings", ("key",), ("key", "value"))
        self._put_fact = database.upsert("facts", ("key",), ("key", "value"))
        self._get_fact = database.sql("SELECT value FROM facts WHERE key = ?")
        self._delete_fact = database.sql("DELETE FROM facts WHERE key = ?")

    def put(self, connection: Connection, settings: dict[str, object]) -> None:
        """Insert or update values that can be written as JSON."""
        rows: list[tuple[object, ...]] = [
            (key, msgspec.json.encode(value).decode()) for key, value in settings.items()
        ]
        if rows:
            connection.exec_driver_sql(self._put_setting, rows)

    def every(self, connection: Connection) -> dict[str, typing.Any]:
        """All settings by key."""
        rows = connection.exec_driver_sql("SELECT key, value FROM settings ORDER BY key")
        return {key: msgspec.json.decode(value) for key, value in rows}

    def put_licence(self, connection: Connection, file: bytes) -> None:
        """Keep the licence file as it was imported; an empty one takes it away."""
        if file:
            connection.exec_driver_sql(self._put_fact, (_LICENCE, file))
        else:
            connection.exec_driver_sql(self._delete_fact, (_LICENCE,))

    def licence(self, connection: Connection) -> bytes:
        """The licence file, empty if there is none."""
        value = connection.exec_driver_sql(self._get_fact, (_LICENCE,)).scalar()
        return bytes(value) if value is not None else b""

    def prove_key(self, connection: Connection, vault: Vault) -> None:
        """Make sure that this key encrypted this database; a new one is marked as its own.

        Raises `WrongKey`.
        """
        proof = connection.exec_driver_sql(self._get_fact, (_PROOF,)).scalar()
        if proof is None:
            sealed = vault.seal(_PROOF_TEXT, "facts/vault")
            connection.exec_driver_sql(self._put_fact, (_PROOF, sealed))
            return
        try:
            vault.open(bytes(proof), "facts/vault")
        except Unopenable as error:
            raise WrongKey("the key file is not the one this database was made with") from error

"""The table of roams: the last moves of phones from site to site."""

from collections.abc import Collection

from sqlalchemy.engine import Connection

from mom.model.roam import Roam, RoamResult
from mom.store.columns import TableSpec, searchable
from mom.store.database import Database
from mom.store.records import Records
from mom.store.vault import Vault

KEPT = 10_000
"""Roams that the database keeps."""
TRIM_EVERY = 500
"""Roams written between two times that the oldest are deleted."""


def search_text(ipei: str, result: RoamResult, cause: str) -> str:
    """What the quick search looks through."""
    return searchable(ipei, result.value, cause)


ROAMS = TableSpec(
    table="roams",
    record=Roam,
    key="id",
    folded=("ipei", "cause"),
    searched=("ipei", "result", "cause"),
    search=search_text,
    indexed=("ppn",),
)


class RoamRows:
    """Writes and reads roams."""

    def __init__(self, vault: Vault, database: Database) -> None:
        self.records: Records[Roam] = Records(ROAMS, vault, database)
        self._database = database
        names = [name for name in self.records.mapper.names if name != "id"]
        quoted = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" for _ in names)
        self._insert = database.sql(f"INSERT INTO roams ({quoted}) VALUES ({marks})")

    def add(self, connection: Connection, roams: Collection[Roam]) -> None:
        """Add roams, the oldest first; their `id` is not used."""
        rows = [row[1:] for row in self.records.mapper.to_columns(roams).each()]
        connection.exec_driver_sql(self._insert, rows)

    def trim(self, connection: Connection) -> None:
        """Forget all but the newest `KEPT`."""
        connection.exec_driver_sql(
            self._database.sql("DELETE FROM roams WHERE id <= (SELECT max(id) FROM roams) - ?"),
            (KEPT,),
        )

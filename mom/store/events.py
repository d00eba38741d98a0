"""The table of events: equal ones are counted in one statement, the oldest are forgotten.

Equal are events of the same severity, subsystem and text that were not cleared.
"""

import hashlib
from collections.abc import Collection

from sqlalchemy.engine import Connection

from mom.model.event import Event
from mom.store.columns import TableSpec
from mom.store.database import Database
from mom.store.records import Records
from mom.store.vault import Vault

KEPT = 10_000
"""Events that the database keeps."""
TRIM_EVERY = 500
"""Events written between two times that the oldest are deleted."""


EVENTS = TableSpec(
    table="events",
    record=Event,
    key="id",
    folded=("subsystem", "text"),
    searched=("subsystem", "text"),
    indexed=("last",),
)


def sameness(event: Event) -> str:
    """Equal events have the same one."""
    text = "\0".join((event.severity.value, event.subsystem, event.text))
    return hashlib.sha256(text.encode()).hexdigest()


class EventRows:
    """Writes and reads the event log."""

    def __init__(self, vault: Vault, database: Database) -> None:
        self.records: Records[Event] = Records(EVENTS, vault, database)
        self._database = database
        names = [name for name in self.records.mapper.names if name != "id"]
        quoted = ", ".join(f'"{name}"' for name in [*names, "same"])
        marks = ", ".join("?" for _ in [*names, "same"])
        self._count = database.sql(
            f"INSERT INTO events ({quoted}) VALUES ({marks}) ON CONFLICT (same) WHERE cleared = 0"
            " DO UPDATE SET count = events.count + excluded.count, last = excluded.last"
        )

    def put(self, connection: Connection, events: Collection[Event]) -> None:
        """Count each event: one more of an equal one, or a new entry; its `id` is not used."""
        rows = self.records.mapper.to_columns(events).each()
        counted = [(*row[1:], sameness(event)) for row, event in zip(rows, events, strict=True)]
        connection.exec_driver_sql(self._count, counted)

    def clear(self, connection: Connection) -> None:
        """Take all entries out of the pane; they stay in the database."""
        connection.exec_driver_sql("UPDATE events SET cleared = 1 WHERE cleared = 0")

    def trim(self, connection: Connection) -> None:
        """Forget all but the newest `KEPT`."""
        connection.exec_driver_sql(
            "DELETE FROM events WHERE id IN (SELECT id FROM events"
            f" ORDER BY last DESC, id DESC LIMIT -1 OFFSET {KEPT})"
            if self._database.is_sqlite
            else "DELETE FROM events WHERE id IN (SELECT id FROM events"
            f" ORDER BY last DESC, id DESC OFFSET {KEPT})"
        )

    def newest(self, connection: Connection, limit: int) -> list[Event]:
        """The newest entries that were not cleared, newest first."""
        names = ", ".join(f'"{name}"' for name in self.records.mapper.read_names)
        rows = connection.exec_driver_sql(
            self._database.sql(
                f"SELECT {names} FROM events WHERE cleared = 0 ORDER BY last DESC, id DESC LIMIT ?"
            ),
            (limit,),
        )
        return [self.records.mapper.to_record(row) for row in rows]

"""Looks whether the schema of a database is up to date; if not, has it upgraded.

What upgrades is loaded only when it is needed: at nearly every start it is not, and it takes more
memory than the records of ten sites.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mom.store.database import Database

NEWEST = "0008"
"""The version of the last migration."""


def migrate(connection: Connection, database: Database) -> None:
    """Run the migrations that this database has not seen. Raises `FromTheFuture`."""
    if _version(connection) == NEWEST:
        return
    from mom.store.upgrade import upgrade  # noqa: PLC0415 - see the docstring of the module

    upgrade(connection, database)


def _version(connection: Connection) -> str | None:
    with connection.begin():
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return version

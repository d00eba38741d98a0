"""Brings the schema of a database up to date, forward only, after a copy of an SQLite file.

All missing migrations run in one transaction together with the version they lead to.
"""

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from mom.store import migrations
from mom.store.database import Database
from mom.store.errors import FromTheFuture


def upgrade(connection: Connection, database: Database) -> None:
    """Run the migrations that this database has not seen. Raises `FromTheFuture`."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    with connection.begin():
        current = MigrationContext.configure(connection).get_current_revision()
        has_tables = bool(sa.inspect(connection).get_table_names())
    newest = scripts.get_current_head()
    if current == newest:
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise FromTheFuture(
            f"the database has version {current}, this MOM knows versions up to {newest};"
            " install the newer MOM again"
        )
    if has_tables and database.path is not None:
        _save_copy(database.path, f"before-{newest}")
    config.attributes["connection"] = connection
    with database.writing(connection, durable=True):
        command.upgrade(config, "head")


def _save_copy(path: Path, suffix: str) -> None:
    """A whole copy of an SQLite file beside it; what was not yet in the file itself included."""
    target = path.with_name(f"{path.name}.{suffix}")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    source = sqlite3.connect(path)
    copy = sqlite3.connect(part)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    part.chmod(path.stat().st_mode & 0o777)
    part.replace(target)

"""The schema as it should be today, generated from the records.

The migrations lead to the same schema; a test compares the two. It must not know connections.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from mom.store.accounts import ACCOUNTS
from mom.store.columns import Kind, TableSpec, columns_of
from mom.store.devices import DEVICES
from mom.store.events import EVENTS
from mom.store.omms import OMMS
from mom.store.roams import ROAMS
from mom.store.rooms import ROOMS
from mom.store.tokens import TOKENS
from mom.store.users import USERS

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Texts sort by code point on both databases."""
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits; on SQLite the form that can be a row id."""
_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: TEXT,
    Kind.WORD: TEXT,
    Kind.JSON: TEXT,
    Kind.NUMBER: BIG,
    Kind.REAL: sa.Double(),
    Kind.BOOLEAN: sa.SmallInteger(),
}


def metadata() -> sa.MetaData:
    """All tables."""
    tables = sa.MetaData()
    for spec in (USERS, DEVICES, ROOMS, OMMS, ACCOUNTS):
        record_table(tables, spec, numbered=True)
    tokens = record_table(tables, TOKENS, numbered=True)
    tokens.append_constraint(
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_tokens_account", ondelete="CASCADE"
        )
    )
    record_table(tables, ROAMS, numbered=False)
    events = record_table(tables, EVENTS, numbered=False)
    events.append_column(sa.Column("same", TEXT, nullable=False))
    open_events = sa.text("cleared = 0")
    sa.Index(
        "ix_events_same",
        events.c.same,
        unique=True,
        sqlite_where=open_events,
        postgresql_where=open_events,
    )
    devices = tables.tables["devices"]
    known = sa.text("ipei <> ''")
    sa.Index(
        "ix_devices_unique_ipei",
        devices.c.ipei,
        unique=True,
        sqlite_where=known,
        postgresql_where=known,
    )
    _copies(tables)
    _small_tables(tables)
    return tables


def record_table(tables: sa.MetaData, spec: TableSpec, *, numbered: bool) -> sa.Table:
    """The table of a record class; `numbered` = MOM gives the numbers, else the database does."""
    columns = columns_of(spec)
    table = sa.Table(spec.table, tables)
    for column in columns:
        is_key = column.name == spec.key
        table.append_column(
            sa.Column(
                column.name,
                _TYPES[column.kind],
                *([] if numbered or not is_key else [sa.Identity()]),
                primary_key=is_key,
                autoincrement=False if numbered else "auto",
            )
        )
    for column in columns:
        if column.folded:
            table.append_column(sa.Column(column.folded, TEXT))
    table.append_column(sa.Column("search", TEXT))
    if spec.hidden:
        table.append_column(sa.Column("hidden", sa.LargeBinary()))
    for column in columns:
        if column.name in spec.indexed:
            sorted_by = table.c[column.folded or column.name]
            sa.Index(f"ix_{spec.table}_{column.name}", sorted_by, table.c[spec.key])
    return table


def _copies(tables: sa.MetaData) -> None:
    sa.Table(
        "copies",
        tables,
        sa.Column("noun", TEXT, primary_key=True),
        sa.Column("number", BIG, primary_key=True, autoincrement=False),
        sa.Column(
            "omm",
            BIG,
            sa.ForeignKey("omms.id", name="fk_copies_omm", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("local", BIG, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("told", BIG, nullable=False),
        sa.Column("agreed", sa.LargeBinary(), nullable=False),
        sa.Column("refused", TEXT, nullable=False),
        sa.Index("ix_copies_omm", "omm", "noun", "number"),
    )


def _small_tables(tables: sa.MetaData) -> None:
    several = sa.text("last > 0")
    sa.Table(
        "lines",
        tables,
        sa.Column("id", BIG, sa.Identity(), primary_key=True),
        sa.Column("noun", TEXT, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("folded", TEXT, nullable=False),
        sa.Column("lost", TEXT),
        sa.Column("last", BIG),
        sa.Index("ix_lines_record", "noun", "number", "id"),
        sa.Index("ix_lines_last", "noun", "last", sqlite_where=several, postgresql_where=several),
    )
    sa.Table(
        "trash",
        tables,
        sa.Column("noun", TEXT, primary_key=True),
        sa.Column("number", BIG, primary_key=True, autoincrement=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("cause", TEXT, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("label_folded", TEXT),
        sa.Column("search", TEXT),
        sa.Index("ix_trash_key", "noun", "key"),
        sa.Index("ix_trash_at", "at"),
    )
    sa.Table(
        "counters",
        tables,
        sa.Column("noun", TEXT, primary_key=True),
        sa.Column("last", BIG, nullable=False),
    )
    sa.Table(
        "settings",
        tables,
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
    sa.Table(
        "facts",
        tables,
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
    )

"""A line may be about several records with numbers one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; the lines so far are about one record each."""
    op.add_column("lines", sa.Column("last", BIG))
    several = sa.text("last > 0")
    op.create_index(
        "ix_lines_last",
        "lines",
        ["noun", "last"],
        sqlite_where=several,
        postgresql_where=several,
    )

"""The last moves of phones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table of roams."""
    op.create_table(
        "roams",
        sa.Column("id", BIG, sa.Identity(), primary_key=True, autoincrement="auto"),
        sa.Column("at", BIG),
        sa.Column("ppn", BIG),
        sa.Column("ipei", TEXT),
        sa.Column("source", BIG),
        sa.Column("target", BIG),
        sa.Column("seconds", sa.Double()),
        sa.Column("result", TEXT),
        sa.Column("cause", TEXT),
        sa.Column("ipei_folded", TEXT),
        sa.Column("cause_folded", TEXT),
        sa.Column("search", TEXT),
    )
    op.create_index("ix_roams_ppn", "roams", ["ppn", "id"])

"""Tokens of scripts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tokens",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column(
            "account",
            BIG,
            sa.ForeignKey("accounts.id", name="fk_tokens_account", ondelete="CASCADE"),
        ),
        sa.Column("name", TEXT),
        sa.Column("digest", TEXT),
        sa.Column("write", sa.SmallInteger()),
        sa.Column("created", BIG),
        sa.Column("expires", BIG),
        sa.Column("last_used", BIG),
        sa.Column("name_folded", TEXT),
        sa.Column("search", TEXT),
    )

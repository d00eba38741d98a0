"""Conference rooms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table of rooms."""
    op.create_table(
        "rooms",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("revision", BIG),
        sa.Column("rev_content", BIG),
        sa.Column("rev_secret", BIG),
        sa.Column("name", TEXT),
        sa.Column("conference_id", TEXT),
        sa.Column("omm", BIG),
        sa.Column("sip_auth_id", TEXT),
        sa.Column("fixed_sip_port", BIG),
        sa.Column("calculated_sip_port", BIG),
        sa.Column("marks", TEXT),
        sa.Column("name_folded", TEXT),
        sa.Column("conference_id_folded", TEXT),
        sa.Column("sip_auth_id_folded", TEXT),
        sa.Column("search", TEXT),
        sa.Column("hidden", sa.LargeBinary()),
    )
    op.create_index("ix_rooms_conference_id", "rooms", ["conference_id_folded", "id"])
    op.create_index("ix_rooms_omm", "rooms", ["omm", "id"])

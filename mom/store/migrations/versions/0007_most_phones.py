"""How many phones an OMM takes is kept while it is away."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; no OMM has told yet."""
    op.add_column("omms", sa.Column("most_phones", BIG))
    op.execute("UPDATE omms SET most_phones = 0")

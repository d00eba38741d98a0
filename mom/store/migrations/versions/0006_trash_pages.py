"""What the trash is searched and sorted by, so that the database can give pages of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, and fill them for what is in the trash."""
    for name in ("label_folded", "search"):
        op.add_column("trash", sa.Column(name, TEXT))
    names = ("noun", "number", "key", "label", "cause", "label_folded", "search")
    trash = sa.table("trash", *map(sa.column, names))
    connection = op.get_bind()
    found = connection.execute(sa.select(*(trash.c[name] for name in names[:5]))).all()
    put = (
        sa.update(trash)
        .where(trash.c.noun == sa.bindparam("of"), trash.c.number == sa.bindparam("which"))
        .values(label_folded=sa.bindparam("folded"), search=sa.bindparam("words"))
    )
    rows = [
        {
            "of": noun,
            "which": number,
            "folded": label.casefold(),
            "words": "\n".join(text.casefold() for text in (key, label, cause) if text),
        }
        for noun, number, key, label, cause in found
    ]
    if rows:
        connection.execute(put, rows)

"""Who passed which dossiers on, found without a look at the whole history."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

TRANSFERRED = sa.text("verb = 'transfer'")


def upgrade() -> None:
    op.create_index(
        "ix_entry_transfer", "entry", ["author_id"],
        sqlite_where=TRANSFERRED, postgresql_where=TRANSFERRED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_entry_transfer", "entry")

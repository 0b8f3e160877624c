"""The key of the form that asked: sent twice, it is one question."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("opinion", sa.Column("key", sa.String))
    op.create_index("ix_opinion_key", "opinion", ["dossier_id", "key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_opinion_key", "opinion")
    op.drop_column("opinion", "key")

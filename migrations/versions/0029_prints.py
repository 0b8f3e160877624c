"""The layout in which papers were issued, and the date that a hand-over list tells of a dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("letter", sa.Column("edition", sa.String))
    op.add_column("handover_item", sa.Column("due_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("handover_item", "due_at")
    op.drop_column("letter", "edition")

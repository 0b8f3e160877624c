"""Why the taking side did not find a dossier that stood on its hand-over list."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("handover_item", sa.Column("missed", sa.String))


def downgrade() -> None:
    op.drop_column("handover_item", "missed")

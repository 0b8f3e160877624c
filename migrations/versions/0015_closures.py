"""The order by which an office was closed, beside the pause it causes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("dossier_pause", sa.Column("basis", sa.String))


def downgrade() -> None:
    op.drop_column("dossier_pause", "basis")

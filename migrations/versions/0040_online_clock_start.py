"""From when the limit of an online submission counts that a desk did not check in its hours."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column(
        "procedure_version",
        sa.Column("online_clock_start", sa.String(40), nullable=False, server_default="acceptance"),
    )
    op.add_column("dossier", sa.Column("counts_from", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("dossier", "counts_from")
    op.drop_column("procedure_version", "online_clock_start")

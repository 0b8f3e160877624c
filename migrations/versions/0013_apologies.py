"""A date promised anew with an apology, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("dossier", sa.Column("reappointed_at", sa.DateTime(timezone=True)))
    op.add_column("dossier", sa.Column("apology_cause", sa.String(40)))


def downgrade() -> None:
    op.drop_column("dossier", "apology_cause")
    op.drop_column("dossier", "reappointed_at")

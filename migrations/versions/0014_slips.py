"""What the last act changed of a dossier, for whoever takes it back."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("dossier", sa.Column("slip", sa.JSON))


def downgrade() -> None:
    op.drop_column("dossier", "slip")

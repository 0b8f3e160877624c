"""Procedures whose law leaves out of the limit the time that another agency's opinion takes."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column(
        "procedure_version",
        sa.Column("opinion_pauses", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("procedure_version", "opinion_pauses")

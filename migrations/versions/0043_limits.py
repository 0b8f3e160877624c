"""Whether a receipt after the cut-off counts from the next working day."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
TABLES = ("procedure_version", "dossier")


def upgrade() -> None:
    for table in TABLES:
        column = sa.Column(
            "cutoff_shifts_receipt", sa.Boolean, nullable=False, server_default=sa.false()
        )
        op.add_column(table, column)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "cutoff_shifts_receipt")

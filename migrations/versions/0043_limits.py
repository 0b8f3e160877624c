"""Receipts after the cut-off, and the limit of the law beside the published one."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
SHIFTS = ("procedure_version", "dossier")
STATUTORY = (("statutory_value", sa.Integer), ("statutory_unit", sa.String(40)))


def upgrade() -> None:
    for table in SHIFTS:
        column = sa.Column(
            "cutoff_shifts_receipt", sa.Boolean, nullable=False, server_default=sa.false()
        )
        op.add_column(table, column)
    for name, kind in STATUTORY:
        op.add_column("procedure_version", sa.Column(name, kind))


def downgrade() -> None:
    for name, _kind in STATUTORY:
        op.drop_column("procedure_version", name)
    for table in SHIFTS:
        op.drop_column(table, "cutoff_shifts_receipt")

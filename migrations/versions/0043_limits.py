"""Receipts after the cut-off, and the limits of the law and of an earlier promise."""

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
    op.add_column("dossier", sa.Column("published_limit", sa.Integer))


def downgrade() -> None:
    op.drop_column("dossier", "published_limit")
    for name, _kind in STATUTORY:
        op.drop_column("procedure_version", name)
    for table in SHIFTS:
        op.drop_column(table, "cutoff_shifts_receipt")

"""How many sets of its papers a procedure asks for, and how many were handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    for table in ("procedure_version", "dossier"):
        op.add_column(table, sa.Column("sets", sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    for table in ("dossier", "procedure_version"):
        op.drop_column(table, "sets")

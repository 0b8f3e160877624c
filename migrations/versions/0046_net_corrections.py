"""A correction keeps what it changed: one taken back days later changes no figure any more."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    # Of those recorded before nobody knows which they were: without a flow they stand as they are.
    op.add_column("correction", sa.Column("flow", sa.String(40)))
    op.add_column("correction", sa.Column("amount", sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("correction") as table:
        table.drop_column("amount")
        table.drop_column("flow")

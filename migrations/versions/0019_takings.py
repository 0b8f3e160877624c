"""Who took which list along as a file."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "taking",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("asked", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("dossiers", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_taking"),
    )
    op.create_index("ix_taking_account_id", "taking", ["account_id"])


def downgrade() -> None:
    op.drop_table("taking")

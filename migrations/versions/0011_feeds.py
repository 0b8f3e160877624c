"""The private addresses at which members of staff subscribe to their due dates."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "due_feed",
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_due_feed"),
        sa.UniqueConstraint("digest", name="uq_due_feed_digest"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_due_feed_account_id"),
    )


def downgrade() -> None:
    op.drop_table("due_feed")

"""What was declared by which file of agencies, fields, procedures or staff, by whom and when."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.create_table(
        "loading",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("directory", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("username", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loading")),
    )


def downgrade() -> None:
    op.drop_table("loading")

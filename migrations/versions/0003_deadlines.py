"""The official calendar in versions, and office hours."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_name", sa.String, nullable=False),
        sa.Column("basis", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_version"),
    )
    op.create_table(
        "calendar_row",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name_vi", sa.String, nullable=False),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("basis_vi", sa.String, nullable=False),
        sa.Column("basis_en", sa.String, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_row"),
        sa.UniqueConstraint("day", "since", name="uq_calendar_row_day_since"),
    )
    op.create_index("ix_calendar_row_day", "calendar_row", ["day"])
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_calendar_year"),
    )
    op.create_table(
        "office_hours",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("intervals", sa.String, nullable=False),
        sa.Column("saturday_intake", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_office_hours"),
        sa.UniqueConstraint("agency_id", "valid_from", name="uq_office_hours_agency_id_valid_from"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_office_hours_agency_id"),
    )


def downgrade() -> None:
    for table in ("office_hours", "calendar_year", "calendar_row", "calendar_version"):
        op.drop_table(table)

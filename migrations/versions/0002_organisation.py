"""Agencies, and their names and places in time."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("code", name="uq_agency_code"),
    )
    op.create_table(
        "agency_period",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name_vi", sa.String, nullable=False),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_agency_period"),
        sa.UniqueConstraint(
            "agency_id", "valid_from", name="uq_agency_period_agency_id_valid_from"
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_agency_period_order")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_agency_period_agency_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["agency.id"], name="fk_agency_period_parent_id"),
    )
    op.create_index("ix_agency_period_valid", "agency_period", ["valid_from", "valid_to"])


def downgrade() -> None:
    op.drop_table("agency_period")
    op.drop_table("agency")

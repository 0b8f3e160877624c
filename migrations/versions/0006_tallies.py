"""The counters that figures and rates are read from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

FLOWS = (
    "received",
    "early",
    "on_time",
    "overdue",
    "refused_at_intake",
    "refused",
    "withdrawn",
    "stopped",
    "pause_begun",
    "pause_ended",
    "overdue_begun",
    "overdue_ended",
)


def flows() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in FLOWS]


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("grain", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("channel", sa.String(40), nullable=False),
        *flows(),
        sa.PrimaryKeyConstraint(
            "grain", "starts_on", "agency_id", "level", "channel", name="pk_tally"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_tally_agency_id"),
    )
    op.create_table(
        "procedure_tally",
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("procedure_id", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("channel", sa.String(40), nullable=False),
        *flows(),
        sa.PrimaryKeyConstraint(
            "starts_on",
            "agency_id",
            "procedure_id",
            "level",
            "channel",
            name="pk_procedure_tally",
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_procedure_tally_agency_id"),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name="fk_procedure_tally_procedure_id"
        ),
    )
    op.create_index("ix_procedure_tally_procedure_id", "procedure_tally", ["procedure_id"])


def downgrade() -> None:
    op.drop_table("procedure_tally")
    op.drop_table("tally")

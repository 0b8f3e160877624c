"""Numbers at the counter."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "queue_desk",
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name="pk_queue_desk"),
        sa.UniqueConstraint("digest", name="uq_queue_desk_digest"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_queue_desk_agency_id"),
    )
    op.create_table(
        "queue_counter",
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "day", name="pk_queue_counter"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_queue_counter_agency_id"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("standing", sa.String(40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("shown_at", sa.DateTime(timezone=True)),
        sa.Column("counter", sa.String(20)),
        sa.Column("account_id", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("agency_id", "day", "number", name="uq_ticket_agency_id_day_number"),
        sa.UniqueConstraint("key", name="uq_ticket_key"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_ticket_agency_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_ticket_account_id"),
    )
    op.create_index("ix_ticket_agency_id_day_standing", "ticket", ["agency_id", "day", "standing"])


def downgrade() -> None:
    op.drop_table("ticket")
    op.drop_table("queue_counter")
    op.drop_table("queue_desk")

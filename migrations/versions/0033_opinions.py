"""What is asked of other agencies about a dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

AWAITED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dossier_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("asker_id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer),
        sa.Column("outsider", sa.String),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("limit_value", sa.Integer, nullable=False),
        sa.Column("limit_unit", sa.String(40), nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String(40)),
        sa.Column("said", sa.String),
        sa.Column("said_by", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_opinion"),
        sa.UniqueConstraint("dossier_id", "seq", name="uq_opinion_dossier_id_seq"),
        sa.CheckConstraint("(agency_id IS NULL) <> (outsider IS NULL)", name="ck_opinion_asked"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_opinion_dossier_id"),
        sa.ForeignKeyConstraint(["asker_id"], ["agency.id"], name="fk_opinion_asker_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_opinion_agency_id"),
    )
    op.create_index(
        "ix_opinion_asked",
        "opinion",
        ["agency_id", "dossier_id"],
        sqlite_where=AWAITED,
        postgresql_where=AWAITED,
    )
    op.create_index("ix_opinion_asker", "opinion", ["asker_id", "ended_at"])
    op.create_index("ix_opinion_agency", "opinion", ["agency_id", "ended_at"])


def downgrade() -> None:
    op.drop_table("opinion")

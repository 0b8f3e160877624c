"""The steps of a dossier, and who held each."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
ACTIVE = sa.text("finished_at IS NULL AND started_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "dossier_step",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dossier_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40)),
        sa.Column("limit_value", sa.Integer, nullable=False),
        sa.Column("limit_unit", sa.String(40), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("agency_id", sa.Integer),
        sa.Column("keeper_id", sa.Integer),
        sa.Column("account_id", sa.Integer),
        sa.Column("assigned_at", sa.DateTime(timezone=True)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("overdue_from", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("result", sa.String(40)),
        sa.Column("given_by_id", sa.Integer),
        sa.Column("giver_name", sa.String),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_step"),
        sa.UniqueConstraint("dossier_id", "seq", name="uq_dossier_step_dossier_id_seq"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_dossier_step_dossier_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_dossier_step_agency_id"),
        sa.ForeignKeyConstraint(["keeper_id"], ["agency.id"], name="fk_dossier_step_keeper_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_dossier_step_account_id"),
        sa.ForeignKeyConstraint(["given_by_id"], ["agency.id"], name="fk_dossier_step_given_by_id"),
    )
    op.create_index(
        "ix_dossier_step_keeper",
        "dossier_step",
        ["keeper_id", "stage"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index("ix_dossier_step_agency", "dossier_step", ["agency_id", "started_at"])
    op.create_table(
        "step_hold",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("step_id", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("agency_id", sa.Integer),
        sa.Column("account_id", sa.Integer),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_step_hold"),
        sa.ForeignKeyConstraint(["step_id"], ["dossier_step.id"], name="fk_step_hold_step_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_step_hold_agency_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_step_hold_account_id"),
    )
    op.create_index("ix_step_hold_step_id", "step_hold", ["step_id"])


def downgrade() -> None:
    op.drop_table("step_hold")
    op.drop_table("dossier_step")

"""Steps that run side by side, and the agencies that are asked beside the one that handles."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("dossier_step", sa.Column("leg", sa.Integer))
    op.execute("UPDATE dossier_step SET leg = seq")
    with op.batch_alter_table("dossier_step") as step:
        step.alter_column("leg", existing_type=sa.Integer, nullable=False)
    op.create_table(
        "dossier_branch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dossier_id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_branch"),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name="fk_dossier_branch_dossier_id"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_dossier_branch_agency_id"),
    )
    op.create_index("ix_dossier_branch_dossier_id", "dossier_branch", ["dossier_id"])


def downgrade() -> None:
    op.drop_table("dossier_branch")
    with op.batch_alter_table("dossier_step") as step:
        step.drop_column("leg")

"""Hand-over lists that both sides sign, and the numbers of control slips."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "handover_list",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("giver_id", sa.Integer, nullable=False),
        sa.Column("taker_id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("made_by_id", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_handover_list"),
        sa.UniqueConstraint(
            "giver_id", "year", "number", name="uq_handover_list_giver_id_year_number"
        ),
        sa.ForeignKeyConstraint(["giver_id"], ["agency.id"], name="fk_handover_list_giver_id"),
        sa.ForeignKeyConstraint(["taker_id"], ["agency.id"], name="fk_handover_list_taker_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name="fk_handover_list_made_by_id"),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name="fk_handover_list_confirmed_by_id"
        ),
    )
    op.create_index("ix_handover_list_taker", "handover_list", ["taker_id", "made_at"])
    op.create_table(
        "handover_item",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("list_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("step_id", sa.Integer, nullable=False),
        sa.Column("papers", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handover_item"),
        sa.UniqueConstraint("list_id", "place", name="uq_handover_item_list_id_place"),
        sa.ForeignKeyConstraint(["list_id"], ["handover_list.id"], name="fk_handover_item_list_id"),
        sa.ForeignKeyConstraint(["step_id"], ["dossier_step.id"], name="fk_handover_item_step_id"),
    )
    op.create_index("ix_handover_item_step_id", "handover_item", ["step_id"])
    op.create_table(
        "control_slip",
        sa.Column("dossier_id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_control_slip"),
        sa.UniqueConstraint(
            "agency_id", "year", "number", name="uq_control_slip_agency_id_year_number"
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_control_slip_dossier_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_control_slip_agency_id"),
    )
    with op.batch_alter_table("dossier_step") as step:
        step.add_column(sa.Column("list_id", sa.Integer))
        step.create_foreign_key("fk_dossier_step_list_id", "handover_list", ["list_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("dossier_step") as step:
        step.drop_constraint("fk_dossier_step_list_id", type_="foreignkey")
        step.drop_column("list_id")
    op.drop_table("control_slip")
    op.drop_table("handover_item")
    op.drop_table("handover_list")

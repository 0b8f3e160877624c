"""Fields, procedures in versions, and who offers them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def valid() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
    )


def upgrade() -> None:
    op.create_table(
        "field",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_field"),
        sa.UniqueConstraint("code", name="uq_field_code"),
    )
    op.create_table(
        "field_version",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("field_id", sa.Integer, nullable=False),
        sa.Column("name_vi", sa.String, nullable=False),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("department_id", sa.Integer),
        *valid(),
        sa.PrimaryKeyConstraint("id", name="pk_field_version"),
        sa.UniqueConstraint("field_id", "valid_from", name="uq_field_version_field_id_valid_from"),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name="fk_field_version_field_id"),
        sa.ForeignKeyConstraint(
            ["department_id"], ["agency.id"], name="fk_field_version_department_id"
        ),
    )
    op.create_table(
        "procedure",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("national_code", sa.String),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_procedure"),
        sa.UniqueConstraint("code", name="uq_procedure_code"),
    )
    op.create_table(
        "procedure_version",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("procedure_id", sa.Integer, nullable=False),
        sa.Column("field_id", sa.Integer, nullable=False),
        sa.Column("name_vi", sa.String, nullable=False),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("limit_value", sa.Integer, nullable=False),
        sa.Column("limit_unit", sa.String(40), nullable=False),
        sa.Column("cutoff", sa.String),
        sa.Column("fee_vnd", sa.Integer, nullable=False),
        sa.Column("result_vi", sa.String, nullable=False),
        sa.Column("papers", sa.JSON, nullable=False),
        sa.Column("interlinked", sa.Boolean, nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("legal_basis", sa.JSON, nullable=False),
        *valid(),
        sa.PrimaryKeyConstraint("id", name="pk_procedure_version"),
        sa.UniqueConstraint(
            "procedure_id", "valid_from", name="uq_procedure_version_procedure_id_valid_from"
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_procedure_version_level")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_procedure_version_order")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name="fk_procedure_version_procedure_id"
        ),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name="fk_procedure_version_field_id"),
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("procedure_id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        *valid(),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
        sa.UniqueConstraint(
            "procedure_id",
            "agency_id",
            "valid_from",
            name="uq_offer_procedure_id_agency_id_valid_from",
        ),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name="fk_offer_procedure_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_offer_agency_id"),
    )
    op.create_index("ix_offer_agency_id", "offer", ["agency_id"])
    op.create_table(
        "catalogue_stamp",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("stamp", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_stamp"),
    )


def downgrade() -> None:
    for table in (
        "catalogue_stamp",
        "offer",
        "procedure_version",
        "procedure",
        "field_version",
        "field",
    ):
        op.drop_table(table)

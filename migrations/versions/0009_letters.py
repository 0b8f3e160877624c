"""Official papers that were issued, and the last number of each series."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dossier_id", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("paper", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_name", sa.String, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.UniqueConstraint("entry_id", name="uq_letter_entry_id"),
        sa.UniqueConstraint(
            "agency_id", "paper", "year", "number", name="uq_letter_agency_id_paper_year_number"
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_letter_dossier_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_letter_entry_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_letter_agency_id"),
    )
    op.create_index("ix_letter_dossier_id", "letter", ["dossier_id"])
    op.create_table(
        "letter_counter",
        sa.Column("agency_id", sa.Integer, nullable=False),
        sa.Column("paper", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "paper", "year", name="pk_letter_counter"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_letter_counter_agency_id"),
    )


def downgrade() -> None:
    op.drop_table("letter_counter")
    op.drop_table("letter")

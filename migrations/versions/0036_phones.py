"""The phones of dossiers that are not over: whose another one would be is looked up by them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
ACTIVE = sa.text("state NOT IN ('3', '8', '10')")


def upgrade() -> None:
    op.create_index(
        "ix_dossier_called",
        "dossier",
        ["applicant_phone", "procedure_id"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )


def downgrade() -> None:
    op.drop_index("ix_dossier_called", "dossier")

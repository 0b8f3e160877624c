"""The index of what is finished holds what is finished, and nothing of what was just received."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
FINISHED = sa.text("finished_at IS NOT NULL")


def upgrade() -> None:
    _index_again(sqlite_where=FINISHED, postgresql_where=FINISHED)


def downgrade() -> None:
    _index_again()


def _index_again(**where: sa.TextClause) -> None:
    op.drop_index("ix_dossier_finished", "dossier")
    op.create_index(
        "ix_dossier_finished", "dossier", ["finished_at", "receiving_agency_id"], **where
    )

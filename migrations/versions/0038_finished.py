"""The index of what is finished holds that alone, and the one of what runs is found by agency."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
FINISHED = sa.text("finished_at IS NOT NULL")
RUNNING = sa.text("finished_at IS NULL AND received_at IS NOT NULL")


def upgrade() -> None:
    _again("finished", ["finished_at", "receiving_agency_id"], FINISHED)
    _again("running", ["finished_at", "receiving_agency_id", "overdue_from"], RUNNING)


def downgrade() -> None:
    _again("running", ["overdue_from"], RUNNING)
    _again("finished", ["finished_at", "receiving_agency_id"], None)


def _again(name: str, columns: list[str], where: sa.TextClause | None) -> None:
    op.drop_index(f"ix_dossier_{name}", "dossier")
    op.create_index(
        f"ix_dossier_{name}", "dossier", columns, sqlite_where=where, postgresql_where=where
    )

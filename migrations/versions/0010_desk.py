"""An index in which a desk finds all that it counts and sorts by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ACTIVE = sa.text("state NOT IN ('3', '8', '10')")
DESK = (
    "receiving_agency_id", "due_at", "handling_agency_id", "state", "received_at", "finished_at",
    "paused_since", "overdue_from", "intake_due_at", "submitted_at",
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_dossier_active_receiving", "dossier")
    _create("ix_dossier_desk", *DESK)


def downgrade() -> None:
    op.drop_index("ix_dossier_desk", "dossier")
    _create("ix_dossier_active_receiving", "receiving_agency_id", "due_at")


def _create(name: str, *columns: str) -> None:
    op.create_index(name, "dossier", columns, sqlite_where=ACTIVE, postgresql_where=ACTIVE)

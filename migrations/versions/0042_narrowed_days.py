"""The indexes of days hold all that narrows a figure: its list is counted in them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
FINISHED = sa.text("finished_at IS NOT NULL")
LISTED = [
    "receiving_agency_id", "procedure_id", "field_id", "channel", "level", "handling_agency_id",
    "submitted_at",
]  # fmt: skip
CLASS = ["second_request", "overdue_from", "on_time_from", "outcome"]


def upgrade() -> None:
    _again(LISTED, [*LISTED, *CLASS])


def downgrade() -> None:
    _again(LISTED[:1], LISTED[:1])


def _again(received: list[str], finished: list[str]) -> None:
    for name in ("received", "finished"):
        op.drop_index(f"ix_dossier_{name}", "dossier")
    op.create_index("ix_dossier_received", "dossier", ["received_at", *received])
    op.create_index(
        "ix_dossier_finished",
        "dossier",
        ["finished_at", *finished],
        sqlite_where=FINISHED,
        postgresql_where=FINISHED,
    )

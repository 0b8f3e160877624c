"""Which apologies came too late, until when their dates are kept, and how many were."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENT = sa.DateTime(timezone=True)
NEW = sa.text("broken_from IS NOT NULL")
TALLIES = ("tally", "procedure_tally")
DOSSIER = sa.table(
    "dossier",
    *(
        sa.column(name)
        for name in (
            "id", "receiving_agency_id", "procedure_id", "level", "channel", "limit_unit",
            "late_apology",
        )
    ),
    *(
        sa.column(name, MOMENT)
        for name in ("reappointed_at", "due_at", "finished_at", "apologised_at", "broken_from")
    ),
)  # fmt: skip
ENTRY = sa.table(
    "entry",
    sa.column("id"),
    sa.column("dossier_id"),
    sa.column("verb"),
    sa.column("happened_at", MOMENT),
    sa.column("details", sa.JSON),
)


def upgrade() -> None:
    op.add_column("dossier", sa.Column("apologised_at", MOMENT))
    op.add_column(
        "dossier", sa.Column("late_apology", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("dossier", sa.Column("broken_from", MOMENT))
    op.create_index(
        "ix_dossier_reappointed", "dossier", ["finished_at"],
        sqlite_where=NEW, postgresql_where=NEW,
    )  # fmt: skip
    for table in TALLIES:
        for name in ("reappointed", "reappointed_kept"):
            op.add_column(table, sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    _fill_in()


def downgrade() -> None:
    for table in TALLIES:
        op.drop_column(table, "reappointed_kept")
        op.drop_column(table, "reappointed")
    op.drop_index("ix_dossier_reappointed", "dossier")
    for name in ("broken_from", "late_apology", "apologised_at"):
        op.drop_column("dossier", name)


def _fill_in() -> None:
    connection = op.get_bind()
    columns, entry = DOSSIER.c, ENTRY.c
    for row in connection.execute(sa.select(DOSSIER).where(columns.reappointed_at.is_not(None))):
        said = connection.execute(
            sa.select(entry.happened_at, entry.details)
            .where(entry.dossier_id == row.id, entry.verb == "apologise")
            .order_by(entry.id.desc())
            .limit(1)
        ).first()
        broken_from = _broken_from(_aware(row.due_at), row.limit_unit)
        connection.execute(
            DOSSIER.update()
            .where(columns.id == row.id)
            .values(
                apologised_at=said and _aware(said.happened_at),
                late_apology=bool(said and said.details.get("late_apology")),
                broken_from=broken_from,
            )
        )
        if row.finished_at is not None:
            _count(row, kept=_aware(row.finished_at) < broken_from)


def _count(row: sa.Row, *, kept: bool) -> None:
    """Add a dossier to the counters of its day, its month, and its month by procedure."""
    day = _aware(row.finished_at).astimezone(VIET_NAM).date()
    where = "agency_id = :agency AND level = :level AND channel = :channel AND starts_on = :on"
    asked = {"agency": row.receiving_agency_id, "level": row.level, "channel": row.channel}
    change = "SET reappointed = reappointed + 1, reappointed_kept = reappointed_kept + :kept"
    month = day.replace(day=1)
    for table, also, on in (
        ("tally", "grain = 'day'", day),
        ("tally", "grain = 'month'", month),
        ("procedure_tally", f"procedure_id = {int(row.procedure_id)}", month),
    ):
        statement = sa.text(f"UPDATE {table} {change} WHERE {where} AND {also}")
        typed = statement.bindparams(sa.bindparam("on", type_=sa.Date))
        op.get_bind().execute(typed, {**asked, "on": on, "kept": int(kept)})


def _aware(moment: datetime) -> datetime:
    """Return a moment with its zone: SQLite keeps UTC and gives it back without."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _broken_from(due_at: datetime, unit: str) -> datetime:
    """Return the midnight after a date, or for hours the minute after."""
    if unit == "working_hour":
        return due_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    there = due_at.astimezone(VIET_NAM).date() + timedelta(days=1)
    return datetime.combine(there, time(), VIET_NAM).astimezone(UTC)

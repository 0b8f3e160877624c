"""Which online submissions were checked too late, and how many were checked."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENT = sa.DateTime(timezone=True)
TALLIES = ("tally", "procedure_tally")
COUNTS = ("checked_online", "late_intake")
KEY = ("receiving_agency_id", "level", "channel", "procedure_id")
DOSSIER = sa.table(
    "dossier",
    sa.column("id"),
    *(sa.column(name) for name in KEY),
    sa.column("late_intake", sa.Boolean),
    *(sa.column(name, MOMENT) for name in ("received_at", "intake_due_at")),
)
ENTRY = sa.table("entry", sa.column("dossier_id"), sa.column("verb"))
CLOSURE = sa.table(
    "office_closure", sa.column("id"), sa.column("begins_at", MOMENT), sa.column("ends_at", MOMENT)
)
CLOSED = sa.table("closed_agency", sa.column("closure_id"), sa.column("agency_id"))


def upgrade() -> None:
    op.add_column("dossier", sa.Column("late_intake", sa.Boolean))
    for table in TALLIES:
        for name in COUNTS:
            op.add_column(table, sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    _fill_in()


def downgrade() -> None:
    for table in TALLIES:
        for name in COUNTS:
            op.drop_column(table, name)
    op.drop_column("dossier", "late_intake")


def _fill_in() -> None:
    """Find those that were received at a desk: until when it had to check them was kept.

    Not of what was checked before its completion, nor of what was received while the desk was
    closed: nobody knows how those checks were.
    """
    connection, columns = op.get_bind(), DOSSIER.c
    completed = sa.exists().where(
        ENTRY.c.dossier_id == columns.id, ENTRY.c.verb == "ask_completion"
    )
    closed = sa.exists().where(
        CLOSED.c.closure_id == CLOSURE.c.id,
        CLOSED.c.agency_id == columns.receiving_agency_id,
        CLOSURE.c.begins_at <= columns.intake_due_at,
        sa.or_(CLOSURE.c.ends_at.is_(None), CLOSURE.c.ends_at > columns.received_at),
    )
    known = sa.and_(
        columns.channel == "online",
        columns.received_at.is_not(None),
        columns.intake_due_at.is_not(None),
        ~completed,
        ~closed,
    )
    checked: Counter[tuple[tuple[int | str, ...], date, bool]] = Counter()
    late: list[int] = []
    for row in connection.execute(sa.select(DOSSIER).where(known)):
        due_at, received_at = _aware(row.intake_due_at), _aware(row.received_at)
        is_late = received_at >= due_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        key = tuple(getattr(row, name) for name in KEY)
        checked[key, received_at.astimezone(VIET_NAM).date(), is_late] += 1
        late += [row.id] if is_late else []
    connection.execute(DOSSIER.update().where(known).values(late_intake=sa.false()))
    for one in late:
        connection.execute(DOSSIER.update().where(columns.id == one).values(late_intake=sa.true()))
    for (key, day, is_late), number in checked.items():
        _count(key, day, number, number if is_late else 0)


def _count(key: tuple[int | str, ...], day: date, checked: int, late: int) -> None:
    """Add to the counters of a day, of its month, and of its month by procedure."""
    where = "agency_id = :agency AND level = :level AND channel = :channel AND starts_on = :on"
    asked = dict(zip(("agency", "level", "channel", "procedure"), key, strict=True))
    change = "SET checked_online = checked_online + :checked, late_intake = late_intake + :late"
    month = day.replace(day=1)
    for table, also, on in (
        ("tally", "grain = 'day'", day),
        ("tally", "grain = 'month'", month),
        ("procedure_tally", "procedure_id = :procedure", month),
    ):
        statement = sa.text(f"UPDATE {table} {change} WHERE {where} AND {also}")
        typed = statement.bindparams(sa.bindparam("on", type_=sa.Date))
        told = {name: one for name, one in asked.items() if f":{name}" in str(typed)}
        op.get_bind().execute(typed, {**told, "on": on, "checked": checked, "late": late})


def _aware(moment: datetime) -> datetime:
    """Return a moment with its zone: SQLite keeps UTC and gives it back without."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

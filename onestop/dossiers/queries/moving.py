"""Open dossiers whose date falls on a day that is declared off."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from onestop.base.database import db
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar, CalendarDay, check_declared
from onestop.deadlines.rules.moments import at_local
from onestop.deadlines.rules.standing import moved
from onestop.dossiers.models import Dossier


@dataclass(frozen=True)
class Move:
    """A date that goes from one moment to another; `legal` where the law's own date does."""

    dossier_id: int
    code: str
    from_at: datetime
    to_at: datetime
    legal: bool


def check(rows: Sequence[CalendarDay], *, basis: str, replacing: bool) -> None:
    """Refuse days that the calendar in force cannot take, before anybody is asked."""
    days = [(row.day, row.kind) for row in rows]
    check_declared(days, basis=basis, calendar=deadlines.calendar(), replacing=replacing)


def foreseen(rows: Sequence[CalendarDay], at: datetime) -> list[Move]:
    """Return the moves that entering `rows` into the calendar in force would cause, by date."""
    calendar, hours = deadlines.calendar().entered(rows), deadlines.all_hours()
    falling = falling_on({row.day for row in rows})
    found = [move for one in falling for move in moves_of(one, calendar, hours, at)]
    return sorted(found, key=lambda move: (move.from_at, move.code))


def falling_on(days: Collection[date], *, locked: bool = False) -> Sequence[Dossier]:
    """Return the open dossiers with a date on one of `days`, in the order of their locks.

    While a pause runs nothing moves: the resume counts again (rules.md 4.2 step 9).
    """
    statement = (
        select(Dossier)
        .where(
            Dossier.finished_at.is_(None),
            Dossier.received_at.is_not(None),
            Dossier.paused_since.is_(None),
            or_(*(_on(column, day) for day in days for column in DATES)),
        )
        .options(selectinload(Dossier.pauses), selectinload(Dossier.moves))
        .order_by(Dossier.id)
    )
    return db.session.scalars(statement.with_for_update() if locked else statement).all()


def moves_of(dossier: Dossier, calendar: Calendar, hours: AllHours, at: datetime) -> Iterator[Move]:
    """Yield where the dates of a dossier go under `calendar`: the law's, and another promised."""
    open_hours = hours.of(dossier.receiving_agency_id)
    legal, promised = dossier.legal_due_at, dossier.due_at
    for due_at, is_legal in ((legal, True), (promised, False)):
        if due_at is None or (not is_legal and due_at == legal):
            continue
        to_at = moved(due_at, dossier.limit_unit, calendar=calendar, hours=open_hours, at=at)
        if to_at is not None:
            yield Move(dossier.id, dossier.code, due_at, to_at, is_legal)


DATES = (Dossier.legal_due_at, Dossier.due_at)


def _on(column: InstrumentedAttribute[datetime | None], day: date) -> ColumnElement[bool]:
    begins, ends = at_local(day, time()), at_local(day + timedelta(days=1), time())
    return and_(column >= begins, column < ends)

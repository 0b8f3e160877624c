"""Open dossiers whose date falls on a day that is declared off."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from onestop.base.database import db
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar, CalendarDay, check_declared
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import midnight, midnight_after
from onestop.deadlines.rules.standing import moved
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import State, Verb


@dataclass(frozen=True)
class Move:
    """A date that goes from one moment to another; `legal` where the law's own date does.

    `step` is the number of a step whose own date it is, and not the dossier's. What was only
    submitted has one date: that by which the desk checks it. Of an opinion it is that by which
    another agency answers.
    """

    dossier_id: int
    code: str
    from_at: datetime
    to_at: datetime
    legal: bool
    step: int | None = None
    is_opinion: bool = False


@dataclass(frozen=True)
class Part:
    """The date of a part of a dossier, which moves with the calendar; `carry` writes it.

    `verb` and `details` are what its line of history tells of it.
    """

    dossier: Dossier
    move: Move
    verb: Verb
    details: Mapping[str, Any]
    carry: Callable[[], None]


class Parts(Protocol):
    """What rooms above know of dates of their own that new days of the calendar move."""

    def __call__(
        self,
        days: Collection[date],
        calendar: Calendar,
        hours: AllHours,
        at: datetime,
        *,
        locked: bool = False,
    ) -> list[Part]:
        """Return the parts whose date is another under `calendar`, by dossier."""


PARTS: Final[dict[Parts, None]] = {}


def moved_with(parts: Parts) -> None:
    """Let dates of a room above move with those of dossiers; once is enough."""
    PARTS[parts] = None


def parts_falling(
    days: Collection[date],
    calendar: Calendar,
    hours: AllHours,
    at: datetime,
    *,
    locked: bool = False,
) -> list[Part]:
    """Return the dates of parts that move: of checks that wait, and of all rooms above."""
    checks = _checks_falling(days, calendar, hours, at, locked=locked)
    above = [one for parts in PARTS for one in parts(days, calendar, hours, at, locked=locked)]
    return checks + above


def _checks_falling(
    days: Collection[date], calendar: Calendar, hours: AllHours, at: datetime, *, locked: bool
) -> list[Part]:
    """Return the submissions that a desk has to check by a moment on one of `days`.

    Its eight working hours end at the same time of the next working day, as any limit in hours
    (rules.md 4.2 step 9, 4.3).
    """
    due = Dossier.intake_due_at
    statement = select(Dossier).where(
        Dossier.state == State.SUBMITTED, or_(*(_on(due, day) for day in days))
    )
    ordered = statement.order_by(Dossier.id)
    parts = []
    for one in db.session.scalars(ordered.with_for_update() if locked else ordered).all():
        was, office = one.intake_due_at, hours.of(one.receiving_agency_id)
        then = was and moved(was, Unit.WORKING_HOUR, calendar=calendar, hours=office, at=at)
        if was and then:
            carry = partial(setattr, one, "intake_due_at", then)
            move = Move(one.id, one.code, was, then, legal=False)
            told = {"check_due_at": then.isoformat(), "check_was_due_at": was.isoformat()}
            parts.append(Part(one, move, Verb.MOVE_CHECK, told, carry))
    return parts


def check(rows: Sequence[CalendarDay], *, basis: str, replacing: bool) -> None:
    """Refuse days that the calendar in force cannot take, before anybody is asked."""
    days = [(row.day, row.kind) for row in rows]
    check_declared(days, basis=basis, calendar=deadlines.calendar(), replacing=replacing)


def foreseen(rows: Sequence[CalendarDay], at: datetime) -> list[Move]:
    """Return the moves that entering `rows` into the calendar in force would cause, by date."""
    calendar, hours = deadlines.calendar().entered(rows), deadlines.all_hours()
    days = {row.day for row in rows}
    found = [move for one in falling_on(days) for move in moves_of(one, calendar, hours, at)]
    found += [part.move for part in parts_falling(days, calendar, hours, at)]
    return in_order(found)


def in_order(moves: Iterable[Move]) -> list[Move]:
    """Return moves by date; of one dossier its own before those of its steps."""
    return sorted(moves, key=lambda move: (move.from_at, move.code, move.step or 0))


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
        further = reading.further(dossier) if is_legal else None
        to_at = moved(
            due_at,
            dossier.limit_unit,
            calendar=calendar,
            hours=open_hours,
            at=at,
            clock=further.clock if further else None,
        )
        if to_at is not None:
            yield Move(dossier.id, dossier.code, due_at, to_at, is_legal)


DATES = (Dossier.legal_due_at, Dossier.due_at)


def _on(column: InstrumentedAttribute[datetime | None], day: date) -> ColumnElement[bool]:
    begins, ends = midnight(day), midnight_after(day)
    return and_(column >= begins, column < ends)

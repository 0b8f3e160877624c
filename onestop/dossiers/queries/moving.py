"""Open dossiers whose date falls on a day that is declared off."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final, Self

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


@dataclass(frozen=True)
class Declared:
    """Days that are declared `at` a moment, and the calendar and hours that count from then on."""

    days: frozenset[date]
    calendar: Calendar
    hours: AllHours
    at: datetime

    @classmethod
    def of(cls, rows: Sequence[CalendarDay], calendar: Calendar, at: datetime) -> Self:
        """Return what the rows declare that stand in `calendar`."""
        return cls(frozenset(row.day for row in rows), calendar, deadlines.all_hours(), at)

    def lie_over(self, begun_at: Any, due_at: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
        """Return the condition that one of the days lies between a beginning and a date."""
        return or_(
            *(
                and_(begun_at < midnight_after(day), due_at >= midnight(day))
                for day in sorted(self.days)
            )
        )


Parts = Callable[[Declared, bool], list[Part]]
PARTS: Final[dict[Parts, None]] = {}
"""What rooms above know of dates of their own that new days of the calendar move."""


def moved_with(parts: Parts) -> None:
    """Let dates of a room above move with those of dossiers; once is enough."""
    PARTS[parts] = None


def parts_falling(declared: Declared, *, locked: bool = False) -> list[Part]:
    """Return the dates of parts that move: of checks that wait, and of all rooms above."""
    above = [one for parts in PARTS for one in parts(declared, locked)]
    return _checks_falling(declared, locked=locked) + above


def _checks_falling(declared: Declared, *, locked: bool) -> list[Part]:
    """Return the submissions that a desk has to check by a moment on one of `days`.

    Its eight working hours end at the same time of the next working day, as any limit in hours
    (rules.md 4.2 step 9, 4.3).
    """
    due = Dossier.intake_due_at
    statement = select(Dossier).where(
        Dossier.state == State.SUBMITTED, or_(*(_on(due, day) for day in declared.days))
    )
    ordered = statement.order_by(Dossier.id)
    parts = []
    for one in db.session.scalars(ordered.with_for_update() if locked else ordered).all():
        was = one.intake_due_at
        then = was and _moved(was, Unit.WORKING_HOUR, one, declared)
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
    declared = Declared.of(rows, deadlines.calendar().entered(rows), at)
    found = [move for one in falling_on(declared) for move in moves_of(one, declared)]
    found += [part.move for part in parts_falling(declared)]
    return in_order(found)


def in_order(moves: Iterable[Move]) -> list[Move]:
    """Return moves by date; of one dossier its own before those of its steps."""
    return sorted(moves, key=lambda move: (move.from_at, move.code, move.step or 0))


def falling_on(declared: Declared, *, locked: bool = False) -> Sequence[Dossier]:
    """Return the open dossiers with a date on one of the days, in the order of their locks.

    While a pause runs nothing moves: the resume counts again (rules.md 4.2 step 9).
    """
    statement = (
        select(Dossier)
        .where(
            Dossier.finished_at.is_(None),
            Dossier.received_at.is_not(None),
            Dossier.paused_since.is_(None),
            or_(*(_on(column, day) for day in declared.days for column in DATES)),
        )
        .options(selectinload(Dossier.pauses), selectinload(Dossier.moves))
        .order_by(Dossier.id)
    )
    return db.session.scalars(statement.with_for_update() if locked else statement).all()


def moves_of(dossier: Dossier, declared: Declared) -> Iterator[Move]:
    """Yield where the dates of a dossier go for it: the law's, and another promised."""
    legal, promised = dossier.legal_due_at, dossier.due_at
    for due_at, is_legal in ((legal, True), (promised, False)):
        if due_at is None or (not is_legal and due_at == legal):
            continue
        further = reading.further(dossier) if is_legal else None
        clock = further.clock if further else None
        to_at = _moved(due_at, dossier.limit_unit, dossier, declared, clock=clock)
        if to_at is not None:
            yield Move(dossier.id, dossier.code, due_at, to_at, is_legal)


def _moved(
    due_at: datetime,
    unit: Unit,
    dossier: Dossier,
    declared: Declared,
    *,
    clock: time | None = None,
) -> datetime | None:
    hours = declared.hours.of(dossier.receiving_agency_id)
    calendar, at = declared.calendar, declared.at
    return moved(due_at, unit, calendar=calendar, hours=hours, at=at, clock=clock)


DATES = (Dossier.legal_due_at, Dossier.due_at)


def _on(column: InstrumentedAttribute[datetime | None], day: date) -> ColumnElement[bool]:
    begins, ends = midnight(day), midnight_after(day)
    return and_(column >= begins, column < ends)

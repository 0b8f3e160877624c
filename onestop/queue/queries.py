"""Where the numbers of a desk stand, and how long people waited."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select, true

from onestop.accounts.rules import digest
from onestop.base.database import db
from onestop.base.paging import Paged, page_of, whole_of
from onestop.queue.models import QueueDesk, Ticket
from onestop.queue.rules import Counted, Standing, TicketTimes, Waits, expected, waits
from onestop.tallies.rules import Period

SHOWN: Final = 6
PAGE: Final = 100


@dataclass(frozen=True)
class Called:
    """A number that was called, and to which counter."""

    number: int
    counter: str
    shown_at: datetime


@dataclass(frozen=True)
class Board:
    """The queue of a desk now: who waits since when, and who was called last."""

    waiting: tuple[tuple[int, datetime], ...]
    called: tuple[Called, ...]


def desk_behind(secret: str) -> int | None:
    """Return the agency whose kiosk and screen hold `secret`."""
    found = select(QueueDesk.agency_id).where(QueueDesk.digest == digest(secret))
    return db.session.scalar(found)


def opened_at(agency_id: int) -> datetime | None:
    """Return since when a desk gives out numbers under the present address, if it does."""
    return db.session.scalar(select(QueueDesk.opened_at).where(QueueDesk.agency_id == agency_id))


def board(agency_id: int, day: date) -> Board:
    """Return how the queue of a desk stands."""
    waiting = db.session.execute(
        select(Ticket.number, Ticket.taken_at)
        .where(_of(agency_id, day), Ticket.standing == Standing.WAITING)
        .order_by(Ticket.number)
    )
    called = db.session.execute(
        select(Ticket.number, Ticket.counter, Ticket.shown_at)
        .where(_of(agency_id, day), Ticket.standing == Standing.CALLED)
        .order_by(Ticket.shown_at.desc(), Ticket.number.desc())
        .limit(SHOWN)
    )
    return Board(
        tuple((number, taken_at) for number, taken_at in waiting),
        tuple(
            Called(number, counter, shown_at)
            for number, counter, shown_at in called
            if counter is not None and shown_at is not None
        ),
    )


def current(agency_id: int, day: date, account_id: int) -> Ticket | None:
    """Return the number that a member of staff called last, whether or not anybody came."""
    return db.session.scalar(
        select(Ticket)
        .where(_of(agency_id, day), Ticket.account_id == account_id)
        .order_by(Ticket.shown_at.desc(), Ticket.number.desc())
        .limit(1)
    )


def by_number(agency_id: int, day: date, number: int) -> Ticket | None:
    """Return a number of a desk's day, if it was given out."""
    return db.session.scalar(select(Ticket).where(_of(agency_id, day), Ticket.number == number))


def by_key(key: str) -> Ticket | None:
    """Return the number that one pressing of the kiosk's button has already brought."""
    return db.session.scalar(select(Ticket).where(Ticket.key == key))


def ahead_of(ticket: Ticket) -> int:
    """Return how many numbers will be called before one that waits."""
    before = select(func.count()).where(
        _of(ticket.agency_id, ticket.day),
        Ticket.standing == Standing.WAITING,
        Ticket.number < ticket.number,
    )
    return db.session.scalar(before) or 0


def expected_wait(ticket: Ticket, at: datetime) -> int | None:
    """Return in how many minutes a number may be called, or None where nobody can tell."""
    calls = db.session.scalars(
        select(Ticket.called_at).where(
            _of(ticket.agency_id, ticket.day), Ticket.called_at.is_not(None)
        )
    )
    return expected(ahead_of(ticket), [one for one in calls if one is not None], at)


def waits_by_desk(agency_ids: frozenset[int], period: Period) -> Mapping[int | None, Waits]:
    """Return how long people waited at each desk that gave out numbers; under None at all."""
    rows = db.session.execute(
        select(Ticket.agency_id, Ticket.taken_at, Ticket.called_at, Ticket.standing)
        .where(_within(agency_ids, period))
        .order_by(Ticket.agency_id)
    )
    desks: dict[int | None, list[TicketTimes]] = {}
    for agency_id, taken_at, called_at, standing in rows:
        desks.setdefault(agency_id, []).append((taken_at, called_at, standing))
    every = [one for desk in desks.values() for one in desk]
    return {**{agency_id: waits(told) for agency_id, told in desks.items()}, None: waits(every)}


def tickets(
    agency_ids: frozenset[int], period: Period, only: Counted | None = None, *, page: int
) -> Paged[Ticket]:
    """Return a page of the numbers behind the waiting times, the last of them first."""
    found = _tickets(agency_ids, period, only)
    total = count_tickets(agency_ids, period, only)
    return page_of(found, _each, number=page, total=total, size=PAGE)


def every_ticket(
    agency_ids: frozenset[int], period: Period, only: Counted | None = None
) -> Iterator[Ticket]:
    """Yield all of them in that order."""
    return _each(whole_of(_tickets(agency_ids, period, only)))


def _each(found: Iterable[tuple[Ticket]]) -> Iterator[Ticket]:
    return (one for (one,) in found)


def count_tickets(agency_ids: frozenset[int], period: Period, only: Counted | None = None) -> int:
    """Return how many there are."""
    wanted = (_within(agency_ids, period), COUNTED[only])
    found = select(func.count()).select_from(Ticket).where(*wanted)
    return db.session.scalar(found) or 0


COUNTED: Final[Mapping[Counted | None, ColumnElement[bool]]] = {
    None: true(),
    Counted.CALLED: Ticket.called_at.is_not(None),
    Counted.ABSENT: Ticket.standing == Standing.ABSENT,
}
"""The SQL twin of what `waits` counts."""


def _tickets(agency_ids: frozenset[int], period: Period, only: Counted | None) -> Select[Ticket]:
    return (
        select(Ticket)
        .where(_within(agency_ids, period), COUNTED[only])
        .order_by(Ticket.day.desc(), Ticket.agency_id, Ticket.number.desc())
    )


def _of(agency_id: int, day: date) -> ColumnElement[bool]:
    return (Ticket.agency_id == agency_id) & (Ticket.day == day)


def _within(agency_ids: frozenset[int], period: Period) -> ColumnElement[bool]:
    return Ticket.agency_id.in_(agency_ids) & Ticket.day.between(period.first, period.last)

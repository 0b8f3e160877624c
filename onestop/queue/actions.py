"""Giving out numbers, and calling them."""

import secrets
from datetime import date, datetime
from functools import cache
from typing import Final

from sqlalchemy import Executable, delete, select

from onestop.accounts.rules import digest
from onestop.base.database import connected, db, is_postgresql, upsert
from onestop.base.errors import Refusal
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.queue import queries
from onestop.queue.models import QueueCounter, QueueDesk, Ticket
from onestop.queue.rules import Standing, counter_name

SECRET_BYTES: Final = 18


def open_queue(agency_id: int, *, at: datetime) -> str:
    """Let a desk give out numbers; return the secret of its kiosk and screen, told this once.

    Kiosks and screens under an earlier secret stop; the numbers of the day go on.
    """
    close_queue(agency_id)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    db.session.add(QueueDesk(agency_id=agency_id, digest=digest(secret), opened_at=at))
    db.session.flush()
    return secret


def close_queue(agency_id: int) -> None:
    """Stop giving out numbers; those that wait can still be called."""
    db.session.execute(delete(QueueDesk).where(QueueDesk.agency_id == agency_id))


def take(agency_id: int, *, key: str, at: datetime) -> Ticket:
    """Give out the next number of the day; the same `key` sent again brings the same number."""
    if earlier := queries.by_key(key):
        return earlier
    day = legal_date(at)
    number = _next(agency_id, day)
    # The counter makes kiosks wait for one another: a twin shows only now.
    if twin := queries.by_key(key):
        return twin
    ticket = Ticket(
        agency_id=agency_id,
        day=day,
        number=number,
        key=key,
        standing=Standing.WAITING,
        taken_at=at,
    )
    db.session.add(ticket)
    db.session.flush()
    return ticket


def call_next(counter: str, *, by: Staff, at: datetime) -> Ticket:
    """Call the lowest number that waits at the desk of `by` to a counter.

    Raises `Refusal` where nobody waits, or for the name of the counter.
    """
    place = counter_name(counter)
    ticket = db.session.scalar(
        select(Ticket)
        .where(
            Ticket.agency_id == by.agency_id,
            Ticket.day == legal_date(at),
            Ticket.standing == Standing.WAITING,
        )
        .order_by(Ticket.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if ticket is None:
        raise Refusal(N_("Không còn ai đang chờ."))
    ticket.standing = Standing.CALLED
    ticket.called_at = ticket.shown_at = at
    ticket.counter, ticket.account_id = place, by.account_id
    db.session.flush()
    return ticket


def call_again(*, by: Staff, at: datetime) -> None:
    """Show the number that `by` called last once more; its first call counts for the wait."""
    ticket = _called(by, at)
    ticket.standing, ticket.shown_at = Standing.CALLED, at
    db.session.flush()


def note_absent(*, by: Staff, at: datetime) -> None:
    """Note that nobody came to the number that `by` called last."""
    _called(by, at).standing = Standing.ABSENT
    db.session.flush()


def _called(by: Staff, at: datetime) -> Ticket:
    ticket = queries.current(by.agency_id, legal_date(at), by.account_id)
    if ticket is None:
        raise Refusal(N_("Bạn chưa gọi số nào hôm nay."))
    return ticket


def _next(agency_id: int, day: date) -> int:
    asked = {"agency_id": agency_id, "day": day, "last": 1}
    number: int = connected().execute(_taking(is_postgresql()), asked).scalar_one()
    return number


@cache
def _taking(_is_postgresql: bool) -> Executable:
    first = upsert(QueueCounter)
    return first.on_conflict_do_update(
        index_elements=[QueueCounter.agency_id, QueueCounter.day],
        set_={"last": QueueCounter.last + 1},
    ).returning(QueueCounter.last)

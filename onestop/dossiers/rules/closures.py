"""An order that closes offices: no day off, but a pause on all that lies there (rules 6.6)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from onestop.deadlines.rules.moments import at_local, legal_date


@dataclass(frozen=True)
class Closure:
    """An order that closes offices: its number, of which offices, from when, until when, why.

    Without `ends_at` they are closed until their opening is entered.
    """

    order: str
    agency_ids: frozenset[int]
    begins_at: datetime
    ends_at: datetime | None = None
    reason: str | None = None


def begins(first: date) -> datetime:
    """Return the moment from which offices are closed whose first day that is."""
    return at_local(first, time())


def last_day(ends_at: datetime) -> date:
    """Return the last day on which offices were closed that opened at a moment."""
    return legal_date(ends_at - timedelta(minutes=1))


def ends(last: date) -> datetime:
    """Return the moment at which offices open whose last day closed that was."""
    return at_local(last + timedelta(days=1), time())

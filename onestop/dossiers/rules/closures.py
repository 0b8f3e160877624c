"""An order that closes offices: no day off, but a pause on all that lies there (rules 6.6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onestop.deadlines.rules.moments import legal_date


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


def last_day(ends_at: datetime) -> date:
    """Return the last day on which offices were closed that opened at a moment."""
    return legal_date(ends_at - timedelta(minutes=1))

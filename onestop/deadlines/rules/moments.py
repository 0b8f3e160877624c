"""Moments and dates as the law sees them: on the clock of Viet Nam."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from onestop.base.moments import ONE_DAY, VIET_NAM

ONE_MINUTE: Final = timedelta(minutes=1)
AN_HOUR: Final = timedelta(hours=1)
Interval = tuple[time, time]
Stretch = tuple[datetime, datetime]


@lru_cache(maxsize=1 << 14)
def legal_date(moment: datetime) -> date:
    """Return the date in Viet Nam at `moment`; the law knows no other."""
    return moment.astimezone(VIET_NAM).date()


def at_local(day: date, clock: time) -> datetime:
    """Return the moment of a local date and time, in UTC."""
    return datetime.combine(day, clock, VIET_NAM).astimezone(UTC)


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return at_local(day, time())


def midnight_after(day: date) -> datetime:
    """Return the first moment after a day."""
    return at_local(day + ONE_DAY, time())


def dates_after(first: date, last: date) -> Iterator[date]:
    """Give the dates after a first one, up to and including a last."""
    day = first
    while day < last:
        day += ONE_DAY
        yield day


def as_hours(spent: timedelta) -> Decimal:
    """Return a length of time as hours, exactly."""
    seconds = int(spent.total_seconds())
    return (Decimal(seconds) / 3600).normalize() if seconds else Decimal(0)

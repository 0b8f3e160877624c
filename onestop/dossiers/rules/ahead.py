"""The load of the coming days: how many dossiers are due on each, and which day is heavy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from onestop.base.moments import ONE_DAY
from onestop.deadlines.rules.calendars import Calendar, CalendarDay

WORKING_DAYS: Final = 8
LONGEST_LOOK: Final = timedelta(days=31)
WEEKEND: Final = 2
HEAVY: Final = 2
FEWEST: Final = 5


@dataclass(frozen=True)
class Slot:
    """A working day with what is due on it, or more days off in a row than a weekend.

    `share` is the part of the heaviest day, in percent.
    """

    first: date
    last: date
    due: int | None = None
    share: int = 0
    holiday: CalendarDay | None = None


@dataclass(frozen=True)
class Ahead:
    """The coming days; `heavy` is one with at least twice what the others have on average."""

    slots: tuple[Slot, ...]
    heavy: Slot | None = None
    usual: int = 0

    @property
    def total(self) -> int:
        """Return how many dossiers are due on these days."""
        return sum(slot.due or 0 for slot in self.slots)


def until(today: date, calendar: Calendar) -> date:
    """Return the last of the coming working days, today among them."""
    last = today - ONE_DAY
    for _ in range(WORKING_DAYS):
        last = calendar.next_working_day(last)
    return min(last, today + LONGEST_LOOK)


def ahead(due: Mapping[date, int], today: date, calendar: Calendar) -> Ahead:
    """Return the coming days with what is due on them."""
    most = max(due.values(), default=0)
    slots = tuple(_slots(due, most, today, calendar))
    days = [slot for slot in slots if slot.due is not None]
    heavy = max(days, key=lambda slot: slot.due or 0, default=None)
    if heavy is None or heavy.due is None or len(days) == 1:
        return Ahead(slots)
    others = sum(slot.due or 0 for slot in days if slot is not heavy)
    usual = round(others / (len(days) - 1))
    is_heavy = heavy.due >= FEWEST and heavy.due * (len(days) - 1) >= HEAVY * others
    return Ahead(slots, heavy if is_heavy else None, usual)


def _slots(due: Mapping[date, int], most: int, today: date, calendar: Calendar) -> Iterator[Slot]:
    day, last, off = today, until(today, calendar), list[date]()
    while day <= last:
        if not calendar.works_on(day):
            off.append(day)
        else:
            if len(off) > WEEKEND:
                yield Slot(off[0], off[-1], holiday=_holiday(off, calendar))
            off = []
            amount = due.get(day, 0)
            yield Slot(day, day, amount, 100 * amount // most if most else 0)
        day += ONE_DAY


def _holiday(days: list[date], calendar: Calendar) -> CalendarDay | None:
    return next((row for row in map(calendar.row, days) if row is not None), None)

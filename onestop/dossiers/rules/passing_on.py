"""By when a desk hands over what it has received (Decree 61/2018 art. 18; rules.md 8)."""

from datetime import datetime
from typing import Final, NamedTuple

from onestop.base.moments import local
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import CUTOFF, Limit, Unit, overdue_from, plain
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.standing import Left, time_left

FIRST_HOUR: Final = Limit(1, Unit.WORKING_HOUR)
A_DAY: Final = Limit(8, Unit.WORKING_HOUR)


class HandOver(NamedTuple):
    """By when a dossier is handed over, and what is left; `at_once` where it is electronic."""

    by: datetime
    left: Left
    at_once: bool


def hand_over(
    received_at: datetime, now: datetime, *, at_once: bool, calendar: Calendar, hours: Hours
) -> HandOver:
    """Return by when what was `received_at` a moment is handed over, and what is left of that.

    The same working day; what came at 15:00 or later, or on a day off, within the first working
    hour of the next one (art. 18(2)). What is electronic goes on `at_once` (art. 18(1)): the law
    has no hours for it, so it is told as late when paper would be.
    """
    by = _by(received_at, calendar, hours)
    late_from = overdue_from(by, Unit.WORKING_HOUR)
    return HandOver(
        by, time_left(now, by, late_from, A_DAY, calendar=calendar, hours=hours), at_once
    )


def _by(received_at: datetime, calendar: Calendar, hours: Hours) -> datetime:
    day, clock = legal_date(received_at), local(received_at).time()
    if calendar.works_on(day) and clock < min(CUTOFF, hours.closing(day)):
        return at_local(day, hours.closing(day))
    morning = calendar.next_working_day(day)
    opens = at_local(morning, hours.on(morning)[0][0])
    return count(opens, plain(FIRST_HOUR), calendar=calendar, hours=hours).due_at

"""Dates beside that of a dossier: by when it is handed over, how long its applicant is awaited."""

from datetime import datetime
from typing import Final, NamedTuple

from onestop.base.moments import local
from onestop.base.words import N_
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import CUTOFF, Limit, Unit, overdue_from, plain
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.standing import Left, Tone, time_left

FIRST_HOUR: Final = Limit(1, Unit.WORKING_HOUR)
A_DAY: Final = Limit(8, Unit.WORKING_HOUR)
WARNED_BEFORE: Final = 5
"""Days of the calendar before the end of a wait from which the office is warned (rules.md 6.1)."""


class Beside(NamedTuple):
    """What else has a date: in words, its moment, and what is left; `at_once` tells no moment."""

    word: str
    by: datetime
    left: Left
    at_once: bool = False


def hand_over(
    received_at: datetime, now: datetime, *, at_once: bool, calendar: Calendar, hours: Hours
) -> Beside:
    """Return by when what was `received_at` a moment is handed over, and what is left of that.

    The same working day; what came at 15:00 or later, or on a day off, within the first working
    hour of the next one (Decree 61/2018 art. 18(2); rules.md 8). What is electronic goes on
    `at_once` (art. 18(1)): the law has no hours for it, so it is told as late when paper would be.
    """
    by = _by(received_at, calendar, hours)
    late_from = overdue_from(by, Unit.WORKING_HOUR)
    left = time_left(now, by, late_from, A_DAY, calendar=calendar, hours=hours)
    return Beside(AT_ONCE if at_once else BEFORE, by, left, at_once)


BEFORE: Final = N_("bàn giao trước")
AT_ONCE: Final = N_("bàn giao ngay")
PASS_ON: Final = N_("chuyển tiếp trước")
UNTIL: Final = N_("chờ đến")


def _by(received_at: datetime, calendar: Calendar, hours: Hours) -> datetime:
    day, clock = legal_date(received_at), local(received_at).time()
    if calendar.works_on(day) and clock < min(CUTOFF, hours.closing(day)):
        return at_local(day, hours.closing(day))
    morning = calendar.next_working_day(day)
    opens = at_local(morning, hours.on(morning)[0][0])
    return count(opens, plain(FIRST_HOUR), calendar=calendar, hours=hours).due_at


def pass_on(signed_at: datetime, now: datetime, *, calendar: Calendar, hours: Hours) -> Beside:
    """Return by when what is signed goes on to the shop or the next agency: the day it is signed.

    What is signed once the office has closed, or on a day off, goes on the next working day
    (rules.md 8).
    """
    day = legal_date(signed_at)
    if not calendar.works_on(day) or local(signed_at).time() >= hours.closing(day):
        day = calendar.next_working_day(day)
    by = at_local(day, hours.closing(day))
    late_from = overdue_from(by, Unit.WORKING_HOUR)
    return Beside(PASS_ON, by, time_left(now, by, late_from, A_DAY, calendar=calendar, hours=hours))


def waited_for(until: datetime, now: datetime, calendar: Calendar) -> Beside:
    """Return how long an applicant is waited for: pressing in its last five days, late once over.

    Only then may the office close the dossier (rules.md 6.1).
    """
    today, last = legal_date(now), legal_date(until)
    if today > last:
        return Beside(UNTIL, until, Left(Tone.LATE, days=calendar.working_days(last, today)))
    days = (last - today).days
    tone = Tone.NEAR if days <= WARNED_BEFORE else Tone.SAFE
    return Beside(UNTIL, until, Left(tone, days=days, in_hours=not days, in_working_days=False))

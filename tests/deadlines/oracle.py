"""The regulations once more, as slowly as one would count with a pencil (rules.md 4.2, 6.1, 6.2).

Nothing here is shared with the product but the words of its calendar and its pauses.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from onestop.base.moments import VIET_NAM
from onestop.deadlines.rules.calendars import Calendar, DayKind, Hours
from onestop.deadlines.rules.limits import Further, Limit
from onestop.deadlines.rules.pauses import Pause

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def due(
    received: datetime,
    limit: Limit,
    calendar: Calendar,
    hours: Hours,
    pauses: Sequence[Pause] = (),
    cutoff: time = time(15),
    further: Further | None = None,
    *,
    shifts: bool = False,
) -> datetime:
    """Return the due moment in Viet Nam; a pause that restarts has been found in time.

    What the limit was extended by is counted behind its end, under the same calendar. With `shifts`
    what came too late for a day is taken to have come on the next working day.
    """
    for restart in [one for one in pauses if one.restarts]:
        assert restart.ends_at is not None
        received, pauses = restart.ends_at, _after(pauses, restart.ends_at)
    here = received.astimezone(VIET_NAM)
    if str(limit.unit) == "working_hour":
        return _hours(here, limit.value, calendar, hours, pauses)
    in_days = str(limit.unit) in {"working_day", "calendar_day", "month"} and limit.value
    while shifts and in_days and (not _works(calendar, here.date()) or here.time() >= cutoff):
        here = datetime.combine(here.date() + DAY, time(), VIET_NAM)
    day = _last_counted(here, limit, calendar, pauses, cutoff)
    while not _works(calendar, day) or _held(day, pauses):
        day += DAY
    closing = max(ends for _, ends in hours.on(day))
    for _ in range(further.days if further else 0):
        day += DAY
        while not _works(calendar, day) or _held(day, pauses):
            day += DAY
    return datetime.combine(day, further.clock if further else closing, VIET_NAM)


def _last_counted(
    here: datetime, limit: Limit, calendar: Calendar, pauses: Sequence[Pause], cutoff: time
) -> date:
    day, unit = here.date(), str(limit.unit)
    if unit in {"same_day", "immediate"} or (unit == "working_day" and limit.value == 0):
        if _works(calendar, day) and here.time() < cutoff:
            return day
        day += DAY
        while not _works(calendar, day):
            day += DAY
        return day
    wanted = limit.value
    if unit == "month":
        wanted = (_same_number(day, limit.value) - day).days
    number = 0
    while number < wanted:
        day += DAY
        if _held(day, pauses):
            continue
        if unit != "working_day" or _works(calendar, day):
            number += 1
    return day


def _same_number(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in (day.day, 30, 29, 28):
        if number <= day.day:
            try:
                return date(year, month, number)
            except ValueError:
                continue
    raise AssertionError


def _hours(
    here: datetime, wanted: int, calendar: Calendar, hours: Hours, pauses: Sequence[Pause]
) -> datetime:
    minute, rest = here, wanted * 60
    while rest:
        if not _works(calendar, minute.date()):
            minute = datetime.combine(minute.date() + DAY, time(), VIET_NAM)
            continue
        is_open = any(begins <= minute.time() < ends for begins, ends in hours.on(minute.date()))
        if is_open and not any(one.begins_at <= minute < _end(one) for one in pauses):
            rest -= 1
        minute += MINUTE
    return minute


def _works(calendar: Calendar, day: date) -> bool:
    row = calendar.days.get(day)
    if row is not None:
        return row.kind == DayKind.MAKE_UP_WORKING_DAY
    return day.isoweekday() <= 5


def _held(day: date, pauses: Sequence[Pause]) -> bool:
    return any(
        one.begins_at.astimezone(VIET_NAM).date() <= day < _end(one).astimezone(VIET_NAM).date()
        for one in pauses
    )


def _after(pauses: Sequence[Pause], moment: datetime) -> list[Pause]:
    return [Pause(max(one.begins_at, moment), one.ends_at) for one in pauses if _end(one) > moment]


def _end(pause: Pause) -> datetime:
    assert pause.ends_at is not None
    return pause.ends_at

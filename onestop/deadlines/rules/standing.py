"""How much of a limit is left, and where a date goes that is declared off."""

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from onestop.base.moments import local
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import measure
from onestop.deadlines.rules.limits import DAYS_A_MONTH, Limit, Unit, add_months, overdue_from
from onestop.deadlines.rules.moments import at_local, legal_date


class Tone(Worded):
    """How pressing a date is."""

    SAFE = "safe", N_("trong hạn")
    NEAR = "near", N_("sắp đến hạn")
    LATE = "late", N_("quá hạn")
    HOLD = "hold", N_("đang dừng")
    DONE = "done", N_("xong")


class Left(NamedTuple):
    """What is left of a limit, or how late it is, in the limit's own unit.

    `days` are working days (for a limit in calendar days or months: days), `minutes` working
    time for hours and for what is due today. A result that nobody has taken yet `waits`, `days`
    of the calendar beyond the day it was promised for.
    """

    tone: Tone
    days: int = 0
    minutes: int = 0
    in_hours: bool = False
    in_working_days: bool = True
    waits: bool = False

    @property
    def message(self) -> str:
        """Return what a person reads, to be formatted with `values`."""
        if self.waits:
            return UNCLAIMED if self.days else DONE_AND_WAITING
        if self.tone == Tone.DONE:
            return DONE
        if self.tone == Tone.HOLD:
            return HELD if self.days else JUST_HELD
        if self.in_hours and not self.minutes:
            return JUST_LATE if self.tone == Tone.LATE else DUE_TODAY
        if self.in_hours:
            return _SPARE[self.tone == Tone.LATE][self._length]
        if self.tone == Tone.LATE:
            return LATE_DAYS if self.days else JUST_LATE
        return DAYS_LEFT if self.in_working_days else CALENDAR_DAYS_LEFT

    @property
    def reminders(self) -> int:
        """Return how many times whoever has not taken a result should have been reminded."""
        return sum(self.days >= days for days in REMINDED_AFTER) if self.waits else 0

    @property
    def _length(self) -> int:
        """Return how much there is to say: minutes, whole hours, or both."""
        hours, minutes = divmod(self.minutes, MINUTES_OF_AN_HOUR)
        return 0 if not hours else 2 if minutes else 1

    @property
    def values(self) -> dict[str, int]:
        """Return what `message` is formatted with."""
        return {"days": self.days, "hours": self.minutes // 60, "minutes": self.minutes % 60}


DONE: Final = N_("xong")
DONE_AND_WAITING: Final = N_("xong, chờ trả")
UNCLAIMED: Final = N_("chờ lấy, quá hẹn %(days)d ngày")
REMINDED_AFTER: Final = (7, 30, 90)
"""Days of the calendar after which an applicant is reminded of his result (rules.md 8)."""
KEPT_MONTHS: Final = 12


class Unclaimed(Worded):
    """How long, at the least, a result waits beyond the day its applicant was told of (rules 8)."""

    WEEK = "7", N_("Từ 7 ngày")
    MONTH = "30", N_("Từ 30 ngày")
    QUARTER = "90", N_("Từ 90 ngày")
    YEAR = "archive", N_("Quá 12 tháng")

    def since(self, today: date) -> date:
        """Return the last day since which a result waits so long `today`, as `waiting` counts."""
        if self != Unclaimed.YEAR:
            return today - timedelta(days=int(self.value))
        day = add_months(today, -KEPT_MONTHS)
        return day if add_months(day, KEPT_MONTHS) < today else day - timedelta(days=1)


HELD: Final = N_("đang dừng %(days)d ngày làm việc")
JUST_HELD: Final = N_("vừa dừng")
HOURS_LEFT: Final = N_("còn %(hours)d giờ %(minutes)d phút làm việc")
LATE_HOURS: Final = N_("quá %(hours)d giờ %(minutes)d phút làm việc")
WHOLE_HOURS_LEFT: Final = N_("còn %(hours)d giờ làm việc")
LATE_WHOLE_HOURS: Final = N_("quá %(hours)d giờ làm việc")
MINUTES_LEFT: Final = N_("còn %(minutes)d phút làm việc")
LATE_MINUTES: Final = N_("quá %(minutes)d phút làm việc")
MINUTES_OF_AN_HOUR: Final = 60
_SPARE: Final = (
    (MINUTES_LEFT, WHOLE_HOURS_LEFT, HOURS_LEFT),
    (LATE_MINUTES, LATE_WHOLE_HOURS, LATE_HOURS),
)
DAYS_LEFT: Final = N_("còn %(days)d ngày làm việc")
CALENDAR_DAYS_LEFT: Final = N_("còn %(days)d ngày theo lịch")
LATE_DAYS: Final = N_("quá %(days)d ngày làm việc")
JUST_LATE: Final = N_("vừa quá hạn")
DUE_TODAY: Final = N_("đến hạn hôm nay")


def time_left(
    now: datetime,
    due_at: datetime,
    overdue_from: datetime,
    limit: Limit,
    *,
    calendar: Calendar,
    hours: Hours,
    paused_since: datetime | None = None,
) -> Left:
    """Return what is left until `due_at`, or by how much it has passed.

    Working days left do not count today. Near is at most a third of the limit, or one working day.
    A pause that began in time holds the date for as long as it runs.
    """
    today, last = legal_date(now), legal_date(due_at)
    if paused_since is not None and paused_since < overdue_from:
        return Left(Tone.HOLD, days=calendar.working_days(legal_date(paused_since), today))
    working = limit.unit != Unit.CALENDAR_DAY and limit.unit != Unit.MONTH
    if limit.unit == Unit.WORKING_HOUR or (now < overdue_from and today == last):
        late = now >= overdue_from
        first, until = (due_at, now) if late else (now, due_at)
        spare = int(measure(first, until, Unit.WORKING_HOUR, calendar, hours) * 60)
        near = limit.unit != Unit.WORKING_HOUR or 3 * spare <= limit.value * 60
        tone = Tone.LATE if late else Tone.NEAR if near else Tone.SAFE
        return Left(tone, minutes=spare, in_hours=True)
    if now >= overdue_from:
        days = calendar.working_days(last, today)
        return Left(Tone.LATE, days=days)
    working_days = calendar.working_days(today, last)
    days = working_days if working else (last - today).days
    whole = limit.value * DAYS_A_MONTH if limit.unit == Unit.MONTH else limit.value
    near = working_days <= 1 or 3 * days <= whole
    return Left(Tone.NEAR if near else Tone.SAFE, days=days, in_working_days=working)


def waiting(due_at: datetime, finished_at: datetime, now: datetime) -> Left:
    """Return how long a result has waited for its applicant beyond the day he was told of.

    One that was late waits since it is there. It is pressing once he has to be reminded of it, and
    goes to the archive of the handling office after twelve months (rules.md 8).
    """
    since, today = max(legal_date(due_at), legal_date(finished_at)), legal_date(now)
    left = Left(Tone.DONE, days=max(0, (today - since).days), waits=True)
    if today > add_months(since, KEPT_MONTHS):
        return left._replace(tone=Tone.LATE)
    return left._replace(tone=Tone.NEAR) if left.reminders else left


def moved(
    due_at: datetime,
    unit: Unit,
    *,
    calendar: Calendar,
    hours: Hours,
    at: datetime,
    clock: time | None = None,
) -> datetime | None:
    """Return where a date goes whose own day `calendar` declares off, or None where it stays.

    It goes to the next working day: at closing time for days, at the same minute for hours, at
    the `clock` of an extension. A date already past stays (rules.md 4.2 step 9), and so does
    one on a day that works (step 10).
    """
    if calendar.works_on(legal_date(due_at)) or at >= overdue_from(due_at, unit):
        return None
    return rolled(due_at, unit, calendar=calendar, hours=hours, clock=clock)


def rolled(
    due_at: datetime, unit: Unit, *, calendar: Calendar, hours: Hours, clock: time | None = None
) -> datetime:
    """Return a date on a working day: itself, or as `moved` moves it."""
    there = local(due_at)
    if calendar.works_on(there.date()):
        return due_at
    day = calendar.next_working_day(there.date())
    own = there.time() if unit == Unit.WORKING_HOUR else hours.closing(day)
    return at_local(day, clock or own)

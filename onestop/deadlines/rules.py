"""Limits and due dates: which days and hours count, which is the last, and why (rules.md 3–6)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded

VIET_NAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)
ONE_MINUTE: Final = timedelta(minutes=1)
AN_HOUR: Final = timedelta(hours=1)
CUTOFF: Final = time(15)
LONGEST_DAYS: Final = 3650
DAYS_A_MONTH: Final = 30
LONGEST_MONTHS: Final = 120
Interval = tuple[time, time]
Stretch = tuple[datetime, datetime]


class DayKind(Worded):
    """Why a date departs from the ordinary week, as the official calendar puts it."""

    PUBLIC_HOLIDAY = "public_holiday", N_("Nghỉ lễ")
    DAY_OFF_IN_LIEU = "day_off_in_lieu", N_("Nghỉ bù, nghỉ hoán đổi")
    MAKE_UP_WORKING_DAY = "make_up_working_day", N_("Làm bù")


class Unit(Worded):
    """What a limit is counted in."""

    WORKING_DAY = "working_day", N_("ngày làm việc")
    WORKING_HOUR = "working_hour", N_("giờ làm việc")
    CALENDAR_DAY = "calendar_day", N_("ngày")
    MONTH = "month", N_("tháng")
    SAME_DAY = "same_day", N_("trong ngày")
    IMMEDIATE = "immediate", N_("ngay")


class LineKind(Worded):
    """What one day of an explanation is."""

    RECEIPT = "receipt", N_("ngày nhận")
    COUNTED = "counted", N_("ngày được đếm")
    WEEKEND = "weekend", N_("nghỉ cuối tuần")
    PUBLIC_HOLIDAY = "public_holiday", N_("nghỉ lễ")
    DAY_OFF_IN_LIEU = "day_off_in_lieu", N_("nghỉ bù")
    MAKE_UP = "make_up", N_("làm bù, được đếm")
    PAUSED = "paused", N_("tạm dừng")
    VOIDED = "voided", N_("bỏ đếm")
    ROLLED = "rolled", N_("lùi sang ngày làm việc")
    MOVED = "moved", N_("dời vì ngày nghỉ mới")


SUFFIX: Final = {
    Unit.WORKING_DAY: "wd",
    Unit.WORKING_HOUR: "wh",
    Unit.CALENDAR_DAY: "d",
    Unit.MONTH: "m",
    Unit.SAME_DAY: "d",
    Unit.IMMEDIATE: "i",
}
UNIT_OF: Final = {
    "wd": Unit.WORKING_DAY,
    "wh": Unit.WORKING_HOUR,
    "d": Unit.CALENDAR_DAY,
    "m": Unit.MONTH,
    "i": Unit.IMMEDIATE,
}
LIMIT_TEXT: Final = re.compile(r"([0-9]{1,6})(wd|wh|d|m|i)")
AT_ONCE: Final = frozenset({Unit.SAME_DAY, Unit.IMMEDIATE})
LONGEST: Final = {
    Unit.WORKING_DAY: LONGEST_DAYS,
    Unit.CALENDAR_DAY: LONGEST_DAYS,
    Unit.MONTH: LONGEST_MONTHS,
    Unit.WORKING_HOUR: 8 * LONGEST_DAYS,
}


LIMIT_WORDS: Final = {
    Unit.WORKING_DAY: N_("%(value)d ngày làm việc"),
    Unit.WORKING_HOUR: N_("%(value)d giờ làm việc"),
    Unit.CALENDAR_DAY: N_("%(value)d ngày"),
    Unit.MONTH: N_("%(value)d tháng"),
    Unit.SAME_DAY: N_("trong ngày"),
    Unit.IMMEDIATE: N_("ngay khi nộp"),
}


FROM_THE_NEXT_DAY: Final = N_("đếm từ hôm sau ngày nhận")
FROM_THE_MOMENT: Final = N_("đếm từ giờ nhận, trong giờ làm việc")
FROM_RECEIPT: Final = N_("tính từ lúc nhận")


@dataclass(frozen=True, slots=True)
class Limit:
    """A processing limit: so many of a unit; `value` is 0 for same day and immediate."""

    value: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the limit written as `5wd`, `8wh`, `10d`, `2m`, `0d` (same day) or `0i`.

        Raises `Refusal` for anything else, for 0 months, and for what no law allows: more than
        3,650 days or 120 months.
        """
        found = LIMIT_TEXT.fullmatch(text.strip())
        if found is None:
            raise Refusal(
                N_("Thời hạn “%(text)s” không đúng dạng 5wd, 8wh, 10d, 2m, 0d hoặc 0i."),
                field="limit",
                text=text,
            )
        value, unit = int(found[1]), UNIT_OF[found[2]]
        if value == 0 and unit == Unit.CALENDAR_DAY:
            unit = Unit.SAME_DAY
        wrong = value != 0 if unit == Unit.IMMEDIATE else value > LONGEST.get(unit, 0)
        if wrong or (value == 0 and unit == Unit.MONTH):
            raise Refusal(
                N_("Thời hạn “%(text)s” ngoài giới hạn: 1–3650 ngày, 1–120 tháng."),
                field="limit",
                text=text,
            )
        return cls(value, unit)

    def __str__(self) -> str:
        return f"{self.value}{SUFFIX[self.unit]}"

    @property
    def message(self) -> str:
        """Return how a person reads the limit, to be formatted with `values`."""
        return LIMIT_WORDS[self.unit]

    @property
    def values(self) -> dict[str, int]:
        """Return what `message` is formatted with."""
        return {"value": self.value}

    @property
    def counting(self) -> str:
        """Return in words from when the limit is counted (Civil Code art. 147)."""
        if self.unit in AT_ONCE:
            return FROM_RECEIPT
        return FROM_THE_MOMENT if self.unit == Unit.WORKING_HOUR else FROM_THE_NEXT_DAY


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A date of the official calendar, with its name and the decision behind it."""

    day: date
    kind: DayKind
    name_vi: str
    name_en: str
    basis_vi: str = ""
    basis_en: str = ""
    provisional: bool = False

    def name(self, language: str) -> str:
        """Return the name in a language, `vi` or `en`."""
        return self.name_en if language == "en" else self.name_vi


Days = Mapping[date, CalendarDay]
ENGLISH: Final = {
    DayKind.PUBLIC_HOLIDAY: "Public holiday",
    DayKind.DAY_OFF_IN_LIEU: "Day off in lieu",
    DayKind.MAKE_UP_WORKING_DAY: "Make-up working day",
}


def declared_day(day: date, kind: DayKind, basis: str, name: str | None = None) -> CalendarDay:
    """Return a day as it is entered: under its own name, or that of its kind."""
    return CalendarDay(day, kind, name or kind.word, name or ENGLISH[kind], basis, basis)


@dataclass(frozen=True)
class Calendar:
    """The ordinary week, Monday to Friday, and the dates that depart from it.

    `days` are the rows known, complete for `years`; `estimate` gives those of any other year,
    which are provisional. A row that is known outranks an estimate.
    """

    days: Days
    years: frozenset[int]
    estimate: Callable[[int], Days] = field(default=lambda _year: {}, compare=False)
    provisional_years: frozenset[int] = frozenset()
    version: int = 0

    def row(self, day: date) -> CalendarDay | None:
        """Return what the calendar says of `day`, or None for an ordinary day of the week."""
        known = self.days.get(day)
        if known is not None or day.year in self.years:
            return known
        return self.estimate(day.year).get(day)

    def works_on(self, day: date) -> bool:
        """Say whether offices work on `day`; a departure outranks the week (rules.md 3.2)."""
        row = self.row(day)
        if row is None:
            return day.weekday() < SATURDAY
        return row.kind == DayKind.MAKE_UP_WORKING_DAY

    def is_provisional(self, year: int) -> bool:
        """Say whether the calendar of `year` is not confirmed (rules.md 3.7)."""
        return year not in self.years or year in self.provisional_years

    def entered(self, rows: Iterable[CalendarDay]) -> Self:
        """Return this calendar with `rows` in it, each in place of what stood on its day."""
        added = {row.day: row for row in rows}
        fresh = {day.year for day in added} - self.years
        estimated = {day: row for year in fresh for day, row in self.estimate(year).items()}
        return replace(
            self,
            days={**estimated, **self.days, **added},
            years=self.years | fresh,
            provisional_years=self.provisional_years | fresh,
        )

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`."""
        day += ONE_DAY
        while not self.works_on(day):
            day += ONE_DAY
        return day

    def working_days(self, after: date, until: date) -> int:
        """Count the working days after a date, up to and including another."""
        return sum(1 for day in _dates_after(after, until) if self.works_on(day))


ORDINARY_HOURS: Final = ((time(8), time(12)), (time(13), time(17)))


@dataclass(frozen=True)
class Hours:
    """The working hours of an office, each set from its own first day on (rules.md 3.3).

    Intervals are half-open: at 12:00:00 the office is already closed.
    """

    sets: tuple[tuple[date, tuple[Interval, ...]], ...] = ()

    def on(self, day: date) -> tuple[Interval, ...]:
        """Return the intervals in which the office works on a working day."""
        intervals: tuple[Interval, ...] = ORDINARY_HOURS
        for first_day, these in self.sets:
            if first_day <= day:
                intervals = these
        return intervals

    def closing(self, day: date) -> time:
        """Return when the office closes on a working day."""
        return self.on(day)[-1][1]

    def under(self, above: "Hours") -> "Hours":
        """Return these hours with those of the agency `above` for the time before they begin."""
        if not self.sets:
            return above
        first = self.sets[0][0]
        return Hours((*(one for one in above.sets if one[0] < first), *self.sets))


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stands still; `ends_at` is None while it runs.

    With `restarts` the limit begins anew at its end (a supplement asked for in time).
    """

    begins_at: datetime
    ends_at: datetime | None = None
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One day of an explanation, and why it counts or does not.

    `number` is which day it is, for hours how many working hours are used by its end. `used` are
    the working stretches of an hour limit on that day.
    """

    date: date
    kind: LineKind
    number: int | Decimal | None = None
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    row: CalendarDay | None = None
    provisional: bool = False
    used: tuple[Interval, ...] = ()
    open: tuple[Interval, ...] = ()

    @property
    def counted(self) -> bool:
        """Say whether the day counts towards the limit."""
        return self.kind in {LineKind.COUNTED, LineKind.MAKE_UP}


@dataclass(frozen=True)
class Count:
    """A due date with the days it was counted from; the date is read off the last line."""

    received_at: datetime
    due_at: datetime
    limit: Limit
    counting_from: date | datetime
    days: tuple[Line, ...]
    pauses: tuple[Pause, ...] = ()
    calendar_version: int = 0

    @property
    def on_time_from(self) -> datetime:
        """Return the midnight that begins the due date: finished before it is early."""
        return on_time_from(self.due_at)

    @property
    def overdue_from(self) -> datetime:
        """Return the first late moment: the midnight after the date, or the minute after."""
        return overdue_from(self.due_at, self.limit.unit)

    @property
    def provisional(self) -> bool:
        """Say whether the count passes days of a calendar that is not confirmed."""
        return any(line.provisional for line in self.days)


def local(moment: datetime) -> datetime:
    """Return `moment` on the clock of Viet Nam."""
    return moment.astimezone(VIET_NAM)


@lru_cache(maxsize=1 << 14)
def legal_date(moment: datetime) -> date:
    """Return the date in Viet Nam at `moment`; the law knows no other."""
    return moment.astimezone(VIET_NAM).date()


def at_local(day: date, clock: time) -> datetime:
    """Return the moment of a local date and time, in UTC."""
    return datetime.combine(day, clock, VIET_NAM).astimezone(UTC)


def on_time_from(due_at: datetime) -> datetime:
    """Return the midnight that begins the due date: finished before it is early."""
    return at_local(legal_date(due_at), time())


def overdue_from(due_at: datetime, unit: Unit) -> datetime:
    """Return the first late moment: the midnight after the date, or the minute after.

    Civil Code art. 148(6): the last day ends at 24:00; hours are compared by the minute.
    """
    if unit == Unit.WORKING_HOUR:
        return due_at.replace(second=0, microsecond=0) + ONE_MINUTE
    return at_local(legal_date(due_at) + ONE_DAY, time())


def fitted(pause: Pause, received_at: datetime) -> Pause:
    """Return `pause` as a count takes it, where only a date may be known of its ends.

    A date without a time is kept as its first minute where something begins, as its last where
    something ends: on the day of receipt that may come before the receipt itself.
    """
    begins_at, ends_at = pause.begins_at, pause.ends_at
    if begins_at < received_at and legal_date(begins_at) == legal_date(received_at):
        begins_at = received_at
    if ends_at is not None and ends_at < begins_at and legal_date(ends_at) == legal_date(begins_at):
        ends_at = begins_at
    if begins_at is pause.begins_at and ends_at is pause.ends_at:
        return pause
    return Pause(begins_at, ends_at, pause.restarts)


def union(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the maximal intervals that `pauses` cover together, in order (rules.md 6.2).

    An interval that is still running has no end; whether a pause restarts is not told any more.
    """
    merged: list[Pause] = []
    if not pauses:
        return ()
    for pause in sorted(pauses, key=lambda one: one.begins_at):
        last = merged[-1] if merged else None
        if last is None or (last.ends_at is not None and pause.begins_at > last.ends_at):
            merged.append(Pause(pause.begins_at, pause.ends_at))
        elif last.ends_at is not None:
            ends = None if pause.ends_at is None else max(last.ends_at, pause.ends_at)
            merged[-1] = Pause(last.begins_at, ends)
    return tuple(merged)


def count(
    received_at: datetime,
    limit: Limit,
    *,
    calendar: Calendar,
    hours: Hours,
    pauses: Iterable[Pause] = (),
    cutoff: time = CUTOFF,
    in_force: Calendar | None = None,
) -> Count:
    """Return the due date of a limit, day by day (rules.md 4.2, 6.1, 6.2).

    The day of receipt is not counted, hours are counted from the moment itself (Civil Code 2015
    art. 147); the end is rolled to a working day (art. 148(5)), also while it is off under the
    calendar `in_force`. What lies in a pause is left out; one that `restarts` begins the limit
    anew at its end (Decree 61/2018 art. 19(4)), which was decided when it began
    (`asked_in_time`). While a pause runs the date stays as it was when the pause began. Raises
    `Refusal` for a pause that begins before receipt or ends before it begins.
    """
    known = tuple(pauses)
    _check_pauses(received_at, known)
    work = _Work(limit, calendar, hours, cutoff, in_force or calendar)
    start, rest, voided = received_at, known, list[Line]()
    for restart in sorted((one for one in known if one.restarts), key=lambda one: one.begins_at):
        if restart.ends_at is None or restart.begins_at < start:
            continue
        voided += work.voided(start, restart.ends_at, rest, is_first=start is received_at)
        rest = tuple(_cut(one, restart.ends_at) for one in rest if _reaches(one, restart.ends_at))
        start = restart.ends_at
    counted = work.run(start, [one for one in union(rest) if one.ends_at is not None])
    return replace(
        counted,
        received_at=received_at,
        days=(*voided, *_as_supplement(counted.days, is_one=bool(voided))),
        pauses=known,
        calendar_version=calendar.version,
    )


def supplement_restarts(
    asked_at: datetime,
    received_at: datetime,
    *,
    calendar: Calendar,
    hours: Hours,
    within: int = 3,
) -> bool:
    """Say whether a supplement was asked for within three working days of receipt, by date.

    Only then does the limit count anew; later the clock pauses, for an office must not win time
    by asking late (Decree 61/2018 art. 19(4); rules.md 6.1).
    """
    last = count(received_at, Limit(within, Unit.WORKING_DAY), calendar=calendar, hours=hours)
    return legal_date(asked_at) <= legal_date(last.due_at)


def asked_in_time(
    asked_at: datetime,
    received_at: datetime,
    limit: Limit,
    *,
    calendar: Calendar,
    hours: Hours,
    pauses: Iterable[Pause] = (),
    cutoff: time = CUTOFF,
) -> bool:
    """Say whether a supplement asked for at a moment restarts the limit once it is brought.

    It must be asked for within three working days, and not after the due date as it stood then
    with the `pauses` before it: nothing erases a lateness that has already happened (rules.md
    6.1, 6.2).
    """
    if not supplement_restarts(asked_at, received_at, calendar=calendar, hours=hours):
        return False
    before = [_until(one, asked_at) for one in pauses]
    stood = count(
        received_at,
        limit,
        calendar=calendar,
        hours=hours,
        pauses=[one for one in before if one is not None],
        cutoff=cutoff,
    )
    return asked_at < stood.overdue_from


def measure(
    received_at: datetime, due_at: datetime, unit: Unit, calendar: Calendar, hours: Hours
) -> Decimal:
    """Return how many of `unit` lie between receipt and a moment: the inverse of counting.

    Working days and calendar days are whole; working hours exact.
    """
    first, last = legal_date(received_at), legal_date(due_at)
    if unit == Unit.WORKING_DAY:
        return Decimal(calendar.working_days(first, last))
    if unit == Unit.WORKING_HOUR:
        worked = timedelta()
        for day in (first, *_dates_after(first, last)):
            for begins, ends in _open(day, calendar, hours):
                worked += max(timedelta(), min(ends, due_at) - max(begins, received_at))
        return _hours(worked)
    return Decimal((last - first).days)


class Tone(Worded):
    """How pressing a date is."""

    SAFE = "safe", N_("trong hạn")
    NEAR = "near", N_("sắp đến hạn")
    LATE = "late", N_("quá hạn")
    HOLD = "hold", N_("đang dừng")
    DONE = "done", N_("xong")


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit, or how late it is, in the limit's own unit.

    `days` are working days (for a limit in calendar days or months: days), `minutes` working
    time for hours and for what is due today. A result that nobody has taken yet `waits`.
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
        if self.tone == Tone.DONE:
            return DONE_AND_WAITING if self.waits else DONE
        if self.tone == Tone.HOLD:
            return HELD
        if self.in_hours:
            return _SPARE[self.tone == Tone.LATE, self.minutes >= MINUTES_OF_AN_HOUR]
        if self.tone == Tone.LATE:
            return LATE_DAYS if self.days else JUST_LATE
        return DAYS_LEFT if self.in_working_days else CALENDAR_DAYS_LEFT

    @property
    def values(self) -> dict[str, int]:
        """Return what `message` is formatted with."""
        return {"days": self.days, "hours": self.minutes // 60, "minutes": self.minutes % 60}


DONE: Final = N_("xong")
DONE_AND_WAITING: Final = N_("xong, chờ trả")
HELD: Final = N_("đang dừng %(days)d ngày làm việc")
HOURS_LEFT: Final = N_("còn %(hours)d giờ %(minutes)d phút làm việc")
LATE_HOURS: Final = N_("quá %(hours)d giờ %(minutes)d phút làm việc")
MINUTES_LEFT: Final = N_("còn %(minutes)d phút làm việc")
LATE_MINUTES: Final = N_("quá %(minutes)d phút làm việc")
MINUTES_OF_AN_HOUR: Final = 60
_SPARE: Final = {
    (False, False): MINUTES_LEFT,
    (False, True): HOURS_LEFT,
    (True, False): LATE_MINUTES,
    (True, True): LATE_HOURS,
}
DAYS_LEFT: Final = N_("còn %(days)d ngày làm việc")
CALENDAR_DAYS_LEFT: Final = N_("còn %(days)d ngày")
LATE_DAYS: Final = N_("quá %(days)d ngày làm việc")
JUST_LATE: Final = N_("vừa quá hạn")


def time_left(
    now: datetime,
    due_at: datetime,
    overdue_from: datetime,
    limit: Limit,
    *,
    calendar: Calendar,
    hours: Hours,
) -> Left:
    """Return what is left until `due_at`, or by how much it has passed (LOOK 5.3).

    Working days left do not count today. Near is at most a third of the limit, or one working day.
    """
    today, last = legal_date(now), legal_date(due_at)
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
    days = calendar.working_days(today, last) if working else (last - today).days
    whole = limit.value * DAYS_A_MONTH if limit.unit == Unit.MONTH else limit.value
    near = calendar.working_days(today, last) <= 1 or 3 * days <= whole
    return Left(Tone.NEAR if near else Tone.SAFE, days=days, in_working_days=working)


def moved(
    due_at: datetime, unit: Unit, *, calendar: Calendar, hours: Hours, at: datetime
) -> datetime | None:
    """Return where a date goes whose own day `calendar` declares off, or None where it stays.

    It goes to the next working day: at closing time for days, at the same minute for hours. A
    date already past stays (rules.md 4.2 step 9), and so does one on a day that works (step 10).
    """
    there = local(due_at)
    if calendar.works_on(there.date()) or at >= overdue_from(due_at, unit):
        return None
    day = calendar.next_working_day(there.date())
    return at_local(day, there.time() if unit == Unit.WORKING_HOUR else hours.closing(day))


def check_declared(
    days: Sequence[tuple[date, DayKind]], *, basis: str, calendar: Calendar, replacing: bool
) -> None:
    """Refuse days that cannot be entered into the official calendar.

    The decision behind them is named; a make-up day is a Saturday or Sunday, a day in lieu one of
    Monday to Friday; a confirmed day is changed only on purpose.
    """
    if not basis.strip():
        raise Refusal(N_("Hãy ghi căn cứ: số, ngày văn bản."), field="basis")
    if not days:
        raise Refusal(N_("Chưa có ngày nào."), field="date")
    if len({day for day, _ in days}) < len(days):
        raise Refusal(N_("Một ngày chỉ được ghi một lần."), field="date")
    for day, kind in days:
        _check_weekday(day, kind)
        row = calendar.row(day)
        if row is not None and not row.provisional and not replacing:
            raise Refusal(
                N_("Ngày %(day)s đã có trong lịch: %(name)s. Chỉ đổi khi có --replace."),
                field="date",
                day=day,
                name=row,
            )


def _check_weekday(day: date, kind: DayKind) -> None:
    weekend = day.weekday() >= SATURDAY
    if kind == DayKind.MAKE_UP_WORKING_DAY and not weekend:
        raise Refusal(N_("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật."), field="date")
    if kind == DayKind.DAY_OFF_IN_LIEU and weekend:
        raise Refusal(N_("Ngày nghỉ bù phải từ thứ Hai đến thứ Sáu."), field="date")


def add_months(day: date, months: int) -> date:
    """Return the same-number day `months` later, or the last of a month without it.

    Civil Code art. 148(3).
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
    return first.replace(day=min(day.day, last.day))


class _Work:
    """One limit under one calendar, to be counted from one or several starts."""

    def __init__(
        self, limit: Limit, calendar: Calendar, hours: Hours, cutoff: time, in_force: Calendar
    ) -> None:
        self.limit, self.calendar, self.hours = limit, calendar, hours
        self.cutoff, self.in_force = cutoff, in_force

    def run(self, start: datetime, pauses: list[Pause]) -> Count:
        if self.limit.unit == Unit.WORKING_HOUR:
            return self._hours(start, pauses)
        held = [
            (legal_date(one.begins_at), legal_date(one.ends_at)) for one in pauses if one.ends_at
        ]
        first = legal_date(start)
        lines = [Line(first, LineKind.RECEIPT, reason=RECEIPT, provisional=self._unsure(first))]
        if self.limit.unit in AT_ONCE or self.limit.value == 0:
            self._same_day(start, held, lines)
        elif self.limit.unit == Unit.WORKING_DAY:
            self._working_days(held, lines)
        else:
            self._calendar_days(held, lines)
        self._roll(held, lines)
        last = lines[-1].date
        due_at = at_local(last, self.hours.closing(last))
        return Count(start, due_at, self.limit, first + ONE_DAY, tuple(lines))

    def voided(
        self, start: datetime, until: datetime, pauses: tuple[Pause, ...], *, is_first: bool
    ) -> list[Line]:
        held = [(legal_date(one.begins_at), legal_date(one.ends_at or until)) for one in pauses]
        first, last = legal_date(start), legal_date(until)
        every_date = self.limit.unit in {Unit.CALENDAR_DAY, Unit.MONTH}
        reason = RECEIPT if is_first else SUPPLEMENTED
        if self.limit.unit == Unit.WORKING_HOUR:
            reason = VOIDED
        lines = [Line(first, LineKind.RECEIPT, reason=reason)] if first < last else []
        for day in _dates_after(first, last - ONE_DAY):
            line = self._day(day, held)
            counted = line.counted or (every_date and line.kind != LineKind.PAUSED)
            lines.append(Line(day, LineKind.VOIDED, reason=VOIDED) if counted else line)
        return lines

    def _working_days(self, held: list[tuple[date, date]], lines: list[Line]) -> None:
        day, number = lines[0].date, 0
        while number < self.limit.value:
            day += ONE_DAY
            line = self._day(day, held)
            if line.counted:
                number += 1
                line = _numbered(line, number)
            lines.append(line)

    def _calendar_days(self, held: list[tuple[date, date]], lines: list[Line]) -> None:
        day, number = lines[0].date, 0
        wanted = self.limit.value
        if self.limit.unit == Unit.MONTH:
            wanted = (add_months(day, self.limit.value) - day).days
        while number < wanted:
            day += ONE_DAY
            line = self._day(day, held)
            if line.kind != LineKind.PAUSED:
                number += 1
                kind = LineKind.MAKE_UP if line.kind == LineKind.MAKE_UP else LineKind.COUNTED
                line = Line(day, kind, number, COUNTED, {"number": number}, line.row,
                            self._unsure(day))  # fmt: skip
            lines.append(line)

    def _same_day(self, start: datetime, held: list[tuple[date, date]], lines: list[Line]) -> None:
        there = local(start)
        if self.calendar.works_on(there.date()):
            if there.time() < self.cutoff:
                lines[0] = Line(there.date(), LineKind.RECEIPT, reason=SAME_DAY,
                                values={"cutoff": f"{self.cutoff:%H:%M}"},
                                provisional=self._unsure(there.date()))  # fmt: skip
                return
            values = {"cutoff": f"{self.cutoff:%H:%M}"}
            lines[0] = Line(there.date(), LineKind.RECEIPT, reason=AFTER_CUTOFF, values=values,
                            provisional=self._unsure(there.date()))  # fmt: skip
        day = there.date()
        while True:
            day += ONE_DAY
            if self.calendar.works_on(day):
                row = self.calendar.row(day)
                kind = LineKind.MAKE_UP if row else LineKind.COUNTED
                lines.append(Line(day, kind, 1, COUNTED, {"number": 1}, row, self._unsure(day)))
                return
            lines.append(self._day(day, held))

    def _roll(self, held: list[tuple[date, date]], lines: list[Line]) -> None:
        day, rolled = lines[-1].date, False
        while not self._can_end(day, held):
            if rolled:
                lines[-1] = self._day_off(day, held)
            day += ONE_DAY
            rolled = True
            lines.append(Line(day, LineKind.ROLLED, reason=ROLLED, provisional=self._unsure(day)))

    def _can_end(self, day: date, held: list[tuple[date, date]]) -> bool:
        return (
            self.calendar.works_on(day)
            and self.in_force.works_on(day)
            and not any(begins <= day < ends for begins, ends in held)
        )

    def _day(self, day: date, held: list[tuple[date, date]]) -> Line:
        if any(begins <= day < ends for begins, ends in held):
            return Line(day, LineKind.PAUSED, reason=PAUSED, provisional=self._unsure(day))
        return self._plain(day, self.calendar)

    def _day_off(self, day: date, held: list[tuple[date, date]]) -> Line:
        line = self._day(day, held)
        return self._plain(day, self.in_force) if line.counted else line

    def _plain(self, day: date, calendar: Calendar) -> Line:
        row, unsure = calendar.row(day), self._unsure(day)
        if row is not None:
            return Line(day, KIND_OF[row.kind], reason=row.name_vi, row=row, provisional=unsure)
        if day.weekday() < SATURDAY:
            return Line(day, LineKind.COUNTED, provisional=unsure)
        name = SATURDAYS if day.weekday() == SATURDAY else SUNDAYS
        return Line(day, LineKind.WEEKEND, reason=name, provisional=unsure)

    def _unsure(self, day: date) -> bool:
        return self.calendar.is_provisional(day.year)

    def _hours(self, start: datetime, pauses: list[Pause]) -> Count:
        rest = self.limit.value * AN_HOUR
        used = timedelta()
        day = legal_date(start)
        lines: list[Line] = []
        begins_at: datetime | None = None
        while True:
            taken: list[Stretch] = []
            due: datetime | None = None
            for opens, closes in self._free(day, start, pauses):
                begins_at = begins_at or opens
                spent = min(closes - opens, rest)
                rest -= spent
                used += spent
                taken.append((opens, opens + spent))
                if rest == timedelta():
                    due = opens + spent
                    break
            lines.append(self._hour_line(day, start, taken, used, pauses))
            if due is not None:
                counting_from = begins_at or due
                return self._rolled_hours(start, due, counting_from, lines)
            day += ONE_DAY

    def _free(self, day: date, start: datetime, pauses: list[Pause]) -> Iterator[Stretch]:
        for opens, closes in _open(day, self.calendar, self.hours):
            begins = max(opens, start)
            for pause in pauses:
                if pause.ends_at is None or pause.ends_at <= begins or pause.begins_at >= closes:
                    continue
                at_due = pause.begins_at == begins and not self.limit.value
                if pause.begins_at > begins or at_due:
                    yield begins, pause.begins_at
                begins = pause.ends_at
            if begins < closes:
                yield begins, closes

    def _hour_line(
        self,
        day: date,
        start: datetime,
        taken: list[Stretch],
        used: timedelta,
        pauses: list[Pause],
    ) -> Line:
        intervals = tuple(
            (local(begins).time(), local(ends).time()) for begins, ends in taken if begins < ends
        )
        is_open = self.calendar.works_on(day)
        plain = self._plain(day, self.calendar)
        kind, reason = plain.kind, plain.reason
        if is_open and not intervals:
            paused = any(one.begins_at < at_local(day + ONE_DAY, time()) for one in pauses)
            is_receipt = day == legal_date(start)
            kind = LineKind.RECEIPT if is_receipt or not paused else LineKind.PAUSED
            reason = OUTSIDE_HOURS if kind == LineKind.RECEIPT else PAUSED
        elif is_open:
            reason = HOURS_USED
        return Line(day, kind, _hours(used), reason, {"hours": _hours(used)}, plain.row,
                    self._unsure(day), intervals,
                    self.hours.on(day) if is_open else ())  # fmt: skip

    def _rolled_hours(
        self, start: datetime, due: datetime, counting_from: datetime, lines: list[Line]
    ) -> Count:
        while not self._can_end(legal_date(due), []):
            due += ONE_DAY
            day = legal_date(due)
            lines.append(Line(day, LineKind.ROLLED, lines[-1].number, ROLLED,
                              provisional=self._unsure(day)))  # fmt: skip
        return Count(start, due, self.limit, counting_from, tuple(lines))


RECEIPT: Final = N_("Ngày nhận hồ sơ, không đếm.")
SUPPLEMENTED: Final = N_("Ngày bổ sung đủ giấy tờ, không đếm.")
SAME_DAY: Final = N_("Nhận trước %(cutoff)s: trả trong ngày.")
AFTER_CUTOFF: Final = N_("Nhận từ %(cutoff)s: trả trong ngày làm việc tiếp theo.")
COUNTED: Final = N_("Ngày thứ %(number)s.")
PAUSED: Final = N_("Tạm dừng, không đếm.")
VOIDED: Final = N_("Bỏ đếm: thời hạn tính lại từ ngày bổ sung.")
ROLLED: Final = N_("Ngày cuối rơi vào ngày nghỉ hoặc tạm dừng: lùi sang ngày làm việc tiếp theo.")
MOVED: Final = N_("Dời sang ngày làm việc tiếp theo vì ngày nghỉ mới công bố.")
SATURDAYS: Final = N_("Thứ Bảy.")
SUNDAYS: Final = N_("Chủ nhật.")
HOURS_USED: Final = N_("Đã đếm %(hours)s giờ làm việc.")
OUTSIDE_HOURS: Final = N_("Nhận ngoài giờ làm việc.")
KIND_OF: Final = {
    DayKind.PUBLIC_HOLIDAY: LineKind.PUBLIC_HOLIDAY,
    DayKind.DAY_OFF_IN_LIEU: LineKind.DAY_OFF_IN_LIEU,
    DayKind.MAKE_UP_WORKING_DAY: LineKind.MAKE_UP,
}


def _as_supplement(lines: tuple[Line, ...], *, is_one: bool) -> tuple[Line, ...]:
    if not is_one or lines[0].kind != LineKind.RECEIPT or lines[0].reason != RECEIPT:
        return lines
    return (replace(lines[0], reason=SUPPLEMENTED), *lines[1:])


def _numbered(line: Line, number: int) -> Line:
    return Line(
        line.date, line.kind, number, COUNTED, {"number": number}, line.row, line.provisional
    )


def _check_pauses(received_at: datetime, pauses: tuple[Pause, ...]) -> None:
    for pause in pauses:
        if pause.begins_at < received_at:
            raise Refusal(N_("Tạm dừng không thể bắt đầu trước khi nhận hồ sơ."), field="pauses")
        if pause.ends_at is not None and pause.ends_at < pause.begins_at:
            raise Refusal(N_("Tạm dừng không thể kết thúc trước khi bắt đầu."), field="pauses")


def _until(pause: Pause, moment: datetime) -> Pause | None:
    if pause.begins_at >= moment:
        return None
    return Pause(pause.begins_at, min(pause.ends_at or moment, moment))


def _reaches(pause: Pause, moment: datetime) -> bool:
    return pause.ends_at is None or pause.ends_at > moment


def _cut(pause: Pause, moment: datetime) -> Pause:
    return Pause(max(pause.begins_at, moment), pause.ends_at, pause.restarts)


def _dates_after(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        day += ONE_DAY
        yield day


def _open(day: date, calendar: Calendar, hours: Hours) -> Iterator[Stretch]:
    if calendar.works_on(day):
        for begins, ends in hours.on(day):
            yield at_local(day, begins), at_local(day, ends)


def _hours(spent: timedelta) -> Decimal:
    seconds = int(spent.total_seconds())
    return (Decimal(seconds) / 3600).normalize() if seconds else Decimal(0)

"""The official calendar and office hours: which days and hours are worked (rules.md 3)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Final, Self

from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.words import N_, Bilingual, Worded
from onestop.deadlines.rules.moments import Interval, Stretch, at_local, dates_after, legal_date

SATURDAY: Final = 5
FIRST_YEAR: Final = 2000  # the first whole year of the five-day week (Decision 188/1999/QĐ-TTg)
LAST_YEAR: Final = 2100  # until which the lunar years are known


class DayKind(Worded):
    """Why a date departs from the ordinary week, as the official calendar puts it."""

    PUBLIC_HOLIDAY = "public_holiday", N_("Nghỉ lễ")
    DAY_OFF_IN_LIEU = "day_off_in_lieu", N_("Nghỉ bù, nghỉ hoán đổi")
    MAKE_UP_WORKING_DAY = "make_up_working_day", N_("Làm bù")


@dataclass(frozen=True, slots=True)
class CalendarDay(Bilingual):
    """A date of the official calendar, with its name and the decision behind it."""

    day: date
    kind: DayKind
    name_vi: str
    name_en: str
    basis_vi: str = ""
    basis_en: str = ""
    provisional: bool = False


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
        return sum(1 for day in dates_after(after, until) if self.works_on(day))


ORDINARY_HOURS: Final = ((time(8), time(12)), (time(13), time(17)))
SATURDAY_MORNING: Final = ((time(8), time(12)),)
"""When a shop may receive and return on a Saturday (Decision 14/2010/QĐ-TTg)."""


@dataclass(frozen=True)
class Hours:
    """The working hours of an office, each set from its own first day on (rules.md 3.3).

    Intervals are half-open: at 12:00:00 the office is already closed. `saturdays` says of the
    same first days whether the counter receives and returns on Saturday mornings: no office works
    then, and no limit counts it (rules.md 3.4).
    """

    sets: tuple[tuple[date, tuple[Interval, ...]], ...] = ()
    saturdays: tuple[tuple[date, bool], ...] = ()

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

    def saturday(self, day: date) -> tuple[Interval, ...]:
        """Return when the counter is open on Saturdays at the time of a day; nothing if never."""
        is_open = False
        for first_day, this in self.saturdays:
            if first_day <= day:
                is_open = this
        return SATURDAY_MORNING if is_open else ()

    def under(self, above: "Hours") -> "Hours":
        """Return these hours with those of the agency `above` for the time before they begin."""
        if not self.sets:
            return above
        first = self.sets[0][0]
        return Hours(
            (*(one for one in above.sets if one[0] < first), *self.sets),
            (*(one for one in above.saturdays if one[0] < first), *self.saturdays),
        )


def check_basis(basis: str) -> None:
    """Refuse a change of the calendar that names no decision behind it."""
    if not basis.strip():
        raise Refusal(N_("Hãy ghi căn cứ: số, ngày văn bản."), field="basis")


def check_declared(
    days: Sequence[tuple[date, DayKind]], *, basis: str, calendar: Calendar, replacing: bool
) -> None:
    """Refuse days that cannot be entered into the official calendar.

    The decision behind them is named, the years are those of the five-day week; a make-up day is a
    Saturday or Sunday, a day in lieu one of Monday to Friday; a confirmed day is changed only on
    purpose.
    """
    check_basis(basis)
    if not days:
        raise Refusal(N_("Chưa có ngày nào."), field="date")
    if len({day for day, _ in days}) < len(days):
        raise Refusal(N_("Một ngày chỉ được ghi một lần."), field="date")
    for day, kind in days:
        _check_year(day)
        _check_weekday(day, kind)
        row = calendar.row(day)
        if row is not None and not row.provisional and not replacing:
            raise Refusal(
                N_("Ngày %(day)s đã có trong lịch: %(name)s. Chỉ đổi khi có --replace."),
                field="date",
                day=day,
                name=row,
            )


def _check_year(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refusal(
            N_(
                "Lịch chính thức chỉ ghi các năm từ %(first)s đến %(last)s, không ghi ngày %(day)s."
            ),
            field="date",
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR),
            day=day.isoformat(),
        )


def _check_weekday(day: date, kind: DayKind) -> None:
    weekend = day.weekday() >= SATURDAY
    if kind == DayKind.MAKE_UP_WORKING_DAY and not weekend:
        raise Refusal(N_("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật."), field="date")
    if kind == DayKind.DAY_OFF_IN_LIEU and weekend:
        raise Refusal(N_("Ngày nghỉ bù phải từ thứ Hai đến thứ Sáu."), field="date")


def openings(day: date, calendar: Calendar, hours: Hours) -> Iterator[Stretch]:
    """Give the stretches in which an office works on `day`."""
    if calendar.works_on(day):
        for begins, ends in hours.on(day):
            yield at_local(day, begins), at_local(day, ends)


def counter_openings(day: date, calendar: Calendar, hours: Hours) -> Iterator[Stretch]:
    """Give the stretches of `day` in which a counter receives and returns.

    They are those in which the office works; on an ordinary Saturday the morning, where the
    agency so decided (rules.md 3.4).
    """
    yield from openings(day, calendar, hours)
    if day.weekday() == SATURDAY and calendar.row(day) is None:
        for begins, ends in hours.saturday(day):
            yield at_local(day, begins), at_local(day, ends)


def open_from(at: datetime, calendar: Calendar, hours: Hours) -> datetime:
    """Return the first moment from `at` on at which a counter is open: `at` itself, if it is."""
    day = legal_date(at)
    while True:
        for begins, ends in counter_openings(day, calendar, hours):
            if at < ends:
                return max(at, begins)
        day += ONE_DAY

"""Processing limits: their units, their text form, and when one is exceeded (rules.md 3, 5)."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple, Self

from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.moments import ONE_MINUTE, legal_date, midnight, midnight_after

CUTOFF: Final = time(15)
LONGEST_DAYS: Final = 3650
DAYS_A_MONTH: Final = 30
LONGEST_MONTHS: Final = 120


class Unit(Worded):
    """What a limit is counted in."""

    WORKING_DAY = "working_day", N_("ngày làm việc")
    WORKING_HOUR = "working_hour", N_("giờ làm việc")
    CALENDAR_DAY = "calendar_day", N_("ngày")
    MONTH = "month", N_("tháng")
    SAME_DAY = "same_day", N_("trong ngày")
    IMMEDIATE = "immediate", N_("ngay")


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
DAYS_AT_LEAST: Final = {Unit.WORKING_DAY: 1, Unit.CALENDAR_DAY: 1, Unit.MONTH: 28}
DAYS_AT_MOST: Final = {Unit.CALENDAR_DAY: 1, Unit.MONTH: 31, Unit.SAME_DAY: 0, Unit.IMMEDIATE: 0}
LIMIT_WORDS: Final = {
    Unit.WORKING_DAY: N_("%(value)d ngày làm việc"),
    Unit.WORKING_HOUR: N_("%(value)d giờ làm việc"),
    Unit.CALENDAR_DAY: N_("%(value)d ngày theo lịch"),
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
    def is_at_once(self) -> bool:
        """Say whether the result is due the same day, or the next where it came late."""
        return self.unit in AT_ONCE or self.value == 0

    @property
    def is_by_the_hour(self) -> bool:
        """Say whether a date alone says too little of it: it is one of hours, or of the day."""
        return self.is_at_once or self.unit == Unit.WORKING_HOUR

    @property
    def may_be_sooner(self) -> bool:
        """Say whether less of its unit can be promised."""
        return self.value > 1

    def sooner(self, typed: str) -> Self:
        """Read how many of its unit are promised instead: fewer, and one at least.

        An earlier promise is allowed and then binds, a later one is not (rules.md 4.3). Raises
        `Refusal` for what is no such number.
        """
        bare, most = typed.strip(), self.value - 1
        if not self.may_be_sooner:
            raise Refusal(N_("Thời hạn này không hẹn sớm hơn được."), field="sooner")
        is_number = bare.isascii() and bare.isdigit() and len(bare) <= len(str(most))
        if not (is_number and 1 <= int(bare) <= most):
            raise Refusal(
                N_("Hẹn sớm hơn là một số từ 1 đến %(most)d (%(unit)s)."),
                field="sooner",
                most=most,
                unit=self.unit,
            )
        return replace(self, value=int(bare))

    def exceeds(self, other: Self) -> bool:
        """Say whether this limit surely ends later than `other`, whenever both begin.

        Of one unit the larger does. A working day is a calendar day at least, a month has 28 to 31
        days; how many days lie between working days, or what hours make, nobody can say.
        """
        if self.unit == other.unit:
            return self.value > other.value
        if other.unit not in DAYS_AT_MOST:
            return False
        return DAYS_AT_LEAST.get(self.unit, 0) * self.value > DAYS_AT_MOST[other.unit] * other.value

    @property
    def counting(self) -> str:
        """Return in words from when the limit is counted (Civil Code art. 147)."""
        if self.is_at_once:
            return FROM_RECEIPT
        return FROM_THE_MOMENT if self.unit == Unit.WORKING_HOUR else FROM_THE_NEXT_DAY


class LimitLaw(NamedTuple):
    """A limit, and what its law has a day of receipt be.

    What comes before the `cutoff` of a working day comes on that day, for a limit of the same day;
    with `shifts_receipt` for one of days and months too: what came at or after it, or on a day off,
    counts as if it had come on the next working day, so that nothing is due before what came
    earlier (rules.md 4.3).
    """

    limit: Limit
    cutoff: time
    shifts_receipt: bool


def plain(limit: Limit) -> LimitLaw:
    """Return a limit of which no law says more: the same day ends for it at three o'clock."""
    return LimitLaw(limit, CUTOFF, shifts_receipt=False)


@dataclass(frozen=True, slots=True)
class Further:
    """Working days by which a limit was extended, and the hour at which the last of them is due.

    `version` is the state of the calendar under which they are counted (Decree 23/2015 art. 21,
    33, 37; rules.md 4.3).
    """

    days: int
    clock: time
    version: int = 0


PUBLISHED, STATUTORY = N_("công bố"), N_("luật định")
Others = tuple[tuple[str, Limit], ...]


def others(limit: Limit, *, published: Limit | None = None, statutory: Limit | None) -> Others:
    """Return which limits are told beside the one that is promised, each with what it is called.

    Those that there are, and only where they differ (rules.md 4.3).
    """
    found = {limit: ""}
    for word, one in ((PUBLISHED, published), (STATUTORY, statutory)):
        if one is not None:
            found.setdefault(one, word)
    return tuple((word, one) for one, word in found.items() if word)


def on_time_from(due_at: datetime) -> datetime:
    """Return the midnight that begins the due date: finished before it is early."""
    return midnight(legal_date(due_at))


def overdue_from(due_at: datetime, unit: Unit) -> datetime:
    """Return the first late moment: the midnight after the date, or the minute after.

    Civil Code art. 148(6): the last day ends at 24:00; hours are compared by the minute.
    """
    if unit == Unit.WORKING_HOUR:
        return due_at.replace(second=0, microsecond=0) + ONE_MINUTE
    return midnight_after(legal_date(due_at))


def add_months(day: date, months: int) -> date:
    """Return the same-number day `months` later, or the last of a month without it.

    Civil Code art. 148(3).
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
    return first.replace(day=min(day.day, last.day))

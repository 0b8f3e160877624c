"""What is counted, what a figure and a rate are, and which counters make up a period."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Self

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded
from onestop.catalogue.rules.channels import Channel

HUNDRED: Final = Decimal(100)
EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2199
"""The years that are counted; what a register holds outside of them is refused."""


class Flow(Worded):
    """Something that happens to a dossier on one legal date; stocks are sums of flows."""

    RECEIVED = "received", N_("Đã tiếp nhận")
    EARLY = "early", N_("Giải quyết trước hạn")
    ON_TIME = "on_time", N_("Giải quyết đúng hạn")
    OVERDUE = "overdue", N_("Giải quyết quá hạn")
    REFUSED_AT_INTAKE = "refused_at_intake", N_("Không tiếp nhận")
    REFUSED = "refused", N_("Bị từ chối sau thẩm định")
    WITHDRAWN = "withdrawn", N_("Rút hồ sơ")
    STOPPED = "stopped", N_("Bị dừng giải quyết")
    PAUSE_BEGUN = "pause_begun", N_("Bắt đầu tạm dừng")
    PAUSE_ENDED = "pause_ended", N_("Hết tạm dừng")
    OVERDUE_BEGUN = "overdue_begun", N_("Bắt đầu quá hạn")
    OVERDUE_ENDED = "overdue_ended", N_("Hết quá hạn")
    REAPPOINTED = "reappointed", N_("Giải quyết, đã hẹn lại")
    REAPPOINTED_KEPT = "reappointed_kept", N_("Giữ đúng hẹn lại")
    CHECKED_ONLINE = "checked_online", N_("Hồ sơ trực tuyến đã kiểm tra")
    LATE_INTAKE = "late_intake", N_("Kiểm tra muộn hồ sơ trực tuyến")


FLOWS: Final = tuple(flow.value for flow in Flow)
ONLINE_LEVELS: Final = (2, 3, 4)


@dataclass(frozen=True, slots=True)
class Booking:
    """One flow of one dossier on its legal date; `amount` is -1 where it is taken back."""

    day: date
    agency_id: int
    procedure_id: int
    level: int
    channel: Channel
    flow: Flow
    amount: int = 1


class Grain(Worded):
    """How many days one counter covers."""

    DAY = "day", N_("ngày")
    MONTH = "month", N_("tháng")


Counts = dict[tuple[Any, ...], dict[str, int]]
COARSE: Final = ("grain", "starts_on", "agency_id", "level", "channel")
FINE: Final = ("starts_on", "agency_id", "procedure_id", "level", "channel")
"""What the counters are kept by: of days and months, and of months by procedure."""


def counted(bookings: Iterable[Booking]) -> tuple[Counts, Counts]:
    """Return what `bookings` add up to: by day and month, and by month and procedure."""
    coarse: Counts = defaultdict(lambda: defaultdict(int))
    fine: Counts = defaultdict(lambda: defaultdict(int))
    for one in bookings:
        month = month_of(one.day)
        rest = (one.agency_id, one.level, one.channel)
        flow = one.flow._value_
        coarse[(Grain.DAY, one.day, *rest)][flow] += one.amount
        coarse[(Grain.MONTH, month, *rest)][flow] += one.amount
        fine[(month, one.agency_id, one.procedure_id, one.level, one.channel)][flow] += one.amount
    return coarse, fine


@dataclass(frozen=True, slots=True)
class Sums:
    """Flows added up over some days.

    `online_2` to `online_4` split what came in online, and `received_3_or_above` is what came in,
    by whatever channel, for services that can be submitted online.
    """

    received: int = 0
    early: int = 0
    on_time: int = 0
    overdue: int = 0
    refused_at_intake: int = 0
    refused: int = 0
    withdrawn: int = 0
    stopped: int = 0
    pause_begun: int = 0
    pause_ended: int = 0
    overdue_begun: int = 0
    overdue_ended: int = 0
    reappointed: int = 0
    reappointed_kept: int = 0
    checked_online: int = 0
    late_intake: int = 0
    online_2: int = 0
    online_3: int = 0
    online_4: int = 0
    received_3_or_above: int = 0

    def __add__(self, other: Self) -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in SUMMED))

    @property
    def resolved(self) -> int:
        """Return how many were finished, in whatever way."""
        return self.early + self.on_time + self.overdue


SUMMED: Final = tuple(field.name for field in fields(Sums))


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with the two numbers it is made of."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """Return the share in percent, or None where there is nothing to take a share of."""
        return percent(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period (rules.md 9.3): `carried + received == resolved + open`."""

    carried: int
    received: int
    received_online: int
    received_online_by_level: dict[str, int]
    received_3_or_above: int
    resolved: int
    early: int
    on_time: int
    overdue: int
    refused_at_intake: int
    refused: int
    withdrawn: int
    stopped: int
    open: int
    open_overdue: int
    paused: int
    reappointed: int
    reappointed_kept: int
    checked_online: int
    late_intake: int

    @property
    def timely(self) -> int:
        """Return how many were finished early or on time."""
        return self.early + self.on_time

    @property
    def open_within_term(self) -> int:
        """Return how many are open and not late."""
        return self.open - self.open_overdue

    @property
    def timely_rate(self) -> Rate:
        """Return early and on time of all resolved (rules.md 9.4)."""
        return Rate(self.timely, self.resolved)

    @property
    def reappointed_kept_rate(self) -> Rate:
        """Return resolved by the date of the apology, of all resolved with one (rules.md 7.4)."""
        return Rate(self.reappointed_kept, self.reappointed)

    @property
    def late_intake_rate(self) -> Rate:
        """Return what the desk checked late of all it checked online (rules.md 4.3, 8)."""
        return Rate(self.late_intake, self.checked_online)

    @property
    def online_rate(self) -> Rate:
        """Return received online of all newly received (rules.md 10.2)."""
        return Rate(self.received_online, self.received)

    @property
    def received_online_3_or_above(self) -> int:
        """Return how many came in online for services of level 3 or 4."""
        return self.received_online_by_level["3"] + self.received_online_by_level["4"]

    @property
    def online_rate_level_3_or_above(self) -> Rate:
        """Return the cumulative reading of "level 3": received online at level 3 or 4."""
        return Rate(self.received_online_3_or_above, self.received)

    @property
    def online_rate_level_3(self) -> Rate:
        """Return the exact reading of "level 3"."""
        return Rate(self.received_online_by_level["3"], self.received)

    @property
    def online_rate_level_4(self) -> Rate:
        """Return received online at level 4 of all newly received."""
        return Rate(self.received_online_by_level["4"], self.received)

    @property
    def timely_of_received_rate(self) -> Rate:
        """Return early and on time of all that was there to do (Decree 61/2018 art. 30(2c))."""
        return Rate(self.timely, self.carried + self.received)

    @property
    def within_term_rate(self) -> Rate:
        """Return what is not late, finished or still open, of both (rules.md 9.4, index 2.1)."""
        return Rate(self.timely + self.open_within_term, self.resolved + self.open)

    @property
    def online_rate_where_offered(self) -> Rate:
        """Return online of what was received for services of level 3 or 4 (rules.md 10.2)."""
        return Rate(self.received_online_3_or_above, self.received_3_or_above)

    @property
    def is_zero(self) -> bool:
        """Say whether there is no figure other than 0."""
        return not any(
            (self.carried, self.received, self.resolved, self.refused_at_intake, self.open)
        )


RATES: Final = (
    "timely_rate",
    "reappointed_kept_rate",
    "online_rate_level_3_or_above",
    "online_rate_level_3",
    "online_rate_level_4",
    "online_rate",
    "timely_of_received_rate",
    "within_term_rate",
    "online_rate_where_offered",
    "late_intake_rate",
)


def percent(part: int, whole: int) -> Decimal | None:
    """Return `part` of `whole` in percent, or None when there is nothing to take a part of.

    Two decimals, half up on the exact fraction; three where two would read 100 while one is
    missing or 0 while one is there, and then never beyond 99.999 or below 0.001 (rules.md 9.4).
    """
    if whole == 0:
        return None
    for places in (2, 3):
        # Half up in whole numbers: no decimal context can round the fraction before we do.
        steps = (2 * 100 * 10**places * part + whole) // (2 * whole)
        rate = Decimal(steps).scaleb(-places)
        if (rate == HUNDRED) == (part == whole) and (rate == 0) == (part == 0):
            return rate
    return Decimal("99.999") if 2 * part > whole else Decimal("0.001")


def figures(before: Sums, during: Sums) -> Figures:
    """Return the figures of a period from the flows before it and those within it.

    Stocks are sums of flows (rules.md 9.3): what was received and not finished is open; what
    became overdue or paused and did not cease to be so still is.
    """
    until = before + during
    return Figures(
        carried=before.received - before.resolved,
        received=during.received,
        received_online=during.online_2 + during.online_3 + during.online_4,
        received_online_by_level={
            "2": during.online_2,
            "3": during.online_3,
            "4": during.online_4,
        },
        received_3_or_above=during.received_3_or_above,
        resolved=during.resolved,
        early=during.early,
        on_time=during.on_time,
        overdue=during.overdue,
        refused_at_intake=during.refused_at_intake,
        refused=during.refused,
        withdrawn=during.withdrawn,
        stopped=during.stopped,
        open=until.received - until.resolved,
        open_overdue=until.overdue_begun - until.overdue_ended,
        paused=until.pause_begun - until.pause_ended,
        reappointed=during.reappointed,
        reappointed_kept=during.reappointed_kept,
        checked_online=during.checked_online,
        late_intake=during.late_intake,
    )


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included; raises `Refusal` for what is no period."""

    first: date
    last: date

    def __post_init__(self) -> None:
        for field, day in (("from", self.first), ("to", self.last)):
            if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
                raise Refusal(
                    N_("Năm phải từ %(first)s đến %(last)s."),
                    field=field,
                    first=EARLIEST_YEAR,
                    last=LATEST_YEAR,
                )
        if self.last < self.first:
            raise Refusal(N_("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi."), field="to")

    @property
    def whole_months(self) -> tuple[date, date]:
        """Return the first day of the first whole month and the day after the last one.

        Both are the same date where the period has no whole month.
        """
        begins = self.first if self.first.day == 1 else next_month(self.first)
        ends = month_of(self.last + timedelta(days=1))
        return (begins, ends) if begins < ends else (begins, begins)

    @property
    def edges(self) -> tuple["Period", ...]:
        """Return the days that belong to no whole month of the period, at most two stretches."""
        begins, ends = self.whole_months
        if begins == ends:
            return (self,)
        stretches = ((self.first, begins - timedelta(days=1)), (ends, self.last))
        return tuple(Period(first, last) for first, last in stretches if first <= last)

    @property
    def months(self) -> Iterator[date]:
        """Return the first day of each month that the period touches."""
        month = month_of(self.first)
        while month <= self.last:
            yield month
            month = next_month(month)


def month_until(day: date) -> Period:
    """Return the days of a month up to and including one of them."""
    return Period(month_of(day), day)


def month_of(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def last_of(month: date) -> date:
    """Return the last day of the month that begins on a day."""
    return next_month(month) - timedelta(days=1)


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def total(sums: Iterable[Sums]) -> Sums:
    """Add up; nothing adds up to zeros."""
    result = Sums()
    for one in sums:
        result += one
    return result

"""A due date with the days it was counted from, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from onestop.base.moments import local
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.calendars import CalendarDay, DayKind
from onestop.deadlines.rules.limits import Limit, on_time_from, overdue_from
from onestop.deadlines.rules.moments import Interval, as_hours, at_local
from onestop.deadlines.rules.pauses import Pause


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
    EXTENDED = "extended", N_("hẹn sau khi kéo dài")


class Start(Worded):
    """What happened on the day after which a count begins."""

    RECEIPT = "receipt", N_("Ngày nhận hồ sơ, không đếm.")
    DEEMED_RECEIPT = "deemed_receipt", N_("Coi là ngày nhận, không đếm.")
    SUPPLEMENT = "supplement", N_("Ngày bổ sung đủ giấy tờ, không đếm.")
    CHECK = "check", N_("Ngày hết 8 giờ kiểm tra hồ sơ trực tuyến, không đếm.")


@dataclass(frozen=True, slots=True)
class Line:
    """One day of an explanation, and why it counts or does not.

    `number` is which day it is, for hours how many working hours are used by its end; `start` says
    what begins on a day that is not counted for it. `used` are the working stretches of an hour
    limit on that day.
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
    start: Start | None = None

    @property
    def counted(self) -> bool:
        """Say whether the day counts towards the limit."""
        return self.kind in {LineKind.COUNTED, LineKind.MAKE_UP, LineKind.EXTENDED}


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


SHIFTED: Final = N_("Nhận từ %(cutoff)s: thời hạn tính như nhận vào ngày làm việc tiếp theo.")
SHIFTED_OFF: Final = N_("Nhận vào ngày nghỉ: thời hạn tính như nhận vào ngày làm việc tiếp theo.")
PUT_OFF: Final = frozenset({SHIFTED, SHIFTED_OFF})
SAME_DAY: Final = N_("Nhận trước %(cutoff)s: trả trong ngày.")
AFTER_CUTOFF: Final = N_("Nhận từ %(cutoff)s: trả trong ngày làm việc tiếp theo.")
ON_A_DAY_OFF: Final = N_("Nhận vào ngày nghỉ: trả trong ngày làm việc tiếp theo.")
COUNTED: Final = N_("Ngày thứ %(number)s.")
FURTHER: Final = N_("Ngày thứ %(number)s, kéo dài thêm.")
EXTENDED: Final = N_(
    "Ngày thứ %(number)s, ngày hẹn sau khi kéo dài thời hạn chứng thực (Nghị định 23/2015/NĐ-CP)."
)
PAUSED: Final = N_("Tạm dừng, không đếm.")
CLOSED: Final = N_("Cơ quan đóng cửa theo lệnh, không đếm.")
CLOSED_BY: Final = N_("Cơ quan đóng cửa theo lệnh “%(order)s”, không đếm.")
VOIDED: Final = N_("Bỏ đếm: thời hạn tính lại từ ngày bổ sung.")
ROLLED: Final = N_("Ngày cuối rơi vào ngày nghỉ hoặc tạm dừng: lùi sang ngày làm việc tiếp theo.")
MOVED: Final = N_("Dời sang ngày làm việc tiếp theo vì ngày nghỉ mới công bố.")
SATURDAYS: Final = N_("Thứ Bảy.")
SUNDAYS: Final = N_("Chủ nhật.")
HOURS_USED: Final = N_("Đã đếm %(hours)s giờ làm việc.")
OUTSIDE_HOURS: Final = N_("Nhận ngoài giờ làm việc.")
FROM_THE_CHECK: Final = {
    Start.RECEIPT.word: Start.CHECK.word,
    SHIFTED: N_(
        "Hết 8 giờ kiểm tra hồ sơ trực tuyến từ %(cutoff)s: "
        "thời hạn tính như nhận vào ngày làm việc tiếp theo."
    ),
    SAME_DAY: N_("Hết 8 giờ kiểm tra hồ sơ trực tuyến trước %(cutoff)s: trả trong ngày."),
    AFTER_CUTOFF: N_(
        "Hết 8 giờ kiểm tra hồ sơ trực tuyến từ %(cutoff)s: trả trong ngày làm việc tiếp theo."
    ),
    ON_A_DAY_OFF: N_(
        "Hết 8 giờ kiểm tra hồ sơ trực tuyến vào ngày nghỉ: trả trong ngày làm việc tiếp theo."
    ),
    HOURS_USED: N_("Hết 8 giờ kiểm tra hồ sơ trực tuyến, từ đó đã đếm %(hours)s giờ làm việc."),
    OUTSIDE_HOURS: N_("Hết 8 giờ kiểm tra hồ sơ trực tuyến khi hết giờ làm việc."),
}
"""The same of a limit that counts from the end of the hours for a check (rules.md 4.3)."""
KIND_OF: Final = {
    DayKind.PUBLIC_HOLIDAY: LineKind.PUBLIC_HOLIDAY,
    DayKind.DAY_OFF_IN_LIEU: LineKind.DAY_OFF_IN_LIEU,
    DayKind.MAKE_UP_WORKING_DAY: LineKind.MAKE_UP,
}


def numbered(line: Line, number: int, reason: str = COUNTED) -> Line:
    """Return a line as the day of that number."""
    return Line(
        line.date, line.kind, number, reason, {"number": number}, line.row, line.provisional
    )


def closed_by(line: Line, order: str | None) -> Line:
    """Return the line of a day that is paused as one on which an order kept the office closed."""
    if line.reason != PAUSED:
        return line
    values = {"order": order} if order else {}
    return replace(line, reason=CLOSED_BY if order else CLOSED, values=values)


def from_the_check(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of a limit whose first day is that on which the hours for a check ended."""
    first, *rest = lines
    reason = FROM_THE_CHECK.get(first.reason, first.reason)
    return replace(first, reason=reason, start=Start.CHECK), *rest


def cut_at(lines: Sequence[Line], since: datetime) -> tuple[Line, ...]:
    """Return the lines with what a pause running `since` takes off the day on which it began.

    Hours count to the minute, so that day keeps those used before (rules.md 6.2 step 5). What is
    no line of hours stays as it is.
    """
    day = local(since).date()
    return tuple(_cut(line, since) if line.date == day and line.used else line for line in lines)


def _cut(line: Line, since: datetime) -> Line:
    clock = local(since).time()
    used = tuple((begins, min(ends, clock)) for begins, ends in line.used if begins < clock)
    number = (line.number or 0) - as_hours(_length(line, line.used) - _length(line, used))
    if not used:
        return replace(line, kind=LineKind.PAUSED, number=number, reason=PAUSED, used=())
    return replace(line, number=number, values={"hours": number}, used=used)


def _length(line: Line, used: Sequence[Interval]) -> timedelta:
    moments = ((at_local(line.date, begins), at_local(line.date, ends)) for begins, ends in used)
    return sum((ends - begins for begins, ends in moments), timedelta())

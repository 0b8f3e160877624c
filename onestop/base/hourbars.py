"""The hours of an explained limit as bars: which were open, which were used, what stood still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Final

from flask_babel import gettext as _

from onestop.base.filters import day_month, short_day_name
from onestop.base.languages import language
from onestop.base.told import OFF, DayLine

BAR: Final = 480
QUARTER_HOUR: Final = 15
OPEN, SHUT, PAUSED, VOIDED = "open", "shut", "paused", "voided"


@dataclass(frozen=True)
class Bar:
    """One stretch of an hours bar, in units of its drawing."""

    css: str
    x: float
    width: float


@dataclass(frozen=True)
class HourRow:
    """One day of an hour limit."""

    label: str
    bars: tuple[Bar, ...]
    used: str


def hour_rows(lines: Sequence[DayLine], held: tuple[date, date] | None) -> tuple[HourRow, ...]:
    """Return a row for each day of hours, and one for each stretch of whole days between them."""
    rows = tuple(_hour_rows(lines))
    return rows if held is None else (*rows, _whole_days(PAUSED, *held))


def _hour_rows(lines: Sequence[DayLine]) -> Iterator[HourRow]:
    for kind, group in groupby(zip(_row_kinds(lines), lines, strict=True), key=itemgetter(0)):
        days = [line for _kind, line in group]
        if kind == OPEN:
            yield from map(_hour_row, days)
        else:
            yield _whole_days(kind, days[0].date, days[-1].date)


def _row_kinds(lines: Sequence[DayLine]) -> Sequence[str]:
    """Return what each day is as a row of hours; days off within a pause belong to it."""
    kinds = [_row_kind(line) for line in lines]
    for place, kind in enumerate(kinds):
        next_one = next((one for one in kinds[place:] if one != SHUT), None)
        if kind == SHUT and place and kinds[place - 1] == next_one == PAUSED:
            kinds[place] = PAUSED
    return kinds


def _row_kind(line: DayLine) -> str:
    kind = str(line.kind.value)
    if kind in OFF:
        return SHUT
    if line.open and kind != PAUSED:
        return OPEN
    return VOIDED if kind == "receipt" else kind


def _whole_days(kind: str, first: date, last: date) -> HourRow:
    days = in_a_row(first, last)
    words = {PAUSED: _("tạm dừng"), VOIDED: _("bỏ đếm"), SHUT: _("nghỉ")}
    css = {PAUSED: "hour-pause", VOIDED: "hour-pause", SHUT: "hour-shut"}
    bar = Bar(css.get(kind, "hour-open"), 0, BAR)
    label = days if first != last else f"{short_day_name(first)} {days}"
    return HourRow(label, (bar,), words.get(kind, _("hẹn")))


def _hour_row(line: DayLine) -> HourRow:
    label = f"{short_day_name(line.date)} {day_month(line.date)}"
    first, last = line.open[0][0], line.open[-1][1]
    whole = _minutes(last) - _minutes(first)

    def bar(css: str, begins: time, ends: time) -> Bar:
        x = BAR * (_minutes(begins) - _minutes(first)) / whole
        return Bar(css, round(x, 1), round(BAR * (_minutes(ends) - _minutes(begins)) / whole, 1))

    bars = [bar("hour-open", *stretch) for stretch in line.open]
    shut = [
        bar("hour-shut", before[1], after[0])
        for before, after in zip(line.open, line.open[1:], strict=False)
    ]
    used = [bar("hour-used", *stretch) for stretch in line.used]
    return HourRow(label, (*bars, *shut, *used), _spent(line))


def _spent(line: DayLine) -> str:
    minutes = sum(_minutes(ends) - _minutes(begins) for begins, ends in line.used)
    if minutes % QUARTER_HOUR:
        hours, rest = divmod(minutes, 60)
        if hours:
            return str(_("%(hours)d giờ %(minutes)d phút", hours=hours, minutes=rest))
        return str(_("%(minutes)d phút", minutes=rest))
    written = f"{Decimal(minutes) / 60:.2f}".rstrip("0").rstrip(".")
    if language() == "vi":
        written = written.replace(".", ",")
    return str(_("%(hours)s giờ", hours=written))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def stretches(line: DayLine) -> str:
    """Return the hours used on a day, and how many they are."""
    spans = [
        f"{begins.hour}:{begins.minute:02}–{ends.hour}:{ends.minute:02}"
        for begins, ends in line.used
    ]
    return f"{', '.join(spans)}: {_spent(line)}."


def in_a_row(first: date, last: date) -> str:
    """Return some days in a row as short as they can be told."""
    if first == last:
        return day_month(first)
    begins = f"{first:%d}" if first.month == last.month else day_month(first)
    return f"{begins} – {day_month(last)}"

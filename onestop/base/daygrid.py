"""The explained date as a sheet of calendar: which cells, which words, which legend."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

from flask_babel import gettext as _

from onestop.base.filters import day_month, day_name
from onestop.base.hourbars import HourRow, hour_rows, in_a_row, stretches
from onestop.base.languages import language
from onestop.base.moments import ONE_DAY
from onestop.base.told import OFF, DayLine, why

MOST_WEEKS: Final = 6
EDGE_WEEKS: Final = 2
LONGEST_LIST: Final = 2
MOST_WEEKENDS: Final = 2
MOST_KEPT: Final = 2048
CHECK: Final = "check"
NEW_YEARS_DAY: Final = "Tết Dương lịch"
HELD: Final = frozenset({"paused", "voided", "rolled", "moved", "extended"})
NUMBERED: Final = frozenset({"counted", "make_up", "extended"})
CLASSES: Final = {
    "receipt": "start",
    "counted": "counted",
    "make_up": "counted makeup",
    "weekend": "off",
    "public_holiday": "off",
    "day_off_in_lieu": "off",
    "paused": "pause",
    "voided": "pause",
    "rolled": "counted",
    "moved": "counted",
    "extended": "counted",
}


@dataclass(frozen=True)
class Cell:
    """One day: what it looks like and what a screen reader says."""

    css: str
    label: str
    spoken: str
    number: str = ""
    tag: str = ""


@dataclass(frozen=True, eq=False)  # equal to itself alone: what was drawn of it is found by it
class Sheet:
    """The calendar sheet; `middle` is folded away when there are many weeks."""

    head: tuple[tuple[Cell, ...], ...]
    middle: tuple[tuple[Cell, ...], ...]
    tail: tuple[tuple[Cell, ...], ...]
    legend: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    hours: tuple[HourRow, ...] = ()
    sentence: str = ""
    days: int = 0


@dataclass(frozen=True)
class GridFacts:
    """What a sheet is made of.

    `today` is marked where there is one; `late_until` is the last day shown as late;
    `is_working` says which days after the due date count as late. Of more than `most_weeks` all
    but the first and last two are folded. `held` are the first and last day of a pause that is
    running: what would have come after it is not promised. `key` stands for what `lines` and
    `is_working` come from, if set.
    """

    lines: Sequence[DayLine] = field(compare=False)
    today: date | None
    late_until: date | None = None
    is_working: Any = field(default=None, compare=False)
    in_hours: bool = False
    at_once: bool = False
    most_weeks: int = MOST_WEEKS
    held: tuple[date, date] | None = None
    key: Hashable | None = None


def sheet(asked: GridFacts) -> Sheet:
    """Return the sheet of calendar for an explanation."""
    lines, today, held, late_until = asked.lines, asked.today, asked.held, asked.late_until
    due_on = lines[-1].date if held is None else None
    shown = untouched(lines, held)
    cells = {
        line.date: _cell(line, due_on, today, is_late=late_until is not None) for line in shown
    }
    if late_until is not None:
        cells |= _late(lines[-1].date, late_until, today, asked.is_working)
    if held is not None:
        cells = _held(*held, today, cells)
    weeks = _weeks(cells, today)
    folded = len(weeks) > asked.most_weeks
    is_told_at_once = asked.at_once and not held and _is_plain(lines, late_until)
    return Sheet(
        head=tuple(weeks[:EDGE_WEEKS] if folded else weeks),
        middle=tuple(weeks[EDGE_WEEKS:-EDGE_WEEKS] if folded else ()),
        tail=tuple(weeks[-EDGE_WEEKS:] if folded else ()),
        legend=tuple(_legend(cells, lines[0])),
        reasons=tuple(_reasons(shown, held)),
        hours=hour_rows(shown, held) if asked.in_hours else (),
        sentence=why(lines[0]) if is_told_at_once else "",
        days=len(lines),
    )


def untouched(lines: Sequence[DayLine], held: tuple[date, date] | None) -> Sequence[DayLine]:
    """Return the lines that a running pause leaves standing: those before it, and a receipt.

    The day of receipt counts for nothing, so a pause that begins on it takes nothing away; the
    hours used on the day are those before the pause.
    """
    if held is None:
        return lines
    return [line for line in lines if line.date < held[0] or _stands_on(held[0], line)]


def _stands_on(day: date, line: DayLine) -> bool:
    return line.date == day and (str(line.kind.value) == "receipt" or bool(line.used))


def sheet_once(asked: GridFacts) -> Sheet:
    """Return the sheet for what is asked; with a key each process makes it once a language."""
    last = max(asked.lines[-1].date, asked.late_until or asked.lines[-1].date)
    shown = _monday(asked.lines[0].date), _monday(last) + 7 * ONE_DAY
    if asked.held is None and asked.today and not shown[0] <= asked.today < shown[1]:
        asked = replace(asked, today=None)
    return sheet(asked) if asked.key is None else _kept(language(), asked)


@lru_cache(maxsize=MOST_KEPT)
def _kept(_language: str, asked: GridFacts) -> Sheet:
    return sheet(asked)


def _is_plain(lines: Sequence[DayLine], late_until: date | None) -> bool:
    """Say whether one sentence tells all: in time, and no pause on the way."""
    return late_until is None and not any(line.kind.value in HELD for line in lines)


def _cell(line: DayLine, due_on: date | None, today: date | None, *, is_late: bool) -> Cell:
    kind = str(line.kind.value)
    css = [CLASSES[kind]]
    tag = _tag(line)
    is_due = line.date == due_on
    if is_due:
        css.append("due over" if is_late else "due")
        is_receipt = kind == "receipt" and _start(line) != CHECK
        tag = _("nhận, hẹn") if is_receipt else _("hẹn")
    if line.date == today:
        css.append("today")
    number = "" if line.number is None or kind not in NUMBERED else str(line.number)
    return Cell(
        " ".join(css), _short(line.date), _spoken(line, is_due, line.date == today), number, tag
    )


def _tag(line: DayLine) -> str:
    kind = str(line.kind.value)
    name = line.row.name("vi") if line.row else ""
    if kind == "receipt":
        return {
            CHECK: _("tính từ"),
            "deemed_receipt": _("tính từ"),
            "supplement": _("bổ sung"),
        }.get(_start(line), _("nhận"))
    if kind == "public_holiday":
        is_lunar = "Tết" in name and NEW_YEARS_DAY not in name
        return _("Tết") if is_lunar else _("lễ")
    if kind == "day_off_in_lieu":
        return _("đổi ngày") if "hoán đổi" in name else _("nghỉ bù")
    words = {
        "make_up": _("làm bù"),
        "paused": _("tạm dừng"),
        "voided": _("bỏ đếm"),
    }
    return words.get(kind, "")


def _start(line: DayLine) -> str:
    return str(line.start.value) if line.start else ""


def _spoken(line: DayLine, is_due: bool, is_today: bool) -> str:
    told = [f"{day_name(line.date)}: {why(line)}"]
    if is_due:
        told.append(_("Hẹn trả."))
    if is_today:
        told.append(_("Hôm nay."))
    return " ".join(told)


def _late(
    due_on: date,
    until: date,
    today: date | None,
    is_working: Any,  # noqa: ANN401 - a function from a date to yes or no
) -> dict[date, Cell]:
    cells, day, number = {}, due_on, 0
    while day < until:
        day += ONE_DAY
        css, tag = "off", ""
        if is_working(day):
            number += 1
            css, tag = "lateday", _("trễ %(number)d", number=number)
        if day == today:
            css += " today"
        what = tag or _("ngày nghỉ")
        cells[day] = Cell(css, _short(day), f"{day_name(day)}: {what}", tag=tag)
    return cells


def _held(
    first: date, last: date, today: date | None, before: Mapping[date, Cell]
) -> dict[date, Cell]:
    cells, day = dict(before), first
    while day <= last:
        css = "pause today" if day == today else "pause"
        what = _("Tạm dừng, không đếm.")
        there = before.get(day)
        cells[day] = (
            replace(there, css=f"{there.css} pause", spoken=f"{there.spoken} {what}")
            if there
            else Cell(css, _short(day), f"{day_name(day)}: {what}", tag=_("tạm dừng"))
        )
        day += ONE_DAY
    return cells


def _weeks(cells: dict[date, Cell], today: date | None) -> list[tuple[Cell, ...]]:
    first, last = min(cells), max(cells)
    monday = _monday(first)
    weeks, start = [], monday
    while monday <= last:
        days = [monday + number * ONE_DAY for number in range(7)]
        weeks.append(tuple(cells.get(day) or _outside(day, today) for day in days))
        monday += 7 * ONE_DAY
    if language() == "en":  # the month stands where it begins
        head = replace(weeks[0][0], label=day_month(start))
        weeks[0] = (head, *weeks[0][1:])
    return weeks


def _monday(day: date) -> date:
    return day - day.weekday() * ONE_DAY


def _outside(day: date, today: date | None) -> Cell:
    css = "out today" if day == today else "out"
    return Cell(css, _short(day), _("ngoài thời hạn"))


def _legend(cells: dict[date, Cell], first: DayLine) -> list[tuple[str, str]]:
    used = {name for cell in cells.values() for name in cell.css.split()}
    words = [
        ("counted", "counted", _("ngày được đếm")),
        ("makeup", "makeup", _("thứ Bảy làm bù, được đếm")),
        ("pause", "pause", _("tạm dừng, không đếm")),
        ("off", "off", _("ngày nghỉ, không đếm")),
        ("start", "start", _("ngày bắt đầu") if _start(first) == CHECK else _("ngày nhận")),
        ("due", "due", _("hẹn trả")),
        ("lateday", "late", _("ngày trễ")),
        ("today", "today", _("hôm nay")),
    ]
    return [(swatch, word) for name, swatch, word in words if name in used]


def _reasons(lines: Sequence[DayLine], held: tuple[date, date] | None) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    weekends = 0
    last = lines[-1] if lines and held is None else None
    many = _weekends(lines) > MOST_WEEKENDS
    for _key, group in groupby(lines, key=_sort):
        days = list(group)
        kind = str(days[0].kind.value)
        if days[0].used:
            told += [(day_month(day.date), stretches(day)) for day in days]
        elif kind == "counted":
            told += [(day_month(last.date), _counted_last(last))] if days[-1] is last else []
        elif kind == "weekend" and many:
            weekends += len(days)
        else:
            told.append((in_a_row(days[0].date, days[-1].date), _group_text(days)))
    if weekends:
        told.insert(1, (_("cuối tuần"), _("%(count)d ngày thứ Bảy, Chủ nhật.", count=weekends)))
    if held is not None:
        told.append((in_a_row(*held), _("Tạm dừng, không đếm.")))
    return told


def _weekends(lines: Sequence[DayLine]) -> int:
    groups = groupby(lines, key=lambda line: str(line.kind.value) == "weekend")
    return sum(1 for is_weekend, _days in groups if is_weekend)


def _sort(line: DayLine) -> str:
    kind = str(line.kind.value)
    if kind == "counted":
        return kind
    return f"{kind} {_tag(line) if kind in OFF else line.reason}"


def _group_text(days: Sequence[DayLine]) -> str:
    kind = str(days[0].kind.value)
    if kind in OFF and len(days) > 1:
        return f"{_names(days)}."
    if kind == "make_up":
        return _("Thứ Bảy làm bù: được đếm, ngày thứ %(number)s.", number=days[0].number)
    text = why(days[0])
    return text if text.endswith(".") else f"{text}."


def _names(days: Sequence[DayLine]) -> str:
    """Return what the days off in a row are called, each name once, the longer form of two."""
    found = dict.fromkeys(why(day).rstrip(".").split(" (")[0] for day in days)
    names = [
        name for name in found if not any(one != name and one.startswith(name) for one in found)
    ]
    return ", ".join(names) if len(names) <= LONGEST_LIST else f"{names[0]} – {names[-1]}"


def _counted_last(line: DayLine) -> str:
    return _("Ngày thứ %(number)s: hẹn trả.", number=line.number)


def _short(day: date) -> str:
    if language() == "en":
        return day_month(day) if day.day == 1 else f"{day.day}"
    return f"{day.day}/{day.month}"

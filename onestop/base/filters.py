"""How dates, figures and money are written for a reader."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from flask import Flask
from markupsafe import Markup

from onestop.base.chart import stretch
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.base.moments import VIET_NAM, local
from onestop.base.viewer import is_nameless
from onestop.base.words import N_, capitalize_first, lower_first, marked

NO_FIGURE: Final = "–"
DAY_NAMES: Final = (
    N_("thứ Hai"),
    N_("thứ Ba"),
    N_("thứ Tư"),
    N_("thứ Năm"),
    N_("thứ Sáu"),
    N_("thứ Bảy"),
    N_("Chủ nhật"),
)
SHORT_DAY_NAMES: Final = (
    N_("T2"),
    N_("T3"),
    N_("T4"),
    N_("T5"),
    N_("T6"),
    N_("T7"),
    N_("CN"),
)


def day_name(day: date) -> str:
    """Return the name of the weekday of `day` in the reader's language."""
    return str(_(DAY_NAMES[day.weekday()]))


def short_day_name(day: date) -> str:
    """Return the weekday of `day` in two letters, in English three."""
    return str(_(SHORT_DAY_NAMES[day.weekday()]))


def plain_day(day: date) -> str:
    """Return a date, "07/02/2022", in English "7 Feb 2022"."""
    return f"{day.day} {day:%b %Y}" if language() == "en" else _in_figures(day)


def from_to(first: date, last: date) -> str:
    """Return a period, "01/02/2022 – 28/02/2022", each of its ends as `plain_day` has it."""
    return f"{plain_day(first)} – {plain_day(last)}"


def full_day(day: date) -> str:
    """Return a date with its weekday, "thứ Hai, 07/02/2022"; broken behind the weekday alone."""
    written = f"{day.day}\u00a0{day:%B\u00a0%Y}" if language() == "en" else _in_figures(day)
    return f"{day_name(day)}, {written}"


def _in_figures(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"  # at a quarter of the time of a pattern


def day_in_words(day: date) -> str:
    """Return a day as official papers write it: "ngày 02 tháng 3 năm 2021".

    Days below 10 and months below 3 have a leading 0 (Decree 30/2020, Appendix I).
    """
    month = f"{day.month:02}" if day.month < 3 else f"{day.month}"
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def day_month(day: date) -> str:
    """Return a date without its year, "07/02", in English "7 Feb"."""
    return f"{day.day} {day:%b}" if language() == "en" else f"{day.day:02}/{day.month:02}"


def month_year(day: date) -> str:
    """Return the month of `day` with its year, "tháng 2/2022", in English "February 2022"."""
    return f"{day:%B %Y}" if language() == "en" else f"tháng {day.month}/{day.year}"


def month_name(day: date) -> str:
    """Return the month of `day`, "tháng 2", in English "February"."""
    return f"{day:%B}" if language() == "en" else f"tháng {day.month}"


def short_month(day: date) -> str:
    """Return the month of `day` as a chart has room for, "Th 2", in English "Feb"."""
    return f"{day:%b}" if language() == "en" else f"Th {day.month}"


def stamp(moment: datetime) -> str:
    """Return a moment as a table shows it, "17:00 07/02/2022", in English "17:00, 7 Feb 2022"."""
    there = local(moment)
    between = ", " if language() == "en" else " "
    return f"{there:%H:%M}{between}{plain_day(there)}"


def timed(moment: datetime) -> Markup:
    """Return a moment as a page writes it: its time of day and its date, for people and programs.

    Written here and not by a template: a history is a list of moments. No date is broken.
    """
    there = moment.astimezone(VIET_NAM)
    exactly = there.isoformat(timespec="minutes")
    year, month, day = exactly[:4], exactly[5:7], exactly[8:10]
    is_english = language() == "en"
    written = plain_day(there).replace(" ", "\u00a0") if is_english else f"{day}/{month}/{year}"
    shown = f"{there.hour}:{exactly[14:16]}, {written}"
    return Markup(f'<time datetime="{exactly}">{shown}</time>')  # noqa: S704 - figures alone


def near_day(moment: datetime, today: date) -> str:
    """Return a moment as a list shows it: "hôm nay 17:00", "T2 07/02", with another year's year."""
    day = local(moment).date()
    if day == today:
        return str(_("hôm nay %(clock)s", clock=clock(moment)))
    if day.year == today.year:
        return f"{short_day_name(day)} {day_month(day)}"
    return plain_day(day)


def number(value: int) -> str:
    """Return a whole number with its thousands apart: 70.815, in English 70,815."""
    written = f"{value:,}"
    return written if language() == "en" else written.replace(",", ".")


def percent(value: Decimal | None, *, short: bool = False) -> str:
    """Return a share, "99,997 %", in English "99.997%"; a dash where there is nothing to share.

    `short` drops trailing zeros, as published figures do (rules.md 9.4).
    """
    if value is None:
        return NO_FIGURE
    written = f"{value:f}"
    if "." in written and (short or value == 100):
        written = written.rstrip("0").rstrip(".")
    return f"{written}%" if language() == "en" else f"{written.replace('.', ',')} %"


def money(dong: int) -> str:
    """Return an amount in whole dong, "15.000 đ", in English "VND 15,000"; or that it is free."""
    if not dong:
        return str(_("Không thu"))
    return f"VND {number(dong)}" if language() == "en" else f"{number(dong)} đ"


def clock(moment: datetime) -> str:
    """Return the local time of day, "9:12"."""
    there = local(moment)
    return f"{there.hour}:{there.minute:02}"


def opening(intervals: Sequence[tuple[time, time]]) -> str:
    """Return the working hours of a day in words: "8:00–12:00 và 13:00–17:00".

    No line breaks within an interval.
    """
    told = [f"{a.hour}:{a.minute:02}–\u2060{b.hour}:{b.minute:02}" for a, b in intervals]
    return str(_(" và ")).join(told)


def grouped(digits: str | None) -> str:
    """Return a phone or identity number in groups, as people read one out: "0600 417 285"."""
    if not digits:
        return ""
    size = 4 if len(digits) == 12 else 3
    first = len(digits) % size or size
    rest = (digits[place : place + size] for place in range(first, len(digits), size))
    groups = [digits[:first], *rest]
    if len(groups) > 1 and len(groups[0]) < size:
        groups[:2] = [groups[0] + groups[1]]
    return " ".join(groups)


def masked(digits: str | None) -> str:
    """Return a number with all but its last four digits hidden, for papers that leave the house."""
    return f"{'•' * (len(digits) - 4)}{digits[-4:]}" if digits else "…"


def described(field: Any, hint: str | None) -> dict[str, str]:  # noqa: ANN401 - any form field
    """Return the attributes that tie a form field to its hint and its mistake."""
    names = [f"{field.id}-hint"] if hint else []
    names += [f"{field.id}-error"] if field.errors else []
    said = {"aria-describedby": " ".join(names)} if names else {}
    return {**said, "aria-invalid": "true"} if field.errors else said


def install(app: Flask) -> None:
    """Give the templates of `app` these filters."""
    for filter_ in (
        local,
        day_name,
        short_day_name,
        plain_day,
        full_day,
        day_month,
        day_in_words,
        month_name,
        near_day,
        timed,
        described,
        is_nameless,
        marked,
        number,
        percent,
        money,
        masked,
        grouped,
        clock,
        opening,
        capitalize_first,
        lower_first,
        stretch,
    ):
        app.add_template_filter(filter_)

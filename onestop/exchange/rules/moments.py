"""How the moments and dates in the cells of a register are read."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from onestop.base.errors import Refusal
from onestop.base.moments import VIET_NAM
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.exchange.rules.cells import EXCERPT, FAILED, LONGEST_PAUSES, Cell, Failed, text_of
from onestop.exchange.rules.columns import shown
from onestop.tallies.rules import EARLIEST_YEAR, LATEST_YEAR

BEGINNING: Final = time(0, 0)
END: Final = time(23, 59)
ISO: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?",
    re.ASCII,
)
DAY_FIRST: Final = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)
PAUSE: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}(?:[T ][\d:.+Z-]+)?|\d{1,2}/\d{1,2}/\d{4}(?: [\d:]+)?)/(.*)", re.ASCII
)
DAY: Final = len("2021-03-05")
# In the years that are read the zone has known no other time than +07:00.
MINUTES: Final = {
    f"{mark}{minute // 60:02}:{minute % 60:02}": timedelta(minutes=minute)
    for minute in range(24 * 60)
    for mark in "T "
}


class ToldMoment(NamedTuple):
    """A moment as a cell tells it, and its local date; of a `dated` one that is all there is."""

    at: datetime
    on: date
    dated: bool = False


def begins(cell: Cell) -> ToldMoment:
    """Return the moment at which something begins; a date alone is its first minute.

    Raises `Refusal` for what is no date.
    """
    return _told(cell, BEGINNING, NO_MOMENT)


def ends(cell: Cell) -> ToldMoment:
    """Return the moment at which something ends; a date alone is its last minute.

    Raises `Refusal` for what is no date.
    """
    return _told(cell, END, NO_MOMENT)


def promised(cell: Cell) -> datetime:
    """Return the moment that was promised, which may be still to come.

    Raises `Refusal` for what is no date, and for a date without its hour.
    """
    found = begins(cell)
    if found.dated:
        raise Refusal(N_("Cần cả giờ hẹn."))
    return found.at


def _told(cell: Cell, alone: time, otherwise: str) -> ToldMoment:
    if isinstance(cell, str):
        return _from_text(cell.strip(), alone, otherwise)
    if isinstance(cell, Failed):
        raise Refusal(FAILED[cell])
    if isinstance(cell, datetime):
        return ToldMoment(_local(cell), cell.date())
    if isinstance(cell, date):
        return ToldMoment(_local(datetime.combine(cell, alone)), cell, dated=True)
    raise Refusal(
        N_("“%(text)s” là số, không phải ngày: hãy định dạng ô là ngày."),
        text=shown(str(cell), EXCERPT),
    )


def _from_text(text: str, alone: time, otherwise: str) -> ToldMoment:
    # Moments are as many as rows, but their days are few, and so are the minutes of a day.
    minute = MINUTES.get(text[DAY:])
    if minute is not None and (day := _day_alone(text[:DAY])) is not None:
        return ToldMoment(day.at + minute, day.on)
    return _read(text, alone, otherwise)


@lru_cache(maxsize=1 << 12)
def _day_alone(text: str) -> ToldMoment | None:
    try:
        return _read(text, BEGINNING, NO_MOMENT)
    except Refusal:
        return None


@lru_cache(maxsize=1 << 12)
def _read(text: str, alone: time, otherwise: str) -> ToldMoment:
    try:
        if ISO.fullmatch(text):
            there = datetime.fromisoformat(text)
            has_clock = len(text) > DAY
        elif found := DAY_FIRST.fullmatch(text):
            day, _, month, year, hour, minute, second = found.groups()
            clock = time(int(hour or 0), int(minute or 0), int(second or 0))
            there = datetime.combine(date(int(year), int(month), int(day)), clock)
            has_clock = hour is not None
        else:
            raise Refusal(otherwise, text=shown(text, EXCERPT))
    except ValueError:
        raise Refusal(otherwise, text=shown(text, EXCERPT)) from None
    if not has_clock:
        return ToldMoment(_local(datetime.combine(there, alone)), there.date(), dated=True)
    at = _local(there)
    return ToldMoment(at, legal_date(at) if there.tzinfo else there.date())


NO_MOMENT: Final = N_("“%(text)s” không phải ngày giờ dạng 2021-03-05T14:20 hoặc 05/03/2021 14:20.")


def _local(there: datetime) -> datetime:
    if not EARLIEST_YEAR <= there.year <= LATEST_YEAR:
        raise Refusal(
            N_("Năm %(year)d ngoài khoảng %(first)d–%(last)d."),
            year=there.year,
            first=EARLIEST_YEAR,
            last=LATEST_YEAR,
        )
    return (there if there.tzinfo else there.replace(tzinfo=VIET_NAM)).astimezone(UTC)


def pauses(cell: Cell) -> tuple[tuple[ToldMoment, ToldMoment | None], ...]:
    """Return the pauses written as `FROM/TO;FROM/`; only the last may still be running.

    Raises `Refusal` for anything else.
    """
    text = text_of(cell, LONGEST_PAUSES)
    written = [part.strip() for part in text.split(";") if part.strip()]
    found = [_pause(part) for part in written]
    if any(ending is None for _, ending in found[:-1]):
        raise Refusal(N_("Chỉ lần tạm dừng cuối được để trống giờ kết thúc."))
    return tuple(found)


def _pause(text: str) -> tuple[ToldMoment, ToldMoment | None]:
    found = PAUSE.fullmatch(text)
    if found is None:
        raise Refusal(
            N_("“%(text)s” không đúng dạng TỪ/ĐẾN;TỪ/, như 2021-03-05T08:00/2021-03-08T09:00."),
            text=shown(text, EXCERPT),
        )
    ending = found[2].strip()
    return begins(found[1]), ends(ending) if ending else None


NO_DAY: Final = N_("“%(text)s” không phải ngày dạng 2021-03-05 hoặc 05/03/2021.")


def day(cell: Cell, otherwise: str = NO_DAY) -> date:
    """Return the date of a cell, with a time or without.

    Raises `Refusal` for what is no date, where it is a text in the words of `otherwise`.
    """
    return _told(cell, BEGINNING, otherwise).on

"""How a cell of a register is read, and how it is written so that it reads the same again."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from onestop.base.cells import unguarded
from onestop.base.errors import Refusal
from onestop.base.moments import VIET_NAM
from onestop.base.words import N_, Bilingual, Worded, fold
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.identity import (
    LONGEST_NAME,
    ApplicantKind,
    citizen_id,
    coded_on,
    identity,
    is_code,
    parts,
    telephone,
    unknown_province,
)
from onestop.dossiers.rules.papers import sets_typed
from onestop.exchange.rules.columns import shown
from onestop.tallies.rules import EARLIEST_YEAR, LATEST_YEAR


class Failed(Enum):
    """A cell that holds nothing that could be read."""

    FORMULA = "formula"
    UNCOUNTED = "uncounted"


# What a spreadsheet gives: text, numbers, real dates; an empty cell is an empty text.
Cell = str | float | bool | date | time | timedelta | Failed

BEGINNING: Final = time(0, 0)
END: Final = time(23, 59)
LONGEST_CELL: Final = 200
LONGEST_PAUSES: Final = 4000
EXCERPT: Final = 40
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
PHONE: Final = re.compile(r"(\+?\d[\d .()-]{6,}\d)\s*$", re.ASCII)
DAY: Final = len("2021-03-05")
# In the years that are read the zone has known no other time than +07:00.
MINUTES: Final = {
    f"{mark}{minute // 60:02}:{minute % 60:02}": timedelta(minutes=minute)
    for minute in range(24 * 60)
    for mark in "T "
}
EXCEL_DIGITS: Final = frozenset({10, 11})
CITIZEN_DIGITS: Final = 12
# As a spreadsheet writes a long number into a text file: the digits are gone.
EXPONENT: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)


class ToldMoment(NamedTuple):
    """A moment as a cell tells it, and its local date; of a `dated` one that is all there is."""

    at: datetime
    on: date
    dated: bool = False


class Code(NamedTuple):
    """A dossier code, and what it is made of."""

    text: str
    agency: str
    on: date
    number: int


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
    text = _text(cell, LONGEST_PAUSES)
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


def code(cell: Cell) -> Code:
    """Return a dossier code of the old form or the new, with a real day in it.

    Raises `Refusal` for anything else (rules.md 11.1).
    """
    text = _text(cell, LONGEST_CELL).upper()
    if not is_code(text):
        raise Refusal(
            N_("“%(text)s” không đúng dạng mã hồ sơ, như H26.91.27-210305-0017."),
            text=shown(text, EXCERPT),
        )
    try:
        on = coded_on(text)
    except ValueError:
        raise Refusal(N_("Ngày trong mã hồ sơ %(code)s không có trong lịch."), code=text) from None
    agency, _, number = parts(text)
    return Code(text, agency, on, number)


@lru_cache(maxsize=1 << 12)
def word(cell: Cell) -> str:
    """Return the text of a cell, a whole number without its decimals; without a guard.

    Raises `Refusal` for what is too long or holds marks that no screen shows.
    """
    return _text(cell, LONGEST_CELL)


def phrase(cell: Cell) -> str:
    """Return a longer text of a cell, blanks tidied.

    Raises `Refusal` for what is too long or holds marks that no screen shows.
    """
    return _text(cell, LONGEST_PAUSES)


def name(cell: Cell) -> str:
    """Return the name of an applicant, blanks tidied (as at the counter).

    Raises `Refusal` for a name without a letter, too long, or with marks that no screen shows.
    """
    text = _text(cell, LONGEST_NAME)
    if not (text[0].isalpha() or any(mark.isalpha() for mark in text)):
        raise Refusal(N_("Hãy nhập tên bằng chữ."))
    return text


NO_DAY: Final = N_("“%(text)s” không phải ngày dạng 2021-03-05 hoặc 05/03/2021.")


def day(cell: Cell, otherwise: str = NO_DAY) -> date:
    """Return the date of a cell, with a time or without.

    Raises `Refusal` for what is no date, where it is a text in the words of `otherwise`.
    """
    return _told(cell, BEGINNING, otherwise).on


class Known(Bilingual):
    """The words that a cell may have: in Vietnamese as people say them, else as data has them."""

    def __init__(self, members: Iterable[Worded]) -> None:
        self.name_vi = "; ".join(one.word for one in members)
        self.name_en = ", ".join(str(one) for one in members)


@lru_cache(maxsize=1 << 8)
def cause(cell: Cell) -> Cause:
    """Return why a result was late: by its name, `other_agency`, or in words (rules.md 7.5).

    Raises `Refusal` for any other.
    """
    text = word(cell)
    found = CAUSES.get(text) or CAUSES.get(fold(text))
    if found is None:
        raise Refusal(
            N_("“%(text)s” không phải nguyên nhân chậm: %(known)s."),
            text=shown(text, EXCERPT),
            known=Known(tuple(Cause)),
        )
    return found


@lru_cache(maxsize=1 << 8)
def sets(cell: Cell) -> int | None:
    """Return how many sets of papers a dossier has, written `2` or `02 bộ`. Raises `Refusal`."""
    return sets_typed(_text(cell, LONGEST_CELL).casefold().removesuffix("bộ"))


CAUSES: Final = {**{str(one): one for one in Cause}, **{fold(one.word): one for one in Cause}}


@lru_cache(maxsize=1 << 8)
def channel(cell: Cell) -> Channel:
    """Return the channel of a word, `counter` or `Trực tiếp`, or of its national code.

    1 direct, 2 online, 3 postal (rules.md 10.2). Raises `Refusal` for any other.
    """
    text = word(cell)
    found = CHANNELS.get(text) or CHANNELS.get(fold(text))
    if found is None:
        raise Refusal(
            N_("“%(text)s” không phải kênh tiếp nhận: %(known)s."),
            text=shown(text, EXCERPT),
            known=Known(tuple(Channel)),
        )
    return found


CHANNELS: Final = {
    **{str(one): one for one in Channel},
    **{fold(one.word): one for one in Channel},
    "buu chinh cong ich": Channel.POSTAL,
    "1": Channel.COUNTER,
    "2": Channel.ONLINE,
    "3": Channel.POSTAL,
}


def id_number(cell: Cell, *, today: date) -> tuple[str, ApplicantKind]:
    """Return an identity number, and whose it is: a tax code is an organisation's.

    Tax codes have 10 digits, or 13 for a branch; citizens 12, or 9 on old cards. Raises `Refusal`.
    """
    text = _digits(cell)
    digits = len(text) if text.isdigit() else sum(mark.isdigit() for mark in text)
    try:
        if digits in {10, 13}:
            number = identity(text, ApplicantKind.ORGANISATION, today=today)
            return str(number), ApplicantKind.ORGANISATION
        return citizen_id(text, today=today), ApplicantKind.PERSON
    except Refusal:
        if isinstance(cell, float | int) and digits in EXCEL_DIGITS:
            raise Refusal(
                N_("Ô là số nên mất các số 0 ở đầu: hãy định dạng ô là văn bản.")
            ) from None
        if digits in EXCEL_DIGITS and _is_citizen_id(text.zfill(CITIZEN_DIGITS), today):
            said = N_("Có vẻ mất các số 0 ở đầu: số căn cước có 12 chữ số, đang có %(count)d.")
            raise Refusal(said, count=digits) from None
        raise


def _is_citizen_id(text: str, today: date) -> bool:
    try:
        return not unknown_province(citizen_id(text, today=today))
    except Refusal:
        return False


def phone(cell: Cell) -> str | None:
    """Return the digits of a phone number that can exist. Raises `Refusal`."""
    return telephone(_digits(cell))


def address_and_phone(cell: Cell) -> tuple[str | None, str | None]:
    """Return address and phone of a cell that holds both, the phone last, as form 06 has it.

    Raises `Refusal` for a phone that cannot exist.
    """
    text = _text(cell, LONGEST_PAUSES)
    found = PHONE.search(text)
    if found is None:
        return text or None, None
    before = text[: found.start()].rstrip(" ,;:-–")
    return before or None, telephone(found[1])


FAILED: Final = {
    Failed.FORMULA: N_("Công thức trong ô bị lỗi."),
    Failed.UNCOUNTED: N_(
        "Công thức trong ô chưa được tính: hãy mở tệp bằng chương trình bảng tính rồi lưu lại."
    ),
}


def _digits(cell: Cell) -> str:
    text = _text(cell, LONGEST_CELL)
    if EXPONENT.fullmatch(text):
        said = N_("Bảng tính đã đổi số này thành “%(text)s”: hãy định dạng cột là văn bản.")
        raise Refusal(said, text=shown(text, EXCERPT))
    return text


def _text(cell: Cell, longest: int) -> str:
    if isinstance(cell, Failed):
        raise Refusal(FAILED[cell])
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell if isinstance(cell, str) else str(cell)
    text = unguarded(" ".join(text.split()))
    if len(text) > longest:
        raise Refusal(N_("Dài quá %(max)d ký tự."), max=longest)
    if not text.isprintable():
        raise Refusal(N_("Có ký tự không hiển thị được."))
    return text if text.isascii() else unicodedata.normalize("NFC", text)

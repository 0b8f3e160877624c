"""How a cell of a register is read, but for moments: see `moments`."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from onestop.base.cells import unguarded
from onestop.base.errors import Refusal
from onestop.base.words import N_, Bilingual, Worded, fold
from onestop.catalogue.rules.channels import Channel
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


class Failed(Enum):
    """A cell that holds nothing that could be read."""

    FORMULA = "formula"
    UNCOUNTED = "uncounted"


# What a spreadsheet gives: text, numbers, real dates; an empty cell is an empty text.
Cell = str | float | bool | date | time | timedelta | Failed

LONGEST_CELL: Final = 200
LONGEST_PAUSES: Final = 4000
EXCERPT: Final = 40
PHONE: Final = re.compile(r"(\+?\d[\d .()-]{6,}\d)\s*$", re.ASCII)
EXCEL_DIGITS: Final = frozenset({10, 11})
CITIZEN_DIGITS: Final = 12
# As a spreadsheet writes a long number into a text file: the digits are gone.
EXPONENT: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)


class Code(NamedTuple):
    """A dossier code, and what it is made of."""

    text: str
    agency: str
    on: date
    number: int


def code(cell: Cell) -> Code:
    """Return a dossier code of the old form or the new, with a real day in it.

    Raises `Refusal` for anything else (rules.md 11.1).
    """
    text = text_of(cell, LONGEST_CELL).upper()
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
    return text_of(cell, LONGEST_CELL)


def phrase(cell: Cell) -> str:
    """Return a longer text of a cell, blanks tidied.

    Raises `Refusal` for what is too long or holds marks that no screen shows.
    """
    return text_of(cell, LONGEST_PAUSES)


def name(cell: Cell) -> str:
    """Return the name of an applicant, blanks tidied (as at the counter).

    Raises `Refusal` for a name without a letter, too long, or with marks that no screen shows.
    """
    text = text_of(cell, LONGEST_NAME)
    if not (text[0].isalpha() or any(mark.isalpha() for mark in text)):
        raise Refusal(N_("Hãy nhập tên bằng chữ."))
    return text


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
    return sets_typed(text_of(cell, LONGEST_CELL).casefold().removesuffix("bộ"))


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
    text = text_of(cell, LONGEST_PAUSES)
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
    text = text_of(cell, LONGEST_CELL)
    if EXPONENT.fullmatch(text):
        said = N_("Bảng tính đã đổi số này thành “%(text)s”: hãy định dạng cột là văn bản.")
        raise Refusal(said, text=shown(text, EXCERPT))
    return text


def text_of(cell: Cell, longest: int) -> str:
    """Return the text of a cell with single blanks. Raises `Refusal` for what cannot be read."""
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

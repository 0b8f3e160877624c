"""The code on the back of a citizen identity card, as a scanner types it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from unicodedata import normalize

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.dossiers.rules.identity import (
    LONGEST_NAME,
    Sex,
    birth_year_told,
    citizen_id,
    sex_told,
)

SEPARATOR: Final = "|"
PARTS: Final = 7
LONGEST_ADDRESS: Final = 300
EIGHT_DIGITS: Final = re.compile(r"^(\d\d)(\d\d)(\d{4})$", re.ASCII)
SEXES: Final = {"nam": Sex.MALE, "nữ": Sex.FEMALE}


@dataclass(frozen=True)
class Card:
    """What the code of a card tells an intake; `older` is the number of the card before."""

    number: str
    older: str | None
    name: str
    address: str | None


def is_card(text: str) -> bool:
    """Say whether `text` is meant as the code of a card, well-formed or not."""
    return SEPARATOR in text


def card(text: str, *, today: date) -> Card:
    """Return what the code of a card tells.

    Seven fields: number, number of the card before, name, date of birth, sex, address, date of
    issue; whatever newer cards add behind them is passed over. A scanner that loses or swaps marks
    shows in them: the number agrees with sex and year of birth. Raises `Refusal` at `id_number`.
    """
    # Some scanners type a letter and its mark apart.
    fields = [" ".join(one.split()) for one in normalize("NFC", text).split(SEPARATOR)]
    if len(fields) < PARTS:
        raise _refusal(
            N_("Mã thẻ căn cước có 7 phần cách nhau bằng dấu |; đang có %(count)d. Hãy quét lại."),
            count=len(fields),
        )
    number, older, name, born, sex, address, issued = fields[:PARTS]
    digits = citizen_id(number, today=today)
    if len(digits) != 12:
        raise _refusal(N_("Mã thẻ căn cước bắt đầu bằng số 12 chữ số. Hãy quét lại."))
    _check_name(name)
    born_on = _day(born)
    if not born_on < _day(issued) <= today:
        raise _refusal(N_("Mã thẻ căn cước có ngày cấp không thể có. Hãy quét lại."))
    _agrees(digits, born_on, sex)
    return Card(
        number=digits,
        older=citizen_id(older, today=today) if older else None,
        name=name,
        address=address[:LONGEST_ADDRESS] or None,
    )


def _check_name(name: str) -> None:
    if not any(mark.isalpha() for mark in name) or len(name) > LONGEST_NAME:
        raise _refusal(N_("Mã thẻ căn cước không có họ tên. Hãy quét lại."))


def _day(text: str) -> date:
    try:
        day, month, year = EIGHT_DIGITS.findall(text)[0]
        return date(int(year), int(month), int(day))
    except (IndexError, ValueError):
        raise _refusal(N_("Mã thẻ căn cước có ngày không có thật. Hãy quét lại.")) from None


def _agrees(digits: str, born: date, sex: str) -> None:
    if SEXES.get(sex.casefold()) != sex_told(digits) or birth_year_told(digits) != born.year:
        raise _refusal(
            N_("Số căn cước và giới tính, năm sinh trên mã thẻ không khớp nhau. Hãy quét lại.")
        )


def _refusal(message: str, **values: object) -> Refusal:
    return Refusal(message, field="id_number", **values)

"""Who applies, under which numbers, and how a dossier is called (rules.md 11.1, 13.3)."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from stdnum.exceptions import ValidationError as NumberError
from stdnum.vn import mst

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded, fold
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.papers import Copies
from onestop.organisation.rules import CODE as AGENCY_CODE

CODE: Final = re.compile(rf"(?:{AGENCY_CODE})-\d{{6}}-\d{{4,5}}", re.ASCII)
SECRET_BYTES: Final = 16
DAYS: Final = 1 << 12
LAST_PROVINCE: Final = 96
LONGEST_NAME: Final = 200
BLANKS: Final = re.compile(r"[\s.]")
# Any ten digits after the trunk's 0 are possible; to ask the library takes a hundred times as long.
USUAL_PHONE: Final = re.compile("0[1-9][0-9]{8}")
PHONE_MARKS: Final = re.compile(r"[0-9+() .-]*[0-9][0-9+() .-]*")
MISCOUNTED: Final = N_("Điện thoại thiếu hoặc thừa chữ số.")


class ApplicantKind(Worded):
    """A person, or an organisation."""

    PERSON = "person", N_("Cá nhân")
    ORGANISATION = "organisation", N_("Tổ chức")


class ReturnBy(Worded):
    """How the applicant wants the result (Decree 61/2018 art. 16)."""

    COUNTER = "counter", N_("Tại quầy")
    POSTAL = "postal", N_("Bưu chính")
    ELECTRONIC = "electronic", N_("Bản điện tử")


def taken_where(by: ReturnBy, shop: str, address: str | None) -> str:
    """Return where a result is taken, as it stands behind "Đăng ký nhận kết quả tại" (form 01).

    By post it goes to the applicant's `address`, which the paper names above; where there is none
    it is written in by hand.
    """
    there = "địa chỉ nêu trên" if address else "……………………"
    places = {
        ReturnBy.COUNTER: shop,
        ReturnBy.POSTAL: f"{there}, qua bưu chính",
        ReturnBy.ELECTRONIC: "Cổng dịch vụ công (bản điện tử)",
    }
    return places[by]


class Sex(Enum):
    """As a citizen identity number tells it."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Applicant:
    """The person or organisation that applies; numbers are bare digits."""

    name: str
    kind: ApplicantKind = ApplicantKind.PERSON
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Intake:
    """What an applicant hands in; `key` tells one pressing of the button from another.

    `papers` holds the positions of the required papers that were brought, `copies` the originals
    and copies of those that somebody counted, `sets` how many of all where it is not as many as the
    procedure asks for; `delivered_at` is when a postal item reached the shop. `heeded` are the
    codes of like dossiers that the clerk was shown, None where nobody is there to decide (a
    register); `although` is why it is taken in. `sooner` is how many of the unit of the limit are
    promised instead, as typed.
    """

    key: str
    procedure_code: str
    channel: Channel
    applicant: Applicant
    papers: frozenset[int] = frozenset()
    copies: Mapping[int, Copies] = field(default_factory=dict)
    sets: int | None = None
    note: str | None = None
    return_by: ReturnBy = ReturnBy.COUNTER
    delivered_at: datetime | None = None
    heeded: frozenset[str] | None = None
    although: str | None = None
    sooner: str | None = None


MOST_TOGETHER: Final = 10
"""The procedures that one applicant may apply for in one go."""


def same_person(one: Applicant, other: Applicant) -> bool:
    """Say whether two dossiers are one applicant's: by the number, else by phone and name.

    A phone alone is a family's; a name alone is a thousand people's.
    """
    if one.id_number and other.id_number:
        return one.id_number == other.id_number
    return bool(one.phone) and one.phone == other.phone and fold(one.name) == fold(other.name)


def code(agency_code: str, day: date, number: int) -> str:
    """Return the name a dossier goes by, such as `H26.91.27-220124-0017`.

    The running number has four digits, five from the ten-thousandth of a day on (rules.md 11.1;
    Decree 61/2018 art. 26).
    """
    return f"{agency_code}-{day:%y%m%d}-{number:04}"


def volume_of(day: date) -> str:
    """Return the volume of the register in which a day is: `01/2021`, one a shop and year.

    Forms 01 and 06 of Circular 01/2018 name it; an electronic book needs no second.
    """
    return f"01/{day.year}"


def is_code(text: str) -> bool:
    """Say whether `text` has the form of a dossier code, old or new."""
    return CODE.fullmatch(text) is not None


def parts(dossier_code: str) -> tuple[str, str, int]:
    """Return the agency, the six digits of the date and the number of a well-formed code."""
    agency, day, number = dossier_code.rsplit("-", 2)
    return agency, day, int(number)


def coded_on(dossier_code: str) -> date:
    """Return the date in a well-formed code; raises `ValueError` where there is no such day."""
    return _day(dossier_code.rsplit("-", 2)[1])


@lru_cache(maxsize=DAYS)
def _day(day: str) -> date:
    return date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))


def secret(key: str, nonce: bytes) -> str:
    """Return the look-up secret of a dossier: derived, so that it is never stored.

    26 letters and digits (base32 of 128 bits of an HMAC-SHA256).
    """
    digest = hmac.digest(key.encode(), nonce, "sha256")[:SECRET_BYTES]
    return base64.b32encode(digest).decode("ascii").rstrip("=")


def is_secret(given: str, key: str, nonce: bytes) -> bool:
    """Compare a secret that somebody shows, in constant time."""
    return hmac.compare_digest(given.upper().encode(), secret(key, nonce).encode())


def citizen_id(text: str, *, today: date) -> str:
    """Return the bare digits of a citizen identity number: 12 digits, or 9 of an old card.

    The fourth digit of twelve tells century and sex and is below 4 for anybody alive; with the
    next two it tells the year of birth, which is not to come. An unknown province only deserves a
    warning (`unknown_province`). Raises `Refusal` at `id_number`.
    """
    digits = BLANKS.sub("", text)
    if not digits.isascii() or not digits.isdigit():
        raise Refusal(N_("Số căn cước chỉ gồm chữ số."), field="id_number")
    if len(digits) not in {9, 12}:
        raise Refusal(
            N_("Số căn cước có 12 chữ số (chứng minh nhân dân cũ: 9); đang có %(count)d."),
            field="id_number",
            count=len(digits),
        )
    if len(digits) == 12 and int(digits[3]) > 3:
        raise Refusal(
            N_("Chữ số thứ tư của số căn cước cho biết thế kỷ và giới tính: từ 0 đến 3."),
            field="id_number",
        )
    born = birth_year_told(digits)
    if born is not None and born > today.year:
        raise Refusal(
            N_("Số căn cước này cho biết năm sinh %(born)s, còn chưa tới. Hãy so lại với thẻ."),
            field="id_number",
            born=str(born),
        )
    return digits


def identity(text: str | None, kind: ApplicantKind, *, today: date) -> str | None:
    """Return the bare digits of a citizen's number or an organisation's tax code.

    Raises `Refusal` at `id_number`.
    """
    if not text:
        return None
    if kind == ApplicantKind.PERSON:
        return citizen_id(text, today=today)
    try:
        return str(mst.validate(text))
    except NumberError:
        raise Refusal(
            N_("Mã số thuế không đúng: 10 chữ số, chữ số cuối là số kiểm tra."),
            field="id_number",
        ) from None


def telephone(text: str | None) -> str | None:
    """Return the digits of a phone number that can exist, those abroad with their `+`.

    Raises `Refusal` at `phone`.
    """
    if not text:
        return None
    if USUAL_PHONE.fullmatch(text):
        return text
    try:
        parsed = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        only_digits = PHONE_MARKS.fullmatch(text)
        said = MISCOUNTED if only_digits else N_("Điện thoại chỉ gồm chữ số, như 0912 345 678.")
        raise Refusal(said, field="phone") from None
    if not phonenumbers.is_possible_number(parsed):
        raise Refusal(MISCOUNTED, field="phone")
    if parsed.country_code == 84:
        return f"0{parsed.national_number}"
    return f"+{parsed.country_code}{parsed.national_number}"


def unknown_province(digits: str) -> bool:
    """Say whether a citizen identity number begins with a province that does not exist."""
    return len(digits) == 12 and not 1 <= int(digits[:3]) <= LAST_PROVINCE


def sex_told(digits: str) -> Sex | None:
    """Return the sex that a number of twelve digits tells."""
    if len(digits) != 12:
        return None
    return Sex.FEMALE if int(digits[3]) % 2 else Sex.MALE


def birth_year_told(digits: str) -> int | None:
    """Return the year of birth that a number of twelve digits tells."""
    if len(digits) != 12:
        return None
    return 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6])


def second_things(phone: str | None, id_number: str | None) -> frozenset[str]:
    """Return what proves a citizen's look-up: the last four digits of phone or identity number.

    Whoever types such a number whole knows no less.
    """
    numbers = [number for number in (phone, id_number) if number and len(number) >= 4]
    return frozenset(shown for number in numbers for shown in (number, number[-4:]))


def canonical(facts: dict[str, Any]) -> str:
    """Return the one way to write facts of a line of history, for its hash: sorted and compact."""
    return CANONICAL.encode(facts)


CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

"""What a procedure is on a date, and through which channel it may come in (rules.md 10.1)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Bilingual, Worded, fold
from onestop.deadlines.rules.limits import CUTOFF, Limit, LimitLaw, Others, Unit, others
from onestop.deadlines.rules.supplements import DECREE_61, SupplementLaw
from onestop.organisation.rules import Tier

ONLINE_FROM: Final = 3
TWO_LEVELS_FROM: Final = date(2022, 8, 15)
CHANGED_ALREADY: Final = N_("Thủ tục đã có thay đổi từ ngày này.")
FIELD_CHANGED_ALREADY: Final = N_("Lĩnh vực đã có thay đổi từ ngày này.")
NO_FIELD: Final = N_("Không có lĩnh vực %(code)s.")
NO_DESK: Final = N_("Thủ tục này chỉ do cơ quan nhận hồ sơ của cấp mình tiếp nhận: %(tier)s.")
LEVELS: Final = range(1, 5)
LEVELS_TOLD: Final = {str(level): level for level in LEVELS}
OF_FOUR_LEVELS: Final = N_("Mức độ dịch vụ từ 1 đến 4.")


class Channel(Worded):
    """The way a dossier came in (Decree 61/2018 art. 16)."""

    COUNTER = "counter", N_("Trực tiếp")
    POSTAL = "postal", N_("Bưu chính")
    ONLINE = "online", N_("Trực tuyến")


class OnlineStart(Worded):
    """From when the limit of an online submission counts (rules.md 4.3)."""

    ACCEPTANCE = "acceptance", N_("từ lúc tiếp nhận")
    INTAKE_DEADLINE = "intake_deadline", N_("từ lúc tiếp nhận, chậm nhất khi hết 8 giờ kiểm tra")


class StepKind(Worded):
    """Who does one step of an interlinked procedure."""

    COMMUNE = "commune", N_("Ủy ban nhân dân cấp xã")
    DISTRICT_DEPARTMENT = "district_department", N_("Phòng chuyên môn cấp huyện")
    DISTRICT_LEADER = "district_leader", N_("Lãnh đạo cấp huyện")
    PROVINCE_DEPARTMENT = "province_department", N_("Sở, ngành thành phố")
    POLICE = "police", N_("Công an")
    SOCIAL_INSURANCE = "social_insurance", N_("Bảo hiểm xã hội")
    TAX_OFFICE = "tax_office", N_("Cơ quan thuế")
    LAND_REGISTRY = "land_registry", N_("Văn phòng đăng ký đất đai")


Copies = tuple[int, int]
"""How many originals and how many copies."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that the procedure asks for."""

    name: str

    @property
    def is_shown_only(self) -> bool:
        """Say whether the paper is only shown, not handed in."""
        return "(xuất trình)" in self.name

    @property
    def is_conditional(self) -> bool:
        """Say whether the paper is needed only where it applies."""
        return "(nếu có)" in self.name or self.name.endswith("nếu có")

    @property
    def usual(self) -> Copies:
        """Return how many originals and copies are handed in as a rule, as its name says.

        One original, or one copy of what is called so; nothing of what is only shown.
        """
        return _usual(self.name)

    @property
    def asked_for(self) -> tuple[str, ...]:
        """Return the lines by which an applicant is asked for it, as its name says first.

        As an original, a certified copy or a photocopy (form 02 of Circular 01/2018): a copy is
        asked for certified unless its name says otherwise, what is only shown as an original.
        """
        originals, copies = self.usual
        is_plain = PHOTOCOPY.search(self.name) is not None
        first = (2 if is_plain else 1) if copies else 0
        name, amount = self.name.replace(";", ",").strip(), max(1, originals, copies)
        return tuple(f"{name}: {amount} {kind}" for kind in (*KINDS[first:], *KINDS[:first]))


KINDS: Final = ("bản chính", "bản chứng thực", "bản photo")
"""What form 02 tells apart: originals, certified copies and photocopies."""
PHOTOCOPY: Final = re.compile(r"\b(?:photo|phô tô|chụp)", re.IGNORECASE)


@lru_cache(maxsize=1 << 12)
def _usual(name: str) -> Copies:
    if "(xuất trình)" in name:
        return 0, 0
    found = AMOUNT.match(name)
    amount = AMOUNTS.get(found[1].lower()) or int(found[1]) if found else 1
    return (0, amount) if COPY.search(name) else (amount, 0)


AMOUNTS: Final = {"một": 1, "hai": 2, "ba": 3, "bốn": 4}
AMOUNT: Final = re.compile(r"(một|hai|ba|bốn|0?[1-9])\s+(?:bộ|bản)\b", re.IGNORECASE)
COPY: Final = re.compile(
    r"^(?:(?:một|hai|ba|bốn|0?[1-9])\s+)?(?:bộ\s+)?(?:bản\s+)?(?:sao|photo|chụp)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an interlinked procedure, with its own part of the limit.

    Steps of the same `leg` run side by side: their agencies are asked at once, and the next leg
    begins when the last of them has answered (rules.md 12.1; Decree 61/2018 art. 19(6)).
    """

    kind: StepKind
    limit: Limit
    leg: int


def legs(steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    """Return steps by leg: what stands together runs side by side."""
    return tuple(tuple(side_by_side) for _leg, side_by_side in groupby(steps, lambda it: it.leg))


HOURS_A_DAY: Final = 8
"""Working hours of a working day where limits of steps are summed (rules.md 4.2 step 8)."""

IN_SUMS: Final = {
    Unit.WORKING_HOUR: (Unit.WORKING_HOUR, 1),
    Unit.WORKING_DAY: (Unit.WORKING_HOUR, HOURS_A_DAY),
}


def check_steps(limit: Limit, steps: Sequence[Step]) -> None:
    """Refuse steps that together need longer than the limit of their procedure (rules.md 12.3).

    Of steps side by side the longest counts. Working days and hours are compared, a day as eight
    hours. Nothing else is: how many working days lie in a calendar day or a month, and in a
    service of the same day, no rule says.
    """
    base, allowed = _in_base(limit)
    needed = 0
    for side_by_side in legs(steps):
        amounts = []
        for step in side_by_side:
            unit, amount = _in_base(step.limit)
            if unit != base:
                raise Refusal(UNLIKE, field="steps", step=step.limit.unit, limit=limit.unit)
            amounts.append(amount)
        needed += max(amounts)
    if needed > allowed:
        raise Refusal(TOO_LONG, field="steps")


TOO_SOON: Final = N_("Các bước của thủ tục cộng lại dài hơn: không hẹn sớm như vậy được.")
TOO_LONG: Final = N_("Các bước cộng lại dài hơn thời hạn của thủ tục.")
UNLIKE: Final = N_(
    "Bước tính theo “%(step)s”, thời hạn theo “%(limit)s”: không so được. "
    "Chỉ giờ làm việc và ngày làm việc đi cùng nhau, 8 giờ là 1 ngày."
)
BEYOND_THE_LAW: Final = N_("Thời hạn công bố không được dài hơn thời hạn luật định.")
NOT_EXTENDABLE: Final = N_("Chỉ thời hạn trong ngày hoặc tính theo ngày làm việc được kéo dài.")


def _in_base(limit: Limit) -> tuple[Unit, int]:
    unit, factor = IN_SUMS.get(limit.unit, (limit.unit, 1))
    return unit, factor * limit.value


@dataclass(frozen=True, slots=True)
class Field(Bilingual):
    """A subject area of procedures, with the department that handles it."""

    id: int
    code: str
    tier: Tier
    name_vi: str
    name_en: str
    department_agency_id: int | None


@dataclass(frozen=True, slots=True)
class Procedure(Bilingual):
    """One version of a procedure: what it was from `valid_from` to `valid_to`, both included.

    `limit` is the one the province has published, that of the due date; it may be shorter than that
    of the law, `limit_statutory` (rules.md 4.3). `sets` is how many times its papers are handed in
    (form 01 of Circular 01/2018). The limit of an `extendable` one may be extended by agreement:
    the certification of copies, of translators' signatures, of contracts (Decree 23/2015 art. 21,
    33, 37). With `opinion_pauses` its law leaves the time out of the limit that the opinion of
    another agency takes (rules.md 6.4). What came in online counts from `online_clock_start`, and
    where `cutoff_shifts_receipt` a limit in days or months counts what came at or after the cut-off
    as received on the next working day (4.3). Papers are asked for by the law of its `supplement`
    (6.1).
    """

    id: int
    version_id: int
    code: str
    national_code: str | None
    tier: Tier
    field: Field
    name_vi: str
    name_en: str
    level: int
    limit: Limit
    limit_statutory: Limit | None
    cutoff: time | None
    cutoff_shifts_receipt: bool
    fee_vnd: int
    result_vi: str
    papers: tuple[Paper, ...]
    sets: int
    extendable: bool
    opinion_pauses: bool
    online_clock_start: OnlineStart
    supplement: SupplementLaw
    interlinked: bool
    steps: tuple[Step, ...]
    legal_basis: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    @property
    def field_id(self) -> int:
        """Return the id of the field."""
        return self.field.id

    @property
    def department_agency_id(self) -> int | None:
        """Return the agency that handles the field, if it is not the desk's own."""
        return self.field.department_agency_id

    @property
    def others(self) -> Others:
        """Return which limits are told beside its own."""
        return others(self.limit, statutory=self.limit_statutory)

    @property
    def puts_off_from(self) -> time | None:
        """Return the time of day from which a receipt counts as of the next working day, if any."""
        return self.limit_law.cutoff if self.cutoff_shifts_receipt else None

    @property
    def limit_law(self) -> LimitLaw:
        """Return the limit as it is counted."""
        return LimitLaw(self.limit, self.cutoff or CUTOFF, self.cutoff_shifts_receipt)

    @property
    def legs(self) -> tuple[tuple[Step, ...], ...]:
        """Return the steps by leg: what stands together runs side by side."""
        return legs(self.steps)

    @property
    def is_online(self) -> bool:
        """Say whether the procedure can be submitted online."""
        return self.level >= ONLINE_FROM

    def sooner(self, typed: str) -> Limit:
        """Return the shorter limit that a desk promises, as `Limit.sooner` reads it.

        Raises `Refusal` as that does, and where the steps together need longer (rules.md 12.3).
        """
        limit = self.limit.sooner(typed)
        try:
            check_steps(limit, self.steps)
        except Refusal:
            raise Refusal(TOO_SOON, field="sooner") from None
        return limit

    def is_in_force(self, on: date) -> bool:
        """Say whether this version holds `on` a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


UNSAID: Final[Mapping[str, Any]] = {
    "cutoff_shifts_receipt": False,
    "fee_vnd": 0,
    "result_vi": "",
    "papers": [],
    "sets": 1,
    "extendable": False,
    "opinion_pauses": False,
    "online_clock_start": OnlineStart.ACCEPTANCE,
    "supplement_effect": DECREE_61.effect,
    "late_supplement_effect": DECREE_61.late_effect,
    "supplement_request_within": DECREE_61.within,
    "supplement_wait": DECREE_61.wait,
    "interlinked": False,
    "steps": [],
    "legal_basis": [],
}
"""What a procedure has where its file says nothing of it, by the columns that keep it."""


def check_statutory(limit: Limit, statutory: Limit | None) -> None:
    """Refuse a published limit that is surely longer than that of the law (rules.md 4.3).

    A province may shorten a limit, and never lengthen it. Limits that cannot be compared pass.
    """
    if statutory is not None and limit.exceeds(statutory):
        raise Refusal(BEYOND_THE_LAW, field="limit")


EXTENDABLE_UNITS: Final = frozenset({Unit.SAME_DAY, Unit.IMMEDIATE, Unit.WORKING_DAY})


def check_extendable(limit: Limit, *, extendable: bool) -> None:
    """Refuse that a limit in other units than those of certification may be extended.

    It is due the same day or in working days, and extended by working days (Decree 23/2015 art. 7,
    21, 37).
    """
    if extendable and limit.unit not in EXTENDABLE_UNITS:
        raise Refusal(NOT_EXTENDABLE, field="extendable")


def check_channel(level: int, channel: Channel, on: date) -> None:
    """Refuse an online dossier of a service without online submission, naming the rule.

    Levels 1 and 2 only inform or give forms (Decree 43/2011 art. 3); since 2022-08-15 the same
    services are "information only" (Decree 42/2022 art. 4).
    """
    if channel != Channel.ONLINE or level >= ONLINE_FROM:
        return
    if on < TWO_LEVELS_FROM:
        raise Refusal(
            N_(
                "Dịch vụ mức độ %(level)d không nhận hồ sơ trực tuyến "
                "(Nghị định 43/2011/NĐ-CP, điều 3)."
            ),
            field="channel",
            level=level,
        )
    raise Refusal(
        N_(
            "Dịch vụ cung cấp thông tin không nhận hồ sơ trực tuyến "
            "(Nghị định 42/2022/NĐ-CP, điều 4)."
        ),
        field="channel",
    )


LEVEL_WORDS: Final = {
    1: N_("mức độ 1"),
    2: N_("mức độ 2"),
    3: N_("mức độ 3"),
    4: N_("mức độ 4"),
}
SINCE_2022: Final = {
    1: N_("cung cấp thông tin"),
    2: N_("cung cấp thông tin"),
    3: N_("một phần"),
    4: N_("toàn trình"),
}


def level_word(level: int, on: date) -> str:
    """Return what a service level is called on a date: four levels, since 2022-08-15 two."""
    return (LEVEL_WORDS if on < TWO_LEVELS_FROM else SINCE_2022)[level]


def matches(words: list[str], haystack: list[str]) -> bool:
    """Say whether every word begins some word of the haystack, in any order."""
    return all(any(hay.startswith(word) for hay in haystack) for word in words)


Rank = tuple[int, int, int, int, str]


def rank(words: list[str], procedure: Procedure, used: int = 0) -> Rank | None:
    """Return how well folded `words` fit a procedure, smaller is better; None: not at all.

    The code itself first, then names in which the words stand in order, then what is `used` more
    often, then shorter names.
    """
    if not words:
        return (0, 0, -used, 0, procedure.code)
    codes = [procedure.code.lower(), (procedure.national_code or "").lower()]
    if len(words) == 1 and words[0] in codes:
        return (0, 0, 0, 0, procedure.code)
    name = fold(f"{procedure.name_vi} {procedure.name_en}")
    haystack = [*split(name), *codes]
    if not matches(words, haystack):
        return None
    in_order = 0 if " ".join(words) in " ".join(split(fold(procedure.name_vi))) else 1
    return (1, in_order, -used, len(procedure.name_vi), procedure.code)


def split(folded: str) -> list[str]:
    """Return the words of folded text; dots and dashes inside codes stay."""
    return [word.strip(".-") for word in SEPARATORS.sub(" ", folded).split() if word.strip(".-")]


SEPARATORS: Final = re.compile(r"[^a-z0-9.\-]+")

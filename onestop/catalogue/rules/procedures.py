"""What a procedure and its field are on a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Bilingual
from onestop.catalogue.rules.channels import ONLINE_FROM, OnlineStart
from onestop.catalogue.rules.papers import Paper
from onestop.catalogue.rules.steps import Step, check_steps, legs
from onestop.deadlines.rules.limits import CUTOFF, Limit, LimitLaw, Others, Unit, others
from onestop.deadlines.rules.supplements import DECREE_61, SupplementLaw
from onestop.organisation.rules import Tier

CHANGED_ALREADY: Final = N_("Thủ tục đã có thay đổi từ ngày này.")
FIELD_CHANGED_ALREADY: Final = N_("Lĩnh vực đã có thay đổi từ ngày này.")
NO_FIELD: Final = N_("Không có lĩnh vực %(code)s.")
NO_DESK: Final = N_("Thủ tục này chỉ do cơ quan nhận hồ sơ của cấp mình tiếp nhận: %(tier)s.")
TOO_SOON: Final = N_("Các bước của thủ tục cộng lại dài hơn: không hẹn sớm như vậy được.")
BEYOND_THE_LAW: Final = N_("Thời hạn công bố không được dài hơn thời hạn luật định.")
NOT_EXTENDABLE: Final = N_("Chỉ thời hạn trong ngày hoặc tính theo ngày làm việc được kéo dài.")


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

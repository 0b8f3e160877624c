"""What the cells of a row say together: one dossier's life, by the rules of the screens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.catalogue.rules.channels import check_channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import at_local
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.rules.identity import Applicant, ApplicantKind
from onestop.dossiers.rules.lives import Life, Moments, disorder
from onestop.dossiers.rules.states import Outcome
from onestop.exchange.rules.cells import EXCERPT, Code
from onestop.exchange.rules.columns import shown
from onestop.exchange.rules.moments import BEGINNING, ToldMoment
from onestop.organisation.rules import NO_AGENCY

Found = TypeVar("Found")
FINISHES: Final[Mapping[str, Outcome]] = {
    "refused_at": Outcome.REFUSED,
    "withdrawn_at": Outcome.WITHDRAWN,
    "stopped_at": Outcome.STOPPED,
    "resolved_at": Outcome.GRANTED,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """An agency that a register may name: its id and its code."""

    id: int
    code: str


class Known(Protocol):
    """What a register is read against, as of the moment `at`."""

    @property
    def at(self) -> datetime:
        """Return now: nothing in a register happens later."""
        ...

    @property
    def today(self) -> date:
        """Return the local date of `at`."""
        ...

    def desk(self, code: str, on: date) -> Desk | None:
        """Return the agency of a code or name that exists `on` a date."""
        ...

    def is_agency(self, code: str) -> bool:
        """Say whether an agency of that code or name ever was."""
        ...

    def may_bring_in(self, desk: Desk) -> bool:
        """Say whether whoever imports may do so for this agency."""
        ...

    def procedure(self, code: str, desk: Desk, on: date) -> Procedure | None:
        """Return the procedure of a code, or of a name among those of the desk, `on` a date."""
        ...

    def is_procedure(self, code: str) -> bool:
        """Say whether a procedure of that code or name ever was."""
        ...

    def is_in_force(self, code: str, on: date) -> bool:
        """Say whether a procedure of that code or name is in force `on` a date, anywhere."""
        ...

    def offers(self, desk: Desk, procedure: Procedure, on: date) -> bool:
        """Say whether the agency receives the procedure `on` a date."""
        ...

    def check_extension(self, life: Life) -> None:
        """Refuse, at its column, an extension that no desk could have made."""
        ...

    def check_apology(self, life: Life) -> None:
        """Refuse, at its column, a day that no apology could have promised."""
        ...


class SeveralError(Exception):
    """Everything that is wrong with one row."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__()
        self.refusals = refusals


@dataclass
class Story:
    """The cells of one row, each understood but the `unread`, by the names of their columns."""

    told: Mapping[str, Any]
    known: Known
    unread: frozenset[str] = frozenset()
    wrong: list[Refusal] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._moments = [
            (name, found) for name, found in self.told.items() if isinstance(found, ToldMoment)
        ]
        for begun, ended in self.told.get("pauses", ()):
            self._moments += [("pauses", one) for one in (begun, ended) if one is not None]

    def life(self) -> Life:
        """Return the life they tell.

        Raises `SeveralError` with all that does not fit the other cells, the organisation, the
        catalogue or the clock, each at its column.
        """
        life = self._looked_at()
        if life is None or self.wrong:
            raise SeveralError(self.wrong)
        return life

    def mistakes(self) -> list[Refusal]:
        """Return likewise what is wrong beside the unread cells, as far as they leave it to see."""
        self._looked_at()
        return self.wrong

    def _looked_at(self) -> Life | None:
        told, tried, wrong = self.told, self._tried, self.wrong
        self._not_in_future()
        submitted = self._submitted()
        received: ToldMoment | None = told.get("received_at", submitted)
        days = [one.on for one in (submitted, received) if one is not None]
        if len(days) == 2 and days[0] == days[1]:
            del days[1]
        desk = tried(self._desk, days)
        procedures = tried(self._procedures, desk, days)
        tried(self._code_fits, desk)
        if procedures is not None and "received_at" not in self.unread:
            self._has_clock(procedures[1])
        level = procedures[0].level if procedures and "submitted_at" not in self.unread else None
        if level is not None and submitted is not None and "channel" in told:
            tried(check_channel, level, told["channel"], submitted.on)
        # Nobody knows when it came, but nothing in it was before.
        submitted = submitted or min([one for _, one in self._moments], default=None)
        if submitted is None:
            return None
        if desk is None or procedures is None or level is None or self.unread:
            wrong += disorder(Moments(**self._when(submitted)), self.unread)
            return None
        life = self._told(desk, procedures[1], level, submitted)
        wrong += disorder(life)
        if not wrong:
            tried(self.known.check_extension, life)
        if not wrong:
            tried(self.known.check_apology, life)
        return life

    def _tried(self, check: Callable[..., Found], *about: Any) -> Found | None:
        try:
            return check(*about)
        except Refusal as refusal:
            self.wrong.append(refusal.with_traceback(None))
            return None

    def _told(self, desk: Desk, procedure: Procedure, level: int, submitted: ToldMoment) -> Life:
        code: Code | None = self.told.get("dossier_code")
        return Life(
            agency_id=desk.id,
            agency_code=desk.code,
            procedure=procedure,
            level=level,
            channel=self.told["channel"],
            applicant=self._applicant(),
            code=code and code.text,
            sets=self.told.get("sets"),
            **self._when(submitted),
        )

    def _when(self, submitted: ToldMoment) -> dict[str, Any]:
        told, at = self.told, self._at
        finish = next((name for name in FINISHES if name in told), None)
        return {
            "submitted_at": submitted.at,
            "received_at": at("received_at"),
            "not_accepted_at": at("not_accepted_at"),
            "supplement_requested_at": at("supplement_requested_at"),
            "supplement_received_at": at("supplement_received_at"),
            "pauses": tuple(
                [Pause(begun.at, ended and ended.at) for begun, ended in told.get("pauses", ())]
            ),
            "finished_at": at(finish) if finish else None,
            "outcome": FINISHES[finish] if finish else None,
            "returned_at": at("returned_at"),
            "extended_at": at("extended_at"),
            "extended_to": told.get("extended_to"),
            "first_extended_at": at("first_extended_at"),
            "apologised_at": at("apologised_at"),
            "reappointed_on": told.get("reappointed_on"),
            "apology_cause": told.get("apology_cause"),
            "dated": frozenset(
                [one.at for _, one in (("", submitted), *self._moments) if one.dated]
            ),
        }

    def _at(self, name: str) -> datetime | None:
        found: ToldMoment | None = self.told.get(name)
        return found.at if found else None

    def _submitted(self) -> ToldMoment | None:
        told = self.told
        if "submitted_at" in told:
            return told["submitted_at"]
        first: ToldMoment | None = told.get("received_at") or told.get("not_accepted_at")
        if first is None or not first.dated:
            return first
        # What is refused on a day ends with it, but what was handed in begins with it.
        return ToldMoment(at_local(first.on, BEGINNING), first.on, dated=True)

    def _not_in_future(self) -> None:
        now, today = self.known.at, self.known.today
        self.wrong += [
            Refusal(N_("Thời điểm này còn ở tương lai."), field=name)
            for name, one in self._moments
            if one.at > now and (not one.dated or one.on > today)
        ]

    def _desk(self, days: list[date]) -> Desk | None:
        """Return the agency, None where it is not told or no day is known."""
        code: str = self.told.get("agency_code", "")
        found: Desk | None = None
        for day in days if code else ():
            found = self.known.desk(code, day)
            if found is None and self.known.is_agency(code):
                raise Refusal(
                    N_("Cơ quan %(code)s không tồn tại vào ngày %(day)s."),
                    field="agency_code",
                    code=shown(code, EXCERPT),
                    day=day,
                )
        if found is None and code and not self.known.is_agency(code):
            raise Refusal(
                NO_AGENCY,
                field="agency_code",
                code=shown(code, EXCERPT),
            )
        if found is not None and not self.known.may_bring_in(found):
            raise Refusal(
                N_("Bạn không được nhập hồ sơ của cơ quan %(code)s."),
                field="agency_code",
                code=found.code,
            )
        return found

    def _procedures(
        self, desk: Desk | None, days: list[date]
    ) -> tuple[Procedure, Procedure] | None:
        """Return the procedure as it stood at submission and as at receipt.

        None where it is not told, or neither the agency nor a day is known.
        """
        code: str = self.told.get("procedure_code", "")
        found = list[Procedure]()
        for day in days if code else ():
            procedure = self.known.procedure(code, desk, day) if desk else None
            is_there = procedure or (desk is None and self.known.is_in_force(code, day))
            if not is_there and self.known.is_procedure(code):
                raise Refusal(
                    N_("Thủ tục %(code)s không có hiệu lực vào ngày %(day)s."),
                    field="procedure_code",
                    code=shown(code, EXCERPT),
                    day=day,
                )
            if procedure is not None:
                found.append(procedure)
        if not found and code and not self.known.is_procedure(code):
            raise Refusal(
                N_("Không có thủ tục %(code)s."),
                field="procedure_code",
                code=shown(code, EXCERPT),
            )
        if desk is None or not found:
            return None
        # Accepted later, it was offered when it was handed in: the desk accepts what it has.
        if "submitted_at" not in self.unread and not self.known.offers(desk, found[0], days[0]):
            raise Refusal(
                N_("Cơ quan %(agency)s không tiếp nhận thủ tục %(code)s vào ngày %(day)s."),
                field="procedure_code",
                agency=desk.code,
                code=found[0].code,
                day=days[0],
            )
        return found[0], found[-1]

    def _has_clock(self, procedure: Procedure) -> None:
        if not procedure.limit.is_by_the_hour:
            return
        said = N_("Cần cả giờ: thời hạn của %(code)s tính theo giờ hoặc trong ngày.")
        bare = dict.fromkeys([name for name, one in self._moments if one.dated])
        self.wrong += [Refusal(said, field=name, code=procedure.code) for name in bare]

    def _code_fits(self, desk: Desk | None) -> None:
        code: Code | None = self.told.get("dossier_code")
        if code is None:
            return
        if desk is not None and code.agency != desk.code and code.agency != _old_form(desk.code):
            raise Refusal(
                N_("Mã hồ sơ của cơ quan %(agency)s, không phải của %(code)s."),
                field="dossier_code",
                agency=code.agency,
                code=desk.code,
            )
        if code.on > self.known.today:
            raise Refusal(N_("Ngày trong mã hồ sơ còn ở tương lai."), field="dossier_code")

    def _applicant(self) -> Applicant:
        told = self.told
        number, kind = told.get("applicant_id_number") or (None, ApplicantKind.PERSON)
        phone, address = told.get("applicant_phone"), None
        if isinstance(phone, tuple):
            address, phone = phone
        return Applicant(told["applicant_name"], kind, number, phone, address)


def _old_form(agency_code: str) -> str | None:
    """Return an agency's code in the form before Decision 20/2020, the small unit first.

    `H26.91.27` was `000.27.91.H26`: three levels below the first, the lowest of three digits.
    """
    province, *below = agency_code.split(".")
    if len(below) > 3 or any(not group.isdigit() for group in below):
        return None
    levels = [*below, "", "", ""][:3]
    widths = (2, 2, 3)
    filled = [group.zfill(width) for group, width in zip(levels, widths, strict=True)]
    return ".".join([*reversed(filled), province])

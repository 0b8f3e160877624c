"""What every intake has in common: a dossier with its code, its promise, and its first lines."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypedDict

from sqlalchemy import insert
from sqlalchemy.orm.attributes import set_committed_value

from onestop.base.database import entered, table_of
from onestop.base.errors import Refusal
from onestop.base.questions import Question
from onestop.base.viewer import Author, Citizen
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import check_channel
from onestop.catalogue.rules.papers import Copies
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import clock, filing, history, holding, numbers
from onestop.dossiers.actions.acting import difference
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import applicants, reading
from onestop.dossiers.rules.finding import Filed, search_words
from onestop.dossiers.rules.identity import Applicant, Intake, code
from onestop.dossiers.rules.papers import laid_in
from onestop.dossiers.rules.states import FINAL, State, Verb
from onestop.dossiers.rules.timing import Facts
from onestop.organisation import queries as organisation
from onestop.tallies import actions as tallies

NONCE_BYTES: Final = 16


@dataclass(frozen=True)
class Desk:
    """The agency that takes a dossier in."""

    id: int
    code: str


class Decided(TypedDict, total=False):
    """What a clerk decided, seeing like dossiers: part of the line of history."""

    reason: str
    beside: list[str]


def drawn_up(intake: Intake, desk: Desk, submitted_at: datetime, state: State) -> Dossier:
    """Return the dossier of an intake with its code, not yet written; one sent before has its id.

    Level, limit, fee and papers are those of the day of submission. Raises `Refusal` where the
    procedure is not in force or not offered, or the channel does not fit its level.
    """
    day = legal_date(submitted_at)
    number = numbers.take(desk.id, day)
    # The counter makes desks wait for one another: a twin sent at the same instant shows only now,
    # and so does what the catalogue has meanwhile become.
    if twin := reading.by_key(intake.key, desk.id):
        return twin
    level_then = in_force(intake.procedure_code, desk, submitted_at)
    check_channel(level_then.level, intake.channel, day)
    dossier = Dossier()
    # Written past the session, which need not know what changed in a row that is not there yet.
    vars(dossier).update(
        ABSENT,
        code=code(desk.code, day, number),
        key=intake.key,
        nonce=secrets.token_bytes(NONCE_BYTES),
        receiving_agency_id=desk.id,
        procedure_id=level_then.id,
        level=level_then.level,
        channel=intake.channel,
        state=state,
        version=1,
        note=intake.note,
        return_by=intake.return_by,
        submitted_at=submitted_at,
        second_request=False,
        late_apology=False,
        **of_applicant(intake.applicant),
        **_of_procedure(level_then, desk.id, intake.papers, intake.copies, intake.sets),
    )
    for nothing in ("pauses", "moves"):  # nor look for what would stand behind it
        set_committed_value(dossier, nothing, [])
    return dossier


def copy(
    dossier: Dossier,
    procedure: Procedure,
    brought: frozenset[int],
    copies: Mapping[int, Copies],
    sets: int | None,
) -> None:
    """Let a dossier have limit, fee and papers as its procedure has them on the day of receipt."""
    desk_id = dossier.receiving_agency_id
    for name, value in _of_procedure(procedure, desk_id, brought, copies, sets).items():
        setattr(dossier, name, value)


def of_applicant(applicant: Applicant) -> dict[str, Any]:
    """Return the columns of a dossier that tell whose it is."""
    return {
        "applicant_kind": applicant.kind,
        "applicant_name": applicant.name,
        "applicant_id_number": applicant.id_number,
        "applicant_phone": applicant.phone,
        "applicant_address": applicant.address,
        "applicant_email": applicant.email,
    }


def _of_procedure(
    procedure: Procedure,
    desk_id: int,
    brought: frozenset[int],
    copies: Mapping[int, Copies],
    sets: int | None,
) -> dict[str, Any]:
    return {
        "field_id": procedure.field_id,
        "handling_agency_id": procedure.department_agency_id or desk_id,
        "limit_value": procedure.limit.value,
        "limit_unit": procedure.limit.unit,
        "published_limit": None,
        "cutoff": procedure.cutoff.isoformat("minutes") if procedure.cutoff else None,
        "cutoff_shifts_receipt": procedure.cutoff_shifts_receipt,
        "fee_vnd": procedure.fee_vnd,
        "papers": laid_in(procedure.papers, brought, copies),
        "sets": sets or procedure.sets,
    }


def decided_beside(
    dossier: Dossier, heeded: frozenset[str] | None, although: str | None, by: Author
) -> Decided:
    """Return what the clerk decided about like dossiers; refuse where nobody has decided.

    Asked behind the counter of the day, so that two clerks of a desk see each other's.
    """
    if heeded is None or isinstance(by, Citizen):
        return {}
    codes = sorted(one.code for one in applicants.beside(dossier, by))
    if not codes:
        return {}
    if not heeded.issuperset(codes):
        raise Refusal(
            N_("Người này còn hồ sơ cùng thủ tục chưa xong. Hãy xem, rồi ghi vì sao vẫn nhận."),
            field="although",
        )
    if not although:
        raise Refusal(N_("Hãy ghi vì sao vẫn nhận thêm hồ sơ này."), field="although")
    return {"reason": although, "beside": codes}


def promise(dossier: Dossier, sooner: str | None, at: datetime) -> dict[str, Any]:
    """Let a shorter limit be that of a dossier, beside the published one; return what is told."""
    if not sooner:
        return {}
    procedure = still_in_force(dossier, at)
    limit, published = procedure.sooner(sooner), procedure.limit
    dossier.limit_value, dossier.published_limit = limit.value, published.value
    return {"sooner": str(limit), "published": str(published)}


def start(dossier: Dossier, at: datetime, *, counts_from: datetime | None = None) -> dict[str, Any]:
    """Let the clock run, and give the dossier its line in the register.

    Where an order keeps the office closed it stands still from the beginning (rules 6.6).
    """
    clock.start(dossier, at, counts_from=counts_from)
    told = holding.at_receipt(dossier, at)
    dossier.book_number = numbers.enter(dossier.receiving_agency_id, legal_date(at))
    return told


def in_force(procedure_code: str, desk: Desk, moment: datetime) -> Procedure:
    """Return the procedure of a code as a desk offers it then; raise `Refusal` if it does not."""
    day = legal_date(moment)
    procedure = catalogue.in_force(procedure_code, day)
    if procedure is None and procedure_code not in catalogue.snapshot().versions:
        raise Refusal(N_("Không có thủ tục %(code)s."), field="procedure", code=procedure_code)
    if procedure is None:
        raise Refusal(N_("Thủ tục này không có hiệu lực vào ngày nộp."), field="procedure")
    return _offered(procedure, desk.id, day)


def still_in_force(dossier: Dossier, at: datetime) -> Procedure:
    """Return the procedure of a dossier as its desk offers it now, or did last.

    Raises `Refusal` where it does not.
    """
    procedure = catalogue.in_force_by_id(dossier.procedure_id, legal_date(at))
    if procedure is None:
        raise Refusal(N_("Thủ tục này không còn hiệu lực."), field="procedure")
    desk = organisation.tree_with_past(legal_date(at)).by_id(dossier.receiving_agency_id)
    # What came to a desk that has ended is accepted by its successor, as it would have been there.
    last = desk.valid_to if desk and desk.valid_to else date.max
    return _offered(procedure, dossier.receiving_agency_id, min(legal_date(at), last))


def _offered(procedure: Procedure, agency_id: int, on: date) -> Procedure:
    if agency_id not in catalogue.offered_by(procedure.id, on):
        raise Refusal(N_("Đơn vị này không tiếp nhận thủ tục đã chọn."), field="procedure")
    return procedure


def register(dossier: Dossier, applicant: Applicant) -> None:
    """Write a new dossier, and the words by which it is found."""
    _insert(dossier)
    words = search_words(dossier.code, applicant)
    agencies = (dossier.receiving_agency_id, dossier.handling_agency_id)
    filing.index([Filed(dossier.id, words, agencies, dossier.state not in FINAL)])


def _insert(dossier: Dossier) -> None:
    """Insert a new dossier, and let the session know it as if it had been read.

    Its unit of work would take a tenth of the whole intake to find out that there is one row.
    """
    ((dossier.id,),) = ENTERED.ask(**vars(dossier))
    entered(dossier)


COLUMNS: Final = tuple(one.name for one in table_of(Dossier).c if one.name != "id")
ABSENT: Final = dict.fromkeys(COLUMNS)
ENTERED: Final = Question(insert(Dossier).returning(Dossier.id), *COLUMNS)


def line(
    dossier: Dossier,
    verb: Verb,
    from_state: State | None,
    to_state: State,
    happened_at: datetime,
    reason: str | None = None,
    beside: Sequence[str] = (),
    **told: Any,
) -> Line:
    """Return a line of the history of a new dossier; that of its receipt tells what is promised."""
    details: dict[str, Any] = {**told, "beside": list(beside)} if beside else {**told}
    if verb == Verb.RECEIVE and dossier.due_at and dossier.first_due_at:
        details["due_at"] = dossier.due_at.isoformat()
    return Line(dossier.id, dossier.code, verb, from_state, to_state, happened_at, reason, details)


def write(dossier: Dossier, lines: list[Line], *, by: Author, at: datetime) -> None:
    """Write the first lines of a new dossier, and count it."""
    history.append(dossier.receiving_agency_id, lines, by=by, at=at)
    tallies.book(difference(dossier, Facts(), reading.facts(dossier)))

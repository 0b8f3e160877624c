"""Intake: at the counter, by post and online; accepted, sent back for completion, or refused."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypedDict

from sqlalchemy import insert
from sqlalchemy.orm.attributes import set_committed_value

from onestop.base.database import entered, table_of
from onestop.base.errors import Refusal
from onestop.base.questions import Question
from onestop.base.viewer import Author, Citizen
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel, Copies, Procedure, check_channel
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import clock, filing, history, holding, numbers
from onestop.dossiers.actions.acting import acting, difference, permitted
from onestop.dossiers.actions.grounds import kept
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import applicants, checks, reading
from onestop.dossiers.queries.checks import check_due
from onestop.dossiers.rules.finding import Filed, search_words
from onestop.dossiers.rules.identity import Applicant, Intake, code
from onestop.dossiers.rules.papers import laid_in
from onestop.dossiers.rules.posts import check_post
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import FINAL, State, Verb, check_reason, transition
from onestop.dossiers.rules.timing import Facts
from onestop.tallies import actions as tallies

NONCE_BYTES: Final = 16
OLDEST_DELIVERY: Final = timedelta(days=30)


@dataclass(frozen=True)
class Desk:
    """The agency that takes a dossier in."""

    id: int
    code: str


class _Decided(TypedDict, total=False):
    """What a clerk decided, seeing like dossiers: part of the line of history."""

    reason: str
    beside: list[str]


def receive(intake: Intake, *, desk: Desk, by: Author, at: datetime) -> Dossier:
    """Register what an applicant hands in or posts, and promise a due date.

    The same key sent again returns the first dossier. What the clerk was shown and took in all the
    same (`heeded`, `although`) stands in the history. A postal item is written as submitted on
    delivery and received now, in one go. Raises `Refusal` where the procedure is not in force or
    not offered, the channel does not fit its level, or the post does not allow it (Decree 61/2018
    art. 17; rules.md 5, 11.3), and as `Procedure.sooner` does.
    """
    _allowed(desk, by)
    if earlier := reading.by_key(intake.key, desk.id):
        return earlier
    if intake.channel == Channel.ONLINE:
        raise Refusal(
            N_("Hồ sơ trực tuyến do người nộp gửi qua cổng, không nhập tại quầy."), field="channel"
        )
    submitted_at = _delivered(intake, at)
    dossier = _opened(intake, desk, submitted_at, State.RECEIVED)
    if dossier.id is not None:
        return dossier
    decided = _beside_others(dossier, intake.heeded, intake.although, by)
    if submitted_at != at:
        procedure = _in_force(intake.procedure_code, desk, at)
        _copy(dossier, procedure, intake.papers, intake.copies, intake.sets)
    told = {**_promise(dossier, intake.sooner, at), **_start(dossier, at), **decided}
    _register(dossier, intake.applicant)
    lines = [_line(dossier, Verb.RECEIVE, None, State.RECEIVED, at, **told)]
    if intake.channel == Channel.POSTAL:
        lines = [
            _line(dossier, Verb.SUBMIT, None, State.SUBMITTED, submitted_at),
            _line(dossier, Verb.RECEIVE, State.SUBMITTED, State.RECEIVED, at, **told),
        ]
    _write(dossier, lines, by=by, at=at)
    return dossier


class TogetherRefused(Refusal):
    """Of several intakes none was received: `each` tells those that were refused, by place."""

    def __init__(self, each: Mapping[int, Refusal]) -> None:
        first = next(iter(each.values()))
        super().__init__(first.message, field=first.field, **first.values)
        self.each = each


def receive_together(
    made: Sequence[Intake], *, desk: Desk, by: Author, at: datetime
) -> list[Dossier]:
    """Register what one applicant hands in under several procedures: a dossier each, or none.

    Raises `TogetherRefused`, which tells every one that is refused.
    """
    taken, refused = [], {}
    for place, one in enumerate(made):
        try:
            taken.append(receive(one, desk=desk, by=by, at=at))
        except Refusal as refusal:
            refused[place] = refusal
    if refused:
        raise TogetherRefused(refused)
    return taken


def decline(
    intake: Intake,
    *,
    grounds: Grounds,
    reason: str | None,
    desk: Desk,
    by: Author,
    at: datetime,
) -> Dossier:
    """Refuse at the counter or by post, with a reason: a code is given, no clock starts.

    Raises `Refusal` as `kept` does (Decree 61/2018 art. 17(1b); form 03).
    """
    return _turned_away(
        intake,
        Verb.REFUSE_AT_INTAKE,
        State.NOT_ACCEPTED,
        reason,
        desk=desk,
        by=by,
        at=at,
        grounds=grounds,
    )


def send_back(
    intake: Intake, *, reason: str | None, desk: Desk, by: Author, at: datetime
) -> Dossier:
    """Ask at the counter for everything that is missing, once; no clock starts.

    Decree 61/2018 art. 15(3), 17(1a); form 02.
    """
    return _turned_away(
        intake,
        Verb.ASK_COMPLETION,
        State.AWAITING_SUPPLEMENT,
        reason,
        desk=desk,
        by=by,
        at=at,
    )


def submit(intake: Intake, *, desk: Desk, by: Citizen, at: datetime) -> Dossier:
    """Take in an online submission: it gets its code now, and its clock when it is accepted.

    The desk has eight working hours to check it (rules.md 4.3, 8). The level is frozen as it is
    now (10.1). Raises `Refusal` where the service has no online submission.
    """
    if earlier := reading.by_key(intake.key, desk.id):
        return earlier
    dossier = _opened(intake, desk, at, State.SUBMITTED)
    if dossier.id is not None:
        return dossier
    dossier.intake_due_at = check_due(desk.id, at)
    _register(dossier, intake.applicant)
    _write(dossier, [_line(dossier, Verb.SUBMIT, None, State.SUBMITTED, at)], by=by, at=at)
    return dossier


def accept(
    dossier: Dossier,
    *,
    papers: frozenset[int],
    by: Author,
    at: datetime,
    copies: Mapping[int, Copies] | None = None,
    sets: int | None = None,
    heeded: frozenset[str] | None = None,
    although: str | None = None,
    sooner: str | None = None,
) -> None:
    """Accept a submission that is complete and valid: the limit starts now (rules.md 4.3).

    Where the law of the procedure has it so it started when the hours for the check ended. Like
    dossiers are decided about as at the counter (`receive`). Raises `Refusal` where the procedure
    has ended meanwhile, or the desk receives it no more, and as `Procedure.sooner` does.
    """
    permitted(dossier, Verb.RECEIVE, by=by, reason=None)
    decided = _beside_others(dossier, heeded, although, by)
    told: dict[str, Any] = {"beside": decided["beside"]} if decided else {}
    with acting(dossier, Verb.RECEIVE, by=by, at=at, reason=decided.get("reason"), told=told):
        procedure = _still_in_force(dossier, at)
        _copy(dossier, procedure, papers, copies or {}, sets)
        _checked(dossier, at)
        told |= _promise(dossier, sooner, at)
        told |= _start(dossier, at, counts_from=checks.counts_from(dossier, procedure, at))


def refuse_at_intake(
    dossier: Dossier, *, grounds: Grounds, reason: str | None, by: Author, at: datetime
) -> None:
    """Refuse a submission, or one that was never completed, with a reason; no code is reused.

    Raises `Refusal` as `kept` does (form 03).
    """
    told: dict[str, str] = {}
    with acting(dossier, Verb.REFUSE_AT_INTAKE, by=by, at=at, reason=reason, told=told):
        told |= kept(grounds, at)
        dossier.not_accepted_at = at
        _checked(dossier, at)
        dossier.intake_due_at = None


def ask_for_completion(dossier: Dossier, *, reason: str | None, by: Author, at: datetime) -> None:
    """Ask for what a submission lacks; it is not received, and no clock runs."""
    with acting(dossier, Verb.ASK_COMPLETION, by=by, at=at, reason=reason):
        _checked(dossier, at)
        dossier.intake_due_at = None


def bring_completion(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Take the completed papers in again; the desk has a new intake clock to check them."""
    with acting(dossier, Verb.BRING_COMPLETION, by=by, at=at):
        dossier.intake_due_at = check_due(dossier.receiving_agency_id, at)


def _checked(dossier: Dossier, at: datetime) -> None:
    """Keep whether the desk exceeded its hours for an online submission, now or at a check before.

    Rules.md 4.3, 8.
    """
    if dossier.channel == Channel.ONLINE and dossier.intake_due_at is not None:
        dossier.late_intake = bool(dossier.late_intake) or checks.is_late(dossier, at)


def _turned_away(
    intake: Intake,
    verb: Verb,
    state: State,
    reason: str | None,
    *,
    desk: Desk,
    by: Author,
    at: datetime,
    grounds: Grounds | None = None,
) -> Dossier:
    _allowed(desk, by)
    check_reason(reason)
    told = kept(grounds, at) if grounds else {}
    if earlier := reading.by_key(intake.key, desk.id):
        return earlier
    submitted_at = _delivered(intake, at)
    dossier = _opened(intake, desk, submitted_at, state)
    if dossier.id is not None:
        return dossier
    if state == State.NOT_ACCEPTED:
        dossier.not_accepted_at = at
    _register(dossier, intake.applicant)
    lines = [
        _line(dossier, Verb.SUBMIT, None, State.SUBMITTED, submitted_at),
        _line(dossier, verb, State.SUBMITTED, state, at, reason, **told),
    ]
    _write(dossier, lines, by=by, at=at)
    return dossier


def _opened(intake: Intake, desk: Desk, submitted_at: datetime, state: State) -> Dossier:
    day = legal_date(submitted_at)
    number = numbers.take(desk.id, day)
    # The counter makes desks wait for one another: a twin sent at the same instant shows only now,
    # and so does what the catalogue has meanwhile become.
    if twin := reading.by_key(intake.key, desk.id):
        return twin
    level_then = _in_force(intake.procedure_code, desk, submitted_at)
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
        **_of_applicant(intake.applicant),
        **_of_procedure(level_then, desk.id, intake.papers, intake.copies, intake.sets),
    )
    for nothing in ("pauses", "moves"):  # nor look for what would stand behind it
        set_committed_value(dossier, nothing, [])
    return dossier


def _beside_others(
    dossier: Dossier, heeded: frozenset[str] | None, although: str | None, by: Author
) -> _Decided:
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


def _promise(dossier: Dossier, sooner: str | None, at: datetime) -> dict[str, Any]:
    """Let a shorter limit be that of a dossier, beside the published one; return what is told."""
    if not sooner:
        return {}
    procedure = _still_in_force(dossier, at)
    limit, published = procedure.sooner(sooner), procedure.limit
    dossier.limit_value, dossier.published_limit = limit.value, published.value
    return {"sooner": str(limit), "published": str(published)}


def _start(
    dossier: Dossier, at: datetime, *, counts_from: datetime | None = None
) -> dict[str, Any]:
    """Let the clock run, and give the dossier its line in the register.

    Where an order keeps the office closed it stands still from the beginning (rules 6.6).
    """
    clock.start(dossier, at, counts_from=counts_from)
    told = holding.at_receipt(dossier, at)
    dossier.book_number = numbers.enter(dossier.receiving_agency_id, legal_date(at))
    return told


def _of_applicant(applicant: Applicant) -> dict[str, Any]:
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
    # Limit, fee and papers are those of the day of receipt, and so is who handles the field.
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


def _copy(
    dossier: Dossier,
    procedure: Procedure,
    brought: frozenset[int],
    copies: Mapping[int, Copies],
    sets: int | None,
) -> None:
    desk_id = dossier.receiving_agency_id
    for name, value in _of_procedure(procedure, desk_id, brought, copies, sets).items():
        setattr(dossier, name, value)


def _in_force(procedure_code: str, desk: Desk, moment: datetime) -> Procedure:
    day = legal_date(moment)
    procedure = catalogue.in_force(procedure_code, day)
    if procedure is None and procedure_code not in catalogue.snapshot().versions:
        raise Refusal(N_("Không có thủ tục %(code)s."), field="procedure", code=procedure_code)
    if procedure is None:
        raise Refusal(N_("Thủ tục này không có hiệu lực vào ngày nộp."), field="procedure")
    return _offered(procedure, desk.id, day)


def _still_in_force(dossier: Dossier, at: datetime) -> Procedure:
    procedure = catalogue.in_force_by_id(dossier.procedure_id, legal_date(at))
    if procedure is None:
        raise Refusal(N_("Thủ tục này không còn hiệu lực."), field="procedure")
    return _offered(procedure, dossier.receiving_agency_id, legal_date(at))


def _offered(procedure: Procedure, agency_id: int, on: date) -> Procedure:
    if agency_id not in catalogue.offered_by(procedure.id, on):
        raise Refusal(N_("Đơn vị này không tiếp nhận thủ tục đã chọn."), field="procedure")
    return procedure


def _delivered(intake: Intake, at: datetime) -> datetime:
    if intake.channel != Channel.POSTAL or intake.delivered_at is None:
        return at
    if intake.delivered_at > at:
        raise Refusal(N_("Giờ bưu gửi đến không thể ở tương lai."), field="delivered_at")
    if intake.delivered_at < at - OLDEST_DELIVERY:
        raise Refusal(N_("Bưu gửi đến quá 30 ngày trước; hãy xem lại ngày."), field="delivered_at")
    return intake.delivered_at


def _allowed(desk: Desk, by: Author) -> None:
    row = transition(Verb.RECEIVE, None, received=False)
    check_post(row, Verb.RECEIVE, by, desk.id, desk.id)


def _register(dossier: Dossier, applicant: Applicant) -> None:
    _enter(dossier)
    words = search_words(dossier.code, applicant)
    agencies = (dossier.receiving_agency_id, dossier.handling_agency_id)
    filing.index([Filed(dossier.id, words, agencies, dossier.state not in FINAL)])


def _enter(dossier: Dossier) -> None:
    """Insert a new dossier, and let the session know it as if it had been read.

    Its unit of work would take a tenth of the whole intake to find out that there is one row.
    """
    ((dossier.id,),) = ENTERED.ask(**vars(dossier))
    entered(dossier)


COLUMNS: Final = tuple(one.name for one in table_of(Dossier).c if one.name != "id")
ABSENT: Final = dict.fromkeys(COLUMNS)
ENTERED: Final = Question(insert(Dossier).returning(Dossier.id), *COLUMNS)


def _line(
    dossier: Dossier,
    verb: Verb,
    from_state: State | None,
    to_state: State,
    happened_at: datetime,
    reason: str | None = None,
    beside: Sequence[str] = (),
    **told: Any,
) -> Line:
    details: dict[str, Any] = {**told, "beside": list(beside)} if beside else {**told}
    if verb == Verb.RECEIVE and dossier.due_at and dossier.first_due_at:
        details["due_at"] = dossier.due_at.isoformat()
    return Line(dossier.id, dossier.code, verb, from_state, to_state, happened_at, reason, details)


def _write(dossier: Dossier, lines: list[Line], *, by: Author, at: datetime) -> None:
    history.append(dossier.receiving_agency_id, lines, by=by, at=at)
    tallies.book(difference(dossier, Facts(), reading.facts(dossier)))

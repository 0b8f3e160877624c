"""The verbs behind the desk: who takes a step up, decides on it, and hands it on (rules.md 8, 12).

Each is done under the lock of its dossier and leaves a line in the dossier's history.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.errors import Refusal, StaleError
from onestop.base.permissions import Permission
from onestop.base.viewer import SYSTEM, Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history
from onestop.dossiers.actions.acting import code_of, come, in_order
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.posts import outside_the_post
from onestop.dossiers.rules.states import Verb, check_reason
from onestop.organisation import queries as organisation
from onestop.steps.actions import placing
from onestop.steps.actions.following import begin
from onestop.steps.models import DossierStep
from onestop.steps.queries import trails
from onestop.steps.rules import Result, Stage, move, moves, stamp
from onestop.tallies import actions as tallies


def unchanged(dossier: Dossier, turn: int | None) -> None:
    """Refuse with `StaleError` when the step was moved since the page was opened."""
    if turn is None:
        return
    runs = trails.open_ones(trails.steps_of(dossier))
    if turn not in {stamp(one.seq, one.turn) for one in runs}:
        raise StaleError


def take_up(dossier: Dossier, *, seq: int | None = None, by: Staff, at: datetime) -> None:
    """Take a step that nobody has, signed or not; one who has just left is refused."""
    with _moving(dossier, Verb.TAKE_UP, seq=seq, by=by, at=at) as step:
        placing.give_to(step, by.account_id, at)
        if step.account_id is None:
            raise outside_the_post(Verb.TAKE_UP)


def assign(
    dossier: Dossier, *, to: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Give a step to a colleague by his user name; the head does so (rules.md 8).

    Raises `Refusal` at `to` where nobody of that name works at the step's agency.
    """
    told: dict[str, Any] = {}
    with _moving(dossier, Verb.ASSIGN, seq=seq, by=by, at=at, told=told) as step:
        colleagues = accounts.colleagues(step.keeper_id or 0, Permission.HAND_ON, legal_date(at))
        found = next((one for one in colleagues if one.username == to), None)
        if found is None:
            raise Refusal(NOBODY_CHOSEN if not to else WORKS_ELSEWHERE, field="to")
        told["holder"] = found.account_id
        placing.give_to(step, found.account_id, at)


NOBODY_CHOSEN: Final = N_("Hãy chọn người làm trong đơn vị đang giữ hồ sơ.")
WORKS_ELSEWHERE: Final = N_("Người được chọn không làm việc ở đơn vị đang giữ hồ sơ.")


def take_back(
    dossier: Dossier, *, reason: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Take a step from whoever has it, or put one's own back; it waits to be given out again."""
    with _moving(dossier, Verb.TAKE_BACK, seq=seq, by=by, at=at, reason=reason) as step:
        step.account_id = step.assigned_at = None


def put_forward(dossier: Dossier, *, seq: int | None = None, by: Staff, at: datetime) -> None:
    """Lay a draft before whoever approves it."""
    with _moving(dossier, Verb.PUT_FORWARD, seq=seq, by=by, at=at):
        pass


def approve(dossier: Dossier, *, seq: int | None = None, by: Staff, at: datetime) -> None:
    """Approve a draft; it waits for the signature."""
    with _moving(dossier, Verb.APPROVE, seq=seq, by=by, at=at):
        pass


def sign(dossier: Dossier, *, seq: int | None = None, by: Staff, at: datetime) -> None:
    """Sign what was laid before, approved by another or not; the officer goes on with it.

    Where he has left meanwhile, whoever works there may.
    """
    with _moving(dossier, Verb.SIGN, seq=seq, by=by, at=at) as step:
        placing.leave_to_office(step, at)


def send_back(
    dossier: Dossier, *, reason: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Give a draft back to whoever laid it before, with the reason; or to be given out anew."""
    with _moving(dossier, Verb.SEND_BACK, seq=seq, by=by, at=at, reason=reason) as step:
        placing.leave_to_office(step, at)


def send_to(
    dossier: Dossier, *, agency: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Send the running step to the agency of this system that does it; its clock runs on."""
    told: dict[str, Any] = {}
    with _moving(dossier, Verb.SEND_TO, seq=seq, by=by, at=at, told=told) as step:
        found = [one for one in trails.candidates_for(dossier, step, at) if one.code == agency]
        if not found:
            raise Refusal(N_("Hãy chọn đơn vị nhận."), field="agency")
        step.given_by_id, step.giver_name = by.agency_id, by.name
        step.agency_id = step.keeper_id = found[0].id
        told["step_at"] = found[0].code


def hand_on(
    dossier: Dossier,
    *,
    agency: str | Sequence[str] | None = None,
    refused: bool = False,
    reason: str | None = None,
    seq: int | None = None,
    by: Staff,
    at: datetime,
) -> None:
    """End a step, with its result, and start what follows at its agencies.

    While an agency that was asked beside it still works, nothing follows yet: the last to answer
    hands on (rules.md 12.1). A refusal of one agency needs a reason and does not undo what others
    did (rules.md 12.5). Raises `Refusal` at `agency` where several could do a next step and none
    was chosen; of several such steps each takes the next of the agencies given. Raises it too where
    the only one that could has ended.
    """
    told: dict[str, Any] = {"result": str(Result.REFUSED if refused else Result.DONE)}
    with _moving(dossier, Verb.HAND_ON, seq=seq, by=by, at=at, reason=reason, told=told) as step:
        if refused:
            check_reason(reason)
        placing.end(step, Result.REFUSED if refused else Result.DONE, at)
        steps = trails.steps_of(dossier)
        if trails.open_ones(steps):
            told["waits"] = True
            return
        giver_id = step.keeper_id and organisation.by_now(step.keeper_id, legal_date(at))
        chosen = iter([agency] if isinstance(agency, str) else agency or ())
        inside, outside = list[str](), list[str]()
        for one in trails.of_leg(step.leg + 1, steps):
            one.given_by_id, one.giver_name = giver_id, by.name
            code = placing.start(one, dossier, keeper_id=giver_id, at=at, chosen=chosen)
            placing.check_there(one, dossier, at)
            if code:
                inside.append(code)
            elif one.kind:
                outside.append(str(one.kind))
        told["step_at"] = inside if len(inside) > 1 else next(iter(inside), None)
        if outside:
            told["step_outside"] = outside


def give_back(
    dossier: Dossier,
    *,
    reason: str | None,
    branch: int | None = None,
    seq: int | None = None,
    by: Staff,
    at: datetime,
) -> None:
    """Give a step back to the agency before, which has to do its own anew.

    That step's date stays as it was; this one gets a date of its own when its turn comes again.
    Where several ran side by side before, `branch` is the number of the one; raises `Refusal`
    there without it.
    """
    told: dict[str, Any] = {}
    with _moving(dossier, Verb.GIVE_BACK, seq=seq, by=by, at=at, reason=reason, told=told) as step:
        earlier = trails.of_leg(step.leg - 1, trails.steps_of(dossier))
        asked = [one for one in earlier if one.seq == branch] if len(earlier) > 1 else earlier
        if not asked:
            raise Refusal(N_("Hãy chọn bước phải làm lại."), field="branch")
        before = asked[0]
        placing.release(step, at)
        step.stage = Stage.PLANNED
        step.agency_id = step.keeper_id = step.account_id = None
        step.started_at = step.due_at = step.overdue_from = step.assigned_at = None
        before.turn += 1
        placing.reopen(before, at)
        told["step"] = before.seq
        told["step_at"] = before.keeper_id and code_of(before.keeper_id, at)


@contextmanager
def _moving(
    dossier: Dossier,
    verb: Verb,
    *,
    seq: int | None,
    by: Staff,
    at: datetime,
    reason: str | None = None,
    told: dict[str, Any] | None = None,
) -> Iterator[DossierStep]:
    """Take a step along the table's row for `verb`; the block changes its facts.

    Without `seq` it is the running step, of several the first that `by` may take along it.
    """
    steps = trails.steps_of(dossier)
    if not steps:  # handed over before steps were kept, or imported
        steps = begin(dossier, giver=SYSTEM, at=at)
    step = _meant(steps, dossier, verb, seq=seq, by=by, at=at)
    row = move(verb, trails.standing(step, dossier, steps, at), reason)
    if not trails.may(row, step, by):
        raise outside_the_post(verb)
    in_order(dossier, at)
    lay_at = dossier.handling_agency_id
    yield step
    step.turn += 1
    if (stage := row.leads_to(step.stage)) is not None:
        placing.stand(step, stage)
        placing.hold(step, at)
    placing.share(dossier, steps)
    held, bookings = come(dossier, verb, lay_at=lay_at, by=by, at=at)
    if held:
        placing.count_on(dossier)
    db.session.flush()
    details = {"step": step.seq, **held, **(told or {})}
    line = history.staying(dossier, verb, at, details, reason=reason)
    history.append(dossier.receiving_agency_id, [line], by=by, at=at)
    tallies.book(bookings)


def _meant(
    steps: Sequence[DossierStep],
    dossier: Dossier,
    verb: Verb,
    *,
    seq: int | None,
    by: Staff,
    at: datetime,
) -> DossierStep:
    """Return the step that a move is meant for, or refuse where none runs."""
    found = trails.open_ones(steps) if seq is None else [one for one in steps if one.seq == seq]
    if not found:
        raise Refusal(N_("Hồ sơ không còn bước nào đang làm."))
    for one in found if len(found) > 1 else ():
        free = moves(trails.standing(one, dossier, steps, at))
        if any(row.verb == verb and trails.may(row, one, by) for row in free):
            return one
    return found[0]

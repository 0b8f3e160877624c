"""The verbs behind the desk: who takes a step up, decides on it, and hands it on (rules.md 8, 12).

Each is done under the lock of its dossier and leaves a line in the dossier's history.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, update

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.errors import Refusal, StaleError
from onestop.base.permissions import Permission
from onestop.base.viewer import SYSTEM, Author, Staff
from onestop.base.words import N_
from onestop.catalogue.rules import StepKind
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.actions import filing, history
from onestop.dossiers.actions.acting import code_of, come, in_order, outside_the_post
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Branch, Dossier
from onestop.dossiers.queries import checks, reading
from onestop.dossiers.rules.states import Outcome, State, Verb, check_reason
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.queries import dates, trails
from onestop.steps.rules import Result, Stage, move, moves, stamp
from onestop.tallies import actions as tallies

RESUMING: Final = frozenset({
    Verb.SUPPLEMENT, Verb.NOTE_PAYMENT, Verb.TAKE_BACK_WITHDRAWAL, Verb.PAUSE, Verb.RESUME,
})  # fmt: skip
"""After these the clock is counted anew; a closure entered late is a pause that is over."""
BEFORE_THE_HAND_OVER: Final = frozenset({State.SUBMITTED, State.RECEIVED})
RESULTS: Final = {Outcome.GRANTED: Result.DONE, Outcome.REFUSED: Result.REFUSED}


def follow(dossier: Dossier, verb: Verb, by: Author, at: datetime) -> Sequence[Line]:
    """Let the steps follow what was done to their dossier; its history tells it already.

    They begin with the hand-over, are counted on when the clock runs again, end with the dossier,
    and go on when its result is corrected.
    """
    if verb == Verb.HAND_OVER:
        begin(dossier, giver=by.name, at=at)
    elif verb in RESUMING:
        _count_on(dossier)
    elif verb == Verb.CORRECT:
        _go_on(dossier, at)
        _count_on(dossier)
    elif verb == Verb.TRANSFER:
        _go_along(dossier, at)
    elif verb == Verb.REVERSE:
        _put_back(dossier, at)
    elif dossier.finished_at is not None:
        _end_all(dossier, trails.steps_of(dossier))
    return ()


def begin(dossier: Dossier, *, giver: str, at: datetime) -> Sequence[DossierStep]:
    """Write the steps of a dossier as the catalogue had them at its receipt; start the first leg.

    A procedure without steps has one: its handling office, with the whole limit. What was passed
    to the competent agency before it was handed over goes there.
    """
    if found := trails.steps_of(dossier):
        return found
    procedure = reading.procedure_of(dossier)
    planned: list[tuple[StepKind | None, Limit, int]] = [
        (one.kind, one.limit, one.leg) for one in procedure.steps
    ]
    steps = [
        DossierStep(
            dossier_id=dossier.id,
            seq=seq,
            leg=leg,
            kind=kind,
            limit_value=limit.value,
            limit_unit=limit.unit,
            stage=Stage.PLANNED,
            turn=0,
        )
        for seq, (kind, limit, leg) in enumerate(planned or [(None, reading.limit(dossier), 1)], 1)
    ]
    db.session.add_all(steps)
    db.session.flush()
    was_passed_on = any(line.verb == Verb.TRANSFER for line in dossier.history)
    lies_at = dossier.handling_agency_id
    for one in trails.of_leg(steps[0].leg, steps):
        one.given_by_id, one.giver_name = dossier.receiving_agency_id, giver
        stays = was_passed_on and one is steps[0]
        _start(one, dossier, keeper_id=lies_at, at=at, stays=stays)
    _share(dossier, steps)
    return steps


def unchanged(dossier: Dossier, turn: int | None) -> None:
    """Refuse with `StaleError` when the step was moved since the page was opened."""
    if turn is None:
        return
    runs = trails.open_ones(trails.steps_of(dossier))
    if turn not in {stamp(one.seq, one.turn) for one in runs}:
        raise StaleError


def take_up(dossier: Dossier, *, seq: int | None = None, by: Staff, at: datetime) -> None:
    """Take a step that nobody does yet."""
    with _moving(dossier, Verb.TAKE_UP, seq=seq, by=by, at=at) as step:
        _give_to(step, by.account_id, at)


def assign(
    dossier: Dossier, *, to: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Give a step to a colleague by his user name; the head does so (rules.md 8).

    Raises `Refusal` at `to` where nobody of that name works at the step's agency.
    """
    told: dict[str, Any] = {}
    with _moving(dossier, Verb.ASSIGN, seq=seq, by=by, at=at, told=told) as step:
        colleagues = accounts.colleagues(step.keeper_id or 0, Permission.HAND_ON)
        found = next((one for one in colleagues if one.username == to), None)
        if found is None:
            raise Refusal(N_("Hãy chọn người làm trong đơn vị đang giữ hồ sơ."), field="to")
        told["holder"] = found.account_id
        _give_to(step, found.account_id, at)


def take_back(
    dossier: Dossier, *, reason: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Take a step from whoever has it; it waits to be given out again."""
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
    """Sign what was laid before, approved by another or not; the officer goes on with it."""
    with _moving(dossier, Verb.SIGN, seq=seq, by=by, at=at):
        pass


def send_back(
    dossier: Dossier, *, reason: str | None, seq: int | None = None, by: Staff, at: datetime
) -> None:
    """Give a draft back to whoever laid it before, with the reason."""
    with _moving(dossier, Verb.SEND_BACK, seq=seq, by=by, at=at, reason=reason):
        pass


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
    was chosen; of several such steps each takes the next of the agencies given.
    """
    told: dict[str, Any] = {"result": str(Result.REFUSED if refused else Result.DONE)}
    with _moving(dossier, Verb.HAND_ON, seq=seq, by=by, at=at, reason=reason, told=told) as step:
        if refused:
            check_reason(reason)
        _end(step, Result.REFUSED if refused else Result.DONE, at)
        steps = trails.steps_of(dossier)
        if trails.open_ones(steps):
            told["waits"] = True
            return
        chosen = iter([agency] if isinstance(agency, str) else agency or ())
        inside, outside = list[str](), list[str]()
        for one in trails.of_leg(step.leg + 1, steps):
            one.given_by_id, one.giver_name = step.keeper_id, by.name
            code = _start(one, dossier, keeper_id=step.keeper_id, at=at, chosen=chosen)
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
        _release(step, at)
        step.stage = Stage.PLANNED
        step.agency_id = step.keeper_id = step.account_id = None
        step.started_at = step.due_at = step.overdue_from = step.assigned_at = None
        before.turn += 1
        _reopen(before, at)
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
    if row.to is not None:
        step.stage = row.to
        _hold(step, at)
    _share(dossier, steps)
    held, bookings = come(dossier, verb, lay_at=lay_at, by=by, at=at)
    if held:
        _count_on(dossier)
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


def _start(
    step: DossierStep,
    dossier: Dossier,
    *,
    keeper_id: int | None,
    at: datetime,
    chosen: Iterator[str] | None = None,
    stays: bool = False,
) -> str | None:
    """Start a step at its agency; return the agency's code, None where it lies outside.

    Where several agencies could do it, it is the next of those `chosen`; `keeper_id` keeps the
    record of what is done outside the system. One that `stays` starts there, whatever the
    catalogue says.
    """
    found = trails.candidates_for(dossier, step, at)
    there = found[0] if len(found) == 1 else None
    if len(found) > 1 and chosen is not None:
        code = next(chosen, None)
        there = next((one for one in found if one.code == code), None)
        if there is None:
            raise Refusal(N_("Hãy chọn đơn vị nhận."), field="agency")
    step.keeper_id = keeper_id if stays or there is None else there.id
    step.agency_id = step.keeper_id if stays or there else None
    step.stage = Stage.OPEN if stays or there else Stage.AWAY
    step.started_at = at
    _count(step, dossier)
    _hold(step, at)
    db.session.flush()
    return there.code if there else None


def _share(dossier: Dossier, steps: Sequence[DossierStep]) -> None:
    """Make the keeper of the first open step the handling agency of the dossier.

    Where steps run side by side, the keepers of the others are kept as its branches, and may open
    it too. The search of each new keeper finds it from now on.
    """
    runs, come = trails.open_ones(steps), set[int]()
    if runs and runs[0].keeper_id not in {None, dossier.handling_agency_id}:
        dossier.handling_agency_id = runs[0].keeper_id or 0
        come.add(dossier.handling_agency_id)
    if len({one.leg for one in steps}) < len(steps):
        beside = [one.keeper_id for one in runs[1:] if one.keeper_id is not None]
        asked = [one.agency_id for one in dossier.branches]
        if asked != beside:
            dossier.branches = [Branch(agency_id=agency_id) for agency_id in beside]
            come |= set(beside) - set(asked)
    filing.come_to(dossier, come)


def _count(step: DossierStep, dossier: Dossier, shut: Sequence[Pause] = ()) -> None:
    """Set the date of a step by the rules of deadlines, from its own start (rules.md 12.3).

    `shut` is when its own office was closed by order.
    """
    hours = deadlines.hours(step.keeper_id or dossier.handling_agency_id)
    pauses, calendar = [*reading.pauses(dossier), *shut], deadlines.calendar()
    if found := dates.counted(step, pauses, calendar=calendar, hours=hours):
        dates.put(step, found)


def _count_on(dossier: Dossier) -> None:
    runs = trails.open_ones(trails.steps_of(dossier))
    shut = checks.closures_of({one.agency_id for one in runs if one.agency_id})
    for step in runs:
        _count(step, dossier, shut.get(step.agency_id or 0, ()))


def _end_all(dossier: Dossier, steps: Sequence[DossierStep]) -> None:
    """End the steps with their dossier: what had not begun did not have to be done."""
    ends_at = dossier.finished_at
    for step in steps if ends_at else ():
        if step.stage == Stage.PLANNED:
            step.stage, step.result = Stage.ENDED, Result.SKIPPED
        elif step.stage != Stage.ENDED and ends_at and step.started_at:
            outcome = dossier.outcome or Outcome.GRANTED
            _end(step, RESULTS.get(outcome, Result.SKIPPED), max(ends_at, step.started_at))
    _share(dossier, steps)


def _go_along(dossier: Dossier, at: datetime) -> None:
    """Give the running step to the agency that the dossier was passed to; its date stays."""
    steps = trails.steps_of(dossier)
    step = trails.running(steps)
    if step is not None:
        step.agency_id = step.keeper_id = dossier.handling_agency_id
        step.account_id = step.assigned_at = step.list_id = None
        step.stage = Stage.OPEN
        _hold(step, at)
    _share(dossier, steps)


def _put_back(dossier: Dossier, at: datetime) -> None:
    """Let the steps stand as they did before the slip that was taken back.

    Nothing was done with them since, else the slip could not be taken back. A dossier whose
    hand-over was a slip has no steps; raises `Refusal` where it stands on a hand-over list.
    """
    steps = trails.steps_of(dossier)
    if dossier.finished_at is not None:
        _end_all(dossier, steps)
    elif dossier.state in BEFORE_THE_HAND_OVER:
        for step in steps:
            _forget(step)
        dossier.branches = []
    elif trails.running(steps) is None:
        _go_on(dossier, at)
    else:
        _come_back(dossier, at)
        _count_on(dossier)


def _come_back(dossier: Dossier, at: datetime) -> None:
    """Give the running step back to whoever held it before its dossier was passed on by a slip."""
    step = trails.running(trails.steps_of(dossier))
    if step is None or step.keeper_id == dossier.handling_agency_id:
        return
    lay, worker = trails.held_before(step)
    step.keeper_id = dossier.handling_agency_id
    step.agency_id, step.stage = lay.agency_id, lay.stage
    if worker is not None and worker.account_id is not None:
        _give_to(step, worker.account_id, worker.since)
    _hold(step, at)


def _forget(step: DossierStep) -> None:
    if step.list_id is not None:
        raise Refusal(N_("Hồ sơ đã nằm trong phiếu bàn giao; không lấy lại được."))
    db.session.execute(delete(StepHold).where(StepHold.step_id == step.id))
    db.session.delete(step)


def _go_on(dossier: Dossier, at: datetime) -> None:
    """Reopen the steps that ended only with their dossier: those of the last leg without answer.

    What an agency answered is its own act, and stands until it is given back to it.
    """
    steps = trails.steps_of(dossier)
    begun = [one for one in steps if one.started_at is not None]
    for step in steps:
        if step.started_at is None:
            step.stage, step.result = Stage.PLANNED, None
    answered = _answered(dossier)
    for step in trails.of_leg(begun[-1].leg, begun) if begun else ():
        if step.seq not in answered:
            _reopen(step, at)
    _share(dossier, steps)


def _answered(dossier: Dossier) -> set[int]:
    """Return the numbers of the steps whose own last act was to hand on."""
    last = {
        int(str(line.details["step"])): line.verb
        for line in dossier.history
        if line.verb in {Verb.HAND_ON, Verb.GIVE_BACK}
    }
    return {seq for seq, verb in last.items() if verb == Verb.HAND_ON}


def _reopen(step: DossierStep, at: datetime) -> None:
    step.finished_at = step.result = None
    if step.agency_id is None:
        step.stage = Stage.AWAY
    else:
        step.stage = Stage.IN_HAND if step.account_id else Stage.OPEN
    _hold(step, at)


def _end(step: DossierStep, result: Result, at: datetime) -> None:
    step.stage, step.result, step.finished_at = Stage.ENDED, result, at
    _release(step, at)


def _give_to(step: DossierStep, account_id: int, at: datetime) -> None:
    step.account_id, step.assigned_at = account_id, at


def _hold(step: DossierStep, at: datetime) -> None:
    """Let a new stretch begin with whoever holds the step now."""
    _release(step, at)
    person = step.account_id if step.stage in {Stage.IN_HAND, Stage.SIGNED} else None
    db.session.add(
        StepHold(
            step_id=step.id,
            stage=step.stage,
            agency_id=step.agency_id,
            account_id=person,
            since=at,
        )
    )


def _release(step: DossierStep, at: datetime) -> None:
    running = update(StepHold).where(StepHold.step_id == step.id, StepHold.until.is_(None))
    db.session.execute(running.values(until=at))

"""The steps follow their dossier: they begin, go on and end with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete

from onestop.base.database import db
from onestop.base.viewer import Author
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import handling, reading
from onestop.dossiers.rules.states import Outcome, State, Verb
from onestop.organisation import queries as organisation
from onestop.steps.actions import placing
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.queries import trails
from onestop.steps.rules import Result, Stage

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
        for one in begin(dossier, giver=by.name, at=at):
            placing.check_there(one, dossier, at)
    elif verb in RESUMING:
        placing.count_on(dossier)
    elif verb == Verb.CORRECT:
        _go_on(dossier, at)
        placing.count_on(dossier)
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
    lies_at, was_passed_on = dossier.handling_agency_id, handling.was_passed_on(dossier)
    for one in trails.of_leg(steps[0].leg, steps):
        one.given_by_id = organisation.by_now(dossier.receiving_agency_id, legal_date(at))
        one.giver_name = giver
        stays = was_passed_on and one is steps[0]
        placing.start(one, dossier, keeper_id=lies_at, at=at, stays=stays)
    placing.share(dossier, steps)
    return steps


def _end_all(dossier: Dossier, steps: Sequence[DossierStep]) -> None:
    """End the steps with their dossier: what had not begun did not have to be done."""
    ends_at = dossier.finished_at
    for step in steps if ends_at else ():
        if step.stage == Stage.PLANNED:
            step.stage, step.result = Stage.ENDED, Result.SKIPPED
        elif step.stage != Stage.ENDED and ends_at and step.started_at:
            outcome = dossier.outcome or Outcome.GRANTED
            placing.end(step, RESULTS.get(outcome, Result.SKIPPED), max(ends_at, step.started_at))
    placing.share(dossier, steps)


def _go_along(dossier: Dossier, at: datetime) -> None:
    """Give the running step to the agency that the dossier was passed to; its date stays."""
    steps = trails.steps_of(dossier)
    step = trails.running(steps)
    if step is not None:
        step.agency_id = step.keeper_id = dossier.handling_agency_id
        step.account_id = step.assigned_at = step.list_id = None
        step.stage = Stage.OPEN
        placing.hold(step, at)
    placing.share(dossier, steps)


def _put_back(dossier: Dossier, at: datetime) -> None:
    """Let the steps stand as they did before the slip that was taken back.

    Nothing was done with them since, and none stands on a list, else the slip could not be taken
    back. A dossier whose hand-over was a slip has no steps.
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
        placing.count_on(dossier)


def _come_back(dossier: Dossier, at: datetime) -> None:
    """Give the running step back to whoever held it before its dossier was passed on by a slip."""
    step = trails.running(trails.steps_of(dossier))
    if step is None or step.keeper_id == dossier.handling_agency_id:
        return
    lay, worker = trails.held_before(step)
    step.keeper_id = dossier.handling_agency_id
    step.agency_id = lay.agency_id
    if worker is not None and worker.account_id is not None:
        placing.give_to(step, worker.account_id, worker.since)
    placing.stand(step, lay.stage)
    placing.hold(step, at)


def _forget(step: DossierStep) -> None:
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
            placing.reopen(step, at)
    placing.share(dossier, steps)


def _answered(dossier: Dossier) -> set[int]:
    """Return the numbers of the steps whose own last act was to hand on."""
    last = {
        int(str(line.details["step"])): line.verb
        for line in dossier.history
        if line.verb in {Verb.HAND_ON, Verb.GIVE_BACK}
    }
    return {seq for seq, verb in last.items() if verb == Verb.HAND_ON}

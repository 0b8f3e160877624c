"""Where a step lies, with whom and by when: what its moves and its dossier do to it alike."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import update

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.words import N_
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.actions import filing
from onestop.dossiers.actions.against import HAS_ENDED
from onestop.dossiers.models import Branch, Dossier
from onestop.dossiers.queries import orders, reading
from onestop.dossiers.rules.posts import allows
from onestop.organisation import queries as organisation
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.queries import dates, trails
from onestop.steps.rules import Result, Stage


def start(
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
    count(step, dossier)
    hold(step, at)
    db.session.flush()
    return there.code if there else None


def check_there(step: DossierStep, dossier: Dossier, at: datetime) -> None:
    """Refuse that a step goes outside the system because the agency that does it has ended."""
    ended = trails.ended_for(dossier, step, at) if step.stage == Stage.AWAY else None
    if ended:
        raise Refusal(HAS_ENDED, agency=ended)


def share(dossier: Dossier, steps: Sequence[DossierStep]) -> None:
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


def count(step: DossierStep, dossier: Dossier, shut: Sequence[Pause] = ()) -> None:
    """Set the date of a step by the rules of deadlines, from its own start (rules.md 12.3).

    `shut` is when its own office was closed by order.
    """
    hours = deadlines.hours(step.keeper_id or dossier.handling_agency_id)
    pauses, calendar = [*reading.pauses(dossier), *shut], deadlines.calendar()
    if found := dates.counted(step, pauses, calendar=calendar, hours=hours):
        dates.put(step, found)


def count_on(dossier: Dossier) -> None:
    """Set the dates of all that run anew: the clock of their dossier runs again."""
    runs = trails.open_ones(trails.steps_of(dossier))
    shut = orders.closures_of({one.agency_id for one in runs if one.agency_id})
    for step in runs:
        count(step, dossier, shut.get(step.agency_id or 0, ()))


def reopen(step: DossierStep, at: datetime) -> None:
    """Take up again a step that had ended, with whoever held it, or at the agency's successor."""
    step.finished_at = step.result = None
    step.keeper_id = step.keeper_id and organisation.by_now(step.keeper_id, legal_date(at))
    step.agency_id = step.agency_id and step.keeper_id
    leave_to_office(step, at)
    stand(step, Stage.AWAY if step.agency_id is None else Stage.IN_HAND)
    hold(step, at)


def end(step: DossierStep, result: Result, at: datetime) -> None:
    """End a step, and the stretch in which it was held."""
    step.stage, step.result, step.finished_at = Stage.ENDED, result, at
    release(step, at)


def give_to(step: DossierStep, account_id: int, at: datetime) -> None:
    """Put a step into the hands of a person, or of nobody where he may work on it no more."""
    step.account_id, step.assigned_at = account_id, at
    leave_to_office(step, at)


def leave_to_office(step: DossierStep, at: datetime) -> None:
    """Let nobody have a step whose holder may work on it no more, by his post and where it lies."""
    if step.account_id is None:
        return
    who, keeper_id = accounts.known(step.account_id, legal_date(at)), step.keeper_id or 0
    if who is None or not allows(Permission.HAND_ON, who.staff, keeper_id, keeper_id):
        step.account_id = step.assigned_at = None


def stand(step: DossierStep, stage: Stage) -> None:
    """Let a step stand at a stage; what would be in nobody's hands waits to be given out."""
    is_nobodys = stage == Stage.IN_HAND and step.account_id is None
    step.stage = Stage.OPEN if is_nobodys else stage


def hold(step: DossierStep, at: datetime) -> None:
    """Let a new stretch begin with whoever holds the step now."""
    release(step, at)
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


def release(step: DossierStep, at: datetime) -> None:
    """Let the stretch end in which somebody holds the step."""
    running = update(StepHold).where(StepHold.step_id == step.id, StepHold.until.is_(None))
    db.session.execute(running.values(until=at))

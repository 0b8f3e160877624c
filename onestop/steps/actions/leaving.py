"""What somebody who leaves had in hand goes back to the office, which gives it out again."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select

from onestop.base.database import db
from onestop.base.viewer import Operator
from onestop.dossiers.actions import history
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading, turns
from onestop.dossiers.rules.states import Verb
from onestop.steps.actions import placing
from onestop.steps.models import DossierStep
from onestop.steps.queries import trails
from onestop.steps.rules import HELD_BY_OFFICER

HAS_LEFT: Final = "Người làm không còn làm việc ở đây."


def give_back_all(account_ids: Collection[int], *, by: Operator, at: datetime) -> Counter[int]:
    """Have offices give out again what accounts have in hand where they may do no work any more.

    Whatever state the dossier is in: one that waits for its applicant goes on later. What lies
    before a head stays there, and what is signed stays signed. Each step leaves a line of history.
    All dossiers are locked before the first line, as everybody locks them, and whoever is just
    taking one up is waited for. Returns how many dossiers each account had (rules.md 8).
    """
    if account_ids:
        turns.alone()
    held = (
        select(Dossier.code)
        .join(DossierStep)
        .where(DossierStep.account_id.in_(account_ids), DossierStep.stage.in_(HELD_BY_OFFICER))
    )
    codes, lines = db.session.scalars(held).all(), defaultdict[int, list[Line]](list)
    given_back = Counter[int]()
    for dossier in reading.many_for_change(codes, by):
        whose = set[int]()
        for step in trails.open_ones(trails.steps_of(dossier)):
            had_it = step.account_id or 0
            if had_it in account_ids and _is_left(step, at):
                told = history.staying(
                    dossier, Verb.TAKE_BACK, at, {"step": step.seq}, reason=HAS_LEFT
                )
                lines[dossier.receiving_agency_id].append(told)
                whose.add(had_it)
        given_back.update(whose)
    history.append_each(lines, by=by, at=at)
    return given_back


def _is_left(step: DossierStep, at: datetime) -> bool:
    """Let a step wait to be given out if whoever has it in hand has left, and say so."""
    if step.stage not in HELD_BY_OFFICER:
        return False
    placing.leave_to_office(step, at)
    if step.account_id is not None:
        return False
    placing.stand(step, step.stage)
    step.turn += 1
    placing.hold(step, at)
    return True

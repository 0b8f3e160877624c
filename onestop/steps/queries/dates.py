"""The own dates of running steps: counted from their start, and moved by the calendar."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from onestop.base.blocks import in_blocks
from onestop.base.database import db
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, plain
from onestop.deadlines.rules.lines import Count
from onestop.deadlines.rules.pauses import Pause, left_after
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import closed, orders, reading
from onestop.dossiers.queries.closing import Held, Pauses, kept
from onestop.dossiers.queries.moving import Declared, Move, Part
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import Verb
from onestop.steps.models import DossierStep
from onestop.steps.rules import RUNNING


def counted(
    step: DossierStep, pauses: Iterable[Pause], *, calendar: Calendar, hours: Hours
) -> Count | None:
    """Return the date of a step from its own start (rules.md 12.3).

    None for one that has not begun, and for one that is the whole limit of its dossier.
    """
    start = step.started_at
    if step.kind is None or start is None:
        return None
    return count(
        start,
        plain(Limit(step.limit_value, step.limit_unit)),
        calendar=calendar,
        hours=hours,
        pauses=left_after(pauses, start),
    )


def falling(declared: Declared, locked: bool) -> list[Part]:
    """Return the running steps over which one of the days lies, whose date it makes another.

    A step that has ended, is late already or would be late at once keeps its date, and so does
    one of a dossier whose clock stands still: the resume counts again.
    """
    found = (
        select(DossierStep, Dossier)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(
            DossierStep.stage.in_(RUNNING),
            DossierStep.overdue_from > declared.at,
            Dossier.finished_at.is_(None),
            Dossier.paused_since.is_(None),
            declared.lie_over(DossierStep.started_at, DossierStep.due_at),
        )
        .options(selectinload(Dossier.pauses))
        .order_by(Dossier.id, DossierStep.seq)
    )
    return _anew(found, declared.calendar, declared.hours, declared.at, locked=locked)


def opened(closure: Closure, locked: bool) -> list[Part]:
    """Return the running steps of offices that were closed and are asked beside another.

    The order holds no clock of their dossier, on which the others could go on, but leaves its days
    out of their own time (rules.md 6.6, 12.6).
    """
    ids = closure.agency_ids
    found = (
        select(DossierStep, Dossier)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(
            DossierStep.stage.in_(RUNNING),
            DossierStep.agency_id.in_(ids),
            DossierStep.overdue_from > closure.begins_at,
            Dossier.finished_at.is_(None),
            Dossier.paused_since.is_(None),
            Dossier.handling_agency_id.not_in(ids),
            Dossier.receiving_agency_id.not_in(ids),
        )
        .options(selectinload(Dossier.pauses))
        .order_by(Dossier.id, DossierStep.seq)
    )
    calendar, hours = deadlines.calendar(), deadlines.all_hours()
    return _anew(found, calendar, hours, closure.begins_at, locked=locked, also=closure)


def still_since(step: DossierStep, paused_since: datetime | None) -> datetime | None:
    """Return since when the time of a step stands still: with its dossier, or its office closed."""
    began, agency_id = step.started_at, step.agency_id
    if step.finished_at is not None or began is None or agency_id is None:
        return paused_since
    shut = [max(one.begins_at, began) for one in closed.orders_of({agency_id})]
    return min(filter(None, [*shut, paused_since]), default=None)


def _anew(
    found: Select[DossierStep, Dossier],
    calendar: Calendar,
    hours: AllHours,
    at: datetime,
    *,
    locked: bool,
    also: Closure | None = None,
) -> list[Part]:
    rows = db.session.execute(found.with_for_update() if locked else found).all()
    shut = orders.closures_of({one.agency_id for one, _ in rows if one.agency_id}, also)
    parts = []
    for step, dossier in rows:
        office = hours.of(step.keeper_id or dossier.handling_agency_id)
        pauses = [*reading.pauses(dossier), *shut.get(step.agency_id or 0, ())]
        then = counted(step, pauses, calendar=calendar, hours=office)
        was = step.due_at
        if then is None or was is None or then.due_at == was or then.overdue_from <= at:
            continue
        move = Move(dossier.id, dossier.code, was, then.due_at, legal=False, step=step.seq)
        told = {
            "step": step.seq,
            "step_due_at": then.due_at.isoformat(),
            "step_was_due_at": was.isoformat(),
        }
        parts.append(Part(dossier, move, Verb.MOVE_STEP, told, partial(put, step, then)))
    return parts


def put(step: DossierStep, then: Count) -> None:
    """Write a date that was counted."""
    step.due_at, step.overdue_from = then.due_at, then.overdue_from


def held(dossiers: Sequence[Dossier], pauses_of: Pauses) -> list[Held]:
    """Return the dates of running steps of dossiers, and those under the pauses they would have.

    Those of dossiers that an order holds, or holds no more.
    """
    known, found = {one.id: one for one in dossiers}, []
    for step in _running(known):
        dossier = known[step.dossier_id]
        pauses = pauses_of(dossier)
        if isinstance(pauses, datetime):
            due_at = kept(step.due_at, step.overdue_from, pauses)
        else:
            hours = deadlines.hours(step.keeper_id or dossier.handling_agency_id)
            then = counted(step, pauses, calendar=deadlines.calendar(), hours=hours)
            due_at = then.due_at if then else None
        found.append(Held(dossier.code, step.due_at, due_at, step.seq))
    return found


def _running(dossier_ids: Collection[int]) -> Iterator[DossierStep]:
    """Yield the running steps that have a date of their own, a block of dossiers at a time."""
    for block in in_blocks(dossier_ids):
        yield from db.session.scalars(
            select(DossierStep)
            .where(
                DossierStep.stage.in_(RUNNING),
                DossierStep.kind.is_not(None),
                DossierStep.dossier_id.in_(block),
            )
            .order_by(DossierStep.dossier_id, DossierStep.seq)
        )

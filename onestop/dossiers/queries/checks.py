"""Until when a desk checks what was submitted to it, also where its office was closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select

from onestop.base.blocks import in_blocks
from onestop.base.database import db
from onestop.catalogue.rules.channels import Channel, OnlineStart
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import plain
from onestop.deadlines.rules.pauses import Pause, left_after
from onestop.deadlines.rules.standing import moved
from onestop.dossiers.models import ClosedAgency, Dossier, Entry, OfficeClosure
from onestop.dossiers.queries import closed, orders
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import State, Verb
from onestop.dossiers.rules.timing import INTAKE_CHECK, is_check_late


@dataclass(frozen=True)
class Check:
    """A submission that waits to be checked: until when, and until when without the closure."""

    dossier: Dossier
    was: datetime
    then: datetime


def anew(closure: Closure, *, locked: bool = False) -> list[Check]:
    """Return the checks that a closure which is over gives more time, in the order of their locks.

    The desk has eight working hours (rules.md 8), and none on which it was closed. Where another
    order still keeps it closed its opening counts them all.
    """
    if closure.ends_at is None:
        return []
    over = orders.shut_by_any(closure)
    found, waiting = [], _waiting(closure, locked=locked)
    came = _came_last(waiting)
    for one in waiting:
        was, pauses = one.intake_due_at, over[one.receiving_agency_id]
        if was is None or any(pause.ends_at is None for pause in pauses):
            continue
        start = came.get(one.id, one.submitted_at)
        then = check_due(one.receiving_agency_id, start, pauses)
        if then > was:
            found.append(Check(one, was, then))
    return found


def _waiting(closure: Closure, *, locked: bool) -> Sequence[Dossier]:
    found = (
        select(Dossier)
        .where(
            Dossier.state == State.SUBMITTED,
            Dossier.receiving_agency_id.in_(closure.agency_ids),
            Dossier.intake_due_at > closure.begins_at,
        )
        .order_by(Dossier.id)
    )
    return db.session.scalars(found.with_for_update() if locked else found).all()


def _came_last(dossiers: Sequence[Dossier]) -> Mapping[int, datetime]:
    """Return when each of some submissions last came to its desk, by id."""
    came: dict[int, datetime] = {}
    for ids in in_blocks([one.id for one in dossiers]):
        found = select(Entry.dossier_id, func.max(Entry.happened_at)).where(
            Entry.dossier_id.in_(ids), Entry.verb.in_(COMING)
        )
        rows = db.session.execute(found.group_by(Entry.dossier_id))
        came.update((one, at) for one, at in rows)
    return came


def due_again(dossier: Dossier, *, known_since: datetime, at: datetime) -> datetime:
    """Return until when the desk checks a submission that a slip had taken out of its check.

    Until when it did before, but off a day declared off meanwhile; and without the days of an
    order that became known since, as for all that waited there. What was never checked before has
    its hours from when it last came.
    """
    desk, was = dossier.receiving_agency_id, dossier.intake_due_at
    if was is not None and not _became_known(desk, known_since):
        calendar, hours = deadlines.calendar(), deadlines.hours(desk)
        return moved(was, INTAKE_CHECK.unit, calendar=calendar, hours=hours, at=at) or was
    start = _came_last([dossier]).get(dossier.id, dossier.submitted_at)
    then = check_due(desk, start, orders.closures_of({desk})[desk])
    return max(then, was or then)


def _became_known(agency_id: int, since: datetime) -> bool:
    """Say whether an order that closed an agency, or its end, was entered at a moment or later."""
    entered_at = func.coalesce(OfficeClosure.opened_at, OfficeClosure.recorded_at)
    found = exists().where(
        ClosedAgency.closure_id == OfficeClosure.id,
        ClosedAgency.agency_id == agency_id,
        OfficeClosure.ends_at.is_not(None),
        entered_at >= since,
    )
    return bool(db.session.scalar(select(found)))


def check_due(agency_id: int, start: datetime, pauses: Iterable[Pause] = ()) -> datetime:
    """Return until when a desk checks what came to it, without the days on which it was closed.

    It has eight working hours (rules.md 8).
    """
    return count(
        start,
        plain(INTAKE_CHECK),
        calendar=deadlines.calendar(),
        hours=deadlines.hours(agency_id),
        pauses=left_after(pauses, start),
    ).due_at


def closed_since(agency_id: int, start: datetime) -> tuple[Pause, ...]:
    """Return when orders that are over closed an agency after a moment."""
    return left_after(orders.closures_of({agency_id})[agency_id], start)


def is_late(dossier: Dossier, at: datetime) -> bool:
    """Say whether a check `at` this moment exceeds the hours that the desk has for it.

    None run at an office that is closed (rules.md 4.3, 6.6, 8).
    """
    due_at = dossier.intake_due_at
    if due_at is None or dossier.channel != Channel.ONLINE:
        return False
    holding = closed.orders_of({dossier.receiving_agency_id})
    is_held = any(not is_check_late(due_at, one.begins_at) for one in holding)
    return not is_held and is_check_late(due_at, at)


def counts_from(dossier: Dossier, procedure: Procedure, at: datetime) -> datetime | None:
    """Return the moment before the acceptance `at` from which the limit then counts, if any.

    The end of the hours for the check, once they are exceeded and the law of the procedure has it
    so (rules.md 4.3).
    """
    is_so = procedure.online_clock_start == OnlineStart.INTAKE_DEADLINE
    return dossier.intake_due_at if is_so and is_late(dossier, at) else None


COMING: Final = (Verb.SUBMIT, Verb.BRING_COMPLETION)

"""What comes to an office that is closed by an order: its clock stands still (rules 3.6, 6.6)."""

from datetime import datetime
from typing import Any

from onestop.dossiers.actions import clock
from onestop.dossiers.models import Dossier, PauseKind
from onestop.dossiers.queries import closed, closing, orders, reading
from onestop.dossiers.rules.closures import Closure


def at_receipt(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """Hold what is received at a closed office, or for one; return what its line tells of it.

    As if it had been there when the order was entered, but no date was promised yet: the first is
    that of the opening. Where its limit counts from before the receipt the days of an order that is
    over are left out too.
    """
    held = hold(dossier, at)
    if dossier.counts_from is not None:
        held += _as_if_open(dossier, dossier.counts_from)
    if held:
        dossier.first_due_at = None if dossier.paused_since else dossier.legal_due_at
    return told_of(*held)


def on_coming(
    dossier: Dossier, *, lay_at: int, ended_at: datetime | None, at: datetime
) -> dict[str, Any]:
    """Hold what an act has brought to an office that is closed; return what its line tells of it.

    What `lay_at` another office is held from now, and no more by an order that closed that one
    alone. What `ended_at` a moment and runs on loses no day of an order either, as if it had never
    ended.
    """
    if dossier.received_at is None or dossier.finished_at is not None:
        return {}
    has_moved = dossier.handling_agency_id != lay_at
    if not has_moved and ended_at is None:
        return {}
    held = hold(dossier, at) if has_moved else []
    if ended_at is not None:
        held += _as_if_open(dossier, ended_at)
    return told_of(*held) | (_leave_behind(dossier, at) if has_moved else {})


def hold(dossier: Dossier, since: datetime) -> list[Closure]:
    """Hold an open dossier under each order that closes an office of its now; return the new ones.

    From `since`, or where it is the desk that is closed from when its limit counts, but not before
    the order's own beginning.
    """
    held = []
    for closure in closed.orders_of({dossier.receiving_agency_id, dossier.handling_agency_id}):
        if not reading.is_held_by(dossier, closure.order, still=True):
            at_desk = dossier.receiving_agency_id in closure.agency_ids
            since_here = reading.counts_from(dossier) if at_desk else None
            begins_at = max(closure.begins_at, since_here or since)
            clock.pause(dossier, PauseKind.CLOSURE, begins_at, from_state=None, basis=closure.order)
            held.append(closure)
    return held


def _as_if_open(dossier: Dossier, ended_at: datetime) -> list[Closure]:
    """Hold what runs on as if it had never ended under each order that reaches beyond its end.

    Where an office has opened since, its days are left out as for all that lay there. What was
    promised no date yet is promised one now. Return the orders that touch its clock.
    """
    held = [one for one in orders.reaching(dossier, ended_at) if _holds_on(dossier, one)]
    if dossier.paused_since is None:
        dossier.first_due_at = dossier.first_due_at or dossier.legal_due_at
    return held


def _holds_on(dossier: Dossier, closure: Closure) -> bool:
    kind, order, ends_at = PauseKind.CLOSURE, closure.order, closure.ends_at
    own = [one for one in dossier.pauses if (one.kind, one.basis) == (kind, order)]
    running = next((one for one in own if one.ends_at is None), None)
    if running is not None:
        if ends_at is not None:
            clock.resume(dossier, running, max(ends_at, running.begins_at))
        return ends_at is not None
    # Not before it was held last: what was late when it came here stays late.
    since = max((one.begins_at for one in own), default=None) or closing.held_since(
        closure, [dossier]
    ).get(dossier.id)
    if since is None:
        return False
    if ends_at is None:
        clock.pause(dossier, kind, since, from_state=None, basis=order)
    elif own:
        own[-1].ends_at = max(own[-1].begins_at, ends_at)
        clock.recount(dossier)
    else:
        clock.pause_past(dossier, kind, since, ends_at, basis=order)
    return True


def _leave_behind(dossier: Dossier, at: datetime) -> dict[str, Any]:
    own = {dossier.receiving_agency_id, dossier.handling_agency_id}
    here = {one.order for one in closed.orders_of(own)}
    left = [one for one in dossier.pauses if one.kind == PauseKind.CLOSURE and not one.ends_at]
    left = [one for one in left if one.basis not in here]
    for one in left:
        clock.resume(dossier, one, max(at, one.begins_at))
    return {"left_order": left[0].basis} if left else {}


def told_of(*closures: Closure) -> dict[str, Any]:
    """Return what a line of history keeps of the orders that hold a dossier, in whole the first."""
    if not closures:
        return {}
    first, more = closures[0], [one.order for one in closures[1:]]
    told = {
        "order": first.order,
        "closed_from": first.begins_at.isoformat(),
        "closed_to": first.ends_at and first.ends_at.isoformat(),
    }
    return {**told, "more_orders": more} if more else told

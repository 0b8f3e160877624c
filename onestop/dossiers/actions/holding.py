"""What comes to an office that is closed by an order: its clock stands still (rules 3.6, 6.6)."""

from datetime import datetime
from typing import Any

from onestop.dossiers.actions import clock, numbers
from onestop.dossiers.models import Dossier, PauseKind
from onestop.dossiers.queries import closed, reading
from onestop.dossiers.rules.closures import Closure


def at_receipt(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """Hold what is received at a closed office, or for one; return what its line tells of it.

    As if it had been there when the order was entered, but no date was promised yet: the first is
    that of the opening.
    """
    told = hold(dossier, at)
    if told:
        dossier.first_due_at = None
    return told


def on_coming(dossier: Dossier, *, lay_at: int, had_ended: bool, at: datetime) -> dict[str, Any]:
    """Hold what an act has brought to an office that is closed; return what its line tells of it.

    What `lay_at` another office is held from now. What `had_ended` and runs on there is held as
    if it had never ended: from the order's beginning.
    """
    if dossier.received_at is None or dossier.finished_at is not None:
        return {}
    if dossier.handling_agency_id == lay_at and not had_ended:
        return {}
    numbers.beside_others()  # an order that is being entered is seen, or sees this
    return hold(dossier, at if dossier.handling_agency_id != lay_at else dossier.received_at)


def hold(dossier: Dossier, since: datetime) -> dict[str, Any]:
    """Hold an open dossier under each order that closes an office of its now.

    From `since`, but not before the order's own beginning. Return what its line of history tells,
    nothing where no order holds it anew.
    """
    told: dict[str, Any] = {}
    for closure in closed.orders_of({dossier.receiving_agency_id, dossier.handling_agency_id}):
        if not reading.is_held_by(dossier, closure.order, still=True):
            begins_at = max(closure.begins_at, since)
            clock.pause(dossier, PauseKind.CLOSURE, begins_at, from_state=None, basis=closure.order)
            told = told or told_of(closure)
    return told


def told_of(closure: Closure) -> dict[str, Any]:
    """Return what a line of history keeps of an order."""
    return {
        "order": closure.order,
        "closed_from": closure.begins_at.isoformat(),
        "closed_to": closure.ends_at and closure.ends_at.isoformat(),
    }

"""The clock of one dossier: its dates are counted here and nowhere else."""

from datetime import datetime

from onestop.deadlines import actions as deadline_actions
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.lines import Count
from onestop.dossiers.models import Dossier, DossierPause, PauseKind
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.rules.apologies import broken_from
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import paused_since


def start(dossier: Dossier, at: datetime, *, counts_from: datetime | None = None) -> Count:
    """Start the clock `at` the receipt: promise a date under the calendar in force.

    The limit counts from the receipt, or from an earlier moment (rules.md 4.3).
    """
    version = deadlines.current_version()
    dossier.received_at, dossier.counts_from = at, counts_from
    dossier.calendar_version = dossier.rolled_version = version
    counted = recount(dossier)
    dossier.first_due_at = counted.due_at
    return counted


def pause(
    dossier: Dossier,
    kind: PauseKind,
    at: datetime,
    *,
    from_state: State | None,
    restarts: bool = False,
    basis: str | None = None,
) -> DossierPause:
    """Stop the clock `at`; the dates stay as they are until it runs again.

    A pause that begins the moment another ended, or before, is one with it: the dates are again
    those of their beginning.
    """
    begun = DossierPause(
        kind=kind, begins_at=at, ends_at=None, restarts=restarts, from_state=from_state, basis=basis
    )
    earlier = [one.ends_at for one in dossier.pauses if one.ends_at is not None]
    dossier.pauses.append(begun)
    since = paused_since(reading.pauses(dossier))
    reaches_back = dossier.paused_since is None or at < dossier.paused_since
    if reaches_back and (since != at or any(ends_at > at for ends_at in earlier)):
        recount(dossier)
    dossier.paused_since = since
    return begun


def pause_past(dossier: Dossier, kind: PauseKind, begins_at: datetime, ends_at: datetime, *,
               basis: str) -> None:  # fmt: skip
    """Leave a stretch that is over out of the count, of a dossier that was open in it."""
    dossier.pauses.append(
        DossierPause(
            kind=kind, begins_at=begins_at, ends_at=ends_at, restarts=False, from_state=None,
            basis=basis,
        )
    )  # fmt: skip
    since = paused_since(reading.pauses(dossier))
    if since is None:
        dossier.rolled_version = deadlines.current_version()
    dossier.paused_since = since
    recount(dossier)


def shorten(dossier: Dossier, order: str, ends_at: datetime) -> None:
    """End at a moment what an order was taken to hold beyond it, of a dossier that is finished."""
    for one in dossier.pauses:
        if one.kind == PauseKind.CLOSURE and one.basis == order and one.ends_at is not None:
            one.ends_at = max(one.begins_at, min(one.ends_at, ends_at))
    recount(dossier)


def resume(dossier: Dossier, running: DossierPause, at: datetime) -> Count | None:
    """Let the clock run again: count anew under the calendar of day 0, or of the restart.

    While another pause still runs only a limit that begins anew is counted, for its days are others
    now. What was received at a closed office is promised its first date now.
    """
    running.ends_at = at
    if running.restarts:
        dossier.calendar_version = deadlines.current_version()
    dossier.paused_since = paused_since(reading.pauses(dossier))
    if dossier.paused_since is not None:
        return recount(dossier) if running.restarts else None
    dossier.rolled_version = deadlines.current_version()
    counted = recount(dossier)
    dossier.first_due_at = dossier.first_due_at or counted.due_at
    return counted


def run_on(dossier: Dossier) -> Count:
    """Let the clock of a finished dossier run on; a date on a day declared off since moves."""
    dossier.rolled_version = deadlines.current_version()
    return recount(dossier)


def stop(dossier: Dossier, at: datetime) -> None:
    """End the clock `at` the finish: what still paused ends there, and counts as a pause.

    A withdrawal ends at its request: a pause that began only afterwards comes to nothing.
    """
    held = [one for one in dossier.pauses if one.ends_at is None or one.ends_at > at]
    for one in held:
        one.ends_at = max(at, one.begins_at)
        one.restarts = False
    dossier.paused_since = None
    if held:
        dossier.rolled_version = deadlines.current_version()
        recount(dossier)


def recount(dossier: Dossier) -> Count:
    """Count the dates of a received dossier from its stored facts, and store them.

    A move for a day declared off is replaced by what is now counted; it stays in the history. A
    date promised anew with an apology stays, unless the count itself goes beyond it.
    """
    counted = explaining.counted(dossier)
    dossier.legal_due_at = counted.due_at
    dossier.reappointed_at = explaining.reappointed(dossier, dossier.rolled_version)
    dossier.due_at = max(counted.due_at, dossier.reappointed_at or counted.due_at)
    dossier.broken_from = broken_from(dossier.reappointed_at, dossier.due_at, dossier.limit_unit)
    dossier.on_time_from = counted.on_time_from
    dossier.overdue_from = counted.overdue_from
    for move in dossier.moves:
        move.superseded = True
    for year in sorted({line.date.year for line in counted.days if line.provisional}):
        deadline_actions.write_year(year)
    return counted

"""Offices closed by an order: a pause for force majeure on all their open dossiers (rules 6.6)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.dossiers.actions import clock, history, numbers
from onestop.dossiers.actions.acting import difference, tell_followers
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier, DossierPause, PauseKind
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.closing import Closure, check, held_by, still_closed
from onestop.dossiers.rules.states import Verb
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking


def close(closure: Closure, *, by: Author, at: datetime) -> list[str]:
    """Hold every open dossier of the offices that an order closes; return their codes.

    A closure is no holiday: its days stand in no calendar, they are left out of the count (rules
    3.6, 6.6; Civil Code art. 156(1)). The same order entered again holds what came in since.
    Raises `Refusal` as `check` does.
    """
    check(closure, at)
    numbers.alone()

    def hold(dossier: Dossier) -> None:
        begins_at = max(closure.begins_at, dossier.received_at or closure.begins_at)
        if closure.ends_at is None:
            clock.pause(dossier, PauseKind.CLOSURE, begins_at, from_state=None, basis=closure.order)
        else:
            clock.pause_past(
                dossier, PauseKind.CLOSURE, begins_at, closure.ends_at, basis=closure.order
            )

    told = {
        "order": closure.order,
        "closed_from": closure.begins_at.isoformat(),
        "closed_to": closure.ends_at and closure.ends_at.isoformat(),
    }
    return _each(held_by(closure, locked=True), Verb.PAUSE, hold, told, by=by, at=at)


def reopen(order: str, *, ends_at: datetime, by: Author, at: datetime) -> list[str]:
    """Let the clocks run again that an order holds, from `ends_at`; return the codes.

    Raises `Refusal` where it holds none, or `ends_at` has not come or lies before the closure.
    """
    numbers.alone()
    held = still_closed(order, locked=True)
    if not held:
        raise Refusal(N_("Không có hồ sơ nào đang dừng theo lệnh này."))
    if ends_at > at:
        raise Refusal(N_("Ngày mở cửa lại chưa đến."))
    running = {one.id: _running(one, order) for one in held}
    if ends_at < min(one.begins_at for pauses in running.values() for one in pauses):
        raise Refusal(N_("Đóng cửa không thể kết thúc trước khi bắt đầu."))

    def run_again(dossier: Dossier) -> None:
        for pause in running[dossier.id]:
            clock.resume(dossier, pause, max(ends_at, pause.begins_at))

    told = {"order": order, "closed_to": ends_at.isoformat()}
    return _each(held, Verb.RESUME, run_again, told, by=by, at=at)


def _running(dossier: Dossier, order: str) -> list[DossierPause]:
    return [
        one
        for one in dossier.pauses
        if one.ends_at is None and one.kind == PauseKind.CLOSURE and one.basis == order
    ]


def _each(
    dossiers: Iterable[Dossier],
    verb: Verb,
    act: Callable[[Dossier], None],
    told: dict[str, Any],
    *,
    by: Author,
    at: datetime,
) -> list[str]:
    lines: dict[int, list[Line]] = defaultdict(list)
    bookings: list[Booking] = []
    codes = []
    for dossier in dossiers:
        before, due_before = reading.facts(dossier), dossier.due_at
        act(dossier)
        tell_followers(dossier, verb, by, at)
        bookings += difference(dossier, before, reading.facts(dossier))
        details = dict(told)
        if dossier.due_at != due_before:
            details["due_at"] = dossier.due_at and dossier.due_at.isoformat()
        state = dossier.state
        lines[dossier.receiving_agency_id].append(
            Line(dossier.id, dossier.code, verb, state, state, at, None, details)
        )
        codes.append(dossier.code)
    db.session.flush()
    for agency_id in sorted(lines):
        history.append(agency_id, lines[agency_id], by=by, at=at)
    tallies.book(bookings)
    return codes

"""Days declared off after receipts were issued, and the dates that move for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from onestop.base.blocks import in_blocks
from onestop.base.database import db
from onestop.base.viewer import Author
from onestop.deadlines import actions as deadline_actions
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import CalendarDay
from onestop.deadlines.rules.limits import on_time_from, overdue_from
from onestop.dossiers.actions import history
from onestop.dossiers.actions.acting import changed
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier, DueMove
from onestop.dossiers.queries import reading, turns
from onestop.dossiers.queries.moving import (
    Declared,
    Move,
    falling_on,
    in_order,
    moves_of,
    parts_falling,
)
from onestop.dossiers.rules.apologies import broken_from
from onestop.dossiers.rules.states import Verb
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking


def declare(
    rows: Sequence[CalendarDay], *, basis: str, by: Author, at: datetime, replacing: bool = False
) -> list[Move]:
    """Enter days into the official calendar and move what was promised for them; return the moves.

    Of every open dossier each date that falls itself on a new day off goes to the next working
    day, once, with a line of history; dates past, paused and closed dossiers stay, and a make-up
    day moves nothing that was promised (rules.md 4.2 steps 9 and 10). So does the date by which a
    submission is checked. The own dates of running steps are counted anew, for nobody was promised
    them (rules.md 12.3). Raises `Refusal` as `check_declared` does.
    """
    turns.alone()
    version = deadline_actions.declare(rows, basis=basis, by=by, at=at, replacing=replacing)
    declared = Declared.of(rows, deadlines.calendar(version), at)
    moves: list[Move] = []
    bookings: list[Booking] = []
    lines: dict[int, list[Line]] = defaultdict(list)
    _lock(declared)
    for dossier in falling_on(declared, locked=True):
        own = list(moves_of(dossier, declared))
        if not own:
            continue
        before = reading.facts(dossier)
        for move in own:
            _move(dossier, move, version)
            told = {"from": move.from_at.isoformat(), "due_at": move.to_at.isoformat()}
            line = _line(dossier, Verb.MOVE_DATE, told, version, basis, at)
            lines[dossier.receiving_agency_id].append(line)
        bookings += changed(dossier, before, reading.facts(dossier), at=at)
        moves += own
    for part in parts_falling(declared, locked=True):
        part.carry()
        line = _line(part.dossier, part.verb, part.details, version, basis, at)
        lines[part.dossier.receiving_agency_id].append(line)
        moves.append(part.move)
    db.session.flush()
    history.append_each(lines, by=by, at=at)
    tallies.book(bookings)
    return in_order(moves)


def _lock(declared: Declared) -> None:
    """Lock all that moves by its id, whether the dossier's date does or that of a step."""
    ids = {one.id for one in falling_on(declared)}
    ids |= {one.dossier.id for one in parts_falling(declared)}
    by_id = select(Dossier.id).order_by(Dossier.id).with_for_update()
    for block in in_blocks(ids):
        db.session.execute(by_id.where(Dossier.id.in_(block)))


def _move(dossier: Dossier, move: Move, version: int) -> None:
    if dossier.due_at == move.from_at:
        dossier.due_at = move.to_at
    if dossier.reappointed_at == move.from_at:
        dossier.reappointed_at = move.to_at
    dossier.broken_from = broken_from(dossier.reappointed_at, dossier.due_at, dossier.limit_unit)
    if move.legal:
        dossier.legal_due_at = move.to_at
        dossier.on_time_from = on_time_from(move.to_at)
        dossier.overdue_from = overdue_from(move.to_at, dossier.limit_unit)
    dossier.moves.append(
        DueMove(calendar_version=version, from_at=move.from_at, to_at=move.to_at, legal=move.legal)
    )


def _line(
    dossier: Dossier, verb: Verb, told: Mapping[str, Any], version: int, basis: str, at: datetime
) -> Line:
    details = {**told, "calendar_version": version}
    return history.staying(dossier, verb, at, details, reason=basis)

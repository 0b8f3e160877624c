"""Days declared off after receipts were issued, and the dates that move for it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from onestop.base.database import db
from onestop.base.viewer import Author
from onestop.deadlines import actions as deadline_actions
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import CalendarDay
from onestop.deadlines.rules.limits import on_time_from, overdue_from
from onestop.dossiers.actions import history, numbers
from onestop.dossiers.actions.acting import difference
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier, DueMove
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.moving import Move, falling_on, moves_of
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
    day moves nothing (rules.md 4.2 steps 9 and 10). Raises `Refusal` as `check_declared` does.
    """
    numbers.alone()
    version = deadline_actions.declare(rows, basis=basis, by=by, at=at, replacing=replacing)
    calendar, hours = deadlines.calendar(version), deadlines.all_hours()
    moves: list[Move] = []
    bookings: list[Booking] = []
    lines: dict[int, list[Line]] = defaultdict(list)
    for dossier in falling_on({row.day for row in rows}, locked=True):
        own = list(moves_of(dossier, calendar, hours, at))
        if not own:
            continue
        before = reading.facts(dossier)
        for move in own:
            _move(dossier, move, version)
            lines[dossier.receiving_agency_id].append(_line(dossier, move, version, basis, at))
        bookings += difference(dossier, before, reading.facts(dossier))
        moves += own
    db.session.flush()
    for agency_id in sorted(lines):
        history.append(agency_id, lines[agency_id], by=by, at=at)
    tallies.book(bookings)
    return sorted(moves, key=lambda move: (move.from_at, move.code))


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


def _line(dossier: Dossier, move: Move, version: int, basis: str, at: datetime) -> Line:
    details = {
        "from": move.from_at.isoformat(),
        "due_at": move.to_at.isoformat(),
        "calendar_version": version,
    }
    return Line(
        dossier.id, dossier.code, Verb.MOVE_DATE, dossier.state, dossier.state, at, basis, details
    )

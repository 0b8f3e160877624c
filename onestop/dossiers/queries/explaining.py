"""The promised date of a dossier, or of one that would be received now, with its explanation."""

from dataclasses import dataclass
from datetime import date, datetime, time

from onestop.catalogue.rules import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules import (
    CUTOFF,
    MOVED,
    Calendar,
    Count,
    Left,
    Limit,
    Line,
    LineKind,
    Tone,
    count,
    legal_date,
    time_left,
)
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import Timeliness, timeliness


@dataclass(frozen=True)
class Explained:
    """A date with its days, and how it stands at a moment."""

    due_at: datetime
    limit: Limit
    lines: tuple[Line, ...]
    calendar: Calendar
    left: Left
    first_due_at: datetime | None = None
    late_until: date | None = None
    paused_since: datetime | None = None
    standing: Timeliness | None = None

    @property
    def is_held(self) -> bool:
        """Say whether a pause runs that began in time: nothing is promised until it ends."""
        return self.left.tone == Tone.HOLD

    def held(self, today: date | None) -> tuple[date, date] | None:
        """Return the first and last day, until `today`, of a pause that keeps the date open."""
        if not self.is_held or self.paused_since is None or today is None:
            return None
        return legal_date(self.paused_since), today

    @property
    def provisional_year(self) -> int | None:
        """Return the first year counted through whose calendar is not confirmed, if any."""
        return next((line.date.year for line in self.lines if line.provisional), None)


def counted(dossier: Dossier) -> Count:
    """Return the count that the stored dates came from, without its later moves."""
    if dossier.received_at is None or dossier.calendar_version is None:
        raise ValueError("a dossier that was never received has no clock")
    return count(
        dossier.received_at,
        reading.limit(dossier),
        calendar=deadlines.calendar(dossier.calendar_version),
        hours=deadlines.hours(dossier.receiving_agency_id),
        pauses=reading.pauses(dossier),
        cutoff=time.fromisoformat(dossier.cutoff) if dossier.cutoff else CUTOFF,
        in_force=deadlines.calendar(dossier.rolled_version),
    )


def explained(dossier: Dossier, at: datetime) -> Explained | None:
    """Return the promised date of a dossier with its explanation, or None before receipt."""
    if dossier.received_at is None or dossier.due_at is None or dossier.overdue_from is None:
        return None
    found = counted(dossier)
    calendar = deadlines.calendar(dossier.rolled_version)
    moves = [
        Line(legal_date(move.to_at), LineKind.MOVED, reason=MOVED)
        for move in dossier.moves
        if move.legal and not move.superseded
    ]
    moment = dossier.finished_at or at
    standing = timeliness(reading.facts(dossier), at)
    late = standing in {Timeliness.OVERDUE, Timeliness.OPEN_OVERDUE}
    return Explained(
        due_at=dossier.due_at,
        limit=reading.limit(dossier),
        lines=(*found.days, *moves),
        calendar=calendar,
        left=_left(dossier, at),
        first_due_at=dossier.first_due_at,
        late_until=legal_date(moment) if late and moment >= dossier.overdue_from else None,
        paused_since=dossier.paused_since,
        standing=standing,
    )


def promised(procedure: Procedure, agency_id: int, at: datetime) -> Explained:
    """Return what a dossier received `at` this moment would be promised."""
    calendar, hours = deadlines.calendar(), deadlines.hours(agency_id)
    found = count(
        at,
        procedure.limit,
        calendar=calendar,
        hours=hours,
        cutoff=procedure.cutoff or CUTOFF,
    )
    left = time_left(
        at, found.due_at, found.overdue_from, procedure.limit, calendar=calendar, hours=hours
    )
    return Explained(found.due_at, procedure.limit, found.days, calendar, left)


def _left(dossier: Dossier, at: datetime) -> Left:
    if dossier.finished_at is not None:
        return Left(Tone.DONE, waits=dossier.state == State.RESOLVED)
    calendar = deadlines.calendar()
    since, overdue_from = dossier.paused_since, dossier.overdue_from
    if since is not None and overdue_from is not None and since < overdue_from:
        return Left(Tone.HOLD, days=calendar.working_days(legal_date(since), legal_date(at)))
    if dossier.due_at is None or overdue_from is None:
        return Left(Tone.SAFE)
    return time_left(
        at,
        dossier.due_at,
        overdue_from,
        reading.limit(dossier),
        calendar=calendar,
        hours=deadlines.hours(dossier.receiving_agency_id),
    )

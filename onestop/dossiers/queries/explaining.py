"""The promised date of a dossier, or of one that would be received now, with its explanation."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from onestop.base.stamps import Subject, stamp
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import count, matters
from onestop.deadlines.rules.limits import Further, Limit, LimitLaw, Others, others
from onestop.deadlines.rules.lines import (
    MOVED,
    Count,
    Line,
    LineKind,
    Start,
    closed_by,
    cut_at,
    from_the_check,
)
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.standing import Left, Tone, rolled, time_left, waiting
from onestop.dossiers.models import PauseKind
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.reading import Timed
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import Timeliness, timeliness

MOST_KEPT: Final = 4096


@dataclass(frozen=True)
class Explained:
    """A date with its days, and how it stands at a moment; `key` says what the days come from.

    `decides_at` is the law's own date where another was promised with an apology, and none while a
    pause runs that will move it; `further` by what the limit was extended, `published` is that of
    the catalogue, `statutory` that of the law, `counts_from` the moment before the receipt from
    which it counts. `lines` lead to the date as it is kept, `shown` tell what a running pause has
    left of them.
    """

    due_at: datetime
    limit: Limit
    lines: tuple[Line, ...]
    calendar: Calendar
    left: Left
    first_due_at: datetime | None = None
    decides_at: datetime | None = None
    late_until: date | None = None
    paused_since: datetime | None = None
    standing: Timeliness | None = None
    further: Further | None = None
    counts_from: datetime | None = None
    published: Limit | None = None
    statutory: Limit | None = None
    key: Hashable = None

    @property
    def others(self) -> Others:
        """Return which limits are told beside the one that is counted."""
        return others(self.limit, published=self.published, statutory=self.statutory)

    @property
    def whole(self) -> Limit:
        """Return the limit with the working days by which it was extended."""
        more = self.further.days if self.further else 0
        return (
            self.limit
            if self.limit.is_at_once
            else replace(self.limit, value=self.limit.value + more)
        )

    @property
    def is_held(self) -> bool:
        """Say whether a pause runs that began in time: nothing is promised until it ends."""
        return self.left.tone == Tone.HOLD

    @property
    def is_unpromised(self) -> bool:
        """Say whether no date was promised yet: it was received at an office that is closed."""
        return self.is_held and self.first_due_at is None

    @property
    def deemed_on(self) -> date | None:
        """Return the working day that stands for that of a receipt after the cut-off, if any."""
        begun = [one for one in self.lines if one.start]
        return begun[-1].date if begun and begun[-1].start == Start.DEEMED_RECEIPT else None

    @property
    def shown(self) -> tuple[Line, ...]:
        """Return the days, that on which a running pause began with what was counted by then."""
        if not self.is_held or self.paused_since is None:
            return self.lines
        return cut_at(self.lines, self.paused_since)

    def held(self, today: date | None) -> tuple[date, date] | None:
        """Return the first and last day, until `today`, of a pause that keeps the date open."""
        if not self.is_held or self.paused_since is None or today is None:
            return None
        return legal_date(self.paused_since), today

    @property
    def provisional_year(self) -> int | None:
        """Return the first year counted through whose calendar is not confirmed, if any."""
        return next((line.date.year for line in self.lines if line.provisional), None)


def counted(dossier: Timed) -> Count:
    """Return the count that the stored dates came from, without its later moves."""
    counting = _counting(dossier)
    return replace(_count(counting), received_at=counting.start)


def counted_without(dossier: Timed, *, rolled_version: int) -> Count:
    """Return the count of the limit alone, as it stands without an extension."""
    counting = replace(_counting(dossier), further=None, rolled_version=rolled_version)
    return _count(counting)


def appointed(dossier: Timed, legal_due_at: datetime) -> datetime:
    """Return the date promised beside the law's own one: the later of it and a re-appointment."""
    return max(legal_due_at, reappointed(dossier, None) or legal_due_at)


def reappointed(dossier: Timed, version: int | None) -> datetime | None:
    """Return the date promised with an apology, off a day that is off under `version`."""
    if dossier.reappointed_at is None:
        return None
    return rolled(
        dossier.reappointed_at,
        dossier.limit_unit,
        calendar=deadlines.calendar(version),
        hours=deadlines.hours(dossier.receiving_agency_id),
    )


def explained(dossier: Timed, at: datetime) -> Explained | None:
    """Return the promised date of a dossier with its explanation, or None before receipt."""
    if dossier.received_at is None or dossier.due_at is None or dossier.overdue_from is None:
        return None
    counting = _counting(dossier)
    moment = dossier.finished_at or at
    standing = timeliness(reading.facts(dossier), at)
    late = standing in {Timeliness.OVERDUE, Timeliness.OPEN_OVERDUE}
    left = _left(dossier, at)
    decides = left.tone != Tone.HOLD and dossier.legal_due_at != dossier.due_at
    return Explained(
        due_at=dossier.due_at,
        limit=counting.law.limit,
        lines=_days(counting),
        calendar=deadlines.calendar(counting.rolled_version),
        left=left,
        first_due_at=dossier.first_due_at,
        decides_at=dossier.legal_due_at if decides else None,
        late_until=legal_date(moment) if late and moment >= dossier.overdue_from else None,
        paused_since=dossier.paused_since,
        standing=standing,
        further=counting.further,
        counts_from=dossier.counts_from,
        published=reading.published(dossier),
        statutory=reading.procedure_of(dossier).limit_statutory,
        key=counting,
    )


@dataclass(frozen=True)
class _Counting:
    """What the days of a limit are counted from; dossiers with the same have the same days.

    `begins` is what matters of the moment of the `start`: itself where there were pauses; without
    `is_receipt` it is that at which the hours for checking an online submission ended.
    """

    stamp: str
    version: int
    rolled_version: int | None
    law: LimitLaw
    hours: Hours
    begins: datetime | tuple[date, bool]
    pauses: tuple[Pause, ...]
    closures: tuple[tuple[date, date | None, str | None], ...]
    further: Further | None
    moved_to: tuple[date, ...]
    is_receipt: bool
    start: datetime = field(compare=False)


def under_its_calendar(further: Further | None) -> tuple[Further, Calendar] | None:
    """Return an extension with the calendar under which it is counted, as `count` takes it."""
    return (further, deadlines.calendar(further.version)) if further else None


def _counting(dossier: Timed) -> _Counting:
    start = reading.counts_from(dossier)
    if start is None or dossier.calendar_version is None:
        raise ValueError("a dossier that was never received has no clock")
    law, pauses = reading.limit_law(dossier), reading.pauses(dossier)
    return _Counting(
        stamp=stamp(Subject.CALENDAR),
        version=dossier.calendar_version,
        rolled_version=dossier.rolled_version,
        law=law,
        hours=deadlines.hours(dossier.receiving_agency_id),
        begins=start if pauses else matters(start, law),
        pauses=pauses,
        closures=tuple(
            (legal_date(one.begins_at), one.ends_at and legal_date(one.ends_at), one.basis)
            for one in dossier.pauses
            if one.kind == PauseKind.CLOSURE
        ),
        further=reading.further(dossier),
        moved_to=tuple(
            legal_date(move.to_at) for move in dossier.moves if move.legal and not move.superseded
        ),
        is_receipt=dossier.counts_from is None,
        start=start,
    )


@lru_cache(maxsize=MOST_KEPT)
def _count(counting: _Counting) -> Count:
    return count(
        counting.start,
        counting.law,
        calendar=deadlines.calendar(counting.version),
        hours=counting.hours,
        pauses=counting.pauses,
        in_force=deadlines.calendar(counting.rolled_version),
        further=under_its_calendar(counting.further),
    )


@lru_cache(maxsize=MOST_KEPT)
def _days(counting: _Counting) -> tuple[Line, ...]:
    moves = (Line(day, LineKind.MOVED, reason=MOVED) for day in counting.moved_to)
    days = [_closed(day, counting) for day in _count(counting).days]
    return (*(days if counting.is_receipt else from_the_check(days)), *moves)


def _closed(line: Line, counting: _Counting) -> Line:
    for first, until, order in counting.closures:
        if first <= line.date and (until is None or line.date < until):
            return closed_by(line, order)
    return line


def promised(
    procedure: Procedure,
    agency_id: int,
    at: datetime,
    *,
    limit: Limit | None = None,
    counts_from: datetime | None = None,
    pauses: Iterable[Pause] = (),
) -> Explained:
    """Return what a dossier received `at` this moment would be promised, of a shorter `limit` too.

    Where its limit `counts_from` an earlier moment, the `pauses` since are left out.
    """
    calendar, hours = deadlines.calendar(), deadlines.hours(agency_id)
    limit = limit or procedure.limit
    found = count(
        counts_from or at,
        procedure.limit_law._replace(limit=limit),
        calendar=calendar,
        hours=hours,
        pauses=pauses,
    )
    left = time_left(at, found.due_at, found.overdue_from, limit, calendar=calendar, hours=hours)
    days = from_the_check(found.days) if counts_from else found.days
    return Explained(
        found.due_at,
        limit,
        days,
        calendar,
        left,
        counts_from=counts_from,
        published=procedure.limit,
        statutory=procedure.limit_statutory,
    )


def _left(dossier: Timed, at: datetime) -> Left:
    if dossier.finished_at is not None:
        if dossier.state == State.RESOLVED and dossier.due_at is not None:
            return waiting(dossier.due_at, dossier.finished_at, at)
        return Left(Tone.DONE)
    if dossier.legal_due_at is None or dossier.overdue_from is None:
        return Left(Tone.SAFE)
    return time_left(
        at,
        dossier.legal_due_at,
        dossier.overdue_from,
        reading.limit(dossier),
        calendar=deadlines.calendar(),
        hours=deadlines.hours(dossier.receiving_agency_id),
        paused_since=dossier.paused_since,
    )

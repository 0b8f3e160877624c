"""The clocks of many lives, each due date counted once for all that share it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from onestop.catalogue.rules import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import CUTOFF, asked_in_time, count
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import local
from onestop.deadlines.rules.pauses import Pause, fitted
from onestop.dossiers.rules.lives import Dates, Life, pauses

AT_ONCE: Final = frozenset({Unit.SAME_DAY, Unit.IMMEDIATE})


class Clock(NamedTuple):
    """What a life's clock gives: the first dates, those with all pauses, and these pauses."""

    first: Dates | None = None
    dates: Dates | None = None
    stood_still: tuple[Pause, ...] = ()


NEVER_STARTED: Final = Clock()


@dataclass
class Clocks:
    """Counts lives under the calendar and hours in force; `unsure` gathers provisional years."""

    calendar: Calendar = field(default_factory=lambda: deadlines.calendar())
    unsure: set[int] = field(default_factory=set)
    _all_hours: AllHours = field(default_factory=lambda: deadlines.all_hours())
    _hours: dict[int, Hours] = field(default_factory=dict)
    _kinds: dict[tuple[int, int], int] = field(default_factory=dict)
    _known_kinds: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _dates: dict[tuple[Any, ...], Dates] = field(default_factory=dict)

    def of(self, life: Life) -> Clock:
        """Return the clock of a life, as the screens would have run it."""
        received = life.received_at
        if received is None:
            return NEVER_STARTED
        agency_id, procedure = life.agency_id, life.procedure
        hours = self.hours(agency_id)
        asked = life.supplement_requested_at
        restarts = asked is not None and self._in_time(life, asked, received, hours)
        still = pauses(life, restarts=restarts)
        first = self._first(procedure, received, agency_id)
        if not still:
            return Clock(first, first)
        known = tuple(fitted(pause, received) for pause in still)
        return Clock(first, self._counted(procedure, received, hours, known), still)

    def hours(self, agency_id: int) -> Hours:
        """Return the working hours of an agency."""
        if agency_id not in self._hours:
            self._hours[agency_id] = self._all_hours.of(agency_id)
        return self._hours[agency_id]

    def _in_time(self, life: Life, asked: datetime, received: datetime, hours: Hours) -> bool:
        return asked_in_time(
            asked,
            received,
            life.procedure.limit,
            calendar=self.calendar,
            hours=hours,
            pauses=[fitted(pause, received) for pause in life.pauses],
            cutoff=life.procedure.cutoff or CUTOFF,
        )

    def _first(self, procedure: Procedure, received: datetime, agency_id: int) -> Dates:
        kind = self._kinds.get((procedure.version_id, agency_id))
        if kind is None:
            kind = self._kind(procedure, agency_id)
        limit = procedure.limit
        if limit.unit == Unit.WORKING_HOUR:
            return self._counted(procedure, received, self.hours(agency_id), ())
        there = local(received)
        at_once = limit.unit in AT_ONCE or limit.value == 0
        key = (kind, there.date(), at_once and there.time() < (procedure.cutoff or CUTOFF))
        found = self._dates.get(key)
        if found is None:
            hours = self.hours(agency_id)
            found = self._dates[key] = self._counted(procedure, received, hours, ())
        return found

    def _kind(self, procedure: Procedure, agency_id: int) -> int:
        """Return one number for all procedures and desks whose dates are the same."""
        alike = (procedure.limit, procedure.cutoff, self.hours(agency_id))
        kind = self._known_kinds.setdefault(alike, len(self._known_kinds))
        self._kinds[procedure.version_id, agency_id] = kind
        return kind

    def _counted(
        self, procedure: Procedure, received: datetime, hours: Hours, still: tuple[Pause, ...]
    ) -> Dates:
        counted = count(
            received,
            procedure.limit,
            calendar=self.calendar,
            hours=hours,
            pauses=still,
            cutoff=procedure.cutoff or CUTOFF,
        )
        self.unsure |= {line.date.year for line in counted.days if line.provisional}
        return Dates.of(counted)

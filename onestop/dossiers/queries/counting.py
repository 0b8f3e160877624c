"""The clocks of many lives, each due date counted once for all that share it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.catalogue.rules.channels import Channel, OnlineStart
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import (
    asked_in_time,
    count,
    matters,
    supplement_restarts,
)
from onestop.deadlines.rules.limits import Further, LimitLaw, Unit, plain
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause, fitted, left_after
from onestop.deadlines.rules.standing import rolled
from onestop.dossiers.queries import orders
from onestop.dossiers.rules.apologies import (
    Reappointment,
    broken_from,
    check_new_date,
    is_late,
    reappointed_at,
    reappointment,
)
from onestop.dossiers.rules.extensions import (
    NO_CERTIFICATION,
    TOO_LATE,
    Agreement,
    check_agreement,
    extension,
    further_days,
)
from onestop.dossiers.rules.lives import Dates, Life, comes_before, over, pauses
from onestop.dossiers.rules.timing import INTAKE_CHECK, is_check_late


class Anew(NamedTuple):
    """A date promised anew with an apology, that it stands beside, and whether it came late."""

    from_at: datetime
    to_at: datetime
    due_at: datetime
    broken_from: datetime | None
    is_late: bool


class Extended(NamedTuple):
    """An extension: the date that stood before it, and the days behind the limit."""

    from_at: datetime
    further: Further


class Clock(NamedTuple):
    """What a life's clock gives: the first dates, those with all pauses, and these pauses.

    `anew` is what an apology came to, where there was one, `extended` an extension. The limit
    `counts_from` a moment before the receipt, or None.
    """

    first: Dates | None = None
    dates: Dates | None = None
    stood_still: tuple[Pause, ...] = ()
    anew: Anew | None = None
    extended: Extended | None = None
    counts_from: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """Return the promised date: the law's own, or that of an apology."""
        stands = self.anew or self.dates
        return stands.due_at if stands else None

    @property
    def broken_from(self) -> datetime | None:
        """Return the first moment after a date promised with an apology."""
        return self.anew.broken_from if self.anew else None


SHORTEST_CHECK: Final = timedelta(hours=INTAKE_CHECK.value)
"""No check is late sooner: working hours are never more than hours."""
NEVER_STARTED: Final = Clock()


@dataclass
class Clocks:
    """Counts lives under the calendar and hours in force; `unsure` gathers provisional years."""

    calendar: Calendar = field(default_factory=lambda: deadlines.calendar())
    unsure: set[int] = field(default_factory=set)
    _all_hours: AllHours = field(default_factory=lambda: deadlines.all_hours())
    _hours: dict[int, Hours] = field(default_factory=dict)
    _closures: dict[int, Sequence[Pause]] = field(default_factory=dict)
    _kinds: dict[tuple[int, int], int] = field(default_factory=dict)
    _known_kinds: dict[tuple[LimitLaw, Hours], int] = field(default_factory=dict)
    _dates: dict[tuple[Any, ...], Dates] = field(default_factory=dict)

    def of(self, life: Life) -> Clock:
        """Return the clock of a life, as the screens would have run it."""
        start = self._start(life)
        if start is None:
            return NEVER_STARTED
        earlier_start = start if start != life.received_at else None
        agency_id, procedure = life.agency_id, life.procedure
        hours = self.hours(agency_id)
        extended = self._extended(life)
        still = self._stood_still(life, extended)
        known = tuple(fitted(pause, start) for pause in still)
        if extended is not None and life.extended_at is not None:
            earlier = over(known, life.extended_at, life)
            first = self._counted(procedure, start, hours, earlier, extended.further)
        else:
            first = self._first(procedure, start, agency_id)
        if not still:
            anew = self._anew(life, first, (), extended)
            return Clock(first, first, (), anew, extended, earlier_start)
        dates = self._counted(procedure, start, hours, known, extended and extended.further)
        anew = self._anew(life, dates, known, extended)
        return Clock(first, dates, still, anew, extended, earlier_start)

    def _start(self, life: Life) -> datetime | None:
        """Return the moment from which the limit of a life counts, None before its receipt.

        Of what was completed in between nobody knows when it came again: it counts from receipt.
        """
        is_so = life.procedure.online_clock_start == OnlineStart.INTAKE_DEADLINE
        if life.received_at is None or not is_so or life.completion_asked_at is not None:
            return life.received_at
        return self.check_due(life) if self.late_intake(life) else life.received_at

    def late_intake(self, life: Life) -> bool | None:
        """Say whether a desk answered what came in online after its time for the check.

        None where the hour of either is not known: a register that tells no submission has it at
        the receipt.
        """
        came_at = life.submitted_at
        answered_at = life.completion_asked_at or life.received_at or life.not_accepted_at
        if life.channel != Channel.ONLINE or answered_at is None or answered_at == came_at:
            return None
        if not life.dated.isdisjoint((came_at, answered_at)):
            return None
        if answered_at - came_at < SHORTEST_CHECK:
            return False
        return is_check_late(self.check_due(life), answered_at)

    def check_due(self, life: Life) -> datetime:
        """Return until when a desk checks what was submitted, without the days it was closed."""
        desk = life.agency_id
        if desk not in self._closures:
            self._closures[desk] = orders.closures_of({desk})[desk]
        shut, start = left_after(self._closures[desk], life.submitted_at), life.submitted_at
        hours, check = self.hours(desk), plain(INTAKE_CHECK)
        return count(start, check, calendar=self.calendar, hours=hours, pauses=shut).due_at

    def check_extension(self, life: Life) -> None:
        """Refuse an extension that no desk could have made.

        It is one of a certification, made before the hour that stood; whatever needs an agreement
        is taken to have had one (rules.md 4.3). Raises `Refusal` at the moment that cannot be.
        """
        received, at, to = life.received_at, life.extended_at, life.extended_to
        if received is None or at is None or to is None:
            return
        if not life.procedure.extendable:
            raise Refusal(NO_CERTIFICATION, field="extended_at")
        self._check_first_extension(life, received, life.first_extended_at or at)
        if at >= to:
            raise Refusal(TOO_LATE, field="extended_at")
        (stood, _), on = self._before_extension(life, at), legal_date(at)
        limit = life.procedure.limit
        try:
            check_agreement(
                Agreement(legal_date(to), local(to).time(), on, is_signed=True),
                extension(legal_date(stood.due_at), stood.due_at, limit, self.calendar),
                calendar=self.calendar,
                hours=self.hours(life.agency_id),
                received_on=legal_date(received),
                today=on,
            )
        except Refusal as refusal:
            raise Refusal(refusal.message, field="extended_to", **refusal.values) from None

    def _check_first_extension(self, life: Life, received: datetime, at: datetime) -> None:
        """Refuse a limit that was extended when the date that stood was past already.

        Another extension came before the date of the first, which is not told.
        """
        start = self._start(life) or received
        first = self._first(life.procedure, start, life.agency_id)
        if at >= max(first.due_at, self._before_extension(life, at)[0].due_at):
            field = "first_extended_at" if life.first_extended_at else "extended_at"
            raise Refusal(TOO_LATE, field=field)

    def _extended(self, life: Life) -> Extended | None:
        at, to = life.extended_at, life.extended_to
        if at is None or to is None:
            return None
        stood, known = self._before_extension(life, at)
        days = further_days(legal_date(stood.due_at), legal_date(to), known, self.calendar)
        return Extended(stood.due_at, Further(days, local(to).time(), self.calendar.version))

    def extended_to(self, promised: datetime, unit: Unit, agency_id: int) -> datetime:
        """Return what an extension promised, off a day that was declared off since."""
        own, hours = local(promised).time(), self.hours(agency_id)
        return rolled(promised, unit, calendar=self.calendar, hours=hours, clock=own)

    def _before_extension(self, life: Life, at: datetime) -> tuple[Dates, tuple[Pause, ...]]:
        """Return the dates that stood when the limit was extended, and the pauses before it."""
        start = self._start(life)
        if start is None:
            raise ValueError("only what was received has a limit to extend")
        known = tuple(fitted(pause, start) for pause in self._stood_still(life, None))
        known, hours = over(known, at, life), self.hours(life.agency_id)
        return self._counted(life.procedure, start, hours, known), known

    def _stood_still(self, life: Life, extended: Extended | None) -> tuple[Pause, ...]:
        asked, received = life.supplement_requested_at, life.received_at
        if asked is None or received is None:
            return pauses(life, restarts=False)
        hours = self.hours(life.agency_id)
        if _came_before(life.first_extended_at, asked, life) and not _came_before(
            life.extended_at, asked, life
        ):
            # What the first extension promised is not told: it was not past, or none came after.
            early = supplement_restarts(
                asked,
                received,
                life.procedure.supplement,
                calendar=self.calendar,
                hours=hours,
            )
            return pauses(life, restarts=early)
        came_first = _came_before(life.extended_at, asked, life)
        further = extended.further if extended and came_first else None
        return pauses(life, restarts=self._in_time(life, asked, received, hours, further))

    def check_apology(self, life: Life) -> None:
        """Refuse an apology that promises a day which no leader could have promised.

        A day further than the limit itself was his decision (rules.md 7.3). Raises `Refusal` at
        `reappointed_on`.
        """
        found = self.reappointment(life)
        if found is None:
            return
        try:
            check_new_date(
                life.reappointed_on,
                first=found.first,
                last=found.last,
                calendar=self.calendar,
                override=True,
            )
        except Refusal as refusal:
            raise Refusal(refusal.message, field="reappointed_on", **refusal.values) from None

    def reappointment(self, life: Life) -> Reappointment | None:
        """Return what the apology of a life could promise, or None where there was none."""
        start, sorry = self._start(life), life.apologised_at
        if start is None or sorry is None:
            return None
        clock = self.of(life)
        known = tuple(fitted(one, start) for one in clock.stood_still)
        due_at, hours = self._stood(life, known, clock.extended), self.hours(life.agency_id)
        return reappointment(
            due_at, sorry, life.procedure.limit, calendar=self.calendar, hours=hours
        )

    def _anew(
        self, life: Life, dates: Dates, still: tuple[Pause, ...], extended: Extended | None
    ) -> Anew | None:
        sorry, day = life.apologised_at, life.reappointed_on
        if sorry is None or day is None:
            return None
        unit, hours = life.procedure.limit.unit, self.hours(life.agency_id)
        was = self._stood(life, still, extended)
        to_at = reappointed_at(day, was, unit, hours)
        to_at = rolled(to_at, unit, calendar=self.calendar, hours=hours)
        due_at = max(to_at, dates.due_at)
        late = is_late(sorry, was, self.calendar)
        return Anew(was, to_at, due_at, broken_from(to_at, due_at, unit), late)

    def _stood(self, life: Life, still: tuple[Pause, ...], extended: Extended | None) -> datetime:
        """Return the date that was promised when the apology was made."""
        start, sorry = self._start(life), life.apologised_at
        if start is None or sorry is None:
            raise ValueError("only what was received is late, and apologised for")
        hours, earlier = self.hours(life.agency_id), over(still, sorry, life)
        further = extended and extended.further
        return self._counted(life.procedure, start, hours, earlier, further).due_at

    def hours(self, agency_id: int) -> Hours:
        """Return the working hours of an agency."""
        if agency_id not in self._hours:
            self._hours[agency_id] = self._all_hours.of(agency_id)
        return self._hours[agency_id]

    def _in_time(
        self,
        life: Life,
        asked: datetime,
        received: datetime,
        hours: Hours,
        further: Further | None,
    ) -> bool:
        start = self._start(life) or received
        return asked_in_time(
            asked,
            received,
            life.procedure.limit_law,
            life.procedure.supplement,
            calendar=self.calendar,
            hours=hours,
            pauses=[fitted(pause, start) for pause in life.pauses],
            further=(further, self.calendar) if further else None,
            counts_from=start,
        )

    def _first(self, procedure: Procedure, start: datetime, agency_id: int) -> Dates:
        kind = self._kinds.get((procedure.version_id, agency_id))
        if kind is None:
            kind = self._kind(procedure, agency_id)
        key = (kind, matters(start, procedure.limit_law))
        found = self._dates.get(key)
        if found is None:
            hours = self.hours(agency_id)
            found = self._dates[key] = self._counted(procedure, start, hours, ())
        return found

    def _kind(self, procedure: Procedure, agency_id: int) -> int:
        """Return one number for all procedures and desks whose dates are the same."""
        alike = (procedure.limit_law, self.hours(agency_id))
        kind = self._known_kinds.setdefault(alike, len(self._known_kinds))
        self._kinds[procedure.version_id, agency_id] = kind
        return kind

    def _counted(
        self,
        procedure: Procedure,
        start: datetime,
        hours: Hours,
        still: tuple[Pause, ...],
        further: Further | None = None,
    ) -> Dates:
        counted = count(
            start,
            procedure.limit_law,
            calendar=self.calendar,
            hours=hours,
            pauses=still,
            further=(further, self.calendar) if further else None,
        )
        self.unsure |= {line.date.year for line in counted.days if line.provisional}
        return Dates.of(counted)


def _came_before(moment: datetime | None, asked: datetime, life: Life) -> bool:
    return moment is not None and not comes_before(asked, moment, life.dated)

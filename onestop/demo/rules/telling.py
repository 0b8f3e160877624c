"""Invented lives of dossiers, one after another, on the official calendar."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from onestop.base.moments import ONE_DAY, local
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, Unit, plain
from onestop.deadlines.rules.lines import Count
from onestop.deadlines.rules.moments import at_local, dates_after, legal_date, midnight
from onestop.demo.rules.people import Crowd
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome

TO_LOOK: Final = timedelta(minutes=20)
CAUSES: Final = (Cause.OFFICER, Cause.OTHER_AGENCY, Cause.SYSTEM, Cause.REGULATION)


@dataclass(frozen=True)
class Desk:
    """An agency that receives, by id and code."""

    id: int
    code: str
    tier: str


@dataclass
class Storyteller:
    """Tells lives on one calendar, of one crowd, by one chance."""

    calendar: Calendar
    crowd: Crowd
    chance: random.Random
    hours: Hours = field(default_factory=Hours)
    _due: dict[tuple[date, bool, Limit], Count] = field(default_factory=dict)

    def due(self, received_at: datetime, limit: Limit) -> datetime:
        """Return the promised date of a receipt."""
        there = local(received_at)
        key = (there.date(), there.hour < 15, limit)
        if limit.unit == Unit.WORKING_HOUR or key not in self._due:
            found = count(received_at, plain(limit), calendar=self.calendar, hours=self.hours)
            if limit.unit == Unit.WORKING_HOUR:
                return found.due_at
            self._due[key] = found
        return self._due[key].due_at

    def arrival(
        self, desk: Desk, procedure: Procedure, level: int, channel: Channel, day: date
    ) -> Life:
        """Return the receipt of somebody's dossier on a working day."""
        firm = procedure.code.startswith("D-KD") and self.chance.random() < 0.3
        received_at = office_moment(day, self.chance.random(), last_hour=16.7)
        submitted_at = received_at
        if channel == Channel.ONLINE:
            submitted_at = self._sent_before(received_at)
        elif channel == Channel.POSTAL:
            submitted_at = received_at - timedelta(minutes=5 + int(self.chance.random() * 50))
        return Life(
            agency_id=desk.id,
            agency_code=desk.code,
            procedure=procedure,
            level=level,
            channel=channel,
            applicant=self.crowd.somebody(desk.code, organisation=firm),
            submitted_at=submitted_at,
            received_at=received_at,
            brought=frozenset(range(len(procedure.papers))),
        )

    def resolved(self, life: Life, *, no_later_than: date) -> Life:
        """Return the life resolved early or on time, its result returned when it was fetched."""
        if life.received_at is None:
            raise ValueError("what was never received cannot be resolved")
        received_on = legal_date(life.received_at)
        due_at = self.due(life.received_at, life.procedure.limit)
        last = min(legal_date(due_at), no_later_than)
        days = [day for day in days_of(received_on, last) if self.calendar.works_on(day)]
        on_time = self.chance.random() < 0.35
        finished_on = received_on
        if days:
            place = len(days) - 1 if on_time else int(self.chance.random() ** 0.6 * len(days))
            finished_on = days[place]
        finished_at = after(life.received_at, finished_on, self.chance.random())
        if life.procedure.limit.unit == Unit.WORKING_HOUR:
            finished_at = min(finished_at, due_at)
        outcome = Outcome.REFUSED if self.chance.random() < 0.004 else Outcome.GRANTED
        handed_over_at = self._handed_over(life.received_at, finished_at)
        asked, brought = self._supplemented(life.received_at, handed_over_at, finished_at)
        return replace(
            life,
            handed_over_at=handed_over_at,
            supplement_requested_at=asked,
            supplement_received_at=brought,
            finished_at=finished_at,
            outcome=outcome,
        )

    def resolved_late(self, life: Life, working_days: int) -> Life:
        """Return the life resolved so many working days after its due date."""
        if life.received_at is None:
            raise ValueError("what was never received cannot be resolved")
        day = legal_date(self.due(life.received_at, life.procedure.limit))
        for _ in range(working_days):
            day = self.calendar.next_working_day(day)
        finished_at = office_moment(day, self.chance.random())
        handed_over_at = self._handed_over(life.received_at, finished_at)
        return self.returned(
            replace(
                life,
                handed_over_at=handed_over_at,
                finished_at=finished_at,
                outcome=Outcome.GRANTED,
            )
        )

    def apologised(self, life: Life, *, kept: bool, in_time: bool) -> Life:
        """Return the life resolved late after an apology that promised another date.

        The apology comes on the last working day before the due date, or else too late, on the
        due date itself; the date it promises is kept, or is not.
        """
        if life.received_at is None:
            raise ValueError("what was never received has no date to apologise for")
        due_on = legal_date(self.due(life.received_at, life.procedure.limit))
        late = self.resolved_late(life, 2 if kept else 4)
        new_on = due_on
        for _ in range(3):
            new_on = self.calendar.next_working_day(new_on)
        said_on = due_on
        while in_time and (said_on == due_on or not self.calendar.works_on(said_on)):
            said_on -= ONE_DAY
        return replace(
            late,
            apologised_at=office_moment(said_on, self.chance.random()),
            reappointed_on=new_on,
            apology_cause=self.chance.choice(CAUSES),
        )

    def extended(self, life: Life) -> Life:
        """Return the life of a certification whose limit was extended to the next working day.

        The desk saw it within the hour; the result is there, and fetched, in the next afternoon.
        """
        if life.received_at is None:
            raise ValueError("what was never received has no limit to extend")
        due_on = legal_date(self.due(life.received_at, life.procedure.limit))
        day = self.calendar.next_working_day(due_on)
        finished_at = office_moment(day, 0.8)
        return replace(
            life,
            extended_at=life.received_at + TO_LOOK,
            extended_to=at_local(day, time(16)),
            handed_over_at=None,
            supplement_requested_at=None,
            supplement_received_at=None,
            finished_at=finished_at,
            outcome=Outcome.GRANTED,
            returned_at=finished_at + TO_LOOK,
        )

    def returned(self, life: Life, *, latest: datetime | None = None) -> Life:
        """Return the life with its result fetched the same day or soon after."""
        if life.finished_at is None:
            return life
        day = legal_date(life.finished_at)
        if self.chance.random() < 0.4:
            day = self.calendar.next_working_day(day)
        fetched = after(life.finished_at, day, self.chance.random())
        if latest is not None and fetched > latest:
            return life
        return replace(life, returned_at=fetched)

    def _handed_over(self, received: datetime, finished: datetime) -> datetime | None:
        """Return when it went to whoever examines it, unless the desk was done the same day."""
        if legal_date(received) == legal_date(finished):
            return None
        later = received + timedelta(minutes=10 + int(self.chance.random() * 20))
        return min(later, finished)

    def _supplemented(
        self, received: datetime, handed_over: datetime | None, finished: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """Give a few a supplement in time: asked, brought, and still finished in time."""
        if handed_over is None or self.chance.random() > 0.05 or (finished - received).days < 4:
            return None, None
        asked = after(received, self.calendar.next_working_day(legal_date(received)), 0.4)
        brought = after(asked, self.calendar.next_working_day(legal_date(asked)), 0.4)
        return (asked, brought) if brought < finished else (None, None)

    def _sent_before(self, received_at: datetime) -> datetime:
        minutes = 5 + int(self.chance.random() ** 2 * 400)
        sent = received_at - timedelta(minutes=minutes)
        if local(sent).year < local(received_at).year:
            sent = received_at - timedelta(minutes=5)
        return sent


def office_moment(day: date, luck: float, *, last_hour: float = 16.9) -> datetime:
    """Return a minute of a day at which offices are open, the later the more luck."""
    hours = 8 + luck * (last_hour - 8 - 1)
    if hours >= 12:
        hours += 1
    return midnight(day) + timedelta(minutes=int(hours * 60))


def after(moment: datetime, day: date, luck: float) -> datetime:
    """Return a minute of `day` that is later than `moment`, or else one soon after it."""
    found = office_moment(day, luck)
    if found > moment:
        return found
    return moment + timedelta(minutes=1 + int(luck * 15))


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield the dates from `first` to `last`."""
    return dates_after(first - ONE_DAY, last)

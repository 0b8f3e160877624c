"""Counting one limit day by day (rules.md 4)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from onestop.base.moments import ONE_DAY, local
from onestop.deadlines.rules.calendars import SATURDAY, Calendar, Hours, openings
from onestop.deadlines.rules.limits import Further, LimitLaw, Unit, add_months
from onestop.deadlines.rules.lines import (
    AFTER_CUTOFF,
    COUNTED,
    EXTENDED,
    FURTHER,
    HOURS_USED,
    KIND_OF,
    ON_A_DAY_OFF,
    OUTSIDE_HOURS,
    PAUSED,
    ROLLED,
    SAME_DAY,
    SATURDAYS,
    SHIFTED,
    SHIFTED_OFF,
    SUNDAYS,
    VOIDED,
    Count,
    Line,
    LineKind,
    Start,
    numbered,
)
from onestop.deadlines.rules.moments import (
    AN_HOUR,
    Stretch,
    as_hours,
    at_local,
    dates_after,
    legal_date,
    midnight_after,
)
from onestop.deadlines.rules.pauses import Pause


class Work:
    """One limit under one calendar, to be counted from one or several starts."""

    def __init__(
        self,
        law: LimitLaw,
        calendar: Calendar,
        hours: Hours,
        in_force: Calendar,
        further: tuple[Further, Calendar] | None,
    ) -> None:
        self.limit, self.calendar, self.hours = law.limit, calendar, hours
        self.cutoff, self.in_force, self.further = law.cutoff, in_force, further
        self.shifts_receipt = law.shifts_receipt and not law.limit.is_by_the_hour

    def run(self, start: datetime, pauses: list[Pause]) -> Count:
        """Count the limit from `start`, leaving out what lies in `pauses`, which all have ended."""
        if self.limit.unit == Unit.WORKING_HOUR:
            return self._hours(start, pauses)
        held = [
            (legal_date(one.begins_at), legal_date(one.ends_at)) for one in pauses if one.ends_at
        ]
        lines = self._beginning(start, held)
        counting_from = lines[-1].date + ONE_DAY
        if self.limit.is_at_once:
            self._same_day(start, held, lines)
        elif self.limit.unit == Unit.WORKING_DAY:
            self._working_days(held, lines)
        else:
            self._calendar_days(held, lines)
        self._roll(held, lines)
        if self.further:
            self._go_on(*self.further, held, lines)
            self._roll(held, lines, self.further[1])
        last = lines[-1].date
        clock = self.further[0].clock if self.further else self.hours.closing(last)
        return Count(start, at_local(last, clock), self.limit, counting_from, tuple(lines))

    def voided(
        self, start: datetime, until: datetime, pauses: tuple[Pause, ...], *, is_first: bool
    ) -> list[Line]:
        """Return the days from `start` that a restart at `until` takes back."""
        held = [(legal_date(one.begins_at), legal_date(one.ends_at or until)) for one in pauses]
        last = legal_date(until)
        every_date = self.limit.unit in {Unit.CALENDAR_DAY, Unit.MONTH}
        begun = self._beginning(start, held, Start.RECEIPT if is_first else Start.SUPPLEMENT)
        if self.limit.unit == Unit.WORKING_HOUR:
            begun[0] = replace(begun[0], reason=VOIDED)
        lines = [line for line in begun if line.date < last]
        for day in dates_after(begun[-1].date, last - ONE_DAY):
            line = self._day(day, held)
            counted = line.counted or (every_date and line.kind != LineKind.PAUSED)
            lines.append(Line(day, LineKind.VOIDED, reason=VOIDED) if counted else line)
        return lines

    def _beginning(
        self, start: datetime, held: list[tuple[date, date]], event: Start = Start.RECEIPT
    ) -> list[Line]:
        """Return the days up to that after which the count begins: mostly that of `start` alone."""
        there = local(start)
        day, works = there.date(), self.calendar.works_on(there.date())
        lines = [self._start(day, event)]
        if self.shifts_receipt and not (works and there.time() < self.cutoff):
            values = {"cutoff": f"{self.cutoff:%H:%M}"}
            lines[0] = replace(lines[0], reason=SHIFTED if works else SHIFTED_OFF, values=values)
            day = self._next_working_day(held, lines)
            lines.append(self._start(day, Start.DEEMED_RECEIPT))
        return lines

    def _start(self, day: date, event: Start) -> Line:
        unsure = self._unsure(day)
        return Line(day, LineKind.RECEIPT, reason=event.word, provisional=unsure, start=event)

    def _next_working_day(self, held: list[tuple[date, date]], lines: list[Line]) -> date:
        """Return the working day after `lines`, to which those between are added."""
        day = lines[-1].date + ONE_DAY
        while not self.calendar.works_on(day):
            lines.append(self._day(day, held))
            day += ONE_DAY
        return day

    def _working_days(self, held: list[tuple[date, date]], lines: list[Line]) -> None:
        day, number = lines[-1].date, 0
        while number < self.limit.value:
            day += ONE_DAY
            line = self._day(day, held)
            if line.counted:
                number += 1
                line = numbered(line, number)
            lines.append(line)

    def _go_on(
        self,
        further: Further,
        calendar: Calendar,
        held: list[tuple[date, date]],
        lines: list[Line],
    ) -> None:
        """Count the working days of an extension, behind the last day of the limit."""
        day, wanted = lines[-1].date, further.days
        number = max((int(line.number or 0) for line in lines if line.counted), default=0)
        while wanted:
            day += ONE_DAY
            line = self._day(day, held, calendar)
            if line.counted:
                wanted, number = wanted - 1, number + 1
                line = numbered(line, number, reason=FURTHER)
            lines.append(line)
        lines[-1] = replace(lines[-1], kind=LineKind.EXTENDED, reason=EXTENDED)

    def _calendar_days(self, held: list[tuple[date, date]], lines: list[Line]) -> None:
        day, number = lines[-1].date, 0
        wanted = self.limit.value
        if self.limit.unit == Unit.MONTH:
            wanted = (add_months(day, self.limit.value) - day).days
        while number < wanted:
            day += ONE_DAY
            line = self._day(day, held)
            if line.kind != LineKind.PAUSED:
                number += 1
                kind = LineKind.MAKE_UP if line.kind == LineKind.MAKE_UP else LineKind.COUNTED
                line = Line(day, kind, number, COUNTED, {"number": number}, line.row,
                            self._unsure(day))  # fmt: skip
            lines.append(line)

    def _same_day(self, start: datetime, held: list[tuple[date, date]], lines: list[Line]) -> None:
        there = local(start)
        day, is_early = there.date(), there.time() < self.cutoff
        if self.calendar.works_on(day):
            reason = SAME_DAY if is_early else AFTER_CUTOFF
            lines[0] = replace(lines[0], reason=reason, values={"cutoff": f"{self.cutoff:%H:%M}"})
            if is_early:
                return
        else:
            lines[0] = replace(lines[0], reason=ON_A_DAY_OFF)
        day = self._next_working_day(held, lines)
        row = self.calendar.row(day)
        kind = LineKind.MAKE_UP if row else LineKind.COUNTED
        lines.append(Line(day, kind, 1, COUNTED, {"number": 1}, row, self._unsure(day)))

    def _roll(
        self, held: list[tuple[date, date]], lines: list[Line], calendar: Calendar | None = None
    ) -> None:
        day, rolled = lines[-1].date, False
        while not self._can_end(day, held, calendar):
            if rolled:
                lines[-1] = self._day_off(day, held)
            day += ONE_DAY
            rolled = True
            lines.append(Line(day, LineKind.ROLLED, reason=ROLLED, provisional=self._unsure(day)))

    def _can_end(
        self, day: date, held: list[tuple[date, date]], calendar: Calendar | None = None
    ) -> bool:
        return (
            (calendar or self.calendar).works_on(day)
            and self.in_force.works_on(day)
            and not any(begins <= day < ends for begins, ends in held)
        )

    def _day(
        self, day: date, held: list[tuple[date, date]], calendar: Calendar | None = None
    ) -> Line:
        if any(begins <= day < ends for begins, ends in held):
            return Line(day, LineKind.PAUSED, reason=PAUSED, provisional=self._unsure(day))
        return self._plain(day, calendar or self.calendar)

    def _day_off(self, day: date, held: list[tuple[date, date]]) -> Line:
        line = self._day(day, held)
        return self._plain(day, self.in_force) if line.counted else line

    def _plain(self, day: date, calendar: Calendar) -> Line:
        row, unsure = calendar.row(day), self._unsure(day)
        if row is not None:
            return Line(day, KIND_OF[row.kind], reason=row.name_vi, row=row, provisional=unsure)
        if day.weekday() < SATURDAY:
            return Line(day, LineKind.COUNTED, provisional=unsure)
        name = SATURDAYS if day.weekday() == SATURDAY else SUNDAYS
        return Line(day, LineKind.WEEKEND, reason=name, provisional=unsure)

    def _unsure(self, day: date) -> bool:
        return self.calendar.is_provisional(day.year)

    def _hours(self, start: datetime, pauses: list[Pause]) -> Count:
        rest = self.limit.value * AN_HOUR
        used = timedelta()
        day = legal_date(start)
        lines: list[Line] = []
        begins_at: datetime | None = None
        while True:
            taken: list[Stretch] = []
            due: datetime | None = None
            for opens, closes in self._free(day, start, pauses):
                begins_at = begins_at or opens
                spent = min(closes - opens, rest)
                rest -= spent
                used += spent
                taken.append((opens, opens + spent))
                if rest == timedelta():
                    due = opens + spent
                    break
            lines.append(self._hour_line(day, start, taken, used, pauses))
            if due is not None:
                counting_from = begins_at or due
                return self._rolled_hours(start, due, counting_from, lines)
            day += ONE_DAY

    def _free(self, day: date, start: datetime, pauses: list[Pause]) -> Iterator[Stretch]:
        for opens, closes in openings(day, self.calendar, self.hours):
            begins = max(opens, start)
            for pause in pauses:
                if pause.ends_at is None or pause.ends_at <= begins or pause.begins_at >= closes:
                    continue
                at_due = pause.begins_at == begins and not self.limit.value
                if pause.begins_at > begins or at_due:
                    yield begins, pause.begins_at
                begins = pause.ends_at
            if begins < closes:
                yield begins, closes

    def _hour_line(
        self,
        day: date,
        start: datetime,
        taken: list[Stretch],
        used: timedelta,
        pauses: list[Pause],
    ) -> Line:
        intervals = tuple(
            (local(begins).time(), local(ends).time()) for begins, ends in taken if begins < ends
        )
        is_open = self.calendar.works_on(day)
        plain = self._plain(day, self.calendar)
        kind, reason = plain.kind, plain.reason
        if is_open and not intervals:
            paused = any(one.begins_at < midnight_after(day) for one in pauses)
            is_receipt = day == legal_date(start)
            kind = LineKind.RECEIPT if is_receipt or not paused else LineKind.PAUSED
            moment = local(start).time()
            within = any(opens <= moment < closes for opens, closes in self.hours.on(day))
            outside = is_receipt and not within
            reason = OUTSIDE_HOURS if outside else PAUSED if paused else HOURS_USED
        elif is_open:
            reason = HOURS_USED
        return Line(day, kind, as_hours(used), reason, {"hours": as_hours(used)}, plain.row,
                    self._unsure(day), intervals,
                    self.hours.on(day) if is_open else ())  # fmt: skip

    def _rolled_hours(
        self, start: datetime, due: datetime, counting_from: datetime, lines: list[Line]
    ) -> Count:
        rolled, used = False, lines[-1].number
        while not self._can_end(legal_date(due), []):
            if rolled:
                lines[-1] = replace(self._day_off(legal_date(due), []), number=used)
            due += ONE_DAY
            rolled, day = True, legal_date(due)
            lines.append(Line(day, LineKind.ROLLED, used, ROLLED,
                              provisional=self._unsure(day)))  # fmt: skip
        return Count(start, due, self.limit, counting_from, tuple(lines))

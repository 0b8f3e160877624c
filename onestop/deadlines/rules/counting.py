"""Due dates: which is the last day, and why (rules.md 4–6)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from onestop.base.moments import local
from onestop.deadlines.rules.calendars import Calendar, Hours, openings
from onestop.deadlines.rules.limits import Further, LimitLaw, Unit, plain
from onestop.deadlines.rules.lines import Count, Line, LineKind, Start
from onestop.deadlines.rules.moments import as_hours, dates_after, legal_date
from onestop.deadlines.rules.pauses import Pause, before, check_pauses, left_after, union
from onestop.deadlines.rules.supplements import SupplementEffect, SupplementLaw
from onestop.deadlines.rules.work import Work


def count(
    received_at: datetime,
    law: LimitLaw,
    *,
    calendar: Calendar,
    hours: Hours,
    pauses: Iterable[Pause] = (),
    in_force: Calendar | None = None,
    further: tuple[Further, Calendar] | None = None,
) -> Count:
    """Return the due date of a limit, day by day (rules.md 4.2, 6.1, 6.2).

    The day of receipt is not counted, hours are counted from the moment itself (Civil Code 2015
    art. 147); the end is rolled to a working day (art. 148(5)), also while it is off under the
    calendar `in_force`. What lies in a pause is left out; one that `restarts` begins the limit
    anew at its end (Decree 61/2018 art. 19(4)), which was decided when it began
    (`asked_in_time`). While a pause runs the date stays as it was when the pause began. The
    working days of an extension are counted `further` behind the last day of the limit, under the
    calendar of the extension: a pause leaves them as many as they were, and a restart gives them
    again with the limit (Decree 23/2015 art. 21, 33, 37; rules.md 4.3). Raises `Refusal` for a
    pause that begins before receipt or ends before it begins.
    """
    known = tuple(pauses)
    check_pauses(received_at, known)
    work = Work(law, calendar, hours, in_force or calendar, further)
    start, rest, voided = received_at, known, list[Line]()
    for restart in sorted((one for one in known if one.restarts), key=lambda one: one.begins_at):
        if restart.ends_at is None or restart.begins_at < start:
            continue
        voided += work.voided(start, restart.ends_at, rest, is_first=start is received_at)
        rest = left_after(rest, restart.ends_at)
        start = restart.ends_at
    counted = work.run(start, [one for one in union(rest) if one.ends_at is not None])
    return replace(
        counted,
        received_at=received_at,
        days=(*voided, *_as_supplement(counted.days, is_one=bool(voided))),
        pauses=known,
        calendar_version=calendar.version,
    )


def matters(received_at: datetime, law: LimitLaw) -> datetime | tuple[date, bool]:
    """Return all that a count without pauses takes of a moment of receipt.

    The date, and for a limit of the same day, or where the cut-off shifts receipts, whether it was
    early; for hours the moment itself.
    """
    if law.limit.unit == Unit.WORKING_HOUR:
        return received_at
    there = local(received_at)
    is_early = (law.shifts_receipt or law.limit.is_at_once) and there.time() < law.cutoff
    return there.date(), is_early


def supplement_restarts(
    asked_at: datetime,
    received_at: datetime,
    law: SupplementLaw,
    *,
    calendar: Calendar,
    hours: Hours,
) -> bool:
    """Say whether a first request for papers restarts the limit, by the date it was made on.

    By Decree 61/2018 art. 19(4) it does within three working days of receipt; later the clock
    pauses, for an office must not win time by asking late (rules.md 6.1). The `law` of a procedure
    may have it otherwise.
    """
    last = count(received_at, plain(law.time_to_ask), calendar=calendar, hours=hours)
    in_time = legal_date(asked_at) <= legal_date(last.due_at)
    return (law.effect if in_time else law.late_effect) == SupplementEffect.RESTART


def asked_in_time(
    asked_at: datetime,
    received_at: datetime,
    law: LimitLaw,
    supplement: SupplementLaw,
    *,
    calendar: Calendar,
    hours: Hours,
    pauses: Iterable[Pause] = (),
    further: tuple[Further, Calendar] | None = None,
    counts_from: datetime | None = None,
) -> bool:
    """Say whether a supplement asked for at a moment restarts the limit once it is brought.

    It must be asked for as early as the law of a `supplement` has it, and not after the due date as
    it stood then with the `pauses`, and the extension, before it: nothing erases a lateness that
    has already happened (rules.md 6.1, 6.2). The limit may have counted from before the receipt
    (4.3).
    """
    if not supplement_restarts(asked_at, received_at, supplement, calendar=calendar, hours=hours):
        return False
    earlier = [before(one, asked_at) for one in pauses]
    stood = count(
        counts_from or received_at,
        law,
        calendar=calendar,
        hours=hours,
        pauses=[one for one in earlier if one is not None],
        further=further,
    )
    return asked_at < stood.overdue_from


def measure(
    received_at: datetime, due_at: datetime, unit: Unit, calendar: Calendar, hours: Hours
) -> Decimal:
    """Return how many of `unit` lie between receipt and a moment: the inverse of counting.

    Working days and calendar days are whole; working hours exact.
    """
    first, last = legal_date(received_at), legal_date(due_at)
    if unit == Unit.WORKING_DAY:
        return Decimal(calendar.working_days(first, last))
    if unit == Unit.WORKING_HOUR:
        worked = timedelta()
        for day in (first, *dates_after(first, last)):
            for begins, ends in openings(day, calendar, hours):
                worked += max(timedelta(), min(ends, due_at) - max(begins, received_at))
        return as_hours(worked)
    return Decimal((last - first).days)


def _as_supplement(lines: tuple[Line, ...], *, is_one: bool) -> tuple[Line, ...]:
    first, *rest = lines
    if not is_one or first.kind != LineKind.RECEIPT:
        return lines
    anew = Start.SUPPLEMENT
    reason = anew.word if first.reason == Start.RECEIPT.word else first.reason
    return replace(first, reason=reason, start=anew), *rest

"""The product counts like the pencil, whatever the limit, the office, the calendar, the pauses."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onestop.base.moments import local
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Calendar, CalendarDay, DayKind, Hours
from onestop.deadlines.rules.counting import asked_in_time, count
from onestop.deadlines.rules.limits import Further, Limit, LimitLaw, Unit, plain
from onestop.deadlines.rules.lines import Count, LineKind
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.supplements import DECREE_61
from tests.deadlines import oracle

YEARS = frozenset(range(2019, 2040))
SEVEN = ((time(8), time(11, 30)), (time(13, 30), time(17)))
SEVEN_AND_A_HALF = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
MORNING = ((time(7), time(11, 45)),)
dates = st.dates(date(2020, 12, 1), date(2021, 12, 31))
moments = st.builds(
    lambda day, minute: (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    dates,
    st.integers(0, 24 * 60 - 1),
)
kinds = st.dictionaries(dates, st.sampled_from(DayKind), max_size=30)
calendars = st.one_of(
    st.just(packaged_calendar()),
    kinds.map(
        lambda found: Calendar(
            {day: CalendarDay(day, kind, "x", "x") for day, kind in found.items()}, YEARS
        )
    ),
)
schedules = st.sampled_from([SEVEN, SEVEN_AND_A_HALF, MORNING])
offices = st.lists(st.tuples(dates, schedules), max_size=3, unique_by=lambda one: one[0]).map(
    lambda sets: Hours(tuple(sorted(sets)))
)
limits = st.one_of(
    st.builds(Limit, st.integers(0, 40), st.just(Unit.WORKING_DAY)),
    st.builds(Limit, st.integers(1, 60), st.just(Unit.CALENDAR_DAY)),
    st.builds(Limit, st.integers(1, 14), st.just(Unit.MONTH)),
    st.builds(Limit, st.integers(1, 30), st.just(Unit.WORKING_HOUR)),
    st.sampled_from([Limit(0, Unit.SAME_DAY), Limit(0, Unit.IMMEDIATE)]),
)
cutoffs = st.sampled_from([time(15), time(11), time(16, 30)])


@st.composite
def pauses_after(draw: st.DrawFn, begin: datetime, most: int = 4) -> list[Pause]:
    made = []
    for _ in range(draw(st.integers(0, most))):
        begins = begin + timedelta(minutes=draw(st.integers(0, 60 * 24 * 20)))
        made.append(Pause(begins, begins + timedelta(minutes=draw(st.integers(0, 60 * 24 * 9)))))
    return made


@given(st.data(), moments, limits, calendars, offices, cutoffs)
@settings(max_examples=300)
def test_the_date_is_that_of_the_pencil(
    data: st.DataObject,
    received: datetime,
    limit: Limit,
    calendar: Calendar,
    hours: Hours,
    cutoff: time,
) -> None:
    shifts = data.draw(st.booleans())
    pauses = data.draw(pauses_after(received))
    if data.draw(st.booleans()):
        asked = received + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 3)))
        brought = asked + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 20)))
        pauses.append(Pause(asked, brought, restarts=True))
    counted = count(
        received,
        LimitLaw(limit, cutoff, shifts),
        calendar=calendar,
        hours=hours,
        pauses=pauses,
    )
    expected = oracle.due(received, limit, calendar, hours, pauses, cutoff, shifts=shifts)
    assert local(counted.due_at) == expected
    assert counted.days[-1].date == expected.date(), "the date is the last line"
    for earlier, later in pairwise(counted.days):
        assert (later.date - earlier.date).days == 1, "every day has its line"


@given(moments, st.timedeltas(timedelta(), timedelta(days=9)), limits, calendars, cutoffs)
def test_what_comes_later_is_never_due_earlier_where_the_cutoff_shifts_receipts(
    received: datetime, later: timedelta, limit: Limit, calendar: Calendar, cutoff: time
) -> None:
    law = LimitLaw(limit, cutoff, shifts_receipt=True)
    first, second = (
        count(at, law, calendar=calendar, hours=Hours()).due_at
        for at in (received, received + later)
    )
    assert first <= second
    kept = law._replace(shifts_receipt=False)
    usual = count(received, kept, calendar=calendar, hours=Hours())
    assert usual.due_at <= first, "it only ever gives time"


extensible = st.one_of(
    st.builds(Limit, st.integers(0, 9), st.just(Unit.WORKING_DAY)),
    st.sampled_from([Limit(0, Unit.SAME_DAY), Limit(0, Unit.IMMEDIATE)]),
)
extensions = st.builds(Further, st.integers(1, 12), st.sampled_from([time(8), time(10, 30)]))


@given(st.data(), moments, extensible, extensions, calendars, offices)
@settings(max_examples=200)
def test_the_end_of_an_extension_is_that_of_the_pencil(
    data: st.DataObject,
    received: datetime,
    limit: Limit,
    further: Further,
    calendar: Calendar,
    hours: Hours,
) -> None:
    pauses = data.draw(pauses_after(received))
    if data.draw(st.booleans()):
        asked = received + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 3)))
        brought = asked + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 20)))
        pauses.append(Pause(asked, brought, restarts=True))
    counted = _extended(received, limit, further, calendar, hours, pauses)
    expected = oracle.due(received, limit, calendar, hours, pauses, further=further)
    assert local(counted.due_at) == expected
    assert counted.days[-1].date == expected.date(), "the date is the last line"
    assert counted.days[-1].kind in {LineKind.EXTENDED, LineKind.ROLLED}
    for earlier, later in pairwise(counted.days):
        assert (later.date - earlier.date).days == 1, "every day has its line"
    without = count(received, plain(limit), calendar=calendar, hours=hours, pauses=pauses)
    assert counted.due_at > without.due_at, "never an earlier date"
    longer = replace(further, days=further.days + 1)
    more = _extended(received, limit, longer, calendar, hours, pauses)
    assert more.due_at > counted.due_at


@given(st.data(), moments, extensible, extensions, calendars)
@settings(max_examples=150)
def test_more_pause_never_ends_an_extension_earlier(
    data: st.DataObject, received: datetime, limit: Limit, further: Further, calendar: Calendar
) -> None:
    pauses = data.draw(pauses_after(received))
    more = [*pauses, *data.draw(pauses_after(received, most=1))]
    first = _extended(received, limit, further, calendar, Hours(), pauses)
    assert first.due_at <= _extended(received, limit, further, calendar, Hours(), more).due_at


def _extended(
    received: datetime,
    limit: Limit,
    further: Further,
    calendar: Calendar,
    hours: Hours,
    pauses: list[Pause],
) -> Count:
    """Count a limit with its extension, both under one calendar."""
    return count(
        received,
        plain(limit),
        calendar=calendar,
        hours=hours,
        pauses=pauses,
        further=(further, calendar),
    )


@given(st.data(), moments, limits, calendars, offices)
@settings(max_examples=150)
def test_after_a_restart_the_whole_limit_is_counted_from_there(
    data: st.DataObject, received: datetime, limit: Limit, calendar: Calendar, hours: Hours
) -> None:
    asked = received + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 3)))
    brought = asked + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 20)))
    pauses = [*data.draw(pauses_after(received)), Pause(asked, brought, restarts=True)]
    counted = count(received, plain(limit), calendar=calendar, hours=hours, pauses=pauses)
    assert local(counted.due_at) == oracle.due(received, limit, calendar, hours, pauses)
    voided = [line for line in counted.days if line.date < legal_date(brought)]
    assert not [line for line in voided if line.counted], "what was counted before is voided"
    begins = counted.counting_from
    if isinstance(begins, datetime):
        assert begins >= brought
    else:
        assert begins == legal_date(brought) + timedelta(days=1)


@given(st.data(), moments, limits, calendars, offices)
@settings(max_examples=100)
def test_a_restart_is_never_an_earlier_date_than_a_pause(
    data: st.DataObject, received: datetime, limit: Limit, calendar: Calendar, hours: Hours
) -> None:
    assume(limit.unit != Unit.MONTH)  # months are of different lengths
    asked = received + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 5)))
    brought = asked + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 20)))
    in_time = asked_in_time(
        asked, received, plain(limit), DECREE_61, calendar=calendar, hours=hours
    )
    paused = count(
        received, plain(limit), calendar=calendar, hours=hours, pauses=[Pause(asked, brought)]
    )
    if in_time:
        again = count(
            received,
            plain(limit),
            calendar=calendar,
            hours=hours,
            pauses=[Pause(asked, brought, True)],
        )
        assert again.due_at >= paused.due_at


@given(moments, limits, calendars, offices)
@settings(max_examples=100)
def test_the_numbers_of_an_explanation_run_to_the_limit(
    received: datetime, limit: Limit, calendar: Calendar, hours: Hours
) -> None:
    counted = count(received, plain(limit), calendar=calendar, hours=hours)
    numbers = [line.number for line in counted.days if line.counted]
    if limit.unit == Unit.WORKING_HOUR:
        assert numbers == sorted(numbers, key=lambda number: number or 0)
        assert counted.days[-1].number == limit.value
    elif limit.unit in {Unit.WORKING_DAY, Unit.CALENDAR_DAY} and limit.value:
        assert numbers == list(range(1, limit.value + 1))
    assert counted.days[0].date == legal_date(received)
    rolled = [line.kind for line in counted.days if line.kind == LineKind.ROLLED]
    assert len(rolled) <= 1, "only the day it comes to rest on is the rolled one"

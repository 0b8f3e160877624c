"""The calendar and the office hours as the database keeps them."""

from contextlib import suppress
from datetime import UTC, date, datetime, time

import pytest

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.deadlines import actions, queries
from onestop.deadlines.rules.calendars import CalendarDay, DayKind
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, plain
from onestop.deadlines.rules.moments import at_local
from onestop.organisation import queries as organisation

WEDNESDAY, THURSDAY = date(2026, 3, 11), date(2026, 3, 12)


def closing(code: str, day: date) -> time:
    return queries.hours_of(code).closing(day)


def declared_off(day: date, hour: int) -> None:
    at = datetime(2026, 3, 2, hour, tzinfo=UTC)
    row = CalendarDay(day, DayKind.DAY_OFF_IN_LIEU, "Nghỉ hoán đổi", "Swapped day off")
    actions.declare([row], basis="Công văn thử", by=Operator(), at=at)


@pytest.mark.usefixtures("app")
def test_an_agency_keeps_the_hours_of_those_above_until_it_sets_its_own() -> None:
    district, commune = organisation.by_code("H26.91"), organisation.by_code("H26.91.27")
    assert district
    assert commune
    with transaction():
        actions.set_hours(None, date(2019, 1, 1), "07:30-11:30,13:00-16:30")
        actions.set_hours(district.id, date(2021, 1, 1), "08:00-12:00,13:30-17:30")
        actions.set_hours(commune.id, date(2022, 4, 15), "07:00-11:30,13:30-17:00")
        actions.set_hours(commune.id, date(2022, 10, 15), "08:00-12:00,13:00-16:45")
    found = [
        closing("H26.91.27", day)
        for day in (
            date(2018, 6, 1),
            date(2020, 6, 1),
            date(2021, 6, 1),
            date(2022, 6, 1),
            date(2022, 12, 1),
        )
    ]
    assert found == [time(17), time(16, 30), time(17, 30), time(17), time(16, 45)]
    assert closing("H26.91", date(2022, 6, 1)) == time(17, 30)
    assert closing("H26", date(2022, 6, 1)) == time(16, 30)


@pytest.mark.usefixtures("app")
def test_saturday_mornings_are_decided_with_the_hours_and_hold_below() -> None:
    district, commune = organisation.by_code("H26.91"), organisation.by_code("H26.91.27")
    assert district
    assert commune
    with transaction():
        actions.set_hours(district.id, date(2021, 1, 1), "08:00-12:00", saturday_intake=True)
        actions.set_hours(commune.id, date(2022, 1, 1), "08:00-12:00")
    days = (date(2020, 6, 1), date(2021, 6, 1), date(2022, 6, 1))
    open_on = [bool(queries.hours_of("H26.91.27").saturday(day)) for day in days]
    assert open_on == [False, True, False]
    assert queries.hours_of("H26.91.28").saturday(days[2])


@pytest.mark.usefixtures("app")
def test_a_summer_schedule_begins_in_the_middle_of_a_count() -> None:
    with transaction():
        actions.set_hours(None, date(2026, 4, 15), "07:00-11:00,14:00-17:00")
    received = at_local(date(2026, 4, 14), time(9))
    counted = count(
        received,
        plain(Limit.parse("14wh")),
        calendar=queries.calendar(),
        hours=queries.hours_of("H26.91.27"),
    )
    # 7 hours on the 14th, 7 on the 15th by the new clock
    assert local(counted.due_at).isoformat() == "2026-04-15T17:00:00+07:00"


@pytest.mark.usefixtures("app")
def test_a_version_that_was_rolled_back_is_not_remembered() -> None:
    with suppress(InterruptedError), transaction():
        declared_off(WEDNESDAY, 2)
        assert not queries.calendar().works_on(WEDNESDAY)
        raise InterruptedError  # the administrator thinks again
    with transaction():
        declared_off(THURSDAY, 3)
    calendar = queries.calendar()
    assert calendar.version == 2
    assert calendar.works_on(WEDNESDAY)
    assert not calendar.works_on(THURSDAY)


@pytest.mark.usefixtures("app")
def test_an_older_version_keeps_its_days() -> None:
    with transaction():
        declared_off(WEDNESDAY, 2)
    assert queries.calendar(1).works_on(WEDNESDAY)
    assert not queries.calendar(2).works_on(WEDNESDAY)


@pytest.mark.usefixtures("app")
def test_writing_an_estimated_year_keeps_what_was_known_of_it() -> None:
    before = queries.calendar().row(date(2018, 12, 31))
    for _ in range(2):
        with transaction():
            actions.write_year(2018)
            actions.write_year(2031)
        db.session.rollback()
    calendar = queries.calendar()
    assert calendar.row(date(2018, 12, 31)) == before
    assert before
    assert not before.provisional
    assert {2018, 2031} <= calendar.years
    assert calendar.is_provisional(2018)
    assert calendar.is_provisional(2031)
    assert calendar.days[date(2031, 9, 2)].provisional


def test_an_estimated_year_tells_holidays_from_days_in_lieu_and_make_up_days() -> None:
    kinds = {day: row.kind for day, row in queries.estimate(2028).items()}
    assert kinds[date(2028, 4, 30)] == DayKind.PUBLIC_HOLIDAY
    assert kinds[date(2028, 5, 2)] == DayKind.DAY_OFF_IN_LIEU
    assert queries.estimate(2014)[date(2014, 12, 27)].kind == DayKind.MAKE_UP_WORKING_DAY


def test_working_days_of_each_year_are_those_of_the_official_calendar() -> None:
    calendar = queries.packaged_calendar()
    found = {
        year: calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31))
        for year in range(2019, 2028)
    }
    assert found == {
        2019: 252,
        2020: 252,
        2021: 250,
        2022: 249,
        2023: 249,
        2024: 251,
        2025: 250,
        2026: 249,
        2027: 249,
    }


def test_no_day_before_tet_is_called_the_29_that_is_the_28() -> None:
    names = [row.name_vi for row in queries.estimate(2027).values()]
    assert "Giáp Tết Nguyên đán" in names
    assert not any("29" in name or "Nguyên Đán" in name for name in names)

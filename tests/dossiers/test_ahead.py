"""The load of the coming days, around Tết as on any week."""

from datetime import date, timedelta

import pytest

from onestop.deadlines.queries import packaged_calendar
from onestop.dossiers.rules.ahead import WORKING_DAYS, Ahead, ahead, until

CALENDAR = packaged_calendar()
BEFORE_TET = date(2022, 1, 26)
DUE = {
    date(2022, 1, 26): 4,
    date(2022, 1, 27): 7,
    date(2022, 1, 28): 11,
    date(2022, 2, 7): 19,
    date(2022, 2, 8): 6,
    date(2022, 2, 9): 3,
}


def shown(today: date = BEFORE_TET, due: dict[date, int] | None = None) -> Ahead:
    return ahead(DUE if due is None else due, today, CALENDAR)


def test_every_coming_working_day_stands_with_what_is_due_on_it() -> None:
    days = [slot for slot in shown().slots if slot.due is not None]
    assert len(days) == WORKING_DAYS
    assert [slot.due for slot in days][:6] == list(DUE.values())
    assert shown().total == sum(DUE.values())


def test_a_holiday_longer_than_a_weekend_stands_as_one_gap_with_its_name() -> None:
    (gap,) = [slot for slot in shown().slots if slot.due is None]
    assert (gap.first, gap.last) == (date(2022, 1, 29), date(2022, 2, 6))
    assert gap.holiday is not None
    assert "Tết" in gap.holiday.name("vi")


@pytest.mark.parametrize(
    ("due", "heavy", "why"),
    [
        (DUE, date(2022, 2, 7), "nineteen where the others have six"),
        (dict.fromkeys(DUE, 5), None, "all alike"),
        ({BEFORE_TET: 4}, None, "four are no load"),
        ({BEFORE_TET: 5}, BEFORE_TET, "five where nothing else is due"),
        ({}, None, "nothing at all"),
    ],
)
def test_a_day_is_heavy_with_twice_what_the_others_have(
    due: dict[date, int], heavy: date | None, why: str
) -> None:
    found = shown(due=due).heavy
    assert (found and found.first) == heavy, why


def test_a_column_is_as_high_as_its_part_of_the_heaviest() -> None:
    shares = {slot.first: slot.share for slot in shown().slots}
    assert shares[date(2022, 2, 7)] == 100
    assert shares[date(2022, 1, 28)] == 57


@pytest.mark.parametrize("offset", range(0, 370, 9))
def test_the_look_ahead_ends_on_a_working_day_and_holds_eight(offset: int) -> None:
    today = date(2022, 1, 1) + timedelta(offset)
    last = until(today, CALENDAR)
    assert CALENDAR.works_on(last)
    assert CALENDAR.working_days(today - timedelta(1), last) == WORKING_DAYS

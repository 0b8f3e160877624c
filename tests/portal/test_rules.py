from datetime import date

import pytest

from onestop.deadlines.queries import packaged_calendar
from onestop.portal.rules import days_off


@pytest.mark.parametrize(
    ("today", "first", "last", "back_on"),
    [
        (date(2022, 1, 20), date(2022, 1, 29), date(2022, 2, 6), date(2022, 2, 7)),
        (date(2021, 4, 28), date(2021, 4, 30), date(2021, 5, 3), date(2021, 5, 4)),
        (date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 25)),
        (date(2022, 2, 2), date(2022, 1, 29), date(2022, 2, 6), date(2022, 2, 7)),
    ],
)
def test_a_holiday_is_told_with_the_days_off_around_it(
    today: date, first: date, last: date, back_on: date
) -> None:
    found = days_off(packaged_calendar(), today)
    assert found is not None
    assert (found.first, found.last, found.back_on) == (first, last, back_on)


def test_ordinary_weeks_have_nothing_to_tell() -> None:
    assert days_off(packaged_calendar(), date(2021, 6, 1)) is None

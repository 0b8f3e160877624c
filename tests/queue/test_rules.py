from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from onestop.base.errors import Refusal
from onestop.queue.rules import Standing, Waits, counter_name, expected, waits

EIGHT = datetime(2021, 3, 1, 1, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def called(*waited: float) -> list[tuple[datetime, datetime | None, Standing]]:
    return [(EIGHT, EIGHT + minutes(one), Standing.CALLED) for one in waited]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([], Waits(0, 0, 0, None, None, None)),
        ([(EIGHT, None, Standing.WAITING)], Waits(1, 0, 0, None, None, None)),
        (called(0.9), Waits(1, 1, 0, 0, 0, 0)),
        (called(7), Waits(1, 1, 0, 7, 7, 7)),
        (called(1, 2, 3, 4), Waits(4, 4, 0, 2, 4, 4)),
        (called(*range(1, 11)), Waits(10, 10, 0, 5, 9, 10)),
        ([(EIGHT, EIGHT + minutes(5), Standing.ABSENT)], Waits(1, 1, 1, 5, 5, 5)),
    ],
)
def test_what_numbers_say_together(
    numbers: list[tuple[datetime, datetime | None, Standing]], told: Waits
) -> None:
    assert waits(numbers) == told


@given(some.lists(some.integers(0, 600), min_size=1))
def test_half_and_nine_tenths_wait_no_longer_than_is_said(waited: list[int]) -> None:
    told = waits(called(*waited))
    assert told.median is not None
    assert told.most is not None
    assert 2 * sum(1 for one in waited if one <= told.median) >= len(waited)
    assert 10 * sum(1 for one in waited if one <= told.most) >= 9 * len(waited)
    assert told.median <= told.most <= max(waited) == told.longest


def test_an_estimate_needs_three_calls_of_the_last_hour() -> None:
    at = EIGHT + minutes(30)
    assert expected(2, [], at) is None
    assert expected(2, [EIGHT, EIGHT + minutes(10)], at) is None
    assert expected(2, [EIGHT, EIGHT + minutes(10), EIGHT + minutes(20)], at) == 30
    assert expected(0, [EIGHT, EIGHT + minutes(10), EIGHT + minutes(20)], at) == 10
    assert expected(0, [EIGHT, EIGHT + minutes(10), EIGHT + minutes(20)], at + minutes(70)) is None


def test_a_counter_is_named_as_a_screen_can_show_it() -> None:
    assert counter_name("  Quầy   1 ") == "Quầy 1"
    assert [counter_name(bare) for bare in ("2", " 12 ", "B1")] == ["Quầy 2", "Quầy 12", "Quầy B1"]
    assert counter_name("VIP") == "VIP"
    for wrong in ("", "   ", "Q" * 21, "Quầy\u202e1"):
        with pytest.raises(Refusal) as refused:
            counter_name(wrong)
        assert refused.value.field == "counter"

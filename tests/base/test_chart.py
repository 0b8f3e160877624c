from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.chart import Column, bars, stretch

columns = st.integers(1, 2).flatmap(
    lambda parts: st.lists(
        st.builds(
            Column, st.text(max_size=4), st.tuples(*[st.integers(0, 10**6) for _ in range(parts)])
        ),
        max_size=24,
    )
)


def test_the_tallest_column_reaches_the_top_and_the_rest_stand_in_proportion() -> None:
    chart = bars([Column("Th 1", (50,)), Column("Th 2", (200,))])
    low, high = (column.boxes[0] for column in chart.columns)
    assert high.y == 45
    assert low.height * 4 == pytest.approx(high.height, abs=0.3)  # drawn to a tenth


def test_parts_are_stacked_from_the_axis_upwards_with_a_gap() -> None:
    (column,) = bars([Column("Th 1", (30, 70))]).columns
    below, above = column.boxes
    assert (below.css, above.css) == ("bar-1", "bar-2")
    assert below.y - (above.y + above.height) == pytest.approx(1.5)


@given(columns)
def test_every_box_lies_between_top_and_axis_and_inside_the_drawing(given: list[Column]) -> None:
    chart = bars(given)
    for column in chart.columns:
        for box in column.boxes:
            assert box.height >= 0
            assert chart.left <= box.x
            assert box.x + box.width <= chart.width
            assert 44.9 <= box.y <= box.y + box.height <= chart.axis_y + 0.1


@given(columns)
def test_columns_do_not_overlap_and_none_is_lost(given: list[Column]) -> None:
    chart = bars(given)
    assert [column.total for column in chart.columns] == [column.total for column in given]
    for one, other in pairwise(chart.columns):
        assert one.middle < other.middle


@given(columns)
def test_ticks_begin_at_nothing_and_stay_below_the_peak(given: list[Column]) -> None:
    chart = bars(given)
    values = [tick.value for tick in chart.ticks]
    assert values[0] == 0
    assert len(values) <= 6
    assert values[-1] <= max((column.total for column in given), default=0)


def test_the_ticks_of_a_year_are_round_figures() -> None:
    chart = bars([Column("Th 3", (2449, 5755)), Column("Th 8", (977, 2337))])
    assert [tick.value for tick in chart.ticks] == [0, 2000, 4000, 6000, 8000]
    assert chart.lowest is not None
    assert chart.highest is not None
    assert (chart.lowest.label, chart.highest.label) == ("Th 8", "Th 3")


@pytest.mark.parametrize("given", [[], [Column("Th 1", (0, 0))]])
def test_nothing_to_draw_is_said_not_drawn(given: list[Column]) -> None:
    assert bars(given).is_empty


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([Column("a", (-1,))], "less than nothing"),
        ([Column("a", (1,)), Column("b", (1, 2))], "same parts"),
        ([Column("a", (1, 2, 3))], "two fills"),
    ],
)
def test_what_cannot_be_drawn_is_refused(given: list[Column], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        bars(given)


@pytest.mark.parametrize(
    ("percent", "reach", "why"),
    [
        ("99.997", "99.9", "under 100 % never fills the bar"),
        ("100", "100.0", "100 % does"),
        ("0", "0.0", "nothing is nothing"),
        ("26.70", "26.7", "a plain share"),
        ("120", "100.0", "a bar ends where it ends"),
    ],
)
def test_a_small_bar_reaches_as_far_as_its_share(percent: str, reach: str, why: str) -> None:
    assert stretch(Decimal(percent)) == Decimal(reach), why


def test_a_share_of_nothing_has_no_bar() -> None:
    assert stretch(None) == 0

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.tallies.rules import Figures, Period, Rate, Sums, figures, next_month, percent

DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (3636, 4963, "73.26"),
        (52, 4963, "1.05"),
        (18908, 70815, "26.70"),
        (70813, 70815, "99.997"),
        (4903, 4903, "100.00"),
        (0, 7, "0.00"),
        (1, 8, "12.50"),
        (1, 800, "0.13"),
        (999_999, 1_000_000, "99.999"),
        (9_999_999, 10_000_000, "99.999"),
        (1, 100_000_000, "0.001"),
        (1, 1_000_000, "0.001"),
    ],
)
def test_a_share_in_percent(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == Decimal(shown)
    assert f"{percent(part, whole):f}" == shown


def test_nothing_has_no_share() -> None:
    assert percent(0, 0) is None


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_only_the_whole_is_all_and_only_nothing_is_nothing(share: tuple[int, int]) -> None:
    part, whole = share
    shown = percent(part, whole)
    assert shown is not None
    assert (shown == 100) == (part == whole)
    assert (shown == 0) == (part == 0)
    assert abs(Fraction(shown) - Fraction(100 * part, whole)) <= Fraction(1, 100)


@given(DAYS, DAYS)
def test_whole_months_and_edge_days_make_up_a_period_exactly(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    begins, ends = period.whole_months
    days = [day for edge in period.edges for day in _days(edge.first, edge.last)]
    if begins != ends:
        days += _days(begins, ends - timedelta(days=1))
    assert sorted(days) == _days(period.first, period.last)
    assert begins.day == ends.day == 1 or begins == ends


@given(DAYS, st.integers(0, 700))
def test_the_months_of_a_period_are_those_that_it_touches(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    touched = sorted({day.replace(day=1) for day in _days(period.first, period.last)})
    assert list(period.months) == touched


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2021, 2, 1), date(2021, 1, 31), "to"),
        (date(1, 1, 1), date(2021, 1, 31), "from"),
        (date(2021, 1, 1), date(9999, 12, 31), "to"),
    ],
)
def test_what_is_no_period_is_refused_at_its_field(first: date, last: date, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        Period(first, last)
    assert refused.value.field == field


@given(st.lists(st.integers(0, 50), min_size=15, max_size=15), st.integers(0, 50))
def test_what_was_there_and_came_is_what_went_and_is_left(flows: list[int], before: int) -> None:
    found = figures(Sums(received=before), Sums(*flows))
    assert found.carried + found.received == found.resolved + found.open


def test_the_readings_of_level_3_differ_by_what_came_in_at_level_4() -> None:
    found = figures(Sums(), Sums(received=4963, online_3=3584, online_4=52))
    assert found.online_rate_level_3_or_above.percent == Decimal("73.26")
    assert found.online_rate_level_3.percent == Decimal("72.21")
    assert found.online_rate_level_4.percent == Decimal("1.05")
    assert found.online_rate.numerator == 3636


def test_other_reports_count_the_same_dossiers_their_way() -> None:
    before = Sums(received=10, early=4, overdue_begun=2, overdue_ended=1)
    during = Sums(
        received=20, early=9, on_time=3, overdue=2, overdue_begun=3, overdue_ended=2,
        online_2=1, online_3=5, online_4=3, received_3_or_above=12,
    )  # fmt: skip
    found = figures(before, during)
    assert (found.carried, found.resolved, found.open, found.open_overdue) == (6, 14, 12, 2)
    assert found.timely_of_received_rate == Rate(12, 26)
    assert found.within_term_rate == Rate(12 + 10, 26)
    assert found.online_rate_where_offered == Rate(8, 12)
    nothing = figures(Sums(), Sums())
    for name in ("timely_of_received_rate", "within_term_rate", "online_rate_where_offered"):
        assert getattr(nothing, name).percent is None


def test_figures_with_a_part_alone_are_not_nothing() -> None:
    nothing = figures(Sums(), Sums())
    assert isinstance(nothing, Figures)
    assert nothing.is_zero
    assert not figures(Sums(), Sums(refused_at_intake=1)).is_zero
    assert not figures(Sums(received=1), Sums()).is_zero


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2021, 12, 31)) == date(2022, 1, 1)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

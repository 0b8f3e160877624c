from datetime import date

import pytest

from onestop.base.errors import Refusal
from onestop.reporting.rules import FREE, name_of, parts_named, period_of, years_named
from onestop.tallies.rules import Period


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2021-Q1", date(2021, 1, 1), date(2021, 3, 31)),
        ("2021-Q4", date(2021, 10, 1), date(2021, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2021-12", date(2021, 12, 1), date(2021, 12, 31)),
    ],
)
def test_a_period_and_its_name(name: str, first: date, last: date) -> None:
    assert period_of(name) == Period(first, last)
    assert name_of(Period(first, last)) == name


@pytest.mark.parametrize("name", ["", "21", "2021-Q5", "2021-13", "2021-00", "0000", "2021-1", "x"])
def test_what_is_no_name_of_a_period(name: str) -> None:
    with pytest.raises(ValueError, match=r"period|month|year"):
        period_of(name)


def test_a_year_that_no_register_has_is_refused() -> None:
    with pytest.raises(Refusal):
        period_of("0021")


def test_other_days_have_no_name() -> None:
    assert name_of(Period(date(2021, 1, 1), date(2021, 1, 30))) == FREE
    assert name_of(Period(date(2021, 1, 2), date(2021, 12, 31))) == FREE


def test_every_period_offered_can_be_asked_for() -> None:
    named = [*years_named(2019, 2026), *parts_named(2021)]
    assert [one.name for one in named[:2]] == ["2026", "2025"]
    assert len(named) == 8 + 4 + 12
    for one in named:
        assert name_of(period_of(one.name)) == one.name
    assert all(one.word % one.values for one in named if not one.name[5:].isdigit())

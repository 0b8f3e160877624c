"""Dates as a reader of either language writes them."""

from datetime import date, datetime

import pytest

from onestop.base.filters import day_month, full_day, grouped, masked, near_day, plain_day
from onestop.base.moments import VIET_NAM
from tests.base.given import reader

TET = date(2022, 2, 7)
MORNING = datetime(2022, 1, 26, 9, 41, tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("language", "plain", "full", "short"),
    [
        ("vi", "07/02/2022", "thứ Hai, 07/02/2022", "07/02"),
        ("en", "7 Feb 2022", ", 7\u00a0February\u00a02022", "7 Feb"),
    ],
)
def test_a_date_is_written_as_its_reader_writes_it(
    language: str, plain: str, full: str, short: str
) -> None:
    with reader(language):
        assert plain_day(TET) == plain
        assert full_day(TET).endswith(full)
        assert day_month(TET) == short


@pytest.mark.parametrize(
    ("moment", "shown", "why"),
    [
        (MORNING.replace(hour=17, minute=0), "hôm nay 17:00", "today says the hour"),
        (datetime(2022, 2, 7, 17, tzinfo=VIET_NAM), "T2 07/02", "this year says the weekday"),
        (datetime(2021, 12, 31, 17, tzinfo=VIET_NAM), "31/12/2021", "another year says the year"),
        (datetime(2022, 1, 26, 23, 59, tzinfo=VIET_NAM), "hôm nay 23:59", "by the local date"),
    ],
)
def test_a_list_says_a_date_as_briefly_as_it_can(moment: datetime, shown: str, why: str) -> None:
    with reader():
        assert near_day(moment, MORNING.date()) == shown, why


@pytest.mark.parametrize(
    ("digits", "read", "hidden"),
    [
        ("999186004417", "9991 8600 4417", "••••••••4417"),
        ("0600417285", "0600 417 285", "••••••7285"),
        ("012345678", "012 345 678", "•••••5678"),
        (None, "", "…"),
    ],
)
def test_a_number_is_read_in_groups_and_leaves_the_house_hidden(
    digits: str | None, read: str, hidden: str
) -> None:
    assert grouped(digits) == read
    assert masked(digits) == hidden

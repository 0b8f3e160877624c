"""What asking for papers does to a limit, by the law of a procedure (rules.md 6.1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Hours
from onestop.deadlines.rules.counting import supplement_restarts
from onestop.deadlines.rules.supplements import (
    DECREE_61,
    Bringing,
    SupplementEffect,
    SupplementLaw,
    bringing,
    check_supplement,
)

RESTART, PAUSE = SupplementEffect.RESTART, SupplementEffect.PAUSE
MONDAY = datetime(2021, 3, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def restarts(law: SupplementLaw, days: int) -> bool:
    return supplement_restarts(
        MONDAY + days * DAY, MONDAY, law, calendar=packaged_calendar(), hours=Hours()
    )


@pytest.mark.parametrize(
    ("law", "last", "early", "late"),
    [
        (DECREE_61, 3, True, False),
        (replace(DECREE_61, late_effect=RESTART), 3, True, True),
        (replace(DECREE_61, effect=PAUSE), 3, False, False),
        (replace(DECREE_61, within=1), 1, True, False),
        (replace(DECREE_61, within=5), 7, True, False),  # over Saturday and Sunday
    ],
)
def test_a_request_has_the_effect_that_the_law_gives_it_by_its_day(
    law: SupplementLaw, last: int, *, early: bool, late: bool
) -> None:
    assert [restarts(law, day) for day in (0, last)] == [early, early]
    assert restarts(law, last + 1) == late


LAWS = st.builds(
    SupplementLaw,
    st.sampled_from(SupplementEffect),
    st.sampled_from(SupplementEffect),
    st.integers(-1, 30),
    st.integers(-1, 5000),
)


@given(law=LAWS, day=st.integers(0, 40), later=st.integers(0, 40))
def test_no_law_that_is_taken_rewards_an_office_for_asking_later(
    law: SupplementLaw, day: int, later: int
) -> None:
    try:
        check_supplement(law)
    except Refusal:
        return
    assert restarts(law, day) or not restarts(law, day + later)


@pytest.mark.parametrize(
    ("law", "field"),
    [
        (replace(DECREE_61, effect=PAUSE, late_effect=RESTART), "late_supplement_effect"),
        (replace(DECREE_61, within=0), "supplement_request_within"),
        (replace(DECREE_61, within=3651), "supplement_request_within"),
        (replace(DECREE_61, wait=0), "supplement_wait"),
        (replace(DECREE_61, wait=3651), "supplement_wait"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused(law: SupplementLaw, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_supplement(law)
    assert refused.value.field == field


@pytest.mark.parametrize("law", [DECREE_61, SupplementLaw(RESTART, RESTART, 1, 3650)])
def test_a_law_that_makes_sense_is_taken(law: SupplementLaw) -> None:
    check_supplement(law)


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (30, Bringing.OPEN),
        (6, Bringing.OPEN),
        (5, Bringing.SOON),
        (0, Bringing.SOON),
        (-1, Bringing.OVER),
    ],
)
def test_the_end_of_the_applicants_time_is_near_five_days_before(
    left: int, found: Bringing
) -> None:
    until = date(2021, 4, 1)
    assert bringing(until, until - left * DAY) == found

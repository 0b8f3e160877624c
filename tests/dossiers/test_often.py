"""What a desk receives most often stands first, before and while a clerk looks for a procedure."""

import re
from datetime import timedelta

import pytest

from onestop.base.clock import now
from onestop.deadlines.rules.moments import legal_date
from onestop.tallies import queries as tallies
from tests.client import PolicingClient
from tests.conftest import Budget
from tests.dossiers.given import (
    COMMUNE_CLERK,
    FIVE_DAYS,
    MARITAL_STATUS,
    MARRIAGE,
    NEIGHBOUR,
    received,
    staff,
    submitted,
)

LONG_AGO = timedelta(days=120)


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(COMMUNE_CLERK)
    return client


def offered(page: str) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', page)


def found(page: str) -> list[str]:
    return re.findall(r'data-value="([^"]+)"', page)


def test_the_most_frequent_of_this_desk_stand_first_before_a_letter_is_typed(
    clerk: PolicingClient,
) -> None:
    assert offered(clerk.get("/receive").text) == []
    for code, times in ((FIVE_DAYS, 2), (MARITAL_STATUS, 3)):
        for _ in range(times):
            received(at=now(), procedure_code=code)
    received(at=now() - LONG_AGO, procedure_code=MARRIAGE)
    received(at=now(), by=NEIGHBOUR, procedure_code=MARRIAGE)
    submitted(at=now(), procedure_code=MARRIAGE)
    page = clerk.get("/receive").text
    assert offered(page) == [MARITAL_STATUS, FIVE_DAYS]
    assert 'data-key="alt+1"' in page
    chosen = clerk.post("/receive/choice", data={"pick": FIVE_DAYS}).text
    assert f'name="procedure" value="{FIVE_DAYS}"' in chosen


def test_use_decides_between_names_that_fit_alike_and_no_further(clerk: PolicingClient) -> None:
    before = found(clerk.get("/receive/procedures?q=khai+sinh").text)
    assert before[0] != FIVE_DAYS
    for _ in range(2):
        received(at=now(), procedure_code=FIVE_DAYS)
        received(at=now(), procedure_code=MARITAL_STATUS)
    after = found(clerk.get("/receive/procedures?q=khai+sinh").text)
    assert after[0] == FIVE_DAYS
    assert MARITAL_STATUS not in after


@pytest.mark.usefixtures("app")
def test_recent_use_is_one_read(budget: Budget) -> None:
    received(at=now())
    desk_id = staff(COMMUNE_CLERK).agency_id
    with budget(1):
        assert list(tallies.received_lately(desk_id, legal_date(now())).values()) == [1]

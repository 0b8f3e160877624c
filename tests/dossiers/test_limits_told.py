"""The limits of a dossier, the one that is counted first, wherever they are told."""

from datetime import date

import pytest

from onestop.base.clock import now
from onestop.deadlines.rules.limits import PUBLISHED, STATUTORY, Limit, others
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import COMMUNE_CLERK, DAY, MARITAL_STATUS, MONDAY, received
from tests.site import CLOCK, Clock

BOTH = "3 ngày làm việc (luật định: 5 ngày làm việc)"
THREE, FIVE = Limit.parse("3wd"), Limit.parse("5wd")


@pytest.fixture
def clerk(client: PolicingClient, monkeypatch: pytest.MonkeyPatch) -> PolicingClient:
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 24 * DAY))
    client.sign_in(COMMUNE_CLERK)
    return client


@pytest.mark.parametrize(
    ("published", "statutory", "told"),
    [
        (None, None, ()),
        (None, FIVE, ((STATUTORY, FIVE),)),
        (THREE, None, ((PUBLISHED, THREE),)),
        (THREE, FIVE, ((PUBLISHED, THREE), (STATUTORY, FIVE))),
        (THREE, THREE, ((PUBLISHED, THREE),)),
        (None, Limit.parse("2wd"), ()),
    ],
)
def test_beside_a_limit_those_are_told_that_differ(
    published: Limit | None, statutory: Limit | None, told: tuple[tuple[str, Limit], ...]
) -> None:
    assert others(Limit.parse("2wd"), published=published, statutory=statutory) == told


def test_the_limit_of_the_law_stands_beside_a_shorter_one(clerk: PolicingClient) -> None:
    dossier = received(at=now(), procedure_code=MARITAL_STATUS)
    pages = [
        f"/procedures/{MARITAL_STATUS}",
        f"/receive?procedure={MARITAL_STATUS}",
        f"/dossiers/{dossier.code}",
    ]
    for page in pages:
        assert "luật định" not in clerk.get(page).text, page
    for limit, is_told in (("3wd", False), ("5wd", True)):
        day = date(2021, 1, 4) if limit == "3wd" else date(2021, 1, 5)
        catalogue.changed(MARITAL_STATUS, day, limit_statutory=Limit.parse(limit))
        for page in pages:
            assert (BOTH in clerk.get(page).text) == is_told, page
    status = clerk.post("/status", data={"code": dossier.code, "second": "3456"}).text
    assert BOTH in status

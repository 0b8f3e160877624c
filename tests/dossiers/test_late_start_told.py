"""Where the limit of an online submission counts from is told before and after its acceptance."""

import re
from datetime import date, datetime, time
from typing import Final

import pytest

from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import OnlineStart
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining
from onestop.dossiers.rules.closures import Closure
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.commands import onestop
from tests.dossiers.given import COMMUNE_CLERK, DAY, MARITAL_STATUS, MONDAY, done, staff, submitted
from tests.site import CLOCK, Clock

SAID: Final = "Thời hạn tính từ khi hết 8 giờ kiểm tra hồ sơ trực tuyến"


@pytest.fixture
def clerk(client: PolicingClient, monkeypatch: pytest.MonkeyPatch) -> PolicingClient:
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 24 * DAY))
    catalogue.changed(
        MARITAL_STATUS, date(2021, 1, 4), online_clock_start=OnlineStart.INTAKE_DEADLINE
    )
    client.sign_in(COMMUNE_CLERK)
    return client


def accepted(dossier: Dossier, at: datetime) -> Dossier:
    return done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset())


def promised(page: str) -> str:
    """Return the date that a page promises."""
    found = re.search(r'class="promise-date mb-2"><b>(.*?)</b>', page)
    assert found
    return found[1]


def test_the_page_of_the_check_promises_the_date_that_comes_true(clerk: PolicingClient) -> None:
    early, late = submitted(at=now()), submitted(at=now() - 9 * DAY)
    assert SAID not in clerk.get(f"/dossiers/{early.code}/accept").text
    page = clerk.get(f"/dossiers/{late.code}/accept").text
    assert SAID in page
    assert accepted(late, now()).counts_from == late.intake_due_at
    assert promised(clerk.get(f"/dossiers/{late.code}").text) == promised(page)


def test_the_page_of_the_check_leaves_out_the_days_on_which_the_office_was_closed(
    clerk: PolicingClient,
) -> None:
    late, today = submitted(at=now() - 24 * DAY), legal_date(now())
    begins_at, ends_at = (at_local(today - days * DAY, time()) for days in (20, 0))
    ids = frozenset({staff(COMMUNE_CLERK).agency_id})
    with transaction():
        closing.close(Closure("QĐ 1", ids, begins_at, ends_at), by=Operator(), at=now())
    foretold = promised(clerk.get(f"/dossiers/{late.code}/accept").text)
    found = accepted(late, now())
    assert found.counts_from == late.intake_due_at
    assert found.overdue_from
    assert found.overdue_from > ends_at
    assert promised(clerk.get(f"/dossiers/{late.code}").text) == foretold


def test_pages_papers_and_commands_tell_where_the_count_begins(clerk: PolicingClient) -> None:
    early, late = submitted(at=now()), submitted(at=now() - 9 * DAY)
    for one, times in ((early, 0), (late, 1)):
        found = accepted(one, now())
        assert clerk.get(f"/dossiers/{one.code}").text.count(SAID) == times
        paper = " ".join(clerk.get(f"/dossiers/{one.code}/receipt").text.split())
        assert paper.count("tính từ khi hết 8 giờ kiểm tra hồ sơ trực tuyến") == times
        status = clerk.post("/status", data={"code": one.code, "second": "3456"}).text
        assert status.count(SAID) == times
        explained = explaining.explained(found, now())
        assert explained
        first = "Ngày hết 8 giờ kiểm tra hồ sơ trực tuyến, không đếm."
        assert (explained.lines[0].reason == first) == bool(times)
        shown = onestop(clerk.application, "dossiers", "show", one.code).output
        assert (SAID in " ".join(shown.split())) == bool(times)


def test_the_catalogue_tells_whoever_submits(clerk: PolicingClient) -> None:
    assert "chậm nhất từ khi hết 8 giờ đó" in clerk.get(f"/procedures/{MARITAL_STATUS}").text
    assert "chậm nhất từ khi hết 8 giờ đó" not in clerk.get("/procedures/C-HT-13").text

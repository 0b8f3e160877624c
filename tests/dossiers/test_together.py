"""One more of the same, and several procedures for one applicant in one go."""

import re

import pytest

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.notes import Look
from onestop.dossiers.actions import intake
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.rules.identity import MOST_TOGETHER
from onestop.dossiers.rules.papers import copies_of
from onestop.reporting.queries import counters
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    FIVE_DAYS,
    LAND,
    MARITAL_STATUS,
    MARRIAGE,
    MONDAY,
    NEIGHBOUR,
    desk,
    handed_in,
    received,
    staff,
)
from tests.dossiers.test_views import FILLED_IN

TWO = {
    **FILLED_IN,
    "also-0-procedure": FIVE_DAYS,
    "also-0-papers": ["0"],
    "papers": ["1"],
}


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(COMMUNE_CLERK)
    return client


def brought() -> dict[str, list[bool]]:
    """Return the papers that were brought, by the number that ends a dossier's code."""
    db.session.expire_all()
    found = db.session.query(Dossier).order_by(Dossier.code)
    return {one.code[-4:]: [paper["brought"] for paper in one.papers] for one in found}


@pytest.mark.on_both_databases
def test_papers_are_counted_for_each_procedure_by_itself(clerk: PolicingClient) -> None:
    asked = {**TWO, "also-0-originals": ["2", "1"], "also-0-copies": ["0", "0"], "also-0-sets": "3"}
    clerk.post("/receive", data={**asked, "originals": ["", "0"], "copies": ["", " 3 "]})
    first, second = db.session.query(Dossier).order_by(Dossier.code)
    assert copies_of(first.papers[0]) == (2, 0)
    assert (first.sets, second.sets) == (3, 1)
    assert (copies_of(second.papers[0]), copies_of(second.papers[1])) == (None, (0, 3))


@pytest.mark.parametrize("typed", ["-1", "100", "hai", "1.5", "٣"])
def test_what_is_no_number_of_copies_is_said_and_kept(clerk: PolicingClient, typed: str) -> None:
    answer = clerk.post(
        "/receive", data={**TWO, "also-0-originals": [typed], "also-0-copies": ["1"]}
    )
    assert answer.status_code == 422
    assert "từ 0 đến 99" in answer.text
    assert f'name="also-0-originals" value="{typed}"' in answer.text
    assert db.session.query(Dossier).count() == 0


def test_two_procedures_are_two_dossiers_with_a_receipt_each(clerk: PolicingClient) -> None:
    saved = clerk.post("/receive", data=TWO)
    assert saved.status_code == 302
    codes = re.findall(r"code=([^&]+)", saved.location)
    assert [code[-4:] for code in codes] == ["0001", "0002"]
    assert brought()["0001"][:2] == [True, False]
    assert brought()["0002"][:2] == [False, True]
    page = clerk.get(saved.location).text
    assert page.count('class="sheet paper"') == 2
    assert page.count('data-print="now"') == 1
    assert all(f"/dossiers/{code}/qr.svg" in page for code in codes)
    assert counters.differences() == []


def test_sent_twice_they_have_the_first_receipts(clerk: PolicingClient) -> None:
    saved = clerk.post("/receive", data=TWO)
    assert clerk.post("/receive", data=TWO).location == saved.location
    assert db.session.query(Dossier).count() == 2
    assert db.session.query(Entry).count() == 2


@pytest.mark.on_both_databases
def test_what_is_refused_is_told_at_its_procedure_and_none_is_saved(clerk: PolicingClient) -> None:
    before = received(at=now(), procedure_code=FIVE_DAYS)
    refused = clerk.post("/receive", data=TWO)
    assert refused.status_code == 422
    assert '<a href="#also-0-although">' in refused.text
    assert '<a href="#although">' not in refused.text
    assert db.session.query(Dossier).count() == 1
    elsewhere = clerk.post("/receive", data={**TWO, "also-0-procedure": LAND, "key": "another"})
    assert elsewhere.status_code == 422
    assert '<a href="#also-0-procedure">' in elsewhere.text
    assert db.session.query(Dossier).count() == 1
    decided = {**TWO, "heeded": before.code, "also-0-although": "Cần thêm một bản"}
    assert clerk.post("/receive", data=decided).status_code == 302
    (line,) = db.session.query(Entry).filter(Entry.reason.is_not(None))
    assert line.details["beside"] == [before.code]


@pytest.mark.usefixtures("app")
def test_each_that_is_refused_is_told_by_its_place() -> None:
    clerk = staff(COMMUNE_CLERK)
    made = [handed_in(procedure_code=code) for code in (LAND, FIVE_DAYS, "none")]
    with pytest.raises(Refusal) as refused, transaction():
        intake.receive_together(made, desk=desk(clerk), by=clerk, at=MONDAY)
    assert isinstance(refused.value, intake.TogetherRefused)
    assert list(refused.value.each) == [0, 2]
    assert db.session.query(Dossier).count() == 0


def test_a_procedure_is_put_aside_dropped_and_taken_up_again(clerk: PolicingClient) -> None:
    added = clerk.post("/receive/choice", data={**FILLED_IN, "act": "add"}).text
    assert f'name="also-0-procedure" value="{MARITAL_STATUS}"' in added
    assert len(re.findall(r'name="also-0-papers"[^>]* checked', added)) == 2
    assert 'name="q"' in added
    alone = {**TWO, "procedure": "", "papers": []}
    chosen = clerk.post("/receive/choice", data={**alone, "q": MARRIAGE}).text
    assert f'name="procedure" value="{MARRIAGE}"' in chosen
    twice = clerk.post("/receive/choice", data={**alone, "q": FIVE_DAYS}).text
    assert "đã có ở trên" in twice
    assert 'name="procedure"' not in twice
    dropped = clerk.post("/receive/choice", data={**TWO, "drop": "also-0"}).text
    assert "also-0" not in dropped
    assert f'name="procedure" value="{MARITAL_STATUS}"' in dropped
    saved = clerk.post("/receive", data=alone)
    assert "/receipt" in saved.location
    assert brought()["0001"][:2] == [True, False]


def test_without_a_script_the_same_buttons_do_the_same(clerk: PolicingClient) -> None:
    added = clerk.post("/receive", data={**FILLED_IN, "act": "add"})
    assert added.status_code == 200
    assert f'name="also-0-procedure" value="{MARITAL_STATUS}"' in added.text
    dropped = clerk.post("/receive", data={**TWO, "drop": "also-0"}).text
    assert "also-0" not in dropped
    assert db.session.query(Dossier).count() == 0


def test_nobody_takes_in_more_in_one_go_than_a_page_can_hold(clerk: PolicingClient) -> None:
    many = {f"also-{place}-procedure": FIVE_DAYS for place in range(MOST_TOGETHER + 5)}
    page = clerk.post("/receive/choice", data={**FILLED_IN, **many, "act": "add"}).text
    assert page.count('-procedure" value=') == MOST_TOGETHER - 1
    assert 'value="add"' not in clerk.post("/receive/choice", data={**many, "q": MARRIAGE}).text
    assert clerk.get("/receipts").status_code == 404
    assert clerk.get("/receipts?code=H26.91-210301-9999").status_code == 404


def test_a_refusal_at_the_counter_is_for_one_procedure(clerk: PolicingClient) -> None:
    refused = clerk.post("/receive", data={**TWO, "act": "decline", "reason": "Thiếu"})
    assert refused.status_code == 422
    assert "riêng cho một thủ tục" in refused.text
    assert db.session.query(Dossier).count() == 0


@pytest.mark.on_both_databases
def test_one_more_for_the_same_applicant_names_no_person_in_the_address(
    clerk: PolicingClient,
) -> None:
    first = received(at=now())
    receipt = clerk.get(f"/dossiers/{first.code}/receipt").text
    assert f'href="/receive?applicant={first.code}" data-key="c"' in receipt
    assert f'href="/receive?procedure={MARITAL_STATUS}" data-key="t"' in receipt
    assert f'href="/receive?applicant={first.code}"' in clerk.get(f"/dossiers/{first.code}").text
    looks = db.session.query(Look).filter_by(dossier_id=first.id).count()
    page = clerk.get(f"/receive?applicant={first.code}").text
    for known in (APPLICANT.name, APPLICANT.id_number, APPLICANT.phone, APPLICANT.address):
        assert f'value="{known}"' in page
    assert f"Đã điền từ hồ sơ {first.code}" in page
    assert db.session.query(Look).filter_by(dossier_id=first.id).count() == looks + 1


def test_nobody_is_filled_in_from_a_dossier_out_of_reach(client: PolicingClient) -> None:
    first = received()
    client.sign_in(NEIGHBOUR)
    assert client.get(f"/receive?applicant={first.code}").status_code == 404
    assert client.get("/receive?applicant=H26.91-210301-9999").status_code == 404

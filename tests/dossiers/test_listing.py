"""A paper that was ticked is that paper still, whatever the catalogue has become meanwhile."""

import re
from datetime import date
from typing import Any

import pytest

from onestop.base.clock import now
from onestop.base.database import db
from onestop.catalogue.rules.papers import Paper
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.papers import Relisted, relisted
from tests.catalogue.given import changed
from tests.client import PolicingClient
from tests.dossiers.given import COMMUNE_CLERK, MARITAL_STATUS, submitted
from tests.dossiers.test_views import FILLED_IN
from tests.portal.test_views import SUBMISSION

OLD = ["Tờ khai", "Giấy chứng tử", "Giấy tờ tùy thân (xuất trình)"]
NEW = ["Giấy mới", "Tờ khai", "Giấy tờ tùy thân (xuất trình)"]
NOT_THERE = "Giấy chứng tử"
SAID = "Danh mục giấy tờ vừa thay đổi"


def has(*names: str, since: date) -> None:
    changed(MARITAL_STATUS, since, papers=[{"name": one} for one in names])


@pytest.fixture
def renewed(client: PolicingClient) -> PolicingClient:
    """Return the client of a clerk whose catalogue has changed today."""
    has(*NEW, since=now().date())
    client.sign_in(COMMUNE_CLERK)
    return client


def brought() -> dict[str, bool]:
    db.session.expire_all()
    (dossier,) = db.session.query(Dossier).all()
    return {one["name"]: one["brought"] for one in dossier.papers}


def ticked(page: str, name: str = "papers") -> list[str]:
    return re.findall(rf'name="{name}" id="[^"]*" value="(\d)"[^>]* checked', page)


def test_what_was_set_follows_its_paper() -> None:
    papers = [Paper(one) for one in NEW]
    assert relisted(papers, OLD, ["0", "1"], ["3", "1", ""], ["0", "2", ""]) == Relisted(
        ["1"], ["1", "3", ""], ["0", "0", ""], [NOT_THERE]
    )
    assert relisted(papers, NEW, ["0"], [], []) is None
    assert relisted(papers, [], ["0"], [], []) is None, "whoever says nothing saw what stands here"
    wild = relisted(papers, OLD, ["7", "x", "-1"], [], [])
    assert wild == Relisted([], [], [], []), "what no page sent ticks nothing"


ROWS = {"originals": ["3", "1", "0"], "copies": ["0", "2", "0"]}


@pytest.mark.parametrize("act", ["receive", "send_back", "decline"])
def test_a_form_that_was_open_shows_its_papers_anew(renewed: PolicingClient, act: str) -> None:
    said = {**FILLED_IN, **ROWS, "listed": OLD, "note": "ghi chú", "reason": "thiếu", "act": act}
    answer = renewed.post("/receive", data=said)
    assert (answer.status_code, ticked(answer.text)) == (422, ["1"])
    assert f"{SAID}: những giấy đã đánh dấu" in answer.text
    assert f"Không còn trong danh mục: {NOT_THERE}." in answer.text
    assert f'<a href="#listed">{SAID}' in answer.text, "the field it names is told in its own words"
    assert 'name="originals" value="3"' in answer.text
    assert 'value="ghi chú"' in answer.text
    assert db.session.query(Dossier).count() == 0


def test_seen_once_it_is_saved(renewed: PolicingClient) -> None:
    said = {**FILLED_IN, "listed": NEW, "papers": ["1"]}
    assert renewed.post("/receive", data=said).status_code == 302
    assert brought() == {"Giấy mới": False, "Tờ khai": True, NEW[2]: False}


def test_a_draft_comes_back_with_what_was_ticked(renewed: PolicingClient) -> None:
    said = {**FILLED_IN, "listed": OLD, "act": "restore"}
    page = renewed.post("/receive/choice", data=said).text
    assert (ticked(page), SAID in page) == (["1"], True)
    assert re.findall('name="listed" value="([^"]*)"', page) == NEW


def test_so_does_a_procedure_that_was_put_aside(renewed: PolicingClient) -> None:
    aside = {"also-0-procedure": MARITAL_STATUS, "also-0-papers": ["0"], "also-0-listed": OLD}
    said = {**FILLED_IN, **aside, "procedure": "C-HT-13"}
    answer = renewed.post("/receive", data=said)
    assert (answer.status_code, ticked(answer.text, "also-0-papers")) == (422, ["1"])
    assert SAID in answer.text
    assert ticked(answer.text) == ["0", "1"], "the other is as it was"


def test_a_citizen_sees_the_papers_anew_too(client: PolicingClient) -> None:
    has(*NEW, since=now().date())
    said: dict[str, Any] = {**SUBMISSION, "listed": OLD, "papers": ["0"]}
    answer = client.post("/submit/C-HT-12", data=said)
    assert (answer.status_code, ticked(answer.text), SAID in answer.text) == (422, ["1"], True)
    assert str(SUBMISSION["name"]) in answer.text
    again = client.post("/submit/C-HT-12", data={**said, "listed": NEW, "papers": ["1"]})
    assert again.status_code == 302
    assert brought()["Tờ khai"]


@pytest.mark.parametrize("act", ["accept", "ask_for_completion"])
def test_whoever_checks_a_submission_ticks_what_he_saw(client: PolicingClient, act: str) -> None:
    has(*OLD, since=date(2021, 2, 1))
    dossier = submitted()
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}/accept").text
    seen = re.findall('name="listed" value="([^"]*)"', page)
    assert seen == OLD
    has(*NEW, since=now().date())
    said = {"version": str(dossier.version), "listed": seen, "papers": ["0"], "act": act}
    answer = client.post(f"/dossiers/{dossier.code}/accept", data=said)
    assert (answer.status_code, ticked(answer.text), SAID in answer.text) == (422, ["1"], True)
    again = {**said, "listed": NEW, "papers": ["1"], "act": "accept"}
    assert client.post(f"/dossiers/{dossier.code}/accept", data=again).status_code == 302
    assert brought()["Tờ khai"]

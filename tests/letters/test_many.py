"""The papers of many dossiers in one print, each noted where it belongs."""

import io
import re

import pytest
from pypdf import PdfReader

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.told import refused
from onestop.dossiers.actions.many import MOST_PRINTED
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.rules.states import Verb
from onestop.letters import actions
from onestop.letters.models import Letter
from onestop.letters.rules import Paper
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.letters.given import STATUS


def issue(codes: list[str], paper: Paper | None = Paper.RECEIPT) -> actions.Issued:
    with transaction():
        clerk = staff(COMMUNE_CLERK)
        return actions.issue_many(codes, paper, status_address=STATUS, by=clerk, at=MONDAY + DAY)


def prints_of(dossier: Dossier) -> list[Verb]:
    db.session.expire_all()
    printed = (Verb.ISSUE_PAPER, Verb.PRINT_AGAIN)
    lines = db.session.query(Entry).filter_by(dossier_id=dossier.id).order_by(Entry.seq)
    return [line.verb for line in lines if line.verb in printed]


@pytest.mark.usefixtures("app")
def test_one_that_has_no_such_paper_stops_no_other() -> None:
    first, last = received(), received(procedure_code=FIVE_DAYS)
    bare, elsewhere = submitted(), received(by=NEIGHBOUR)
    told = issue([first.code, bare.code, elsewhere.code, "x", last.code, first.code])
    assert [code for code, _seq in told.lines] == [first.code, last.code]
    assert [one.code for one in told.left] == [bare.code, elsewhere.code, "x"]
    assert prints_of(first) == prints_of(last) == [Verb.ISSUE_PAPER]
    assert prints_of(bare) == prints_of(elsewhere) == []
    numbers = [one.number for one in db.session.query(Letter).order_by(Letter.number)]
    assert numbers == [1, 2], "the counter that was held gives out no number of its own"
    issue([first.code])
    assert prints_of(first) == [Verb.ISSUE_PAPER, Verb.PRINT_AGAIN]


@pytest.mark.usefixtures("app")
def test_the_newest_paper_is_that_of_the_last_act_that_causes_one() -> None:
    asked = done(in_progress(), "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    plain = received()
    issue([asked.code, plain.code], None)
    papers = {one.dossier_id: one.paper for one in db.session.query(Letter)}
    assert papers == {asked.id: Paper.SUPPLEMENT_REQUEST, plain.id: Paper.RECEIPT}


@pytest.mark.usefixtures("app")
def test_a_kind_of_paper_is_printed_of_those_that_have_it() -> None:
    asked = done(in_progress(), "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    done(asked, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY, reason="Rút")
    done(asked, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY)
    plain = received()
    told = issue([asked.code, plain.code], Paper.SUPPLEMENT_REQUEST)
    assert [one.paper for one in db.session.query(Letter)] == [Paper.SUPPLEMENT_REQUEST]
    assert [(one.code, refused(one.refusal)) for one in told.left] == [
        (plain.code, "Hồ sơ này chưa có phiếu “Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ”.")
    ]


@pytest.mark.parametrize("amount", [0, MOST_PRINTED + 1])
@pytest.mark.usefixtures("app")
def test_neither_nothing_nor_too_much_is_printed(amount: int) -> None:
    with pytest.raises(Refusal):
        issue([str(number) for number in range(amount)])


def test_a_clerk_is_asked_and_gets_one_file_with_a_paper_of_each(client: PolicingClient) -> None:
    first, second, bare = received(), received(procedure_code=FIVE_DAYS), submitted()
    client.sign_in(COMMUNE_CLERK)
    codes = [first.code, second.code, bare.code]
    asked = client.post("/desk/print?view=mine", data={"code": codes}).text
    assert "In phiếu của 3 hồ sơ?" in asked
    assert re.findall(r'name="paper" id="[^"]*" value="([^"]*)"', asked)[:3] == [
        "", "receipt", "authorisation"]  # fmt: skip
    assert prints_of(first) == []
    said = {"code": codes, "paper": "receipt", "sheet": "a4", "back": "/desk?view=mine"}
    told = client.post("/desk/papers", data=said).text
    assert "Đã ghi 2 phiếu." in told
    assert re.search(rf"{bare.code}</a><br>.*</td><td [^>]*>Hồ sơ này chưa có phiếu", told)
    assert 'href="/desk?view=mine"' in told
    lines = re.findall(r'name="line" value="([^"]+)"', told)
    print_ = client.post("/desk/papers.pdf", data={"line": lines, "sheet": "a4"})
    assert print_.mimetype == "application/pdf"
    assert print_.headers["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(print_.data)).pages
    assert [round(float(page.mediabox.width) / 72 * 25.4) for page in pages] == [210, 210]
    assert [code in page.extract_text() for code, page in zip(codes, pages, strict=False)] == [
        True, True]  # fmt: skip
    assert prints_of(first) == [Verb.ISSUE_PAPER], "reading the file again is no second print"


@pytest.mark.on_both_databases
def test_all_that_match_can_be_printed_and_nothing_is_said_on_the_list(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        received()
    client.sign_in(COMMUNE_CLERK)
    assert "3 hồ sơ?" in client.post("/desk/print?state=2", data={"everything": "yes"}).text
    answer = client.post("/desk/print?view=overdue")
    assert answer.location == "/desk?view=overdue"
    assert "Chưa chọn hồ sơ nào." in client.get(answer.location).text
    monkeypatch.setattr("onestop.dossiers.actions.many.MOST_PRINTED", 2)
    many = client.post("/desk/print", data={"everything": "yes"}, follow_redirects=True).text
    assert "tối đa 2 hồ sơ" in many
    assert client.post("/desk/papers", data={"back": "//evil.example"}).location == "/desk"
    assert client.post("/desk/print?view=all").status_code == 404


def test_nobody_prints_what_he_may_not_see_or_what_was_never_issued(
    client: PolicingClient,
) -> None:
    dossier = received()
    line = f"{dossier.code} {dossier.history[0].seq}"
    client.sign_in(COMMUNE_CLERK)
    assert client.post("/desk/papers.pdf", data={"line": line}).status_code == 404
    assert client.post("/desk/papers.pdf", data={"line": "x"}).status_code == 404
    assert client.post("/desk/papers.pdf").status_code == 404
    issue([dossier.code])
    assert client.post("/desk/papers.pdf", data={"line": line}).status_code == 200
    client.sign_in(NEIGHBOUR)
    assert client.post("/desk/papers.pdf", data={"line": line}).status_code == 404


def test_who_may_print_is_offered_it_on_the_list(client: PolicingClient) -> None:
    received()
    for username, offered in ((COMMUNE_LEADER, True), ("theodoi1.thanhtri", False)):
        client.sign_in(username)
        assert ('formaction="/desk/print' in client.get("/desk").text) == offered, username

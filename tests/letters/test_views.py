import re
from datetime import timedelta

import pytest

from onestop.dossiers.models import Dossier
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
)
from tests.letters.given import issued, print_of, words_of

NINE_MINUTES = timedelta(minutes=9)


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(COMMUNE_CLERK)
    return client


def line_of(dossier: Dossier) -> int:
    return dossier.history[0].seq


def test_a_clerk_issues_a_receipt_and_gets_its_print(clerk: PolicingClient) -> None:
    dossier = received()
    page = clerk.get(f"/dossiers/{dossier.code}/papers").text
    assert "chưa phát hành" in page
    answer = clerk.post(f"/dossiers/{dossier.code}/papers/{line_of(dossier)}", data={"sheet": "a4"})
    assert answer.status_code == 303
    print_ = clerk.get(answer.location)
    assert (print_.mimetype, print_.data[:5]) == ("application/pdf", b"%PDF-")
    assert print_.headers["Cache-Control"] == "no-store"
    assert "/BPTNTKQ" in clerk.get(f"/dossiers/{dossier.code}/papers").text


def test_a_size_of_paper_that_there_is_not_prints_and_notes_nothing(clerk: PolicingClient) -> None:
    dossier = received()
    path = f"/dossiers/{dossier.code}/papers/{line_of(dossier)}"
    assert clerk.post(path, data={"sheet": "xx"}).status_code == 404
    assert "chưa phát hành" in clerk.get(f"/dossiers/{dossier.code}/papers").text
    said = {"code": dossier.code, "paper": "receipt", "sheet": "xx"}
    assert clerk.post("/desk/papers", data=said).status_code == 404
    issued = clerk.post(path).location
    assert "sheet=a5" in issued
    for sheet, status in (("xx", 404), ("", 200), ("a4", 200)):
        assert clerk.get(issued.replace("a5", sheet)).status_code == status


def test_the_act_that_causes_a_paper_has_its_button_beside_it(client: PolicingClient) -> None:
    dossier = in_progress()
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu bản chính")
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}").text
    addresses = re.findall(r'action="(/dossiers/[^"]*/papers/\d+)"', page)
    assert len(addresses) == 2, "the receipt and the request; a hand-over causes no paper here"
    answer = client.post(addresses[0])
    assert answer.status_code == 303
    assert client.get(answer.location).mimetype == "application/pdf"
    client.sign_in("theodoi1.thanhtri")
    assert "/papers/" not in client.get(f"/dossiers/{dossier.code}").text, "who only reads"


def test_what_was_not_issued_has_no_print(clerk: PolicingClient) -> None:
    dossier = received()
    assert clerk.get(f"/dossiers/{dossier.code}/papers/{line_of(dossier)}.pdf").status_code == 404


def test_a_line_without_a_paper_is_refused_in_words(clerk: PolicingClient) -> None:
    dossier = received()
    answer = clerk.post(f"/dossiers/{dossier.code}/papers/999")
    assert answer.status_code == 409
    assert "Bước này không có phiếu để in." in answer.text


def test_another_agency_does_not_learn_that_there_are_papers(client: PolicingClient) -> None:
    dossier = received()
    client.sign_in(NEIGHBOUR)
    path = f"/dossiers/{dossier.code}/papers"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/{line_of(dossier)}.pdf").status_code == 404
    assert client.post(f"{path}/{line_of(dossier)}").status_code == 404


def test_the_receipt_names_the_line_that_the_register_has(clerk: PolicingClient) -> None:
    received()
    slip = received(at=MONDAY + NINE_MINUTES)
    taken_back = done(slip, "reverse", by=COMMUNE_CLERK, at=MONDAY + NINE_MINUTES)
    assert taken_back.book_number is None
    last = received(at=MONDAY + DAY, papers=frozenset({0, 1}), copies={1: (2, 13)})
    words = words_of(print_of(issued(last), last))
    assert "Quyển số: 01/2021 Số thứ tự: 03" in words, (
        "a line that was struck out is not used again"
    )
    assert "2 13" in words
    receipt = " ".join(clerk.get(f"/dossiers/{last.code}/receipt").text.split())
    assert "Quyển số:</dt> <dd>01/2021 Số thứ tự: 03</dd>" in receipt
    assert "<td>2</td><td>13</td>" in receipt
    book = clerk.get("/register.csv?from=2021-03-01&to=2021-03-31").text
    assert [line.split(",")[0] for line in book.splitlines()[1:]] == ["1", "3"]

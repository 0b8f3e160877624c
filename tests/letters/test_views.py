import re

import pytest

from onestop.dossiers.models import Dossier
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
)


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


def test_another_agency_does_not_learn_that_there_are_papers(client: PolicingClient) -> None:
    dossier = received()
    client.sign_in(NEIGHBOUR)
    path = f"/dossiers/{dossier.code}/papers"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/{line_of(dossier)}.pdf").status_code == 404
    assert client.post(f"{path}/{line_of(dossier)}").status_code == 404

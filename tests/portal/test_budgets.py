"""How many statements a citizen's page may send, however much there is to tell."""

from typing import Final

import pytest
from flask import Flask

from onestop.dossiers.rules.identity import secret
from tests.client import PolicingClient
from tests.conftest import Budget, Recorded
from tests.dossiers.given import MARITAL_STATUS, in_progress, received

STAMPS: Final = 1
"""All that is remembered (agencies, catalogue, calendar, hours, banner) is checked in one read."""
HOME: Final = STAMPS + 2  # the last month in which anything was received; the year's counters
PROCEDURES: Final = STAMPS  # the whole catalogue is remembered
PROCEDURE: Final = STAMPS  # so are the calendar, the desks that offer it, and which are closed
STATUS: Final = 2  # the dossier with the failed tries and the stamps, what happened to it
REFUSED: Final = 2  # the same, a note that this try failed
SIZES: Final = (1, 20)


@pytest.mark.parametrize("dossiers", SIZES)
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/", HOME),
        ("/procedures", PROCEDURES),
        ("/procedures?q=xac+nhan+tinh+trang", PROCEDURES),
        (f"/procedures/{MARITAL_STATUS}", PROCEDURE),
        ("/status", STAMPS),
    ],
)
def test_a_public_page_costs_the_same_however_many_dossiers_there_are(
    client: PolicingClient, budget: Budget, path: str, most: int, dossiers: int
) -> None:
    for _ in range(dossiers):
        received()
    client.get(path)
    with budget(most):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("dossiers", SIZES)
def test_a_look_up_costs_the_same_through_both_doors(
    app: Flask, client: PolicingClient, budget: Budget, dossiers: int
) -> None:
    for _ in range(dossiers - 1):
        received()
    dossier = in_progress()
    asked = {"code": dossier.code, "second": "3456"}
    address = f"/status/{dossier.code}/{secret(app.config['LOOKUP_KEY'], dossier.nonce)}"
    client.post("/status", data=asked)
    with budget(STATUS):
        assert client.post("/status", data=asked).status_code == 200
    with budget(STATUS):
        assert client.get(address).status_code == 200


def test_every_refused_look_up_reads_the_same(client: PolicingClient, recorded: Recorded) -> None:
    """Whoever guesses learns nothing from the time it takes: the statements are the same."""
    dossier = received()
    unknown, wrong = "H26.91.27-990101-0001", "A" * 26
    client.get("/status")
    seen = []
    for code, second in ((unknown, "0000"), (dossier.code, "0000"), (unknown, wrong)):
        with recorded() as sent:
            assert client.post("/status", data={"code": code, "second": second}).status_code == 404
        seen.append(sent)
    for code in (unknown, dossier.code):
        with recorded() as sent:
            assert client.get(f"/status/{code}/{wrong}").status_code == 404
        seen.append(sent)
    assert len(seen[0]) == REFUSED
    assert all(sent == seen[0] for sent in seen)

"""From the button on a page to the words of the print, for each paper that no circular has."""

import re
from collections.abc import Callable

import pytest
from markupsafe import escape

from onestop.dossiers.models import Dossier
from onestop.letters.rules import OF_NO_CIRCULAR, Paper
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    done,
    in_progress,
    received,
)
from tests.letters.given import words_of

pytestmark = pytest.mark.usefixtures("app")


def _asked_to_pay() -> Dossier:
    owed = {"amount_vnd": 1_005_500, "notice": "12/TB"}
    return done(_in_progress(), "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY, **owed)


def _paid() -> Dossier:
    proof = {"proof": "AA/21P 0000123"}
    return done(_asked_to_pay(), "note_payment", by=COMMUNE_CLERK, at=MONDAY, **proof)


def _withdrawn() -> Dossier:
    why = {"reason": "Chuyển nơi ở"}
    asked = done(_in_progress(), "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY, **why)
    return done(asked, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY)


def _refused() -> Dossier:
    why = {"reason": "Thiếu căn cứ", "grounds": GROUNDS}
    return done(_in_progress(), "refuse", by=COMMUNE_OFFICER, at=MONDAY, **why)


def _received() -> Dossier:
    return received(procedure_code=FIVE_DAYS)


def _in_progress() -> Dossier:
    return in_progress(procedure_code=FIVE_DAYS)


STORIES: list[tuple[Paper, Callable[[], Dossier], str]] = [
    (Paper.FEE_NOTICE, _asked_to_pay, "Số tiền phải nộp: 1.005.500 đồng"),
    (Paper.PAYMENT_NOTE, _paid, "chứng từ nộp tiền: AA/21P 0000123"),
    (Paper.WITHDRAWAL_NOTE, _withdrawn, "Lý do: Chuyển nơi ở"),
    (Paper.OFFICIAL_LETTER, _refused, "V/v từ chối giải quyết hồ sơ"),
    (Paper.AUTHORISATION, _received, "NGƯỜI ĐƯỢC ỦY QUYỀN"),
    (Paper.SURVEY, _received, "Thủ tục: Đăng ký lại khai sinh"),
]


def test_each_of_these_papers_is_tried() -> None:
    assert {paper for paper, _, _ in STORIES} == set(OF_NO_CIRCULAR)


@pytest.mark.parametrize(("paper", "story", "said"), STORIES)
def test_the_button_of_a_paper_leads_to_its_print(
    client: PolicingClient, paper: Paper, story: Callable[[], Dossier], said: str
) -> None:
    dossier = story()
    client.sign_in(COMMUNE_CLERK)
    title = str(escape(OF_NO_CIRCULAR[paper]))
    of_dossier = client.get(f"/dossiers/{dossier.code}").text
    of_papers = client.get(f"/dossiers/{dossier.code}/papers").text
    buttons = [one for one in forms(of_dossier) if title in one]
    rows = [one for one in re.findall(r"<tr>.*?</tr>", of_papers, re.S) if title in one]
    assert len(rows) == 1
    assert buttons or paper == Paper.SURVEY, "a slip to be asked by stands beside the last act"
    for form in (*buttons, *forms(rows[0])):
        (path,) = re.findall(r'action="([^"]+)"', form)
        print_ = client.post(path, data={"sheet": "a4"}, follow_redirects=True)
        assert print_.mimetype == "application/pdf"
        words = words_of(print_.data)
        assert said in words
        assert (dossier.code in words) == (paper != Paper.SURVEY)


def forms(html: str) -> list[str]:
    return re.findall(r"<form[^>]*/papers/.*?</form>", html, re.S)


def test_the_page_of_a_citizen_leads_to_an_authorisation(client: PolicingClient) -> None:
    dossier = _received()
    page = client.post("/status", data={"code": dossier.code, "second": "3456"}).text
    (path,) = re.findall(r'href="([^"]+)">Mẫu giấy ủy quyền để in', page)
    assert "NGƯỜI ĐƯỢC ỦY QUYỀN" in words_of(client.get(path).data)

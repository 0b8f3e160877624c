"""The pages of opinions: asked and answered as people do it, each mistake at its field."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from onestop.base.clock import now
from onestop.base.moments import local
from onestop.deadlines.rules.moments import legal_date
from tests.client import PolicingClient
from tests.commands import onestop
from tests.conftest import Budget
from tests.dossiers.given import APPLICANT, DAY, DISTRICT_CLERK, done
from tests.opinions.given import (
    ANSWER,
    FINANCE,
    FINANCE_OFFICER,
    OFFICER,
    QUESTION,
    asked,
    handled,
    opinions_of,
    said,
)

TOLD = {"agency": FINANCE, "content": QUESTION, "limit": "3", "unit": "working_day"}
AGO = timedelta(days=20)
LEADER = "chutich.thanhtri"


def as_(client: PolicingClient, username: str) -> PolicingClient:
    client.post("/logout")
    client.sign_in(username)
    return client


def test_an_officer_asks_another_answers_and_both_see_what_became_of_it(
    client: PolicingClient,
) -> None:
    dossier = handled(at=now())
    client.sign_in(OFFICER)
    page = f"/dossiers/{dossier.code}"
    assert f'href="{page}/opinions"' in client.get(page).text
    form = client.get(f"{page}/opinions").text
    assert "Đồng hồ của hồ sơ không dừng." in form
    offered = re.findall(r"<option[^>]*>([^<]+)<", form)
    assert "Phòng Tài nguyên và Môi trường" not in offered
    places = offered[: offered.index("ngày làm việc")]
    assert places[-1] == "Thành phố Hà Nội (trả lời ngoài hệ thống)", "nobody there has an account"
    assert [one for one in places if "ngoài hệ thống" in one] == places[-1:]
    assert client.post(f"{page}/opinions", data=TOLD).location == page
    assert "Đã xin ý kiến; hạn trả lời" in client.get(page).text

    as_(client, FINANCE_OFFICER)
    assert re.search(r"Ý kiến <b>1</b>", client.get("/tasks").text)
    listed = client.get("/opinions").text
    assert QUESTION in listed
    assert APPLICANT.name in listed
    assert f"{page}/opinions/1/answer" in client.get(page).text
    answer = client.post(f"{page}/opinions/1/answer", data={"said": ANSWER})
    assert answer.location == "/opinions", "the dossier lies out of sight again"
    ended = client.get("/opinions?view=ended").text
    assert ANSWER in ended
    assert APPLICANT.name not in ended
    assert client.get(page).status_code == 404

    as_(client, OFFICER)
    assert ANSWER in client.get(page).text


def test_a_question_does_not_begin_the_handling_anew_and_a_transfer_does(
    client: PolicingClient,
) -> None:
    dossier = handled(at=now() - AGO)
    asked(dossier, at=now() - timedelta(days=9))
    client.sign_in(LEADER)

    def since() -> str:
        page = client.get(f"/dossiers/{dossier.code}").text
        timeline = page[page.index('id="history"') :]
        return timeline[: timeline.index("</li>")]

    assert f"{local(now() - AGO):%d/%m/%Y}" in since()
    moment = now() - timedelta(days=8)
    done(dossier, "transfer", by=LEADER, at=moment, reason="Nhầm", to_agency="H26.91.05")
    assert f"{local(moment):%d/%m/%Y}" in since()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"agency": ""}, "Hãy chọn một cơ quan, hoặc ghi tên cơ quan ngoài hệ thống."),
        ({"outsider": "Công an"}, "Hãy chọn một cơ quan, hoặc ghi tên cơ quan ngoài hệ thống."),
        ({"agency": "H99"}, "Không có cơ quan H99."),
        ({"content": "  "}, "Hãy ghi nội dung cần cho ý kiến."),
        ({"content": "x" * 4001}, "Dài quá 4000 ký tự."),
        ({"limit": "0"}, "Thời hạn trả lời từ 1 đến 60."),
        ({"limit": "ba"}, "Hãy nhập một số nguyên."),
        ({"limit": "9" * 30}, "Thời hạn trả lời từ 1 đến 60."),
        ({"unit": "moon"}, "Hãy chọn một mục có trong danh sách."),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(
    client: PolicingClient, changed: dict[str, str], message: str
) -> None:
    dossier = handled(at=now())
    client.sign_in(OFFICER)
    answer = client.post(f"/dossiers/{dossier.code}/opinions", data={**TOLD, **changed})
    assert answer.status_code == 422
    assert message in answer.text
    if "content" not in changed:
        assert QUESTION in answer.text
    assert opinions_of(dossier, now()).lines == ()


def test_an_answer_needs_words_and_comes_once(client: PolicingClient) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    client.sign_in(LEADER)
    path = f"/dossiers/{dossier.code}/opinions/1/answer"
    empty = client.post(path, data={"said": " "})
    assert empty.status_code == 422
    assert "Hãy ghi ý kiến trả lời." in empty.text
    said(dossier, "give", by=FINANCE_OFFICER, at=now(), answer=ANSWER)
    second = client.post(path, data={"said": "Một ý kiến khác"})
    assert second.status_code == 422
    assert "Câu hỏi này đã kết thúc." in second.text
    assert "Một ý kiến khác" in second.text, "what was typed is kept"
    shown = client.get(path)
    assert shown.location == f"/dossiers/{dossier.code}"
    assert "Lúc này không thể" in client.get(shown.location).text


@pytest.mark.on_both_databases
def test_the_second_of_two_colleagues_loses_nothing_that_he_typed(client: PolicingClient) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    client.sign_in(FINANCE_OFFICER)
    path = f"/dossiers/{dossier.code}/opinions/1/answer"
    assert client.get(path).status_code == 200
    said(dossier, "give", by="chuyenvien2.taichinh", at=now(), answer=ANSWER)
    late = client.post(path, data={"said": "Một ý kiến dài"})
    assert late.status_code == 422
    assert "Câu hỏi này đã kết thúc." in late.text
    assert "Một ý kiến dài" in late.text
    assert APPLICANT.name not in late.text
    assert client.get(path).location == "/opinions?view=ended"
    as_(client, "chuyenvien1.noivu")
    assert client.get(path).status_code == 404, "nobody else learns of it"


@pytest.mark.parametrize("path", ["/opinions/7/answer", "/opinions/1/praise"])
def test_what_was_not_asked_is_not_answered(client: PolicingClient, path: str) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    client.sign_in(FINANCE_OFFICER)
    assert client.get(f"/dossiers/{dossier.code}{path}").status_code == 404


@pytest.mark.on_both_databases
def test_a_late_opinion_is_told_to_the_leader_and_in_the_file(client: PolicingClient) -> None:
    dossier = handled(at=now() - AGO)
    asked(dossier, limit="1wd", at=now() - AGO)
    client.sign_in(LEADER)
    assert "1 ý kiến quá hạn" in client.get("/tasks").text
    assert "Nơi được hỏi đã quá hạn trả lời" in client.get(f"/dossiers/{dossier.code}").text
    assert dossier.code in client.get("/opinions?view=late").text
    answer = client.get("/opinions.csv?view=late")
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["Mã hồ sơ"], row["Nội dung"]) == (dossier.code, QUESTION)
    assert row["Nơi được hỏi"] == "Phòng Tài chính – Kế hoạch"
    assert row["Xếp loại"] == "Đang giải quyết, quá hạn"
    assert client.get("/opinions?view=shoes").status_code == 404


@pytest.mark.parametrize("username", [DISTRICT_CLERK, "theodoi1.thanhtri"])
def test_who_does_not_work_on_dossiers_reads_what_was_asked_and_asks_nothing(
    client: PolicingClient, username: str
) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    client.sign_in(username)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert QUESTION in page
    assert f"/dossiers/{dossier.code}/opinions" not in page
    assert client.get(f"/dossiers/{dossier.code}/opinions").status_code == 403


@pytest.mark.parametrize("count", [1, 12])
def test_the_lists_cost_the_same_however_many_there_are(
    client: PolicingClient, budget: Budget, count: int
) -> None:
    for _ in range(count):
        asked(handled(at=now()), at=now())
    client.sign_in(FINANCE_OFFICER)
    client.get("/opinions")
    with budget(8):
        client.get("/opinions")


def test_a_citizen_hears_nothing_of_it(client: PolicingClient) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    told: dict[str, Any] = {"code": dossier.code, "second": (APPLICANT.phone or "")[-4:]}
    page = client.post("/status", data=told).text
    assert "Đang được giải quyết" in page
    assert "ý kiến" not in page.lower()


@pytest.mark.parametrize(
    ("verb", "by", "told"),
    [
        ("resolve", OFFICER, "ghi xong thì không nơi nào trả lời được nữa"),
        ("refuse", OFFICER, "ghi xong thì không nơi nào trả lời được nữa"),
        ("stop", LEADER, "ghi xong thì không nơi nào trả lời được nữa"),
        ("ask_withdrawal", DISTRICT_CLERK, "khi xác nhận rút thì không nơi nào trả lời được nữa"),
        ("transfer", LEADER, "vẫn chờ trả lời, và nơi nhận hồ sơ đọc"),
        ("ask_payment", OFFICER, None),
    ],
)
def test_an_act_says_before_it_is_done_what_becomes_of_the_questions_that_wait(
    client: PolicingClient, verb: str, by: str, told: str | None
) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    asked(dossier, at=now(), content="Câu hỏi đã rút")
    said(dossier, "withdraw", by=OFFICER, at=now(), seq=2, reason="Không cần")
    asked(dossier, agency=None, outsider="Công an huyện", at=now(), content="Có tranh chấp không?")
    client.sign_in(by)
    page = client.get(f"/dossiers/{dossier.code}/{verb}").text
    act = page[page.index('id="act"') : page.index("</form>", page.index('id="act"'))]
    assert ("Đang xin ý kiến" in act) == (told is not None)
    if told:
        assert told in act
        assert QUESTION in act
        assert "Phòng Tài chính – Kế hoạch" in act
        assert "Công an huyện" in act
        assert "Có tranh chấp không?" in act
        assert "Câu hỏi đã rút" not in act


def test_whoever_ends_many_is_told_how_many_wait_for_an_opinion(client: PolicingClient) -> None:
    waits, answered = handled(at=now()), handled(at=now())
    asked(waits, at=now())
    asked(answered, at=now())
    said(answered, "give", by=FINANCE_OFFICER, at=now(), answer=ANSWER)
    client.sign_in(OFFICER)
    both = {"verb": "resolve", "code": [waits.code, answered.code]}
    assert "1 hồ sơ đang xin ý kiến" in client.post("/desk/many", data=both).text
    alone = {"verb": "resolve", "code": answered.code}
    assert "đang xin ý kiến" not in client.post("/desk/many", data=alone).text


def test_a_closure_that_moves_answers_alone_stops_no_dossier_and_says_so(
    app: Flask, client: PolicingClient
) -> None:
    dossier = handled(at=now() - 5 * DAY)
    asked(dossier, at=now() - 5 * DAY, limit="3wd")
    client.sign_in("quantri.thanhtri")
    day = legal_date(now() - 4 * DAY).isoformat()
    told: dict[str, object] = {
        "order": "CĐ 9",
        "reason": "Bão",
        "agencies": [FINANCE],
        "first": day,
    }
    shown = client.post("/admin/closures", data=told).text
    assert "1 thời hạn riêng tính lại, đồng hồ của hồ sơ vẫn chạy</caption>" in shown
    assert "0 hồ sơ" not in shown
    words = ("closure", "add", FINANCE, "--order", "CĐ 8", "--from", day)
    left = onestop(app, *words, typed="n\n")
    assert "1 thời hạn riêng" in " ".join(left.stdout.split())
    assert "Ghi lệnh đóng cửa này?" in left.output
    seal = re.findall(r'name="seen"[^>]*value="([^"]+)"', shown)[0]
    client.post("/admin/closures", data={**told, "seen": seal})
    assert "không hồ sơ nào phải dừng đồng hồ" in client.get("/admin/closures").text
    ended = onestop(app, "closure", "end", "--order", "CĐ 9", "--to", day, "--yes")
    assert "không đồng hồ nào của hồ sơ phải chạy lại" in ended.stderr

import io
import re

import pytest
from openpyxl import load_workbook

from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.languages import COOKIE
from onestop.base.viewer import Operator
from onestop.dossiers.actions import closing
from onestop.dossiers.rules.closures import Closure
from tests.client import PolicingClient, rows
from tests.conftest import Budget
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
    staff,
)
from tests.letters.given import words_of
from tests.site import CLOCK, Clock
from tests.steps.given import (
    COMMUNE_THEN_DEPARTMENT,
    DEATH,
    WELFARE,
    WELFARE_OFFICER,
    moved,
    trail_of,
)

MARCH = "from=2021-03-01&to=2021-03-31"


def turn_on(page: str) -> str:
    found = re.search(r'name="turn"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_the_page_of_a_dossier_says_who_holds_it_and_what_comes(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=DEATH)
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Các bước, ai đang giữ" in page
    for step in ("Xã Ngọc Hồi", "Công an", "Phòng chuyên môn cấp huyện", "Bảo hiểm xã hội"):
        assert step in page
    assert "/steps/take_up" not in page, "a clerk does not do the work behind the desk"
    client.sign_in(COMMUNE_OFFICER)
    assert "/steps/take_up" in client.get(f"/dossiers/{dossier.code}").text
    assert "/steps/assign" not in client.get(f"/dossiers/{dossier.code}").text


def test_where_a_step_lay_with_several_agencies_each_is_seen_with_its_own_time(
    client: PolicingClient,
) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_LEADER)
    folded, unfolded = '<details class="small"><summary>', '<details class="small" open><summary>'
    assert folded in client.get(f"/dossiers/{dossier.code}").text
    said = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + DAY, **said)
    assert unfolded in client.get(f"/dossiers/{dossier.code}").text, "the sum is not the last one's"


def test_while_a_pause_runs_a_step_promises_no_date_either(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=DEATH, at=now())
    client.sign_in(COMMUNE_CLERK)
    page = f"/dossiers/{dossier.code}"
    assert "Hạn của bước:" in client.get(page).text
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=now(), reason="Thiếu")
    held = client.get(page).text
    assert "Hạn của bước:" not in held
    assert "Hạn của bước được tính lại" in held


def test_a_step_that_was_late_before_a_pause_keeps_its_date_and_says_so(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    asked = MONDAY + 7 * DAY  # the first step had three days, the dossier has ten
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=asked, reason="Thiếu")
    monkeypatch.setattr(CLOCK, Clock(asked + DAY))
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Đồng hồ dừng từ" in page
    assert re.search(r"Hạn của bước:.*04/03/2021", page)
    assert "Hạn của bước được tính lại" not in page


@pytest.mark.parametrize("username", [COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER])
def test_each_act_of_a_page_has_its_own_key_and_the_bar_leaves_out_the_rare(
    client: PolicingClient, username: str
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(username)
    page = client.get(f"/dossiers/{dossier.code}").text
    keys = [one for one in re.findall(r'data-key="(\S+)"', page) if one != "/"]
    assert sorted(keys) == sorted(set(keys))
    bar, whole = page[page.index('class="keybar"') :].split("<dialog", 1)
    for key in re.findall(r'class="btn btn-(?:plain|late)" href="\S+" data-key="(\w)"', page):
        assert f"<kbd>{key.upper()}</kbd>" in whole or key in "ct", "all keys are in the list"
    if username == COMMUNE_LEADER:
        assert "<kbd>G</kbd> giao việc" in bar
        assert "thu hồi, trả lại việc" not in bar
        assert "<kbd>H</kbd> thu hồi, trả lại việc" in whole


def test_work_is_taken_up_laid_before_sent_back_and_signed(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    at = f"/dossiers/{dossier.code}/steps"
    client.sign_in(COMMUNE_OFFICER)
    for verb in ("take_up", "put_forward"):
        turn = turn_on(client.get(f"{at}/{verb}").text)
        assert client.post(f"{at}/{verb}", data={"turn": turn}).status_code == 302
    client.sign_in(COMMUNE_LEADER)
    turn = turn_on(client.get(f"{at}/send_back").text)
    silent = client.post(f"{at}/send_back", data={"turn": turn})
    assert silent.status_code == 422
    assert "Hãy ghi lý do." in silent.text
    said = {"turn": turn, "reason": "Thiếu căn cứ pháp lý"}
    assert client.post(f"{at}/send_back", data=said).status_code == 302
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Đã trả lại để làm lại" in page
    assert "Thiếu căn cứ pháp lý" in page
    assert "Phạm Đức Lâm" in page


def test_whoever_decides_is_led_to_what_waits_for_him_and_told_whose_it_is(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    for verb in ("take_up", "put_forward"):
        moved(dossier, verb, by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_LEADER)
    assert client.get("/tasks").location == "/tasks?view=decide", "nothing is his own"
    page = client.get("/tasks?view=mine").text
    assert 'href="/tasks?view=decide">Xem 1 việc chờ duyệt, ký' in page
    laid = '<span lang="vi">Phạm Đức Lâm</span> trình'
    assert laid in client.get("/tasks?view=decide").text
    assert f"chờ duyệt · {laid}" in client.get(f"/dossiers/{dossier.code}").text


def test_whoever_ends_a_dossier_early_is_told_which_steps_were_not_begun(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/resolve").text
    assert "Chưa đến lượt: Phòng chuyên môn cấp huyện." in page
    one_step = in_progress(procedure_code=FIVE_DAYS)
    assert "Chưa đến lượt" not in client.get(f"/dossiers/{one_step.code}/resolve").text


def test_the_history_says_to_whom_a_step_was_handed_on_outside_the_system(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=DEATH)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_CLERK)
    history = client.get(f"/dossiers/{dossier.code}").text.split('id="history"')[1]
    assert "Bước 1. Đến: Công an." in history


def test_the_head_chooses_among_those_who_work_there(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_LEADER)
    page = client.get(f"/dossiers/{dossier.code}/steps/assign").text
    assert set(re.findall(r'<option[^>]*value="([\w.]+)"', page)) == {
        "tuphap.ngochoi",
        "vanhoaxahoi.ngochoi",
        "chutich.ngochoi",
    }
    assert re.search(r'<option[^>]*value=""[^>]*>Chọn</option>', page), "nobody is meant unasked"
    assert page.count('<option lang="vi"') == 3, "a name is Vietnamese on an English page too"
    said = {"turn": turn_on(page), "to": ""}
    refused = client.post(f"/dossiers/{dossier.code}/steps/assign", data=said)
    assert refused.status_code == 422
    assert "Hãy chọn người làm trong đơn vị đang giữ hồ sơ." in refused.text
    said["to"] = COMMUNE_OFFICER
    client.post(f"/dossiers/{dossier.code}/steps/assign", data=said)
    assert "Người được giao: Phạm Đức Lâm." in client.get(f"/dossiers/{dossier.code}").text


def test_the_second_of_two_sees_what_the_first_changed_and_keeps_what_he_typed(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_LEADER)
    at = f"/dossiers/{dossier.code}/steps/take_back"
    turn = turn_on(client.get(at).text)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    answer = client.post(at, data={"turn": turn, "reason": "người ấy đi công tác"})
    assert answer.status_code == 422
    assert "Đã trình duyệt" in answer.text
    assert "người ấy đi công tác" in answer.text
    again = client.post(at, data={"turn": turn_on(answer.text), "reason": "người ấy đi công tác"})
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("language", "back"), [("vi", "Trở lại hồ sơ"), ("en", "Back to the dossier")]
)
def test_from_a_step_that_has_changed_a_button_leads_back(
    client: PolicingClient, language: str, back: str
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    client.set_cookie(COOKIE, language)
    at = f"/dossiers/{dossier.code}/steps/put_forward"
    turn = turn_on(client.get(at).text)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    page = client.post(at, data={"turn": turn}).text
    assert f'href="/dossiers/{dossier.code}">{back}</a>' in page


def test_whoever_hands_on_goes_where_he_may_look(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=DEATH)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    at = f"/dossiers/{dossier.code}/steps/hand_on"
    page = client.get(at).text
    assert page.count("<option") > 2, "several departments of the district could do it"
    first = re.search(r"<select[^>]*>\s*<option[^>]*>", page)
    assert first is not None
    assert 'value=""' in first[0], "none is taken for standing first"
    answer = client.post(at, data={"turn": turn_on(page), "agency": ""})
    assert (answer.status_code, "Hãy chọn đơn vị nhận." in answer.text) == (422, True)
    client.post(at, data={"turn": turn_on(page), "agency": WELFARE})
    client.sign_in(WELFARE_OFFICER)
    take_up = f"/dossiers/{dossier.code}/steps/take_up"
    client.post(take_up, data={"turn": turn_on(client.get(take_up).text)})
    page = client.get(at).text
    assert "ngoài hệ thống" in page
    assert client.post(at, data={"turn": turn_on(page)}).status_code == 302
    assert client.get(f"/dossiers/{dossier.code}").status_code == 200, "its record stays with them"


@pytest.mark.parametrize("verb", ["nothing", "hand_over"])
def test_what_is_no_move_of_a_step_has_no_page(client: PolicingClient, verb: str) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_LEADER)
    assert client.get(f"/dossiers/{dossier.code}/steps/{verb}").status_code == 404


def test_a_move_that_the_step_cannot_make_now_leads_back_and_says_so(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_LEADER)
    answer = client.get(f"/dossiers/{dossier.code}/steps/sign")
    assert answer.location == f"/dossiers/{dossier.code}"
    assert "không thể “Ký" in client.get(answer.location).text


def test_another_agency_does_not_learn_of_a_step(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(WELFARE_OFFICER)
    at = f"/dossiers/{dossier.code}/steps/take_up"
    assert client.get(at).status_code == 404
    assert client.post(at, data={"turn": "1"}).status_code == 404


@pytest.mark.parametrize("rounds", [1, 6])
def test_a_dossier_costs_the_same_whatever_hands_it_went_through(
    client: PolicingClient, budget: Budget, rounds: int
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    for _ in range(rounds):
        moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
        moved(dossier, "take_back", by=COMMUNE_LEADER, at=MONDAY, reason="khác")
    client.sign_in(COMMUNE_LEADER)
    client.get(f"/dossiers/{dossier.code}")
    with budget(16):
        client.get(f"/dossiers/{dossier.code}")
    current = trail_of(dossier, MONDAY).current
    assert current is not None
    assert len(current.held) == 2 * rounds + 1


def test_a_list_of_work_goes_along_as_the_file_of_all_its_rows(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.steps.queries.working.PAGE", 2)
    monkeypatch.setattr("onestop.base.paging.BLOCK", 2)
    codes = [in_progress(procedure_code=DEATH).code for _ in range(3)]
    client.sign_in(COMMUNE_OFFICER)
    page = client.get("/tasks?view=next").text
    assert 'href="/tasks.xlsx?view=next"' in page
    assert [code in page for code in codes].count(True) == 2
    told = rows(client, "/tasks.csv?view=next")
    assert [row["Mã hồ sơ"] for row in told] == codes
    assert {row["Bước"] for row in told} == {"bước 1: Ủy ban nhân dân cấp xã"}
    assert {row["Làm song song"] for row in told} == {""}
    assert {row["Bộ lọc"] for row in told} == {"Việc của tôi: Chờ phân công"}
    book = load_workbook(io.BytesIO(client.get("/tasks.xlsx?view=next").data))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet["A"]][1:] == codes
    assert sheet["G2"].data_type == "d"
    assert told[0]["Hạn của bước"] == f"{sheet['G2'].value:%Y-%m-%d %H:%M}"
    for path in ("/tasks.pdf", "/tasks.csv?view=all"):
        assert client.get(path).status_code == 404
    client.sign_in("kiemtra.thanhtri")
    page = client.get("/admin/takings").text
    assert page.count("Danh sách việc") == 2
    assert "Danh sách: Chờ phân công" in page


@pytest.mark.on_both_databases
def test_nobody_takes_along_work_that_lies_elsewhere(client: PolicingClient) -> None:
    in_progress(procedure_code=DEATH)
    client.sign_in(WELFARE_OFFICER)
    (row,) = rows(client, "/tasks.csv?view=next")
    assert (row["Mã hồ sơ"], row["Số việc"]) == ("", "0")


@pytest.mark.on_both_databases
def test_no_step_is_late_while_its_dossier_waits_for_the_applicant(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    fee = {"amount_vnd": 250_000, "notice": "12/TB-CCT"}
    done(dossier, "ask_for_payment", by=WELFARE_OFFICER, at=MONDAY + DAY, **fee)
    client.sign_in(WELFARE_OFFICER)
    page = client.get(f"/tasks/others?{MARCH}").text
    assert "Đang giải quyết, trong hạn: <b>1</b>" in page
    assert "chưa có hẹn, đồng hồ đang dừng" in page
    (row,) = rows(client, f"/tasks/others.csv?{MARCH}")
    assert row["Hạn của bước"] == ""
    assert "trễ đầu tiên ở bước này" not in client.get(f"/dossiers/{dossier.code}").text
    done(dossier, "note_payment", by=WELFARE_OFFICER, at=MONDAY + 2 * DAY)
    assert "Đang giải quyết, quá hạn: <b>1</b>" in client.get(f"/tasks/others?{MARCH}").text


def test_steps_for_others_and_hand_overs_go_along_as_files(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    client.sign_in(WELFARE_OFFICER)
    assert "/tasks/others.xlsx?from=2021-03-01" in client.get(f"/tasks/others?{MARCH}").text
    (row,) = rows(client, f"/tasks/others.csv?{MARCH}")
    assert (row["Mã hồ sơ"], row["Nơi nhận"]) == (dossier.code, "Xã Ngọc Hồi")
    assert row["Bộ lọc"] == "Kỳ: 01/03/2021 – 31/03/2021"
    assert client.get("/tasks/others.csv?from=2021-02-30").status_code == 404
    client.sign_in(COMMUNE_OFFICER)
    assert "/handovers/pending.xlsx" in client.get("/handovers").text
    (row,) = rows(client, "/handovers/pending.csv")
    assert (row["Mã hồ sơ"], row["Giao lúc"]) == (dossier.code, "2021-03-01 09:00")
    made = client.post("/handovers", data={"code": dossier.code, "sure": "yes"}).location
    assert f"{made}.xlsx" in client.get(made).text
    (row,) = rows(client, "/handovers.csv")
    assert (row["Số"], row["Xác nhận lúc"]) == ("01/PBG", "chờ bên nhận")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row["Lập lúc"]), "as the page has it"
    (row,) = rows(client, f"{made}.csv")
    assert (row["Mã hồ sơ"], row["Người nộp"]) == (dossier.code, "Nguyễn Văn Thí Dụ")
    assert row["Bộ lọc"].startswith("Phiếu bàn giao: 01/PBG; Bên giao: ")
    client.sign_in(NEIGHBOUR)
    assert client.get(f"{made}.csv").status_code == 404
    assert rows(client, "/handovers.csv")[0]["Số phiếu"] == "0"


def test_desk_and_department_of_one_agency_are_told_apart_on_a_hand_over(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    giver = "Trung tâm Phục vụ hành chính công xã Ngọc Hồi"
    taker = "Bộ phận chuyên môn xã Ngọc Hồi"
    assert taker in client.get("/handovers").text
    assert rows(client, "/handovers/pending.csv")[0]["Nơi nhận bàn giao"] == taker
    assert taker in client.post("/handovers", data={"given": dossier.code}).text
    made = client.post("/handovers", data={"code": dossier.code, "sure": "yes"}).location
    for path in (made, "/handovers"):
        page = client.get(path).text
        assert (giver in page, taker in page) == (True, True), path
    paper = words_of(client.get(f"{made}.pdf").data)
    assert f"Bên giao: {giver} Bên nhận: {taker}" in paper
    (row,) = rows(client, "/handovers.csv")
    assert (row["Bên giao"], row["Bên nhận"]) == (giver, taker)


def test_what_was_promised_no_date_yet_has_none_in_the_file_of_hand_overs(
    client: PolicingClient,
) -> None:
    office = staff(COMMUNE_CLERK).agency_id
    with transaction():
        closing.close(Closure("QĐ 1", frozenset({office}), MONDAY), by=Operator(), at=MONDAY)
    in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    (row,) = rows(client, "/handovers/pending.csv")
    assert row["Hẹn trả"] == ""


def test_whoever_passes_on_what_a_head_signed_is_not_said_to_have_signed_it(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "sign", by=COMMUNE_LEADER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert 'đã ký, chờ chuyển tiếp: <span lang="vi">Phạm Đức Lâm</span>' in page


def test_history_names_the_slip_that_was_printed_and_how_a_step_ended(
    client: PolicingClient,
) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_OFFICER)
    client.post(f"/dossiers/{dossier.code}/control-slip")
    said = {"refused": True, "reason": "không đủ điều kiện", "agency": WELFARE}
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=now(), **said)
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Phiếu kiểm soát quá trình giải quyết hồ sơ. Số 01/" in page
    assert "Bước 1. Kết thúc bằng từ chối. Đến: " in page

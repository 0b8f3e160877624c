import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.filters import full_day
from onestop.base.languages import COOKIE
from onestop.base.moments import VIET_NAM
from onestop.base.notes import Look
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import extending
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.foreseeing import reappointment
from onestop.dossiers.rules.states import State
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.conftest import Budget
from tests.dossiers.given import (
    APPLICANT,
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    LEVEL_2,
    MONDAY,
    NEIGHBOUR,
    apologised,
    done,
    in_progress,
    received,
    submitted,
)
from tests.site import CLOCK, Clock

FILLED_IN = {
    "key": "one press",
    "applicant_kind": "person",
    "id_number": "999091000123",
    "name": "Nguyễn Văn Thí Dụ",
    "phone": "0600123456",
    "procedure": "C-HT-12",
    "papers": ["0", "1"],
    "channel": "counter",
    "return_by": "counter",
    "act": "receive",
}


EIGHT_HOURS = "C-BT-15"
THREE_MONTHS = "D-DD-21"
HOUR = timedelta(hours=1)
FORGED = {
    **dict.fromkeys(
        ("submitted_at", "received_at", "legal_due_at", "due_at", "finished_at", "happened_at"),
        "2031-01-01T09:00",
    ),
    "state": "10",
    "level": "1",
    "limit_value": "999",
    "limit_unit": "month",
    "fee_vnd": "1",
    "code": "H26-310101-0001",
    "receiving_agency_id": "1",
    "outcome": "granted",
}


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    client.sign_in(COMMUNE_CLERK)
    return client


def only() -> Dossier:
    db.session.expire_all()
    return db.session.query(Dossier).one()


def do(client: PolicingClient, dossier: Dossier, verb: str, **said: str) -> None:
    path = f"/dossiers/{dossier.code}/{verb}"
    assert client.get(path).status_code == 200
    answer = client.post(path, data={"version": str(only().version), **said})
    assert answer.status_code == 302, answer.text


def test_a_dossier_goes_from_the_desk_to_the_applicants_hand(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    receipt = client.post("/receive", data=FILLED_IN, follow_redirects=True)
    assert re.search(r"H26\.91\.27-\d{6}-0001", receipt.text)
    dossier = only()
    assert client.get(f"/dossiers/{dossier.code}/qr.svg").mimetype == "image/svg+xml"
    do(client, dossier, "hand_over")
    client.post("/logout")
    client.sign_in(COMMUNE_OFFICER)
    do(client, dossier, "ask_supplement", reason="Thiếu tờ khai")
    client.post("/logout")
    client.sign_in(COMMUNE_CLERK)
    do(client, dossier, "supplement")
    client.post("/logout")
    client.sign_in(COMMUNE_OFFICER)
    do(client, dossier, "resolve")
    client.post("/logout")
    client.sign_in(COMMUNE_CLERK)
    do(client, dossier, "return", taken_by="Nguyễn Văn Thí Dụ", id_document="căn cước 9990")
    assert only().state == State.RETURNED
    page = client.get(f"/dossiers/{dossier.code}")
    assert "Thiếu tờ khai" in page.text


def test_all_that_is_lacking_is_asked_for_in_one_request(client: PolicingClient) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    line = "Giấy %d chứng minh quan hệ nhân thân và nơi cư trú của các thành viên trong hộ gia đình"
    twenty = "\n".join(line % number for number in range(1, 21))
    do(client, dossier, "ask_supplement", reason=twenty)
    assert only().history[-1].reason == twenty, "a second request is not allowed"


@pytest.mark.parametrize("typed", ["250000", "250.000", "250 000 đ", "250.000 đồng", "250,000VND"])
def test_a_sum_is_read_as_papers_write_it(client: PolicingClient, typed: str) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    do(client, dossier, "ask_payment", amount_vnd=typed, notice="12/TB-CCT")
    assert only().history[-1].details["amount_vnd"] == 250_000


def test_what_ends_with_its_pause_is_promised_no_other_day(client: PolicingClient) -> None:
    dossier = in_progress(at=now() - 7 * DAY, procedure_code=FIVE_DAYS)
    fee = {"amount_vnd": 15_000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=now() - 7 * DAY, **fee)
    done(dossier, "resolve", by=COMMUNE_CLERK, at=now())
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "hạn tính lại" in page
    assert "hẹn mới" not in page


@pytest.mark.parametrize("typed", ["250.00", "2.5000", "1e3", "-5", "hai trăm"])
def test_a_sum_that_is_none_is_refused_as_it_was_typed(client: PolicingClient, typed: str) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    said = {"version": dossier.version, "amount_vnd": typed, "notice": "12/TB-CCT"}
    answer = client.post(f"/dossiers/{dossier.code}/ask_payment", data=said)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_a_dossier_of_several_sets_says_so(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    one, two = received(), received(sets=2)
    assert "Số bộ hồ sơ" not in client.get(f"/dossiers/{one.code}").text
    assert "Số bộ hồ sơ</dt><dd>2</dd>" in client.get(f"/dossiers/{two.code}").text


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({"name": " "}, "Hãy nhập tên người nộp."),
        ({"name": "123"}, "Hãy nhập tên bằng chữ."),
        ({"id_number": "99909100012"}, "đang có 11"),
        ({"id_number": "999991000123"}, "từ 0 đến 3"),
        ({"id_number": "999299000123"}, "năm sinh 2099, còn chưa tới"),
        ({"phone": "06001"}, "thiếu hoặc thừa chữ số"),
        ({"phone": "0" * 20}, "thiếu hoặc thừa chữ số"),
        ({"phone": "không có"}, "chỉ gồm chữ số"),
        ({"phone": "", "id_number": ""}, "Cần điện thoại hoặc số căn cước"),
        ({"applicant_kind": "organisation", "id_number": "9900000017"}, "Mã số thuế không đúng"),
        ({"email": "a@b"}, "Thư điện tử cần dạng"),
        ({"procedure": ""}, "Hãy chọn một thủ tục."),
        ({"procedure": "D-DD-03"}, "không tiếp nhận thủ tục"),
        ({"procedure": "X-XX-99"}, "Không có thủ tục X-XX-99"),
        ({"name": "a" * 201}, "Dài quá 200 ký tự."),
        ({"channel": "postal", "delivered_at": "2999-01-01T10:00"}, "không thể ở tương lai"),
        ({"act": "decline"}, "Hãy ghi lý do."),
        ({"act": "decline", "reason": "Sai nơi"}, "Hãy chọn căn cứ từ chối."),
        (
            {"act": "decline", "reason": "x", "ground": "other", "competent_agency": "X"},
            "Không có cơ quan này.",
        ),
        ({"channel": "online"}, "Hãy chọn một mục có trong danh sách."),
        ({"channel": "postal", "delivered_at": "hôm qua"}, "Hãy nhập ngày và giờ có thật."),
    ],
)
def test_a_mistake_is_explained_and_nothing_typed_is_lost(
    clerk: PolicingClient, mistake: dict[str, str], message: str
) -> None:
    answer = clerk.post("/receive", data={**FILLED_IN, "note": "đã gõ", **mistake})
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="đã gõ"' in answer.text
    assert db.session.query(Dossier).count() == 0


def test_whoever_refuses_is_told_at_once_that_reason_and_ground_are_missing(
    client: PolicingClient,
) -> None:
    sent, examined = submitted(at=now()), in_progress()
    checked, refused = f"/dossiers/{sent.code}/accept", f"/dossiers/{examined.code}/refuse"
    for username, address, act, version in (
        (COMMUNE_CLERK, "/receive", {**FILLED_IN, "act": "decline"}, 0),
        (COMMUNE_CLERK, checked, {"act": "refuse_at_intake"}, sent.version),
        (COMMUNE_OFFICER, refused, {}, examined.version),
    ):
        client.sign_in(username)
        page = client.post(address, data={"version": version, **act}).text
        assert "Hãy ghi lý do." in page, address
        assert "Hãy chọn căn cứ từ chối." in page, address


def test_an_apology_names_the_one_day_it_may_promise(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CLOCK, Clock(MONDAY))
    at_once, later = received(procedure_code=CERTIFIED_COPY), in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_LEADER)
    page = client.get(f"/dossiers/{at_once.code}/apologise").text
    assert "Chỉ hẹn lại được ngày 02/03/2021" in page
    page = client.get(f"/dossiers/{later.code}/apologise").text
    assert "Từ 09/03/2021 đến 15/03/2021, ngày làm việc" in page


def test_dates_states_and_limits_come_from_verbs_and_never_from_the_browser(
    clerk: PolicingClient,
) -> None:
    begun = now()
    clerk.post("/receive", data={**FILLED_IN, **FORGED})
    dossier = only()
    assert dossier.state == State.RECEIVED
    assert dossier.received_at is not None
    assert begun <= dossier.received_at <= now()
    assert dossier.first_due_at == dossier.legal_due_at == dossier.due_at
    assert (dossier.level, dossier.limit_value, dossier.fee_vnd) == (4, 3, 15_000)
    assert dossier.code.startswith("H26.91.27-")
    assert dossier.finished_at is None
    clerk.post(f"/dossiers/{dossier.code}/hand_over", data={**FORGED, "version": dossier.version})
    handed = only()
    assert handed.state == State.IN_PROGRESS
    assert begun <= handed.history[-1].happened_at <= now()
    assert handed.due_at == dossier.due_at


def test_everything_that_is_wanting_is_said_at_once(clerk: PolicingClient) -> None:
    nothing = {"name": "", "phone": "", "id_number": "", "procedure": ""}
    answer = clerk.post("/receive", data={**FILLED_IN, **nothing})
    assert answer.status_code == 422
    wanting = ("Hãy nhập tên", "Cần điện thoại hoặc số căn cước", "Hãy chọn một thủ tục.")
    assert [said for said in wanting if said not in answer.text] == []


def test_whoever_ticks_no_paper_is_asked_once_whether_there_is_none(clerk: PolicingClient) -> None:
    bare = {name: told for name, told in FILLED_IN.items() if name != "papers"}
    asked = clerk.post("/receive", data=bare)
    assert asked.status_code == 422
    assert "Chưa đánh dấu giấy tờ nào" in asked.text
    assert db.session.query(Dossier).count() == 0
    assert '<input type="hidden" name="bare" value="C-HT-12">' in asked.text
    other = clerk.post("/receive", data={**bare, "bare": "C-HT-01"})
    assert other.status_code == 422
    assert clerk.post("/receive", data={**bare, "bare": "C-HT-12"}).status_code == 302
    assert not any(paper["brought"] for paper in only().papers)


def test_a_refusal_asks_for_no_paper_and_is_called_by_its_name(clerk: PolicingClient) -> None:
    bare = {name: told for name, told in FILLED_IN.items() if name != "papers"}
    asked = {"act": "send_back", "reason": "Thiếu tờ khai"}
    sent = clerk.post("/receive", data=bare | asked)
    assert sent.status_code == 302
    page = clerk.get(sent.location).text
    assert "Đã ghi: Yêu cầu hoàn thiện hồ sơ." in page
    assert "Mã tỉnh của số căn cước không có thật" in page
    assert "Đã lưu" not in page


def test_sending_the_form_twice_gives_the_first_receipt(clerk: PolicingClient) -> None:
    first = clerk.post("/receive", data=FILLED_IN)
    assert clerk.post("/receive", data=FILLED_IN).location == first.location
    assert db.session.query(Dossier).count() == 1


@pytest.mark.parametrize("act", ["", "pay", None])
def test_a_form_without_a_known_button_registers_nothing(
    clerk: PolicingClient, act: str | None
) -> None:
    said = {name: value for name, value in FILLED_IN.items() if name != "act"}
    answer = clerk.post("/receive", data=said if act is None else {**said, "act": act})
    assert answer.status_code == 400
    assert db.session.query(Dossier).count() == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_receipt_is_an_official_paper_in_vietnamese_whatever_the_page(
    client: PolicingClient, language: str
) -> None:
    dossier = received()
    client.set_cookie("language", language)
    client.sign_in("theodoi1.thanhtri")
    page = client.get(f"/dossiers/{dossier.code}/receipt").text
    paper = page.split("<article")[1].split("</article>")[0]
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "XÃ NGỌC HỒI",
        dossier.code,
        "Nguyễn Văn Thí Dụ",
        "Cấp Giấy xác nhận tình trạng hôn nhân",
        "Không có giấy tờ kèm theo",
        "3 ngày làm việc",
        "09 giờ 00 phút, thứ Hai, 01/03/2021",
        "17 giờ 00 phút, thứ Năm, 04/03/2021",
        "Ngọc Hồi, ngày 01 tháng 3 năm 2021",
        "nhận kết quả tại:</dt> <dd>Bộ phận Tiếp nhận và Trả kết quả xã Ngọc Hồi",
        "15.000 đ",
        "qr.svg",
        "/status",
    ):
        assert said in paper, said
    assert "999091000123" not in paper, "a paper that leaves the house shows four digits"
    assert "••••••••0123" in paper
    assert "trễ" not in paper, "it tells what is promised, on whatever day it is printed"


LABELS = (
    "Mã hồ sơ:",
    "Bộ phận Tiếp nhận và Trả kết quả: xã Ngọc Hồi",
    "Tiếp nhận hồ sơ của:",
    "Số CMND/Thẻ căn cước/Mã số thuế:",
    "Địa chỉ:",
    "Số điện thoại:",
    "Email (nếu có):",
    "Nội dung yêu cầu giải quyết:",
    "1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ gồm:",
    "2. Số lượng hồ sơ:",
    "3. Thời gian giải quyết hồ sơ theo quy định là:",
    "4. Thời gian nhận hồ sơ:",
    "5. Thời gian trả kết quả giải quyết hồ sơ:",
    "6. Đăng ký nhận kết quả tại:",
    "Phí, lệ phí (nếu có):",
    "Vào Sổ theo dõi hồ sơ, Quyển số: 01/2021 Số thứ tự: 01",
    "Nộp lại giấy này khi nhận kết quả",
    "Nếu có vướng mắc, xin liên hệ Bộ phận Tiếp nhận và Trả kết quả xã Ngọc Hồi.",
)


def test_the_receipt_a_clerk_prints_has_the_labels_of_form_01_in_their_order(
    clerk: PolicingClient,
) -> None:
    page = clerk.get(f"/dossiers/{received().code}/receipt").text
    paper = re.sub(r"<[^>]+>", " ", page.split("<article")[1].split("</article>")[0])
    words = " ".join(paper.split()).replace(" :", ":")
    found = [words.find(one) for one in LABELS]
    assert -1 not in found, LABELS[found.index(-1)]
    assert found == sorted(found)


def test_saving_opens_the_receipt_to_be_printed_at_once(clerk: PolicingClient) -> None:
    saved = clerk.post("/receive", data={**FILLED_IN, "id_number": ""})
    first = clerk.get(saved.location).text
    assert 'data-print="now"' in first
    assert re.search(r'class="note note-done" role="status"[^>]*>Đã lưu hồ sơ H26', first)
    again = clerk.get(saved.location).text
    assert "data-print" in again
    assert 'data-print="now"' not in again


def test_what_was_never_received_has_no_receipt(clerk: PolicingClient) -> None:
    assert clerk.get(f"/dossiers/{submitted().code}/receipt").status_code == 404


def test_hostile_text_is_shown_as_text(clerk: PolicingClient) -> None:
    hostile = "<script>alert(1)</script> Nguyễn"
    page = clerk.post("/receive", data={**FILLED_IN, "name": hostile}, follow_redirects=True)
    assert "&lt;script&gt;" in page.text


def test_the_search_for_a_procedure_needs_no_diacritics(clerk: PolicingClient) -> None:
    found = clerk.get("/receive/procedures?q=tinh trang hon nh").text
    assert 'data-value="C-HT-12"' in found
    assert "<mark>tình</mark> <mark>trạng</mark> <mark>hôn</mark> <mark>nh</mark>ân" in found
    assert "3 ngày làm việc" in found


def test_papers_and_date_appear_as_soon_as_the_procedure_is_chosen(clerk: PolicingClient) -> None:
    chosen = clerk.post("/receive/choice", data={"q": "C-HT-12"}).text
    assert 'name="procedure" value="C-HT-12"' in chosen
    assert "Tờ khai" in chosen
    assert "3 ngày làm việc" in chosen
    assert 'name="q"' in clerk.post("/receive/choice").text
    assert 'name="procedure"' not in clerk.get("/receive").text, "nothing outranks the choice"


@pytest.mark.parametrize(
    ("pressed", "shown", "why"),
    [
        ({"act": "search", "q": "khai sinh", "procedure": ""}, 'value="C-HT-01"', "looked for"),
        ({"pick": "C-HT-01", "act": None}, 'name="procedure" value="C-HT-01"', "another is taken"),
        ({"act": "change"}, 'name="q"', "the choice is given up"),
    ],
)
def test_looking_for_a_procedure_saves_nothing_and_loses_nothing(
    clerk: PolicingClient, pressed: dict[str, str | None], shown: str, why: str
) -> None:
    said = {**FILLED_IN, "note": "đã gõ", "reason": "còn thiếu", "return_by": "postal", **pressed}
    page = clerk.post("/receive", data={key: it for key, it in said.items() if it is not None})
    assert page.status_code == 200
    assert shown in page.text, why
    for typed in ("Nguyễn Văn Thí Dụ", "0600123456", "đã gõ", "còn thiếu", "one press"):
        assert typed in page.text, typed
    assert 'selected value="postal"' in page.text
    assert db.session.query(Dossier).count() == 0


def test_what_is_ticked_stays_ticked_when_something_else_is_wrong(clerk: PolicingClient) -> None:
    page = clerk.post("/receive", data={**FILLED_IN, "name": ""}).text
    assert 'name="procedure" value="C-HT-12"' in page
    assert re.findall(r'data-key="(\d)" checked', page) == ["1", "2"]
    assert '<a href="#name">' in page


def test_a_procedure_that_cannot_be_taken_is_looked_for_again(clerk: PolicingClient) -> None:
    page = clerk.post("/receive", data={**FILLED_IN, "procedure": "D-DD-03"}).text
    assert '<a href="#q">' in page
    assert 'value="D-DD-03"' in page


def test_the_check_begins_with_the_papers_that_were_declared(clerk: PolicingClient) -> None:
    dossier = submitted(papers=frozenset({1}))
    page = clerk.get(f"/dossiers/{dossier.code}/accept").text
    assert re.findall(r'data-key="(\d)" checked', page) == ["2"]


def test_what_has_another_list_of_papers_since_is_not_taken_as_brought(
    clerk: PolicingClient,
) -> None:
    dossier = submitted(papers=frozenset({0, 1}))
    kept = dossier.papers[1]["name"]
    new = [{"name": "Tờ khai mới"}, {"name": "Giấy tờ thêm"}, {"name": kept}]
    catalogue.changed("C-HT-12", date(2021, 3, 2), papers=new)
    page = clerk.get(f"/dossiers/{dossier.code}/accept").text
    assert re.findall(r'data-key="(\d)" checked', page) == ["3"], "known by its name alone"
    assert re.search(r"<span data-ticked>1</span> trên 3", page)
    assert re.search(f"Người nộp còn khai có:.*{dossier.papers[0]['name']}", page, re.DOTALL)


def test_what_was_submitted_of_a_procedure_that_has_ended_since_can_still_be_refused(
    clerk: PolicingClient,
) -> None:
    dossier = submitted()
    catalogue.closed("C-HT-12", date(2021, 3, 1))
    page = clerk.get(f"/dossiers/{dossier.code}/accept").text
    assert "Thủ tục này không còn hiệu lực." in page
    assert re.findall(r'name="act" value="(\w+)"', page) == ["refuse_at_intake"]
    for gone in ("Ctrl+Enter", "Alt+H", "cần hoàn thiện", "êu cầu hoàn thiện", "mang đủ"):
        assert gone not in page, "nothing can be received, nor completed"
    sent = {"version": str(dossier.version), "reason": "Thủ tục đã bãi bỏ", "ground": "other"}
    late = clerk.post(f"/dossiers/{dossier.code}/accept", data=sent | {"act": "accept"})
    assert (late.status_code, "Thủ tục này không còn hiệu lực." in late.text) == (422, True)
    refused = clerk.post(
        f"/dossiers/{dossier.code}/accept", data=sent | {"act": "refuse_at_intake"}
    )
    assert refused.status_code == 302, refused.text
    assert only().state == State.NOT_ACCEPTED


@pytest.mark.parametrize("page", ["", "/accept"])
def test_a_submission_says_how_much_time_there_is_to_check_it(
    clerk: PolicingClient, page: str
) -> None:
    dossier = submitted(at=MONDAY)
    late = re.compile(r"quá [\d.]+ giờ")
    assert late.search(clerk.get(f"/dossiers/{dossier.code}{page}").text)
    fresh = submitted(at=now())
    told = clerk.get(f"/dossiers/{fresh.code}{page}").text
    assert not late.search(told)
    assert re.search(r"còn \d giờ", told)


def test_what_has_been_received_is_shown_and_not_checked_again(clerk: PolicingClient) -> None:
    dossier = received()
    answer = clerk.get(f"/dossiers/{dossier.code}/accept")
    assert answer.location == f"/dossiers/{dossier.code}"


def test_who_checks_what_somebody_else_has_received_sees_that_and_what_he_typed(
    clerk: PolicingClient,
) -> None:
    dossier = submitted()
    sent = {"version": str(only().version), "act": "accept", "sets": "1"}
    assert clerk.post(f"/dossiers/{dossier.code}/accept", data=sent).status_code == 302
    ticked = {"papers": ["0", "1"], "originals": ["1"], "copies": ["0"]}
    why = {"act": "refuse_at_intake", "reason": "Thiếu tờ khai", "ground": "not_valid"}
    late = sent | ticked | why
    answer = clerk.post(f"/dossiers/{dossier.code}/accept", data=late)
    assert answer.status_code == 422
    for told in ("Vừa được ghi:", "Đã tiếp nhận", "không còn hợp với trạng thái mới"):
        assert told in answer.text
    assert '<dd class="said" lang="vi">Thiếu tờ khai</dd>' in answer.text
    assert 'value="accept"' not in answer.text, "nothing is left to decide"


def test_a_stale_page_changes_nothing_and_keeps_what_was_typed(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    client.post("/receive", data=FILLED_IN)
    dossier = only()
    do(client, dossier, "hand_over")
    client.post("/logout")
    client.sign_in(COMMUNE_OFFICER)
    answer = client.post(
        f"/dossiers/{dossier.code}/refuse", data={"version": "1", "reason": "đã gõ"}
    )
    assert answer.status_code == 422
    assert "Người khác vừa thay đổi" in answer.text
    assert "đã gõ" in answer.text
    assert only().state == State.IN_PROGRESS


def test_all_that_was_typed_into_what_somebody_else_has_done_can_be_read(
    client: PolicingClient,
) -> None:
    dossier = done(in_progress(), "resolve", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_CLERK)
    typed = {"version": str(only().version), "taken_by": "Lê Văn Ví Dụ", "id_document": "cc 9991"}
    do(client, dossier, "return", taken_by="Trần Thị Thí Dụ", id_document="cc 9992")
    page = client.post(f"/dossiers/{dossier.code}/return", data=typed).text
    kept = re.findall(r'<dt>([^<]+)</dt><dd class="said" lang="vi">([^<]+)</dd>', page)
    assert kept == [
        ("Người nhận kết quả", "Lê Văn Ví Dụ"),
        ("Giấy tờ tùy thân đã xem", "cc 9991"),
    ]


def test_a_day_that_was_chosen_in_vain_is_read_as_days_are(client: PolicingClient) -> None:
    dossier = in_progress()
    said = {"version": str(only().version), "new_on": "2021-03-05"}
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_LEADER)
    page = client.post(f"/dossiers/{dossier.code}/apologise", data=said).text
    assert '<dd class="said" lang="vi">05/03/2021</dd>' in page


@pytest.mark.parametrize(
    ("asked_after", "said", "why"),
    [
        (DAY, "đếm lại đủ 3 ngày làm việc", "in time it restarts"),
        (DAY, "hẹn là thứ Sáu, 05/03/2021", "both dates are said"),
        (DAY, "đã đếm 1 trên 3 ngày làm việc", "and how far the count has come"),
        (8 * DAY, "hồ sơ vẫn quá hạn", "too late nothing helps"),
    ],
)
def test_the_effect_of_an_act_is_said_before_it_is_done(
    client: PolicingClient,
    monkeypatch: pytest.MonkeyPatch,
    asked_after: timedelta,
    said: str,
    why: str,
) -> None:
    dossier = in_progress()
    monkeypatch.setattr(CLOCK, Clock(MONDAY + asked_after))
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/ask_supplement").text
    assert "Hẹn 04/03/2021" in page
    assert said in page, why


def test_one_original_of_a_paper_is_one_in_english_too(clerk: PolicingClient) -> None:
    clerk.set_cookie(COOKIE, "en")
    form = clerk.get("/receive?procedure=C-HT-12").text
    assert 'data-original="1 original" data-originals="# originals"' in form
    counted = {"papers": ["0", "1"], "originals": ["1", "2"], "copies": ["0", "1"]}
    clerk.post("/receive", data={**FILLED_IN, **counted})
    page = clerk.get(f"/dossiers/{only().code}").text
    assert re.findall(r">(\d+ (?:original|cop)\w*)</small>", page)[:3] == [
        "1 original",
        "2 originals",
        "1 copy",
    ]


def test_of_a_limit_in_months_it_is_said_how_many_days_were_counted(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=THREE_MONTHS)
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 9 * DAY))
    client.sign_in(DISTRICT_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/ask_supplement").text
    assert "đã đếm 9 ngày, thời hạn 3 tháng" in page


@pytest.mark.parametrize(
    ("after", "said"),
    [(3 * DAY, "Đồng hồ dừng, chưa có hẹn"), (4 * DAY, "Đồng hồ dừng, hồ sơ vẫn quá hạn")],
)
def test_a_fee_asked_for_after_the_date_makes_nothing_punctual(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch, after: timedelta, said: str
) -> None:
    dossier = in_progress()  # due on Thursday
    monkeypatch.setattr(CLOCK, Clock(MONDAY + after))
    client.sign_in(COMMUNE_OFFICER)
    assert said in client.get(f"/dossiers/{dossier.code}/ask_payment").text


@pytest.mark.parametrize(("minutes", "is_told"), [(10, False), (11, True)])
def test_after_the_minutes_a_page_says_why_the_last_act_stands(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch, minutes: int, is_told: bool
) -> None:
    dossier = received()
    monkeypatch.setattr(CLOCK, Clock(MONDAY + timedelta(minutes=minutes)))
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert ("Chỉ thu hồi được trong 10 phút sau khi ghi." in page) is is_told
    assert (f"/dossiers/{dossier.code}/reverse" in page) is not is_told
    client.sign_in(COMMUNE_LEADER)
    assert "thu hồi" not in client.get(f"/dossiers/{dossier.code}").text, "it is not his act"


def test_a_limit_in_hours_is_told_to_the_hour(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress(procedure_code=EIGHT_HOURS)
    monkeypatch.setattr(CLOCK, Clock(MONDAY + HOUR))
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/ask_supplement").text
    assert "Hẹn 9:00, 02/03/2021" in page
    assert "Nếu xong ngay bây giờ, hẹn là 10:00, 02/03/2021." in page
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + HOUR, reason="Thiếu")
    monkeypatch.setattr(CLOCK, Clock(MONDAY + DAY))
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}/supplement").text
    assert "Hẹn 9:00, 03/03/2021" in page
    assert "Tính lại từ đầu, từ lúc này." in page


def test_whoever_acts_is_told_the_new_date_and_no_date_that_stands_still(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress()
    monkeypatch.setattr(CLOCK, Clock(MONDAY + DAY))
    client.sign_in(COMMUNE_OFFICER)
    do(client, dossier, "ask_supplement", reason="Thiếu tờ khai")
    assert "Hẹn trả nay là" not in client.get(f"/dossiers/{dossier.code}").text
    client.post("/logout")
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 2 * DAY))
    client.sign_in(COMMUNE_CLERK)
    do(client, dossier, "supplement")
    told = client.get(f"/dossiers/{dossier.code}").text
    assert "Hẹn trả nay là 17:00, thứ Hai, 08/03/2021." in told
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY)
    do(client, dossier, "return", taken_by="Nguyễn Văn Thí Dụ", id_document="căn cước 9990")
    assert "Hẹn trả nay là" not in client.get(f"/dossiers/{dossier.code}").text


def test_only_a_second_request_asks_for_the_decision_of_a_leader(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress()
    monkeypatch.setattr(CLOCK, Clock(MONDAY + DAY))
    client.sign_in(COMMUNE_LEADER)
    address = f"/dossiers/{dossier.code}/ask_supplement"
    assert "Yêu cầu lần thứ hai" not in client.get(address).text
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + HOUR)
    page = client.get(address).text
    assert "Yêu cầu lần thứ hai" in page
    assert "vì không phải lần đầu yêu cầu" in page


def test_a_leader_who_forgets_to_decide_an_exception_is_shown_where(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    monkeypatch.setattr(CLOCK, Clock(MONDAY + HOUR))
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY)
    client.sign_in(COMMUNE_LEADER)
    said = {"version": str(only().version), "reason": "Thiếu", "cause": "system"}
    page = client.post(f"/dossiers/{dossier.code}/ask_supplement", data=said).text
    assert 'href="#override"' in page
    assert "mỗi hồ sơ chỉ được yêu cầu một lần" in page
    page = client.post(
        f"/dossiers/{dossier.code}/apologise", data={**said, "new_on": "2021-03-31"}
    ).text
    assert page.count("theo quyết định của lãnh đạo") == 3, "summary, field and box say the same"
    client.sign_in(COMMUNE_OFFICER)
    page = client.post(f"/dossiers/{dossier.code}/ask_supplement", data=said).text
    assert "mỗi hồ sơ chỉ được yêu cầu một lần" in page
    assert 'href="#override"' not in page, "nobody is sent to what he has not"


def test_a_withdrawal_during_a_pause_neither_stops_the_clock_nor_lets_it_run(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress()
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    monkeypatch.setattr(CLOCK, Clock(MONDAY + HOUR))
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}/ask_withdrawal").text
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + HOUR, reason=None)
    back = client.get(f"/dossiers/{dossier.code}/take_back_withdrawal").text
    for told in (page, back):
        act = told.split('id="act"')[1].split("</section>")[0]
        assert "Đồng hồ vẫn dừng" in act
        assert "Đồng hồ dừng từ lúc này" not in act
        assert "đồng hồ chạy lại" not in act
        assert "dừng đồng hồ" not in act


def test_what_is_not_received_says_that_no_clock_runs(client: PolicingClient) -> None:
    dossier = submitted(at=now())
    client.sign_in(COMMUNE_CLERK)
    for page in ("/receive", f"/dossiers/{dossier.code}/accept"):
        assert "Đồng hồ chưa chạy" in client.get(page).text
    done(dossier, "ask_for_completion", by=COMMUNE_CLERK, at=now(), reason="Thiếu tờ khai")
    page = client.get(f"/dossiers/{dossier.code}/accept").text
    assert "Thiếu tờ khai" in page
    assert 'value="refuse_at_intake"' in page
    assert "ask_for_completion" not in page, "what is lacking is asked for once"


def test_a_late_request_says_that_it_only_pauses(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 4 * DAY))
    client.sign_in(COMMUNE_OFFICER)
    assert "đồng hồ dừng, rồi đếm tiếp" in client.get(f"/dossiers/{dossier.code}").text
    page = client.get(f"/dossiers/{dossier.code}/ask_supplement").text
    assert "Chỉ tạm dừng, không đếm lại từ đầu, vì quá 3 ngày làm việc từ ngày nhận." in page
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY, reason="Thiếu")
    waiting = client.get(f"/dossiers/{dossier.code}").text
    assert "Chỉ tạm dừng, không đếm lại từ đầu." in waiting.split('id="history"')[1]
    assert "Chưa có hẹn mới" in waiting


@pytest.mark.parametrize(
    ("verb", "wanted"),
    [
        ("resolve", "Kết thúc: "),
        ("refuse", "Lý do từ chối, căn cứ pháp lý"),
        ("ask_supplement", "Cần bổ sung gì, vì sao"),
    ],
)
def test_an_act_asks_in_its_own_words(client: PolicingClient, verb: str, wanted: str) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    assert wanted in client.get(f"/dossiers/{dossier.code}/{verb}").text


def test_returning_a_result_asks_who_took_it_and_which_document_was_shown(
    client: PolicingClient,
) -> None:
    dossier = in_progress()
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY)
    client.sign_in(COMMUNE_CLERK)
    path = f"/dossiers/{dossier.code}/return"
    assert f'value="{APPLICANT.name}"' in client.get(path).text
    said = {"version": str(only().version), "taken_by": "Trần Thị Ủy Quyền"}
    missing = client.post(path, data=said)
    assert missing.status_code == 422
    assert '<a href="#id_document">' in missing.text
    assert 'value="Trần Thị Ủy Quyền"' in missing.text
    client.post(path, data={**said, "id_document": "hộ chiếu"})
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Trần Thị Ủy Quyền · hộ chiếu" in page


def test_a_limit_is_extended_on_its_page_and_the_slip_has_the_new_hour(
    client: PolicingClient,
) -> None:
    dossier = received(at=now(), procedure_code=CERTIFIED_COPY)
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Kéo dài thời hạn chứng thực" in page
    path = f"/dossiers/{dossier.code}/extend"
    asked = client.get(path).text
    assert "Đúng hạn hay quá hạn tính theo ngày hẹn mới" in asked, "told before it is done"
    assert "không cần thỏa thuận" in asked
    found = extending.extension(only())
    assert found.alone_until
    said = {"reason": "Người cần 300 bản", "new_on": found.alone_until.isoformat()}
    wrong = client.post(path, data={"version": str(only().version), **said, "clock": "12:30"})
    assert wrong.status_code == 422
    assert "Giờ hẹn phải trong giờ làm việc của cơ quan" in wrong.text
    assert "Người cần 300 bản" in wrong.text
    answer = client.post(path, data={"version": str(only().version), **said, "clock": "10:30"})
    assert answer.location.endswith(f"/dossiers/{dossier.code}/receipt"), "the slip is at hand"
    slip = client.get(answer.location).text
    assert f"10 giờ 30 phút, {full_day(found.alone_until)}" in slip
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Đã kéo dài thời hạn chứng thực" in page
    assert "kéo dài thêm 2 ngày làm việc" in page
    assert "ngày hẹn sau khi kéo dài thời hạn chứng thực (Nghị định 23/2015/NĐ-CP)" in page


def test_what_is_no_certification_says_nothing_of_an_extension(client: PolicingClient) -> None:
    dossier = received(at=now(), procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    assert "Kéo dài" not in client.get(f"/dossiers/{dossier.code}").text
    page = client.get(f"/dossiers/{dossier.code}/extend", follow_redirects=True).text
    assert "Chỉ kéo dài thời hạn chứng thực" in page


def test_after_its_hour_a_limit_is_not_extended_and_the_page_says_why(
    client: PolicingClient,
) -> None:
    dossier = received(at=now() - 7 * DAY, procedure_code=CERTIFIED_COPY)
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert f"/dossiers/{dossier.code}/extend" not in page
    assert "giờ hẹn đã qua" in page


def test_an_apology_is_promised_shown_and_printed(client: PolicingClient) -> None:
    dossier = in_progress(at=now(), procedure_code=FIVE_DAYS)
    assert dossier.legal_due_at
    client.sign_in(COMMUNE_LEADER)
    path = f"/dossiers/{dossier.code}/apologise"
    asked = client.get(path)
    assert "Đúng hạn hay quá hạn vẫn tính theo" in asked.text
    last = reappointment(only(), now())
    assert last
    said = {"cause": "system", "reason": "Máy chủ hỏng", "new_on": last.last.isoformat()}
    slip = client.post(path, data={"version": str(only().version), **said, "cause": ""})
    assert slip.status_code == 422
    assert "Hãy chọn vì sao chậm" in slip.text
    assert "Máy chủ hỏng" in slip.text
    do(client, dossier, "apologise", **said)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Đã xin lỗi và hẹn lại" in page
    assert "Xin lỗi muộn" not in page
    assert "Hệ thống, kỹ thuật" in page
    assert "In phiếu" in page
    assert "Đúng hạn hay quá hạn vẫn tính theo ngày" in page
    assert "đã hẹn lại một lần" in page
    again = client.get(path, follow_redirects=True).text
    assert "Hồ sơ đã hẹn lại một lần; chỉ được hẹn lại một lần." in again, (
        "no form for a second time"
    )
    assert client.post(path, data={"version": str(only().version), **said}).status_code == 422
    assert "hẹn lại; đúng hạn" in client.get(f"/dossiers/{dossier.code}/receipt").text
    assert "đã hẹn lại" in client.get("/dossiers").text
    found = client.post("/status", data={"code": dossier.code, "second": "0123"}).text
    assert "Chúng tôi xin lỗi và đã hẹn lại" in found
    assert f"{dossier.legal_due_at.astimezone(VIET_NAM):%d/%m/%Y}" in found
    assert 'class="left' not in found, "counted to the day that decides, it would stand at another"


def test_what_was_promised_anew_and_is_late_is_not_said_to_go_by_that_day(
    clerk: PolicingClient,
) -> None:
    dossier = in_progress(at=now() - 40 * DAY)
    found = reappointment(dossier, now())
    assert found
    apologised(dossier, found.first, at=now())
    page = clerk.get(f"/dossiers/{dossier.code}").text
    assert "Đúng hạn hay quá hạn vẫn tính theo ngày" in page
    assert "Ngày hẹn vẫn là ngày quyết định" not in page


def test_a_slip_is_taken_back_from_the_page_by_whoever_made_it(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    client.post("/receive", data=FILLED_IN)
    dossier = only()
    do(client, dossier, "hand_over")
    path, receipt = f"/dossiers/{dossier.code}/reverse", "giấy hẹn đã đưa thì thu lại"
    assert path in client.get(f"/dossiers/{dossier.code}").text
    asked = client.get(path).text
    assert "Trở lại “Đã tiếp nhận”" in asked
    assert receipt not in asked, "it stays true"
    client.post("/logout")
    client.sign_in(COMMUNE_LEADER)
    assert path not in client.get(f"/dossiers/{dossier.code}").text
    assert "Chỉ người vừa ghi" in client.get(path, follow_redirects=True).text
    assert "Chưa ghi gì" in client.post(path, data={"version": dossier.version}).text
    client.post("/logout")
    client.sign_in(COMMUNE_CLERK)
    do(client, dossier, "reverse")
    assert only().state == State.RECEIVED
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Đã thu hồi việc ghi nhầm" in page
    assert "Đã bàn giao cho nơi giải quyết" in page
    assert path not in page
    do(client, dossier, "hand_over")
    assert only().state == State.IN_PROGRESS


def test_a_receipt_taken_back_is_checked_from_the_desk_and_not_among_new_online_ones(
    client: PolicingClient,
) -> None:
    client.sign_in(COMMUNE_CLERK)
    client.post("/receive", data=FILLED_IN)
    dossier = only()
    asked = client.get(f"/dossiers/{dossier.code}/reverse").text
    assert "giấy hẹn đã đưa thì thu lại" in asked
    do(client, dossier, "reverse")
    assert dossier.code in client.get("/desk").text
    assert dossier.code not in client.get("/desk?view=new_online").text
    page = client.get(f"/dossiers/{dossier.code}/accept").text
    assert page.count('href="/desk?view=new_online"') == 1, "the entry of the menu alone"


def test_the_page_of_an_act_whose_time_is_over_leads_back_and_says_why(
    client: PolicingClient,
) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    for verb, why in (
        ("settle", "khi hồ sơ ở trạng thái “Đang xử lý”"),
        ("take_back_withdrawal", "khi hồ sơ ở trạng thái “Đang xử lý”"),
    ):
        answer = client.get(f"/dossiers/{dossier.code}/{verb}")
        assert answer.location == f"/dossiers/{dossier.code}"
        assert why in client.get(answer.location).text


def test_an_act_that_only_its_state_allows_is_not_shown_where_more_is_missing(
    client: PolicingClient,
) -> None:
    dossier = received()
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}/settle", follow_redirects=True).text
    assert "Chỉ giải quyết ngay tại quầy thủ tục trả trong ngày hoặc trả ngay." in page
    assert "Sau khi ghi" not in page


def test_what_may_not_be_done_says_why(client: PolicingClient) -> None:
    dossier = received(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Chỉ giải quyết ngay tại quầy thủ tục trả trong ngày hoặc trả ngay." in page
    assert "Vai trò của bạn không được phép “Dừng giải quyết”." in page
    assert f"/dossiers/{dossier.code}/settle" not in page


def test_the_history_tells_newest_first_what_became_of_the_date(client: PolicingClient) -> None:
    dossier = in_progress()
    later = MONDAY + DAY
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=later, reason="Thiếu tờ khai")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=later + DAY)
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}").text.split('id="history"')[1]
    told = [
        "hẹn mới 08/03/2021, 17:00",
        "Bổ sung xong đếm lại từ đầu.",
        "Thiếu tờ khai",
        "Đã bàn giao cho nơi giải quyết",
        "hẹn trả 04/03/2021, 17:00",
    ]
    places = [page.index(one) for one in told]
    assert places == sorted(places)


@pytest.mark.on_both_databases
def test_every_look_at_a_dossier_is_noted_whatever_its_page(client: PolicingClient) -> None:
    dossier = in_progress()
    client.sign_in(COMMUNE_OFFICER)
    for page in ("", "/resolve", "/receipt"):
        client.get(f"/dossiers/{dossier.code}{page}")
    assert db.session.query(Look).count() == 3


def test_another_agency_does_not_learn_that_a_dossier_exists(client: PolicingClient) -> None:
    dossier = received()
    client.sign_in(NEIGHBOUR)
    for path in ("", "/receipt", "/qr.svg", "/hand_over"):
        assert client.get(f"/dossiers/{dossier.code}{path}").status_code == 404


@pytest.mark.parametrize("dossiers", [1, 20])
@pytest.mark.parametrize(
    "path",
    [
        "/desk",
        "/desk?q=thi+du",
        "/dossiers?q=nguyen",
        "/dossiers?figure=received&from=2021-03-01&to=2021-03-31",
        "/register?from=2021-03-01&to=2021-03-31",
    ],
)
def test_a_list_costs_the_same_however_long_it_is(
    clerk: PolicingClient, budget: Budget, dossiers: int, path: str
) -> None:
    for _ in range(dossiers):
        received()
    clerk.get(path)
    with budget(14):
        page = clerk.get(path)
    assert page.text.count('href="/dossiers/H26.91.27-210301-') == dossiers


@pytest.mark.parametrize("dossiers", [1, 20])
@pytest.mark.parametrize(
    "path", ["/desk.csv", "/dossiers.csv?q=nguyen", "/dossiers.xlsx", "/register.csv"]
)
def test_a_file_costs_the_same_however_many_rows_it_has(
    clerk: PolicingClient, budget: Budget, dossiers: int, path: str
) -> None:
    for _ in range(dossiers):
        received(at=now())
    clerk.get(path)
    with budget(14):
        assert clerk.get(path).status_code == 200


@pytest.mark.parametrize(
    "words", ["thi du", "du nguyen", "NGUYỄN", "0600123456", "3456", "0123", "210301-0001"]
)
def test_a_dossier_is_found_by_name_code_phone_and_the_end_of_numbers(
    clerk: PolicingClient, words: str
) -> None:
    dossier = received()
    assert dossier.code in clerk.get("/dossiers", query_string={"q": words}).text
    assert dossier.code not in clerk.get("/dossiers", query_string={"q": f"{words} xyz"}).text


def codes(page: str) -> list[str]:
    return re.findall(r'class="code small" href="/dossiers/([^"]+)"', page)


def test_the_desk_shows_first_what_is_late_and_last_what_waits_to_be_collected(
    clerk: PolicingClient,
) -> None:
    at = now()
    late = in_progress(at=at - 20 * DAY)
    ready = in_progress(at=at - 30 * DAY)
    done(ready, "resolve", by=COMMUNE_OFFICER, at=at - 29 * DAY)
    waiting = in_progress(at=at - 25 * DAY)
    done(waiting, "ask_for_supplement", by=COMMUNE_OFFICER, at=at - 25 * DAY, reason="Thiếu")
    running = received(procedure_code=FIVE_DAYS, at=at)
    order = [late.code, running.code, waiting.code, ready.code]
    assert codes(clerk.get("/desk").text) == order
    page = clerk.get("/desk?view=awaiting").text
    assert "chưa có hẹn" in page


@pytest.mark.parametrize(
    ("days", "badge", "note"),
    [
        (35, "chờ lấy, quá hẹn", "hãy nhắc người nộp"),
        (420, "chờ lấy, quá hẹn", "bàn giao cho lưu trữ của nơi giải quyết"),
        (1, "xong, chờ trả", None),
    ],
)
def test_whoever_does_not_take_a_result_is_reminded(
    clerk: PolicingClient, days: int, badge: str, note: str | None
) -> None:
    dossier = in_progress(at=now() - days * DAY)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=now() - days * DAY)
    page = clerk.get(f"/dossiers/{dossier.code}").text
    for listed in (page, clerk.get("/desk?view=ready").text):
        assert badge in listed
    if note:
        assert note in page
    else:
        assert "hãy nhắc" not in page
    assert "Ngày hẹn vẫn là ngày quyết định" not in page, "that is said of what is still late"
    clerk.post(
        f"/dossiers/{dossier.code}/return",
        data={"version": dossier.version, "taken_by": "Thí Dụ", "id_document": "căn cước"},
    )
    assert "chờ lấy" not in clerk.get(f"/dossiers/{dossier.code}").text


@pytest.mark.on_both_databases
def test_a_list_is_sorted_as_its_address_says(clerk: PolicingClient) -> None:
    names = ("Đỗ Văn Ba", "Ân Thị Hai", "Ao Văn Tư", "Dương Thị Một")
    made = {name: received(applicant=replace(APPLICANT, name=name)).code for name in names}
    by_name = codes(clerk.get("/desk?sort=applicant").text)
    assert by_name == [
        made[name] for name in ("Ân Thị Hai", "Ao Văn Tư", "Đỗ Văn Ba", "Dương Thị Một")
    ]
    assert codes(clerk.get("/desk?sort=received").text) == list(reversed(made.values()))
    assert codes(clerk.get("/desk?sort=").text) == list(made.values())
    for path in ("/desk", "/desk.csv"):
        assert clerk.get(f"{path}?sort=shoe-size").status_code == 404


@pytest.mark.on_both_databases
def test_the_coming_days_lead_to_what_is_due_on_them(clerk: PolicingClient) -> None:
    dossier = received(procedure_code=FIVE_DAYS, at=now())
    assert dossier.due_at is not None
    due_on = legal_date(dossier.due_at)
    address = f"/desk?due={due_on.isoformat()}"
    assert address in clerk.get("/desk").text
    assert codes(clerk.get(address).text) == [dossier.code]
    assert codes(clerk.get("/desk?due=2001-01-01").text) == []


def test_a_day_leads_to_as_many_as_it_tells_of(clerk: PolicingClient) -> None:
    runs, ready, held = (in_progress(procedure_code=FIVE_DAYS, at=now()) for _ in range(3))
    done(ready, "resolve", by=COMMUNE_OFFICER, at=now())
    done(held, "ask_for_supplement", by=COMMUNE_OFFICER, at=now(), reason="Thiếu bản chính")
    assert runs.due_at is not None
    address = f"/desk?due={legal_date(runs.due_at).isoformat()}"
    told = re.search(rf'href="{re.escape(address)}".*?<b>(\d+)</b>', clerk.get("/desk").text, re.S)
    assert told is not None
    assert told[1] == "1"
    assert codes(clerk.get(address).text) == [runs.code]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/desk?view=overdue", "Không có hồ sơ nào quá hạn"),
        ("/desk?view=ready", "Không có kết quả nào chờ trả"),
        ("/desk?q=khong+co+ai", "Không có hồ sơ nào khớp bộ lọc"),
        ("/dossiers?q=khong+co+ai", "Xem cả sổ theo dõi"),
    ],
)
def test_an_empty_list_says_what_it_would_hold(
    clerk: PolicingClient, address: str, said: str
) -> None:
    received(at=now())
    assert said in clerk.get(address).text


def test_every_view_of_the_desk_opens(clerk: PolicingClient) -> None:
    received(procedure_code=LEVEL_2)
    for view in DeskList:
        assert clerk.get(f"/desk?view={view}").status_code == 200
    assert clerk.get("/desk?view=nothing").status_code == 404


FIGURE = "figure=received&from=2021-03-01&to=2021-03-31"


@pytest.mark.parametrize(
    "part",
    [
        "state=99",
        "channel=pigeon",
        "field=all",
        "field=999999",
        "due=nonsense",
        "due=0001-01-01",
        "promised=no",
        "unclaimed=5",
    ],
)
def test_a_list_narrowed_by_what_there_is_not_is_none(clerk: PolicingClient, part: str) -> None:
    name = part.partition("=")[0]
    for path in ("/desk", "/desk.csv", "/dossiers", "/dossiers.csv"):
        assert clerk.get(f"{path}?{part}").status_code == 404, path
        assert clerk.get(f"{path}?{name}=").status_code == 200, "the form sends every choice"


@pytest.mark.parametrize(
    "part",
    [
        "level=many",
        "level=9",
        "channel=pigeon",
        "tier=planet",
        "agency=H0",
        "field=X",
        "procedure=X",
    ],
)
def test_a_figure_narrowed_by_what_there_is_not_is_none(clerk: PolicingClient, part: str) -> None:
    for path in ("/dossiers", "/dossiers.csv"):
        assert clerk.get(f"{path}?{FIGURE}").status_code == 200, path
        assert clerk.get(f"{path}?{FIGURE}&{part}").status_code == 404, path


@pytest.mark.on_both_databases
def test_an_apology_made_too_late_is_marked_and_found_by_a_filter(client: PolicingClient) -> None:
    in_time, late = (in_progress(at=now(), procedure_code=FIVE_DAYS) for _ in range(2))
    received(at=now())
    for dossier, at in ((in_time, now()), (late, now() + 40 * DAY)):
        found = reappointment(dossier, at)
        assert found
        apologised(dossier, found.first, at=at)
    client.sign_in(COMMUNE_LEADER)
    assert "Xin lỗi muộn: lẽ ra" in client.get(f"/dossiers/{late.code}").text.split("timeline")[0]
    assert "Xin lỗi muộn: lẽ ra" not in client.get(f"/dossiers/{in_time.code}").text
    for asked, expected in (
        ("anew", {in_time.code, late.code}),
        ("late", {late.code}),
        ("", {in_time.code, late.code, "more"}),
    ):
        for page in ("/dossiers", "/desk"):
            text = client.get(f"{page}?promised={asked}").text
            codes = set(re.findall(r'href="/dossiers/(H26[^"]+)"', text))
            assert len(codes) == len(expected), (asked, page)
            assert codes >= expected - {"more"}
    assert "đã hẹn lại, xin lỗi muộn" in client.get("/desk?promised=late").text
    row = client.get("/desk.csv?promised=late").data.decode("utf-8-sig")
    assert "Hẹn lại: Xin lỗi muộn" in row


@pytest.mark.on_both_databases
def test_who_has_not_taken_his_result_is_found_by_how_often_he_was_to_be_reminded(
    clerk: PolicingClient,
) -> None:
    waits = {}
    for days in (2, 12, 45, 100, 380):  # each promised for that day or for some days later
        dossier = in_progress(at=now() - days * DAY, procedure_code=CERTIFIED_COPY)
        waits[days] = done(dossier, "resolve", by=COMMUNE_OFFICER, at=now() - days * DAY).code
    in_progress(at=now() - 100 * DAY)
    for asked, expected in (
        ("7", {12, 45, 100, 380}),
        ("30", {45, 100, 380}),
        ("90", {100, 380}),
        ("archive", {380}),
    ):
        for page in ("/desk?view=ready&", "/desk?", "/dossiers?"):
            text = clerk.get(f"{page}unclaimed={asked}").text
            codes = set(re.findall(r'href="/dossiers/(H26[^"]+)"', text))
            assert codes == {waits[days] for days in expected}, (asked, page)
    asks = 'id="unclaimed"'
    pages = ("/desk", "/dossiers", "/desk?view=ready", "/dossiers?unclaimed=7")
    assert [asks in clerk.get(page).text for page in pages] == [False, False, True, True]
    row = clerk.get("/desk.csv?view=ready&unclaimed=90").data.decode("utf-8-sig")
    assert "Chờ lấy: Từ 90 ngày" in row

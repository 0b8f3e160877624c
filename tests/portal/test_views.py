import re
from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.filters import full_day
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.deadlines import actions as deadlines
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import extending, foreseeing
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.identity import secret
from onestop.dossiers.rules.refusals import Grounds
from onestop.organisation import queries as organisation
from onestop.portal import views
from tests.catalogue.given import changed
from tests.catalogue.given import closed as ended
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    GROUNDS,
    LAND,
    done,
    in_progress,
    received,
    submitted,
)

BY = {
    "hand_over": COMMUNE_CLERK,
    "ask_for_supplement": COMMUNE_OFFICER,
    "resolve": COMMUNE_OFFICER,
    "refuse": COMMUNE_OFFICER,
    "ask_for_withdrawal": COMMUNE_CLERK,
    "confirm_withdrawal": COMMUNE_LEADER,
    "return_result": COMMUNE_CLERK,
}
SAID: dict[str, dict[str, Any]] = {
    "ask_for_supplement": {"reason": "Thiếu tờ khai"},
    "refuse": {"reason": "Không đủ điều kiện", "grounds": GROUNDS},
    "ask_for_withdrawal": {"reason": "đổi ý"},
    "return_result": {"taken_by": APPLICANT.name, "id_document": "căn cước"},
}

SUBMISSION = {
    "key": "one press",
    "applicant_kind": "person",
    "id_number": "999091000123",
    "name": "Trần Thị Ví Dụ",
    "phone": "0600654321",
    "desk": "H26.91.27",
    "return_by": "counter",
    "papers": ["0"],
}


def look_up(client: PolicingClient, code: str, second: str) -> tuple[int, str]:
    answer = client.post("/status", data={"code": code, "second": second})
    return answer.status_code, answer.text


def closed_by_order(*offices: str, at: datetime) -> None:
    ids = frozenset(one.id for one in organisation.tree(at.date()).nodes if one.code in offices)
    begins_at = at_local(legal_date(at), time())
    with transaction():
        closing.close(Closure("QĐ 1", ids, begins_at), by=Operator(), at=at)


@pytest.mark.parametrize("path", ["/", "/status"])
def test_the_example_of_a_code_is_one_of_the_house_and_not_broken_at_its_hyphens(
    client: PolicingClient, path: str
) -> None:
    page = client.get(path).text
    hint = page[page.index('id="code-hint"') :]
    assert '<span class="code">H26.91-220124-0017</span>' in hint[: hint.index("</div>")]


def test_nobody_is_promised_a_date_at_an_office_that_is_closed_by_order(
    client: PolicingClient,
) -> None:
    of_commune, of_district = "/procedures/C-HT-12", f"/procedures/{LAND}"
    assert "kết quả chậm nhất" in client.get(of_commune).text
    desks = [node.code for node in organisation.tree(now().date()).desks]
    closed_by_order("H26.91.27", at=now())
    page = client.get(of_commune).text
    assert "kết quả chậm nhất" in page, "other desks are open"
    assert page.count("còn đóng cửa") == 1
    closed_by_order(*desks, at=now())
    for path in (of_commune, of_district):
        page = client.get(path).text
        assert "kết quả chậm nhất" not in page
        assert "Khi cơ quan mở cửa lại mới hẹn được ngày trả kết quả." in page


def test_who_has_to_bring_papers_reads_until_when(client: PolicingClient) -> None:
    at = now() - DAY
    dossier = in_progress(at=at)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, **SAID["ask_for_supplement"])
    until = foreseeing.brings_until(db.session.get_one(Dossier, dossier.id))
    assert until
    _, page = look_up(client, dossier.code, "3456")
    assert f"Bạn bổ sung được đến hết {full_day(until)}" in page
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert f"Người nộp bổ sung được đến hết {full_day(until)}" in page
    closed_by_order("H26.91.27", at=now())
    assert "bổ sung được đến hết" not in client.get(f"/dossiers/{dossier.code}").text
    assert "bổ sung được đến hết" not in look_up(client, dossier.code, "3456")[1]


def test_where_the_department_of_a_field_is_closed_no_date_is_promised(
    client: PolicingClient,
) -> None:
    procedure = catalogue.in_force(LAND, now().date())
    assert procedure
    tree = organisation.tree(now().date())
    department = tree.by_id(procedure.department_agency_id or 0)
    assert department
    closed_by_order(department.code, at=now())
    assert "kết quả chậm nhất" not in client.get(f"/procedures/{LAND}").text
    client.sign_in(DISTRICT_CLERK)
    for code, is_closed in ((LAND, True), ("D-TP-02", False)):
        shown = client.get(f"/receive?procedure={code}").text
        assert ("Hẹn khi cơ quan mở cửa lại" in shown) == is_closed


@pytest.mark.parametrize("second", ["3456", "0123", "0600 123 456", "0600.123.456", "999091000123"])
def test_a_citizen_sees_where_the_dossier_stands(client: PolicingClient, second: str) -> None:
    dossier = received()
    status, page = look_up(client, dossier.code.lower(), second)
    assert status == 200
    assert dossier.code in page
    assert "Vì sao là ngày này?" in page
    assert "3 ngày làm việc" in page, "which days, too"


def test_the_page_of_a_dossier_shows_nobody(client: PolicingClient) -> None:
    dossier = received()
    _, page = look_up(client, dossier.code, "3456")
    for personal in (APPLICANT.name, APPLICANT.id_number, APPLICANT.phone, APPLICANT.address):
        assert personal
        assert personal not in page


def test_asking_needs_no_token_and_leaves_no_cookie(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    dossier = received()
    for path in ("/", "/status"):
        assert "Set-Cookie" not in client.get(path).headers
    answer = client.post("/status", data={"code": dossier.code, "second": "3456"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert client.post("/submit/C-HT-12", data={}).status_code == 400


def test_what_is_wanting_is_named_once(client: PolicingClient) -> None:
    page = client.post("/status", data={"code": "", "second": "3456"}).text
    assert '<a href="#code">Hãy nhập mã hồ sơ.</a>' in page


def test_an_unknown_code_and_a_wrong_second_thing_get_one_answer(client: PolicingClient) -> None:
    dossier = received()
    wrong = look_up(client, dossier.code, "0000")
    unknown = look_up(client, "H26.91.27-990101-0001", "0000")
    assert wrong[0] == unknown[0] == 404
    said = [re.sub(r'value="[^"]*"', "", page) for _, page in (wrong, unknown)]
    assert said[0] == said[1]


def test_a_code_copied_from_a_paper_is_found_as_it_was_copied(client: PolicingClient) -> None:
    code = received().code.replace("-", "-\N{ZERO WIDTH SPACE}")
    assert look_up(client, f" {code} ", "34\N{NO-BREAK SPACE}56\N{ZERO WIDTH SPACE}")[0] == 200


def test_the_secret_of_the_receipt_opens_the_page(app: Flask, client: PolicingClient) -> None:
    dossier = received()
    proof = secret(app.config["LOOKUP_KEY"], dossier.nonce)
    answer = client.get(f"/status/{dossier.code}/{proof}")
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    wrong = ("B" if proof[0] == "A" else "A") + proof[1:]
    assert client.get(f"/status/{dossier.code}/{wrong}").status_code == 404


def test_after_many_wrong_tries_a_code_accepts_only_its_secret(
    app: Flask, client: PolicingClient
) -> None:
    dossier = received()
    for _ in range(5):
        look_up(client, dossier.code, "0000")
    assert look_up(client, dossier.code, "3456")[0] == 404
    proof = secret(app.config["LOOKUP_KEY"], dossier.nonce)
    assert client.get(f"/status/{dossier.code}/{proof}").status_code == 200


def test_an_address_that_guesses_has_to_wait(client: PolicingClient) -> None:
    for number in range(20):
        look_up(client, f"H26.91.27-990101-{number:04}", "0000")
    assert look_up(client, "H26.91.27-990101-9999", "0000")[0] == 429


def test_behind_an_address_that_guessed_a_secret_still_opens_and_a_submission_shows_its_code(
    app: Flask, client: PolicingClient
) -> None:
    dossier = received()
    for number in range(20):
        look_up(client, f"H26.91.27-990101-{number:04}", "0000")
    assert look_up(client, dossier.code, "3456")[0] == 429
    proof = secret(app.config["LOOKUP_KEY"], dossier.nonce)
    assert client.get(f"/status/{dossier.code}/{proof}").status_code == 200
    wrong = ("B" if proof[0] == "A" else "A") + proof[1:]
    assert client.get(f"/status/{dossier.code}/{wrong}").status_code == 429
    page = client.post("/submit/C-HT-12", data=SUBMISSION, follow_redirects=True)
    assert '<p class="code-big">H26.91.27-' in page.text


def test_a_submission_says_at_once_everything_that_is_wanting(client: PolicingClient) -> None:
    nothing = {"name": "", "phone": "", "id_number": "", "desk": ""}
    page = client.post("/submit/C-HT-12", data={**SUBMISSION, **nothing})
    assert page.status_code == 422
    for said in ("Hãy nhập tên người nộp.", "Cần điện thoại hoặc số căn cước", "nơi nhận"):
        assert said in page.text


def test_a_submission_gets_a_code_at_once_and_waits_at_the_chosen_desk(
    client: PolicingClient,
) -> None:
    page = client.post("/submit/C-HT-12", data=SUBMISSION, follow_redirects=True)
    dossier = db.session.query(Dossier).one()
    assert page.status_code == 200
    assert "Hãy giữ mã này" in page.text
    assert f'<p class="code-big">{dossier.code}</p>' in page.text
    assert f'data-copy="http://localhost/status/{dossier.code}/' in page.text
    assert "Đang kiểm tra hồ sơ" in page.text
    assert dossier.code.startswith("H26.91.27-")
    again = client.get(page.request.path)
    assert "Hãy giữ mã này" not in again.text, "said once, to whoever has just submitted"
    client.sign_in("motcua1.ngochoi")
    assert dossier.code in client.get("/desk?view=new_online").text
    accepted = client.post(
        f"/dossiers/{dossier.code}/accept",
        data={"version": str(dossier.version), "papers": ["0"], "act": "accept"},
        follow_redirects=True,
    )
    assert "GIẤY TIẾP NHẬN HỒ SƠ" in accepted.text


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({"desk": ""}, "Hãy chọn nơi nhận hồ sơ."),
        ({"desk": "H26.91"}, "Hãy chọn một mục có trong danh sách."),
        ({"phone": "", "id_number": ""}, "Cần điện thoại hoặc số căn cước"),
        ({"name": ""}, "Hãy nhập tên người nộp."),
        ({"id_number": "999299000123"}, "năm sinh 2099, còn chưa tới"),
    ],
)
def test_a_mistake_in_a_submission_is_explained(
    client: PolicingClient, mistake: dict[str, str], message: str
) -> None:
    answer = client.post("/submit/C-HT-12", data={**SUBMISSION, **mistake})
    assert answer.status_code == 422
    assert message in answer.text
    assert db.session.query(Dossier).count() == 0


def test_what_cannot_be_submitted_online_leads_to_its_page(client: PolicingClient) -> None:
    assert client.get("/submit/C-HT-06").location == "/procedures/C-HT-06"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", "/status", "/procedures", "/procedures?q=khai+sinh&level=4", "/procedures/C-HT-22",
     "/procedures/D-XD-01", "/submit/C-HT-12", "/login"],
)  # fmt: skip
def test_every_public_page_opens(client: PolicingClient, path: str, language: str) -> None:
    client.set_cookie("language", language)
    assert client.get(path).status_code == 200


def test_an_english_page_says_why_its_papers_bear_vietnamese_names(client: PolicingClient) -> None:
    why = "Papers and the result bear their Vietnamese names"
    client.set_cookie("language", "en")
    assert why in client.get("/procedures/C-HT-12").text
    client.set_cookie("language", "vi")
    assert "mang tên tiếng Việt" not in client.get("/procedures/C-HT-12").text


def test_a_procedure_that_has_ended_says_so(client: PolicingClient) -> None:
    for page in ("procedures", "submit"):
        assert client.get(f"/{page}/C-BT-17").status_code == 410
    assert client.get("/procedures/X-1").status_code == 404


def test_a_search_without_words_that_finds_nothing_quotes_no_words(client: PolicingClient) -> None:
    assert "Không thấy “xyzzy”" in client.get("/procedures?q=xyzzy").text
    nothing = client.get("/procedures?tier=district&field=C-HT").text
    assert "Không có thủ tục nào khớp bộ lọc" in nothing
    assert "“”" not in nothing


@pytest.mark.parametrize("part", ["level=many", "level=9", "tier=planet", "field=NONE"])
def test_a_catalogue_narrowed_by_what_there_is_not_is_none(
    client: PolicingClient, part: str
) -> None:
    name = part.partition("=")[0]
    assert client.get(f"/procedures?{name}=").status_code == 200, "the form sends every choice"
    assert client.get(f"/procedures?{part}").status_code == 404


@pytest.mark.parametrize(
    ("clock", "promised", "why"),
    [
        (time(9), "hôm nay, có kết quả chậm nhất", "the counter is open"),
        (time(17, 30), "vào thứ Hai, 30/11/2026, có kết quả chậm nhất", "it has closed"),
    ],
)
def test_nobody_is_promised_the_date_of_a_day_on_which_the_counter_is_closed(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch, clock: time, promised: str, why: str
) -> None:
    monkeypatch.setattr(views, "now", lambda: at_local(date(2026, 11, 27), clock))
    page = client.get("/procedures/C-HT-13").text
    assert f"Nếu nộp tại quầy {promised}" in page, why


def test_a_page_promises_what_holds_on_the_day_on_which_the_counter_opens(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "now", lambda: at_local(date(2026, 11, 28), time(9)))
    code, monday = "C-HT-12", date(2026, 11, 30)
    changed(code, monday, limit=Limit(2, Unit.WORKING_DAY), fee_vnd=8000)
    page = client.get(f"/procedures/{code}").text
    assert "3 ngày làm việc" in page
    assert "Từ thứ Hai, 30/11/2026: 2 ngày làm việc; lệ phí: 8.000" in page
    assert "Thứ Tư, 02/12/2026" in page
    assert "Thứ Năm, 03/12/2026" not in page


def test_a_page_promises_no_day_after_the_last_one_of_a_procedure(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "now", lambda: at_local(date(2026, 11, 28), time(9)))
    ended("C-HT-12", date(2026, 11, 29))
    page = client.get("/procedures/C-HT-12").text
    assert "có kết quả chậm nhất" not in page


@pytest.mark.parametrize(
    ("clock", "promised", "why"),
    [
        (time(9), "hôm nay, có kết quả chậm nhất", "the counter is open on Saturday morning"),
        (time(12), "vào thứ Hai, 30/11/2026, có kết quả chậm nhất", "and closes at noon"),
    ],
)
def test_whoever_comes_on_a_saturday_morning_is_told_whether_the_counter_is_open(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch, clock: time, promised: str, why: str
) -> None:
    monkeypatch.setattr(views, "now", lambda: at_local(date(2026, 11, 28), clock))
    closed = client.get("/procedures/C-HT-13").text
    assert "vào thứ Hai, 30/11/2026" in closed
    assert "sáng thứ Bảy" not in closed
    with transaction():
        deadlines.set_hours(None, date(2021, 1, 1), "08:00-12:00,13:00-17:00", saturday_intake=True)
    page = client.get("/procedures/C-HT-13").text
    assert f"Nếu nộp tại quầy {promised}" in page, why
    assert "mở cả sáng thứ Bảy" in page
    district = client.get("/procedures/D-KD-01").text
    assert "Sáng thứ Bảy, 8:00–\u206012:00: nhận hồ sơ và trả kết quả." in district


def test_who_fetches_a_result_reads_that_the_counter_is_open_on_saturday(
    client: PolicingClient,
) -> None:
    dossier = received(at=now())
    with transaction():
        deadlines.set_hours(None, date(2021, 1, 1), "08:00-12:00,13:00-17:00", saturday_intake=True)
    _, page = look_up(client, dossier.code, "3456")
    assert "Sáng thứ Bảy, 8:00–\u206012:00: nhận hồ sơ và trả kết quả." in page


def test_where_to_submit_online_leads_to_all_that_can_be(client: PolicingClient) -> None:
    page = client.get("/submit", follow_redirects=True).text
    assert "/procedures/C-HT-12" in client.get("/procedures?level=online&q=hon+nhan").text
    assert "/procedures/C-HT-06" not in client.get("/procedures?level=online&q=C-HT-06").text
    assert '<option value="online" selected>' in page


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("verbs", "said"),
    [
        ((), ["Đã nhận hồ sơ", "Bạn chưa cần làm gì.", "Có kết quả chậm nhất"]),
        (("hand_over",), ["Hồ sơ đang được giải quyết, trong hạn", "Đang được giải quyết"]),
        (("hand_over", "ask_for_supplement"), ["Cần bạn bổ sung giấy tờ", "Chưa có hẹn mới"]),
        (("hand_over", "resolve"), ["Đã có kết quả, mời bạn đến nhận", "Mời bạn đến nhận."]),
        (("hand_over", "refuse"), ["Không giải quyết được hồ sơ, mời bạn đến nhận"]),
        (("ask_for_withdrawal",), ["Đã ghi nhận yêu cầu rút hồ sơ"]),
        (("ask_for_withdrawal", "confirm_withdrawal"), ["Hồ sơ đã rút theo yêu cầu của bạn"]),
        (("hand_over", "resolve", "return_result"), ["Đã trả kết quả", "không cần làm gì thêm"]),
    ],
)
def test_each_state_is_told_in_plain_words(
    client: PolicingClient, verbs: tuple[str, ...], said: list[str]
) -> None:
    dossier = received(at=now())
    for verb in verbs:
        done(dossier, verb, by=BY[verb], at=now(), **SAID.get(verb, {}))
    status, page = look_up(client, dossier.code, "3456")
    assert status == 200
    for words in said:
        assert words in page, words


@pytest.mark.parametrize(
    ("grounds", "said", "unsaid"),
    [
        (Grounds("conditions"), "không đủ điều kiện theo quy định", "Nơi có thẩm quyền"),
        (
            Grounds("not_competent", "H26.91.28"),
            "Nơi có thẩm quyền: <b>Xã Ngũ Hiệp</b>.",
            "Đất ở xã khác",
        ),
    ],
)
def test_who_was_refused_is_told_the_ground_and_where_to_go_but_no_words_of_an_officer(
    client: PolicingClient, grounds: Grounds, said: str, unsaid: str
) -> None:
    sent = submitted(at=now())
    examined = in_progress(at=now())
    why: dict[str, Any] = {"reason": "Đất ở xã khác", "grounds": grounds, "at": now()}
    done(sent, "refuse_at_intake", by=COMMUNE_CLERK, **why)
    done(examined, "refuse", by=COMMUNE_OFFICER, **why)
    for dossier in (sent, examined):
        status, page = look_up(client, dossier.code, "3456")
        assert status == 200
        assert "Căn cứ từ chối" in page
        assert said in page
        assert unsaid not in page


def test_who_has_to_pay_is_told_how_much_while_it_is_owed(client: PolicingClient) -> None:
    dossier, page = received(at=now()), ""
    for notice, amount in (("1/TB", 15_000), ("2/TB của ông Thí Dụ", 1_250_000)):
        fee = {"amount_vnd": amount, "notice": notice}
        done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=now(), **fee)
        _, page = look_up(client, dossier.code, "3456")
        done(dossier, "note_payment", by=COMMUNE_CLERK, at=now())
    assert "Số tiền phải nộp: <b>1.250.000 đ</b>" in page
    assert "Thí Dụ" not in page, "what an officer wrote may name people"
    assert "Số tiền phải nộp" not in look_up(client, dossier.code, "3456")[1]


def test_a_late_dossier_says_sorry_first(client: PolicingClient) -> None:
    dossier = received(at=now() - 30 * DAY)
    _, page = look_up(client, dossier.code, "3456")
    assert "Hồ sơ đang trễ hẹn, chúng tôi xin lỗi bạn</h1>" in page
    assert "trễ 1" in page


def test_who_asked_for_many_copies_reads_the_new_date_and_why(client: PolicingClient) -> None:
    dossier = received(at=now(), procedure_code="C-CT-01")
    day = extending.extension(dossier).alone_until
    agreed = Agreement(day, time(10, 30))
    done(dossier, "extend", by=COMMUNE_CLERK, at=now(), agreed=agreed, reason="Ông A cần 300 bản")
    _, page = look_up(client, dossier.code, "3456")
    assert day
    assert full_day(day).split(", ")[1] in page
    assert "trước 10:30" in page
    assert "kéo dài thêm 2 ngày làm việc" in page
    assert "Đã kéo dài thời hạn chứng thực và hẹn ngày mới" in page
    assert "300 bản" not in page, "what an officer wrote may name people"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("C-CT-01", "có thể kéo dài thêm 2 ngày làm việc, lâu hơn nữa theo thỏa thuận"),
        ("C-CT-06", "Có thể kéo dài theo thỏa thuận bằng văn bản với bạn"),
        ("C-CT-02", ""),
    ],
)
def test_who_wants_something_certified_reads_whether_it_may_take_longer(
    client: PolicingClient, code: str, told: str
) -> None:
    page = client.get(f"/procedures/{code}").text
    assert told in page
    assert ("kéo dài" in page) == bool(told)


def test_a_submission_not_checked_in_its_hours_is_told_so_and_asks_nothing(
    client: PolicingClient,
) -> None:
    fresh, waiting = submitted(at=now()), submitted(at=now() - 30 * DAY)
    _, page = look_up(client, waiting.code, "3456")
    assert "Chúng tôi kiểm tra hồ sơ chậm, xin lỗi bạn</h1>" in page
    assert "đã không kiểm tra xong trước giờ này" in page
    assert "Bạn chưa cần làm gì." in page
    _, page = look_up(client, fresh.code, "3456")
    assert "đang kiểm tra</h1>" in page
    assert "chậm, xin lỗi" not in page


def test_the_way_of_a_dossier_says_what_was_what_is_and_what_will_be(
    client: PolicingClient,
) -> None:
    dossier = received(at=now())
    _, page = look_up(client, dossier.code, "3456")
    way = page.split('class="timeline"')[1].split("</ol>")[0]
    told = ["Đã nhận hồ sơ", "Đang chuyển đến nơi giải quyết", "Giải quyết hồ sơ"]
    told += ["Trả kết quả cho bạn"]
    places = [way.index(f">{one}<") for one in told]
    assert places == sorted(places)
    assert way.count('aria-current="step"') == 1
    assert way.count('class="ahead"') == 2

"""A citizen finds a procedure, sends it in, and finds the dossier again by either door."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Visitor
from tests.journeys.conftest import Visit

NAME, PHONE = "Trần Thị Ví Dụ", "0600654321"
CODE = re.compile(r"H26\.91(?:\.\d\d)?-\d{6}-\d{4}")
DESK = "H26.91.27"
TWICE = """() => {
  const form = document.querySelector("main form");
  const send = () => fetch(form.action, {method: "POST", body: new FormData(form)});
  return Promise.all([send(), send()].map(async (answer) => (await answer).url));
}"""
CLERK = "motcua1.ngochoi"


def fill_in(citizen: Visitor, procedure: str = "C-HT-12") -> None:
    """Fill in the submission of a procedure, from its own page."""
    citizen.open(f"/procedures/{procedure}")
    citizen.follow("Nộp qua mạng")
    if citizen.field("Nơi nhận hồ sơ").locator("option").count() > 1:
        citizen.field("Nơi nhận hồ sơ").select_option(DESK)
    citizen.field("Họ và tên, tên tổ chức").fill(NAME)
    citizen.field("Điện thoại").fill(PHONE)
    citizen.page.locator("input[name=papers]").first.check()


def sent_in(citizen: Visitor, procedure: str = "C-HT-12") -> str:
    """Submit online, and return the code of the dossier."""
    fill_in(citizen, procedure)
    citizen.press("Gửi hồ sơ")
    found = CODE.search(citizen.text)
    assert found, citizen.text
    return found[0]


def looks_up(citizen: Visitor, code: str, second: str, *, status: int = 200) -> Visitor:
    citizen.open("/")
    citizen.field("Mã hồ sơ").fill(code)
    citizen.field("4 số cuối điện thoại hoặc căn cước").fill(second)
    return citizen.press("Xem hồ sơ", status=status)


@pytest.mark.parametrize("procedure", ["C-HT-12", "C-HT-02", "D-KD-01"])
def test_what_is_sent_in_is_found_again_by_both_doors(
    visit: Visit, language: str, procedure: str
) -> None:
    citizen = visit(language=language)
    code = sent_in(citizen, procedure)
    by_secret = citizen.page.url
    assert f"/status/{code}/" in by_secret
    told = "Chúng tôi đã nhận được hồ sơ bạn gửi và đang kiểm tra"
    assert citizen.heading == citizen.say(told)
    other = visit(language=language)
    assert looks_up(other, code, PHONE[-4:]).heading == citizen.say(told)
    assert other.open(by_secret.removeprefix(other.address)).heading == citizen.say(told)
    for personal in (NAME, PHONE):
        assert personal not in other.page.content()


def test_a_wrong_second_thing_and_an_unknown_code_look_alike(visit: Visit, language: str) -> None:
    citizen = visit(language=language)
    code = sent_in(citizen)
    said = [
        looks_up(citizen, asked, "0000", status=404).text
        for asked in (code, "H26.91.27-260101-9999")
    ]
    assert said[0] == said[1]
    assert citizen.say("Không tìm thấy hồ sơ với hai thông tin này") in said[0]


def test_a_procedure_is_found_in_ones_own_words(visit: Visit, language: str) -> None:
    citizen = visit(language=language).open("/")
    citizen.field("Tìm thủ tục bằng lời của bạn").fill("xac nhan tinh trang hon nhan")
    citizen.press("Tìm")
    with citizen.page.expect_navigation():
        citizen.page.locator("main .doors a").first.click()
    assert citizen.page.url.endswith("/procedures/C-HT-12")


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    visit: Visit, language: str
) -> None:
    citizen = visit(language=language).open("/submit/C-HT-12")
    citizen.field("Điện thoại").fill(PHONE)
    citizen.press("Gửi hồ sơ", status=422)
    name = citizen.field("Họ và tên, tên tổ chức")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(re.compile(citizen.say("Hãy nhập tên người nộp.")))
    assert citizen.field("Điện thoại").input_value() == PHONE
    expect(citizen.page.get_by_role("alert")).to_be_focused()


def test_a_citizen_needs_no_script(visit: Visit, language: str) -> None:
    citizen = visit(javascript=False, language=language).open("/")
    citizen.field("Tìm thủ tục bằng lời của bạn").fill("hon nhan")
    citizen.press("Tìm")
    assert "/procedures/C-HT-12" in citizen.page.content()
    code = sent_in(citizen)
    assert code in looks_up(citizen, code, PHONE[-4:]).text


def test_an_impatient_double_click_sends_a_form_once(visit: Visit) -> None:
    citizen = visit()
    fill_in(citizen)
    sent: list[str] = []
    citizen.hear("request", lambda request: sent.append(request.method))
    citizen.after(citizen.button("Gửi hồ sơ").dblclick)
    assert sent.count("POST") == 1


def test_a_form_that_arrives_twice_is_one_dossier(visit: Visit) -> None:
    citizen = visit()
    fill_in(citizen)
    first, second = citizen.page.evaluate(TWICE)
    assert first == second
    clerk = visit(CLERK).open(f"/dossiers?q={PHONE}")
    assert len(set(CODE.findall(clerk.text))) == 1

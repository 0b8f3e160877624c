"""A half-written intake outlives what happens to a browser, and is seen by its writer alone."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Dialog, Route, expect

from onestop.base.moments import local
from tests.browser import Visitor
from tests.client import PASSWORD
from tests.journeys.conftest import Visit
from tests.journeys.test_keyboard import CLERK, filled_in, typed
from tests.site import Site

COLLEAGUE = "motcua1.daiang"
NAME = "Nguyễn Thị Thí Dụ"
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('draft '))"
AWAY = timedelta(minutes=31)


@pytest.fixture
def clerk(visit: Visit) -> Visitor:
    """A clerk who has filled in everything and saved nothing."""
    clerk = visit(CLERK)
    filled_in(clerk)
    typed(clerk, "2")
    clerk.field("Ghi chú").fill("Xin thêm một bản")
    return clerk


def assert_restored(clerk: Visitor) -> None:
    clerk.page.locator("#restored:not([hidden])").wait_for()
    clerk.page.locator("#paper-1:checked").wait_for()
    assert "Đã khôi phục" in clerk.page.locator("#restored").inner_text()
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == NAME
    assert clerk.field("Điện thoại").input_value() == "0600417285"
    assert clerk.field("Ghi chú").input_value() == "Xin thêm một bản"
    assert clerk.page.locator("input[name=procedure]").input_value() == "C-HT-12"
    assert not clerk.page.locator("#paper-0").is_checked()
    clerk.examine()


def kept(visitor: Visitor) -> int:
    return len(visitor.page.evaluate(KEPT))


def log_in(visitor: Visitor, username: str) -> None:
    visitor.field("Tên đăng nhập").fill(username)
    visitor.field("Mật khẩu").fill(PASSWORD)
    visitor.press("Đăng nhập")


def test_a_reload_loses_nothing_and_what_is_saved_is_kept_no_longer(clerk: Visitor) -> None:
    clerk.open("/receive")
    assert_restored(clerk)
    clerk.save()
    assert "/receipt" in clerk.page.url
    assert NAME in clerk.page.locator("article").inner_text()
    assert kept(clerk) == 0
    clerk.open("/receive")
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == ""


def test_what_is_refused_at_intake_is_kept_no_longer_either(clerk: Visitor) -> None:
    clerk.page.locator("#short summary").click()
    clerk.field("Lý do, nội dung cần hoàn thiện").fill("Không thuộc thẩm quyền của xã")
    clerk.field("Căn cứ từ chối").select_option("not_competent")
    clerk.press("Từ chối tiếp nhận")
    assert kept(clerk) == 0


def test_a_restored_form_tells_the_time_of_the_office_wherever_the_browser_is(
    clerk: Visitor,
) -> None:
    kept_at = clerk.page.evaluate(f"JSON.parse(localStorage.getItem({KEPT}[0])).at")
    there = clerk.windows.browser.new_context(
        base_url=clerk.address,
        storage_state=clerk.context.storage_state(),
        timezone_id="America/New_York",
    )
    page = there.new_page()
    page.goto("/receive")
    page.locator("#restored:not([hidden])").wait_for()
    told = page.locator("#restored time").inner_text()
    there.close()
    assert told == f"{local(datetime.fromtimestamp(kept_at / 1000, UTC)):%H:%M}"


def test_a_card_scanned_into_a_restored_form_is_not_put_behind_its_number(clerk: Visitor) -> None:
    clerk.open("/receive")
    assert_restored(clerk)
    typed(clerk, "“999091000123|111222333|Trần Văn Thí Dụ|01021991|Nam|Thôn Hai|02032022”", "Enter")
    expect(clerk.page.locator("[name=id_number]")).to_have_value("999091000123")
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == "Trần Văn Thí Dụ"
    clerk.page.locator("#phone:focus").wait_for()
    assert clerk.field("Điện thoại").input_value() == "", "nobody else's telephone"


def test_what_was_restored_can_be_discarded(clerk: Visitor) -> None:
    clerk.open("/receive")
    assert_restored(clerk)
    clerk.after(lambda: clerk.page.keyboard.press("Alt+z"))
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == ""
    assert kept(clerk) == 0
    clerk.page.keyboard.press("Alt+z")
    assert clerk.page.locator("#restored").is_hidden()


def test_without_a_network_nothing_is_sent_and_nothing_is_lost(clerk: Visitor) -> None:
    clerk.context.set_offline(True)
    clerk.page.locator("#cut-off").wait_for()
    clerk.page.keyboard.press("Control+Enter")
    assert clerk.page.url.endswith("/receive")
    assert "Không có mạng" in clerk.text
    clerk.context.set_offline(False)
    clerk.page.locator("#cut-off").wait_for(state="hidden")
    clerk.save()
    assert "/receipt" in clerk.page.url


def test_an_answer_that_was_lost_is_asked_for_again_and_saves_no_second_dossier(
    clerk: Visitor,
) -> None:
    cookies = clerk.context.cookies()

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    clerk.page.route("**/receive", lose)
    with clerk.page.expect_event("requestfailed"):
        clerk.page.keyboard.press("Control+Enter")
    clerk.page.unroute("**/receive")
    clerk.context.add_cookies(cookies)  # type: ignore[arg-type]  # those it gave
    clerk.problems.clear()
    clerk.open("/dossiers")
    before = clerk.page.locator("tbody tr").count()
    clerk.open("/receive")
    assert_restored(clerk)
    clerk.save()
    assert "/receipt" in clerk.page.url, "the first receipt, and no like dossier to decide about"
    assert kept(clerk) == 0
    clerk.open("/dossiers")
    assert clerk.page.locator("tbody tr").count() == before


def test_a_session_that_ended_leads_through_the_log_in_back_to_the_form(
    clerk: Visitor, site: Site
) -> None:
    site.clock.put(site.clock.moment + AWAY)
    clerk.save()
    assert "/login" in clerk.page.url
    assert "chưa được ghi" in clerk.text
    log_in(clerk, CLERK)
    assert clerk.page.url.endswith("/receive")
    assert_restored(clerk)
    clerk.save()
    assert "/receipt" in clerk.page.url


def test_whoever_logged_in_again_in_another_window_is_shown_the_form_anew(
    clerk: Visitor, site: Site
) -> None:
    site.clock.put(site.clock.moment + AWAY)
    other = clerk.page.context.new_page()
    other.goto(clerk.page.url)
    other.fill("[name=username]", CLERK)
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_url("**/receive")
    clerk.save()
    assert clerk.page.url.endswith("/receive")
    assert "chưa có gì được ghi" in clerk.text
    assert_restored(clerk)
    clerk.save()
    assert "/receipt" in clerk.page.url


def test_what_was_typed_into_an_act_comes_back_after_the_log_in_and_once(
    visit: Visit, site: Site
) -> None:
    clerk = visit(CLERK).open("/dossiers?state=2")
    link = clerk.page.locator("tbody a[href^='/dossiers/H26']").first.get_attribute("href")
    clerk.open(act := f"{link}/ask_withdrawal")
    reason = clerk.page.locator("form[data-kept] textarea")
    reason.fill("Người nộp đổi ý")
    site.clock.put(site.clock.moment + AWAY)
    clerk.save()
    assert "chưa được ghi" in clerk.text
    log_in(clerk, CLERK)
    assert clerk.page.url.endswith(act)
    assert reason.input_value() == "Người nộp đổi ý"
    clerk.open(act)
    assert reason.input_value() == "", "only once"
    reason.fill("Nộp nhầm nơi")
    clerk.save()
    assert clerk.page.url.endswith(link or "")
    assert clerk.page.evaluate("sessionStorage.length") == 0, "it is done"


def test_an_act_on_many_is_asked_about_again_after_the_log_in_with_what_was_typed(
    visit: Visit, site: Site
) -> None:
    clerk = visit(CLERK).open(desk := "/desk?state=9")
    rows = clerk.page.locator("input[data-choose]")
    for row in rows.all()[:2]:
        row.check()
    site.clock.put(site.clock.moment + AWAY)
    clerk.press("Trả kết quả")
    assert "chưa được ghi" in clerk.text
    log_in(clerk, CLERK)
    clerk.page.wait_for_url("**/desk/many?state=9")
    taker = clerk.field("Người nhận kết quả")
    taker.fill("Trần Thị Thí Dụ")
    clerk.field("Giấy tờ tùy thân đã xem").fill("căn cước 999091000123")
    site.clock.put(site.clock.moment + AWAY)
    clerk.save()
    log_in(clerk, CLERK)
    clerk.page.wait_for_url("**/desk/many?state=9")
    assert taker.input_value() == "Trần Thị Thí Dụ"
    assert clerk.page.locator("input[name=code]").count() == 2
    clerk.examine()
    clerk.save()
    assert "2" in clerk.page.locator("#told").inner_text()
    clerk.open(desk)
    assert clerk.page.evaluate("sessionStorage.length") == 0, "it is done"
    assert clerk.page.url.endswith(desk), "and nothing is asked again"


def test_a_session_that_ended_is_told_at_the_next_procedure_that_is_looked_for(
    visit: Visit, site: Site
) -> None:
    clerk = visit(CLERK).open("/receive")
    clerk.field("Họ và tên, tên tổ chức").fill(NAME)
    site.clock.put(site.clock.moment + AWAY)
    clerk.page.locator("#q").focus()
    with clerk.page.expect_navigation(url="**/login**"):
        typed(clerk, "“k”")
    clerk.problems.clear()  # the list that was asked for answered 401
    log_in(clerk, CLERK)
    clerk.page.locator("#restored:not([hidden])").wait_for()
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == NAME


def test_nobody_else_at_this_browser_sees_what_was_written(clerk: Visitor, site: Site) -> None:
    site.clock.put(site.clock.moment + AWAY)
    clerk.open("/receive")
    log_in(clerk, COLLEAGUE)
    assert clerk.page.url.endswith("/receive")
    assert clerk.page.locator("#restored").is_hidden()
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == ""
    assert kept(clerk) == 1, "it waits for whoever wrote it"
    site.clock.put(site.clock.moment + AWAY)
    clerk.open("/receive")
    log_in(clerk, CLERK)
    assert_restored(clerk)


def test_whoever_logs_out_is_asked_and_leaves_nothing_behind(clerk: Visitor) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    clerk.hear("dialog", answer)
    way_out = clerk.page.get_by_role("button", name="Đăng xuất")
    way_out.click()
    assert clerk.page.url.endswith("/receive")
    clerk.after(way_out.click)
    assert "/login" in clerk.page.url
    assert len(asked) == 2
    assert kept(clerk) == 0


def test_what_is_older_than_a_working_day_is_gone(clerk: Visitor) -> None:
    clerk.open("/desk")
    clerk.page.evaluate(
        """() => { const name = Object.keys(localStorage).find((one) => one.startsWith("draft "));
        const kept = JSON.parse(localStorage.getItem(name));
        localStorage.setItem(name, JSON.stringify({ ...kept, at: kept.at - 13 * 3600e3 })); }"""
    )
    clerk.open("/receive")
    assert clerk.page.locator("#restored").is_hidden()
    assert kept(clerk) == 0

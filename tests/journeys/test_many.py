"""Many dossiers at once at a browser: chosen, asked about, done, and told one by one."""

import re

import pytest

from tests.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.test_keyboard import CLERK

ANSWERED = """async (form) => {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  return [answer.status, answer.headers.get("content-type"), (await answer.blob()).size];
}"""


def take_in(clerk: Visitor, amount: int) -> None:
    for number in range(amount):
        clerk.open("/receive?procedure=C-HT-13")
        clerk.field("Họ và tên, tên tổ chức").fill("Nguyễn Thị Thí Dụ")
        clerk.field("Điện thoại").fill(f"060041728{number}")
        clerk.page.locator("#paper-0").check()
        clerk.save()


def chosen(clerk: Visitor) -> int:
    """Return how many dossiers the page asks about."""
    return clerk.page.locator("input[type=hidden][name=code]").count()


def told(clerk: Visitor) -> int:
    """Return how many the report says were done."""
    return int(re.sub(r"\D", "", clerk.page.locator("#told").inner_text()))


@pytest.mark.parametrize("language", ["en"])
def test_a_page_is_chosen_handed_over_and_what_was_done_before_is_told(
    visit: Visit, language: str
) -> None:
    clerk = visit(CLERK, language=language)
    take_in(visit(CLERK), 3)
    clerk.open("/desk?state=2&sort=received")
    rows = clerk.page.locator("input[data-choose]")
    all_of_them = rows.count()
    clerk.page.get_by_label(clerk.say("Chọn cả trang")).check()
    assert clerk.page.locator("input[data-choose]:checked").count() == all_of_them
    for row in rows.all()[2:]:
        row.uncheck()
    late = visit(CLERK, language=language).open("/desk?state=2&sort=received")
    for row in late.page.locator("input[data-choose]").all()[:3]:
        row.check()
    clerk.press("Bàn giao cho nơi giải quyết")
    assert chosen(clerk) == 2
    clerk.save()
    assert told(clerk) == 2
    clerk.follow("Về danh sách")
    assert clerk.page.locator("input[data-choose]").count() == all_of_them - 2
    late.press("Bàn giao cho nơi giải quyết")
    late.save()
    assert late.page.locator("tbody tr").count() == 2, "two were done by somebody else"
    assert re.search(r"H26\.91\.27-\d{6}-\d{4}", late.page.locator("tbody").inner_text())


def test_all_that_match_are_asked_about_by_their_number_and_can_be_left_alone(
    visit: Visit,
) -> None:
    clerk = visit(CLERK)
    take_in(clerk, 2)
    clerk.open("/desk?state=2")
    said = clerk.page.locator("label", has=clerk.page.locator("[name=everything]"))
    number = re.sub(r"\D", "", said.inner_text())
    said.click()
    clerk.press("Bàn giao cho nơi giải quyết")
    assert f"{number} hồ sơ?" in clerk.text
    assert chosen(clerk) == int(number)
    clerk.follow("Thôi")
    assert clerk.page.locator("input[data-choose]").count() == int(number)


def test_what_can_be_done_to_rows_comes_into_view_with_the_first_of_them(visit: Visit) -> None:
    clerk = visit("motcua1.thanhtri").open("/desk")
    acts = clerk.page.locator("#many")
    shown = "form => form.getBoundingClientRect().bottom <= innerHeight"
    assert not acts.evaluate(shown), "the list is longer than the window"
    clerk.page.locator("input[data-choose]").first.check()
    assert acts.evaluate(shown)
    assert clerk.page.locator("[data-chosen]").inner_text() == "Đã chọn 1"
    clerk.examine()
    clerk.page.keyboard.press("a")
    rows = clerk.page.locator("input[data-choose]").count()
    assert clerk.page.locator("[data-chosen]").inner_text() == f"Đã chọn {rows}"
    clerk.page.keyboard.press("a")
    assert clerk.page.locator("[data-chosen]").is_hidden()


@pytest.mark.parametrize("language", ["vi"])
def test_the_papers_of_many_are_one_file_and_each_print_is_noted(
    visit: Visit, language: str
) -> None:
    take_in(visit(CLERK), 2)
    clerk = visit(CLERK, language=language).open("/desk?state=2&sort=received")
    codes = []
    for row in clerk.page.locator("input[data-choose]").all()[:2]:
        row.check()
        codes.append(row.input_value())
    clerk.press("In phiếu")
    assert chosen(clerk) == 2
    clerk.save()
    assert told(clerk) == 2
    form = clerk.page.locator("form[target=_blank]")
    status, kind, size = form.evaluate(ANSWERED)
    assert (status, kind) == (200, "application/pdf")
    assert size > 10_000
    for code in codes:
        clerk.open(f"/dossiers/{code}/papers")
        assert "/TTPVHCC" in clerk.text

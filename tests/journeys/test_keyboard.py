"""A clerk with both hands on the keyboard, and a printer: nothing here touches the mouse."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, ViewportSize, expect
from pypdf import PdfReader

from tests.browser import PHONE, WIDE, Visitor
from tests.journeys.conftest import Visit

CLERK = "motcua1.ngochoi"
ONE_ROW: Final = 8  # pixels between the middles of its parts
A5 = (420, 595)
A4_WITHIN_MARGINS: ViewportSize = {"width": 703, "height": 1032}
OVER_THE_EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def focused(visitor: Visitor) -> str:
    return str(visitor.page.evaluate("document.activeElement.id"))


def typed(visitor: Visitor, *keys: str) -> None:
    """Press each key, or type what is no key; a combobox answers when its list has come."""
    for key in keys:
        if key.startswith("“"):
            visitor.page.keyboard.type(key.strip("“”"))
        else:
            visitor.page.keyboard.press(key)


def listed(visitor: Visitor) -> Locator:
    """Return the first option of the list that answers all that was typed."""
    first = visitor.page.locator("#q-options:not([aria-busy=true]) [role=option]").first
    first.wait_for()
    return first


def filled_in(visitor: Visitor) -> None:
    """Go through the form of an intake until the procedure is chosen."""
    visitor.open("/receive")
    typed(visitor, "“999186004417”", "Enter", "“Nguyễn Thị Thí Dụ”", "Enter", "“0600417285”")
    typed(visitor, "Tab", "Tab", "Tab")
    assert focused(visitor) == "q"
    typed(visitor, "“hon nhan tinh trang”")
    first = listed(visitor)
    assert first.get_attribute("aria-selected") == "true"
    assert first.locator("mark").count() >= 4
    with visitor.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(visitor, "Enter")
    visitor.page.locator("#paper-0:focus").wait_for()


def test_an_intake_needs_no_mouse(visit: Visit) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    assert clerk.page.locator("[data-swaps='2']").inner_text() == "chỉ xem"
    typed(clerk, "1", "3", "Shift+Digit3")
    assert clerk.page.locator("[data-ticked]").inner_text() == "2"
    assert clerk.page.locator("[data-swaps='2']").inner_text() == "1 bản sao"
    typed(clerk, "Alt+s")
    clerk.page.locator("[name=originals]").first.and_(clerk.page.locator(":focus")).wait_for()
    typed(clerk, "Control+a", "“3”", "Enter")
    assert clerk.page.locator("[data-swaps='0']").inner_text() == "3 bản chính"
    assert clerk.page.locator("[name=copies]").first.evaluate(
        "one => one === document.activeElement"
    )
    clerk.after(lambda: clerk.page.keyboard.press("Control+Enter"))
    assert "/receipt" in clerk.page.url
    paper = clerk.page.locator("article").inner_text()
    assert "Nguyễn Thị Thí Dụ" in paper
    assert "Cấp Giấy xác nhận tình trạng hôn nhân" in paper
    rows = clerk.page.locator(".paper-list tbody tr")
    counted = [row.locator("td").all_inner_texts()[2:] for row in rows.all()]
    assert counted == [["3", "0"], ["0", "1"]]


def test_an_earlier_date_is_promised_by_a_key_and_foretold(visit: Visit) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    date, field = clerk.page.locator("#promise .promise-date b"), clerk.page.locator("#sooner")
    usual = date.inner_text()
    assert not field.is_visible()
    typed(clerk, "1", "Alt+h")
    clerk.page.locator("#sooner:focus").wait_for()
    with clerk.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(clerk, "“1”", "Tab")
    expect(clerk.page.locator("#promise")).to_contain_text("1 ngày làm việc (công bố: 3 ngày")
    early = date.inner_text()
    assert early != usual
    assert clerk.page.locator("#paper-0").is_checked(), "nothing else has changed"
    clerk.examine()
    clerk.open("/receive")
    clerk.page.locator("#restored:not([hidden])").wait_for()
    expect(field).to_have_value("1")
    expect(date).to_have_text(early)
    clerk.after(lambda: clerk.page.keyboard.press("Control+Enter"))
    assert (
        "3 ngày làm việc; hẹn sớm hơn, trong 1 ngày làm việc"
        in clerk.page.locator("article").inner_text()
    )


def test_a_stroke_searches_from_any_page(visit: Visit) -> None:
    clerk = visit(CLERK)
    clerk.open("/procedures")
    clerk.page.locator("h1").click()
    typed(clerk, "/", "“khong co ai”")
    clerk.after(lambda: clerk.page.keyboard.press("Enter"))
    assert clerk.page.url.endswith("/dossiers?q=khong+co+ai")
    clerk.page.locator("h1").click()
    typed(clerk, "/")
    assert focused(clerk) == "q"


def test_another_procedure_is_taken_and_a_mistake_loses_nothing(visit: Visit) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    with clerk.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(clerk, "Alt+d")
    clerk.page.locator("#q:focus").wait_for()
    typed(clerk, "“dang ky ket hon”")
    listed(clerk)
    with clerk.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(clerk, "Enter")
    clerk.page.locator("#paper-0:focus").wait_for()
    typed(clerk, "1")
    clerk.field("Điện thoại").fill("06")
    clerk.after(lambda: clerk.page.keyboard.press("Control+Enter"), status=422)
    assert clerk.page.evaluate("document.activeElement.className") == "problems"
    assert clerk.page.locator("input[name=procedure]").input_value() == "C-HT-02"
    assert clerk.page.locator("#paper-0").is_checked()
    assert clerk.field("Điện thoại").input_value() == "06"


def test_the_button_that_is_pressed_is_what_is_done(visit: Visit) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    typed(clerk, "Alt+b")
    assert focused(clerk) == "reason"
    typed(clerk, "“Không thuộc thẩm quyền của xã”")
    clerk.field("Căn cứ từ chối").select_option("not_competent")
    clerk.press("Từ chối tiếp nhận")
    assert "Không tiếp nhận" in clerk.page.locator(".state").first.inner_text()
    assert "Không thuộc thẩm quyền của xã" in clerk.text


def test_the_hour_of_delivery_is_asked_for_post_alone(visit: Visit) -> None:
    clerk = visit(CLERK).open("/receive")
    delivered = clerk.field("Giờ bưu gửi đến")
    assert not delivered.is_visible()
    clerk.field("Kênh tiếp nhận").select_option("postal")
    assert delivered.is_visible()


def test_the_list_of_keys_opens_and_keys_of_one_letter_can_be_switched_off(visit: Visit) -> None:
    clerk = visit(CLERK).open("/desk")
    typed(clerk, "/")
    assert focused(clerk) == "q"
    clerk.page.locator("main").focus()
    typed(clerk, "?")
    clerk.page.locator("dialog[open]").wait_for()
    clerk.examine()
    clerk.page.locator("#keys-switch").uncheck()
    typed(clerk, "Escape", "n")
    assert clerk.page.url.endswith("/desk"), "a letter alone does nothing any more"


def test_a_form_whose_first_line_is_empty_still_answers_what_its_bar_of_keys_says(
    visit: Visit,
) -> None:
    clerk = visit(CLERK).open("/receive")
    assert focused(clerk) == "id_number"
    typed(clerk, "?")
    clerk.page.locator("dialog[open]").wait_for()
    typed(clerk, "Escape", "/")
    assert focused(clerk) == "q"
    clerk.field("Ghi chú").focus()
    typed(clerk, "“Số 12/3?”")
    assert clerk.field("Ghi chú").input_value() == "Số 12/3?"


@pytest.mark.parametrize("procedure", ["C-HT-12", "C-BT-01"])
def test_the_receipt_is_one_sheet_of_a5(visit: Visit, tmp_path: Path, procedure: str) -> None:
    clerk = visit(CLERK).open(f"/receive?procedure={procedure}")
    clerk.field("Họ và tên, tên tổ chức").fill("Nguyễn Thị Thí Dụ")
    clerk.field("Điện thoại").fill("0600417285")
    clerk.field("Nơi thường trú, trụ sở").fill(
        "Thôn Yên Kiện, xã Ngọc Hồi, huyện Thanh Trì, Hà Nội"
    )
    for box in clerk.page.locator("input[name=papers]").all():
        box.check()
    clerk.press("Lưu và in giấy hẹn")
    clerk.open(clerk.page.url.removeprefix(clerk.address))  # the dialogue of printing is over
    printed = clerk.page.pdf(path=tmp_path / "receipt.pdf", prefer_css_page_size=True)
    assert printed
    (sheet,) = PdfReader(tmp_path / "receipt.pdf").pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == A5


def test_a_page_of_figures_fits_paper_with_its_tables_whole_and_folded_text_open(
    visit: Visit,
) -> None:
    leader = visit("chutich.thanhtri").open("/rates")
    leader.page.emulate_media(media="print")
    leader.page.set_viewport_size(A4_WITHIN_MARGINS)
    assert leader.page.evaluate(OVER_THE_EDGE) == 0
    rows = leader.page.locator("#tiers ~ table tbody tr")
    assert rows.first.evaluate("(row) => getComputedStyle(row).display") == "table-row"
    assert leader.page.locator("details table").first.is_visible()
    assert not leader.page.locator("form, .masthead, .btn").first.is_visible()


def test_a_dossier_is_explained_on_its_first_sheet_of_paper_however_long_its_history(
    visit: Visit, tmp_path: Path
) -> None:
    officer = visit("tuphap.ngochoi").open("/tasks?view=next")
    officer.page.locator("tbody a").first.click()
    for verb in ("Nhận việc", "Thu hồi, trả lại việc") * 3:
        officer.follow(verb)
        if officer.page.locator("[name=reason]").count():
            officer.page.locator("[name=reason]").fill("Nhầm người")
        officer.save()
        officer.page.pdf(path=tmp_path / "dossier.pdf", format="A4")
        words = PdfReader(tmp_path / "dossier.pdf").pages[0].extract_text()
        assert "đếmtừhômsaungàynhận" in "".join(words.split())


def test_a_list_on_paper_names_who_holds_a_dossier_in_two_lines(visit: Visit) -> None:
    clerk = visit(CLERK).open("/desk")
    clerk.page.emulate_media(media="print")
    clerk.page.set_viewport_size(A4_WITHIN_MARGINS)
    assert clerk.page.evaluate(OVER_THE_EDGE) == 0
    lines = clerk.page.locator("tbody td:last-child").evaluate_all(
        "(cells) => cells.map((cell) => { const all = document.createRange();"
        " all.selectNodeContents(cell);"
        " return new Set([...all.getClientRects()].map(({ top }) => Math.round(top))).size; })"
    )
    assert lines
    assert max(lines) <= 2


def test_the_calendar_of_a_year_begins_on_the_first_sheet_of_paper(
    visit: Visit, tmp_path: Path
) -> None:
    administrator = visit("quantri.thanhtri").open("/admin/calendar")
    administrator.page.pdf(path=tmp_path / "calendar.pdf", format="A4")
    assert "Tháng 9" in PdfReader(tmp_path / "calendar.pdf").pages[0].extract_text()


def test_the_head_of_a_page_is_one_row_on_a_wide_screen(visit: Visit, language: str) -> None:
    for account in ("quantri.thanhtri", "kiemtra.thanhtri", CLERK):
        page = visit(account, language=language).open("/admin/permissions").page
        tops = page.locator(".masthead-row > *").evaluate_all(
            "(parts) => parts.map((part) => part.getBoundingClientRect())"
            ".map(({ top, bottom }) => (top + bottom) / 2)"
        )
        assert max(tops) - min(tops) < ONE_ROW, account


@pytest.mark.parametrize(
    ("account", "path", "row"),
    [(None, "/statistics", ".mainnav"), (CLERK, "/desk?view=ready", ".views")],
)
def test_on_a_phone_what_is_open_is_in_view(
    visit: Visit, account: str | None, path: str, row: str
) -> None:
    reader = visit(account).open(path)
    reader.page.set_viewport_size(PHONE)
    reader.page.reload()
    box = reader.page.locator(f"{row} [aria-current]").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_on_a_phone_the_name_takes_two_lines_beside_all_switches(
    visit: Visit, language: str
) -> None:
    clerk = visit(CLERK, language=language).open("/dossiers")
    clerk.page.set_viewport_size({**PHONE, "width": 360})
    name, switches = clerk.page.locator(".brand b"), clerk.page.locator(".switches")
    lines = "(name) => name.offsetHeight / parseFloat(getComputedStyle(name).lineHeight)"
    assert name.evaluate(lines) <= 2
    beside, there = name.bounding_box(), switches.bounding_box()
    assert beside
    assert there
    assert there["y"] < beside["y"] + beside["height"], "one row"
    other = {"vi": "English", "en": "Tiếng Việt"}[language]
    assert clerk.page.get_by_role("link", name=other, exact=True).is_visible()


def test_the_code_of_an_identity_card_fills_in_whose_it_is(visit: Visit) -> None:
    clerk = visit(CLERK).open("/receive")
    card = (
        "999186004417|111222333|Nguyễn Thị Thí Dụ|01021986|Nữ|Thôn Yên Kiện, xã Ngọc Hồi|02032022"
    )
    typed(clerk, f"“{card}”", "Enter")
    clerk.page.locator("#phone:focus").wait_for()
    assert clerk.field("Số căn cước, mã số thuế").input_value() == "999186004417"
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == "Nguyễn Thị Thí Dụ"
    assert clerk.field("Nơi thường trú, trụ sở").input_value() == "Thôn Yên Kiện, xã Ngọc Hồi"
    typed(clerk, "“0600417285”")
    clerk.page.locator("#id_number").fill(card.replace("|Nữ|", "|Nam|"))
    typed(clerk, "Enter")
    clerk.page.locator("#known [role=alert]").wait_for()
    assert "không khớp" in clerk.page.locator("#known").inner_text()
    assert focused(clerk) == "id_number", "to scan again"
    typed(clerk, "“999186004417”")
    assert clerk.page.locator("#id_number").input_value() == "999186004417", "it replaces the other"
    clerk.examine()


TYPES_ON: Final = """(field) => {
  field.value = "ket hon";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
}"""


def test_who_types_faster_than_the_list_answers_takes_nothing_that_was_not_seen(
    visit: Visit,
) -> None:
    clerk = visit(CLERK).open("/receive")
    field = clerk.page.locator("#q")
    field.focus()
    typed(clerk, "“khai sinh”")
    assert listed(clerk).get_attribute("data-value") != "C-HT-02"
    field.evaluate(TYPES_ON)
    assert listed(clerk).get_attribute("data-value") == "C-HT-02"
    assert field.input_value() == "ket hon", "what was found by other words is not taken"
    with clerk.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(clerk, "Enter")
    clerk.page.locator("input[name=procedure][value=C-HT-02]").wait_for(state="attached")


def keys(*pressed: str) -> int:
    """Count what `typed` presses: a letter with its marks is one key."""
    return sum(len(key.strip("“”")) if key.startswith("“") else 1 for key in pressed)


def test_a_whole_intake_takes_as_many_keys_as_the_readme_says(visit: Visit) -> None:
    clerk = visit(CLERK)
    who = ("“999186004417”", "Enter", "“Nguyễn Thị Thí Dụ”", "Enter", "“0600417285”")
    onward = ("Tab", "Tab", "Tab")
    new = taken_in(clerk, who + onward, "“hon nhan tinh”")
    again = taken_in(clerk, ("“999186004417”", "Enter"), "“khai sinh”")
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert f"{again} keys for an applicant known from before" in readme
    assert f"{new} for a new one" in readme


def taken_in(clerk: Visitor, who: tuple[str, ...], procedure: str) -> int:
    """Take a dossier in by the keyboard alone; return how many keys it took."""
    clerk.open("/receive")
    typed(clerk, *who)
    clerk.page.locator("#q:focus").wait_for()
    typed(clerk, procedure)
    listed(clerk)
    with clerk.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(clerk, "Enter")
    clerk.page.locator("#paper-0:focus").wait_for()
    typed(clerk, "1", "2")
    clerk.save()
    assert "/receipt" in clerk.page.url
    assert "Nguyễn Thị Thí Dụ" in clerk.page.locator("article").inner_text()
    return keys(*who, procedure, "Enter", "1", "2", "Control+Enter")


def test_an_earlier_dossier_fills_in_and_a_like_one_is_decided_about(visit: Visit) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    typed(clerk, "1")
    clerk.save()
    clerk.open("/receive")
    typed(clerk, "“999186004417”", "Enter")
    clerk.page.locator("#q:focus").wait_for()
    assert clerk.field("Điện thoại").input_value() == "0600417285"
    clerk.examine()
    typed(clerk, "Alt+x")
    assert focused(clerk) == "name"
    assert clerk.field("Điện thoại").input_value() == ""
    typed(clerk, "“Nguyễn Thị Thí Dụ”", "Enter", "“0600417285”", "Tab", "Tab", "Tab")
    typed(clerk, "“hon nhan tinh”")
    listed(clerk)
    typed(clerk, "Enter")
    clerk.page.locator("#beside .note").wait_for()
    clerk.examine()
    typed(clerk, "1")
    clerk.save(status=422)
    typed(clerk, "Alt+v", "“Cần thêm một bản”")
    clerk.save()
    assert "/receipt" in clerk.page.url


def chosen(clerk: Visitor, words: str) -> None:
    """Look for a procedure and take the first one found."""
    clerk.page.locator("#q:focus").wait_for()
    typed(clerk, words)
    listed(clerk)
    with clerk.page.expect_response(lambda answer: "/receive/choice" in answer.url):
        typed(clerk, "Enter")
    clerk.page.locator("#paper-0:focus").wait_for()


def test_several_procedures_of_one_applicant_need_no_mouse_and_outlive_a_reload(
    visit: Visit,
) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    typed(clerk, "2", "Alt+t")
    chosen(clerk, "“khai sinh”")
    typed(clerk, "1")
    clerk.examine()
    clerk.open("/receive")
    clerk.page.locator("#paper-0:checked").wait_for()
    assert clerk.page.locator("input[name=also-0-papers]").nth(1).is_checked()
    clerk.save()
    assert clerk.page.locator("article").count() == 2
    assert clerk.page.locator("article", has_text="Nguyễn Thị Thí Dụ").count() == 2
    clerk.page.keyboard.press("c")
    clerk.page.locator("#q:focus").wait_for()
    assert clerk.field("Họ và tên, tên tổ chức").input_value() == "Nguyễn Thị Thí Dụ"
    chosen(clerk, "“ket hon”")
    typed(clerk, "1")
    clerk.save()
    clerk.after(lambda: clerk.page.keyboard.press("t"))
    assert clerk.page.locator("input[name=procedure]").input_value() == "C-HT-02"
    assert focused(clerk) == "id_number"


def test_whoever_forgot_the_papers_is_asked_and_answers_by_the_same_keys(visit: Visit) -> None:
    clerk = visit(CLERK)
    filled_in(clerk)
    clerk.save(status=422)
    clerk.page.get_by_role("link", name="chưa đánh dấu giấy tờ nào").click()
    assert clerk.page.locator("#papers:focus").is_visible()
    clerk.save()
    assert "Không có giấy tờ kèm theo" in clerk.text


def test_a_name_without_blanks_pushes_nothing_off_a_page(visit: Visit) -> None:
    clerk = visit(CLERK)
    clerk.open("/receive?procedure=C-HT-12")
    clerk.field("Số căn cước, mã số thuế").fill("999186004417")
    clerk.field("Họ và tên, tên tổ chức").fill("Dụ" * 60)
    clerk.page.locator("#paper-0").check()
    clerk.after(lambda: clerk.page.keyboard.press("Control+Enter"))
    assert "/receipt" in clerk.page.url
    clerk.open("/desk").open("/register")


def test_the_foot_of_a_short_page_stands_at_the_foot_of_the_window(visit: Visit) -> None:
    auditor = visit("kiemtra.thanhtri").open("/admin/takings")
    foot = auditor.page.locator(".sitefoot").evaluate("(foot) => foot.getBoundingClientRect()")
    assert foot["bottom"] == WIDE["height"]


def test_a_list_on_paper_has_nothing_to_press_or_to_tick(visit: Visit) -> None:
    clerk = visit(CLERK)
    for path in ("/desk", "/register", "/handovers"):
        clerk.open(path).page.emulate_media(media="print")
        for control in clerk.main.locator("input, button, .btn, label").all():
            assert not control.is_visible(), (path, control.inner_html())
        assert "Cả danh sách này" not in clerk.text, path
        clerk.page.emulate_media(media="screen")

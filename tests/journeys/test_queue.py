"""A visitor takes a number, a clerk calls it, and the screen in the hall says where to go."""

from contextlib import ExitStack
from typing import Final

from tests.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.test_citizen import CLERK

AT_ONE_INSTANT: Final = """([label, instant]) => {
  const named = (button) => button.innerText.includes(label);
  const button = [...document.querySelectorAll("main button")].find(named);
  setTimeout(() => button.click(), instant - Date.now());
}"""


def test_a_number_from_the_kiosk_to_the_counter(visit: Visit, language: str) -> None:
    clerk = visit(CLERK, language=language)
    clerk.open("/queue").press("Bắt đầu cấp số")
    kiosk_address, hall_address = clerk.page.locator("dd.code").all_inner_texts()
    kiosk, hall = visit(language=language), visit(language=language)
    kiosk.open(kiosk_address).press("Lấy số")
    assert kiosk.say("Bạn là người tiếp theo") in kiosk.text
    hall.open(hall_address)
    assert hall.say("Hiện chưa mời số nào đến quầy.") in hall.text
    clerk.open("/queue").press("Gọi số tiếp theo", status=422)
    assert clerk.say("Hãy ghi tên quầy.") in clerk.text, "in our words, not the browser's"
    clerk.field("Quầy của bạn").fill("Quầy 1")
    clerk.press("Gọi số tiếp theo")
    assert "Quầy 1" in clerk.text
    hall.page.get_by_text("Quầy 1").wait_for()
    hall.examine()
    clerk.press("Vắng mặt")
    hall.page.get_by_text(hall.say("Hiện chưa mời số nào đến quầy.")).wait_for()


def press_together(visitors: list[Visitor], label: str) -> None:
    """Press a button in several browsers at the same moment, and wait for what each answers."""
    instant = visitors[0].page.evaluate("Date.now() + 300")
    with ExitStack() as coming:
        for visitor in visitors:
            coming.enter_context(visitor.page.expect_navigation())
            visitor.page.evaluate(AT_ONE_INSTANT, [label, instant])


def test_two_clerks_who_call_at_once_call_two_visitors(visit: Visit) -> None:
    clerks = [visit("motcua1.thanhtri"), visit("motcua2.thanhtri")]
    clerks[0].open("/queue").press("Bắt đầu cấp số")
    kiosk_address, hall_address = clerks[0].page.locator("dd.code").all_inner_texts()
    kiosks = [visit().open(kiosk_address) for _ in range(2)]
    press_together(kiosks, "Lấy số")
    assert {kiosk.page.url.rpartition("/")[2] for kiosk in kiosks} == {"1", "2"}
    hall = visit().open(hall_address)
    for counter, clerk in enumerate(clerks, 1):
        clerk.open("/queue").field("Quầy của bạn").fill(f"Quầy {counter}")
    press_together(clerks, "Gọi số tiếp theo")
    called = [clerk.page.locator(".number-big").inner_text() for clerk in clerks]
    assert sorted(called) == ["1", "2"], "nobody is called to two counters"
    for counter in (1, 2):
        hall.page.get_by_text(f"Quầy {counter}").wait_for()
    assert "0 người đang chờ" in hall.text
    for width, height in ((1280, 720), (1366, 768), (1024, 768)):
        hall.page.set_viewport_size({"width": width, "height": height})
        reaches = hall.page.evaluate("document.documentElement.scrollHeight")
        assert reaches <= height, "nobody scrolls a screen that hangs on a wall"
    press_together(clerks, "Gọi số tiếp theo")
    for clerk in clerks:
        assert "Không còn ai đang chờ." in clerk.text
        assert clerk.page.locator(".mainnav [aria-current]").inner_text() == "Bàn làm việc"

"""A visitor takes a number, a clerk calls it, and the screen in the hall says where to go."""

from tests.journeys.conftest import Visit
from tests.journeys.test_citizen import CLERK


def test_a_number_from_the_kiosk_to_the_counter(visit: Visit, language: str) -> None:
    clerk = visit(CLERK, language=language)
    clerk.open("/queue").press("Bắt đầu cấp số")
    kiosk_address, hall_address = clerk.page.locator("dd.code").all_inner_texts()
    kiosk, hall = visit(language=language), visit(language=language)
    kiosk.open(kiosk_address).press("Lấy số")
    assert kiosk.say("Bạn là người tiếp theo") in kiosk.text
    hall.open(hall_address)
    assert hall.say("Chưa gọi số nào hôm nay.") in hall.text
    clerk.open("/queue").field("Quầy của bạn").fill("Quầy 1")
    clerk.press("Gọi số tiếp theo")
    assert "Quầy 1" in clerk.text
    hall.page.get_by_text("Quầy 1").wait_for()
    hall.examine()

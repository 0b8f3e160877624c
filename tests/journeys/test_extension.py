"""Many copies take longer than the day: the desk extends, and the slip says the new hour."""

from datetime import date

from onestop.deadlines.queries import packaged_calendar
from tests.journeys.conftest import Visit
from tests.journeys.test_citizen import CLERK, looks_up


def test_whoever_waits_for_many_copies_gets_a_slip_with_the_new_hour(visit: Visit) -> None:
    clerk = visit(CLERK)
    clerk.open("/receive?procedure=C-CT-01")
    clerk.field("Họ và tên, tên tổ chức").fill("Trần Thị Ví Dụ")
    clerk.field("Điện thoại").fill("0600417299")
    clerk.page.locator("#paper-0").check()
    clerk.save()
    code = clerk.page.url.split("/dossiers/")[1].split("/")[0]
    clerk.open(f"/dossiers/{code}")
    due = clerk.page.locator(".promise-date time").first.get_attribute("datetime") or ""
    new_on = packaged_calendar().next_working_day(date.fromisoformat(due[:10]))

    clerk.page.keyboard.press("v")
    clerk.page.wait_for_url(f"**/dossiers/{code}/extend")
    clerk.field("Ngày hẹn mới").fill(new_on.isoformat())
    assert f"{new_on.day} tháng {new_on.month}, {new_on.year}" in clerk.text, "whoever's browser"
    clerk.field("Giờ hẹn").fill("10:30")
    clerk.field("Vì sao cần lâu hơn").fill("Người yêu cầu cần 300 bản")
    clerk.save()

    assert clerk.page.url.endswith(f"/dossiers/{code}/receipt")
    assert "10 giờ 30 phút" in clerk.text
    assert f"{new_on:%d/%m/%Y}" in clerk.text
    citizen = looks_up(visit(), code, "7299")
    shown = citizen.page.locator(".promise-date time").first.get_attribute("datetime") or ""
    assert shown[:10] == new_on.isoformat()
    assert "kéo dài thêm 1 ngày làm việc" in citizen.text

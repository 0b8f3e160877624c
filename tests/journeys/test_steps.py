"""One dossier through three agencies: the commune, the department of the district, the city."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Visit
from tests.site import Site

CLERK, OFFICER, LEADER = "motcua1.ngochoi", "vanhoaxahoi.ngochoi", "chutich.ngochoi"
HEAD, SPECIALIST = "truongphong.laodong", "chuyenvien1.laodong"
THREE_AGENCIES = "C-NCC-02"
DEPARTMENT = "H26.91.05"


@pytest.mark.long
@pytest.mark.parametrize("language", ["en"])  # one is long enough, and has the newer words
def test_an_interlinked_dossier_goes_through_three_agencies_as_one(
    visit: Visit, site: Site, language: str
) -> None:
    clerk = visit(CLERK, language=language).open(f"/receive?procedure={THREE_AGENCIES}")
    clerk.page.locator("#name").fill("Trần Thị Ví Dụ")
    clerk.page.locator("#phone").fill("0600417299")
    clerk.page.locator("#paper-0").check()
    clerk.save()
    code = clerk.page.url.split("/dossiers/")[1].split("/")[0]
    clerk.open(f"/dossiers/{code}")
    promised = clerk.page.locator(".promise-date time").first.get_attribute("datetime")
    assert promised
    clerk.follow("Bàn giao cho nơi giải quyết").save()
    assert clerk.say("Các bước, ai đang giữ") in clerk.text

    # Both sides sign for the hand-over: the desk makes the list, the department confirms it.
    clerk.open("/handovers")
    for box in clerk.page.locator("input[name=code]").all():
        box.set_checked(box.get_attribute("value") == code)
    clerk.save().save()
    paper = clerk.page.url
    officer = visit(OFFICER, language=language).open(paper)
    officer.press("Xác nhận đã nhận")
    assert officer.say("Đã xác nhận nhận đủ hồ sơ theo phiếu.") in officer.text

    # The commune: taken up, laid before, signed, handed on.
    officer.open("/tasks?view=next").follow(code)
    officer.after(lambda: officer.page.keyboard.press("n"))
    officer.save()
    assert "Đào Hà Trang" in officer.text
    officer.follow("Trình duyệt").save()
    leader = visit(LEADER, language=language).open("/tasks?view=decide")
    leader.follow(code).follow("Ký kết quả").save()
    officer.open("/tasks").follow(code).follow("Xong bước này, chuyển bước sau")
    officer.page.locator("#agency").select_option(DEPARTMENT)
    officer.save()
    site.clock.put(site.clock.moment + timedelta(days=1))

    # The department: its head gives the work out, and may see it; the desk sees who holds it.
    head = visit(HEAD, language=language).open("/tasks?view=next").follow(code).follow("Giao việc")
    head.page.locator("#to").select_option(SPECIALIST)
    head.save()
    clerk.sign_in(CLERK).open(f"/dossiers/{code}")
    assert "Bùi Văn Bình" in clerk.text
    assert clerk.page.locator("li[aria-current=step]").count() == 1
    specialist = visit(SPECIALIST, language=language).open("/tasks").follow(code)
    specialist.follow("Xong bước này, chuyển bước sau").save()

    # The city lies outside the system: the department waits for it, and records the result.
    specialist.open("/tasks?view=waiting")
    assert code in specialist.text
    specialist.follow(code).follow("Ghi có kết quả").save()
    assert "Trần Thị Ví Dụ" in specialist.text
    specialist.open("/tasks/others")
    assert code in specialist.text

    clerk.open(f"/dossiers/{code}")
    kept = clerk.page.locator(".promise-date time").first.get_attribute("datetime")
    assert kept == promised, "the whole limit from receipt, whatever the steps took"
    clerk.follow("Trả kết quả").field("Giấy tờ tùy thân đã xem").fill("hộ chiếu B0000000")
    clerk.save()
    assert clerk.say("Đã trả kết quả") in clerk.text

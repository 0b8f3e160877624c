"""A whole day of a commune's shop: twenty dossiers of every channel, each to its end."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.test_citizen import CLERK, sent_in
from tests.journeys.test_life import LEADER, OFFICER
from tests.journeys.test_many import told
from tests.site import Site

AT_THE_COUNTER, BY_POST, ONLINE = 14, 2, 4
PROCEDURE = "C-HT-13"
SATURDAY = 5


@pytest.mark.long
def test_twenty_dossiers_find_their_ends(visit: Visit, site: Site) -> None:
    clerk, officer, leader = visit(CLERK), visit(OFFICER), visit(LEADER)
    codes = [taken_in(clerk, number) for number in range(AT_THE_COUNTER)]
    this_morning = f"{site.clock.moment:%Y-%m-%d}T08:05"
    codes += [
        taken_in(clerk, AT_THE_COUNTER + number, delivered_at=this_morning)
        for number in range(BY_POST)
    ]
    online = [sent_in(visit()) for _ in range(ONLINE)]

    # What came in online is checked: three are taken in, with a reason where one is like another.
    for code in online[:3]:
        clerk.open(f"/dossiers/{code}").follow("Kiểm tra hồ sơ")
        although = clerk.page.locator("[name=although]")
        if although.count():
            although.fill("Mỗi người con một hồ sơ")
        clerk.save()
    clerk.open(f"/dossiers/{online[3]}").follow("Kiểm tra hồ sơ")
    clerk.page.locator("[name=reason]").fill("Nơi khác có thẩm quyền")
    clerk.page.locator("[name=ground]").select_option("not_competent")
    clerk.press("Từ chối tiếp nhận")
    codes += online[:3]

    withdrawn, *rest = codes
    act(clerk, withdrawn, "Ghi nhận yêu cầu rút", "Người nộp đổi ý")

    # All are handed over at once; the one that is withdrawn is not among them.
    choose(clerk, "2", rest)
    clerk.press("Bàn giao cho nơi giải quyết").save()
    assert told(clerk) == len(rest)

    supplemented, refused, late, paid, *plain = rest
    act(officer, supplemented, "Yêu cầu bổ sung", "Thiếu bản chính tờ khai")
    act(officer, refused, "Từ chối sau thẩm định", "Thiếu năm công tác", "Không đủ điều kiện")
    act(officer, paid, "Yêu cầu nộp phí, thuế", "150000", "12/TB")
    act(leader, withdrawn, "Xác nhận rút hồ sơ")
    apologise(leader, late)
    choose(officer, "4", plain)
    officer.press("Ghi có kết quả").save()
    assert told(officer) == len(plain)

    site.clock.put(site.clock.moment + timedelta(days=1))
    for username, visitor in ((CLERK, clerk), (OFFICER, officer)):
        visitor.let_in(username)
    act(clerk, supplemented, "Đã bổ sung giấy tờ")
    act(clerk, paid, "Đã nộp phí, thuế")
    act(officer, supplemented, "Ghi có kết quả")
    for code in (*plain[:2], refused):
        act(clerk, code, "Trả kết quả", "Nguyễn Thị Thí Dụ", "Căn cước 999186004417")

    ends = Counter(state_of(clerk, code) for code in (*codes, online[3]))
    assert ends == {
        "Đã trả kết quả": 3,
        "Đã có kết quả": len(plain) - 2 + 1,
        "Đang xử lý": 2,
        "Dừng xử lý": 1,
        "Không tiếp nhận": 1,
    }


def taken_in(clerk: Visitor, number: int, *, delivered_at: str = "") -> str:
    clerk.page.goto(f"/receive?procedure={PROCEDURE}")
    clerk.field("Họ và tên, tên tổ chức").fill("Nguyễn Thị Thí Dụ")
    clerk.field("Điện thoại").fill(f"06004172{number:02}")
    clerk.page.locator("#paper-0").check()
    if delivered_at:
        clerk.field("Kênh tiếp nhận").select_option("postal")
        clerk.field("Giờ bưu gửi đến").fill(delivered_at)
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Control+Enter")
    return clerk.page.url.split("/dossiers/")[1].split("/")[0]


def choose(member: Visitor, state: str, codes: list[str]) -> None:
    member.open(f"/desk?state={state}&sort=received")
    for code in codes:
        member.page.locator(f"input[data-choose][value='{code}']").check()


def act(member: Visitor, code: str, verb: str, *says: str) -> None:
    member.page.goto(f"/dossiers/{code}")
    member.follow(verb)
    for text in says:  # the first field has the focus
        member.page.keyboard.type(text)
        member.page.keyboard.press("Tab")
    member.save()


def apologise(leader: Visitor, code: str) -> None:
    leader.page.goto(f"/dossiers/{code}")
    due = leader.page.locator(".promise-date time").first.get_attribute("datetime") or ""
    new_on = date.fromisoformat(due[:10]) + timedelta(days=1)
    while new_on.weekday() >= SATURDAY:
        new_on += timedelta(days=1)
    leader.follow("Xin lỗi và hẹn lại")
    leader.field("Ngày hẹn mới").fill(new_on.isoformat())
    leader.field("Vì sao chậm").select_option("other_agency")
    leader.field("Nói với người nộp vì sao chậm").fill("Chờ xác minh nơi cư trú")
    leader.save()


def state_of(member: Visitor, code: str) -> str:
    member.page.goto(f"/dossiers/{code}")
    return member.page.locator(".state").first.inner_text()

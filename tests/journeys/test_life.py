"""A dossier goes through many hands, and its applicant is told at every step where it stands."""

from datetime import date, timedelta

import pytest

from tests.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.test_citizen import CLERK, NAME, sent_in
from tests.site import Site

OFFICER, LEADER = "tuphap.ngochoi", "chutich.ngochoi"
SATURDAY = 5
WHY = "Thiếu bản chính tờ khai"


@pytest.fixture
def life(visit: Visit, site: Site, language: str) -> "Life":
    return Life(visit, site, language)


class Life:
    """One dossier, and everybody who has to do with it."""

    def __init__(self, visit: Visit, site: Site, language: str) -> None:
        self.clock = site.clock
        self.citizen = visit(language=language)
        self.clerk = visit(CLERK, language=language)
        self.officer = visit(OFFICER, language=language)
        self.leader = visit(LEADER, language=language)
        self.staff = {CLERK: self.clerk, OFFICER: self.officer, LEADER: self.leader}
        self.code = sent_in(self.citizen)
        self.door = self.citizen.page.url.removeprefix(site.address)

    def accepted(self) -> None:
        self.clerk.open("/desk").follow("Trực tuyến mới").follow(self.code)
        self.clerk.follow("Kiểm tra hồ sơ")
        for box in self.clerk.page.locator("input[name=papers]").all():
            box.check()
        self.clerk.save()

    def act(self, member: Visitor, verb: str, *says: str) -> None:
        """Let a member of staff do a verb from the page of the dossier, by the keyboard."""
        member.open(f"/dossiers/{self.code}").follow(verb)
        for text in says:  # the first field has the focus
            member.page.keyboard.type(text)
            member.page.keyboard.press("Tab")
        member.save()

    def wait(self, **time: float) -> None:
        """Let time pass; whoever is away for long has to log in again."""
        self.clock.put(self.clock.moment + timedelta(**time))
        for username, member in self.staff.items():
            member.let_in(username)

    def told(self) -> str:
        """Return what the applicant reads now."""
        return self.citizen.open(self.door).heading

    def due(self, visitor: Visitor) -> str | None:
        return visitor.page.locator(".promise-date time").first.get_attribute("datetime")


@pytest.mark.long
@pytest.mark.parametrize("language", ["en"])
def test_from_submission_to_the_result_in_hand(life: Life) -> None:
    say = life.citizen.say
    life.accepted()
    assert life.told() == say("Đã nhận hồ sơ")
    first_due = life.due(life.citizen)
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    assert life.told() == say("Hồ sơ đang được giải quyết, trong hạn")
    officer = life.officer.open(f"/dossiers/{life.code}").follow("Yêu cầu bổ sung")
    officer.page.keyboard.type(WHY)
    asked = [WHY]
    for _ in range(3):
        officer.page.keyboard.press("Alt+1")
        asked.append(officer.page.get_by_role("textbox").last.input_value().rpartition(": ")[2])
    assert asked == [WHY, "1 bản chính", "1 bản chứng thực", "1 bản photo"]
    officer.save()
    assert life.told() == say("Cần bạn bổ sung giấy tờ")
    assert WHY not in life.citizen.page.content(), "a reason may name people"
    life.wait(days=2)
    life.act(life.clerk, "Đã bổ sung giấy tờ")
    assert life.told() == say("Hồ sơ đang được giải quyết, trong hạn")
    assert (life.due(life.citizen) or "") > (first_due or "")
    life.act(life.officer, "Ghi có kết quả")
    assert life.told() == say("Đã có kết quả, mời bạn đến nhận")
    life.act(life.clerk, "Trả kết quả", NAME, "Căn cước 999186004417")
    assert life.told() == say("Đã trả kết quả")


def test_a_refusal_at_intake(life: Life) -> None:
    life.clerk.open(f"/dossiers/{life.code}").follow("Kiểm tra hồ sơ")
    life.clerk.press("Từ chối tiếp nhận", status=422)
    assert life.clerk.say("Hãy ghi lý do.") in life.clerk.text
    life.clerk.page.get_by_role("textbox").fill("Nơi khác có thẩm quyền")
    life.clerk.press("Từ chối tiếp nhận", status=422)
    assert life.clerk.say("Hãy chọn căn cứ từ chối.") in life.clerk.text
    life.clerk.field("Căn cứ từ chối").select_option("not_competent")
    life.clerk.press("Từ chối tiếp nhận")
    assert life.told() == life.citizen.say("Hồ sơ không được tiếp nhận")


def test_what_is_lacking_at_intake_is_brought(life: Life) -> None:
    life.clerk.open(f"/dossiers/{life.code}").follow("Kiểm tra hồ sơ")
    life.clerk.page.get_by_role("textbox").fill(WHY)
    life.clerk.page.keyboard.press("Alt+G")
    wanting = life.clerk.page.locator("input[data-asked]:not(:checked)").count()
    assert life.clerk.page.get_by_role("textbox").input_value().count(": 1 bản") == wanting > 0
    life.clerk.press("Yêu cầu hoàn thiện hồ sơ")
    assert life.told() == life.citizen.say("Cần bạn bổ sung giấy tờ")
    life.wait(hours=3)
    life.clerk.open(f"/dossiers/{life.code}").follow("Kiểm tra hồ sơ")
    life.clerk.save()
    assert life.told() == life.citizen.say("Đã nhận hồ sơ")


@pytest.mark.parametrize("language", ["en"])
def test_a_refusal_after_examination(life: Life) -> None:
    life.accepted()
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    ground = life.officer.say("Không đủ điều kiện theo quy định")
    life.act(life.officer, "Từ chối sau thẩm định", "Thiếu năm công tác", ground)
    told = "Không giải quyết được hồ sơ, mời bạn đến nhận văn bản trả lời"
    assert life.told() == life.citizen.say(told)


@pytest.mark.parametrize("language", ["vi"])
def test_a_withdrawal_is_noted_and_confirmed(life: Life) -> None:
    life.accepted()
    life.act(life.clerk, "Ghi nhận yêu cầu rút", "Người nộp đổi ý")
    assert life.told() == life.citizen.say("Đã ghi nhận yêu cầu rút hồ sơ")
    life.wait(hours=1)
    life.act(life.leader, "Xác nhận rút hồ sơ")
    assert life.told() == life.citizen.say("Hồ sơ đã rút theo yêu cầu của bạn")


@pytest.mark.parametrize("language", ["en"])
def test_lateness_is_said_before_anything_else(life: Life) -> None:
    life.accepted()
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    life.wait(days=10)
    assert life.told() == life.citizen.say("Hồ sơ đang trễ hẹn, chúng tôi xin lỗi bạn")
    life.leader.open("/desk").follow("Quá hạn")
    assert life.code in life.leader.text


@pytest.mark.parametrize("language", ["vi"])
def test_of_two_who_act_at_once_the_later_is_told(life: Life) -> None:
    life.accepted()
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    officer = life.officer.open(f"/dossiers/{life.code}").follow("Yêu cầu bổ sung")
    officer.page.keyboard.type(WHY)
    life.act(life.leader, "Ghi có kết quả")
    officer.save(status=422)
    assert WHY in officer.text, "what was typed is not lost"
    assert life.told() == life.citizen.say("Đã có kết quả, mời bạn đến nhận")


@pytest.mark.parametrize("language", ["en"])
def test_an_apology_promises_another_day_and_says_which_one_decides(life: Life) -> None:
    life.accepted()
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    life.told()
    first_due = life.due(life.citizen) or ""
    new_on = date.fromisoformat(first_due[:10]) + timedelta(days=1)
    while new_on.weekday() >= SATURDAY:
        new_on += timedelta(days=1)
    leader = life.leader.open(f"/dossiers/{life.code}").follow("Xin lỗi và hẹn lại")
    leader.field("Ngày hẹn mới").fill(new_on.isoformat())
    leader.field("Vì sao chậm").select_option("other_agency")
    leader.field("Nói với người nộp vì sao chậm").fill("Chờ xác minh nơi cư trú")
    leader.save()
    assert (
        leader.say("Hồ sơ đã hẹn lại một lần; chỉ được hẹn lại một lần.") in leader.page.content()
    )
    assert life.told() == life.citizen.say("Hồ sơ đang được giải quyết, trong hạn")
    assert (life.due(life.citizen) or "")[:10] == new_on.isoformat()
    said = "Chúng tôi xin lỗi và đã hẹn lại. Đúng hạn hay trễ hẹn vẫn tính theo ngày hẹn trước:"
    assert life.citizen.say(said) in life.citizen.text
    assert f'datetime="{first_due[:10]}' in life.citizen.page.content()


@pytest.mark.parametrize("language", ["vi"])
def test_a_slip_is_taken_back_and_both_stay_in_the_history(life: Life) -> None:
    life.accepted()
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    life.act(life.clerk, "Thu hồi việc vừa ghi")
    assert life.told() == life.citizen.say("Đã nhận hồ sơ")
    clerk = life.clerk.open(f"/dossiers/{life.code}")
    for told in ("Đã thu hồi việc ghi nhầm", "Đã bàn giao cho nơi giải quyết"):
        assert clerk.say(told) in clerk.text
    life.act(life.clerk, "Bàn giao cho nơi giải quyết")
    life.wait(minutes=11)
    clerk = life.clerk.open(f"/dossiers/{life.code}")
    assert clerk.say("Thu hồi việc vừa ghi") not in clerk.text


@pytest.mark.parametrize("language", ["en"])
def test_a_dossier_goes_to_the_agency_that_is_competent(life: Life) -> None:
    life.accepted()
    life.told()
    due = life.due(life.citizen)
    leader = life.leader.open(f"/dossiers/{life.code}").follow("Chuyển cơ quan có thẩm quyền")
    leader.field("Cơ quan có thẩm quyền").select_option("H26.91")
    leader.field("Vì sao, theo căn cứ nào").fill("Theo phân cấp mới")
    leader.save()
    assert life.told() == life.citizen.say("Đã nhận hồ sơ")
    assert life.due(life.citizen) == due, "it is no new application"

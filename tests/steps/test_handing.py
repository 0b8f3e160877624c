import io
import re

import pytest
from pypdf import PdfReader

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import Verb
from onestop.steps.actions import handing as acts
from onestop.steps.models import HandoverList
from onestop.steps.queries import control_slips, handing
from tests.client import PolicingClient
from tests.conftest import Budget
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
    staff,
)
from tests.letters.given import STATUS, size_of, words_of
from tests.opinions.given import ANSWER, FINANCE_OFFICER, QUESTION, asked, handled, said
from tests.steps.given import (
    COMMUNE_FIRST,
    COMMUNE_THEN_DEPARTMENT,
    DEATH,
    WELFARE,
    WELFARE_HEAD,
    WELFARE_OFFICER,
    moved,
)

pytestmark = pytest.mark.usefixtures("app")
LAND_DEPARTMENT_ONLY = "D-DD-08"


def listed(*dossiers: Dossier, by: str = COMMUNE_CLERK) -> list[HandoverList]:
    with transaction():
        return acts.make_list([one.code for one in dossiers], by=staff(by), at=MONDAY)


def confirmed(row: HandoverList, *, by: str) -> None:
    with transaction():
        acts.confirm(row.id, by=staff(by), at=MONDAY + DAY)


def test_many_dossiers_stand_on_one_list_for_each_taker() -> None:
    two = [in_progress(procedure_code=FIVE_DAYS) for _ in range(2)]
    onward = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(onward, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(onward, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    made = listed(*two, onward)
    found = [handing.by_id(one.id, staff(COMMUNE_CLERK)) for one in made]
    assert [handing.code(one) for one in made] == ["01/PBG", "02/PBG"]
    assert sorted(len(handing.items(one)) for one in found if one) == [1, 2]
    assert handing.pending(staff(COMMUNE_CLERK)) == []


def test_what_was_passed_on_waits_since_then_and_what_was_assigned_since_its_hand_over() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND_DEPARTMENT_ONLY)
    clerk = staff(DISTRICT_CLERK)
    handed_over = handing.pending(clerk)[0].given_at
    assert handed_over == dossier.history[-1].happened_at
    why = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by="chutich.thanhtri", at=MONDAY + DAY, **why)
    assert handing.pending(clerk)[0].given_at == MONDAY + DAY
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY + 2 * DAY)
    assert handing.pending(clerk)[0].given_at == MONDAY + DAY


@pytest.mark.parametrize("lists", [1, 12])
def test_the_lists_cost_the_same_however_many_there_are(
    client: PolicingClient, budget: Budget, lists: int
) -> None:
    for _ in range(lists):
        listed(in_progress(procedure_code=FIVE_DAYS))
        in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    client.get("/handovers")
    with budget(10):
        page = client.get("/handovers").text
    assert len(re.findall(r'href="/handovers/\d+"', page)) == lists
    with budget(10):
        client.get("/handovers.csv")


def test_what_is_missed_comes_back_to_the_giver_and_stands_on_another_list() -> None:
    found, lost = [in_progress(procedure_code=FIVE_DAYS) for _ in range(2)]
    (row,) = listed(found, lost)
    taker, at = staff(COMMUNE_OFFICER), MONDAY + DAY
    with pytest.raises(Refusal) as refused, transaction():
        acts.confirm(row.id, missed={lost.code}, by=taker, at=at)
    assert refused.value.field == "reason"
    with pytest.raises(Refusal) as refused, transaction():
        acts.confirm(row.id, missed={"H26.91-260101-0001"}, reason="không có", by=taker, at=at)
    assert refused.value.field == "missed"
    with transaction():
        acts.confirm(row.id, missed={lost.code}, reason="không có trong túi", by=taker, at=at)
    told = {one.dossier_id: one for one in db.session.query(Entry).order_by(Entry.id)}
    assert told[found.id].verb == Verb.CONFIRM_LIST
    assert (told[lost.id].verb, told[lost.id].reason) == (Verb.MISS_ON_LIST, "không có trong túi")
    (again,) = handing.pending(staff(COMMUNE_CLERK))
    assert (again.dossier.id, again.missed) == (lost.id, "không có trong túi")
    shown = handing.by_id(row.id, taker)
    assert shown
    words = words_of(handing.list_print(shown))
    assert "nhận 1 hồ sơ, không nhận được 1 hồ sơ" in words
    assert "đếm đủ" not in words
    (second,) = listed(lost)
    confirmed(second, by=COMMUNE_OFFICER)
    assert handing.pending(staff(COMMUNE_CLERK)) == []


def test_the_page_of_work_counts_the_lists_that_wait_to_be_confirmed(
    client: PolicingClient,
) -> None:
    (row,) = listed(in_progress(procedure_code=FIVE_DAYS))
    client.sign_in(COMMUNE_OFFICER)
    assert "Phiếu bàn giao <b>1</b>" in client.get("/tasks?view=next").text
    confirmed(row, by=COMMUNE_OFFICER)
    assert "Phiếu bàn giao <b>" not in client.get("/tasks?view=next").text


def test_who_takes_over_ticks_what_is_missing_and_says_why(client: PolicingClient) -> None:
    lost, found = [in_progress(procedure_code=FIVE_DAYS) for _ in range(2)]
    (row,) = listed(lost, found)
    client.sign_in(COMMUNE_OFFICER)
    at = f"/handovers/{row.id}"
    answer = client.post(f"{at}/confirm", data={"missed": lost.code})
    assert answer.status_code == 422
    assert "Hãy ghi lý do." in answer.text
    assert answer.text.count(" checked") == 1, "what was ticked stays so"
    said = {"missed": lost.code, "reason": "không thấy"}
    told = client.post(f"{at}/confirm", data=said, follow_redirects=True).text
    assert "1 hồ sơ không nhận được trở lại bên giao" in told
    assert told.count("không thấy") == 1
    client.sign_in(COMMUNE_CLERK)
    waiting = client.get("/handovers").text
    assert lost.code in waiting
    assert "không thấy" in waiting
    assert found.code not in waiting


def test_a_list_is_read_from_its_top_before_it_is_confirmed(client: PolicingClient) -> None:
    (row,) = listed(*[in_progress(procedure_code=FIVE_DAYS) for _ in range(2)])
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/handovers/{row.id}").text
    assert "/confirm" in page
    assert "autofocus" not in page, "the button below a long list would bring its end into view"


def test_what_was_missed_is_ticked_for_another_list_once_it_is_found(
    client: PolicingClient,
) -> None:
    lost = in_progress(procedure_code=FIVE_DAYS)
    (row,) = listed(lost)
    with transaction():
        taker, why = staff(COMMUNE_OFFICER), "không có trong túi"
        acts.confirm(row.id, missed={lost.code}, reason=why, by=taker, at=MONDAY + DAY)
    other = in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    page = client.get("/handovers").text
    ticked = re.findall(r'name="code" value="(\S+)" data-choose="" checked', page)
    assert ticked == [other.code]
    assert f'value="{lost.code}"' in page


def test_a_dossier_stands_on_one_list_only() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    listed(dossier)
    for codes in ([dossier], []):
        with pytest.raises(Refusal):
            listed(*codes)
    with pytest.raises(Refusal):
        listed(received(procedure_code=FIVE_DAYS))
    with pytest.raises(Refusal):
        listed(in_progress(procedure_code=FIVE_DAYS), by=NEIGHBOUR)


def test_the_taker_confirms_and_the_history_of_each_dossier_says_so() -> None:
    two = [in_progress(procedure_code=FIVE_DAYS) for _ in range(2)]
    (row,) = listed(*two)
    with pytest.raises(Refusal, match="Vai trò"):
        confirmed(row, by=WELFARE_OFFICER)
    confirmed(row, by=COMMUNE_OFFICER)
    with pytest.raises(Refusal, match="đã được xác nhận"):
        confirmed(row, by=COMMUNE_LEADER)
    lines = db.session.query(Entry).filter(Entry.verb == Verb.CONFIRM_LIST).all()
    assert {one.dossier_id for one in lines} == {one.id for one in two}
    assert {one.author_name for one in lines} == {"Phạm Đức Lâm"}


def test_whoever_made_a_list_does_not_confirm_it() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    (row,) = listed(dossier, by=COMMUNE_OFFICER)
    with pytest.raises(Refusal, match="không tự xác nhận"):
        confirmed(row, by=COMMUNE_OFFICER)


def test_a_list_tells_the_date_that_a_dossier_had_when_it_was_made() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    (row,) = listed(dossier)
    found = handing.by_id(row.id, staff(COMMUNE_CLERK))
    assert found is not None
    before, promised = handing.list_print(found), dossier.due_at
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu")
    later = done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 8 * DAY)
    assert later.due_at != promised
    assert handing.list_print(found) == before


def test_the_paper_of_a_list_names_both_sides_and_says_when_it_was_confirmed() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    (row,) = listed(dossier)
    found = handing.by_id(row.id, staff(COMMUNE_CLERK))
    assert found is not None
    before = handing.list_print(found)
    assert handing.list_print(found) == before, "the same bytes"
    words = words_of(before).replace("\u200b", "")
    assert "PHIẾU BÀN GIAO HỒ SƠ" in words
    assert "Số: 01/PBG" in words
    assert "Số hồ sơ: 1; số giấy tờ: 0." in words
    assert "Nguyễn Văn Thí Dụ" in words
    assert "Trần Bích Phương" in words
    assert "xác nhận trên hệ thống" not in words
    confirmed(row, by=COMMUNE_OFFICER)
    after = handing.by_id(row.id, staff(COMMUNE_OFFICER))
    assert after is not None
    words = words_of(handing.list_print(after))
    assert "Bên nhận xác nhận trên hệ thống lúc 09 giờ 00 phút, ngày 02 tháng 3 năm 2021" in words
    assert "Phạm Đức Lâm" in words


def slip(dossier: Dossier, *, by: str = COMMUNE_CLERK) -> str:
    actor = staff(by)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        made = acts.print_slip(fresh, by=actor, at=MONDAY + 9 * DAY)
    at = MONDAY + 9 * DAY
    printed = control_slips.printed(made, fresh, address=STATUS, at=at)
    assert printed == control_slips.printed(made, fresh, address=STATUS, at=at), "the same bytes"
    return words_of(printed)


def test_a_control_slip_has_a_block_for_each_hand_over_and_ends_at_the_desk() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    listed_first = listed(dossier)
    confirmed(listed_first[0], by=COMMUNE_OFFICER)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 7 * DAY, agency=WELFARE)
    moved(dossier, "assign", by=WELFARE_HEAD, at=MONDAY + 7 * DAY, to=WELFARE_OFFICER)
    done(dossier, "resolve", by=WELFARE_OFFICER, at=MONDAY + 8 * DAY)
    words = slip(dossier)
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in words
    assert words.count("1. Giao:") == 3
    assert "1. Giao: Bộ phận Tiếp nhận và Trả kết quả 2. Nhận: Ủy ban nhân dân xã Ngọc Hồi" in words
    assert "2. Nhận: Bộ phận Tiếp nhận và Trả kết quả" in words
    assert "Quá hạn" in words, "the commune had three days and took five"
    assert "Trước hạn" in words, "the department had seven and took one"
    for name in ("Trần Bích Phương", "Phạm Đức Lâm", "Bùi Văn Bình"):
        assert name in words
    assert "Số: 01/BPTNTKQ" in words


def test_a_control_slip_keeps_the_hand_overs_of_a_step_that_was_given_back() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + DAY, agency=WELFARE)
    moved(dossier, "give_back", by=WELFARE_HEAD, at=MONDAY + 2 * DAY, reason="Thiếu bản gốc")
    there = "1. Giao: Ủy ban nhân dân xã Ngọc Hồi 2. Nhận: Phòng Lao động"
    back = "1. Giao: Phòng Lao động – Thương binh và Xã hội 2. Nhận: Ủy ban nhân dân xã Ngọc Hồi"
    waiting = slip(dossier)
    places = [waiting.index(one) for one in (there, back, "Nhận: Phòng chuyên môn cấp huyện ……")]
    assert places == sorted(places)
    assert "ngày 02 tháng 3 năm 2021 Người giao: Phạm Đức Lâm" in waiting[places[0] : places[1]]
    assert "ngày 03 tháng 3 năm 2021 Người giao: Nguyễn Diệu Linh" in waiting[places[1] :]
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 9 * DAY, agency=WELFARE)
    done(dossier, "resolve", by=WELFARE_OFFICER, at=MONDAY + 9 * DAY)
    words = slip(dossier)
    assert words.count("1. Giao:") == 5
    again = words.index(there, words.index(back))
    assert "ngày 10 tháng 3 năm 2021" in words[again:]


def test_a_slip_names_an_agency_outside_that_gave_a_step_back() -> None:
    dossier = in_progress(procedure_code=DEATH)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "give_back", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu giấy báo tử")
    words = slip(dossier)
    there = words.index("1. Giao: Ủy ban nhân dân xã Ngọc Hồi 2. Nhận: Công an 09 giờ")
    assert there < words.index("1. Giao: Công an 2. Nhận: Ủy ban nhân dân xã Ngọc Hồi")


def test_what_was_given_back_twice_goes_back_each_time_to_whom_it_came_from() -> None:
    dossier = in_progress(procedure_code=DEATH)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + DAY, agency=WELFARE)
    moved(dossier, "give_back", by=WELFARE_HEAD, at=MONDAY + 2 * DAY, reason="Thiếu bản gốc")
    moved(dossier, "give_back", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY, reason="Thiếu bản gốc")
    department = "Phòng Lao động – Thương binh và Xã hội"
    words = slip(dossier)
    assert f"1. Giao: {department} 2. Nhận: Công an" in words
    assert "1. Giao: Công an 2. Nhận: Ủy ban nhân dân xã Ngọc Hồi" in words


def test_a_slip_tells_by_way_of_whom_a_dossier_came_to_the_competent_agency() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    told = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + DAY, **told)
    words = slip(dossier)
    assert "1. Giao: Bộ phận Tiếp nhận và Trả kết quả 2. Nhận: Ủy ban nhân dân xã Ngọc Hồi" in words
    passed = words.index("1. Giao: Ủy ban nhân dân xã Ngọc Hồi 2. Nhận: Phòng Lao động")
    assert "09 giờ 00 phút, ngày 02 tháng 3 năm 2021" in words[passed:]
    assert "Người giao: Trần Thanh Thảo" in words[passed:]
    named = words[words.index("Cơ quan (bộ phận)") : words.index("TÊN CƠ QUAN")]
    assert "Ủy ban nhân dân xã" not in named, "the competent one handles it"


def test_what_was_passed_on_before_it_was_handed_over_was_given_by_the_desk_alone() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND_DEPARTMENT_ONLY)
    told = {"to_agency": WELFARE, "reason": "không thuộc thẩm quyền"}
    done(dossier, "transfer", by="chutich.thanhtri", at=MONDAY, **told)
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=MONDAY)
    words = slip(dossier, by=DISTRICT_CLERK)
    assert words.count("1. Giao:") == 2, "from the desk, and back to it"


def test_a_slip_names_who_takes_part_in_the_order_of_the_steps_on_one_page() -> None:
    dossier = in_progress(procedure_code=DEATH)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY, agency=WELFARE)
    moved(dossier, "take_up", by=WELFARE_OFFICER, at=MONDAY + 3 * DAY)
    moved(dossier, "hand_on", by=WELFARE_OFFICER, at=MONDAY + 7 * DAY)
    words = slip(dossier)
    assert words.count("TÊN CƠ QUAN") == 1, "the head of the table is not said again"
    department = "Phòng Lao động – Thương binh và Xã hội"
    for giver, taker in (("Công an", department), (department, "Bảo hiểm xã hội")):
        assert f"1. Giao: {giver} 2. Nhận: {taker}" in words, "who took it is who gives it on"
    named = words[words.index("Cơ quan phối hợp") : words.index("TÊN CƠ QUAN")]
    places = [named.index(one) for one in ("Công an", "Phòng Lao động", "Bảo hiểm xã hội")]
    assert places == sorted(places)


def test_a_slip_that_sets_out_with_its_dossier_has_room_for_every_hand_over_to_come() -> None:
    words = slip(in_progress(procedure_code=DEATH))
    coming = (
        "Giao: Ủy ban nhân dân xã Ngọc Hồi 2. Nhận: Công an …… giờ …… phút",
        "Giao: Công an 2. Nhận: Phòng chuyên môn cấp huyện …… giờ …… phút",
        "Giao: Phòng chuyên môn cấp huyện 2. Nhận: Bảo hiểm xã hội …… giờ …… phút",
        "Giao: Bảo hiểm xã hội 2. Nhận: Bộ phận Tiếp nhận và Trả kết quả …… giờ …… phút",
    )
    places = [words.index(one) for one in coming]
    assert places == sorted(places)
    named = words[words.index("Cơ quan phối hợp") : words.index("TÊN CƠ QUAN")]
    assert "Công an; Phòng chuyên môn cấp huyện; Bảo hiểm xã hội" in named


def test_a_slip_tells_what_others_were_asked_and_leaves_room_for_the_answer() -> None:
    dossier = handled()
    asked(dossier, limit="2wd")
    waiting = slip(dossier, by=DISTRICT_CLERK)
    named = waiting[waiting.index("Cơ quan phối hợp") : waiting.index("TÊN CƠ QUAN")]
    assert "Phòng Tài chính – Kế hoạch" in named
    told = waiting[waiting.index("Ý kiến của cơ quan khác") :]
    assert "hạn trả lời 17 giờ 00 phút, ngày 03 tháng 3 năm 2021" in told
    assert QUESTION in told
    assert "Trả lời: ......" in told
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + 9 * DAY, answer=ANSWER)
    answered = slip(dossier, by=DISTRICT_CLERK)
    assert "Đã trả lời lúc 09 giờ 00 phút, ngày 10 tháng 3 năm 2021" in answered
    assert f"(quá hạn): {ANSWER}" in answered
    assert "......" not in answered[answered.index("Đã trả lời") :]


def test_an_opinion_of_many_words_goes_over_the_page_and_loses_none() -> None:
    dossier = handled()
    long = " ".join(f"điều{number}" for number in range(550))
    asked(dossier, content=long)
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY, answer=long)
    words = slip(dossier, by=DISTRICT_CLERK).split()
    assert all(words.count(f"điều{number}") == 2 for number in range(550))


def test_a_slip_of_the_later_set_speaks_of_the_later_shop() -> None:
    at = MONDAY.replace(year=2025, month=9)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    actor = staff(COMMUNE_CLERK, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        made = acts.print_slip(fresh, by=actor, at=at)
    printed = control_slips.printed(made, fresh, address=STATUS, at=at)
    words = words_of(printed)
    assert "Số: 01/TTPVHCC" in words
    assert "Trung tâm Phục vụ hành chính công" in words
    page = PdfReader(io.BytesIO(printed)).pages[0].mediabox
    assert round(float(page.width) / 72 * 25.4) == 148, "A5"


def test_a_slip_keeps_its_number_and_each_print_is_in_the_history() -> None:
    dossier = in_progress(procedure_code=DEATH)
    assert slip(dossier) == slip(dossier)
    verbs = [one.verb for one in reading.by_code(dossier.code, Operator()).history]  # type: ignore[union-attr]
    assert verbs[-2:] == [Verb.ISSUE_PAPER, Verb.PRINT_AGAIN]
    with pytest.raises(Refusal, match="chưa bàn giao"):
        slip(received(procedure_code=FIVE_DAYS))


def test_from_the_list_of_the_clerk_to_the_screen_of_the_officer(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    assert dossier.code in client.get("/handovers").text
    nothing = client.post("/handovers", follow_redirects=True).text
    assert "Chưa chọn hồ sơ nào." in nothing
    asked = client.post("/handovers", data={"code": dossier.code}).text
    assert "Lập phiếu bàn giao cho 1 hồ sơ?" in asked
    assert "chờ bên nhận" not in client.get("/handovers").text, "nothing is written by a question"
    gone = client.post("/handovers", data={"code": [dossier.code, "none"]}, follow_redirects=True)
    assert "Có hồ sơ đã nằm trong phiếu khác" in gone.text, "what cannot be listed is asked by none"
    answer = client.post("/handovers", data={"code": dossier.code, "sure": "yes"})
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert f'href="/dossiers/{dossier.code}"' in page
    assert "/confirm" not in page, "the clerk's post does not take over"
    print_ = client.get(f"{answer.location}.pdf")
    assert print_.mimetype == "application/pdf"
    client.sign_in(COMMUNE_OFFICER)
    assert "chờ bên nhận" in client.get("/handovers").text
    assert "/confirm" in client.get(answer.location).text
    told = client.post(f"{answer.location}/confirm", follow_redirects=True).text
    assert "Đã xác nhận nhận đủ hồ sơ theo phiếu." in told
    assert (
        "đã được xác nhận" in client.post(f"{answer.location}/confirm", follow_redirects=True).text
    )
    client.sign_in(NEIGHBOUR)
    for path in ("", ".pdf"):
        assert client.get(f"{answer.location}{path}").status_code == 404
    assert client.post(f"{answer.location}/confirm").status_code == 404


def test_what_was_just_handed_over_is_listed_and_nothing_else(client: PolicingClient) -> None:
    in_progress(procedure_code=FIVE_DAYS)
    given = [received(procedure_code=FIVE_DAYS).code for _ in range(2)]
    client.sign_in(COMMUNE_CLERK)
    said = {"verb": "hand_over", "code": given, "sure": "yes"}
    told = re.findall(r'name="given" value="([^"]+)"', client.post("/desk/many", data=said).text)
    assert told == given
    asked = client.post("/handovers", data={"given": [*told, "outside the system"]}).text
    assert re.findall(r'name="code" value="([^"]+)"', asked) == given
    assert "1 hồ sơ khác không lập phiếu được" in asked
    answer = client.post("/handovers", data={"code": given, "sure": "yes"})
    gone = client.post("/handovers", data={"given": given}, follow_redirects=True).text
    assert "Không hồ sơ nào lập phiếu được" in gone
    assert f'href="/dossiers/{given[0]}"' in client.get(answer.location).text


def test_what_was_just_handed_over_is_listed_however_much_waits(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.steps.queries.handing.MOST", 2)
    for _ in range(2):
        in_progress(procedure_code=FIVE_DAYS)
    newest = in_progress(procedure_code=FIVE_DAYS, at=MONDAY + DAY).code
    client.sign_in(COMMUNE_CLERK)
    asked = client.post("/handovers", data={"given": [newest]}).text
    assert re.findall(r'name="code" value="([^"]+)"', asked) == [newest]
    answer = client.post("/handovers", data={"code": [newest], "sure": "yes"})
    assert f'href="/dossiers/{newest}"' in client.get(answer.location).text


def test_what_went_out_of_the_system_stands_on_no_list_and_is_called_so(
    client: PolicingClient,
) -> None:
    given = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST).code
    client.sign_in(DISTRICT_CLERK)
    told = client.post("/handovers", data={"given": [given]}, follow_redirects=True).text
    assert "nơi nhận ở ngoài hệ thống" in told


def test_the_slip_is_printed_from_the_page_of_its_dossier(client: PolicingClient) -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND_DEPARTMENT_ONLY)
    client.sign_in(DISTRICT_CLERK)
    at = f"/dossiers/{dossier.code}/control-slip"
    assert at in client.get(f"/dossiers/{dossier.code}").text
    assert client.get(f"{at}.pdf").status_code == 404, "it has no number yet"
    assert client.post(at, data={"sheet": "xx"}).status_code == 404
    assert client.get(f"{at}.pdf").status_code == 404, "and was given none"
    answer = client.post(at)
    assert answer.status_code == 303
    print_ = client.get(answer.location)
    assert print_.mimetype == "application/pdf"
    assert size_of(print_.data) == (1, (148, 210))
    larger = client.post(at, data={"sheet": "a4"})
    assert size_of(client.get(larger.location).data) == (1, (210, 297))
    fresh = received(by=DISTRICT_CLERK, procedure_code=LAND_DEPARTMENT_ONLY)
    answer = client.post(f"/dossiers/{fresh.code}/control-slip")
    assert answer.status_code == 409
    assert "chưa có phiếu kiểm soát" in answer.text

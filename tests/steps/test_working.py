import re
from datetime import datetime, time, timedelta

import pytest
from flask import Flask

from onestop.accounts.actions import close_account
from onestop.accounts.queries import by_username
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.deadlines.rules.moments import at_local
from onestop.deadlines.rules.standing import Left, Tone
from onestop.dossiers.actions import closing
from onestop.dossiers.rules.closures import Closure
from onestop.steps.queries import others, working
from onestop.steps.queries.listed import TaskList
from onestop.steps.rules import to_assign
from onestop.tallies.rules import Period
from tests.client import PolicingClient
from tests.conftest import Budget
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    apologised,
    done,
    in_progress,
    staff,
)
from tests.opinions.given import ANSWER, FINANCE_OFFICER, OFFICER, asked, handled, opinions_of, said
from tests.steps.given import (
    COMMUNE_THEN_DEPARTMENT,
    DEATH,
    WELFARE,
    WELFARE_HEAD,
    WELFARE_OFFICER,
    moved,
    trail_of,
)

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)
COLLEAGUE = "vanhoaxahoi.ngochoi"
NEW = '<span class="state is-wait">mới</span>'


def counted(username: str, at: datetime) -> dict[TaskList, int]:
    found = working.counts(staff(username, at), at, ())
    return {view: count for view, count in found.items() if count}


def test_what_nobody_does_yet_is_next_for_everybody_of_the_agency() -> None:
    in_progress(procedure_code=FIVE_DAYS)
    for username in (COMMUNE_OFFICER, COLLEAGUE, COMMUNE_LEADER):
        assert counted(username, MONDAY) == {TaskList.NEXT: 1}
    assert counted(WELFARE_OFFICER, MONDAY) == {}


def test_what_i_took_up_is_mine_and_a_colleagues_is_held() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    assert counted(COMMUNE_OFFICER, MONDAY) == {TaskList.MINE: 1}
    assert counted(COLLEAGUE, MONDAY) == {TaskList.HELD: 1}


def test_what_somebody_held_whose_account_is_closed_is_given_to_another_by_the_head() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    with transaction():
        account = by_username(COMMUNE_OFFICER)
        assert account is not None
        close_account(account)
    assert counted(COMMUNE_LEADER, MONDAY)[TaskList.HELD] == 1, "it is not lost from sight"
    moved(dossier, "take_back", by=COMMUNE_LEADER, at=MONDAY, reason="Đã nghỉ việc")
    with pytest.raises(Refusal):
        moved(dossier, "assign", by=COMMUNE_LEADER, at=MONDAY, to=COMMUNE_OFFICER)
    moved(dossier, "assign", by=COMMUNE_LEADER, at=MONDAY, to=COLLEAGUE)
    assert counted(COLLEAGUE, MONDAY) == {TaskList.MINE: 1}


def test_a_draft_waits_for_the_leader_and_comes_back_signed() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    assert counted(COMMUNE_OFFICER, MONDAY) == {TaskList.WAITING: 1, TaskList.DECIDE: 1}
    assert TaskList.DECIDE not in working.views(staff(COMMUNE_OFFICER))
    assert counted(COMMUNE_LEADER, MONDAY)[TaskList.DECIDE] == 1
    moved(dossier, "sign", by=COMMUNE_LEADER, at=MONDAY)
    assert counted(COMMUNE_OFFICER, MONDAY) == {TaskList.MINE: 1}


def test_what_waits_for_the_applicant_or_an_outsider_waits_for_somebody_else() -> None:
    paid = in_progress(procedure_code=FIVE_DAYS)
    moved(paid, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(paid, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY, **said)
    away = in_progress(procedure_code=DEATH)
    moved(away, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(away, "hand_on", by=COMMUNE_OFFICER, at=MONDAY)
    assert counted(COMMUNE_OFFICER, MONDAY) == {TaskList.WAITING: 2}
    assert TaskList.LATE not in counted(COMMUNE_OFFICER, MONDAY + DAY)


def test_late_is_the_step_or_the_dossier_and_a_pause_hides_neither_for_long() -> None:
    early = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(early, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    in_progress(procedure_code=FIVE_DAYS)
    assert counted(COMMUNE_OFFICER, MONDAY + 3 * DAY).get(TaskList.LATE) is None
    assert counted(COMMUNE_OFFICER, MONDAY + 4 * DAY)[TaskList.LATE] == 1, "the step of three days"
    assert counted(COMMUNE_OFFICER, MONDAY + 8 * DAY)[TaskList.LATE] == 2
    assert counted(COLLEAGUE, MONDAY + 8 * DAY)[TaskList.LATE] == 1, (
        "another's lateness is another's"
    )
    assert counted(COMMUNE_LEADER, MONDAY + 8 * DAY)[TaskList.LATE] == 2, "the head's are all"


def test_the_most_urgent_stands_first_with_what_is_left_of_its_step() -> None:
    slow = in_progress(procedure_code=FIVE_DAYS)
    quick = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    page = working.page(TaskList.NEXT, staff(COMMUNE_OFFICER), MONDAY + DAY, (), number=1, total=2)
    assert [row.code for row in page.rows] == [quick.code, slow.code]
    assert [row.left.days for row in page.rows] == [2, 4]


def test_a_date_promised_before_the_step_ends_makes_it_as_urgent_and_is_marked() -> None:
    slow = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)  # promised for Monday the 15th
    moved(slow, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(slow, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 7 * DAY, agency=WELFARE)
    timely = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT, at=MONDAY + 4 * DAY)
    moved(timely, "take_up", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY)
    moved(timely, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY, agency=WELFARE)
    at = MONDAY + 8 * DAY
    rows = list(working.whole(TaskList.NEXT, staff(WELFARE_OFFICER, at), at, ()))
    assert [row.code for row in rows] == [slow.code, timely.code]
    assert [row.is_promised_sooner for row in rows] == [True, False]
    chosen = working.every(TaskList.NEXT, staff(WELFARE_OFFICER, at), at, (), most=2)
    assert [code for code, _stamp in chosen] == [slow.code, timely.code]


def test_what_is_late_in_spite_of_an_apology_is_as_late_in_the_list_as_on_its_page() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due on Monday the 8th
    promised = MONDAY + 21 * DAY
    apologised(dossier, promised.date(), at=MONDAY, override=True)
    at = MONDAY + 14 * DAY
    (row,) = working.whole(TaskList.LATE, staff(COMMUNE_LEADER, at), at, ())
    (line,) = trail_of(dossier, at).lines
    assert row.due_at == line.due_at
    assert (row.left.tone, row.left.days) == (Tone.LATE, 5)
    assert row.promised_at == dossier.due_at != row.due_at


def assigning(at: datetime, *, within: int = 2) -> Left | None:
    (row,) = working.whole(TaskList.NEXT, staff(COMMUNE_LEADER, at), at, ())
    assert row.unassigned is not None
    return to_assign(row.unassigned, within)


@pytest.mark.on_both_databases
def test_what_nobody_has_in_hand_is_given_out_within_two_working_hours() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # handed over on Monday at nine
    assert assigning(MONDAY + HOUR) == Left(Tone.SAFE, minutes=60, in_hours=True)
    assert assigning(MONDAY + 6 * HOUR) == Left(Tone.LATE, minutes=180, in_hours=True), "and lunch"
    assert assigning(MONDAY + DAY) == Left(Tone.LATE, minutes=6 * 60, in_hours=True)
    assert assigning(MONDAY + 6 * HOUR, within=5) == Left(Tone.NEAR, minutes=0, in_hours=True)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    (row,) = working.whole(TaskList.HELD, staff(COMMUNE_LEADER), MONDAY + DAY, ())
    assert row.unassigned is None
    moved(dossier, "take_back", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Nghỉ ốm")
    assert assigning(MONDAY + DAY + HOUR) == Left(Tone.SAFE, minutes=60, in_hours=True), "anew"


def test_what_is_signed_says_by_when_it_goes_on(client: PolicingClient) -> None:
    dossier, at = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT), MONDAY + HOUR
    for verb, by in (
        ("take_up", COMMUNE_OFFICER),
        ("put_forward", COMMUNE_OFFICER),
        ("sign", COMMUNE_LEADER),
    ):
        moved(dossier, verb, by=by, at=at)
    (row,) = working.whole(TaskList.MINE, staff(COMMUNE_OFFICER, at), at + DAY, ())
    assert row.pass_on is not None
    assert row.pass_on.by == MONDAY + 8 * HOUR, "at five"
    assert row.pass_on.left.tone == Tone.LATE
    client.sign_in(COMMUNE_OFFICER)
    assert "chuyển tiếp trước" in client.get("/tasks").text


@pytest.mark.on_both_databases
@pytest.mark.parametrize(("shut", "before"), [(HOUR, HOUR), (4 * HOUR, 3 * HOUR)])
def test_nobody_gives_out_work_while_its_office_is_closed_and_lateness_from_before_stays(
    shut: timedelta, before: timedelta
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    ends_at = at_local((MONDAY + 3 * DAY).date(), time())
    closure = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), MONDAY + shut, None)
    with transaction():
        closing.close(closure, by=Operator(), at=MONDAY + shut)
    (row,) = working.whole(TaskList.WAITING, staff(COMMUNE_LEADER), MONDAY + DAY, ())
    assert row.unassigned is None
    with transaction():
        closing.reopen("QĐ 1", ends_at=ends_at, by=Operator(), at=ends_at)
    at = MONDAY + 3 * DAY  # at nine, an hour after the office opened
    (row,) = working.whole(TaskList.NEXT, staff(COMMUNE_LEADER, at), at, ())
    assert row.unassigned == before + HOUR


def test_the_head_reads_since_when_work_waits_and_how_late_it_is(
    client: PolicingClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_progress(procedure_code=FIVE_DAYS, at=now() - 30 * DAY)
    client.sign_in(COMMUNE_LEADER)
    page = client.get("/tasks?view=next").text
    assert "chờ giao việc từ" in page
    assert len(re.findall(r"quá \d+ giờ", page)) == 1
    assert re.search(r"quá \d+ giờ", client.get("/tasks.csv?view=next").text)
    monkeypatch.setitem(app.config, "ASSIGN_WITHIN_HOURS", 9_999)
    page = client.get("/tasks?view=next").text
    assert not re.search(r"quá \d+ giờ", page)
    assert re.search(r"còn \d+ giờ", page)


@pytest.mark.on_both_databases
def test_what_lies_too_long_without_a_handler_is_told_to_whoever_gives_it_out() -> None:
    lying, taken = (in_progress(procedure_code=FIVE_DAYS) for _ in range(2))
    moved(taken, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    in_progress(procedure_code=FIVE_DAYS, at=MONDAY + 5 * HOUR)  # an hour later for its office
    head, at = staff(COMMUNE_LEADER), MONDAY + 5 * HOUR
    assert working.ungiven(head, MONDAY + 2 * HOUR, 2) == [], "not one minute over"
    assert working.ungiven(head, at, 5) == [], "not yet"
    late = working.ungiven(head, at, 2)
    assert working.counts(head, at, late)[TaskList.UNGIVEN] == len(late) == 1
    (row,) = working.whole(TaskList.UNGIVEN, head, at, late)
    assert row.code == lying.code
    assert working.every(TaskList.UNGIVEN, head, at, late, most=2) == [(row.code, row.stamp)]
    assert len(working.ungiven(head, MONDAY + DAY, 2)) == 2
    # More than either database takes values in one statement, as where nobody gives anything out.
    many = [*late, *range(10**6, 10**6 + 70_000)]
    assert working.counts(head, at, many)[TaskList.UNGIVEN] == 1
    assert [one.code for one in working.whole(TaskList.UNGIVEN, head, at, many)] == [row.code]
    officer = staff(COMMUNE_OFFICER)
    assert working.ungiven(officer, at, 2) == []
    assert TaskList.UNGIVEN not in working.views(officer)


@pytest.mark.on_both_databases
def test_what_lay_in_a_closure_is_not_called_late_and_what_was_late_before_it_is() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    head, closes = staff(COMMUNE_LEADER), MONDAY + HOUR
    closure = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), closes, None)
    with transaction():
        closing.close(closure, by=Operator(), at=closes)
    assert working.ungiven(head, MONDAY + DAY, 2) == [], "its office is closed"
    opens = at_local((MONDAY + 3 * DAY).date(), time())
    with transaction():
        closing.reopen("QĐ 1", ends_at=opens, by=Operator(), at=opens)
    assert working.ungiven(head, MONDAY + 3 * DAY, 2) == [], "one hour before it, one after it"
    assert len(working.ungiven(head, MONDAY + 3 * DAY, 1)) == 1


def test_the_number_of_what_is_late_to_be_given_out_is_that_of_its_list(
    client: PolicingClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {in_progress(procedure_code=FIVE_DAYS, at=now() - 30 * DAY).code for _ in range(2)}
    in_progress(procedure_code=FIVE_DAYS, at=now())
    client.sign_in(COMMUNE_LEADER)
    for page in map(client.get, ("/tasks?view=next", "/tasks?view=ungiven")):
        assert re.search(r'view=ungiven"[^>]*>Trễ phân công\s*<b[^>]*>2</b>', page.text)
    assert set(re.findall(r'href="/dossiers/([^"]+)"', page.text)) == codes
    assert all(code in client.get("/tasks.csv?view=ungiven").text for code in codes)
    monkeypatch.setitem(app.config, "ASSIGN_WITHIN_HOURS", 9_999)
    assert not any(code in client.get("/tasks?view=ungiven").text for code in codes)
    client.sign_in(COMMUNE_OFFICER)
    assert "view=ungiven" not in client.get("/tasks?view=next").text
    assert client.get("/tasks?view=ungiven").status_code == 404


@pytest.mark.on_both_databases
def test_the_page_of_work_shows_each_list(client: PolicingClient) -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_OFFICER)
    assert dossier.code in client.get("/tasks?view=next").text
    assert dossier.code not in client.get("/tasks").text
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    assert dossier.code in client.get("/tasks").text
    assert dossier.code in client.get("/tasks?view=late").text, "it is years later"
    for wrong in ("decide", "nothing"):
        assert client.get(f"/tasks?view={wrong}").status_code == 404
    client.sign_in(COMMUNE_LEADER)
    assert client.get("/tasks?view=decide").status_code == 200
    assert dossier.code in client.get("/tasks?view=held").text


@pytest.mark.parametrize("dossiers", [1, 20])
def test_the_page_of_work_costs_the_same_however_much_waits(
    client: PolicingClient, budget: Budget, dossiers: int
) -> None:
    for _ in range(dossiers):
        in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_OFFICER)
    client.get("/tasks?view=next")
    with budget(8):
        page = client.get("/tasks?view=next").text
    assert len(re.findall(r'class="code small" href="/dossiers/', page)) == dossiers


@pytest.mark.parametrize("dossiers", [1, 20])
def test_the_list_of_what_is_late_to_be_given_out_costs_one_read_more(
    client: PolicingClient, budget: Budget, dossiers: int
) -> None:
    for _ in range(dossiers):
        in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    client.sign_in(COMMUNE_LEADER)
    client.get("/tasks?view=ungiven")
    with budget(9):
        page = client.get("/tasks?view=ungiven").text
    assert len(re.findall(r'class="code small" href="/dossiers/', page)) == dossiers


@pytest.mark.parametrize("dossiers", [1, 20])
def test_work_that_stood_still_costs_two_reads_more_however_much_it_is(
    client: PolicingClient, budget: Budget, dossiers: int
) -> None:
    found = [in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT) for _ in range(dossiers)]
    offices, ends_at = frozenset({found[0].receiving_agency_id}), MONDAY + 2 * DAY
    with transaction():
        closing.close(Closure("QĐ 1", offices, MONDAY, ends_at), by=Operator(), at=ends_at)
    client.sign_in(COMMUNE_OFFICER)
    client.get("/tasks?view=next")
    with budget(10):
        assert "chờ giao việc từ" in client.get("/tasks?view=next").text


def sent_back(view: TaskList = TaskList.MINE, by: str = COMMUNE_OFFICER) -> list[str | None]:
    at = MONDAY + 2 * DAY
    found = working.page(view, staff(by), at, (), number=1, total=1)
    return [row.sent_back for row in found.rows]


def test_what_is_to_be_done_anew_says_why_until_it_was_done() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    assert sent_back() == [None]
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "send_back", by=COMMUNE_LEADER, at=MONDAY, reason="thiếu căn cứ")
    assert sent_back() == ["thiếu căn cứ"]
    moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "sign", by=COMMUNE_LEADER, at=MONDAY)
    assert sent_back() == [None]
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    moved(dossier, "give_back", by=WELFARE_OFFICER, at=MONDAY + DAY, reason="thiếu biên bản")
    assert sent_back() == ["thiếu biên bản"]


def handed_to_the_department() -> str:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + DAY, agency=WELFARE)
    return dossier.code


def test_a_step_for_another_shop_is_shown_apart_and_classed_by_its_own_date() -> None:
    code = handed_to_the_department()
    march = Period(MONDAY.date(), MONDAY.date() + timedelta(days=30))
    at = MONDAY + 2 * DAY
    (row,) = others.steps(staff(WELFARE_HEAD), march, at)
    assert row.code == code
    assert row.standing is not None
    assert others.figures([row])[row.standing] == 1
    assert others.steps(staff(COMMUNE_OFFICER), march, at) == [], "its own step is its own"
    april = Period(march.last + timedelta(days=1), march.last + timedelta(days=30))
    assert len(others.steps(staff(WELFARE_HEAD), april, at)) == 1, "it still runs"


def test_the_page_of_steps_for_others_names_no_applicant(client: PolicingClient) -> None:
    code = handed_to_the_department()
    client.sign_in(WELFARE_OFFICER)
    page = client.get("/tasks/others?from=2021-03-01&to=2021-03-31").text
    assert f'href="/dossiers/{code}"' in page, "whose step runs may open the dossier"
    assert client.get(f"/dossiers/{code}").status_code == 200
    assert "Nguyễn Văn Thí Dụ" not in page
    assert client.get("/tasks/others?from=2021-02-30").status_code == 422
    client.sign_in(COMMUNE_CLERK)
    assert client.get("/tasks/others").status_code == 403


def test_whoever_waits_for_an_answer_is_told_of_it_until_he_has_seen_it_or_acted() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    for _ in range(2):
        asked(dossier, by=COMMUNE_OFFICER)
    assert counted(COMMUNE_OFFICER, MONDAY) == {TaskList.MINE: 1}
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + DAY, answer=ANSWER)
    assert counted(COMMUNE_OFFICER, MONDAY + DAY) == {TaskList.MINE: 1, TaskList.ANSWERED: 1}
    assert TaskList.ANSWERED not in counted(COLLEAGUE, MONDAY + DAY), "he does not wait"
    assert TaskList.ANSWERED not in counted(COMMUNE_LEADER, MONDAY + DAY)
    for view in (TaskList.MINE, TaskList.ANSWERED):
        (row,) = working.page(
            view, staff(COMMUNE_OFFICER), MONDAY + DAY, (), number=1, total=1
        ).rows
        assert row.has_news
    said(dossier, "withdraw", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY, reason="Đã đủ", seq=2)
    assert counted(COMMUNE_OFFICER, MONDAY + 2 * DAY) == {TaskList.MINE: 1}


def test_an_answer_about_what_nobody_has_in_hand_is_told_to_the_whole_office() -> None:
    dossier = handled()
    asked(dossier)
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + DAY, answer=ANSWER)
    for username in (OFFICER, "truongphong.tainguyen"):
        assert counted(username, MONDAY + DAY)[TaskList.ANSWERED] == 1
    for username in ("chutich.thanhtri", FINANCE_OFFICER):
        assert TaskList.ANSWERED not in counted(username, MONDAY + DAY)


def test_to_open_the_dossier_is_to_see_the_answer(client: PolicingClient) -> None:
    at, later = now() - timedelta(minutes=5), now() - timedelta(minutes=4)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=at)
    asked(dossier, by=COMMUNE_OFFICER, at=at)
    said(dossier, "give", by=FINANCE_OFFICER, at=later, answer=ANSWER)
    client.sign_in(COMMUNE_OFFICER)
    assert "có trả lời mới" in client.get("/tasks").text
    assert NEW in client.get(f"/dossiers/{dossier.code}").text
    assert "có trả lời mới" not in client.get("/tasks").text
    assert not opinions_of(dossier, now() + DAY, by=COMMUNE_OFFICER).lines[0].is_new
    client.sign_in(COMMUNE_LEADER)
    assert NEW in client.get(f"/dossiers/{dossier.code}").text
    client.sign_in(COMMUNE_CLERK)
    assert NEW not in client.get(f"/dossiers/{dossier.code}").text, "he does not handle it"

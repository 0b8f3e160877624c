"""Where the law of a procedure leaves out the time of an opinion, the clock stands still."""

from datetime import date, datetime, timedelta
from typing import Final

import pytest
from flask import Flask

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.calendars import CalendarDay, DayKind
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import moving, transferring
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, foreseeing, reading
from onestop.dossiers.rules.states import Verb
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.reporting.queries import counters
from onestop.steps.queries import working
from onestop.steps.queries.listed import TaskList
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    LAND,
    MARITAL_STATUS,
    MONDAY,
    done,
    in_progress,
    staff,
)
from tests.opinions.given import (
    ANSWER,
    FINANCE,
    FINANCE_OFFICER,
    OFFICER,
    asked,
    handled,
    opinions_of,
    said,
)
from tests.steps.given import COMMUNE_THEN_DEPARTMENT, WELFARE, WELFARE_OFFICER
from tests.steps.given import moved as step_moved

PAUSED: Final = [2, 3, 4, 5, 6, 7, 8]
LEADER: Final = "chutich.thanhtri"
HEAD: Final = "truongphong.tainguyen"
TUESDAY: Final = MONDAY + DAY
LIMIT_ENDS: Final = date(2021, 3, 15)
"""Ten working days from Monday 1 March 2021."""


def law_changes(from_day: date = date(2021, 1, 4), *, pauses: bool = True) -> None:
    catalogue.changed(LAND, from_day, opinion_pauses=pauses)


@pytest.fixture
def pauses(app: Flask) -> None:
    with app.app_context():
        law_changes()


def again(dossier: Dossier) -> Dossier:
    assert counters.differences() == []
    db.session.expire_all()
    fresh = reading.by_code(dossier.code, Operator())
    assert fresh is not None
    return fresh


def due(dossier: Dossier) -> date:
    fresh = again(dossier)
    assert fresh.due_at is not None
    assert fresh.due_at == fresh.legal_due_at
    return legal_date(fresh.due_at)


def answered(dossier: Dossier, at: datetime, seq: int = 1) -> None:
    said(dossier, "give", by=FINANCE_OFFICER, at=at, seq=seq, answer=ANSWER)


@pytest.mark.usefixtures("app")
def test_without_such_a_law_the_clock_runs_on() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    assert again(dossier).paused_since is None
    answered(dossier, TUESDAY + 7 * DAY)
    assert due(dossier) == LIMIT_ENDS
    assert "clock" not in again(dossier).history[-1].details


@pytest.mark.usefixtures("pauses")
def test_the_days_an_opinion_takes_are_left_out_and_the_rest_is_counted_on() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    assert again(dossier).paused_since == TUESDAY
    answered(dossier, TUESDAY + 7 * DAY)
    # Tuesday 2 to Monday 8 March hold five working days: the limit ends five later, not anew.
    assert due(dossier) == date(2021, 3, 22)
    fresh = again(dossier)
    assert fresh.paused_since is None
    assert fresh.first_due_at is not None
    assert legal_date(fresh.first_due_at) == LIMIT_ENDS
    explained = explaining.explained(fresh, TUESDAY + 7 * DAY)
    assert explained is not None
    paused = [line.date.day for line in explained.lines if line.kind.value == "paused"]
    assert paused == PAUSED
    question, answer = fresh.history[-2:]
    assert question.details["clock"] == "stopped"
    assert answer.details["clock"] == "resumed"
    assert fresh.due_at is not None
    assert answer.details["due_at"] == fresh.due_at.isoformat()


@pytest.mark.usefixtures("pauses")
def test_what_was_received_before_the_law_changed_keeps_its_clock() -> None:
    law_changes(date(2021, 4, 1), pauses=False)
    march, april = handled(), handled(at=MONDAY + 31 * DAY)
    for one in (march, april):
        asked(one, at=MONDAY + 32 * DAY)
    assert again(march).paused_since is not None
    assert again(april).paused_since is None


@pytest.mark.usefixtures("pauses")
def test_of_several_questions_the_last_answer_lets_the_clock_run() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    asked(dossier, at=TUESDAY + DAY, content="Câu thứ hai")
    answered(dossier, TUESDAY + 2 * DAY)
    assert again(dossier).paused_since == TUESDAY
    assert len(again(dossier).pauses) == 1
    said(dossier, "withdraw", by=OFFICER, at=TUESDAY + 7 * DAY, seq=2, reason="Đủ rồi")
    assert again(dossier).paused_since is None
    assert due(dossier) == date(2021, 3, 22)


@pytest.mark.usefixtures("pauses")
def test_a_question_asked_too_late_erases_no_lateness() -> None:
    dossier = handled()
    late = MONDAY + 28 * DAY
    asked(dossier, at=late)
    fresh = again(dossier)
    assert timeliness(reading.facts(fresh), late + DAY) == Timeliness.OPEN_OVERDUE
    answered(dossier, late + 7 * DAY)
    assert due(dossier) == LIMIT_ENDS


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize("days", [1, 7, 30])
def test_the_date_foretold_before_an_answer_is_that_after_it(days: int) -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    at = TUESDAY + days * DAY
    foretold = foreseeing.once_answered(again(dossier), at).due_at
    answered(dossier, at)
    assert foretold == again(dossier).due_at


@pytest.mark.usefixtures("pauses")
def test_a_result_ends_the_wait_and_a_correction_lets_it_begin_again() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    done(dossier, "resolve", by=OFFICER, at=TUESDAY + 2 * DAY)
    assert again(dossier).paused_since is None
    corrected = TUESDAY + 6 * DAY
    done(dossier, "correct", by=LEADER, at=corrected, reason="Sai tên")
    fresh = again(dossier)
    assert fresh.paused_since == corrected, "nobody was asked while the result stood"
    correction, moved = fresh.history[-2:]
    assert (correction.verb, correction.details["clock"]) == (Verb.CORRECT, "stopped")
    assert moved.verb == Verb.MOVE_OPINION, "nor could anybody answer then"
    answered(dossier, corrected + DAY)
    # Left out: 2 and 3 March, and Monday 8.
    assert due(dossier) == date(2021, 3, 18)


@pytest.mark.usefixtures("pauses")
def test_a_slip_taken_back_leaves_the_clock_standing_as_it_stood() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    at = TUESDAY + 2 * DAY
    done(dossier, "resolve", by=OFFICER, at=at)
    done(dossier, "reverse", by=OFFICER, at=at + timedelta(minutes=2))
    fresh = again(dossier)
    assert fresh.paused_since == TUESDAY
    assert [one.ends_at for one in fresh.pauses] == [None]


@pytest.mark.usefixtures("pauses")
def test_no_slip_is_taken_back_over_an_answer_that_let_the_clock_run() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    minutes = timedelta(minutes=2)
    done(dossier, "ask_for_supplement", by=OFFICER, at=TUESDAY + DAY, reason="Thiếu")
    answered(dossier, TUESDAY + DAY + minutes)
    with pytest.raises(Refusal, match="không thể thu hồi"):
        done(dossier, "reverse", by=OFFICER, at=TUESDAY + DAY + 2 * minutes)
    done(dossier, "note_supplement", by=DISTRICT_CLERK, at=TUESDAY + 2 * DAY)
    assert again(dossier).paused_since is None


@pytest.mark.usefixtures("pauses")
def test_a_supplement_brought_while_an_opinion_is_awaited_lets_no_clock_run() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    done(dossier, "ask_for_supplement", by=OFFICER, at=TUESDAY + DAY, reason="Thiếu")
    done(dossier, "note_supplement", by=DISTRICT_CLERK, at=TUESDAY + 2 * DAY)
    assert again(dossier).paused_since == TUESDAY
    answered(dossier, TUESDAY + 7 * DAY)
    assert due(dossier) > LIMIT_ENDS


@pytest.mark.usefixtures("pauses")
def test_everybody_is_told_why_no_date_is_promised(client: PolicingClient) -> None:
    dossier = handled(at=now())
    client.sign_in(OFFICER)
    page = f"/dossiers/{dossier.code}"
    assert "Đồng hồ của hồ sơ dừng từ lúc hỏi" in client.get(f"{page}/opinions").text
    asked(dossier, at=now())
    shown = client.get(page).text
    assert "Chờ ý kiến của cơ quan khác." in shown
    assert "Chưa có hẹn mới" in shown
    assert "Đồng hồ dừng đến khi không còn chờ ý kiến nào." in shown
    assert "đang dừng chờ ý kiến" in client.get(f"{page}/opinions").text
    withdrawing = client.get(f"{page}/opinions/1/withdraw").text
    assert "Ghi xong thì đếm tiếp phần còn lại, hẹn trả" in withdrawing
    second = (APPLICANT.phone or "")[-4:]
    citizens = client.post("/status", data={"code": dossier.code, "second": second}).text
    assert "Đang chờ ý kiến của cơ quan khác." in citizens
    public = client.get(f"/procedures/{LAND}").text
    assert "thời gian chờ ý kiến không tính vào thời hạn" in public


@pytest.mark.usefixtures("pauses")
def test_the_act_that_leaves_the_clock_standing_says_for_what(client: PolicingClient) -> None:
    dossier = handled(at=now())
    asked(dossier, at=now())
    done(dossier, "ask_for_supplement", by=OFFICER, at=now(), reason="Thiếu")
    client.sign_in(DISTRICT_CLERK)
    page = client.get(f"/dossiers/{dossier.code}/{Verb.SUPPLEMENT.value}").text
    assert "Còn chờ ý kiến của cơ quan khác" in page
    assert "đóng cửa" not in page


@pytest.mark.usefixtures("pauses")
def test_the_question_is_due_as_ever() -> None:
    dossier = handled()
    asked(dossier, limit="3wd")
    line = opinions_of(dossier, MONDAY).lines[0]
    assert local(line.opinion.due_at).isoformat() == "2021-03-04T17:00:00+07:00"


@pytest.mark.usefixtures("pauses")
def test_no_clock_waits_for_the_answer_of_whoever_handles_the_dossier() -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY, agency=FINANCE)
    stopped = again(dossier).paused_since
    done(dossier, "transfer", by=HEAD, at=TUESDAY + DAY, to_agency=FINANCE, reason="Chuyển nhầm")
    moved = again(dossier)
    assert (stopped, moved.paused_since) == (TUESDAY, None)
    assert moved.history[-1].details["clock"] == "resumed"
    with transaction():
        transferring.take_back(dossier.code, by=staff(HEAD), at=TUESDAY + 2 * DAY)
    assert again(dossier).paused_since == TUESDAY, "as if it had never lain there"


@pytest.mark.usefixtures("app")
def test_nor_once_a_step_was_handed_on_to_the_agency_that_was_asked() -> None:
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), opinion_pauses=True)
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    asked(dossier, by=COMMUNE_OFFICER, at=TUESDAY, agency=WELFARE)
    stopped, was_due = again(dossier).paused_since, due(dossier)
    step_moved(dossier, "take_up", by=COMMUNE_OFFICER, at=TUESDAY + 2 * DAY)
    assert again(dossier).paused_since == TUESDAY, "it lies where it lay"
    step_moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=TUESDAY + 2 * DAY, agency=WELFARE)
    moved = again(dossier)
    assert (stopped, moved.paused_since) == (TUESDAY, None)
    line = moved.history[-1]
    assert (line.verb, line.details["clock"]) == (Verb.HAND_ON, "resumed")
    assert datetime.fromisoformat(line.details["due_at"]) == moved.due_at
    assert due(dossier) == was_due + 2 * DAY, "the two days that it waited are left out"
    step_moved(dossier, "give_back", by=WELFARE_OFFICER, at=TUESDAY + 3 * DAY, reason="Thiếu")
    back = again(dossier)
    assert back.paused_since == TUESDAY + 3 * DAY, "what was asked is still to be answered"
    assert back.history[-1].details["clock"] == "stopped"


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize("is_asked", [True, False])
def test_a_limit_that_begins_anew_goes_by_the_calendar_of_that_day(*, is_asked: bool) -> None:
    dossier = handled()
    if is_asked:
        asked(dossier, at=TUESDAY)
    done(dossier, "ask_for_supplement", by=OFFICER, at=TUESDAY + DAY, reason="Thiếu tờ khai")
    day_off = CalendarDay(date(2021, 3, 17), DayKind.PUBLIC_HOLIDAY, "Nghỉ", "Day off")
    with transaction():
        moving.declare([day_off], basis="QĐ 1", by=Operator(), at=TUESDAY + 2 * DAY)
    done(dossier, "note_supplement", by=DISTRICT_CLERK, at=TUESDAY + 8 * DAY)
    if is_asked:
        answered(dossier, TUESDAY + 8 * DAY + timedelta(minutes=1))
    assert due(dossier) == date(2021, 3, 25)


@pytest.mark.usefixtures("pauses")
def test_a_late_dossier_stays_among_the_late_while_an_opinion_is_awaited() -> None:
    dossier = handled()
    late_at = MONDAY + 20 * DAY
    before = working.counts(staff(OFFICER), late_at, ())[TaskList.LATE]
    asked(dossier, at=late_at)
    assert before == 1
    assert working.counts(staff(OFFICER), late_at + timedelta(minutes=1), ())[TaskList.LATE] == 1


def test_a_draft_is_still_to_be_signed_while_an_opinion_is_awaited(
    client: PolicingClient,
) -> None:
    catalogue.changed(MARITAL_STATUS, date(2021, 1, 4), opinion_pauses=True)
    dossier = in_progress()
    step_moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    step_moved(dossier, "put_forward", by=COMMUNE_OFFICER, at=MONDAY)
    leader = staff(COMMUNE_LEADER)
    assert working.counts(leader, MONDAY, ())[TaskList.DECIDE] == 1
    asked(dossier, by=COMMUNE_OFFICER, at=MONDAY)
    assert again(dossier).paused_since == MONDAY
    assert working.counts(leader, MONDAY, ())[TaskList.DECIDE] == 1
    client.sign_in(COMMUNE_LEADER)
    page = client.get("/tasks?view=decide").text
    assert f'name="step" value="{dossier.code}:' in page, "and it is chosen among many"
    assert 'value="approve"' in page


@pytest.mark.usefixtures("pauses")
def test_who_broke_the_date_already_promises_no_other(client: PolicingClient) -> None:
    dossier = handled(at=now() - 40 * DAY)
    asked(dossier, at=now() - timedelta(minutes=5))
    second = (APPLICANT.phone or "")[-4:]
    told = client.post("/status", data={"code": dossier.code, "second": second}).text
    assert "không giữ được ngày hẹn" in told
    assert "ngày hẹn được tính lại" not in told


@pytest.mark.usefixtures("app")
def test_a_clock_that_ran_beside_others_runs_on_when_only_one_is_left() -> None:
    legs = ((StepKind.COMMUNE, 1), (StepKind.DISTRICT_DEPARTMENT, 2), (StepKind.POLICE, 2))
    steps = [Step(kind, Limit.parse("5wd"), leg) for kind, leg in legs]
    catalogue.changed(COMMUNE_THEN_DEPARTMENT, date(2021, 1, 4), steps=steps, opinion_pauses=True)
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    step_moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    step_moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    asked(dossier, by=WELFARE_OFFICER, at=TUESDAY, agency=FINANCE)
    assert again(dossier).paused_since is None, "the police are at work beside"
    step_moved(dossier, "take_up", by=WELFARE_OFFICER, at=TUESDAY, seq=2)
    step_moved(dossier, "hand_on", by=WELFARE_OFFICER, at=TUESDAY + DAY, seq=2)
    fresh = again(dossier)
    assert fresh.paused_since is None
    assert "clock" not in fresh.history[-1].details


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize("hours", [0, 3, 24])
def test_a_limit_begun_anew_while_an_answer_is_awaited_is_told_with_the_answer(hours: int) -> None:
    dossier = handled()
    asked(dossier, at=TUESDAY)
    done(dossier, "ask_for_supplement", by=OFFICER, at=TUESDAY + DAY, reason="Thiếu tờ khai")
    done(dossier, "note_supplement", by=DISTRICT_CLERK, at=TUESDAY + 8 * DAY)
    assert "due_at" not in again(dossier).history[-1].details, "nothing is promised yet"
    answered(dossier, TUESDAY + 8 * DAY + timedelta(hours=hours))
    fresh = again(dossier)
    assert fresh.due_at is not None
    assert fresh.history[-1].details["due_at"] == fresh.due_at.isoformat()

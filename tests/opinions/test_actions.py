"""Asking other agencies: the clock runs on, the answer is recorded, lateness is the asked one's."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from onestop.accounts.actions import close_account
from onestop.accounts.queries import by_username
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import CalendarDay, DayKind
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.standing import Tone
from onestop.dossiers.actions import closing, moving, transferring
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import closing as foreseen
from onestop.dossiers.queries import passing, reading, searching
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.opinions import actions
from onestop.opinions.queries import lists as opinion_lists
from onestop.opinions.queries.lists import QuestionList
from onestop.opinions.rules import Asking
from onestop.reporting.queries import counters
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    GROUNDS,
    LAND,
    MONDAY,
    done,
    in_progress,
    received,
    staff,
)
from tests.dossiers.holding import the_history_is_complete_and_sealed
from tests.opinions.given import (
    ANSWER,
    FINANCE_OFFICER,
    OFFICER,
    QUESTION,
    asked,
    handled,
    opinions_of,
    said,
)
from tests.steps.given import COMMUNE_THEN_DEPARTMENT, WELFARE, WELFARE_OFFICER, moved

pytestmark = pytest.mark.usefixtures("app")
HEAD = "truongphong.taichinh"
LEADER = "chutich.thanhtri"
NEXT_WEEK = MONDAY + 7 * DAY


def again(dossier: Dossier) -> Dossier:
    fresh = reading.by_code(dossier.code, Operator())
    assert fresh is not None
    return fresh


def lists(by: str, at: datetime) -> dict[QuestionList, int]:
    return dict(opinion_lists.counts(staff(by, at), at))


def test_an_answer_is_asked_for_within_its_time_and_the_clock_runs_on() -> None:
    dossier = handled()
    before = (dossier.due_at, dossier.legal_due_at, dossier.state, dossier.paused_since)
    asked(dossier, limit="3wd")
    fresh = again(dossier)
    assert (fresh.due_at, fresh.legal_due_at, fresh.state, fresh.paused_since) == before
    line = opinions_of(dossier, MONDAY).lines[0]
    assert local(line.opinion.due_at).isoformat() == "2021-03-04T17:00:00+07:00"
    assert (line.opinion.content, line.standing) == (QUESTION, Timeliness.OPEN)


def test_whoever_is_asked_opens_and_finds_the_dossier_until_he_has_answered() -> None:
    dossier = handled()

    def sees(by: str) -> bool:
        return reading.by_code(dossier.code, staff(by)) is not None

    def finds(by: str) -> bool:
        words = searching.matching(APPLICANT.name)
        reach = reading.reach_of(staff(by)).found
        return dossier.id in db.session.scalars(select(Dossier.id).where(words, reach)).all()

    assert not sees(FINANCE_OFFICER)
    assert not finds(FINANCE_OFFICER)
    asked(dossier)
    assert sees(FINANCE_OFFICER)
    assert finds(FINANCE_OFFICER)
    assert not sees("chuyenvien1.noivu"), "nobody else"
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + DAY, answer=ANSWER)
    assert not sees(FINANCE_OFFICER)
    assert not finds(FINANCE_OFFICER)


def test_the_answer_stands_in_the_history_with_its_author() -> None:
    dossier = handled()
    asked(dossier)
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + DAY, answer=ANSWER)
    found = db.session.scalars(select(Entry).where(Entry.dossier_id == dossier.id)).all()
    question, answer = sorted(found, key=lambda line: line.seq)[-2:]
    assert (question.verb, question.reason) == (Verb.ASK_OPINION, QUESTION)
    assert (answer.verb, answer.reason) == (Verb.GIVE_OPINION, ANSWER)
    assert answer.details == {"asked": "H26.91.03"}
    assert answer.author_name == staff(FINANCE_OFFICER).name
    assert counters.differences() == []


def test_the_same_form_sent_twice_is_one_question() -> None:
    dossier = handled()
    actor = staff(OFFICER)
    asking = Asking("H26.91.03", None, QUESTION, Limit.parse("3wd"), key="k1")
    for _ in range(2):
        with transaction():
            fresh = reading.for_change(dossier.code, actor)
            assert fresh is not None
            assert actions.ask(fresh, asking, by=actor, at=MONDAY).seq == 1
    assert len(opinions_of(dossier, MONDAY).lines) == 1
    asked(dossier)
    assert len(opinions_of(dossier, MONDAY).lines) == 2, "another form asks again"


def test_a_new_day_off_gives_the_asked_agency_another_day() -> None:
    dossier = handled()
    asked(dossier, limit="2wd")  # until Wednesday
    wednesday = CalendarDay(date(2021, 3, 3), DayKind.PUBLIC_HOLIDAY, "Nghỉ", "Off")
    with transaction():
        moves = moving.declare([wednesday], basis="QĐ 1", by=Operator(), at=MONDAY)
    assert [move.is_opinion for move in moves if move.code == dossier.code].count(True) == 1
    opinion = opinions_of(dossier, MONDAY).lines[0].opinion
    assert local(opinion.due_at).date() == date(2021, 3, 4)
    assert again(dossier).history[-1].verb == Verb.MOVE_OPINION


def test_no_office_is_late_while_an_order_keeps_it_closed() -> None:
    dossier = handled()
    asked(dossier, limit="2wd")
    finance = staff(FINANCE_OFFICER).agency_id
    order = Closure("CĐ 9", frozenset({finance}), MONDAY + DAY, None, "Bão")
    with transaction():
        closing.close(order, by=Operator(), at=MONDAY + DAY)
    assert lists(LEADER, NEXT_WEEK)[QuestionList.LATE] == 0
    assert opinions_of(dossier, NEXT_WEEK).lines[0].left.tone == Tone.HOLD  # type: ignore[union-attr]
    with transaction():
        closing.reopen("CĐ 9", ends_at=NEXT_WEEK, by=Operator(), at=NEXT_WEEK)
    line = opinions_of(dossier, NEXT_WEEK).lines[0]
    assert local(line.opinion.due_at) > local(NEXT_WEEK)
    assert line.standing == Timeliness.OPEN
    assert again(dossier).history[-1].verb == Verb.MOVE_OPINION


@pytest.mark.parametrize("known", [True, False])
def test_what_an_order_does_to_a_question_is_shown_before_it_is_entered(*, known: bool) -> None:
    dossier = handled()
    asked(dossier, limit="3wd")
    asked(dossier, limit="3wd", agency="H26.91.01")
    shut, opened = MONDAY + DAY, MONDAY + 8 * DAY
    order = Closure("CĐ 9", frozenset({staff(FINANCE_OFFICER).agency_id}), shut, None, "Bão")
    if known:
        order = replace(order, ends_at=opened)
    (shown,) = foreseen.foreseen(order, opened if known else shut)
    was = opinions_of(dossier, shut).lines[0].opinion.due_at
    assert (shown.code, shown.due_at, shown.step, shown.beside) == (dossier.code, was, None, True)
    assert foreseen.count_held([shown]) == 0, "the clock of its dossier runs on"
    with transaction():
        assert closing.close(order, by=Operator(), at=opened if known else shut).held == []
    if not known:
        assert shown.then is None
        (shown,) = foreseen.foreseen_opening("CĐ 9", opened)
        with transaction():
            closing.reopen("CĐ 9", ends_at=opened, by=Operator(), at=opened)
    assert shown.then == opinions_of(dossier, opened).lines[0].opinion.due_at
    assert shown.then > was


def test_an_order_entered_long_after_its_beginning_shows_what_it_does_to_a_question() -> None:
    asked(handled(), limit="3wd")
    order = Closure("CĐ 9", frozenset({staff(FINANCE_OFFICER).agency_id}), MONDAY - 130 * DAY, None)
    (shown,) = foreseen.foreseen(order, MONDAY + DAY)
    assert (shown.then, shown.beside) == (None, True)


def test_whoever_handles_the_dossier_now_waits_for_the_answer() -> None:
    dossier = handled()
    asked(dossier, limit="1wd")
    done(dossier, "transfer", by="truongphong.tainguyen", at=MONDAY, to_agency="H26.91.02",
         reason="Thuộc thẩm quyền phòng khác")  # fmt: skip
    mine = lists(OFFICER, NEXT_WEEK)
    assert (mine[QuestionList.AWAITED], mine[QuestionList.LATE]) == (0, 0)
    assert lists("chuyenvien1.tuphap", NEXT_WEEK)[QuestionList.AWAITED] == 1
    with pytest.raises(AssertionError):
        said(dossier, "withdraw", by=OFFICER, at=NEXT_WEEK, reason="Không cần")


def test_what_was_never_answered_is_counted_too() -> None:
    dossier = handled()
    asked(dossier, limit="1wd")
    done(dossier, "resolve", by=OFFICER, at=MONDAY + 4 * DAY)
    told = opinion_lists.figures(staff(FINANCE_OFFICER))
    assert told == {Timeliness.ON_TIME: 0, Timeliness.OVERDUE: 1}


def test_no_name_that_somebody_typed_is_sealed_into_the_history() -> None:
    dossier = handled()
    asked(dossier, agency=None, outsider="Ông Nguyễn Văn Thí Dụ, giám định viên")
    assert "Thí Dụ" not in str(again(dossier).history[-1].details)


def test_a_late_answer_is_taken_and_stays_late_and_the_dossier_is_judged_by_its_own_date() -> None:
    dossier = handled()
    asked(dossier, limit="2wd")
    late = MONDAY + 4 * DAY
    assert opinions_of(dossier, late).lines[0].standing == Timeliness.OPEN_OVERDUE
    said(dossier, "give", by=FINANCE_OFFICER, at=late, answer=ANSWER)
    assert opinions_of(dossier, late).lines[0].standing == Timeliness.OVERDUE
    assert again(dossier).overdue_from > late  # type: ignore[operator]  # it was received
    assert opinion_lists.figures(staff(FINANCE_OFFICER)) == {
        Timeliness.ON_TIME: 0,
        Timeliness.OVERDUE: 1,
    }


def test_the_lists_tell_who_owes_who_waits_and_whose_head_is_told() -> None:
    dossier = handled()
    asked(dossier, limit="2wd")
    none = dict.fromkeys(QuestionList, 0)
    assert lists(FINANCE_OFFICER, MONDAY) == none | {QuestionList.ASKED: 1}
    assert lists(OFFICER, MONDAY)[QuestionList.AWAITED] == 1
    for by in (FINANCE_OFFICER, OFFICER, LEADER):
        assert lists(by, NEXT_WEEK)[QuestionList.LATE] == 1, by
    assert lists("chutich.ngochoi", NEXT_WEEK)[QuestionList.LATE] == 0, "another shop"
    said(dossier, "give", by=HEAD, at=NEXT_WEEK, answer=ANSWER)
    for by in (FINANCE_OFFICER, OFFICER):
        assert lists(by, NEXT_WEEK)[QuestionList.ENDED] == 1
    (row,) = opinion_lists.page(QuestionList.ENDED, staff(HEAD), NEXT_WEEK, number=1, total=1).rows
    assert (row.applicant, row.said, row.standing) == (None, ANSWER, Timeliness.OVERDUE)


def test_the_head_of_the_receiving_commune_is_told_when_a_department_waits_in_vain() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY, agency=WELFARE)
    asked(dossier, by=WELFARE_OFFICER, limit="1wd")
    assert lists("chutich.ngochoi", MONDAY)[QuestionList.LATE] == 0
    assert lists("chutich.ngochoi", NEXT_WEEK)[QuestionList.LATE] == 1


def test_what_an_outsider_answers_is_recorded_by_who_asked() -> None:
    dossier = handled()
    asked(dossier, agency=None, outsider="Công an huyện Thanh Trì")
    with pytest.raises(Refusal):
        said(dossier, "give", by=DISTRICT_CLERK, at=MONDAY, answer=ANSWER)
    said(dossier, "give", by=OFFICER, at=MONDAY, answer=ANSWER)
    assert opinions_of(dossier, MONDAY).lines[0].opinion.said == ANSWER


def test_a_question_is_withdrawn_with_a_reason_by_who_asked_it() -> None:
    dossier = handled()
    asked(dossier)
    for by, reason in ((OFFICER, None), (FINANCE_OFFICER, "Không rõ")):
        with pytest.raises(Refusal):
            said(dossier, "withdraw", by=by, at=MONDAY, reason=reason)
    said(dossier, "withdraw", by=OFFICER, at=MONDAY, reason="Đã có văn bản")
    assert opinions_of(dossier, NEXT_WEEK).lines[0].standing is None
    with pytest.raises(Refusal, match="đã kết thúc"):
        said(dossier, "give", by=OFFICER, at=MONDAY, answer=ANSWER)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"agency": "H26.91.04"}, "agency"),
        ({"agency": "H26.91.99"}, "agency"),
        ({"agency": None}, "agency"),
        ({"content": " "}, "content"),
        ({"limit": "0wd"}, "limit"),
    ],
)
def test_a_wrong_question_is_refused_at_its_field_and_nothing_is_kept(
    told: dict[str, Any], field: str
) -> None:
    dossier = handled()
    with pytest.raises(Refusal) as refused:
        asked(dossier, **told)
    assert refused.value.field == field
    assert opinions_of(dossier, MONDAY).lines == ()
    assert again(dossier).history[-1].verb == Verb.HAND_OVER


@pytest.mark.parametrize("by", [DISTRICT_CLERK, "theodoi1.thanhtri", "kiemtra.thanhtri"])
def test_only_the_handling_office_asks(by: str) -> None:
    with pytest.raises(Refusal, match="Vai trò"):
        asked(handled(), by=by)


def test_nothing_is_asked_before_the_hand_over_or_while_papers_are_awaited() -> None:
    early = received(by=DISTRICT_CLERK, procedure_code=LAND)
    with pytest.raises(Refusal):
        asked(early, by=LEADER)
    waiting = handled()
    done(waiting, "ask_for_supplement", by=OFFICER, at=MONDAY, reason="Thiếu")
    with pytest.raises(Refusal, match="đang được giải quyết"):
        asked(waiting)


def test_a_result_ends_what_was_asked_and_a_slip_taken_back_lets_it_wait_again() -> None:
    dossier = handled()
    asked(dossier, limit="2wd")
    at = MONDAY + timedelta(minutes=5)
    done(dossier, "refuse", by=OFFICER, at=at, reason="Không đủ điều kiện", grounds=GROUNDS)
    assert reading.by_code(dossier.code, staff(FINANCE_OFFICER)) is None
    assert opinions_of(dossier, NEXT_WEEK).lines[0].standing is None
    with pytest.raises(Refusal, match="không cần trả lời"):
        said(dossier, "give", by=LEADER, at=at, answer=ANSWER)
    done(dossier, "reverse", by=OFFICER, at=at + timedelta(minutes=2))
    assert reading.by_code(dossier.code, staff(FINANCE_OFFICER)) is not None
    assert lists(FINANCE_OFFICER, NEXT_WEEK)[QuestionList.ASKED] == 1


def test_the_answer_of_another_agency_ends_nobodys_minutes_to_take_a_slip_back() -> None:
    dossier = handled()
    asked(dossier)
    head, minutes = "truongphong.tainguyen", timedelta(minutes=3)
    sorry = {"cause": "system", "reason": "Nhầm", "new_on": date(2021, 3, 17)}
    done(dossier, "apologise", by=head, at=MONDAY + minutes, **sorry)
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + 2 * minutes, answer=ANSWER)
    with pytest.raises(Refusal, match="trước khi ghi nó"):
        done(dossier, "reverse", by=head, at=MONDAY + minutes)
    done(dossier, "reverse", by=head, at=MONDAY + 3 * minutes)
    fresh = again(dossier)
    assert fresh.reappointed_at is None
    assert [line.verb for line in fresh.history[-3:]] == [
        Verb.APOLOGISE, Verb.GIVE_OPINION, Verb.REVERSE,
    ]  # fmt: skip
    assert opinions_of(dossier, NEXT_WEEK).lines[0].opinion.said == ANSWER


def test_a_question_asked_after_a_slip_stands_on_it() -> None:
    dossier = handled()
    asked(dossier)
    with pytest.raises(Refusal, match="không thể thu hồi"):
        done(dossier, "reverse", by=DISTRICT_CLERK, at=MONDAY + timedelta(minutes=1))


def test_a_transfer_is_taken_back_though_a_third_agency_has_answered() -> None:
    dossier = handled()
    asked(dossier)
    done(dossier, "transfer", by=LEADER, at=MONDAY, to_agency="H26.91.02", reason="Nhầm")
    said(dossier, "give", by=FINANCE_OFFICER, at=MONDAY + DAY, answer=ANSWER)
    assert [one.code for one in passing.passed_on(staff(LEADER))] == [dossier.code]
    with transaction():
        transferring.take_back(dossier.code, by=staff(LEADER), at=MONDAY + 2 * DAY)
    assert again(dossier).handling_agency_id == staff(OFFICER).agency_id


@pytest.mark.parametrize("agency", ["H26.91.02", None])
def test_a_transfer_stays_once_the_new_agency_gave_or_recorded_an_answer(
    agency: str | None,
) -> None:
    dossier = handled()
    outsider = None if agency else "Công an huyện"
    asked(dossier, agency=agency, outsider=outsider)
    done(dossier, "transfer", by=LEADER, at=MONDAY, to_agency="H26.91.02", reason="Nhầm")
    assert [one.code for one in passing.passed_on(staff(LEADER))] == [dossier.code]
    new_agency = "chuyenvien1.tuphap"
    said(dossier, "give", by=new_agency, at=MONDAY + DAY, answer=ANSWER)
    assert passing.passed_on(staff(LEADER)) == []
    with pytest.raises(Refusal), transaction():
        transferring.take_back(dossier.code, by=staff(LEADER), at=MONDAY + 2 * DAY)
    assert again(dossier).handling_agency_id == staff(new_agency).agency_id


def test_what_nobody_could_answer_here_is_recorded_by_who_asked() -> None:
    dossier = handled()
    asked(dossier, agency="H26", content="Thành phố có ý kiến gì?")
    opinion = opinions_of(dossier, MONDAY).lines[0].opinion
    assert (opinion.agency_id, opinion.outsider) == (None, "Thành phố Hà Nội")
    assert again(dossier).history[-1].details["asked"] == "H26"
    said(dossier, "give", by=OFFICER, at=MONDAY + DAY, answer=ANSWER)
    answer = db.session.scalars(select(Entry).where(Entry.verb == Verb.GIVE_OPINION)).one()
    assert answer.details == {"asked": "H26"}


def test_a_department_whose_accounts_are_closed_still_answers_through_its_leader() -> None:
    dossier = handled()
    with transaction():
        for username in (FINANCE_OFFICER, "chuyenvien2.taichinh", HEAD):
            account = by_username(username)
            assert account is not None
            close_account(account)
    asked(dossier)
    said(dossier, "give", by=LEADER, at=MONDAY + DAY, answer=ANSWER)


def test_while_a_result_stood_that_is_corrected_no_time_ran_for_the_asked_agency() -> None:
    dossier = handled()
    asked(dossier, limit="3wd")  # until Thursday
    done(dossier, "resolve", by=OFFICER, at=MONDAY + DAY)
    friday = MONDAY + 4 * DAY
    done(dossier, "correct", by=LEADER, at=friday, reason="Sai tên")
    line = opinions_of(dossier, friday).lines[0]
    # Tuesday to Thursday were nobody's: Friday is the first day, Tuesday the third.
    assert local(line.opinion.due_at).isoformat() == "2021-03-09T17:00:00+07:00"
    assert line.standing == Timeliness.OPEN
    monday = CalendarDay(date(2021, 3, 8), DayKind.PUBLIC_HOLIDAY, "Nghỉ", "Off")
    with transaction():
        moving.declare([monday], basis="QĐ 1", by=Operator(), at=friday)
    line = opinions_of(dossier, friday).lines[0]
    assert local(line.opinion.due_at).date() == date(2021, 3, 10), "nor do they count later"


def test_a_date_that_a_correction_moves_stands_in_the_history() -> None:
    dossier = handled()
    asked(dossier, limit="3wd")
    done(dossier, "resolve", by=OFFICER, at=MONDAY + DAY)
    done(dossier, "correct", by=LEADER, at=MONDAY + 4 * DAY, reason="Sai tên")
    due = opinions_of(dossier, MONDAY + 4 * DAY).lines[0].opinion.due_at
    line = db.session.scalars(select(Entry).where(Entry.verb == Verb.MOVE_OPINION)).one()
    assert line.details == {"answer_due_at": due.isoformat()}
    the_history_is_complete_and_sealed([again(dossier)])
    done(dossier, "reverse", by=LEADER, at=MONDAY + 4 * DAY)
    assert again(dossier).state.value == "9", "the line beside it stands in nobody's way"


@pytest.mark.parametrize("way", ["correct", "reverse"])
def test_no_date_moves_of_a_question_that_was_late_before_its_dossier_ended(way: str) -> None:
    dossier = handled()
    asked(dossier, limit="3wd")  # until Thursday
    monday, minutes = MONDAY + 7 * DAY, timedelta(minutes=2)
    third = CalendarDay(date(2021, 3, 3), DayKind.PUBLIC_HOLIDAY, "Nghỉ", "Off")
    with transaction():
        moving.declare([third], basis="QĐ 1", by=Operator(), at=monday)
    done(dossier, "resolve", by=OFFICER, at=monday)
    if way == "correct":
        done(dossier, "correct", by=LEADER, at=monday + minutes, reason="Sai tên")
    else:
        done(dossier, "reverse", by=OFFICER, at=monday + minutes)
    line = opinions_of(dossier, monday + minutes).lines[0]
    assert local(line.opinion.due_at).date() == date(2021, 3, 4)
    assert line.standing == Timeliness.OPEN_OVERDUE


def test_an_order_that_ended_while_the_dossier_had_a_result_takes_no_time_either() -> None:
    dossier = handled()
    asked(dossier, limit="3wd")
    shut, opened = MONDAY + DAY, MONDAY + 8 * DAY
    order = Closure("CĐ 9", frozenset({staff(FINANCE_OFFICER).agency_id}), shut, None, "Bão")
    with transaction():
        closing.close(order, by=Operator(), at=shut)
    done(dossier, "resolve", by=OFFICER, at=MONDAY + 6 * DAY)
    with transaction():
        closing.reopen("CĐ 9", ends_at=opened, by=Operator(), at=opened)
    done(dossier, "correct", by=LEADER, at=opened, reason="Sai tên")
    line = opinions_of(dossier, opened).lines[0]
    assert local(line.opinion.due_at).date() == date(2021, 3, 11)

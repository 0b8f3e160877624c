"""Offices closed by an order: their days are left out of every open count, and told."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pytest
from flask import Flask

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import DayKind, Hours, declared_day
from onestop.deadlines.rules.counting import asked_in_time
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.supplements import DECREE_61
from onestop.dossiers.actions import closing, moving
from onestop.dossiers.models import Dossier, PauseKind
from onestop.dossiers.queries import checks, explaining, reading
from onestop.dossiers.queries.closing import count_held, foreseen, foreseen_opening
from onestop.dossiers.queries.foreseeing import brings_until, outlook
from onestop.dossiers.queries.orders import of_order
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import State, Verb, transition
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.letters import actions as letters
from onestop.reporting.queries import counters
from tests.client import PolicingClient
from tests.commands import onestop
from tests.conftest import Recorded
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    MARITAL_STATUS,
    MONDAY,
    NEIGHBOUR,
    again,
    apologised,
    done,
    in_progress,
    life,
    received,
    staff,
    submitted,
    taken_in,
)
from tests.site import CLOCK, Clock
from tests.test_hostile import HOSTILE

pytestmark = pytest.mark.usefixtures("app")
ORDER: Final = "Công điện 17/CĐ-UBND"


def due_on(dossier: Dossier) -> date:
    due_at = again(dossier).due_at
    assert due_at
    return legal_date(due_at)


def order(first: int, last: int | None = None, *, of: str = COMMUNE_CLERK) -> Closure:
    """Return a closure from one day of March 2021 to the end of another."""
    begins_at = at_local(date(2021, 3, first), time())
    ends_at = at_local(date(2021, 3, last + 1), time()) if last else None
    return Closure(ORDER, frozenset({staff(of).agency_id}), begins_at, ends_at)


def closed(closure: Closure, at: datetime) -> list[str]:
    with transaction():
        return closing.close(closure, by=Operator(), at=at).held


def opened(ends_at: datetime, at: datetime) -> list[str]:
    found = reopened(ends_at, at)
    return [*found.resumed, *found.spared]


def reopened(ends_at: datetime, at: datetime) -> closing.Opened:
    with transaction():
        return closing.reopen(ORDER, ends_at=ends_at, by=Operator(), at=at)


def test_the_days_of_a_closure_are_left_out_of_every_open_count() -> None:
    at = MONDAY + 4 * DAY
    held = in_progress(procedure_code=FIVE_DAYS)
    finished = in_progress(procedure_code=FIVE_DAYS)
    done(finished, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    neighbour = received(by=NEIGHBOUR, procedure_code=FIVE_DAYS)
    closure = order(3, 4)
    told = foreseen(closure, at)
    assert closed(closure, at) == [held.code] == [one.code for one in told]
    assert due_on(held) == date(2021, 3, 10), "2, 5, 8, 9, 10"
    assert told[0].then == again(held).due_at
    assert due_on(neighbour) == due_on(finished) == date(2021, 3, 8)
    fresh = again(held)
    assert (fresh.legal_due_at, fresh.state) == (fresh.due_at, State.IN_PROGRESS)
    assert (fresh.pauses[0].kind, fresh.pauses[0].basis) == (PauseKind.CLOSURE, ORDER)
    line = fresh.history[-1]
    assert (line.verb, line.details["order"]) == (Verb.PAUSE, ORDER)
    assert counters.differences() == []


def test_a_closure_without_an_end_holds_the_clock_until_the_office_opens() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    assert again(dossier).paused_since == at_local(date(2021, 3, 3), time())
    assert due_on(dossier) == date(2021, 3, 8), "the date stays while the pause runs"
    ends_at = at_local(date(2021, 3, 10), time())
    assert opened(ends_at, MONDAY + 9 * DAY) == [dossier.code]
    assert due_on(dossier) == date(2021, 3, 15), "2, 10, 11, 12, 15"
    assert again(dossier).history[-1].verb == Verb.RESUME
    assert again(dossier).paused_since is None
    assert counters.differences() == []


def test_while_the_office_is_closed_every_state_keeps_its_own_way_back() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(1), MONDAY)
    fee = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + DAY, **fee)
    closed_later = Closure("QĐ 2", order(1).agency_ids, order(2).begins_at)
    closed(closed_later, MONDAY + DAY)
    done(dossier, "note_payment", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY)
    fresh = again(dossier)
    assert fresh.state == State.IN_PROGRESS
    assert fresh.paused_since == MONDAY, "received that morning, and closed since"


def test_while_the_office_is_closed_no_date_is_foretold(client: PolicingClient) -> None:
    at = now() - timedelta(days=1)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    begins_at = at_local(legal_date(at), time())
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/ask_supplement").text
    assert "mở cửa lại thì ngày hẹn được tính lại" in page
    assert f"Đóng cửa theo lệnh {ORDER}, từ" in page
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=now(), amount_vnd=1000, notice="1/TB")
    page = client.get(f"/dossiers/{dossier.code}/note_payment").text
    assert "mở cửa lại thì ngày hẹn được tính lại" in page


def test_staff_and_applicant_are_told_why_the_clock_stands_still(client: PolicingClient) -> None:
    at = now() - timedelta(days=1)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    begins_at = at_local(legal_date(at), time())
    asked = {"code": dossier.code, "second": "3456"}
    assert "đóng cửa" not in client.post("/status", data=asked).text
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    told = client.post("/status", data=asked).text
    assert "Hồ sơ tạm dừng: cơ quan đóng cửa theo lệnh" in told
    assert "mở cửa lại thì ngày hẹn được tính lại" in told
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert f'Cơ quan đóng cửa theo lệnh <span lang="vi">{ORDER}</span>' in page


def test_each_day_of_a_closure_is_explained_by_its_order(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(2, 3), MONDAY + 3 * DAY)
    monkeypatch.setattr(CLOCK, Clock(MONDAY + 3 * DAY))
    told = client.post("/status", data={"code": dossier.code, "second": "3456"}).text
    assert "Cơ quan đóng cửa theo lệnh, không đếm." in told
    assert ORDER not in told
    client.sign_in(COMMUNE_CLERK)
    assert f"theo lệnh “{ORDER}”, không đếm." in client.get(f"/dossiers/{dossier.code}").text


def test_what_is_finished_meanwhile_ends_with_the_pause() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    at = MONDAY + 4 * DAY
    done(dossier, "resolve", by=COMMUNE_LEADER, at=at)
    assert again(dossier).pauses[0].ends_at == at
    assert opened(MONDAY + 5 * DAY, MONDAY + 5 * DAY) == [], "nothing is held any more"
    with pytest.raises(Refusal, match="đã được ghi mở cửa lại"):
        opened(MONDAY + 5 * DAY, MONDAY + 5 * DAY)
    assert counters.differences() == []


@pytest.mark.parametrize("last", [None, 4], ids=["still closed", "open again"])
def test_a_withdrawal_asked_for_before_the_office_closed_ended_then(last: int | None) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Đổi ý")
    at = MONDAY + 4 * DAY
    closed(order(4, last), at)
    row = transition(
        Verb.CONFIRM_WITHDRAWAL, State.WITHDRAWAL_ASKED, received=True, before=State.IN_PROGRESS
    )
    foretold = outlook(again(dossier), row, at).standing
    done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=at)
    fresh = again(dossier)
    assert fresh.finished_at == MONDAY + DAY
    assert timeliness(reading.facts(fresh), at) == foretold == Timeliness.EARLY
    assert due_on(fresh) == date(2021, 3, 8), "what came after the end moves nothing"
    assert counters.differences() == []


def test_what_comes_to_a_closed_office_is_held_from_its_receipt() -> None:
    closed(order(3), MONDAY + 2 * DAY)
    at = MONDAY + 3 * DAY
    dossier = received(procedure_code=FIVE_DAYS, at=at)
    fresh = again(dossier)
    (pause,) = fresh.pauses
    assert (pause.kind, pause.basis) == (PauseKind.CLOSURE, ORDER)
    assert fresh.paused_since == pause.begins_at == at
    assert fresh.first_due_at is None, "no date was promised yet"
    (line,) = fresh.history
    assert (line.verb, line.details["order"]) == (Verb.RECEIVE, ORDER)
    assert "due_at" not in line.details
    assert closed(order(3), at) == [], "there is nothing left to hold"
    ends_at = at_local(date(2021, 3, 10), time())
    assert opened(ends_at, MONDAY + 9 * DAY) == [dossier.code]
    assert due_on(dossier) == date(2021, 3, 16), "10, 11, 12, 15, 16"
    fresh = again(dossier)
    assert fresh.first_due_at == fresh.due_at
    assert fresh.due_at
    assert fresh.history[-1].details["due_at"] == fresh.due_at.isoformat()
    assert counters.differences() == []


def test_what_was_received_at_a_closed_office_is_never_late_while_it_is_closed() -> None:
    closed(order(1), MONDAY)
    dossier, other = (received(procedure_code=FIVE_DAYS) for _ in range(2))
    at = MONDAY + 20 * DAY
    assert timeliness(reading.facts(again(dossier)), at) == Timeliness.OPEN
    done(other, "hand_over", by=COMMUNE_CLERK, at=at)
    done(other, "resolve", by=COMMUNE_OFFICER, at=at)
    assert timeliness(reading.facts(again(other)), at) == Timeliness.EARLY
    assert counters.differences() == []


def test_nobody_apologises_for_a_date_that_was_never_promised(client: PolicingClient) -> None:
    begins_at = at_local(legal_date(now()), time())
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    dossier = received(procedure_code=FIVE_DAYS, at=now())
    said = {"new_on": date(2027, 1, 4), "cause": "system", "reason": "Máy chủ hỏng"}
    with pytest.raises(Refusal, match="chưa được hẹn ngày nào"):
        done(dossier, "apologise", by=COMMUNE_LEADER, at=now(), **said)
    client.sign_in(COMMUNE_LEADER)
    assert "chưa được hẹn ngày nào" in client.get(f"/dossiers/{dossier.code}").text


def test_what_was_sent_online_is_held_once_it_is_accepted() -> None:
    dossier = submitted(procedure_code=MARITAL_STATUS)
    closed(order(1), MONDAY)
    at = MONDAY + DAY
    done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset())
    fresh = again(dossier)
    assert (fresh.paused_since, fresh.first_due_at) == (at, None)
    assert fresh.history[-1].details["order"] == ORDER
    assert fresh.history[-1].details.keys().isdisjoint({"due_at", "restarts"})
    done(dossier, "reverse", by=COMMUNE_CLERK, at=at)
    assert (again(dossier).paused_since, again(dossier).pauses) == (None, [])


def test_a_receipt_at_a_closed_office_is_taken_back_with_its_pause() -> None:
    closed(order(1), MONDAY)
    dossier = received(procedure_code=FIVE_DAYS)
    done(dossier, "reverse", by=COMMUNE_CLERK, at=MONDAY)
    fresh = again(dossier)
    assert (fresh.state, fresh.paused_since, fresh.pauses) == (State.SUBMITTED, None, [])
    done(dossier, "accept", by=COMMUNE_CLERK, at=MONDAY + DAY, papers=frozenset())
    assert again(dossier).paused_since == MONDAY + DAY
    assert counters.differences() == []


def test_what_is_opened_again_while_its_office_is_closed_is_held_as_if_it_had_never_ended() -> None:
    held, ended = (in_progress(procedure_code=FIVE_DAYS) for _ in range(2))
    done(ended, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    closed(order(3), MONDAY + 2 * DAY)
    done(held, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY)
    for one in (held, ended):
        done(one, "correct", by=COMMUNE_LEADER, at=MONDAY + 4 * DAY, reason="Sai tên")
        assert again(one).paused_since == at_local(date(2021, 3, 3), time())
        assert again(one).history[-1].details["order"] == ORDER
    opened(at_local(date(2021, 3, 10), time()), MONDAY + 9 * DAY)
    for one in (held, ended):
        assert due_on(one) == date(2021, 3, 15), "2, 10, 11, 12, 15"
        assert again(one).paused_since is None
    assert counters.differences() == []


def test_what_ended_while_its_office_was_closed_and_runs_on_after_it_lost_no_day() -> None:
    before, after, unheld = (in_progress(procedure_code=FIVE_DAYS) for _ in range(3))
    done(unheld, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    closed(order(3), MONDAY + 2 * DAY)
    for one in (before, after):
        done(one, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY)
    done(before, "correct", by=COMMUNE_LEADER, at=MONDAY + 8 * DAY, reason="Sai tên")
    opened(at_local(date(2021, 3, 10), time()), MONDAY + 9 * DAY)
    for one in (after, unheld):
        done(one, "correct", by=COMMUNE_LEADER, at=MONDAY + 10 * DAY, reason="Sai tên")
    for one in (before, after, unheld):
        assert due_on(one) == date(2021, 3, 15), "2, 10, 11, 12, 15"
    assert counters.differences() == []


def test_a_slip_taken_back_after_the_opening_leaves_no_clock_that_stands_for_ever() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    at = at_local(date(2021, 3, 10), time())
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=at)
    opened(at, at + timedelta(minutes=3))
    done(dossier, "reverse", by=COMMUNE_OFFICER, at=at + timedelta(minutes=5))
    assert again(dossier).paused_since is None
    assert due_on(dossier) == date(2021, 3, 15), "2, 10, 11, 12, 15"
    assert counters.differences() == []


def test_a_correction_at_a_closed_office_erases_no_lateness() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due on the 8th
    closed(order(3, of=NEIGHBOUR), MONDAY + 2 * DAY)
    to = {"to_agency": staff(NEIGHBOUR).agency_code, "reason": "Nhầm địa bàn"}
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + 8 * DAY, **to)
    done(dossier, "resolve", by="tuphap.daiang", at=MONDAY + 9 * DAY)
    done(dossier, "correct", by="chutich.daiang", at=MONDAY + 10 * DAY, reason="Sai tên")
    fresh = again(dossier)
    assert fresh.paused_since == MONDAY + 8 * DAY, "when it came there"
    assert timeliness(reading.facts(fresh), MONDAY + 10 * DAY) == Timeliness.OPEN_OVERDUE


def test_what_was_promised_nothing_at_a_closed_office_is_promised_a_date_when_it_runs_on() -> None:
    closed(order(1), MONDAY)
    dossier = received(procedure_code=FIVE_DAYS, at=MONDAY + DAY)
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + DAY)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    opened(at_local(date(2021, 3, 10), time()), MONDAY + 9 * DAY)
    assert again(dossier).promised_at is None, "nobody promised anything"
    done(dossier, "correct", by=COMMUNE_LEADER, at=MONDAY + 9 * DAY, reason="Sai tên")
    fresh = again(dossier)
    assert fresh.promised_at == fresh.due_at
    assert due_on(dossier) == date(2021, 3, 16), "10, 11, 12, 15, 16"
    apologised(dossier, date(2021, 3, 18), at=MONDAY + 10 * DAY)


@pytest.mark.parametrize("late", ["order", "opening"])
def test_what_became_known_of_a_closure_after_an_end_counts_as_if_there_had_been_none(
    late: str,
) -> None:
    ended, other = (in_progress(procedure_code=FIVE_DAYS) for _ in range(2))
    if late == "opening":
        closed(order(3), MONDAY + 2 * DAY)
    done(ended, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 7 * DAY)
    if late == "opening":
        opened(at_local(date(2021, 3, 5), time()), MONDAY + 9 * DAY)
    else:
        closed(order(3, 4), MONDAY + 9 * DAY)
    done(ended, "correct", by=COMMUNE_LEADER, at=MONDAY + 10 * DAY, reason="Sai tên")
    assert due_on(ended) == due_on(other) == date(2021, 3, 10)
    assert counters.differences() == []


def test_an_opening_that_is_entered_late_erases_no_lateness() -> None:
    before, after = (in_progress(procedure_code=FIVE_DAYS) for _ in range(2))
    closed(order(3), MONDAY + 2 * DAY)
    at = MONDAY + 14 * DAY
    done(before, "resolve", by=COMMUNE_OFFICER, at=at)
    ends_at = at_local(date(2021, 3, 5), time())
    assert {one.code for one in foreseen_opening(ORDER, ends_at)} == {before.code, after.code}
    found = reopened(ends_at, at + DAY)
    assert (found.resumed, found.recounted) == ([after.code], [before.code])
    done(after, "resolve", by=COMMUNE_OFFICER, at=at + DAY)
    for one in (before, after):
        assert due_on(one) == date(2021, 3, 10)
        assert timeliness(reading.facts(again(one)), at + 5 * DAY) == Timeliness.OVERDUE
    line = again(before).history[-1]
    assert (line.verb, line.to_state, line.details["order"]) == (Verb.RESUME, State.RESOLVED, ORDER)
    assert counters.differences() == []


def test_what_leaves_a_closed_office_for_an_open_one_runs_again() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    to = {"to_agency": staff(NEIGHBOUR).agency_code, "reason": "Nhầm địa bàn"}
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + DAY, **to)
    closed(order(3, of=NEIGHBOUR), MONDAY + 2 * DAY)
    to["to_agency"] = staff(COMMUNE_CLERK).agency_code
    done(dossier, "transfer", by="chutich.daiang", at=MONDAY + 4 * DAY, **to)
    assert again(dossier).paused_since is None
    assert again(dossier).history[-1].details["left_order"] == ORDER
    assert due_on(dossier) == date(2021, 3, 10), "2, 5, 8, 9, 10"
    assert counters.differences() == []


def test_what_was_late_while_it_lay_elsewhere_stays_late_when_it_runs_on() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    there, home = (
        {"to_agency": staff(one).agency_code, "reason": "Nhầm địa bàn"}
        for one in (NEIGHBOUR, COMMUNE_CLERK)
    )
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + DAY, **there)
    closed(order(3, of=NEIGHBOUR), MONDAY + 2 * DAY)
    done(dossier, "transfer", by="chutich.daiang", at=MONDAY + 3 * DAY, **home)
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + 14 * DAY, **there)
    done(dossier, "resolve", by="chutich.daiang", at=MONDAY + 15 * DAY)
    done(dossier, "correct", by="chutich.daiang", at=MONDAY + 15 * DAY, reason="Sai tên")
    assert again(dossier).paused_since == MONDAY + 14 * DAY, "since it came there last"
    standing = timeliness(reading.facts(again(dossier)), MONDAY + 16 * DAY)
    assert standing == Timeliness.OPEN_OVERDUE
    assert due_on(dossier) == date(2021, 3, 9)


def test_two_orders_that_are_opened_late_erase_no_lateness() -> None:
    ended, other = (in_progress(procedure_code=FIVE_DAYS) for _ in range(2))
    second = Closure("QĐ 2", order(3).agency_ids, order(3).begins_at)
    for closure in (order(3), second):
        closed(closure, MONDAY + 2 * DAY)
    at, ends_at = MONDAY + 14 * DAY, at_local(date(2021, 3, 5), time())
    done(ended, "resolve", by=COMMUNE_OFFICER, at=at)
    assert reopened(ends_at, at + DAY).recounted == [], "the other order held it as long"
    with transaction():
        found = closing.reopen(second.order, ends_at=ends_at, by=Operator(), at=at + DAY)
    assert found.recounted == [ended.code]
    assert due_on(ended) == due_on(other) == date(2021, 3, 10)
    assert counters.differences() == []


@pytest.mark.parametrize(("off", "then"), [(10, 10), (8, 10)])
def test_a_late_opening_is_foretold_under_the_calendar_of_the_end(off: int, then: int) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 7 * DAY)
    rows = [declared_day(date(2021, 3, off), DayKind.PUBLIC_HOLIDAY, "CV 1", "Nghỉ")]
    with transaction():
        moving.declare(rows, basis="CV 1", by=Operator(), at=MONDAY + 7 * DAY)
    ends_at = at_local(date(2021, 3, 5), time())
    (foretold,) = foreseen_opening(ORDER, ends_at)
    assert reopened(ends_at, MONDAY + 8 * DAY).recounted == [dossier.code]
    assert again(dossier).due_at == foretold.then == at_local(date(2021, 3, then), time(17))


@pytest.mark.parametrize("entered", [1, 4])
def test_what_is_passed_on_between_offices_of_one_order_is_held_since_the_first(
    entered: int,
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    offices = frozenset(staff(one).agency_id for one in (NEIGHBOUR, DISTRICT_OFFICER))
    closure = Closure(ORDER, offices, order(2).begins_at)
    ways = ((NEIGHBOUR, COMMUNE_LEADER, 0), (DISTRICT_OFFICER, "chutich.daiang", 3))
    for to, by, days in ways:
        said = {"to_agency": staff(to).agency_code, "reason": "Nhầm địa bàn"}
        done(dossier, "transfer", by=by, at=MONDAY + days * DAY, **said)
        if entered == days + 1:
            closed(closure, MONDAY + entered * DAY)
    assert again(dossier).paused_since == order(2).begins_at


def test_each_order_holds_what_comes_to_its_office() -> None:
    closed(order(1), MONDAY)
    closed(Closure("QĐ 2", order(1).agency_ids, order(1).begins_at), MONDAY)
    closed(Closure("QĐ 3", order(1, of=NEIGHBOUR).agency_ids, order(1).begins_at), MONDAY)
    assert {one.basis for one in again(received()).pauses} == {ORDER, "QĐ 2"}


def test_the_receipt_of_a_closed_office_says_that_the_date_comes_with_its_opening(
    client: PolicingClient,
) -> None:
    begins_at = at_local(legal_date(now()), time())
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/receive?procedure={FIVE_DAYS}").text
    assert "Hẹn khi cơ quan mở cửa lại" in page
    assert ORDER in page
    dossier = received(procedure_code=FIVE_DAYS, at=now())
    paper = client.get(f"/dossiers/{dossier.code}/receipt").text
    assert f"<b>Hẹn khi cơ quan mở cửa lại</b> (đóng cửa theo {ORDER})" in paper
    assert "giờ" not in re.findall(r"5\. Thời gian trả.*", paper)[0]
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "<b>Hẹn khi cơ quan mở cửa lại</b>" in page
    assert "Khi cơ quan mở cửa lại mới hẹn được ngày" in page
    assert "hẹn cũ" not in page
    assert "đồng hồ vẫn chạy" not in page
    page = client.get(f"/dossiers/{dossier.code}/hand_over").text
    assert "đồng hồ vẫn chạy" not in page
    assert "Đồng hồ vẫn dừng" in page
    told = client.post("/status", data={"code": dossier.code, "second": "3456"}).text
    assert "<b>Hẹn khi cơ quan mở cửa lại</b>" in told
    with transaction():
        fresh = db.session.get_one(Dossier, dossier.id)
        clerk = staff(COMMUNE_CLERK, now())
        letter = letters.issue(
            fresh, fresh.history[0].seq, "", status_address="https://vd.vn", by=clerk, at=now()
        )
        assert letter.facts["due"] == f"Hẹn khi cơ quan mở cửa lại (đóng cửa theo {ORDER})"


def test_the_same_order_again_holds_only_what_came_in_since() -> None:
    first = in_progress(procedure_code=FIVE_DAYS)
    closed(order(1), MONDAY)
    second = taken_in(life(at=MONDAY + DAY), at=MONDAY + DAY)
    assert closed(order(1), MONDAY + DAY) == [second.code]
    assert len(again(first).pauses) == 1


def test_what_came_to_a_closed_office_and_nobody_held_loses_no_day_of_it() -> None:
    held = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    came = taken_in(life(at=MONDAY + 3 * DAY), at=MONDAY + 3 * DAY)
    since = taken_in(life(at=MONDAY + 9 * DAY), at=MONDAY + 9 * DAY)
    ends_at = at_local(date(2021, 3, 10), time())
    told = {one.code: one.then for one in foreseen_opening(ORDER, ends_at)}
    told_apart = reopened(ends_at, MONDAY + 9 * DAY + timedelta(hours=1))
    assert (told_apart.resumed, told_apart.spared) == ([held.code], [came.code])
    assert [count for _, count in told_apart.told] == [1, 1]
    assert due_on(came) == date(2021, 3, 16), "10, 11, 12, 15, 16"
    assert told == {held.code: again(held).due_at, came.code: again(came).due_at}
    assert again(since).pauses == [], "received when it was open again"
    line = again(came).history[-1]
    assert (line.verb, line.details["closed_to"]) == (Verb.PAUSE, ends_at.isoformat())
    assert counters.differences() == []


def test_what_was_sent_to_a_closed_office_is_checked_within_eight_hours_of_its_opening() -> None:
    before = submitted(at=MONDAY + DAY + timedelta(hours=6))  # 15:00: two hours of eight are left
    closed(order(3), MONDAY + 2 * DAY)
    came = submitted(at=MONDAY + 3 * DAY)
    elsewhere = submitted(to=NEIGHBOUR, at=MONDAY + 3 * DAY)
    ends_at = at_local(date(2021, 3, 10), time())
    told = {one.code: one.then for one in foreseen_opening(ORDER, ends_at)}
    was = again(elsewhere).intake_due_at
    assert reopened(ends_at, MONDAY + 9 * DAY).checked == [before.code, came.code]
    assert again(came).intake_due_at == at_local(date(2021, 3, 10), time(17))
    assert again(before).intake_due_at == at_local(date(2021, 3, 10), time(15)), "six hours more"
    assert told == {one.code: again(one).intake_due_at for one in (before, came)}
    assert again(elsewhere).intake_due_at == was
    line = again(came).history[-1]
    assert (line.verb, line.details["order"]) == (Verb.RESUME, ORDER)
    assert closed(order(3, 9), MONDAY + 9 * DAY) == []
    assert again(came).intake_due_at == at_local(date(2021, 3, 10), time(17)), "once"


def test_what_an_order_was_foretold_to_come_to_is_what_it_is_said_to_have_come_to() -> None:
    at = MONDAY + 4 * DAY
    for _ in range(2):
        in_progress(procedure_code=FIVE_DAYS)
    submitted(at=MONDAY + DAY + timedelta(hours=6))
    foretold = count_held(foreseen(order(3, 4), at))
    with transaction():
        told = closing.close(order(3, 4), by=Operator(), at=at).told
    assert told == [(closing.STOPPED, 2), (closing.CHECKED, 1)]
    assert foretold == sum(count for _, count in told)
    with transaction():
        assert closing.close(order(3, 4), by=Operator(), at=at).told == [(closing.CLOSED, 0)]


def test_what_was_posted_to_a_closed_office_is_checked_by_days_on_which_it_was_open() -> None:
    closed(order(3), MONDAY + 2 * DAY)
    opened(at_local(date(2021, 3, 10), time()), MONDAY + 9 * DAY)
    posted: dict[str, Any] = {"channel": Channel.POSTAL, "delivered_at": MONDAY + 3 * DAY}
    dossier = received(at=MONDAY + 9 * DAY, **posted)
    done(dossier, "reverse", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
    assert again(dossier).intake_due_at == at_local(date(2021, 3, 10), time(17))


def test_a_slip_put_back_to_the_check_has_the_hours_of_the_opening() -> None:
    at = at_local(date(2021, 3, 10), time(8))
    asked, other = (submitted(procedure_code=MARITAL_STATUS, at=MONDAY + DAY) for _ in range(2))
    closed(order(3), MONDAY + 2 * DAY)
    done(asked, "ask_for_completion", by=COMMUNE_CLERK, at=at, reason="Thiếu")
    opened(at_local(date(2021, 3, 10), time()), at + timedelta(minutes=3))
    done(asked, "reverse", by=COMMUNE_CLERK, at=at + timedelta(minutes=5))
    assert again(asked).intake_due_at == again(other).intake_due_at


def test_many_submissions_are_counted_anew_by_as_many_questions_as_one(recorded: Recorded) -> None:
    asked = []
    for amount in (1, 4):
        for _ in range(amount):
            submitted(procedure_code=MARITAL_STATUS)
        db.session.expire_all()
        with recorded() as sent:
            assert len(checks.anew(order(1, 3))) >= amount
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_a_submission_is_not_late_while_nobody_is_there_to_check_it(
    client: PolicingClient,
) -> None:
    at = now() - 9 * DAY
    dossier = submitted(at=at)
    asked = {"code": dossier.code, "second": "3456"}
    assert "kiểm tra hồ sơ chậm" in client.post("/status", data=asked).text
    begins_at = at_local(legal_date(at), time())
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    told = client.post("/status", data=asked).text
    assert "kiểm tra hồ sơ chậm" not in told
    assert "<b>Khi cơ quan mở cửa lại</b>" in told
    assert "8 giờ làm việc từ lúc bạn gửi" not in told
    client.sign_in(COMMUNE_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Kiểm tra khi cơ quan mở cửa lại" in page
    assert ORDER in page
    row = client.get("/desk").text
    assert "chưa có hẹn" in row
    assert "đang dừng" in row


@pytest.mark.parametrize("entered", [2, 12], ids=["before it came", "after it came"])
def test_what_was_late_elsewhere_stays_late_at_a_closed_office(entered: int) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due on the 8th
    at, closure = MONDAY + 12 * DAY, order(3, of=NEIGHBOUR)
    if entered == 2:
        closed(closure, MONDAY + 2 * DAY)
    to = {"to_agency": staff(NEIGHBOUR).agency_code, "reason": "Nhầm địa bàn"}
    done(dossier, "transfer", by=COMMUNE_LEADER, at=MONDAY + 8 * DAY, **to)
    if entered == 12:
        assert [one.then for one in foreseen(closure, at)] == [dossier.due_at]
        assert closed(closure, at) == [dossier.code]
    assert again(dossier).pauses[0].begins_at == MONDAY + 8 * DAY, "when it came there"
    for _ in ("still closed", "open again"):
        assert due_on(dossier) == date(2021, 3, 8)
        assert timeliness(reading.facts(again(dossier)), at) == Timeliness.OPEN_OVERDUE
        assert counters.differences() == []
        if again(dossier).paused_since:
            assert opened(at, at) == [dossier.code]


def test_an_applicant_loses_no_day_for_his_papers_on_which_the_office_was_closed() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    asked_at = MONDAY + DAY  # 2 March; the thirtieth day is 1 April
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=asked_at, reason="Thiếu bản sao")
    assert brings_until(again(dossier)) == date(2021, 4, 1)
    closed(order(29), MONDAY + 28 * DAY)
    assert brings_until(again(dossier)) is None, "nobody knows when it opens"
    with pytest.raises(Refusal, match="còn đóng cửa"):
        stopped(dossier, MONDAY + 35 * DAY)
    opened(at_local(date(2021, 4, 6), time()), MONDAY + 36 * DAY)
    assert brings_until(again(dossier)) == date(2021, 4, 9), "eight days later"
    with pytest.raises(Refusal, match="đến hết ngày 2021-04-09"):
        stopped(dossier, at_local(date(2021, 4, 9), time(23, 59)))
    assert stopped(dossier, at_local(date(2021, 4, 10), time())).state == State.STOPPED


def stopped(dossier: Dossier, at: datetime) -> Dossier:
    return done(dossier, "stop", by=COMMUNE_LEADER, at=at, reason="Không bổ sung")


def test_a_lateness_that_had_begun_before_stays() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due on the 8th
    assert [one.then for one in foreseen(order(8), MONDAY + 11 * DAY)] == [None]
    told = foreseen(order(9), MONDAY + 11 * DAY)
    assert [one.then for one in told] == [dossier.due_at], "nor is it said to go"
    closed(order(10, 11), MONDAY + 11 * DAY)
    assert due_on(dossier) == date(2021, 3, 8)
    assert counters.differences() == []


def test_a_day_promised_for_what_was_late_before_is_not_said_to_go() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due on the 8th
    apologised(dossier, date(2021, 3, 12), at=MONDAY + 4 * DAY)
    held = foreseen(order(10), MONDAY + 9 * DAY)
    assert [one.then for one in held] == [again(dossier).due_at], "the law's own date has passed"
    closed(order(10), MONDAY + 9 * DAY)
    found = explaining.explained(again(dossier), MONDAY + 9 * DAY)
    assert found
    assert (found.is_held, legal_date(found.due_at)) == (False, date(2021, 3, 12))


@pytest.mark.parametrize(
    ("first", "last", "order_", "why"),
    [
        (6, None, ORDER, "chưa bắt đầu"),
        (3, 6, ORDER, "chưa kết thúc"),
        (4, 3, ORDER, "trước khi bắt đầu"),
        (3, None, " ", "số, ngày của lệnh"),
    ],
)
def test_a_closure_that_cannot_be_is_refused(
    first: int, last: int | None, order_: str, why: str
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    made = order(first, last)
    with pytest.raises(Refusal, match=why):
        closed(Closure(order_, made.agency_ids, made.begins_at, made.ends_at), MONDAY + 4 * DAY)
    assert again(dossier).pauses == []


def test_an_office_does_not_open_before_it_closed_nor_in_the_future() -> None:
    in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    with pytest.raises(Refusal, match="trước khi bắt đầu"):
        opened(MONDAY, MONDAY + 3 * DAY)
    with pytest.raises(Refusal, match="chưa đến"):
        opened(MONDAY + 5 * DAY, MONDAY + 4 * DAY)


def test_the_command_shows_asks_and_holds(app: Flask) -> None:
    at = now() - timedelta(days=3)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    code = staff(COMMUNE_CLERK, at).agency_code
    day = legal_date(at).isoformat()
    words = ("closure", "add", code, "--order", ORDER, "--from", day)
    left = onestop(app, *words, typed="n\n")
    assert left.exit_code == 1
    assert dossier.code in left.stdout
    assert again(dossier).pauses == []
    assert onestop(app, *words, "--yes").exit_code == 0
    assert again(dossier).paused_since is not None
    ended = onestop(app, "closure", "end", "--order", ORDER, "--to", day, "--yes")
    assert ended.exit_code == 0, ended.stderr
    assert again(dossier).paused_since is None
    unknown = onestop(app, "closure", "add", "H99", "--order", ORDER, "--from", day, "--yes")
    assert (unknown.exit_code, "Không có cơ quan H99" in unknown.stderr) == (2, True)


def test_an_order_is_kept_with_its_offices_its_reason_and_who_entered_it() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(replace(order(1), reason="Phong tỏa"), MONDAY)
    closed(order(1, of=NEIGHBOUR), MONDAY + DAY)
    found = of_order(ORDER)
    assert found
    ids = {staff(one).agency_id for one in (COMMUNE_CLERK, NEIGHBOUR)}
    assert {one.agency_id for one in found.agencies} == ids, "entered again for more offices"
    assert (found.reason, found.recorded_at, found.ends_at) == ("Phong tỏa", MONDAY, None)
    assert again(dossier).history[-1].reason == "Phong tỏa"
    opened(order(1, 3).ends_at or MONDAY, MONDAY + 5 * DAY)
    found = of_order(ORDER)
    assert found
    assert (found.last_on, found.opened_at) == (date(2021, 3, 3), MONDAY + 5 * DAY)


@pytest.mark.parametrize(("first", "last"), [(2, None), (1, 2)])
def test_an_order_is_not_entered_again_with_other_days(first: int, last: int | None) -> None:
    closed(order(1), MONDAY)
    with pytest.raises(Refusal, match="đã được ghi"):
        closed(order(first, last), MONDAY + 5 * DAY)


def test_papers_asked_for_while_the_office_is_closed_are_asked_for_in_time() -> None:
    dossier = in_progress(procedure_code=CERTIFIED_COPY)  # due the same day
    closed(order(1), MONDAY)
    row = transition(Verb.ASK_SUPPLEMENT, State.IN_PROGRESS, received=True)
    told = outlook(again(dossier), row, MONDAY + DAY)
    assert (told.restarts, told.standing) == (True, None), "the clock stands, and nothing is late"
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu bản sao")
    opened(at_local(date(2021, 3, 3), time()), MONDAY + 2 * DAY)
    brought_at = MONDAY + 2 * DAY + timedelta(hours=7)  # after the cut-off
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=brought_at)
    assert due_on(dossier) == date(2021, 3, 4), "the day after the papers, as if received then"
    life = asked_in_time(
        MONDAY + DAY,
        MONDAY,
        reading.limit_law(again(dossier)),
        DECREE_61,
        calendar=deadlines.calendar(),
        hours=Hours(),
        pauses=reading.pauses(again(dossier))[:1],
    )
    assert life, "a register that is brought in elsewhere comes to the same"


def test_papers_brought_while_the_office_is_closed_begin_the_days_anew_that_are_shown() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(1), MONDAY)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + DAY)
    explained = explaining.explained(again(dossier), MONDAY + DAY)
    assert explained
    assert explained.lines[-1].date == due_on(dossier) == date(2021, 3, 9)
    assert "due_at" not in again(dossier).history[-1].details, "nothing is promised meanwhile"
    opened(at_local(date(2021, 3, 4), time()), MONDAY + 3 * DAY)
    assert due_on(dossier) == date(2021, 3, 10), "five days from Tuesday, but for Wednesday"


def test_the_opening_is_foretold_by_the_count_that_comes_true() -> None:
    held = in_progress(procedure_code=FIVE_DAYS)
    paused = in_progress(procedure_code=FIVE_DAYS)
    fee = {"amount_vnd": 1000, "notice": "1/TB"}
    done(paused, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + DAY, **fee)
    closed(order(3), MONDAY + 2 * DAY)
    ends_at = at_local(date(2021, 3, 10), time())
    told = {one.code: one.then for one in foreseen_opening(ORDER, ends_at)}
    opened(ends_at, MONDAY + 9 * DAY)
    assert told == {held.code: again(held).due_at, paused.code: None}


@pytest.mark.parametrize(
    "words",
    [
        ("add", "H26.91.27", "--from", "0001-01-01"),
        ("add", "H26.91.27", "--from", "2021-07-24", "--to", "9999-12-31"),
        ("end", "--to", "9999-12-31"),
    ],
)
def test_a_year_in_which_no_office_can_close_is_refused_in_one_line(
    app: Flask, words: tuple[str, ...]
) -> None:
    answer = onestop(app, "closure", *words, "--order", ORDER, "--yes")
    assert (answer.exit_code, answer.stderr) == (2, "onestop: Năm phải từ 1990 đến 2199.\n")


ADMINISTRATOR: Final = "quantri.thanhtri"


def test_nobody_closes_an_office_that_is_not_his() -> None:
    mine = order(1)
    for who in (COMMUNE_LEADER, COMMUNE_CLERK):
        with transaction(), pytest.raises(Refusal, match="bên dưới"):
            closing.close(mine, by=staff(who), at=MONDAY)
    with transaction():
        closing.close(mine, by=staff(ADMINISTRATOR), at=MONDAY)
    with transaction(), pytest.raises(Refusal, match="bên dưới"):
        closing.reopen(ORDER, ends_at=MONDAY, by=staff(COMMUNE_LEADER), at=MONDAY + DAY)


def test_an_administrator_sees_which_dates_move_before_he_enters_an_order(
    client: PolicingClient,
) -> None:
    at = now() - timedelta(days=9)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    was_due = due_on(dossier)
    client.sign_in(ADMINISTRATOR)
    code, path = staff(COMMUNE_CLERK, at).agency_code, "/admin/closures"
    said: dict[str, object] = {
        "order": ORDER,
        "reason": "Bão số 3",
        "agencies": [code],
        "first": legal_date(at).isoformat(),
        "last": legal_date(at + timedelta(days=8)).isoformat(),
    }
    assert "Chưa ghi lệnh đóng cửa nào" in client.get(path).text
    shown = client.post(path, data=said).text
    assert dossier.code in shown
    assert re.search(r"data-focus><p[^>]*>Chưa ghi gì", shown), "it takes the focus"
    assert of_order(ORDER) is None
    other = in_progress(procedure_code=FIVE_DAYS, at=at)
    seal = re.findall(r'name="seen"[^>]*value="([^"]+)"', shown)[0]
    again_shown = client.post(path, data={**said, "seen": seal}).text
    assert other.code in again_shown, "what changed meanwhile is shown first"
    assert of_order(ORDER) is None
    seal = re.findall(r'name="seen"[^>]*value="([^"]+)"', again_shown)[0]
    assert client.post(path, data={**said, "seen": seal}).status_code == 302
    assert due_on(dossier) > was_due
    page = client.get(path).text
    assert "đã dừng 2" in page
    assert "Bão số 3" in page
    assert dossier.code not in page, "an administrator reads no dossiers"


@pytest.mark.on_both_databases
def test_an_administrator_opens_offices_again(client: PolicingClient) -> None:
    at = now() - timedelta(days=9)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    begins_at = at_local(legal_date(at), time())
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    late = taken_in(life(at=now()), at=now())
    client.sign_in(ADMINISTRATOR)
    page = client.get("/admin/closures").text
    assert "1 nhận sau, chưa dừng" in page
    found = of_order(ORDER)
    assert found
    filled = client.get(f"/admin/closures?again={found.id}").text
    assert f'value="{ORDER}"' in filled
    assert len(re.findall(r'<input checked[^>]*name="agencies"', filled)) == 1
    path = f"/admin/closures/{found.id}"
    assert " data-fresh>" in client.get(path).text, "what was typed outlives an ended session"
    future = client.post(path, data={"last": legal_date(now() + 3 * DAY).isoformat()})
    assert future.status_code == 422
    said = {"last": legal_date(at + DAY).isoformat()}
    shown = client.post(path, data=said).text
    assert dossier.code in shown
    assert late.code not in shown
    assert " data-fresh>" not in shown, "this one is what was sent"
    seal = re.findall(r'name="seen"[^>]*value="([^"]+)"', shown)[0]
    assert client.post(path, data={**said, "seen": seal}).status_code == 302
    assert again(dossier).paused_since is None
    assert "đến hết" in client.get("/admin/closures").text
    assert client.post(path, data={**said, "seen": seal}).status_code == 422


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"order": ""}, "order"),
        ({"reason": ""}, "reason"),
        ({"agencies": []}, "agencies"),
        ({"agencies": ["H99"]}, "agencies"),
        ({"first": ""}, "first"),
        ({"first": "9999-12-31"}, "first"),
        ({"last": "9999-12-31"}, "last"),
        ({"last": "2021-02-28"}, "last"),
        ({"last": "2199-12-31"}, "last"),
    ],
)
def test_what_an_order_lacks_is_said_at_its_field(
    client: PolicingClient, change: dict[str, object], field: str
) -> None:
    client.sign_in(ADMINISTRATOR)
    said: dict[str, object] = {
        "order": ORDER, "reason": "Bão", "agencies": ["H26.91.27"], "first": "2021-03-01",
        "last": "2021-03-02",
    }  # fmt: skip
    answer = client.post("/admin/closures", data=said | change)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text


@pytest.mark.parametrize("name", ["order", "first", "last", "reason", "agencies", "seen"])
def test_no_answer_breaks_the_form_of_an_order(client: PolicingClient, name: str) -> None:
    client.sign_in(ADMINISTRATOR)
    said: dict[str, object] = {
        "order": ORDER, "reason": "Bão", "agencies": "H26.91.27", "first": "2021-03-01",
    }  # fmt: skip
    for why, value in HOSTILE.items():
        answer = client.post(
            "/admin/closures", data=said | {name: value.encode("utf-8", "replace")}
        )
        assert answer.status_code < 500, (name, why)

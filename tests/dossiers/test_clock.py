"""The clock of a dossier: in order, one with its explanation, and never at the applicant's cost."""

from datetime import date, datetime, time, timedelta

import pytest

from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, foreseeing
from onestop.dossiers.rules.states import State, Verb, transition
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    again,
    done,
    in_progress,
    received,
)

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)


def due_on(dossier: Dossier) -> date:
    due_at = again(dossier).due_at
    assert due_at is not None
    return legal_date(due_at)


def asked(at: datetime, procedure_code: str = FIVE_DAYS) -> Dossier:
    dossier = in_progress(procedure_code=procedure_code)
    return done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")


def entered(day: date, kind: DayKind, at: datetime) -> None:
    row = declared_day(day, kind, "Công văn thử", "Ngày thử")
    with transaction():
        moving.declare([row], basis="Công văn thử", by=Operator(), at=at)


def test_nothing_is_done_before_what_was_already_done() -> None:
    dossier = in_progress(at=MONDAY)
    for verb, who in (("resolve", COMMUNE_OFFICER), ("ask_for_withdrawal", COMMUNE_CLERK)):
        said = {"reason": "Đổi ý"} if verb == "ask_for_withdrawal" else {}
        with pytest.raises(Refusal, match="trước việc đã ghi lúc 09:00:00 01/03/2021"):
            done(dossier, verb, by=who, at=MONDAY - HOUR, **said)
    assert [line.happened_at for line in again(dossier).history] == [MONDAY, MONDAY]
    assert again(dossier).finished_at is None


def test_two_things_may_be_done_at_one_moment() -> None:
    assert done(in_progress(at=MONDAY), "resolve", by=COMMUNE_OFFICER, at=MONDAY).finished_at


def test_a_pause_that_begins_as_another_ends_is_one_with_it() -> None:
    dossier = asked(MONDAY + 4 * DAY)  # late: it only pauses
    brought = MONDAY + 9 * DAY
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=brought)
    assert due_on(dossier) == date(2021, 3, 11)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=brought, reason="Đổi ý")
    fresh = again(dossier)
    assert fresh.paused_since == MONDAY + 4 * DAY
    explained = explaining.explained(fresh, brought)
    assert explained
    assert due_on(dossier) == explained.lines[-1].date == date(2021, 3, 8)


def test_while_one_pause_still_runs_the_end_of_another_leaves_the_date_as_it_was() -> None:
    dossier = asked(MONDAY + 4 * DAY)  # late: it only pauses; due Monday, 8 March
    entered(date(2021, 3, 8), DayKind.PUBLIC_HOLIDAY, MONDAY + 5 * DAY)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + 5 * DAY, reason="Đổi ý")
    done(dossier, "take_back_withdrawal", by=COMMUNE_CLERK, at=MONDAY + 6 * DAY)
    assert due_on(dossier) == date(2021, 3, 8), "the papers are awaited still"
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
    assert due_on(dossier) == date(2021, 3, 11)


def test_a_date_counted_anew_replaces_its_move_off_a_day_declared_off() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due Monday, 8 March
    entered(date(2021, 3, 8), DayKind.PUBLIC_HOLIDAY, MONDAY + DAY)
    assert due_on(dossier) == date(2021, 3, 9)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
    explained = explaining.explained(again(dossier), MONDAY + 9 * DAY)
    assert explained
    assert explained.lines[-1].date == due_on(dossier) == date(2021, 3, 11)


def test_the_applicant_has_thirty_days_before_the_office_may_close_the_dossier() -> None:
    dossier = asked(MONDAY + DAY)  # 2 March; the thirtieth day is 1 April
    last = at_local(date(2021, 4, 1), time(23, 59))
    with pytest.raises(Refusal, match="đến hết ngày 2021-04-01"):
        done(dossier, "stop", by=COMMUNE_LEADER, at=last, reason="Không bổ sung")
    stopped = done(
        dossier, "stop", by=COMMUNE_LEADER, at=last + timedelta(minutes=1), reason="Không bổ sung"
    )
    assert stopped.state.value == "8"


def test_a_make_up_day_announced_since_takes_no_day_from_the_applicant() -> None:
    dossier = asked(MONDAY + 4 * DAY)  # 5 March; the thirtieth day is a Sunday
    assert foreseeing.brings_until(dossier) == date(2021, 4, 5)
    entered(date(2021, 4, 4), DayKind.MAKE_UP_WORKING_DAY, MONDAY + 5 * DAY)
    assert foreseeing.brings_until(again(dossier)) == date(2021, 4, 5), "as the paper has it"
    at = at_local(date(2021, 4, 5), time(12))
    with pytest.raises(Refusal, match="đến hết ngày 2021-04-05"):
        done(dossier, "stop", by=COMMUNE_LEADER, at=at, reason="Không bổ sung")


def test_a_leader_may_stop_on_a_legal_ground_at_any_time() -> None:
    assert done(
        received(procedure_code=FIVE_DAYS), "stop", by=COMMUNE_LEADER, at=MONDAY, reason="Vô hiệu"
    ).finished_at


@pytest.mark.parametrize(
    ("asked_on", "restarts"), [(MONDAY + 2 * DAY, True), (MONDAY + 4 * DAY, False)]
)
def test_the_date_shown_before_papers_are_noted_is_the_date_afterwards(
    asked_on: datetime, *, restarts: bool
) -> None:
    dossier = asked(asked_on)
    brought = MONDAY + 9 * DAY
    entered(date(2021, 3, 10), DayKind.PUBLIC_HOLIDAY, MONDAY + 5 * DAY)
    entered(date(2021, 3, 13), DayKind.MAKE_UP_WORKING_DAY, MONDAY + 5 * DAY)
    row = transition(Verb.SUPPLEMENT, State.AWAITING_SUPPLEMENT, received=True)
    foreseen = foreseeing.outlook(again(dossier), row, brought)
    assert foreseen.restarts == restarts
    assert foreseen.due_at
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=brought)
    assert due_on(dossier) == legal_date(foreseen.due_at)
    # Anew by the calendar in force: 11, 12, the Saturday made up, 15, 16. Else by the calendar of
    # the receipt, under which the 10th worked: 2, 3, 4, 10, 11.
    assert due_on(dossier) == (date(2021, 3, 16) if restarts else date(2021, 3, 11))


def test_a_request_in_time_keeps_its_restart_though_the_calendar_changes() -> None:
    dossier = asked(MONDAY + 3 * DAY, procedure_code="C-HT-12")  # due that day, Thursday
    assert dossier.pauses[0].restarts
    entered(date(2021, 3, 7), DayKind.MAKE_UP_WORKING_DAY, MONDAY + 4 * DAY)
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 4 * DAY)
    # three working days from Friday: Sunday by decree, Monday, Tuesday
    assert due_on(dossier) == date(2021, 3, 9)


def test_a_result_opened_anew_leaves_a_day_declared_off_while_it_stood() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due Monday, 8 March
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    entered(date(2021, 3, 8), DayKind.PUBLIC_HOLIDAY, MONDAY + 2 * DAY)
    assert due_on(dossier) == date(2021, 3, 8), "a closed dossier does not move"
    row = transition(Verb.CORRECT, State.RESOLVED, received=True)
    foreseen = foreseeing.outlook(again(dossier), row, MONDAY + 3 * DAY)
    done(dossier, "correct", by=COMMUNE_LEADER, at=MONDAY + 3 * DAY, reason="Sai tên")
    fresh = again(dossier)
    assert due_on(fresh) == date(2021, 3, 9)
    assert fresh.due_at
    assert foreseen.due_at == fresh.due_at
    explained = explaining.explained(fresh, MONDAY + 3 * DAY)
    assert explained
    assert explained.lines[-1].date == date(2021, 3, 9)
    assert fresh.history[-1].details["due_at"] == fresh.due_at.isoformat()

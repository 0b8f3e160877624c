"""A day declared off after receipts were issued: which dates move, and which stay."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import moving as actions
from onestop.dossiers.models import Dossier, DueMove, Entry
from onestop.dossiers.queries import explaining, moving
from onestop.dossiers.queries.moving import Move
from onestop.dossiers.rules.states import Verb
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies.rules import Figures, Period
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    FIVE_DAYS,
    MONDAY,
    again,
    done,
    in_progress,
    received,
    submitted,
)

pytestmark = pytest.mark.usefixtures("app")
DUE_DAY = date(2021, 3, 8)
BASIS = "Công văn 01/CV ngày 02/3/2021"


def declared_off(
    *days: date,
    at: datetime = MONDAY + DAY,
    kind: DayKind = DayKind.PUBLIC_HOLIDAY,
    replacing: bool = False,
) -> list[Move]:
    rows = [declared_day(day, kind, BASIS, "Ngày nghỉ") for day in days or (DUE_DAY,)]
    with transaction():
        return actions.declare(rows, basis=BASIS, by=Operator(), at=at, replacing=replacing)


def due_on(dossier: Dossier) -> date:
    found = again(dossier).due_at
    assert found is not None
    return legal_date(found)


def figures(day: date) -> Figures:
    period = Period(date(2021, 3, 1), day)
    return periods.rates(Wanted(period), at=MONDAY + 60 * DAY).total


def test_a_date_that_falls_on_the_new_day_off_goes_to_the_next_working_day() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    (move,) = declared_off()
    assert (move.code, legal_date(move.from_at), legal_date(move.to_at)) == (
        dossier.code,
        DUE_DAY,
        date(2021, 3, 9),
    )
    fresh = again(dossier)
    assert fresh.legal_due_at == fresh.due_at == move.to_at
    assert fresh.first_due_at == move.from_at, "what the receipt said stays on record"
    assert fresh.overdue_from is not None
    assert local(fresh.overdue_from).isoformat() == "2021-03-10T00:00:00+07:00"


def test_a_move_has_a_line_of_history_with_its_reason_and_ends_the_explanation() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    declared_off()
    line = db.session.scalars(select(Entry).order_by(Entry.seq.desc())).first()
    assert line is not None
    assert (line.verb, line.from_state, line.reason) == (Verb.MOVE_DATE, line.to_state, BASIS)
    explained = explaining.explained(again(dossier), MONDAY + DAY)
    assert explained is not None
    assert explained.lines[-1].date == due_on(dossier)
    assert explained.lines[-1].kind.value == "moved"


def test_a_dossier_whose_period_merely_contains_the_day_keeps_its_printed_date() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    assert declared_off(date(2021, 3, 4)) == []
    assert due_on(dossier) == DUE_DAY


def test_what_a_desk_has_to_check_is_not_due_on_a_day_off() -> None:
    waits = submitted(at=MONDAY + 4 * DAY)  # Friday at nine: until Monday at nine
    elsewhere = submitted(at=MONDAY + DAY)  # due on Wednesday, and late
    was = again(waits).intake_due_at
    assert was
    assert legal_date(was) == DUE_DAY
    (move,) = declared_off(DUE_DAY, date(2021, 3, 3), at=MONDAY + 4 * DAY)
    fresh = again(waits)
    assert (move.code, move.from_at, move.to_at) == (waits.code, was, was + DAY)
    assert fresh.intake_due_at == was + DAY, "at the same time of the next working day"
    line = fresh.history[-1]
    assert line.verb == Verb.MOVE_CHECK, "a submission has no appointment that could move"
    assert "due_at" not in line.details
    late_at = again(elsewhere).intake_due_at
    assert late_at
    assert legal_date(late_at) == date(2021, 3, 3)
    assert counters.differences() == []


def test_two_days_off_in_a_row_move_a_date_once_past_both() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    assert len(declared_off(DUE_DAY, date(2021, 3, 9))) == 1
    assert due_on(dossier) == date(2021, 3, 10)


def test_a_date_can_move_again_for_a_later_decision() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    declared_off()
    declared_off(date(2021, 3, 9))
    assert due_on(dossier) == date(2021, 3, 10)
    assert db.session.query(DueMove).count() == 2
    explained = explaining.explained(again(dossier), MONDAY + DAY)
    assert explained is not None
    assert explained.lines[-1].date == date(2021, 3, 10)


def test_closed_dossiers_never_move() -> None:
    resolved = in_progress(procedure_code=FIVE_DAYS)
    done(resolved, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    withdrawn = in_progress(procedure_code=FIVE_DAYS)
    done(withdrawn, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY, reason=None)
    done(withdrawn, "confirm_withdrawal", by=COMMUNE_LEADER, at=MONDAY)
    assert declared_off() == []
    assert due_on(resolved) == DUE_DAY


def test_a_date_already_past_does_not_move_and_the_day_itself_still_does() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    midnight = MONDAY + 7 * DAY + timedelta(hours=15)
    assert declared_off(at=midnight) == []
    assert due_on(dossier) == DUE_DAY
    earlier = received(procedure_code=FIVE_DAYS, at=MONDAY + DAY)
    on_the_day = MONDAY + 9 * DAY
    assert [move.code for move in declared_off(date(2021, 3, 10), at=on_the_day)] == [earlier.code]


def test_while_a_pause_runs_nothing_moves_and_the_resume_counts_again() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    asked = MONDAY + 4 * DAY
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=asked, reason="Thiếu")
    assert declared_off(at=asked) == []
    assert due_on(dossier) == DUE_DAY
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=asked + timedelta(hours=1))
    assert due_on(dossier) == date(2021, 3, 9), "the last day is off under the calendar in force"


def test_a_make_up_saturday_moves_nothing_but_counts_from_then_on() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    assert declared_off(date(2021, 3, 6), kind=DayKind.MAKE_UP_WORKING_DAY) == []
    assert due_on(dossier) == DUE_DAY
    later = received(procedure_code=FIVE_DAYS, at=MONDAY + DAY)
    assert due_on(later) == DUE_DAY, "3, 4, 5, make-up Saturday 6, 8"


def test_a_make_up_saturday_taken_back_moves_what_was_due_on_it() -> None:
    declared_off(date(2021, 3, 6), kind=DayKind.MAKE_UP_WORKING_DAY, at=MONDAY - 5 * DAY)
    dossier = received(procedure_code=FIVE_DAYS)
    assert due_on(dossier) == date(2021, 3, 6)
    declared_off(date(2021, 3, 6), replacing=True)
    assert due_on(dossier) == DUE_DAY


def test_the_counters_book_lateness_on_the_moved_day() -> None:
    in_progress(procedure_code=FIVE_DAYS)
    assert figures(date(2021, 3, 9)).open_overdue == 1
    declared_off()
    assert figures(date(2021, 3, 9)).open_overdue == 0
    assert figures(date(2021, 3, 10)).open_overdue == 1
    assert counters.differences() == []


def test_what_is_foreseen_is_what_then_happens() -> None:
    in_progress(procedure_code=FIVE_DAYS)
    received(procedure_code=FIVE_DAYS, at=MONDAY + DAY)
    received(by=DISTRICT_CLERK, procedure_code="D-DD-03")
    days = (DUE_DAY, date(2021, 3, 9))
    rows = [declared_day(day, DayKind.PUBLIC_HOLIDAY, BASIS) for day in days]
    foreseen = moving.foreseen(rows, MONDAY + DAY)
    assert len(foreseen) >= 2
    assert declared_off(*days) == foreseen


def test_a_new_version_of_the_calendar_leaves_the_old_one_as_it_was() -> None:
    before = deadlines.current_version()
    declared_off()
    assert deadlines.calendar(before).works_on(DUE_DAY)
    assert not deadlines.calendar().works_on(DUE_DAY)

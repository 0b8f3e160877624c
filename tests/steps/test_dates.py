"""Days off, days to work on and closures: what they do to the own date of a running step."""

from datetime import date, time

import pytest

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import closing as closing_actions
from onestop.dossiers.actions import moving as actions
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import closing, moving
from onestop.dossiers.queries.moving import Move
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import Verb
from tests.dossiers.given import COMMUNE_OFFICER, DAY, FIVE_DAYS, MONDAY, done, in_progress
from tests.steps.given import COMMUNE_THEN_DEPARTMENT, WELFARE, moved, trail_of

pytestmark = pytest.mark.usefixtures("app")
TUESDAY, THURSDAY, SATURDAY = date(2021, 3, 2), date(2021, 3, 4), date(2021, 3, 6)
FRIDAY, MONDAY_AFTER = date(2021, 3, 5), date(2021, 3, 8)
BASIS = "Công văn 01/CV"


def entered(day: date, kind: DayKind = DayKind.PUBLIC_HOLIDAY) -> list[Move]:
    """Enter a day into the calendar, and see that what was foreseen is what was done."""
    rows = [
        declared_day(day, kind, BASIS, "Ngày nghỉ" if kind != DayKind.MAKE_UP_WORKING_DAY else None)
    ]
    foreseen = moving.foreseen(rows, MONDAY)
    with transaction():
        done_ = actions.declare(rows, basis=BASIS, by=Operator(), at=MONDAY)
    assert [one.to_at for one in foreseen] == [one.to_at for one in done_]
    return done_


def due_on(dossier: Dossier, seq: int = 1) -> date:
    found = trail_of(dossier, MONDAY).lines[seq - 1].due_at
    assert found is not None
    return legal_date(found)


def test_a_day_off_within_a_step_moves_its_date_and_not_what_was_promised() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    promised = dossier.due_at
    assert due_on(dossier) == THURSDAY, "three days from Monday"
    (move,) = entered(TUESDAY)
    assert (move.code, move.step, legal_date(move.to_at)) == (dossier.code, 1, FRIDAY)
    assert due_on(dossier) == FRIDAY
    assert db.session.get_one(Dossier, dossier.id).due_at == promised
    line = db.session.query(Entry).order_by(Entry.id.desc()).first()
    assert line is not None
    assert (line.verb, line.reason) == (Verb.MOVE_STEP, BASIS)
    assert line.details["step_due_at"] == move.to_at.isoformat()


def test_dossier_and_step_move_together_when_the_day_is_the_date_of_both() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    assert dossier.due_at is not None
    last = legal_date(dossier.due_at)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=MONDAY + 3 * DAY, agency=WELFARE)
    assert due_on(dossier, 2) == last, "the second step ends with the dossier"
    assert [one.step for one in entered(last)] == [None, 2]
    assert due_on(dossier, 2) > last
    assert due_on(dossier) == THURSDAY, "what has ended keeps its date"


def test_a_day_to_work_on_brings_the_date_of_a_step_nearer() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT, at=MONDAY + 2 * DAY)
    assert due_on(dossier) == MONDAY_AFTER
    assert [one.step for one in entered(SATURDAY, DayKind.MAKE_UP_WORKING_DAY)] == [1]
    assert due_on(dossier) == SATURDAY


def test_a_step_that_is_the_whole_limit_goes_by_its_dossier() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    assert entered(TUESDAY) == []
    assert [one.step for one in entered(MONDAY_AFTER)] == [None]
    assert due_on(dossier) > MONDAY_AFTER


def test_the_step_of_a_dossier_that_stands_still_is_counted_when_it_goes_on() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY, **said)
    assert entered(TUESDAY) == []
    done(dossier, "note_payment", by=COMMUNE_OFFICER, at=MONDAY + DAY / 100)
    assert due_on(dossier) == FRIDAY


def test_what_is_late_already_keeps_its_date() -> None:
    in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    rows = [declared_day(TUESDAY, DayKind.PUBLIC_HOLIDAY, BASIS, "Ngày nghỉ")]
    assert len(moving.foreseen(rows, MONDAY)) == 1
    assert moving.foreseen(rows, MONDAY + 5 * DAY) == []


def test_a_closure_shows_what_it_does_to_the_date_of_a_step() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    begins, ends = at_local(TUESDAY, time()), at_local(THURSDAY, time())
    closure = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), begins, ends)
    step = next(one for one in closing.foreseen(closure, ends) if one.step)
    assert step.due_at is not None
    assert step.then is not None
    assert (step.code, step.step) == (dossier.code, 1)
    assert (legal_date(step.due_at), legal_date(step.then)) == (THURSDAY, MONDAY_AFTER)
    endless = Closure("QĐ 2", closure.agency_ids, begins)
    assert [one.then for one in closing.foreseen(endless, ends)] == [None, None]
    too_late = Closure("QĐ 3", closure.agency_ids, at_local(FRIDAY, time()))
    told = closing.foreseen(too_late, too_late.begins_at)
    assert [one.then for one in told] == [step.due_at, None], "late before"


def test_an_opening_shows_what_becomes_of_the_date_of_a_step() -> None:
    dossier = in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    begins, ends = at_local(TUESDAY, time()), at_local(THURSDAY, time())
    with transaction():
        closure = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), begins)
        closing_actions.close(closure, by=Operator(), at=begins)
    shown = {one.step: one.then for one in closing.foreseen_opening("QĐ 1", ends)}
    with transaction():
        closing_actions.reopen("QĐ 1", ends_at=ends, by=Operator(), at=ends)
    fresh = db.session.get_one(Dossier, dossier.id)
    assert shown[None] == fresh.due_at
    assert legal_date(shown[1]) == due_on(fresh) == MONDAY_AFTER

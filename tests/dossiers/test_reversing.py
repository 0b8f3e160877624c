"""A slip taken back at once: every fact as before, and two lines of history more."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import update

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import intake, moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.states import State, Verb
from onestop.letters.queries.listing import papers
from onestop.letters.rules import Paper
from onestop.reporting.queries import counters
from onestop.tallies import queries as tallies
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period, figures, total
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    desk,
    done,
    handed_in,
    in_progress,
    received,
    staff,
    submitted,
)
from tests.letters.given import issued

pytestmark = pytest.mark.usefixtures("app")
NINE_MINUTES: Final = timedelta(minutes=9)
FEE: Final = {"amount_vnd": 250_000, "notice": "12/TB-CCT"}
WHY: Final = {"reason": "Có lý do"}
REFUSED: Final = {**WHY, "grounds": GROUNDS}
TAKEN: Final = {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"}
SORRY: Final = {**WHY, "cause": "system", "new_on": (MONDAY + 11 * DAY).date()}
CLERK, OFFICER, LEADER = COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER
Act = tuple[str, str, dict[str, Any]]
ASKED: Final[Act] = ("ask_for_supplement", OFFICER, WHY)
PAY: Final[Act] = ("ask_for_payment", CLERK, FEE)
RUE: Final[Act] = ("ask_for_withdrawal", CLERK, WHY)
OVER: Final[Act] = ("hand_over", CLERK, {})
READY: Final[Act] = ("resolve", OFFICER, {})
SLIPS: Final[list[list[Act]]] = [
    [OVER],
    [("settle", CLERK, {})],
    [OVER, ASKED],
    [OVER, ASKED, ("note_supplement", CLERK, {})],
    [OVER, ASKED, RUE],
    [OVER, ASKED, RUE, ("take_back_withdrawal", CLERK, {})],
    [OVER, READY],
    [OVER, ("refuse", OFFICER, REFUSED)],
    [OVER, READY, ("return_result", CLERK, TAKEN)],
    [OVER, READY, ("correct", LEADER, WHY)],
    [PAY],
    [PAY, ("note_payment", CLERK, {})],
    [OVER, PAY, ("resolve", OFFICER, {})],
    [RUE, ("confirm_withdrawal", LEADER, {})],
    [("stop", LEADER, WHY)],
    [("apologise", LEADER, SORRY)],
]


def facts(dossier: Dossier) -> tuple[Any, ...]:
    db.session.rollback()
    db.session.expire_all()
    fresh = db.session.get_one(Dossier, dossier.id)
    columns = [one.name for one in Dossier.__table__.columns]
    return (
        {name: getattr(fresh, name) for name in columns if name not in {"version", "slip"}},
        [(one.id, one.begins_at, one.ends_at, one.restarts) for one in fresh.pauses],
        [(one.id, one.superseded) for one in fresh.moves],
    )


def refused(dossier: Dossier, by: str, *, why: str, later: timedelta = NINE_MINUTES) -> None:
    before = facts(dossier)
    with pytest.raises(Refusal, match=why):
        done(dossier, "reverse", by=by, at=MONDAY + later)
    assert facts(dossier) == before


@pytest.mark.parametrize("acts", SLIPS, ids=lambda acts: "-".join(one[0] for one in acts))
def test_all_stands_again_as_before_the_slip(acts: list[Act]) -> None:
    code = CERTIFIED_COPY if acts[0][0] == "settle" else FIVE_DAYS
    dossier = received(procedure_code=code)
    at = MONDAY
    before = facts(dossier)
    for verb, by, said in acts:
        before, at = facts(dossier), at + 2 * DAY
        done(dossier, verb, by=by, at=at, **said)
    assert facts(dossier) != before
    done(dossier, "reverse", by=acts[-1][1], at=at + NINE_MINUTES)
    assert facts(dossier) == before
    lines = db.session.get_one(Dossier, dossier.id).history
    assert [one.verb for one in lines[-2:]][1] == Verb.REVERSE
    assert lines[-1].details["of"] == lines[-2].seq
    assert (lines[-1].from_state, lines[-1].to_state) == (
        lines[-2].to_state,
        lines[-2].from_state,
    )
    assert counters.differences() == []
    done(dossier, acts[-1][0], by=acts[-1][1], at=at + 2 * NINE_MINUTES, **acts[-1][2])


def test_a_date_declared_off_while_the_slip_stood_moves_when_the_clock_runs_again() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due Monday, 8 March
    done(dossier, "resolve", by=OFFICER, at=MONDAY)
    declared_off(date(2021, 3, 8), MONDAY + NINE_MINUTES / 2)
    done(dossier, "reverse", by=OFFICER, at=MONDAY + NINE_MINUTES)
    due_at = db.session.get_one(Dossier, dossier.id).due_at
    assert due_at
    assert legal_date(due_at) == date(2021, 3, 9)
    assert counters.differences() == []


def receipts() -> int:
    day = legal_date(MONDAY)
    rows = tallies.coarse(Period(day, day), Asked(), (), monthly=False)
    before = total(row.sums for row in rows if row.month is None)
    during = total(row.sums for row in rows if row.month is not None)
    return figures(before, during).received


def test_a_receipt_taken_back_leaves_its_day_and_waits_to_be_checked() -> None:
    dossier = received()
    assert receipts() == 1
    done(dossier, "reverse", by=CLERK, at=MONDAY + NINE_MINUTES)
    assert receipts() == 0
    assert counters.differences() == []
    again = db.session.get_one(Dossier, dossier.id)
    assert (again.state, again.received_at, again.due_at) == (State.SUBMITTED, None, None)
    assert again.intake_due_at is not None
    done(dossier, "accept", by=CLERK, at=MONDAY + 2 * NINE_MINUTES, papers=frozenset({0}))
    assert db.session.get_one(Dossier, dossier.id).code == dossier.code
    assert receipts() == 1
    assert counters.differences() == []


@pytest.mark.parametrize("turn", [partial(intake.decline, grounds=GROUNDS), intake.send_back])
def test_who_was_turned_away_by_mistake_waits_to_be_checked(turn: Any) -> None:
    clerk = staff(CLERK)
    with transaction():
        dossier = turn(handed_in(), reason="Thiếu tờ khai", desk=desk(clerk), by=clerk, at=MONDAY)
    done(dossier, "reverse", by=CLERK, at=MONDAY + NINE_MINUTES)
    again = db.session.get_one(Dossier, dossier.id)
    assert (again.state, again.not_accepted_at) == (State.SUBMITTED, None)
    assert counters.differences() == []


def test_an_acceptance_taken_back_leaves_the_time_to_check_as_it_was() -> None:
    dossier = submitted()
    before = facts(dossier)
    done(dossier, "accept", by=CLERK, at=MONDAY, papers=frozenset())
    done(dossier, "reverse", by=CLERK, at=MONDAY + NINE_MINUTES)
    assert facts(dossier)[0]["intake_due_at"] == before[0]["intake_due_at"]
    assert facts(dossier)[0]["state"] == State.SUBMITTED


def declared_off(day: date, at: datetime) -> None:
    row = declared_day(day, DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ đột xuất")
    with transaction():
        moving.declare([row], basis="Công văn thử", by=Operator(), at=at)


@pytest.mark.parametrize("off", [MONDAY, MONDAY + DAY], ids=["of submission", "of the check"])
@pytest.mark.parametrize("known", [MONDAY, MONDAY + NINE_MINUTES / 2], ids=["before", "meanwhile"])
def test_the_time_to_check_is_that_of_what_was_never_accepted(
    off: datetime, known: datetime
) -> None:
    dossier, other = (submitted(at=MONDAY) for _ in range(2))  # until Tuesday, nine o'clock
    if known == MONDAY:
        declared_off(legal_date(off), known)
    done(dossier, "accept", by=CLERK, at=MONDAY, papers=frozenset())
    if known > MONDAY:
        declared_off(legal_date(off), known)
    done(dossier, "reverse", by=CLERK, at=MONDAY + NINE_MINUTES)
    assert facts(dossier)[0]["intake_due_at"] == facts(other)[0]["intake_due_at"]


def test_ten_minutes_and_no_more() -> None:
    dossier = in_progress()
    refused(dossier, CLERK, why="trong 10 phút", later=timedelta(minutes=10, seconds=1))
    done(dossier, "reverse", by=CLERK, at=MONDAY + timedelta(minutes=10))


@pytest.mark.parametrize("who", [OFFICER, LEADER])
def test_nobody_takes_back_what_another_did(who: str) -> None:
    refused(in_progress(), who, why="Chỉ người vừa ghi")


def test_nothing_is_taken_back_once_something_came_after_it() -> None:
    dossier = in_progress()
    done(dossier, "resolve", by=OFFICER, at=MONDAY)
    refused(dossier, CLERK, why="Chỉ người vừa ghi")


def test_nothing_is_taken_back_once_its_paper_was_issued() -> None:
    dossier = received()
    issued(dossier)
    refused(dossier, CLERK, why="không thể thu hồi")


def test_a_reversal_is_not_taken_back_itself_nor_what_lies_before_it() -> None:
    dossier = in_progress()
    done(dossier, "reverse", by=CLERK, at=MONDAY)
    refused(dossier, CLERK, why="không thể thu hồi")


def test_what_an_earlier_version_recorded_stays() -> None:
    dossier = in_progress()
    with transaction():
        db.session.execute(update(Dossier).values(slip=None))
    refused(dossier, CLERK, why="không thể thu hồi")


def test_what_an_applicant_did_is_not_taken_back() -> None:
    refused(submitted(), CLERK, why="không thể thu hồi")


def test_a_paper_of_a_slip_is_offered_no_more() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "refuse", by=OFFICER, at=MONDAY, **REFUSED)
    assert Paper.REFUSAL in {one.paper for one in papers(dossier)}
    done(dossier, "reverse", by=OFFICER, at=MONDAY)
    db.session.expire_all()
    assert Paper.REFUSAL not in {one.paper for one in papers(dossier)}

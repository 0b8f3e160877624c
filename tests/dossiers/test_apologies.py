"""The one re-appointment with an apology: what may be promised, and that nothing is made good."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, figures, reading
from onestop.dossiers.queries.figures import Figure
from onestop.dossiers.queries.foreseeing import reappointment
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period
from tests.dossiers.given import (
    CERTIFIED_COPY,
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
SAID: dict[str, Any] = {"cause": "other_agency", "reason": "Chờ công an xác minh nơi cư trú"}
DUE = date(2021, 3, 8)


def sorry(
    dossier: Dossier, new_on: date | None = date(2021, 3, 10), *, at: datetime = MONDAY + DAY,
    by: str = COMMUNE_LEADER, **said: Any
) -> Dossier:  # fmt: skip
    return done(dossier, "apologise", by=by, at=at, new_on=new_on, **(SAID | said))


def dates(dossier: Dossier) -> tuple[date, date]:
    """Return the promised date and the one that decides."""
    fresh = again(dossier)
    assert fresh.due_at
    assert fresh.legal_due_at
    return legal_date(fresh.due_at), legal_date(fresh.legal_due_at)


def test_the_promised_date_moves_and_the_law_s_own_does_not() -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    assert dates(dossier) == (date(2021, 3, 10), DUE)
    fresh = again(dossier)
    assert fresh.due_at
    assert f"{local(fresh.due_at):%H:%M}" == "17:00"
    assert fresh.state == State.IN_PROGRESS
    assert fresh.apology_cause == Cause.OTHER_AGENCY
    line = fresh.history[-1]
    assert line.details["cause"] == "other_agency"
    assert line.details["due_at"] == fresh.due_at.isoformat()
    assert "late_apology" not in line.details
    explained = explaining.explained(fresh, MONDAY + DAY)
    assert explained
    assert explained.decides_at == fresh.legal_due_at
    assert explained.lines[-1].date == DUE, "the days are counted to the date that decides"
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="thiếu")
    held = explaining.explained(again(dossier), MONDAY + DAY)
    assert held
    assert held.decides_at is None, "the limit begins anew: neither date decides"
    assert counters.differences() == []


@pytest.mark.parametrize(
    ("finished", "expected", "why"),
    [
        (MONDAY + 7 * DAY, Timeliness.ON_TIME, "on the first date"),
        (MONDAY + 8 * DAY, Timeliness.OVERDUE, "before the second date, after the first"),
    ],
)
def test_an_apology_does_not_make_late_work_punctual(
    finished: datetime, expected: Timeliness, why: str
) -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=finished)
    assert timeliness(reading.facts(again(dossier)), finished) == expected, why
    assert counters.differences() == []


def test_only_one_apology() -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    with pytest.raises(Refusal, match="một lần"):
        sorry(dossier, date(2021, 3, 11), at=MONDAY + 2 * DAY, override=True)
    assert dates(dossier) == (date(2021, 3, 10), DUE)


@pytest.mark.parametrize(
    ("new_on", "override", "field", "why"),
    [
        (None, False, "new_on", "no date"),
        (DUE, False, "new_on", "the old date itself"),
        (date(2021, 3, 13), False, "new_on", "a Saturday"),
        (date(2021, 3, 16), False, "new_on", "more than five working days after the old one"),
        (date(2021, 3, 14), True, "new_on", "a leader makes no Sunday a working day"),
        (date(9999, 12, 31), True, "new_on", "a slip of the pen"),
    ],
)
def test_a_date_that_may_not_be_promised_is_refused(
    new_on: date | None, override: bool, field: str, why: str
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    with pytest.raises(Refusal) as refused:
        sorry(dossier, new_on, override=override)
    assert refused.value.field == field, why
    assert dates(dossier) == (DUE, DUE)


def test_the_last_day_is_one_limit_away_and_a_leader_goes_further() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    found = reappointment(dossier, MONDAY)
    assert found
    assert (found.first, found.last) == (date(2021, 3, 9), date(2021, 3, 15))
    assert dates(sorry(dossier, date(2021, 3, 15)))[0] == date(2021, 3, 15)
    other = in_progress(procedure_code=FIVE_DAYS)
    assert dates(sorry(other, date(2021, 3, 16), override=True))[0] == date(2021, 3, 16)


def test_what_is_due_the_same_day_may_be_promised_for_the_next() -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    sorry(dossier, date(2021, 3, 2), at=MONDAY)
    assert dates(dossier) == (date(2021, 3, 2), date(2021, 3, 1))
    assert again(dossier).history[-1].details["late_apology"]


@pytest.mark.parametrize(
    ("at", "late", "why"),
    [
        (MONDAY + 4 * DAY, False, "Friday, the last working day before Monday"),
        (MONDAY + 5 * DAY, True, "Saturday: the last working day before has ended"),
        (MONDAY + 7 * DAY, True, "the day itself"),
        (MONDAY + 9 * DAY, True, "overdue already"),
    ],
)
def test_a_late_apology_is_taken_and_flagged(at: datetime, late: bool, why: str) -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS), date(2021, 3, 12), at=at)
    assert again(dossier).history[-1].details.get("late_apology", False) == late, why


def test_an_apology_promises_no_day_that_is_past() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    with pytest.raises(Refusal, match="sớm nhất là 2021-03-18"):
        sorry(dossier, date(2021, 3, 17), at=MONDAY + 16 * DAY)


@pytest.mark.parametrize(
    ("said", "field"),
    [({"cause": None}, "cause"), ({"cause": "weather"}, "cause"), ({"reason": None}, "reason")],
)
def test_an_apology_says_why(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        sorry(in_progress(procedure_code=FIVE_DAYS), **said)
    assert refused.value.field == field


@pytest.mark.parametrize("who", [COMMUNE_CLERK, COMMUNE_OFFICER])
def test_only_the_head_of_the_handling_office_signs(who: str) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    with pytest.raises(Refusal, match="không được phép"):
        sorry(dossier, by=who)


def test_while_papers_are_awaited_nothing_is_promised() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu")
    with pytest.raises(Refusal, match="Chờ bổ sung"):
        sorry(dossier, at=MONDAY + 2 * DAY)


@pytest.mark.parametrize(
    ("paid_on", "promised", "why"),
    [
        (4, date(2021, 3, 10), "the count comes to 9 March: the later promise stays"),
        (9, date(2021, 3, 12), "the count goes beyond the promise"),
    ],
)
def test_after_a_pause_the_later_of_the_two_dates_is_promised(
    paid_on: int, promised: date, why: str
) -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + 3 * DAY, **said)
    done(dossier, "note_payment", by=COMMUNE_CLERK, at=MONDAY + paid_on * DAY)
    due, legal = dates(dossier)
    assert due == promised, why
    assert due == max(legal, date(2021, 3, 10))


@pytest.mark.parametrize(
    ("off", "expected", "why"),
    [
        (date(2021, 3, 8), (date(2021, 3, 10), date(2021, 3, 9)), "the first moves alone"),
        (date(2021, 3, 10), (date(2021, 3, 11), date(2021, 3, 8)), "the second moves alone"),
        (date(2021, 3, 9), (date(2021, 3, 10), date(2021, 3, 8)), "neither falls on it"),
    ],
)
def test_a_day_declared_off_moves_each_date_that_falls_on_it(
    off: date, expected: tuple[date, date], why: str
) -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    row = declared_day(off, DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ")
    with transaction():
        moving.declare([row], basis="Công văn thử", by=Operator(), at=MONDAY + 2 * DAY)
    assert dates(dossier) == expected, why
    assert counters.differences() == []


def test_a_promise_on_a_day_declared_off_during_a_pause_moves_when_the_clock_runs_again() -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    said = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY, **said)
    row = declared_day(date(2021, 3, 10), DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ")
    with transaction():
        moving.declare([row], basis="Công văn thử", by=Operator(), at=MONDAY + 2 * DAY)
    assert dates(dossier)[0] == date(2021, 3, 10), "while a pause runs nothing moves"
    done(dossier, "note_payment", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY + timedelta(hours=1))
    assert dates(dossier) == (date(2021, 3, 11), DUE)
    assert again(dossier).reappointed_at == again(dossier).due_at


def test_a_limit_in_hours_keeps_its_clock_time() -> None:
    dossier = in_progress(procedure_code="C-BT-15")
    assert dossier.due_at
    first = local(dossier.due_at)
    sorry(dossier, date(2021, 3, 3), at=MONDAY)
    due_at = again(dossier).due_at
    assert due_at
    assert local(due_at) == first.replace(day=3)
    assert due_at.tzinfo == UTC or due_at.utcoffset() == timedelta()


EIGHT_HOURS = "C-BT-15"
MARCH = Period(date(2021, 3, 1), date(2021, 3, 31))


def kept() -> tuple[int, int]:
    """Return how many dossiers resolved in March had been promised anew, and how many kept it.

    The counters, and the lists that the numbers lead to.
    """
    at = MONDAY + 60 * DAY
    told = periods.rates(Wanted(MARCH), at=at).total
    lists = []
    for name in ("reappointed", "reappointed_kept"):
        behind = figures.condition(Figure(name, MARCH, Asked(), at))
        lists.append(len(db.session.scalars(select(Dossier).where(behind)).all()))
    assert lists == [told.reappointed, told.reappointed_kept]
    assert counters.differences() == []
    return told.reappointed, told.reappointed_kept


@pytest.mark.parametrize(
    ("finished", "expected", "why"),
    [
        (None, (0, 0), "what is open has kept and broken nothing yet"),
        (MONDAY + 2 * DAY, (1, 1), "even before the first date"),
        (MONDAY + 9 * DAY + timedelta(hours=14), (1, 1), "in the last hour of the new date"),
        (MONDAY + 9 * DAY + timedelta(hours=15), (1, 0), "the midnight after it"),
    ],
)
def test_a_promise_is_kept_to_the_end_of_its_day(
    finished: datetime | None, expected: tuple[int, int], why: str
) -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    without = in_progress(procedure_code=FIVE_DAYS)
    done(without, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 20 * DAY)
    assert periods.rates(Wanted(MARCH), at=MONDAY).total.reappointed_kept_rate.percent is None
    if finished:
        done(dossier, "resolve", by=COMMUNE_OFFICER, at=finished)
    assert kept() == expected, why


@pytest.mark.parametrize(("seconds", "expected"), [(59, (1, 1)), (60, (1, 0))])
def test_a_promise_of_hours_is_kept_to_its_minute(seconds: int, expected: tuple[int, int]) -> None:
    dossier = sorry(in_progress(procedure_code=EIGHT_HOURS), date(2021, 3, 3), at=MONDAY)
    due_at = again(dossier).due_at
    assert due_at
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=due_at + timedelta(seconds=seconds))
    assert kept() == expected


def test_what_is_opened_again_or_taken_back_leaves_the_figure() -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 9 * DAY)
    assert kept() == (1, 1)
    done(dossier, "correct", by=COMMUNE_LEADER, at=MONDAY + 9 * DAY, reason="Sai tên")
    assert kept() == (0, 0)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 10 * DAY)
    assert kept() == (1, 0)
    other = sorry(in_progress(procedure_code=FIVE_DAYS), at=MONDAY + 7 * DAY)
    done(other, "reverse", by=COMMUNE_LEADER, at=MONDAY + 7 * DAY)
    fresh = again(other)
    assert (fresh.broken_from, fresh.apologised_at, fresh.late_apology) == (None, None, False)
    done(other, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 7 * DAY)
    assert kept() == (1, 0)


def test_a_promise_that_a_new_day_off_moves_is_kept_on_its_new_day() -> None:
    dossier = sorry(in_progress(procedure_code=FIVE_DAYS))
    row = declared_day(date(2021, 3, 10), DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ")
    with transaction():
        moving.declare([row], basis="Công văn thử", by=Operator(), at=MONDAY + 2 * DAY)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 10 * DAY)
    assert kept() == (1, 1)

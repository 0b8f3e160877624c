"""A limit that counts from the end of the hours for checking what came in online (rules.md 4.3)."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel, OnlineStart
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import closing, moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, figures, reading
from onestop.dossiers.queries.closing import foreseen_opening
from onestop.dossiers.queries.figures import Figure
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period
from tests.catalogue import given as catalogue
from tests.conftest import Prepared
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    MARITAL_STATUS,
    MONDAY,
    counted_again,
    done,
    life,
    received,
    staff,
    submitted,
    taken_in,
)
from tests.exchange.offices import brought_in, exported
from tests.installing import begin

pytestmark = pytest.mark.on_both_databases
TUESDAY: Final = MONDAY + DAY  # at nine: eight working hours after Monday at nine
MINUTE: Final = timedelta(minutes=1)
FRIDAY: Final = date(2021, 3, 5)
"""Three working days from Tuesday 2 March 2021."""
LATE: Final = MONDAY + 8 * DAY
ORDER: Final = "QĐ 1"


def law_changes(from_day: date = date(2021, 1, 4), limit: str = "3wd") -> None:
    start, wanted = OnlineStart.INTAKE_DEADLINE, Limit.parse(limit)
    catalogue.changed(MARITAL_STATUS, from_day, online_clock_start=start, limit=wanted)


@pytest.fixture
def law(app: Flask) -> None:
    with app.app_context():
        law_changes()


def accepted(at: datetime, *, came: datetime = MONDAY) -> Dossier:
    return accept(submitted(at=came), at)


def accept(dossier: Dossier, at: datetime) -> Dossier:
    return counted_again(done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset()))


def due(dossier: Dossier) -> date:
    assert dossier.due_at
    return legal_date(dossier.due_at)


def closed(first: int, last: int | None, *, at: datetime) -> None:
    """Close the commune from one day of March 2021 to the end of another."""
    begins_at = at_local(date(2021, 3, first), time())
    ends_at = at_local(date(2021, 3, last + 1), time()) if last else None
    ids = frozenset({staff(COMMUNE_CLERK).agency_id})
    with transaction():
        closing.close(Closure(ORDER, ids, begins_at, ends_at), by=Operator(), at=at)


def opened(on: int, *, at: datetime) -> None:
    with transaction():
        closing.reopen(ORDER, ends_at=at_local(date(2021, 3, on), time()), by=Operator(), at=at)


def stocks(day: date, at: datetime) -> dict[str, int]:
    """Return what the counters have at the end of a day; the rows behind them are as many."""
    period = Period(day, day)
    total = periods.rates(Wanted(period), at=at).total
    found = {name: getattr(total, name) for name in ("open", "open_overdue", "paused")}
    for name, number in found.items():
        condition = figures.condition(Figure(name, period, Asked(), at))
        assert len(db.session.scalars(select(Dossier.id).where(condition)).all()) == number
    return found


@pytest.mark.usefixtures("law")
@pytest.mark.parametrize(
    ("at", "counts_from", "due_on", "why"),
    [
        (MONDAY + timedelta(hours=1), None, date(2021, 3, 4), "checked at once"),
        (TUESDAY + timedelta(seconds=59), None, FRIDAY, "the due minute itself is in time"),
        (TUESDAY + MINUTE, TUESDAY, FRIDAY, "the minute after it is not"),
        (MONDAY + 3 * DAY, TUESDAY, FRIDAY, "two days late"),
        (LATE, TUESDAY, FRIDAY, "too late for the limit itself"),
    ],
)
def test_the_limit_counts_from_the_earlier_of_acceptance_and_the_end_of_the_hours(
    at: datetime, counts_from: datetime | None, due_on: date, why: str
) -> None:
    dossier = accepted(at)
    assert (dossier.received_at, dossier.counts_from, due(dossier)) == (at, counts_from, due_on), (
        why
    )
    assert dossier.first_due_at == dossier.due_at == explaining.counted(dossier).due_at


@pytest.mark.usefixtures("app")
def test_only_the_law_of_the_day_of_acceptance_has_it_so() -> None:
    before = accepted(MONDAY + 3 * DAY)
    assert (before.counts_from, due(before)) == (None, date(2021, 3, 9))
    law_changes(date(2021, 3, 8))
    assert due(counted_again(before)) == date(2021, 3, 9)
    assert accepted(LATE).counts_from == TUESDAY
    assert accepted(MONDAY + 3 * DAY).counts_from is None


@pytest.mark.usefixtures("law")
def test_what_was_handed_in_or_posted_counts_from_its_receipt() -> None:
    posted = received(at=LATE, channel=Channel.POSTAL, delivered_at=MONDAY)
    assert posted.counts_from is None
    assert received(at=LATE).counts_from is None


@pytest.mark.usefixtures("law")
def test_the_time_of_a_check_before_a_completion_is_not_counted() -> None:
    dossier = submitted()
    done(dossier, "ask_for_completion", by=COMMUNE_CLERK, at=LATE, reason="Thiếu")
    done(dossier, "bring_completion", by=COMMUNE_CLERK, at=LATE + DAY)
    found = accept(dossier, LATE + DAY)
    assert (found.late_intake, found.counts_from, due(found)) == (True, None, date(2021, 3, 15))
    other = submitted()
    done(other, "ask_for_completion", by=COMMUNE_CLERK, at=MONDAY, reason="Thiếu")
    done(other, "bring_completion", by=COMMUNE_CLERK, at=LATE)
    assert accept(other, LATE + 3 * DAY).counts_from == LATE + DAY, (
        "eight hours after it came again"
    )


@pytest.mark.parametrize(
    ("limit", "came", "due_at"),
    [
        ("0d", MONDAY + timedelta(hours=5), at_local(date(2021, 3, 2), time(17))),
        ("0d", MONDAY + timedelta(hours=7), at_local(date(2021, 3, 3), time(17))),
        ("8wh", MONDAY, at_local(date(2021, 3, 3), time(9))),
        ("5d", MONDAY, at_local(date(2021, 3, 8), time(17))),
    ],
)
@pytest.mark.usefixtures("app")
def test_cutoff_and_hours_go_by_the_moment_at_which_the_check_ended(
    limit: str, came: datetime, due_at: datetime
) -> None:
    law_changes(limit=limit)
    dossier = accepted(LATE, came=came)
    assert dossier.due_at == due_at
    explained = explaining.explained(dossier, LATE)
    assert explained
    assert "8 giờ kiểm tra hồ sơ trực tuyến" in explained.lines[0].reason
    assert explained.lines[-1].date == legal_date(due_at)


@pytest.mark.usefixtures("law")
def test_what_is_overdue_when_it_is_accepted_is_so_from_that_day_on() -> None:
    dossier = accepted(LATE)
    assert timeliness(reading.facts(dossier), LATE) == Timeliness.OPEN_OVERDUE
    assert stocks(date(2021, 3, 8), LATE) == {"open": 0, "open_overdue": 0, "paused": 0}
    assert stocks(date(2021, 3, 9), LATE) == {"open": 1, "open_overdue": 1, "paused": 0}
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=LATE)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=LATE + MINUTE)
    found = periods.rates(Wanted(Period(FRIDAY, LATE.date())), at=LATE + DAY).total
    assert (found.received, found.overdue, found.open_overdue) == (1, 1, 0)
    assert counted_again(dossier).finished_at


@pytest.mark.usefixtures("law")
def test_a_supplement_asked_for_within_three_days_of_receipt_counts_anew() -> None:
    dossier = accepted(MONDAY + 3 * DAY)
    at = MONDAY + 4 * DAY
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=at)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=at + 3 * DAY)
    assert due(counted_again(dossier)) == date(2021, 3, 11), "from Monday 8 March"


@pytest.mark.usefixtures("law")
def test_a_receipt_taken_back_forgets_from_when_its_limit_counted() -> None:
    dossier = accepted(LATE)
    done(dossier, "reverse", by=COMMUNE_CLERK, at=LATE + MINUTE)
    found = counted_again(dossier)
    kept = (found.counts_from, found.received_at, found.due_at, found.overdue_from)
    assert (*kept, found.intake_due_at) == (None, None, None, None, TUESDAY)
    assert accept(dossier, LATE + 2 * MINUTE).counts_from == TUESDAY


@pytest.mark.usefixtures("law")
def test_no_hours_run_at_a_closed_office_and_no_days_of_the_limit() -> None:
    before, during = submitted(), submitted(at=TUESDAY)
    closed(3, None, at=MONDAY + 2 * DAY)
    late, in_time = (accept(one, MONDAY + 3 * DAY) for one in (before, during))
    assert (late.counts_from, late.first_due_at) == (TUESDAY, None)
    assert late.paused_since == at_local(date(2021, 3, 3), time()), "since it is closed"
    assert (in_time.counts_from, in_time.paused_since) == (None, MONDAY + 3 * DAY)
    assert stocks(date(2021, 3, 3), LATE)["paused"] == 0, "nothing was received yet"
    assert stocks(date(2021, 3, 4), LATE) == {"open": 2, "open_overdue": 0, "paused": 2}
    opened(9, at=LATE)
    assert due(counted_again(late)) == date(2021, 3, 11), "9, 10, 11 March"
    assert due(counted_again(in_time)) == date(2021, 3, 11)


@pytest.mark.parametrize(("limit", "due_at"), [("3wd", (11, 17)), ("40wh", (10, 9))])
@pytest.mark.usefixtures("app")
def test_an_opening_is_foretold_by_the_same_count(limit: str, due_at: tuple[int, int]) -> None:
    law_changes(limit=limit)
    first = 3 if limit == "3wd" else 9
    dossier = submitted()
    closed(first, None, at=LATE)
    found = accept(dossier, LATE + timedelta(hours=5))
    assert found.counts_from == TUESDAY
    day, hour = due_at
    then = at_local(date(2021, 3, day), time(hour))
    ends_on = 9 if limit == "3wd" else 10
    ends_at = at_local(date(2021, 3, ends_on), time())
    (held,) = foreseen_opening(ORDER, ends_at)
    opened(ends_on, at=LATE + 2 * DAY)
    assert (held.then, counted_again(dossier).due_at) == (then, then)


@pytest.mark.usefixtures("law")
def test_the_days_of_an_order_that_was_over_at_acceptance_are_left_out() -> None:
    dossier = submitted()
    closed(4, None, at=MONDAY + 3 * DAY)
    opened(8, at=MONDAY + 7 * DAY)
    found = accept(dossier, LATE)
    assert (found.counts_from, due(found)) == (TUESDAY, date(2021, 3, 9)), "3, 8, 9 March"
    assert found.first_due_at == found.due_at
    for day in (5, 8):
        assert stocks(date(2021, 3, day), LATE)["paused"] == 0, "nothing was received yet"
    assert stocks(date(2021, 3, 9), LATE) == {"open": 1, "open_overdue": 0, "paused": 0}
    done(dossier, "reverse", by=COMMUNE_CLERK, at=LATE + MINUTE)
    assert counted_again(dossier).pauses == []


@pytest.mark.usefixtures("law")
def test_an_order_that_is_entered_after_the_acceptance_leaves_the_same_days_out() -> None:
    dossier = accepted(LATE)
    closed(4, 7, at=LATE + DAY)
    assert due(counted_again(dossier)) == date(2021, 3, 9)
    assert stocks(date(2021, 3, 5), LATE + DAY)["paused"] == 0


@pytest.mark.usefixtures("law")
def test_a_check_whose_last_day_is_declared_off_gives_the_limit_its_later_start() -> None:
    dossier = submitted()
    rows = [declared_day(date(2021, 3, 2), DayKind.PUBLIC_HOLIDAY, "CV 1", "Nghỉ")]
    with transaction():
        moving.declare(rows, basis="CV 1", by=Operator(), at=MONDAY)
    found = accept(dossier, LATE)
    assert (found.counts_from, due(found)) == (TUESDAY + DAY, date(2021, 3, 8))


@pytest.mark.usefixtures("law")
@pytest.mark.parametrize("at", [TUESDAY, TUESDAY + MINUTE, MONDAY + 3 * DAY, LATE])
def test_a_register_that_tells_the_hours_comes_to_the_same(at: datetime) -> None:
    here = accepted(at)
    told = life(MARITAL_STATUS, at=at, channel=Channel.ONLINE, submitted_at=MONDAY)
    there = counted_again(taken_in(told, at=LATE + DAY))
    names = ("counts_from", "first_due_at", "due_at", "overdue_from", "late_intake")
    assert [getattr(there, one) for one in names] == [getattr(here, one) for one in names]


@pytest.mark.usefixtures("law")
@pytest.mark.parametrize(("asked", "restarts"), [(FRIDAY, True), (date(2021, 3, 8), False)])
def test_a_lateness_from_before_a_supplement_stays_on_both_ways(
    asked: date, *, restarts: bool
) -> None:
    received_at, at, brought = MONDAY + 3 * DAY, at_local(asked, time(10)), LATE + DAY
    here = accepted(received_at)
    done(here, "hand_over", by=COMMUNE_CLERK, at=received_at)
    done(here, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")
    done(here, "note_supplement", by=COMMUNE_CLERK, at=brought)
    told = life(
        MARITAL_STATUS,
        at=received_at,
        channel=Channel.ONLINE,
        submitted_at=MONDAY,
        handed_over_at=received_at,
        supplement_requested_at=at,
        supplement_received_at=brought,
    )
    there = counted_again(taken_in(told, at=brought + DAY))
    wanted = date(2021, 3, 15) if restarts else FRIDAY
    assert (due(counted_again(here)), due(there)) == (wanted, wanted)


@pytest.mark.usefixtures("law")
def test_where_a_register_tells_no_hours_the_limit_counts_from_its_receipt() -> None:
    for told in ({"dated": frozenset({MONDAY})}, {"completion_asked_at": LATE}):
        one = life(MARITAL_STATUS, at=LATE, channel=Channel.ONLINE, submitted_at=MONDAY, **told)
        found = taken_in(one, at=LATE + DAY)
        assert (found.counts_from, due(found)) == (None, date(2021, 3, 12))


def test_a_register_that_goes_out_comes_in_elsewhere_with_the_same_dates(
    app: Flask,  # noqa: ARG001 - an installation
    prepared: Prepared,
    tmp_path: Path,
) -> None:
    law_changes()
    made = [accepted(at) for at in (TUESDAY, MONDAY + 3 * DAY, LATE)]
    done(made[1], "hand_over", by=COMMUNE_CLERK, at=MONDAY + 4 * DAY)
    done(made[1], "resolve", by=COMMUNE_OFFICER, at=MONDAY + 4 * DAY)
    assert exported(tmp_path / "di.csv", at=LATE + DAY).strange == ()
    here = kept()
    db.session.remove()
    begin(prepared[1], "sample")
    law_changes()
    assert brought_in(tmp_path / "di.csv", at=LATE + DAY) == len(made)
    assert kept() == here
    assert counters.differences() == []


def kept() -> dict[str, tuple[datetime | None, ...]]:
    db.session.rollback()
    return {
        one.code: (one.counts_from, one.received_at, one.due_at, one.overdue_from)
        for one in db.session.scalars(select(Dossier))
    }

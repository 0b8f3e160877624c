"""Whether a desk checked what came in online within its eight working hours (rules.md 4.3, 8)."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import at_local
from onestop.dossiers.actions import bulk, closing
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.lives import Life
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies.rules import Figures, Period
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    GROUNDS,
    MARITAL_STATUS,
    MONDAY,
    done,
    received,
    staff,
    submitted,
)

pytestmark = [pytest.mark.on_both_databases, pytest.mark.usefixtures("app")]
TUESDAY = MONDAY + DAY  # at nine: eight working hours after Monday at nine
ONE_MINUTE = timedelta(minutes=1)
MARCH, APRIL = (Period(date(2021, month, 1), date(2021, month, 30)) for month in (3, 4))


def checked(period: Period = MARCH) -> tuple[int, int]:
    """Return how many online submissions were checked too late, and how many were checked."""
    found = figures(period)
    return found.late_intake, found.checked_online


def figures(period: Period = MARCH) -> Figures:
    return periods.rates(Wanted(period), at=MONDAY + 60 * DAY).total


def accepted(dossier: Dossier, at: datetime) -> Dossier:
    return done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset())


@pytest.mark.parametrize(
    ("at", "late", "why"),
    [
        (MONDAY + timedelta(hours=1), 0, "within the hour"),
        (TUESDAY + timedelta(seconds=59), 0, "the due minute itself is in time"),
        (TUESDAY + ONE_MINUTE, 1, "the minute after it is not"),
    ],
)
def test_the_eight_hours_are_compared_by_the_minute(at: datetime, late: int, why: str) -> None:
    accepted(submitted(), at)
    done(submitted(), "refuse_at_intake", by=COMMUNE_CLERK, at=at, reason="Sai", grounds=GROUNDS)
    assert checked() == (2 * late, 2), why
    assert counters.differences() == []


def test_a_late_check_changes_no_rate_of_processing() -> None:
    dossier = accepted(submitted(), MONDAY + 9 * DAY)
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 9 * DAY)
    assert checked() == (1, 1)
    assert figures().timely_rate.numerator == 1, "the limit runs from acceptance"


def test_only_what_came_in_online_is_measured() -> None:
    received()
    received(channel=Channel.POSTAL, delivered_at=MONDAY - 5 * DAY)
    assert checked() == (0, 0)
    assert figures().late_intake_rate.percent is None


def test_late_once_is_late_on_the_day_on_which_the_desk_has_decided() -> None:
    dossier = submitted()
    told: dict[str, Any] = {"by": COMMUNE_CLERK, "reason": "Thiếu"}
    done(dossier, "ask_for_completion", at=TUESDAY + ONE_MINUTE, **told)
    assert checked() == (0, 0), "nothing is decided yet"
    done(dossier, "bring_completion", by=COMMUNE_CLERK, at=MONDAY + 35 * DAY)
    accepted(dossier, MONDAY + 35 * DAY)
    assert (checked(), checked(APRIL)) == ((0, 0), (1, 1))
    assert counters.differences() == []


def test_the_time_that_an_applicant_takes_to_complete_is_not_the_desks() -> None:
    given_up, brought = submitted(), submitted()
    for one in (given_up, brought):
        done(one, "ask_for_completion", by=COMMUNE_CLERK, at=TUESDAY, reason="Thiếu")
    at = MONDAY + 20 * DAY
    done(given_up, "refuse_at_intake", by=COMMUNE_CLERK, at=at, reason="Sai", grounds=GROUNDS)
    done(brought, "bring_completion", by=COMMUNE_CLERK, at=at)
    accepted(brought, at + DAY)
    assert checked() == (0, 2)


def test_a_slip_taken_back_is_no_check() -> None:
    dossier = accepted(submitted(), TUESDAY + ONE_MINUTE)
    assert checked() == (1, 1)
    done(dossier, "reverse", by=COMMUNE_CLERK, at=TUESDAY + 2 * ONE_MINUTE)
    assert checked() == (0, 0)
    assert db.session.get_one(Dossier, dossier.id).late_intake is None
    assert counters.differences() == []


def test_no_hours_run_at_a_closed_office() -> None:
    before, during = submitted(at=MONDAY - 4 * DAY), submitted()
    ids = frozenset({staff(COMMUNE_CLERK).agency_id})
    with transaction():
        order = Closure("QĐ 1", ids, at_local(date(2021, 3, 2), time()), None)
        closing.close(order, by=Operator(), at=TUESDAY)
    for one in (before, during):
        accepted(one, MONDAY + 9 * DAY)
    assert db.session.get_one(Dossier, before.id).late_intake is True, "late before it closed"
    assert db.session.get_one(Dossier, during.id).late_intake is False


def test_a_register_that_tells_the_hours_comes_to_the_same() -> None:
    answers = (MONDAY + ONE_MINUTE, TUESDAY, TUESDAY + ONE_MINUTE, MONDAY + 20 * DAY)
    for at in answers:
        accepted(submitted(), at)
    by_hand = checked()
    with transaction():
        bulk.take_in([life(at) for at in answers], by=Operator(), at=MONDAY + 40 * DAY)
    late, whole = checked()
    assert (late - by_hand[0], whole - by_hand[1]) == by_hand == (2, 4)


def test_a_register_blames_no_desk_for_days_on_which_it_was_closed() -> None:
    order = Closure("QĐ 1", frozenset({staff(COMMUNE_CLERK).agency_id}), MONDAY, MONDAY + 7 * DAY)
    with transaction():
        closing.close(order, by=Operator(), at=MONDAY + 8 * DAY)
        answers = (MONDAY + 7 * DAY + timedelta(hours=1), MONDAY + 9 * DAY)
        bulk.take_in([life(at) for at in answers], by=Operator(), at=MONDAY + 40 * DAY)
    assert checked() == (1, 2)


def test_what_a_register_does_not_tell_is_not_taken_for_in_time() -> None:
    lives = [life(MONDAY), life(MONDAY + 9 * DAY, dated=frozenset({MONDAY}))]
    with transaction():
        bulk.take_in(lives, by=Operator(), at=MONDAY + 40 * DAY)
    assert checked() == (0, 0)


def life(at: datetime, **told: Any) -> Life:
    procedure = catalogue.in_force(MARITAL_STATUS, MONDAY.date())
    assert procedure is not None
    clerk = staff(COMMUNE_CLERK)
    return Life(
        agency_id=clerk.agency_id,
        agency_code=clerk.agency_code,
        procedure=procedure,
        level=procedure.level,
        channel=Channel.ONLINE,
        applicant=APPLICANT,
        submitted_at=MONDAY,
        received_at=at,
        **told,
    )

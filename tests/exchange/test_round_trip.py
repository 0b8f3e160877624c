"""A register that goes out and comes in elsewhere gives the same figures, to the last dossier."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.actions import bulk, closing, moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome
from onestop.exchange.queries.telling import Span
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import KEYS, Wanted
from onestop.tallies.rules import Figures, Period
from tests.conftest import Prepared
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    MONDAY,
    done,
    in_progress,
    life,
    received,
    staff,
    submitted,
)
from tests.exchange.offices import brought_in, exported
from tests.installing import BUILT, begin, demonstrate
from tests.reporting.given import AT, BEGIN, lived

QUARTER = Period(date(2021, 1, 1), date(2021, 3, 31))
NOW = AT + timedelta(hours=1)
Elsewhere = Callable[[], None]


@pytest.fixture
def elsewhere(app: Flask, prepared: Prepared) -> Elsewhere:  # noqa: ARG001 - an installation
    """Go on in another installation with the same sample and no dossier."""

    def go() -> None:
        db.session.remove()
        begin(prepared[1], "sample")

    return go


def told() -> list[tuple[object, Figures]]:
    """Return the figures of some periods, in whole and by every key."""
    chance = random.Random(5)  # noqa: S311 - test data
    chosen = [QUARTER, Period(AT.date(), AT.date())]
    for _ in range(8):
        first = BEGIN.date() + timedelta(days=chance.randrange(-5, 100))
        chosen.append(Period(first, first + timedelta(days=chance.randrange(70))))
    found: list[tuple[object, Figures]] = []
    found += [(period, periods.rates(Wanted(period), at=NOW).total) for period in chosen]
    for key in (*KEYS, "month"):
        report = periods.rates(Wanted(QUARTER, tuple({key: None, "tier": None})), at=NOW)
        found += [(tuple(row.items()), figures) for row, figures in report.rows]
    return found


def all_that_can_happen() -> None:
    """Live through everything a register can tell, by dates alone and at the desk too."""
    lived(220)
    with transaction():
        bulk.take_in(_by_dates_alone(), by=Operator(), at=AT)
    dossier = in_progress()
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + timedelta(1), reason="Rút")
    waiting = in_progress()
    at = MONDAY + timedelta(hours=2)
    done(waiting, "ask_for_supplement", by=COMMUNE_LEADER, at=at, reason="Thiếu")
    for code, day in (("C-CT-01", 3), ("C-CT-06", 5)):
        extended = in_progress(procedure_code=code)
        agreed = Agreement(date(2021, 3, day), time(10, 30), MONDAY.date(), is_signed=True)
        done(extended, "extend", by=COMMUNE_CLERK, at=at, agreed=agreed, reason="Nhiều bản")
        done(extended, "resolve", by=COMMUNE_LEADER, at=MONDAY + timedelta(days=2))
    _extended_after_the_first_date()
    received(channel=Channel.POSTAL, delivered_at=MONDAY - timedelta(days=2))
    submitted()


def _extended_after_the_first_date() -> None:
    """Extend twice, the second time after the first date; and once after an office has opened."""
    with transaction():
        closing.close(Closure("QĐ 1", frozenset({staff(COMMUNE_CLERK).agency_id}), MONDAY),
                      by=Operator(), at=MONDAY)  # fmt: skip
    held = received(procedure_code="C-CT-06", at=MONDAY)
    ends_at = MONDAY + timedelta(days=4)
    with transaction():
        closing.reopen("QĐ 1", ends_at=ends_at, by=Operator(), at=ends_at)
    twice = received(procedure_code="C-CT-01", at=ends_at)
    between = in_progress(procedure_code="C-CT-01", at=ends_at)
    agreed = Agreement(date(2021, 3, 10), time(10), ends_at.date(), is_signed=True)
    said: dict[str, Any] = {"agreed": agreed, "reason": "Nhiều bản"}
    done(between, "extend", by=COMMUNE_CLERK, at=ends_at, **said)
    at = ends_at + timedelta(hours=1)
    done(between, "ask_for_supplement", by=COMMUNE_LEADER, at=at, reason="Thiếu")
    done(between, "note_supplement", by=COMMUNE_CLERK, at=ends_at + timedelta(days=4))
    for dossier, hours, day in ((twice, 1, 9), (twice, 76, 11), (held, 77, 12), (between, 100, 19)):
        at = ends_at + timedelta(hours=hours)
        agreed = Agreement(date(2021, 3, day), time(10), at.date(), is_signed=True)
        done(dossier, "extend", by=COMMUNE_CLERK, at=at, agreed=agreed, reason="Nhiều bản")


def _by_dates_alone() -> list[Life]:
    day = BEGIN.replace(hour=17)
    plain = life(at=day)
    last = timedelta(hours=23, minutes=59)
    ends = day + timedelta(days=3) + last
    asked = replace(plain, supplement_requested_at=day)
    sorry: dict[str, Any] = {"apology_cause": Cause.SYSTEM}
    lives = [
        plain,
        replace(plain, finished_at=ends, outcome=Outcome.REFUSED),
        replace(plain, returned_at=ends),
        replace(plain, pauses=(Pause(day, day + last), Pause(day + timedelta(days=1)))),
        asked,
        replace(asked, supplement_received_at=ends, finished_at=ends, outcome=Outcome.GRANTED),
        replace(asked, finished_at=ends, outcome=Outcome.GRANTED),
        replace(asked, finished_at=ends, outcome=Outcome.STOPPED),
        replace(asked, finished_at=ends, outcome=Outcome.WITHDRAWN),
        replace(asked, received_at=day + timedelta(hours=9), submitted_at=day + timedelta(hours=9)),
        replace(plain, apologised_at=day, reappointed_on=date(2021, 1, 15), **sorry),
        replace(asked, apologised_at=day, reappointed_on=date(2021, 1, 15), **sorry),
        replace(
            asked,
            supplement_received_at=ends,
            apologised_at=day + timedelta(days=3),
            reappointed_on=date(2021, 1, 25),
            **sorry,
        ),
    ]
    every = {day, ends, day + last, day + timedelta(days=1), day + timedelta(days=3)}
    return [replace(life, dated=frozenset(every)) for life in lives]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_figures_are_the_same_elsewhere_and_the_register_too(
    elsewhere: Elsewhere, tmp_path: Path, ending: str
) -> None:
    all_that_can_happen()
    first, plain = tmp_path / f"di.{ending}", tmp_path / "di.csv"
    out = exported(first, at=AT)
    exported(plain, at=AT)
    assert out.strange == ()
    assert out.left_out == 1
    here = told()
    elsewhere()
    assert brought_in(first, at=AT) == out.dossiers
    assert counters.differences() == []
    assert told() == here
    exported(tmp_path / "ve.csv", at=AT)
    assert (tmp_path / "ve.csv").read_bytes() == plain.read_bytes()


def test_every_dossier_has_the_same_facts_elsewhere(elsewhere: Elsewhere, tmp_path: Path) -> None:
    all_that_can_happen()
    exported(tmp_path / "di.csv", at=AT)
    kept = facts()
    elsewhere()
    brought_in(tmp_path / "di.csv", at=AT)
    assert facts() == kept


def facts() -> dict[str, object]:
    dossiers = db.session.scalars(
        select(Dossier).where(
            Dossier.received_at.is_not(None) | Dossier.not_accepted_at.is_not(None)
        )
    )
    return {
        one.code: (
            reading.facts(one)
            if one.received_at is None
            else replace(reading.facts(one), pauses=tuple(sorted(reading.pauses(one), key=str)))
        )
        for one in dossiers
    }


@pytest.mark.usefixtures("app")
def test_a_day_declared_off_leaves_an_extension_that_can_be_told(tmp_path: Path) -> None:
    dossier = received(procedure_code="C-CT-06")
    agreed = Agreement(date(2021, 3, 5), time(10), MONDAY.date(), is_signed=True)
    done(dossier, "extend", by=COMMUNE_CLERK, at=MONDAY, agreed=agreed, reason="Nhiều trang")
    rows = [declared_day(date(2021, 3, 5), DayKind.PUBLIC_HOLIDAY, "CV 1", "Nghỉ")]
    with transaction():
        moving.declare(rows, basis="CV 1", by=Operator(), at=MONDAY + timedelta(hours=1))
    assert exported(tmp_path / "di.csv", at=AT).strange == ()
    assert ",2021-03-08T10:00," in (tmp_path / "di.csv").read_text()


def test_a_span_can_be_brought_in_bit_by_bit(elsewhere: Elsewhere, tmp_path: Path) -> None:
    lived(120)
    here = periods.rates(Wanted(QUARTER, ("month", "level")), at=NOW).rows
    spans = [
        Span(date(2021, month, 1), date(2021, month + 1, 1) - timedelta(days=1))
        for month in range(1, 5)
    ]
    for number, span in enumerate(spans):
        exported(tmp_path / f"{number}.csv", at=AT, first=span.first, last=span.last)
    elsewhere()
    for number in reversed(range(len(spans))):
        brought_in(tmp_path / f"{number}.csv", at=AT)
    assert periods.rates(Wanted(QUARTER, ("month", "level")), at=NOW).rows == here
    assert counters.differences() == []


@pytest.mark.long
def test_the_demonstration_gives_the_same_rates_elsewhere(sqlite: Prepared, tmp_path: Path) -> None:
    app, database = sqlite
    demonstrate(app, database)
    asked = [
        Wanted(Period(date(2021, 1, 1), date(2021, 12, 31)), ("tier",)),
        Wanted(Period(date(2021, 1, 1), date(2021, 12, 31)), ("month", "procedure")),
        Wanted(Period(date(2026, 11, 1), BUILT.date()), ("agency", "level", "channel")),
    ]
    with app.app_context():
        begin(database, "demonstration")
        out = exported(tmp_path / "di.csv", at=BUILT)
        here = [periods.rates(wanted, at=BUILT) for wanted in asked]
        db.session.remove()
        begin(database, "sample")
        assert brought_in(tmp_path / "di.csv", at=BUILT) == out.dossiers > 75778
        assert [periods.rates(wanted, at=BUILT) for wanted in asked] == here
        db.session.remove()
    assert out.strange == ()

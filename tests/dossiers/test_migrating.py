"""What an earlier version recorded is filled in where a later one keeps more of it."""

from datetime import date, time, timedelta
from typing import Any

import flask_migrate
import pytest
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.deadlines.rules.moments import at_local
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier, OfficeClosure
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.extensions import Agreement
from onestop.reporting.queries import counters
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    apologised,
    done,
    in_progress,
    received,
    staff,
    submitted,
)


def extendable() -> set[str]:
    """Return the procedures whose limit may be extended."""
    whole = catalogue.snapshot().versions
    return {code for code, versions in whole.items() if versions[0].extendable}


def kept() -> list[tuple[Any, ...]]:
    db.session.rollback()
    db.session.expire_all()
    dossiers = db.session.scalars(select(Dossier).order_by(Dossier.id))
    orders = db.session.scalars(select(OfficeClosure).order_by(OfficeClosure.order_number))
    return [
        *(
            (one.apologised_at, one.late_apology, one.broken_from, one.book_number)
            for one in dossiers
        ),
        *(
            (one.order_number, one.begins_at, one.ends_at, one.author_name, one.recorded_at,
             [agency.agency_id for agency in one.agencies])
            for one in orders
        ),
    ]  # fmt: skip


@pytest.mark.usefixtures("app")
def test_apologies_and_closures_are_found_in_what_was_recorded() -> None:
    for days, at in ((8, MONDAY), (10, MONDAY + 7 * DAY)):
        dossier = apologised(in_progress(procedure_code=FIVE_DAYS), date(2021, 3, 10), at=at)
        done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + days * DAY)
    in_progress(procedure_code=FIVE_DAYS, at=MONDAY - 60 * DAY)
    ids = frozenset({staff(COMMUNE_CLERK).agency_id})
    begins, ends = (at_local(date(2021, 3, day), time()) for day in (3, 4))
    for order, ends_at in (("QĐ 1", ends), ("QĐ 2", None)):
        with transaction():
            closing.close(Closure(order, ids, begins, ends_at), by=Operator(), at=MONDAY + 9 * DAY)
    before = kept()
    assert len(before) == 5
    certified = extendable()
    assert "C-CT-01" in certified
    db.session.remove()
    db.engine.dispose()
    flask_migrate.downgrade(revision="0019")
    flask_migrate.upgrade()
    assert kept() == before
    assert extendable() == certified, "found by the decree they cite, and what they certify"
    assert [line[3] for line in before[:3]] == [1, 2, 1], "the last is of the year before"
    assert in_progress().book_number == 3, "the book goes on where it ended"
    assert counters.differences() == []


@pytest.mark.usefixtures("app")
def test_a_first_extension_is_found_in_the_history() -> None:
    once, twice = (received(procedure_code="C-CT-06") for _ in range(2))
    for dossier, hours, day in ((once, 1, 8), (twice, 1, 8), (twice, 50, 9), (once, 50, 9)):
        at = MONDAY + timedelta(hours=hours)
        agreed = Agreement(date(2021, 3, day), time(10), MONDAY.date(), is_signed=True)
        done(dossier, "extend", by=COMMUNE_CLERK, at=at, agreed=agreed, reason="Nhiều trang")
    done(once, "reverse", by=COMMUNE_CLERK, at=MONDAY + timedelta(hours=50))
    ids = {"once": once.id, "twice": twice.id}
    db.session.remove()
    db.engine.dispose()
    flask_migrate.downgrade(revision="0034")
    flask_migrate.upgrade()
    found = {name: db.session.get_one(Dossier, one) for name, one in ids.items()}
    first = {name: one.first_extended_at for name, one in found.items()}
    assert first == {"once": None, "twice": MONDAY + timedelta(hours=1)}


@pytest.mark.usefixtures("app")
def test_late_checks_are_found_in_until_when_a_desk_had_to_check() -> None:
    for minutes in (0, 1):
        at = MONDAY + DAY + timedelta(minutes=minutes)
        done(submitted(), "accept", by=COMMUNE_CLERK, at=at, papers=frozenset())
    received()
    completed = submitted()
    late: dict[str, Any] = {"by": COMMUNE_CLERK, "at": MONDAY + 2 * DAY}
    done(completed, "ask_for_completion", reason="Thiếu", **late)
    done(completed, "bring_completion", **late)
    done(completed, "accept", papers=frozenset(), **late)
    shut = submitted(at=MONDAY + 4 * DAY)
    closed_from = MONDAY + 5 * DAY
    order = Closure("QĐ 1", frozenset({staff(COMMUNE_CLERK).agency_id}), closed_from, None)
    with transaction():
        closing.close(order, by=Operator(), at=closed_from)
    done(shut, "accept", by=COMMUNE_CLERK, at=MONDAY + 9 * DAY, papers=frozenset())
    found = select(Dossier.late_intake).order_by(Dossier.id)
    assert list(db.session.scalars(found)) == [False, True, None, True, False]
    db.session.remove()
    db.engine.dispose()
    flask_migrate.downgrade(revision="0038")
    flask_migrate.upgrade()
    known = [False, True, None, None, None]
    assert list(db.session.scalars(found)) == known, "nothing is made up that was not kept"
    assert counters.differences() == []

from datetime import UTC, datetime

import pytest
from flask import Flask

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel
from onestop.dossiers.actions import bulk
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.lives import Life
from onestop.steps.rules import Stage
from tests.commands import onestop
from tests.dossiers.given import APPLICANT, COMMUNE_CLERK, DAY, MONDAY, in_progress, staff
from tests.steps.given import COMMUNE_THEN_DEPARTMENT, trail_of

NOON = datetime(2021, 3, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def taken_in(app: Flask) -> Dossier:  # noqa: ARG001
    """A dossier that came in bulk, handed over at noon, and has no steps."""
    clerk = staff(COMMUNE_CLERK)
    procedure = catalogue.in_force(COMMUNE_THEN_DEPARTMENT, MONDAY.date())
    assert procedure is not None
    life = Life(
        agency_id=clerk.agency_id,
        agency_code=clerk.agency_code,
        procedure=procedure,
        level=procedure.level,
        channel=Channel.COUNTER,
        applicant=APPLICANT,
        submitted_at=MONDAY,
        received_at=MONDAY,
        handed_over_at=NOON,
    )
    with transaction():
        bulk.take_in([life], by=Operator(), at=MONDAY + DAY)
    return db.session.query(Dossier).one()


def test_the_command_begins_the_steps_of_what_came_in_bulk_and_says_how_many(
    app: Flask, taken_in: Dossier
) -> None:
    assert trail_of(taken_in, MONDAY).lines == ()
    done = onestop(app, "dossiers", "steps")
    assert done.exit_code == 0, done.output
    assert "1 hồ sơ" in done.output
    current = trail_of(taken_in, MONDAY + DAY).current
    assert current is not None
    assert (current.step.stage, current.step.started_at) == (Stage.OPEN, NOON)


def test_a_second_time_there_is_nothing_to_begin(app: Flask, taken_in: Dossier) -> None:
    in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    onestop(app, "dossiers", "steps")
    assert "0 hồ sơ" in onestop(app, "dossiers", "steps").output
    assert len(trail_of(taken_in, MONDAY).lines) == 2

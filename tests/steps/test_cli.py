from datetime import UTC, datetime

import pytest
from flask import Flask

from onestop.dossiers.models import Dossier
from onestop.steps.rules import Stage
from tests.commands import onestop
from tests.dossiers.given import (
    DAY,
    MONDAY,
    in_progress,
    life,
    taken_in,
)
from tests.steps.given import COMMUNE_THEN_DEPARTMENT, trail_of

NOON = datetime(2021, 3, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def without_steps(app: Flask) -> Dossier:  # noqa: ARG001
    """A dossier that came in bulk, handed over at noon, and has no steps."""
    told = life(COMMUNE_THEN_DEPARTMENT, handed_over_at=NOON)
    return taken_in(told, at=MONDAY + DAY)


def test_the_command_begins_the_steps_of_what_came_in_bulk_and_says_how_many(
    app: Flask, without_steps: Dossier
) -> None:
    assert trail_of(without_steps, MONDAY).lines == ()
    done = onestop(app, "dossiers", "steps")
    assert done.exit_code == 0, done.output
    assert "1 hồ sơ" in done.output
    current = trail_of(without_steps, MONDAY + DAY).current
    assert current is not None
    assert (current.step.stage, current.step.started_at) == (Stage.OPEN, NOON)


def test_a_second_time_there_is_nothing_to_begin(app: Flask, without_steps: Dossier) -> None:
    in_progress(procedure_code=COMMUNE_THEN_DEPARTMENT)
    onestop(app, "dossiers", "steps")
    assert "0 hồ sơ" in onestop(app, "dossiers", "steps").output
    assert len(trail_of(without_steps, MONDAY).lines) == 2

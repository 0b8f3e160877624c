"""Steps moved the way their pages do it."""

from datetime import datetime
from typing import Any

from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.steps.actions import moving
from onestop.steps.queries import trails
from onestop.steps.queries.trails import Trail
from tests.dossiers.given import staff

COMMUNE_THEN_DEPARTMENT = "C-NCC-01"  # three days, then seven, of ten
DEATH = "C-HT-24"  # commune, police, department, social insurance: one, two, three and two days
COMMUNE_FIRST = "D-LD-01"  # received by the district, begun by a commune: fifteen and seven days
WELFARE_OFFICER = "chuyenvien1.laodong"
WELFARE_HEAD = "truongphong.laodong"
WELFARE = "H26.91.05"


def moved(dossier: Dossier, verb: str, *, by: str, at: datetime, **said: Any) -> Dossier:
    """Make one move of the dossier's running step."""
    actor = staff(by, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None, "the dossier lies within sight"
        getattr(moving, verb)(fresh, by=actor, at=at, **said)
        return fresh


def trail_of(dossier: Dossier, at: datetime) -> Trail:
    fresh = reading.by_code(dossier.code, Operator())
    assert fresh is not None
    return trails.trail(fresh, Operator(), at)

"""A page of a desk with two thousand open dossiers among all, beside a plain table of the rows."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import repeat
from pathlib import Path

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import bulk
from onestop.dossiers.rules.identity import Applicant
from onestop.dossiers.rules.lives import Life
from onestop.organisation import queries as organisation
from tests.benchmarks import ground
from tests.benchmarks.ground import Browser, Ground, Measured

AGENCY = "H26.91"
OPEN = 2000
FOUR_TIMES = 4.0
OWN_DESK, EVERYTHING_BELOW = "motcua1.thanhtri", "chutich.thanhtri"


def measure(on: Ground) -> Iterator[Measured]:
    """Open the desk of a clerk and that of a leader, whose reach is the whole district."""
    instance = on.copy()
    _receive(instance)
    with ground.product(instance) as ours, ground.floor("desk", instance) as bare:
        for username in (OWN_DESK, EVERYTHING_BELOW):
            page = Browser(ours).sign_in(username).get("/desk")
            pairs = ground.alternate(
                on.effort,
                partial(_took, on, bare, Browser(bare).get("/desk")),
                partial(_took, on, ours, page),
            )
            yield Measured("desk", f"{username} : 100 rows", "ms", pairs, FOUR_TIMES, most=True)


def _took(on: Ground, port: int, request: bytes) -> float:
    """Return the milliseconds of worker that one page takes."""
    return 1000 / ground.press(port, lambda _number: repeat(request), on.effort.seconds)


def _receive(instance: Path) -> None:
    """Take in open dossiers of the last days at the district's desk, by the product's own path."""
    app = ground.application(instance)
    with app.app_context():
        at = now()
        today = legal_date(at)
        desk = organisation.tree(today).by_code(AGENCY)
        assert desk is not None
        offered = [
            found
            for versions in catalogue.snapshot().versions.values()
            if (found := versions[-1]).is_in_force(today)
            and found.limit.unit == Unit.WORKING_DAY
            and desk.id in catalogue.offered_by(found.id, today)
        ]
        chance = random.Random(AGENCY)  # noqa: S311 - invented dossiers, not secrets
        lives = []
        for number in range(OPEN):
            procedure = chance.choice(offered)
            received_at = at - timedelta(minutes=chance.randrange(10, 60 * 24 * 20))
            lives.append(
                Life(
                    agency_id=desk.id,
                    agency_code=desk.code,
                    procedure=procedure,
                    level=procedure.level,
                    channel=Channel.COUNTER,
                    applicant=Applicant(name=f"Nguyễn Thị Thí Dụ {number}", phone="0600123456"),
                    submitted_at=received_at,
                    received_at=received_at,
                    handed_over_at=received_at + timedelta(minutes=5),
                )
            )
        with transaction():
            bulk.take_in(lives, by=Operator(), at=at)
        db.session.remove()
        db.engine.dispose()

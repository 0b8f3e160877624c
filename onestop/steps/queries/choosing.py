"""What has to be said before many steps are moved at once: to whom, and where to."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from onestop.accounts import queries as accounts
from onestop.accounts.queries import Colleague
from onestop.base.database import db
from onestop.base.permissions import Permission
from onestop.base.viewer import Viewer
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node
from onestop.steps.models import DossierStep
from onestop.steps.queries import trails
from onestop.steps.rules import RUNNING


def people(codes: Collection[str], by: Viewer, at: datetime) -> Sequence[Colleague]:
    """Return who may be given the running steps of some dossiers: who works where they lie."""
    keepers = db.session.scalars(
        select(DossierStep.keeper_id)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(
            Dossier.code.in_(codes),
            reading.opened_by(by),
            DossierStep.stage.in_(RUNNING),
            DossierStep.keeper_id.is_not(None),
        )
        .distinct()
    )
    on = legal_date(at)
    places = {organisation.keeper(one, on) for one in keepers if one is not None}
    ids = sorted(one.id for one in places if one)
    found = [accounts.colleagues(one, Permission.HAND_ON, on) for one in ids]
    return [colleague for some in found for colleague in some]


def places(codes: Collection[str], by: Viewer, at: datetime) -> Sequence[Node]:
    """Return the agencies to choose among for the next steps that several could do."""
    rows = db.session.execute(
        select(DossierStep, Dossier)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(Dossier.code.in_(codes), reading.opened_by(by))
        .order_by(DossierStep.dossier_id, DossierStep.seq)
    ).all()
    runs = {step.dossier_id: step.leg for step, _dossier in rows if step.stage in RUNNING}
    following = [
        (step, dossier) for step, dossier in rows if step.leg == runs.get(step.dossier_id, 0) + 1
    ]
    found: dict[str, Node] = {}
    for step, dossier in following:
        nodes = trails.candidates_for(dossier, step, at)
        found |= {one.code: one for one in nodes if len(nodes) > 1}
    return [found[code] for code in sorted(found)]

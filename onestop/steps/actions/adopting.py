"""Steps for dossiers that were handed over before steps were kept, or came in bulk."""

from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select, true

from onestop.base.database import db
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import turns
from onestop.dossiers.rules.states import State, Verb
from onestop.steps.actions.following import begin
from onestop.steps.models import DossierStep

WITH_THE_HANDLER: Final = (
    State.IN_PROGRESS,
    State.AWAITING_SUPPLEMENT,
    State.AWAITING_PAYMENT,
    State.WITHDRAWAL_ASKED,
)


def adopt(since: datetime | None = None) -> list[Dossier]:
    """Write the steps of every open dossier that has none, received `since` a moment or ever.

    The first begins with the hand-over that the dossier's history tells; return the dossiers.
    """
    given = (
        select(
            Entry.dossier_id, func.min(Entry.happened_at).label("at"),
            func.min(Entry.author_name).label("giver"),
        )
        .join(Dossier, Dossier.id == Entry.dossier_id)
        .where(
            Entry.verb == Verb.HAND_OVER,
            Dossier.state.in_(WITH_THE_HANDLER),
            true() if since is None else Dossier.received_at >= since,
            ~exists().where(DossierStep.dossier_id == Dossier.id),
        )
        .group_by(Entry.dossier_id)
        .subquery()
    )  # fmt: skip
    turns.beside_others()
    rows = db.session.execute(
        select(Dossier, given.c.at, given.c.giver)
        .join(given, given.c.dossier_id == Dossier.id)
        .order_by(Dossier.id)
        .with_for_update(of=Dossier)
    ).all()
    for dossier, at, giver in rows:
        begin(dossier, giver=giver, at=at)
    return [dossier for dossier, _at, _giver in rows]

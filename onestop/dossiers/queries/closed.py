"""The offices that are closed now: every intake asks, so each process remembers them."""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from onestop.base.database import db
from onestop.base.stamps import Subject, stamp
from onestop.dossiers.models import Dossier, OfficeClosure
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.reading import Timed
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import State


def closed_now(agency_ids: Collection[int]) -> frozenset[int]:
    """Return which of some agencies an order keeps closed: until it ends they promise no date."""
    return frozenset(
        agency_id
        for one in orders_of(agency_ids)
        for agency_id in one.agency_ids.intersection(agency_ids)
    )


def all_now() -> frozenset[int]:
    """Return every office that an order keeps closed."""
    found = _standing(stamp(Subject.CLOSURES))
    return frozenset(agency_id for one in found for agency_id in one.agency_ids)


def orders_of(agency_ids: Collection[int]) -> tuple[Closure, ...]:
    """Return the orders that keep any of some agencies closed now, in the order of their entry."""
    found = _standing(stamp(Subject.CLOSURES))
    return tuple(one for one in found if not one.agency_ids.isdisjoint(agency_ids))


def holds(dossier: Timed) -> bool:
    """Say whether an order keeps an office from its part: the clock, or the check at the desk.

    What is not received yet has no clock that an order could hold.
    """
    if dossier.state == State.SUBMITTED:
        return bool(orders_of({dossier.receiving_agency_id}))
    return reading.is_closed(dossier)


def order_over(dossier: Dossier) -> str | None:
    """Return the number of the order that keeps an office from its part, or None."""
    if dossier.state == State.SUBMITTED:
        return next((one.order for one in orders_of({dossier.receiving_agency_id})), None)
    return reading.closed_by(dossier)


@lru_cache(maxsize=4)
def _standing(_known: str) -> tuple[Closure, ...]:
    found = select(OfficeClosure).where(OfficeClosure.ends_at.is_(None)).order_by(OfficeClosure.id)
    rows = db.session.scalars(found.options(selectinload(OfficeClosure.agencies)))
    return tuple(as_closure(one) for one in rows)


def as_closure(found: OfficeClosure) -> Closure:
    """Return what was entered, as it would be entered again."""
    ids = frozenset(one.agency_id for one in found.agencies)
    return Closure(found.order_number, ids, found.begins_at, found.ends_at, found.reason)

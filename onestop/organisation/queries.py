"""Reading the tree of agencies of a date, remembered by each process while it holds."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import select

from onestop.base.database import db, once
from onestop.base.moments import ONE_DAY
from onestop.base.stamps import Subject, stamp
from onestop.organisation.models import Agency, AgencyPeriod
from onestop.organisation.rules import Node, Succession, Tier, Tree


def tree(on: date) -> Tree:
    """Return all agencies as they stood `on` a date."""
    known = stamp(Subject.ORGANISATION)
    days = _days_of_change(known)
    since = bisect_right(days, on)
    return _tree(known, days[since - 1]) if since else Tree(())


def tree_with_past(on: date) -> Tree:
    """Return the same, and with them those that had ended by then, as they last stood.

    What they received stays theirs, and lies below whom they last belonged to.
    """
    known = stamp(Subject.ORGANISATION)
    days = _days_of_change(known)
    since = bisect_right(days, on)
    return _tree_with_past(known, days[since - 1]) if since else Tree(())


def known(agency_id: int, then: Tree, today: date) -> Node | None:
    """Return an agency as it stood then, or else as it stands or stood last by `today`.

    A dossier may be with an agency that was founded after it was submitted.
    """
    return then.by_id(agency_id) or tree_with_past(today).by_id(agency_id)


def successor(agency_id: int, on: date) -> Node | None:
    """Return who has by a day what lay at an agency that ended before it, or None."""
    return tree_with_past(on).successor(agency_id, on)


def succession(agency_id: int, on: date) -> Succession | None:
    """Return the same with since when, for whoever is to be told."""
    return tree_with_past(on).succession(agency_id, on)


def taken_over(on: date) -> Mapping[int, frozenset[int]]:
    """Return for each agency of a day those that had ended and whose work it has by then."""
    known = stamp(Subject.ORGANISATION)
    days = _days_of_change(known)
    since = bisect_right(days, on)
    return _taken_over(known, days[since - 1]) if since else {}


def keeper(agency_id: int, on: date) -> Node | None:
    """Return who has on a day what lies at an agency: itself, or who took it over, or None."""
    return tree(on).by_id(agency_id) or successor(agency_id, on)


def by_now(agency_id: int, on: date) -> int:
    """Return the agency with which lies on a day what lay at one; that itself where nobody else."""
    heir = successor(agency_id, on)
    return heir.id if heir else agency_id


def left_to(agency_ids: frozenset[int], on: date) -> frozenset[int]:
    """Return the ended agencies whose work any of some has on a day, and what ended below those.

    What of that named a successor of its own is theirs whom it named.
    """
    over, whole = taken_over(on), tree_with_past(on)
    found = frozenset[int]().union(*(over.get(one, ()) for one in agency_ids))
    below = (whole.below(one) for one in found)
    return found.union(*({one for one in some if _lies_still(whole, one, on)} for some in below))


def _lies_still(whole: Tree, agency_id: int, on: date) -> bool:
    node = whole.by_id(agency_id)
    return node is not None and node.has_ended(on) and whole.successor(agency_id, on) is None


def changes_since(day: date) -> Sequence[date]:
    """Return the days from `day` on, in order, on which an agency is founded or changes."""
    return db.session.scalars(
        select(AgencyPeriod.valid_from)
        .where(AgencyPeriod.valid_from >= day)
        .distinct()
        .order_by(AgencyPeriod.valid_from)
    ).all()


def periods(agency_id: int) -> Sequence[AgencyPeriod]:
    """Return what an agency was called and belonged to in turn."""
    return db.session.scalars(
        select(AgencyPeriod)
        .where(AgencyPeriod.agency_id == agency_id)
        .order_by(AgencyPeriod.valid_from)
    ).all()


def last_period(agency_id: int) -> AgencyPeriod | None:
    """Return what an agency is called and belongs to in the end."""
    found = periods(agency_id)
    return found[-1] if found else None


def desks(tier: Tier) -> Mapping[int, tuple[date, date | None]]:
    """Return the agencies of a tier that ever were, with their first and last day."""
    return once(("desks", tier), partial(_desks, tier))


def _desks(tier: Tier) -> Mapping[int, tuple[date, date | None]]:
    rows = db.session.execute(
        select(Agency.id, AgencyPeriod.valid_from, AgencyPeriod.valid_to)
        .join(AgencyPeriod, AgencyPeriod.agency_id == Agency.id)
        .where(Agency.tier == tier)
        .order_by(AgencyPeriod.valid_from)
    )
    found: dict[int, tuple[date, date | None]] = {}
    for agency_id, first, last in rows:
        found[agency_id] = found.get(agency_id, (first,))[0], last
    return found


def by_code(code: str) -> Agency | None:
    """Return the agency of a code, whenever it existed."""
    return db.session.scalar(select(Agency).where(Agency.code == code))


def lines() -> Mapping[int, tuple[int, ...]]:
    """Return for each agency its id and those of all last above it, nearest first."""
    return _lines(stamp(Subject.ORGANISATION))


@lru_cache(maxsize=4)
def _days_of_change(_stamp: str) -> Sequence[date]:
    # Between two of them all dates have one tree.
    rows = db.session.execute(select(AgencyPeriod.valid_from, AgencyPeriod.valid_to)).all()
    ended = (row.valid_to for row in rows if row.valid_to and row.valid_to < date.max)
    return sorted({row.valid_from for row in rows} | {day + ONE_DAY for day in ended})


@lru_cache(maxsize=64)
def _tree(stamped: str, on: date) -> Tree:
    with_past = _tree_with_past(stamped, on)
    return Tree(tuple(node for node in with_past.nodes if not node.valid_to or node.valid_to >= on))


@lru_cache(maxsize=64)
def _tree_with_past(_stamp: str, on: date) -> Tree:
    # Columns, not instances: a province has hundreds of agencies.
    period = AgencyPeriod
    rows: Iterable[Any] = db.session.execute(
        select(Agency.id, Agency.code, Agency.tier, period.kind, period.parent_id,
               period.name_vi, period.name_en, period.valid_from, period.valid_to,
               period.successor_id)
        .join(AgencyPeriod, AgencyPeriod.agency_id == Agency.id)
        .where(AgencyPeriod.valid_from <= on)
        .order_by(AgencyPeriod.valid_from)
    )  # fmt: skip
    last = {row.id: Node(*row) for row in rows}
    return Tree(tuple(last.values()))


@lru_cache(maxsize=64)
def _taken_over(stamped: str, on: date) -> Mapping[int, frozenset[int]]:
    return _tree_with_past(stamped, on).taken_over(on)


@lru_cache(maxsize=4)
def _lines(_stamp: str) -> Mapping[int, tuple[int, ...]]:
    parents = dict(
        db.session.execute(
            select(AgencyPeriod.agency_id, AgencyPeriod.parent_id).order_by(AgencyPeriod.valid_from)
        ).all()
    )
    found = {}
    for agency_id in parents:
        line = [agency_id]
        while (above := parents.get(line[-1])) is not None:
            line.append(above)
        found[agency_id] = tuple(line)
    return found

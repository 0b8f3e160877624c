"""Agencies founded and changed the way an administrator does it, by declaring them."""

from datetime import date
from typing import Any

from onestop.base.edge import transaction
from onestop.base.terms import Term
from onestop.organisation import actions, queries
from onestop.organisation.actions import Founding
from onestop.organisation.rules import AgencyKind, Tier

CITY = "H26"
DISTRICT = "H26.91"
COMMUNE = "H26.91.22"
NEIGHBOUR = "H26.91.23"
FOUNDED = date(2021, 1, 1)


def founded(code: str = "H26.91.99", **changes: Any) -> None:
    agency: dict[str, Any] = {
        "tier": Tier.COMMUNE,
        "kind": AgencyKind.COMMUNE,
        "name_vi": "Xã Thí Dụ",
        "name_en": "Thi Du Commune",
        "valid_from": FOUNDED,
        "parent_code": DISTRICT,
    }
    with transaction():
        actions.found(Founding(code=code, **{**agency, **changes}))


def changed(code: str, from_day: date, **changes: Any) -> None:
    """Have an agency hold another name, kind or parent from a day on."""
    _declared(code, Term(from_day), **changes)


def closed(code: str, last_day: date, *, heir: str | None = None) -> None:
    """Have an agency end after a day, and another take over what lies there."""
    _declared(code, Term(last_day, last=last_day))
    if heir:
        named(code, heir)


def named(code: str, heir: str | None) -> date | None:
    """Have another agency take over what lies at one that ends; return from when on."""
    agency = queries.by_code(code)
    assert agency is not None, code
    with transaction():
        since = actions.name_successor(agency.id, heir)
        actions.check_successor(agency.id)
    return since


def _declared(code: str, term: Term, **changes: Any) -> None:
    agency = queries.by_code(code)
    assert agency is not None, code
    above = queries.tree_with_past(date.max).by_id(queries.periods(agency.id)[-1].parent_id or 0)
    kept = {"parent_code": above.code if above else None}
    with transaction():
        actions.declare(code, term, tier=agency.tier, **{**kept, **changes})

"""Founding and changing agencies, each from a day on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.periods import redeclare
from onestop.base.terms import Declared, Fate, Term
from onestop.base.words import N_
from onestop.organisation import queries
from onestop.organisation.models import Agency, AgencyPeriod
from onestop.organisation.rules import (
    LAST_BEFORE_FIRST,
    TIER_STAYS,
    AgencyKind,
    Tier,
    agency_code,
    place_called,
)


@dataclass(frozen=True)
class Founding:
    """What a new agency is."""

    code: str
    tier: Tier
    kind: AgencyKind
    name_vi: str
    name_en: str
    valid_from: date
    parent_code: str | None = None
    valid_to: date | None = None


def found(agency: Founding) -> Agency:
    """Add an agency from a day on.

    Raises `Refusal` for a code that no dossier's could begin with, a parent that is unknown or has
    ended by then, and for dates reversed.
    """
    made = Agency(code=agency_code(agency.code), tier=agency.tier)
    parent_id = _parent(agency.parent_code, agency.valid_from)
    if agency.valid_to and agency.valid_to < agency.valid_from:
        raise Refusal(LAST_BEFORE_FIRST, field="valid_to")
    db.session.add(made)
    db.session.flush()
    db.session.add(
        AgencyPeriod(
            agency_id=made.id,
            parent_id=parent_id,
            kind=agency.kind,
            name_vi=place_called(agency.name_vi, agency.tier),
            name_en=place_called(agency.name_en, agency.tier),
            valid_from=agency.valid_from,
            valid_to=agency.valid_to,
        )
    )
    db.session.flush()
    return made


def declare(
    code: str, term: Term, *, tier: Tier, parent_code: str | None, **values: Any
) -> Declared:
    """Have an agency be what is declared: found it, change or end it, or leave it as it is.

    `values` are columns of `AgencyPeriod`; what is left out stays as it was. Raises `Refusal` as
    `found` and `periods.redeclare` do, for another tier than it was founded with, and where the
    change would, on its day or on any later one, put the agency below itself.
    """
    known = queries.by_code(code)
    if known is None:
        called = {"name_en": values["name_vi"], **values}
        new = Founding(
            code, tier, **called, valid_from=term.begins, parent_code=parent_code,
            valid_to=term.until(),
        )  # fmt: skip
        return Declared(found(new).id, Fate.NEW)
    if known.tier != tier:
        raise Refusal(TIER_STAYS, field="tier", tier=known.tier)
    for name in {"name_vi", "name_en"} & values.keys():
        values[name] = place_called(values[name], tier)
    periods = queries.periods(known.id)
    above = queries.by_code(parent_code) if parent_code else None
    values["parent_id"] = above.id if above else None
    if above is None or above.id != periods[-1].parent_id:
        values["parent_id"] = _parent(parent_code, max(term.begins, term.since))
    made = redeclare(known.id, periods, term, values)
    if not {"parent_id", "valid_from"}.isdisjoint(made.columns):
        _check_tree(known.id, made.since or term.begins)
    return made


def _check_tree(agency_id: int, from_day: date) -> None:
    for day in queries.changes_since(from_day):
        if queries.tree(day).is_below_itself(agency_id):
            raise Refusal(N_("Cơ quan không thể trực thuộc chính mình."), field="parent_code")


def _parent(code: str | None, on: date) -> int | None:
    if code is None:
        return None
    parent = queries.by_code(code)
    last = queries.last_period(parent.id) if parent else None
    # A parent may be younger on paper than its child, for boundaries were merged later; but what
    # has ended cannot lead anybody.
    if last is None or (last.valid_to is not None and last.valid_to < on):
        raise Refusal(
            N_("Không có cơ quan cấp trên %(code)s vào ngày %(day)s."),
            field="parent_code",
            code=code,
            day=on,
        )
    return last.agency_id

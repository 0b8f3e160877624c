"""Founding and changing agencies, each from a day on."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.periods import redeclare
from onestop.base.terms import Declared, Fate, Term
from onestop.base.words import N_
from onestop.organisation import queries
from onestop.organisation.models import Agency, AgencyPeriod
from onestop.organisation.rules import (
    GOES_ON,
    ITS_OWN_SUCCESSOR,
    LAST_BEFORE_FIRST,
    NO_AGENCY,
    ROUND,
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
    ended = periods[-1].valid_to
    above = queries.by_code(parent_code) if parent_code else None
    values["parent_id"] = above.id if above else None
    if above is None or above.id != periods[-1].parent_id:
        values["parent_id"] = _parent(parent_code, max(term.begins, term.since))
    made = redeclare(known.id, periods, term, values)
    if not {"parent_id", "valid_from"}.isdisjoint(made.columns):
        _check_tree(known.id, made.since or term.begins)
    _leave_heirs_to_ends(made.id)
    return _without_heir(made, ended)


def _leave_heirs_to_ends(agency_id: int) -> None:
    """Have no part of its time name a successor after which the agency goes on by itself."""
    for before, after in pairwise(queries.periods(agency_id)):
        if before.valid_to and before.valid_to + ONE_DAY == after.valid_from:
            before.successor_id = None
    db.session.flush()


def _without_heir(made: Declared, ended: date | None) -> Declared:
    """Have what ends no more, or is founded again after its end, name nobody for what comes."""
    last = queries.last_period(made.id)
    goes_on = last and (last.valid_to is None or (ended and last.valid_from > ended))
    if last is None or last.successor_id is None or not goes_on:
        return made
    last.successor_id = None
    db.session.flush()
    return replace(made, columns=(*made.columns, "successor_id"))


def name_successor(agency_id: int, code: str | None) -> date | None:
    """Say who takes over what lies at an agency after its last day, or that nobody does.

    Return from which day on somebody else has it than before, or None where that is not so.
    `check_successor` looks at it once all are founded and ended that a file tells of. Raises
    `Refusal` at `successor_code` for one that is unknown or itself, and while the agency has no
    end (rules.md 13.2).
    """
    last, found = queries.last_period(agency_id), queries.by_code(code) if code else None
    if last is None or (code and found is None):
        raise Refusal(NO_AGENCY, field="successor_code", code=code or "")
    if found and found.id == agency_id:
        raise Refusal(ITS_OWN_SUCCESSOR, field="successor_code")
    if found and last.valid_to is None:
        raise Refusal(GOES_ON, field="successor_code")
    named = found.id if found else None
    if named == last.successor_id:
        return None
    last.successor_id = named
    db.session.flush()
    return last.valid_to and last.valid_to + ONE_DAY


def check_successor(agency_id: int) -> None:
    """Refuse who was named to take over, if that leads back to the agency or to nobody.

    Raises `Refusal` at `successor_code`.
    """
    last = queries.last_period(agency_id)
    if last is None or last.valid_to is None or last.successor_id is None:
        return
    if queries.tree_with_past(date.max).comes_back_to_itself(agency_id):
        raise Refusal(ROUND, field="successor_code")
    day = last.valid_to + ONE_DAY
    queries.tree_with_past(day).check_successor(agency_id, day)


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

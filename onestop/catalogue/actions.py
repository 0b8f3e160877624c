"""Publishing procedures and changing them, each from a day on."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import insert, select

from onestop.base.database import Base, connected, db, table_of
from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.periods import redeclare
from onestop.base.terms import Declared, Fate, Term
from onestop.catalogue import queries
from onestop.catalogue.models import (
    FieldRow,
    FieldVersion,
    Offer,
    ProcedureRow,
    ProcedureVersion,
)
from onestop.catalogue.rules.procedures import (
    NO_DESK,
    NO_FIELD,
    UNSAID,
    check_extendable,
    check_statutory,
)
from onestop.catalogue.rules.steps import Step, check_steps
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.supplements import (
    check_supplement,
)
from onestop.organisation import queries as organisation
from onestop.organisation.models import Agency
from onestop.organisation.rules import LAST_BEFORE_FIRST, NO_AGENCY, TIER_STAYS, Tier

Row = TypeVar("Row", bound=Base)


def declare_field(
    code: str, term: Term, *, tier: Tier, department_code: str | None = None, **names: str
) -> Declared:
    """Have a field be what is declared: publish it, change it from a day on, or leave it as it is.

    Without a department the desk's own agency handles it. Raises `Refusal` for an unknown
    department, for another tier than it was published with, and as `periods.redeclare` does.
    """
    row = db.session.scalar(select(FieldRow).where(FieldRow.code == code))
    if row is not None and row.tier != tier:
        raise Refusal(TIER_STAYS, field="tier", tier=row.tier)
    versions = _field_versions(row.id) if row else ()
    department = _agency(department_code, "department_code").id if department_code else None
    values = {**names, "department_id": department}
    if department and not (versions and versions[-1].department_id == department):
        day = max(term.begins, term.since)
        if organisation.tree(day).by_id(department) is None:
            raise Refusal(NO_AGENCY, field="department_code", code=department_code)
    if row is not None:
        return redeclare(row.id, versions, term, values)
    row = _added(FieldRow(code=code, tier=tier))
    called = {"name_en": names["name_vi"], **values}
    _added(FieldVersion(field_id=row.id, **called, valid_from=term.begins))
    return Declared(row.id, Fate.NEW)


def _field_versions(field_id: int) -> Sequence[FieldVersion]:
    return db.session.scalars(
        select(FieldVersion)
        .where(FieldVersion.field_id == field_id)
        .order_by(FieldVersion.valid_from)
    ).all()


def declare(
    code: str,
    term: Term,
    *,
    tier: Tier,
    field_code: str,
    limit: Limit,
    steps: Sequence[Step] | None = None,
    offered_by: Collection[str] | None = None,
    **values: Any,
) -> Declared:
    """Have a procedure be what is declared: publish it, change or end it, or leave it as it is.

    `values` are columns of `ProcedureVersion`, `limit_statutory` and `national_code`; what is left
    out stays as it was. The desks named in `offered_by` offer it; if none is named, every one of
    its tier does. Raises `Refusal` for an unknown field or desk, for another tier than it was
    published with, as `periods.redeclare` does, and as the checks of a change do.
    """
    field = db.session.scalar(select(FieldRow.id).where(FieldRow.code == field_code))
    if field is None:
        raise Refusal(NO_FIELD, field="field_code", code=field_code)
    named = None
    if offered_by is not None:
        named = {_agency(one, "offered_by").id for one in offered_by}
    values |= {"field_id": field, "limit_value": limit.value, "limit_unit": limit.unit}
    if "limit_statutory" in values:
        values |= _statutory_kept(values.pop("limit_statutory"))
    if steps is not None:
        values["steps"] = [_kept(one) for one in steps]
    row = db.session.scalar(select(ProcedureRow).where(ProcedureRow.code == code))
    if row is None:
        first = _published(code, term, tier, values)
        return _offer(first, (), tier, Declared(first.procedure_id, Fate.NEW), term, named)
    made = _changed(row, term, tier, values)
    return _offer(_versions(row.id)[-1], _offers(row.id), tier, made, term, named)


def _published(code: str, term: Term, tier: Tier, values: dict[str, Any]) -> ProcedureVersion:
    if term.last and term.last < term.begins:
        raise Refusal(LAST_BEFORE_FIRST, field="valid_to")
    national = values.pop("national_code", None)
    called = {**UNSAID, "name_en": values["name_vi"], **values}
    version = ProcedureVersion(**called, valid_from=term.begins, valid_to=term.until())
    _check(version)
    row = _added(ProcedureRow(code=code, tier=tier, national_code=national))
    version.procedure_id = row.id
    return _added(version)


def _changed(row: ProcedureRow, term: Term, tier: Tier, values: dict[str, Any]) -> Declared:
    if row.tier != tier:
        raise Refusal(TIER_STAYS, field="tier", tier=row.tier)
    versions = _versions(row.id)
    newest = versions[-1]
    if queries.steps_kept(values.get("steps", ())) == queries.steps_kept(newest.steps):
        values["steps"] = newest.steps  # those kept long ago know no legs
    national = values.pop("national_code", row.national_code)
    _check(ProcedureVersion(**{**_values(newest), **values}))
    began, ended = newest.valid_from, newest.valid_to
    made = redeclare(row.id, versions, term, values)
    if not {"valid_from", "valid_to"}.isdisjoint(made.columns):
        _keep_in_step(_versions(row.id), began, ended)
    if national == row.national_code:
        return made
    row.national_code = national  # a mark, which promises nothing and has no days
    return replace(made, fate=Fate.CHANGED, columns=(*made.columns, "national_code"))


def _statutory_kept(limit: Limit | None) -> dict[str, Unit | int | None]:
    return {
        "statutory_value": limit.value if limit else None,
        "statutory_unit": limit.unit if limit else None,
    }


def _offer(
    newest: ProcedureVersion,
    offers: Sequence[Offer],
    tier: Tier,
    made: Declared,
    term: Term,
    named: set[int] | None,
) -> Declared:
    """Have the `named` desks offer a procedure as long as it holds, and say so if that is new.

    If none is named every desk of its tier does that never did, or after a time without the
    procedure every one; None asks for no others than there are.
    """
    desks = organisation.desks(tier)
    if named and not named <= desks.keys():
        raise Refusal(NO_DESK, field="offered_by", tier=tier)
    latest = {offer.agency_id: offer for offer in offers}
    lasting = {one for one, offer in latest.items() if offer.valid_to == newest.valid_to}
    begins = max(term.begins, term.since) if lasting else newest.valid_from
    if (named is None and lasting) or (newest.valid_to and newest.valid_to < begins):
        return made
    gone = lasting - named if named else set[int]()
    there = {one for one, (_first, last) in desks.items() if last is None or last >= begins}
    come = named - lasting if named else there - (latest.keys() if lasting else set())
    for agency_id in gone:
        _end(latest[agency_id], begins - ONE_DAY)
    rows = [
        {
            "procedure_id": made.id,
            "agency_id": agency_id,
            "valid_from": max(begins, desks[agency_id][0]),
            "valid_to": newest.valid_to,
        }
        for agency_id in come
    ]
    if rows:
        connected().execute(insert(Offer), rows)
    if made.fate == Fate.NEW or not (come or gone):
        return made
    since = min(made.since or begins, begins) if gone else made.since
    return replace(made, fate=Fate.CHANGED, columns=(*made.columns, "offered_by"), since=since)


def _keep_in_step(versions: Sequence[ProcedureVersion], began: date, ended: date | None) -> None:
    """Have a procedure offered from its first day to its last by whoever offered it so until now.

    What it was last `began` on a day and `ended` on another. After a time without it nobody goes
    on.
    """
    *before, version = versions
    until, eve = version.valid_to, version.valid_from - ONE_DAY
    is_moved = all(one.valid_from != began for one in versions)
    is_back = not is_moved and version.valid_from != began and before[-1].valid_to != eve
    for offer in _offers(version.procedure_id):
        if is_moved and offer.valid_from == began:
            offer.valid_from = version.valid_from
        elif is_moved and offer.valid_to and min(eve, began - ONE_DAY) <= offer.valid_to < began:
            offer.valid_to = max(offer.valid_to, eve)
            _end(offer, eve)
        if offer.valid_to == ended and not is_back:
            offer.valid_to = until
        if until is not None:
            _end(offer, until)
    db.session.flush()


def _end(offer: Offer, last_day: date) -> None:
    if offer.valid_from > last_day:
        db.session.delete(offer)  # it was never offered
    elif offer.valid_to is None or offer.valid_to > last_day:
        offer.valid_to = last_day


def _offers(procedure_id: int) -> Sequence[Offer]:
    return db.session.scalars(
        select(Offer).where(Offer.procedure_id == procedure_id).order_by(Offer.valid_from)
    ).all()


def _versions(procedure_id: int) -> Sequence[ProcedureVersion]:
    return db.session.scalars(
        select(ProcedureVersion)
        .where(ProcedureVersion.procedure_id == procedure_id)
        .order_by(ProcedureVersion.valid_from)
    ).all()


def _values(version: ProcedureVersion) -> dict[str, Any]:
    return {one.name: getattr(version, one.name) for one in table_of(ProcedureVersion).columns}


def _check(version: ProcedureVersion) -> None:
    """Refuse a version whose values do not go together."""
    limit = Limit(version.limit_value, version.limit_unit)
    check_steps(limit, queries.steps_kept(version.steps))
    check_statutory(limit, queries.statutory_kept(version))
    check_extendable(limit, extendable=version.extendable)
    check_supplement(queries.supplement_kept(version))


def _agency(code: str, field: str) -> Agency:
    found = organisation.by_code(code)
    if found is None:
        raise Refusal(NO_AGENCY, field=field, code=code)
    return found


def _added(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def _kept(step: Step) -> dict[str, str | int]:
    return {"kind": str(step.kind), "limit": str(step.limit), "leg": step.leg}

"""Agencies, fields, procedures and staff as rows of files, and when dossiers last came in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import and_, func, or_, select

from onestop.accounts.models import Account
from onestop.base.cells import CellValue, guarded
from onestop.base.database import db
from onestop.base.words import Bilingual
from onestop.catalogue import queries as catalogue
from onestop.catalogue.models import FieldRow, ProcedureRow
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.limits import AT_ONCE, Limit
from onestop.deadlines.rules.moments import legal_date, midnight
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.reading import ACTIVE, one_of
from onestop.dossiers.rules.states import State
from onestop.exchange.models import Loading
from onestop.exchange.rules.directories import AGENCIES, FIELDS, PROCEDURES, STAFF, Directory
from onestop.exchange.rules.values import UNIT_WORDS, joined, written
from onestop.organisation import queries as organisation
from onestop.organisation.models import Agency
from onestop.organisation.rules import Tier

Rows = Iterator[Mapping[str, CellValue | None]]


def rows(of: Directory) -> Iterator[tuple[CellValue, ...]]:
    """Yield what is kept as a file says it that, brought in again, changes nothing.

    What there was before the last change is not told.
    """
    for row in ROWS[of.name]():
        yield tuple(_cell(row[name]) for name in of.headings.names)


def _english(of: Bilingual) -> str:
    """Return an English name; one that is a copy is not told, and follows the other."""
    return "" if of.name_en == of.name_vi else of.name_en


def _cell(cell: CellValue | None) -> CellValue:
    if isinstance(cell, str):
        return guarded(cell)
    return "" if cell is None else int(cell) if isinstance(cell, bool) else cell


def _agencies() -> Rows:
    codes = _codes()
    for node in sorted(organisation.tree_with_past(date.max).nodes, key=lambda one: one.code):
        yield {
            "code": node.code,
            "parent_code": codes.get(node.parent_id or 0),
            "tier": str(node.tier),
            "kind": str(node.kind),
            "name_vi": node.name_vi,
            "name_en": _english(node),
            "valid_from": node.valid_from,
            "valid_to": node.valid_to,
            "successor_code": codes.get(node.successor_id or 0),
        }


def _fields() -> Rows:
    codes = _codes()
    newest = {
        field.id: (field, first) for field, first, _last in catalogue.snapshot().field_versions
    }
    for field, first in sorted(newest.values(), key=lambda one: one[0].code):
        yield {
            "code": field.code,
            "tier": str(field.tier),
            "name_vi": field.name_vi,
            "name_en": _english(field),
            "department_code": codes.get(field.department_agency_id or 0),
            "valid_from": first,
        }


def _procedures() -> Rows:
    codes, desks = _codes(), {tier: organisation.desks(tier) for tier in Tier}
    for versions in catalogue.snapshot().versions.values():
        newest = versions[-1]
        first = min(one.valid_from for one in versions if one.version_id == newest.version_id)
        offering = _offering(newest, desks[newest.tier])
        yield {
            "code": newest.code,
            "national_code": newest.national_code,
            "tier": str(newest.tier),
            "field_code": newest.field.code,
            "name_vi": newest.name_vi,
            "name_en": _english(newest),
            "service_level": newest.level,
            **_limit("time_limit", newest.limit),
            **_limit("statutory_limit", newest.limit_statutory),
            "same_day_cutoff": f"{newest.cutoff:%H:%M}" if newest.cutoff else None,
            "cutoff_shifts_receipt": newest.cutoff_shifts_receipt,
            "fee_vnd": newest.fee_vnd,
            "result_vi": newest.result_vi,
            "required_papers": joined(one.name for one in newest.papers),
            "sets": newest.sets,
            "interlinked": newest.interlinked,
            "steps": written(newest.steps),
            "legal_basis": joined(newest.legal_basis),
            "extendable": newest.extendable,
            "opinion_pauses": newest.opinion_pauses,
            "online_clock_start": str(newest.online_clock_start),
            "supplement_effect": str(newest.supplement.effect),
            "late_supplement_effect": str(newest.supplement.late_effect),
            "supplement_request_within": newest.supplement.within,
            "supplement_wait": newest.supplement.wait,
            "offered_by": ";".join(sorted(codes[one] for one in offering)),
            "valid_from": first,
            "valid_to": newest.valid_to,
        }


def _limit(column: str, limit: Limit | None) -> Mapping[str, CellValue | None]:
    value = None if limit is None or limit.unit in AT_ONCE else limit.value
    return {f"{column}_value": value, f"{column}_unit": UNIT_WORDS[limit.unit] if limit else None}


def _offering(procedure: Procedure, desks: Mapping[int, tuple[date, date | None]]) -> set[int]:
    """Return the desks that offer a procedure as long as it holds; none where they all do.

    One founded later does not offer it yet, and is no exception.
    """
    offers = catalogue.offer_periods(procedure.id)
    lasting = {agency_id for agency_id, _first, last in offers if last == procedure.valid_to}
    there = {
        agency_id
        for agency_id, (first, last) in desks.items()
        if first <= procedure.valid_from and (last is None or last >= procedure.valid_from)
    }
    return set() if there <= lasting else lasting


def _codes() -> Mapping[int, str]:
    return dict(db.session.execute(select(Agency.id, Agency.code)).all())


def _staff() -> Rows:
    found = select(Account, Agency.code).join(Agency, Agency.id == Account.agency_id)
    for account, code in db.session.execute(found.order_by(Account.username)):
        yield {
            "username": account.username,
            "name": account.name,
            "role": str(account.role),
            "agency_code": code,
            "is_open": account.is_open,
        }


ROWS: Final = {
    AGENCIES.name: _agencies,
    FIELDS.name: _fields,
    PROCEDURES.name: _procedures,
    STAFF.name: _staff,
}
MARKS: Final = {
    AGENCIES.name: Agency.code,
    FIELDS.name: FieldRow.code,
    PROCEDURES.name: ProcedureRow.code,
    STAFF.name: Account.username,
}
OF_DOSSIERS: Final = {
    AGENCIES.name: (Dossier.receiving_agency_id, Dossier.handling_agency_id),
    FIELDS.name: (Dossier.field_id,),
    PROCEDURES.name: (Dossier.procedure_id,),
}


def marks(of: Directory) -> frozenset[str]:
    """Return the marks of all that is kept."""
    return frozenset(db.session.scalars(select(MARKS[of.name])))


def loadings(of: Directory) -> Sequence[Loading]:
    """Return the loads that declared something, the last one first."""
    found = select(Loading).where(Loading.directory == of.name)
    return db.session.scalars(found.order_by(Loading.id.desc())).all()


def last_come(of: Directory, since: date) -> Mapping[int, date]:
    """Return the last day since one on which a dossier came in, by the id of what it belongs to."""
    moments = (Dossier.received_at, Dossier.submitted_at, Dossier.not_accepted_at)
    found: dict[int, date] = {}
    for column in OF_DOSSIERS[of.name]:
        last = (
            select(column, *(func.max(moment) for moment in moments))
            .where(or_(*(moment >= midnight(since) for moment in moments)))
            .group_by(column)
        )
        for one, *ones in db.session.execute(last):
            day = max(legal_date(moment) for moment in ones if moment is not None)
            found[one] = max(day, found.get(one, day))
    return found


def unfinished_at(agency_ids: frozenset[int]) -> int:
    """Return how many dossiers somebody at one of some agencies still has to do something with.

    A result waits at the desk that received its dossier, wherever that was handled.
    """
    handled = one_of(Dossier.handling_agency_id, agency_ids)
    in_hand = and_(handled, Dossier.state != State.RESOLVED)
    here = or_(one_of(Dossier.receiving_agency_id, agency_ids), in_hand)
    found = select(func.count()).select_from(Dossier).where(ACTIVE, here)
    return db.session.scalar(found) or 0

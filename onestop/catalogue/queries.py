"""Reading the catalogue: a few hundred procedures, remembered by each process while they hold."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import JSON, ColumnElement, Text, cast, select

from onestop.base.database import db, table_of
from onestop.base.moments import ONE_DAY
from onestop.base.stamps import Subject, stamp
from onestop.base.words import fold
from onestop.catalogue.models import (
    FieldRow,
    FieldVersion,
    Offer,
    ProcedureRow,
    ProcedureVersion,
)
from onestop.catalogue.rules.channels import OnlineStart
from onestop.catalogue.rules.finding import rank, split
from onestop.catalogue.rules.papers import Paper
from onestop.catalogue.rules.procedures import Field, Procedure
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.supplements import SupplementEffect, SupplementLaw
from onestop.organisation.rules import Tier

Mark = TypeVar("Mark", int, str)
MOST_VERSIONS: Final = 4096


class Kept(NamedTuple):
    """A version of a procedure as the database keeps it, lists as the text that they are."""

    id: int
    procedure_id: int
    code: str
    national_code: str | None
    tier: Tier
    field_id: int
    name_vi: str
    name_en: str
    level: int
    limit_value: int
    limit_unit: Unit
    statutory_value: int | None
    statutory_unit: Unit | None
    cutoff: str | None
    cutoff_shifts_receipt: bool
    fee_vnd: int
    result_vi: str
    papers: str
    sets: int
    extendable: bool
    opinion_pauses: bool
    online_clock_start: OnlineStart
    supplement_effect: SupplementEffect
    late_supplement_effect: SupplementEffect
    supplement_request_within: int
    supplement_wait: int
    interlinked: bool
    steps: str
    legal_basis: str
    valid_from: date
    valid_to: date | None


def _columns() -> Iterator[ColumnElement[Any]]:
    procedure, version = table_of(ProcedureRow).c, table_of(ProcedureVersion).c
    for name in Kept._fields:
        column = (version if name in version else procedure)[name]
        yield cast(column, Text) if isinstance(column.type, JSON) else column


VERSIONS: Final = (
    select(*_columns())
    .join_from(ProcedureRow, ProcedureVersion)
    .order_by(ProcedureRow.code, ProcedureVersion.valid_from)
)


@dataclass(frozen=True)
class Wanted:
    """What a search of the catalogue is narrowed to; None means all.

    `online` leaves only what can be submitted online, whatever its level. `used` tells how often
    a procedure, by its id, is asked for where the search is made.
    """

    text: str = ""
    agency_id: int | None = None
    tier: Tier | None = None
    field_code: str | None = None
    level: int | None = None
    online: bool = False
    used: Mapping[int, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """The whole catalogue with all its versions."""

    versions: dict[str, tuple[Procedure, ...]]
    field_versions: tuple[tuple[Field, date, date | None], ...]
    offers: dict[int, tuple[tuple[int, date, date | None], ...]]

    @cached_property
    def codes(self) -> dict[int, str]:
        """Return the code of each procedure id."""
        return {versions[0].id: code for code, versions in self.versions.items()}

    def in_force(self, code: str, on: date) -> Procedure | None:
        """Return the version of a procedure that holds on a date."""
        return next((one for one in self.versions.get(code, ()) if one.is_in_force(on)), None)

    def as_of(self, code: str, on: date) -> Procedure:
        """Return a procedure as it was on a date: as it held, or else as it last held before.

        Before its first day it is what it was to be.
        """
        versions = self.versions[code]
        return next((one for one in reversed(versions) if one.valid_from <= on), versions[0])

    def offered_by(self, procedure_id: int, on: date) -> frozenset[int]:
        """Return the agencies that receive a procedure on a date."""
        return frozenset(
            agency_id
            for agency_id, first, last in self.offers.get(procedure_id, ())
            if first <= on and (last is None or on <= last)
        )


def snapshot() -> Snapshot:
    """Return the catalogue."""
    return _snapshot(stamp(Subject.CATALOGUE))


def in_force(code: str, on: date) -> Procedure | None:
    """Return the procedure of a code as it holds on a date."""
    return snapshot().in_force(code, on)


def in_force_by_id(procedure_id: int, on: date) -> Procedure | None:
    """Return the procedure of an id as it holds on a date."""
    whole = snapshot()
    code = whole.codes.get(procedure_id)
    return (code and whole.in_force(code, on)) or None


def as_of(procedure_id: int, on: date) -> Procedure:
    """Return a procedure as it was on a date, in force or not: for names on old dossiers."""
    whole = snapshot()
    return whole.as_of(whole.codes[procedure_id], on)


def offered_by(procedure_id: int, on: date) -> frozenset[int]:
    """Return the ids of the agencies that receive a procedure on a date."""
    return snapshot().offered_by(procedure_id, on)


def offer_periods(procedure_id: int) -> tuple[tuple[int, date, date | None], ...]:
    """Return which agencies receive a procedure, from a day to a day."""
    return snapshot().offers.get(procedure_id, ())


def fields(on: date, tier: Tier | None = None) -> Sequence[Field]:
    """Return the fields of a date, by tier and name."""
    return _fields(stamp(Subject.CATALOGUE), on, tier)


def known_field(asked: Mark) -> Mark | None:
    """Return a number or a code if it is that of a field, today's or an earlier one."""
    is_one = any(asked in {one.id, one.code} for one, *_ in snapshot().field_versions)
    return asked if is_one else None


def search(wanted: Wanted, on: date) -> list[Procedure]:
    """Return the procedures in force that fit, the best first.

    Every word typed begins a word of the name or the code, in any order, without diacritics.
    """
    whole = snapshot()
    words = split(fold(wanted.text))
    hits = []
    for code in whole.versions:
        found = whole.in_force(code, on)
        if found is None or not _fits(found, wanted):
            continue
        if wanted.agency_id and wanted.agency_id not in whole.offered_by(found.id, on):
            continue
        how_well = rank(words, found, wanted.used.get(found.id, 0))
        if how_well is not None:
            hits.append((how_well, found))
    return [found for _, found in sorted(hits, key=lambda hit: hit[0])]


def _fits(found: Procedure, wanted: Wanted) -> bool:
    return (
        (wanted.tier is None or found.tier == wanted.tier)
        and (wanted.field_code is None or found.field.code == wanted.field_code)
        and (wanted.level is None or found.level == wanted.level)
        and (found.is_online or not wanted.online)
    )


@lru_cache(maxsize=4)
def _snapshot(_stamp: str) -> Snapshot:
    tiers = dict(db.session.execute(select(FieldRow.id, FieldRow.tier)).all())
    codes = dict(db.session.execute(select(FieldRow.id, FieldRow.code)).all())
    rows = db.session.scalars(select(FieldVersion).order_by(FieldVersion.valid_from)).all()
    known = [
        (
            Field(
                row.field_id, codes[row.field_id], tiers[row.field_id], row.name_vi, row.name_en,
                row.department_id,
            ),
            row.valid_from,
            row.valid_to,
        )
        for row in rows
    ]  # fmt: skip
    versions: dict[str, list[Procedure]] = {}
    for row in db.session.execute(VERSIONS):
        version = Kept._make(row)
        versions.setdefault(version.code, []).extend(_in_fields(version, known))
    offered: dict[int, list[tuple[int, date, date | None]]] = {}
    offers = select(Offer.procedure_id, Offer.agency_id, Offer.valid_from, Offer.valid_to)
    for procedure_id, agency_id, first, last in db.session.execute(offers):
        offered.setdefault(procedure_id, []).append((agency_id, first, last))
    return Snapshot(
        {code: tuple(made) for code, made in versions.items()},
        tuple(known),
        {key: tuple(made) for key, made in offered.items()},
    )


def _in_fields(version: Kept, known: list[tuple[Field, date, date | None]]) -> Iterator[Procedure]:
    """Yield a version as often as its field changed in its time: the name, or who handles it."""
    fields = [(field, first) for field, first, _last in known if field.id == version.field_id]
    for position, (field, first) in enumerate(fields):
        begins = max(first, version.valid_from) if position else version.valid_from
        later = fields[position + 1][1] - ONE_DAY if position + 1 < len(fields) else None
        ends = min((day for day in (later, version.valid_to) if day is not None), default=None)
        if ends is None or begins <= ends:
            yield _procedure(version, field, begins, ends)


@lru_cache(maxsize=MOST_VERSIONS)
def _procedure(version: Kept, field: Field, begins: date, ends: date | None) -> Procedure:
    # A change of the catalogue leaves nearly all of it as it was: that is not told anew.
    return Procedure(
        id=version.procedure_id,
        version_id=version.id,
        code=version.code,
        national_code=version.national_code,
        tier=version.tier,
        field=field,
        name_vi=version.name_vi,
        name_en=version.name_en,
        level=version.level,
        limit=Limit(version.limit_value, version.limit_unit),
        limit_statutory=statutory_kept(version),
        cutoff=time.fromisoformat(version.cutoff) if version.cutoff else None,
        cutoff_shifts_receipt=version.cutoff_shifts_receipt,
        fee_vnd=version.fee_vnd,
        result_vi=version.result_vi,
        papers=tuple(Paper(one["name"]) for one in json.loads(version.papers)),
        sets=version.sets,
        extendable=version.extendable,
        opinion_pauses=version.opinion_pauses,
        online_clock_start=version.online_clock_start,
        supplement=supplement_kept(version),
        interlinked=version.interlinked,
        steps=steps_kept(json.loads(version.steps)),
        legal_basis=tuple(one["name"] for one in json.loads(version.legal_basis)),
        valid_from=begins,
        valid_to=ends,
    )


def statutory_kept(version: ProcedureVersion | Kept) -> Limit | None:
    """Return the limit of the law as a version keeps it, if there is one."""
    value, unit = version.statutory_value, version.statutory_unit
    return None if value is None or unit is None else Limit(value, unit)


def supplement_kept(version: ProcedureVersion | Kept) -> SupplementLaw:
    """Return the law of supplements as a version keeps it."""
    return SupplementLaw(
        version.supplement_effect,
        version.late_supplement_effect,
        version.supplement_request_within,
        version.supplement_wait,
    )


def steps_kept(kept: Iterable[dict[str, Any]]) -> tuple[Step, ...]:
    """Return the steps of a version as they are kept; those without a leg follow one another."""
    return tuple(
        Step(StepKind.of(one["kind"]), Limit.parse(one["limit"]), one.get("leg", place))
        for place, one in enumerate(kept, 1)
    )


@lru_cache(maxsize=64)
def _fields(known: str, on: date, tier: Tier | None) -> tuple[Field, ...]:
    found = [
        field
        for field, first, last in _snapshot(known).field_versions
        if first <= on and (last is None or on <= last) and (tier is None or field.tier == tier)
    ]
    return tuple(sorted(found, key=lambda one: (one.tier.value, fold(one.name_vi))))

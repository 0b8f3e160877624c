"""Publishing procedures and changing them, each from a day on."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import insert, or_, select

from onestop.base.database import connected, db
from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded
from onestop.catalogue import queries
from onestop.catalogue.models import (
    FieldRow,
    FieldVersion,
    Offer,
    ProcedureRow,
    ProcedureVersion,
)
from onestop.catalogue.rules import (
    AT_ROW,
    CHANGED_ALREADY,
    FIELD_CHANGED_ALREADY,
    NOT_IN_FORCE,
    OnlineStart,
    Step,
    StepKind,
    check_extendable,
    check_steps,
)
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.supplements import (
    DECREE_61,
    SupplementEffect,
    SupplementLaw,
    check_supplement,
)
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY, Tier

UNITS: Final = {
    "working_days": Unit.WORKING_DAY,
    "working_hours": Unit.WORKING_HOUR,
    "calendar_days": Unit.CALENDAR_DAY,
    "months": Unit.MONTH,
    "same_day": Unit.SAME_DAY,
}
Row = Mapping[str, str]
Kind = TypeVar("Kind", bound=Worded)


def load(
    fields: Iterable[Row], procedures: Iterable[Row], periods: Iterable[Row], *, in_force_from: date
) -> None:
    """Publish the fields and procedures of files, in force from a day on.

    Procedures named in `periods` hold in those days only. Every desk of a procedure's tier
    offers it. Where there is no column `sets` one is asked for, and without `extendable` no limit
    is extended, without `opinion_pauses` no opinion of another agency stops the clock, without
    `online_clock_start` all limits count from acceptance, and without those of `SUPPLEMENT` papers
    are asked for as Decree 61/2018 has it. Steps stand as `kind:limit:unit`, one
    after another with `;` and side by side with `+` between them. Raises `Refusal` that names the
    row and column of what is wrong.
    """
    tree = organisation.tree(in_force_from)
    field_ids = {}
    for row in fields:
        department = tree.by_code(row["department_code"]) if row["department_code"] else None
        made = FieldRow(code=row["code"], tier=Tier.of(row["tier"]))
        db.session.add(made)
        db.session.flush()
        field_ids[row["code"]] = made.id
        db.session.add(
            FieldVersion(
                field_id=made.id,
                name_vi=row["name_vi"],
                name_en=row["name_en"],
                department_id=department.id if department else None,
                valid_from=in_force_from,
            )
        )
    only = {row["procedure_code"]: row for row in periods}
    offers: list[dict[str, Any]] = []
    for number, row in enumerate(procedures, 2):
        first, last = in_force_from, None
        if period := only.get(row["code"]):
            first = date.fromisoformat(period["first_day"])
            last = date.fromisoformat(period["last_day"])
        published = ProcedureRow(
            code=row["code"],
            national_code=row["national_code"] or None,
            tier=Tier.of(row["tier"]),
        )
        db.session.add(published)
        db.session.flush()
        values = _version(row, number)
        values["field_id"] = field_ids[row["field_code"]]
        db.session.add(
            ProcedureVersion(procedure_id=published.id, valid_from=first, valid_to=last, **values)
        )
        offers += [
            {
                "procedure_id": published.id,
                "agency_id": desk.id,
                "valid_from": max(first, desk.valid_from),
                "valid_to": last,
            }
            for desk in tree.desks
            if desk.tier == published.tier
        ]
    db.session.flush()
    connected().execute(insert(Offer), offers)


def change(code: str, from_day: date, **changes: Any) -> None:
    """Change a procedure from a day on: the past keeps its values.

    `changes` are columns of `ProcedureVersion`; `limit` may be given as a `Limit`, `steps` and
    `supplement` as those of the rules. Raises `Refusal` where the procedure does not hold on that
    day or has changed later already, and as `check_steps`, `check_extendable` and
    `check_supplement` do for all together as they will be.
    """
    last = _last(code)
    if last is None or (last.valid_to and last.valid_to < from_day):
        raise Refusal(NOT_IN_FORCE, field="code", code=code)
    if last.valid_from >= from_day:
        raise Refusal(CHANGED_ALREADY, field="from_day")
    if isinstance(limit := changes.pop("limit", None), Limit):
        changes |= {"limit_value": limit.value, "limit_unit": limit.unit}
    if isinstance(law := changes.pop("supplement", None), SupplementLaw):
        changes |= _supplement_kept(law)
    if "steps" in changes:
        changes["steps"] = [_kept(one) for one in changes["steps"]]
    kept = {
        column.name: getattr(last, column.name)
        for column in ProcedureVersion.__table__.columns
        if column.name not in {"id", "valid_from"}
    }
    values = {**kept, **changes, "valid_from": from_day}
    check_steps(
        Limit(values["limit_value"], values["limit_unit"]), queries.steps_kept(values["steps"])
    )
    check_extendable(
        Limit(values["limit_value"], values["limit_unit"]), extendable=values["extendable"]
    )
    check_supplement(SupplementLaw(*(values[name] for name in SUPPLEMENT)))
    last.valid_to = from_day - timedelta(days=1)
    db.session.flush()
    db.session.add(ProcedureVersion(**values))
    db.session.flush()


def change_field(
    code: str,
    from_day: date,
    *,
    name_vi: str | None = None,
    name_en: str | None = None,
    department_code: str | None = None,
) -> None:
    """Give a field another name or department from a day on; the past keeps its values.

    What is None stays as it was. Raises `Refusal` for an unknown field or department, and where
    the field has changed later already.
    """
    last = db.session.scalars(
        select(FieldVersion)
        .join(FieldRow, FieldRow.id == FieldVersion.field_id)
        .where(FieldRow.code == code)
        .order_by(FieldVersion.valid_from.desc())
    ).first()
    if last is None:
        raise Refusal(N_("Không có lĩnh vực %(code)s."), field="code", code=code)
    if last.valid_from >= from_day:
        raise Refusal(FIELD_CHANGED_ALREADY, field="from_day")
    department = last.department_id
    if department_code is not None:
        node = organisation.tree(from_day).by_code(department_code)
        if node is None:
            raise Refusal(NO_AGENCY, field="department_code", code=department_code)
        department = node.id
    ends, last.valid_to = last.valid_to, from_day - timedelta(days=1)
    db.session.flush()
    db.session.add(
        FieldVersion(
            field_id=last.field_id,
            name_vi=name_vi or last.name_vi,
            name_en=name_en or last.name_en,
            department_id=department,
            valid_from=from_day,
            valid_to=ends,
        )
    )
    db.session.flush()


def close(code: str, last_day: date) -> None:
    """End a procedure after a day, for every desk that offers it; dossiers keep their promises.

    Raises `Refusal` where the procedure does not hold on that day, or changes after it.
    """
    version = _last(code)
    if version is None or (version.valid_to and version.valid_to < last_day):
        raise Refusal(NOT_IN_FORCE, field="code", code=code)
    if version.valid_from > last_day:
        raise Refusal(CHANGED_ALREADY, field="last_day")
    version.valid_to = last_day
    offers = select(Offer).where(
        Offer.procedure_id == version.procedure_id,
        or_(Offer.valid_to.is_(None), Offer.valid_to > last_day),
    )
    for offer in db.session.scalars(offers).all():
        if offer.valid_from > last_day:
            db.session.delete(offer)  # it was never offered
        else:
            offer.valid_to = last_day
    db.session.flush()


def _last(code: str) -> ProcedureVersion | None:
    return db.session.scalars(
        select(ProcedureVersion)
        .join(ProcedureRow, ProcedureRow.id == ProcedureVersion.procedure_id)
        .where(ProcedureRow.code == code)
        .order_by(ProcedureVersion.valid_from.desc())
    ).first()


def _version(row: Row, number: int) -> dict[str, Any]:
    unit = UNITS.get(row["time_limit_unit"])
    if unit is None:
        raise _no_such(row["time_limit_unit"], "time_limit_unit", number)
    limit = Limit(0 if unit == Unit.SAME_DAY else int(row["time_limit_value"]), unit)
    steps = [
        _kept(_step(part, number, leg))
        for leg, together in enumerate(_parts(row["steps"]), 1)
        for part in together.split("+")
    ]
    extendable = row.get("extendable") == "1"
    supplement = _supplement(row, number)
    try:
        check_steps(limit, queries.steps_kept(steps))
        check_extendable(limit, extendable=extendable)
        check_supplement(supplement)
    except Refusal as refusal:
        said = {**refusal.values, "row": number}
        raise Refusal(AT_ROW[refusal.message], **said) from None
    return {
        "name_vi": row["name_vi"],
        "name_en": row["name_en"],
        "level": int(row["service_level"]),
        "limit_value": limit.value,
        "limit_unit": limit.unit,
        "cutoff": row["same_day_cutoff"] or None,
        "fee_vnd": int(row["fee_vnd"]),
        "result_vi": row["result_vi"],
        "papers": [{"name": name} for name in _parts(row["required_papers"])],
        "sets": int(row.get("sets") or 1),
        "extendable": extendable,
        "opinion_pauses": row.get("opinion_pauses") == "1",
        "online_clock_start": _one_of(OnlineStart.ACCEPTANCE, row, "online_clock_start", number),
        **_supplement_kept(supplement),
        "interlinked": row["interlinked"] == "1",
        "steps": steps,
        "legal_basis": [{"name": name} for name in _parts(row["legal_basis"])],
    }


def _supplement(row: Row, number: int) -> SupplementLaw:
    usual = DECREE_61
    return SupplementLaw(
        _one_of(usual.effect, row, "supplement_effect", number),
        _one_of(usual.late_effect, row, "late_supplement_effect", number),
        _days(usual.within, row, "supplement_request_within", number),
        _days(usual.wait, row, "supplement_wait", number),
    )


def _supplement_kept(law: SupplementLaw) -> dict[str, SupplementEffect | int]:
    kept = (law.effect, law.late_effect, law.within, law.wait)
    return dict(zip(SUPPLEMENT, kept, strict=True))


SUPPLEMENT: Final = (
    "supplement_effect",
    "late_supplement_effect",
    "supplement_request_within",
    "supplement_wait",
)


def _one_of(usual: Kind, row: Row, column: str, number: int) -> Kind:
    if not (cell := row.get(column)):
        return usual
    if (found := type(usual).known(cell)) is None:
        raise _no_such(cell, column, number)
    return found


def _days(usual: int, row: Row, column: str, number: int) -> int:
    if not (cell := row.get(column)):
        return usual
    if not (cell.isascii() and cell.isdigit() and len(cell) <= MOST_DIGITS):
        raise _no_such(cell, column, number)
    return int(cell)


MOST_DIGITS: Final = 6


def _no_such(cell: str, column: str, number: int) -> Refusal:
    said = N_("Dòng %(row)d, cột %(column)s: “%(value)s” không hợp lệ.")
    return Refusal(said, row=number, column=column, value=cell)


def _kept(step: Step) -> dict[str, str | int]:
    return {"kind": str(step.kind), "limit": str(step.limit), "leg": step.leg}


def _step(text: str, number: int, leg: int) -> Step:
    kind, _, rest = text.strip().partition(":")
    value, _, unit = rest.partition(":")
    if unit not in UNITS or kind not in {str(one) for one in StepKind} or not value.isdecimal():
        raise _no_such(text, "steps", number)
    return Step(StepKind.of(kind), Limit(int(value), UNITS[unit]), leg)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]

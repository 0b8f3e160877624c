"""Tables of what holds from a day to a day, and how one comes after another."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped

from onestop.base.database import Base, db, table_of
from onestop.base.moments import ONE_DAY
from onestop.base.terms import Declared, Fate, Term, planned


class Period(Base):
    """Values that hold from a day to a day, both included."""

    __abstract__ = True

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def redeclare(
    of: int, periods: Sequence[Period], term: Term, values: Mapping[str, Any]
) -> Declared:
    """Have the last of `periods`, of the thing `of` an id, hold the values that are declared.

    As `terms.planned` has it; raises `Refusal` likewise.
    """
    newest = periods[-1]
    values = with_its_copy(newest, values)
    changed = tuple(name for name, value in values.items() if getattr(newest, name) != value)
    plan = planned(periods, term, changed)
    values = {**values, "valid_from": plan.begins, "valid_to": plan.until}
    if plan.leaves:
        kept = {one.name: getattr(newest, one.name) for one in table_of(type(newest)).columns}
        del kept["id"]
        newest.valid_to = plan.leaves
        db.session.add(type(newest)(**{**kept, **values}))
    else:
        for before in periods[-2:-1]:
            if before.valid_to and before.valid_to >= min(plan.begins, newest.valid_from) - ONE_DAY:
                before.valid_to = plan.begins - ONE_DAY
        for name, value in values.items():
            setattr(newest, name, value)
    db.session.flush()
    fate = Fate.CHANGED if plan.columns else Fate.UNCHANGED
    return Declared(of, fate, plan.columns, plan.since)


def with_its_copy(last: Period, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of what follows: an English name that was a copy of the other stays one."""
    told = getattr(last, "name_vi", None), getattr(last, "name_en", None)
    if "name_vi" not in values or "name_en" in values or told[0] != told[1]:
        return values
    return {**values, "name_en": values["name_vi"]}

"""Founding and changing agencies, each from a day on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.organisation import queries
from onestop.organisation.models import Agency, AgencyPeriod
from onestop.organisation.rules import AgencyKind, Tier


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
    """Add an agency from a day on; raises `Refusal` for a parent that does not exist then."""
    parent = _parent(agency.parent_code, agency.valid_from)
    if agency.valid_to and agency.valid_to < agency.valid_from:
        raise Refusal(N_("Ngày cuối phải từ ngày đầu trở đi."), field="valid_to")
    made = Agency(code=agency.code, tier=agency.tier)
    db.session.add(made)
    db.session.flush()
    db.session.add(
        AgencyPeriod(
            agency_id=made.id,
            parent_id=parent,
            kind=agency.kind,
            name_vi=agency.name_vi,
            name_en=agency.name_en,
            valid_from=agency.valid_from,
            valid_to=agency.valid_to,
        )
    )
    db.session.flush()
    return made


def change(code: str, from_day: date, **changes: Any) -> None:
    """Give an agency another name, kind or parent from a day on; the past keeps its values.

    `changes` are columns of `AgencyPeriod`. Raises `Refusal` where the agency does not exist on
    that day, the change would put it below itself, or it has already changed later.
    """
    tree = queries.tree(from_day)
    node = tree.by_code(code)
    if node is None:
        raise Refusal(N_("Không có cơ quan %(code)s vào ngày này."), field="code", code=code)
    parent_id = changes.get("parent_id", node.parent_id)
    if parent_id is not None and parent_id in tree.below(node.id):
        raise Refusal(N_("Cơ quan không thể trực thuộc chính mình."), field="parent_id")
    last = db.session.scalars(
        select(AgencyPeriod)
        .where(AgencyPeriod.agency_id == node.id)
        .order_by(AgencyPeriod.valid_from.desc())
    ).first()
    if last is None or last.valid_from >= from_day:
        raise Refusal(N_("Cơ quan đã có thay đổi từ ngày này."), field="from_day")
    values = {name: getattr(last, name) for name in ("parent_id", "kind", "name_vi", "name_en")}
    ends, last.valid_to = last.valid_to, from_day - timedelta(days=1)
    db.session.add(
        AgencyPeriod(agency_id=node.id, valid_from=from_day, valid_to=ends, **{**values, **changes})
    )
    db.session.flush()


def close(code: str, last_day: date) -> None:
    """End an agency after a day; its dossiers and figures stay its own."""
    node = queries.tree(last_day).by_code(code)
    if node is None:
        raise Refusal(N_("Không có cơ quan %(code)s vào ngày này."), field="code", code=code)
    period = db.session.scalar(
        select(AgencyPeriod).where(
            AgencyPeriod.agency_id == node.id, AgencyPeriod.valid_from == node.valid_from
        )
    )
    if period is not None:
        period.valid_to = last_day
    db.session.flush()


def load(rows: Iterable[Mapping[str, str]]) -> None:
    """Found the agencies of a file, parents before children."""
    for row in rows:
        founding = Founding(
            code=row["code"],
            tier=Tier.of(row["tier"]),
            kind=AgencyKind.of(row["kind"]),
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            valid_from=date.fromisoformat(row["valid_from"]),
            parent_code=row["parent_code"] or None,
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        found(founding)


def _parent(code: str | None, on: date) -> int | None:
    if code is None:
        return None
    # A parent may be younger on paper than its child: boundaries were merged later.
    parent = queries.by_code(code)
    if parent is None:
        raise Refusal(
            N_("Không có cơ quan cấp trên %(code)s vào ngày %(day)s."),
            field="parent_code",
            code=code,
            day=f"{on:%d/%m/%Y}",
        )
    return parent.id

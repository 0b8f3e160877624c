"""Reading the tree of agencies of a date."""

from datetime import date

from sqlalchemy import or_, select

from onestop.base.database import db
from onestop.organisation.models import Agency, AgencyPeriod
from onestop.organisation.rules import Node, Tree


def tree(on: date) -> Tree:
    """Return all agencies as they stood `on` a date, in one read."""
    rows = db.session.execute(
        select(Agency, AgencyPeriod)
        .join(AgencyPeriod, AgencyPeriod.agency_id == Agency.id)
        .where(
            AgencyPeriod.valid_from <= on,
            or_(AgencyPeriod.valid_to.is_(None), AgencyPeriod.valid_to >= on),
        )
    )
    return Tree(
        tuple(
            Node(agency.id, agency.code, agency.tier, period.kind, period.parent_id,
                 period.name_vi, period.name_en, period.valid_from, period.valid_to)
            for agency, period in rows
        )
    )  # fmt: skip


def by_code(code: str) -> Agency | None:
    """Return the agency of a code, whenever it existed."""
    return db.session.scalar(select(Agency).where(Agency.code == code))


def line_of(agency_id: int) -> tuple[int, ...]:
    """Return the ids of an agency and of those last above it, nearest first."""
    parents = dict(
        db.session.execute(
            select(AgencyPeriod.agency_id, AgencyPeriod.parent_id).order_by(AgencyPeriod.valid_from)
        ).all()
    )
    found = [agency_id]
    while (above := parents.get(found[-1])) is not None:
        found.append(above)
    return tuple(found)

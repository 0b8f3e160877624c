"""The orders that close offices, as they were entered, and when each office was closed by them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import selectinload

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.models import ClosedAgency, Dossier, OfficeClosure
from onestop.dossiers.queries.closed import as_closure
from onestop.dossiers.rules.closures import Closure
from onestop.organisation import queries as organisation


def with_taken_over(closure: Closure) -> Closure:
    """Return an order that closes with its offices what they had taken over when it began.

    What lies there of an agency that has ended lies behind the same door (rules.md 6.6, 13.2).
    """
    over = organisation.taken_over(legal_date(closure.begins_at))
    taken = (over.get(one, frozenset()) for one in closure.agency_ids)
    return replace(closure, agency_ids=closure.agency_ids.union(*taken))


def check(closure: Closure, at: datetime) -> None:
    """Refuse an order without a number, and moments that have not come or are in no order.

    An order that was entered before may be entered again, for more offices or for what came in
    since, but not with other days.
    """
    if not closure.order.strip():
        raise Refusal(N_("Hãy ghi số, ngày của lệnh đóng cửa."), field="order")
    if closure.begins_at > at:
        raise Refusal(N_("Đóng cửa chưa bắt đầu; hãy ghi vào ngày bắt đầu."), field="first")
    known = of_order(closure.order)
    if known is not None and known.begins_at != closure.begins_at:
        raise Refusal(
            N_("Lệnh này đã được ghi, đóng cửa từ ngày %(day)s."),
            field="first",
            day=legal_date(known.begins_at),
        )
    if known is not None and known.ends_at != closure.ends_at:
        raise Refusal(N_("Lệnh này đã được ghi với ngày cuối khác."), field="last")
    if closure.ends_at is None:
        return
    if closure.ends_at <= closure.begins_at:
        raise Refusal(ENDS_BEFORE_IT_BEGINS, field="last")
    if closure.ends_at > at:
        raise Refusal(
            N_("Đóng cửa chưa kết thúc; hãy bỏ trống ngày cuối, rồi ghi khi mở lại."), field="last"
        )


def check_opening(closure: OfficeClosure, ends_at: datetime, at: datetime) -> None:
    """Refuse to open offices twice, in the future, or before they closed."""
    if closure.ends_at is not None:
        raise Refusal(N_("Cơ quan đã được ghi mở cửa lại theo lệnh này."))
    if ends_at > at:
        raise Refusal(N_("Ngày mở cửa lại chưa đến."), field="last")
    if ends_at < closure.begins_at:
        raise Refusal(ENDS_BEFORE_IT_BEGINS, field="last")


ENDS_BEFORE_IT_BEGINS: Final = N_("Đóng cửa không thể kết thúc trước khi bắt đầu.")


def of_order(order: str) -> OfficeClosure | None:
    """Return what was entered under the number of an order."""
    wanted = select(OfficeClosure).where(OfficeClosure.order_number == order.strip())
    return db.session.scalar(wanted.options(selectinload(OfficeClosure.agencies)))


def reaching(dossier: Dossier, moment: datetime) -> list[Closure]:
    """Return the orders that closed an office of a dossier's beyond a moment, or hold it now.

    And those of which it became known only then that they did, or no more.
    """
    here = exists().where(
        ClosedAgency.closure_id == OfficeClosure.id,
        ClosedAgency.agency_id.in_((dossier.receiving_agency_id, dossier.handling_agency_id)),
    )
    beyond = or_(
        OfficeClosure.ends_at.is_(None),
        *(one > moment for one in (OfficeClosure.ends_at, OfficeClosure.recorded_at,
                                   OfficeClosure.opened_at)),
    )  # fmt: skip
    running = [one.basis for one in dossier.pauses if one.ends_at is None]
    wanted = select(OfficeClosure).where(
        or_(and_(here, beyond), OfficeClosure.order_number.in_(running))
    )
    loaded = wanted.options(selectinload(OfficeClosure.agencies)).order_by(OfficeClosure.id)
    return [as_closure(one) for one in db.session.scalars(loaded)]


def by_id(closure_id: int, staff: Staff) -> OfficeClosure | None:
    """Return an order by its id, if all its offices lie below a member of staff, or did."""
    found = db.session.get(OfficeClosure, closure_id)
    ids = {one.agency_id for one in found.agencies} if found else set[int]()
    return found if ids and ids <= staff.reached else None


def closures_of(
    agency_ids: Collection[int], also: Closure | None = None
) -> Mapping[int, list[Pause]]:
    """Return when each of some agencies was closed by orders that are over.

    `also` by one that may not be entered yet.
    """
    found = _pauses(agency_ids, OfficeClosure.ends_at.is_not(None))
    if also is not None:
        for one in also.agency_ids.intersection(agency_ids):
            found[one].append(Pause(also.begins_at, also.ends_at))
    return found


def shut_by_any(closure: Closure) -> Mapping[int, list[Pause]]:
    """Return when each of the offices of an order was closed, by it and by any other."""
    found = _pauses(closure.agency_ids, OfficeClosure.order_number != closure.order)
    own = Pause(closure.begins_at, closure.ends_at)
    return {one: [own, *found[one]] for one in closure.agency_ids}


def _pauses(
    agency_ids: Collection[int], which: ColumnElement[bool]
) -> defaultdict[int, list[Pause]]:
    found = (
        select(ClosedAgency.agency_id, OfficeClosure.begins_at, OfficeClosure.ends_at)
        .join(OfficeClosure, OfficeClosure.id == ClosedAgency.closure_id)
        .where(ClosedAgency.agency_id.in_(agency_ids), which)
    )
    pauses = defaultdict[int, list[Pause]](list)
    for agency_id, begins_at, ends_at in db.session.execute(found):
        pauses[agency_id].append(Pause(begins_at, ends_at))
    return pauses

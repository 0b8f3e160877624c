"""The open dossiers of offices that are closed by an order, and what becomes of their dates."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlalchemy.orm import selectinload

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.models import Dossier, DossierPause, PauseKind
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.queries.foreseeing import counted_with


@dataclass(frozen=True)
class Closure:
    """An order that closes offices: its number, of which offices, from when, until when.

    Without `ends_at` they are closed until their opening is entered.
    """

    order: str
    agency_ids: frozenset[int]
    begins_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Held:
    """A dossier that a closure holds: its date, and the date after it, if it has ended.

    `step` is the number of a running step whose own date it is.
    """

    code: str
    due_at: datetime | None
    then: datetime | None
    step: int | None = None


Parts = Callable[[Sequence[Dossier], Closure], Iterable[Held]]
PARTS: Final[dict[Parts, None]] = {}


def held_with(parts: Parts) -> None:
    """Let a room above foresee its own dates that a closure moves; once is enough."""
    PARTS[parts] = None


def check(closure: Closure, at: datetime) -> None:
    """Refuse an order without a number, and moments that have not come or are in no order."""
    if not closure.order.strip():
        raise Refusal(N_("Hãy ghi số, ngày của lệnh đóng cửa."))
    if closure.begins_at > at:
        raise Refusal(N_("Đóng cửa chưa bắt đầu; hãy ghi vào ngày bắt đầu."))
    if closure.ends_at is None:
        return
    if closure.ends_at <= closure.begins_at:
        raise Refusal(N_("Đóng cửa không thể kết thúc trước khi bắt đầu."))
    if closure.ends_at > at:
        raise Refusal(N_("Đóng cửa chưa kết thúc; hãy bỏ trống ngày cuối, rồi ghi khi mở lại."))


def foreseen(closure: Closure) -> list[Held]:
    """Return what a closure would do to each dossier that it holds, by date."""
    dossiers = held_by(closure)
    held = [Held(one.code, one.due_at, _then(one, closure)) for one in dossiers]
    held += [one for parts in PARTS for one in parts(dossiers, closure)]
    return sorted(held, key=lambda one: (one.due_at is None, one.due_at, one.code, one.step or 0))


def held_by(closure: Closure, *, locked: bool = False) -> Sequence[Dossier]:
    """Return the open dossiers that the offices received or handle, in the order of their locks.

    Those that the order holds already are left out, and so are those received after its end.
    """
    ids = closure.agency_ids
    conditions: list[ColumnElement[bool]] = [
        or_(Dossier.receiving_agency_id.in_(ids), Dossier.handling_agency_id.in_(ids)),
        not_(_of_order(closure.order)),
    ]
    if closure.ends_at is not None:
        conditions.append(Dossier.received_at < closure.ends_at)
    return _open(conditions, locked=locked)


def still_closed(order: str, *, locked: bool = False) -> Sequence[Dossier]:
    """Return the open dossiers that an order still holds, in the order of their locks."""
    return _open([_of_order(order, DossierPause.ends_at.is_(None))], locked=locked)


def _open(conditions: Collection[ColumnElement[bool]], *, locked: bool) -> Sequence[Dossier]:
    statement = (
        select(Dossier)
        .where(Dossier.finished_at.is_(None), Dossier.received_at.is_not(None), *conditions)
        .options(selectinload(Dossier.pauses), selectinload(Dossier.moves))
        .order_by(Dossier.id)
    )
    return db.session.scalars(statement.with_for_update(of=Dossier) if locked else statement).all()


def _of_order(order: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        DossierPause.dossier_id == Dossier.id,
        DossierPause.kind == PauseKind.CLOSURE,
        DossierPause.basis == order,
        *more,
    )


def _then(dossier: Dossier, closure: Closure) -> datetime | None:
    pauses = pauses_with(dossier, closure)
    if pauses is None:
        return None
    counted = counted_with(dossier, pauses, restarts=False)
    return explaining.appointed(dossier, counted.due_at)


def pauses_with(dossier: Dossier, closure: Closure) -> tuple[Pause, ...] | None:
    """Return the pauses of a dossier with a closure that is over; None while one still runs."""
    pauses = reading.pauses(dossier)
    if closure.ends_at is None or any(one.ends_at is None for one in pauses):
        return None
    begins_at = max(closure.begins_at, dossier.received_at or closure.begins_at)
    return (*pauses, Pause(begins_at, closure.ends_at))

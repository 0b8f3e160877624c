"""The open dossiers of offices that are closed by an order, and what becomes of their dates."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import selectinload

from onestop.base.blocks import in_blocks
from onestop.base.database import db
from onestop.base.viewer import Staff
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause, fitted, reaches
from onestop.dossiers.models import (
    ClosedAgency,
    Dossier,
    DossierPause,
    Entry,
    OfficeClosure,
    PauseKind,
)
from onestop.dossiers.queries import checks, explaining, reading
from onestop.dossiers.queries.closed import as_closure
from onestop.dossiers.queries.foreseeing import counted_with
from onestop.dossiers.queries.moving import Part
from onestop.dossiers.queries.orders import of_order
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import Verb
from onestop.organisation import queries as organisation


@dataclass(frozen=True)
class Held:
    """A dossier that a closure holds: its date, and the date after it, if it has ended.

    `step` is the number of a running step whose own date it is. What was only submitted has one
    date: that by which the desk checks it. What runs `beside` has a date of its own, and no clock
    of its dossier stands still for it: without a step it is that of an answer.
    """

    code: str
    due_at: datetime | None
    then: datetime | None
    step: int | None = None
    beside: bool = False


Pauses = Callable[[Dossier], tuple[Pause, ...] | datetime]
"""The pauses that a dossier would have, or since when one runs: then no date is counted."""
Parts = Callable[[Sequence[Dossier], Pauses], Iterable[Held]]
PARTS: Final[dict[Parts, None]] = {}


def held_with(parts: Parts) -> None:
    """Let a room above foresee its own dates that a closure moves; once is enough."""
    PARTS[parts] = None


Recounts = Callable[[Closure, bool], list[Part]]
RECOUNTS: Final[dict[Recounts, None]] = {}
"""What rooms above know of dates of their own that ran while an office was closed."""


def recounted_with(parts: Recounts) -> None:
    """Let dates of a room above be counted anew after a closure; once is enough."""
    RECOUNTS[parts] = None


def parts_anew(closure: Closure, *, locked: bool = False) -> list[Part]:
    """Return the dates of rooms above that a closure which is over gives more time."""
    return [one for parts in RECOUNTS for one in parts(closure, locked)] if closure.ends_at else []


@dataclass(frozen=True)
class Recorded:
    """An order as the list of orders shows it: how many dossiers it held, and still holds.

    `came_since` counts those that came to the offices after it was entered and are not held.
    """

    closure: OfficeClosure
    held: int
    still_held: int
    came_since: int

    @property
    def is_open(self) -> bool:
        """Say whether the offices are still closed."""
        return self.closure.ends_at is None


def recorded(staff: Staff) -> list[Recorded]:
    """Return the orders about offices below a member of staff, the newest first."""
    mine = exists().where(
        ClosedAgency.closure_id == OfficeClosure.id, ClosedAgency.agency_id.in_(staff.reached)
    )
    wanted = select(OfficeClosure).where(mine).options(selectinload(OfficeClosure.agencies))
    orders = select(
        DossierPause.basis,
        func.count(DossierPause.dossier_id.distinct()),
        func.count().filter(DossierPause.ends_at.is_(None)),
    ).where(DossierPause.basis.is_not(None), DossierPause.kind == PauseKind.CLOSURE)
    rows = db.session.execute(orders.group_by(DossierPause.basis))
    counts = {basis: (held, still) for basis, held, still in rows}
    found = []
    for one in db.session.scalars(wanted.order_by(OfficeClosure.id.desc())):
        held, still_held = counts.get(one.order_number, (0, 0))
        found.append(Recorded(one, held, still_held, _came_since(one)))
    return found


def _came_since(found: OfficeClosure) -> int:
    if found.ends_at is not None:
        return 0
    wanted = _unfinished(_conditions(as_closure(found)))
    return db.session.scalar(select(func.count()).select_from(Dossier).where(*wanted)) or 0


def count_held(held: Iterable[Held]) -> int:
    """Return of how many dossiers the clock, or the check, is among some dates."""
    return len({one.code for one in held if not one.beside})


def count_beside(held: Sequence[Held]) -> int:
    """Return how many of some dates run beside the clock of their dossier, which goes on."""
    return sum(one.beside for one in held)


def seal(held: Sequence[Held]) -> str:
    """Return a mark of what somebody was shown: it is another when anything of it changes."""
    told = "\n".join(f"{one.code} {one.step} {one.beside} {one.due_at} {one.then}" for one in held)
    return sha256(told.encode()).hexdigest()


def foreseen(closure: Closure, at: datetime) -> list[Held]:
    """Return what a closure entered `at` a moment would do to each dossier it holds, by date."""
    dossiers = held_by(closure)
    since = held_since(closure, dossiers)
    held = [one for one in dossiers if one.id in since]
    return _held(
        held,
        lambda dossier: _pauses_with(dossier, closure, since[dossier.id]),
        closure,
        closure.ends_at or max(closure.begins_at, at) + LONG_ENOUGH,
    )


def foreseen_opening(order: str, ends_at: datetime) -> list[Held]:
    """Return what the opening of the offices does to each dossier of theirs, by date.

    To those that the order holds, to those that came since and that nobody held, and to what
    waits to be checked.
    """
    found = of_order(order)
    if found is None:
        return []
    closure = replace(as_closure(found), ends_at=ends_at)
    order = closure.order
    dossiers = let_go(closure)
    ended = [
        one
        for one in outlasting(closure)
        if _then(one, _pauses_open(one, order, ends_at)) != one.due_at
    ]
    since = held_since(closure, dossiers)
    touched = [one for one in dossiers if one.id in since or reading.is_held_by(one, order)]

    def pauses(dossier: Dossier) -> tuple[Pause, ...] | datetime:
        if dossier.id in since:
            return _pauses_with(dossier, closure, since[dossier.id])
        return _pauses_open(dossier, order, ends_at)

    return _held([*touched, *ended], pauses, closure, ends_at)


def _held(
    dossiers: Sequence[Dossier], pauses: Pauses, closure: Closure, until: datetime
) -> list[Held]:
    held = [Held(one.dossier.code, one.was, one.then) for one in checks.anew(closure)]
    held += _beside(closure, until)
    held += [Held(one.code, one.promised_at, _then(one, pauses(one))) for one in dossiers]
    held += [one for parts in PARTS for one in parts(dossiers, pauses)]
    return sorted(held, key=lambda one: (one.due_at is None, one.due_at, one.code, one.step or 0))


def _beside(closure: Closure, until: datetime) -> Iterator[Held]:
    """Yield the dates of rooms above that run at the offices and in no clock of their dossiers.

    Those that a closure `until` a moment would move; without an end nobody knows the new date.
    """
    for part in parts_anew(replace(closure, ends_at=until)):
        move, then = part.move, part.move.to_at if closure.ends_at else None
        yield Held(move.code, move.from_at, then, move.step, beside=True)


LONG_ENOUGH: Final = timedelta(days=120)
"""Longer than anybody has for an answer (`opinions.rules`) or a step."""


def held_by(closure: Closure, *, locked: bool = False) -> Sequence[Dossier]:
    """Return the open dossiers that the offices received or handle, in the order of their locks.

    Those that the order holds already are left out, and so are those received after its end.
    """
    return _open(_conditions(closure), locked=locked)


def _conditions(closure: Closure) -> list[ColumnElement[bool]]:
    ids = closure.agency_ids
    conditions: list[ColumnElement[bool]] = [
        or_(Dossier.receiving_agency_id.in_(ids), Dossier.handling_agency_id.in_(ids)),
        not_(_of_order(closure.order)),
    ]
    if closure.ends_at is not None:
        start = func.coalesce(Dossier.counts_from, Dossier.received_at)
        conditions.append(start < closure.ends_at)
    return conditions


def held_since(closure: Closure, dossiers: Sequence[Dossier]) -> Mapping[int, datetime]:
    """Return from when a closure holds each of the dossiers that it does not hold yet, by id.

    From its own beginning, but not before the limit counts, nor before a dossier that lay elsewhere
    came to an office that it closed: nothing erases a lateness from before (rules.md 6.2, 6.6).
    Left out is what came when the offices were open again.
    """
    fresh = [one for one in dossiers if not reading.is_held_by(one, closure.order)]
    elsewhere = [one for one in fresh if one.receiving_agency_id not in closure.agency_ids]
    came = _lying_since(closure, elsewhere)
    since = {
        one.id: max(
            closure.begins_at,
            reading.counts_from(one) or one.submitted_at,
            *came.get(one.id, ()),
        )
        for one in fresh
    }
    ends_at = closure.ends_at
    return {one: begins for one, begins in since.items() if ends_at is None or begins < ends_at}


def _lying_since(closure: Closure, dossiers: Sequence[Dossier]) -> Mapping[int, list[datetime]]:
    """Return since when dossiers lie at an office that is closed, as their history tells it."""
    tree = organisation.tree_with_past(legal_date(closure.ends_at or closure.begins_at))
    codes = {node.code for one in closure.agency_ids if (node := tree.by_id(one))}
    came = defaultdict[int, list[datetime]](list)
    for one in dossiers:
        begun_at = reading.procedure_of(one).department_agency_id
        if begun_at in closure.agency_ids and one.received_at:
            came[one.id] = [one.received_at]
    for ids in in_blocks([one.id for one in dossiers]):
        passed = select(Entry.dossier_id, Entry.happened_at, Entry.details).where(
            Entry.dossier_id.in_(ids), Entry.verb.in_(PASSED_ON)
        )
        for dossier_id, happened_at, details in db.session.execute(passed.order_by(Entry.seq)):
            to = [details.get("to_agency"), details.get("step_at")]
            named = {code for one in to for code in (one if isinstance(one, list) else [one])}
            if not named - {None}:
                continue
            if codes.isdisjoint(named):
                came.pop(dossier_id, None)
            elif dossier_id not in came:
                came[dossier_id] = [happened_at]
    return came


PASSED_ON: Final = (
    Verb.TRANSFER, Verb.SEND_TO, Verb.HAND_ON, Verb.GIVE_BACK, Verb.REVERSE, Verb.HAND_OVER,
    Verb.CORRECT,
)  # fmt: skip
"""After these a dossier may lie elsewhere; the line says where."""


def let_go(closure: Closure, *, locked: bool = False) -> Sequence[Dossier]:
    """Return the open dossiers that the opening of offices touches, in the order of their locks.

    Those that the order holds, and those that came to the offices until they opened and that it
    does not hold.
    """
    held = _of_order(closure.order, DossierPause.ends_at.is_(None))
    return _open([or_(held, and_(*_conditions(closure)))], locked=locked)


def outlasting(closure: Closure, *, locked: bool = False) -> Sequence[Dossier]:
    """Return what ended while an order still held it that was over by then, as is known now."""
    order, ends_at = closure.order, closure.ends_at
    if ends_at is None:
        return []
    late = (Dossier.finished_at.is_not(None), _of_order(order, DossierPause.ends_at > ends_at))
    return _with_clocks(late, locked=locked)


def _open(conditions: Collection[ColumnElement[bool]], *, locked: bool) -> Sequence[Dossier]:
    return _with_clocks(_unfinished(conditions), locked=locked)


def _with_clocks(conditions: Collection[ColumnElement[bool]], *, locked: bool) -> Sequence[Dossier]:
    statement = (
        select(Dossier)
        .where(*conditions)
        .options(selectinload(Dossier.pauses), selectinload(Dossier.moves))
        .order_by(Dossier.id)
    )
    return db.session.scalars(statement.with_for_update(of=Dossier) if locked else statement).all()


def _unfinished(
    conditions: Collection[ColumnElement[bool]],
) -> tuple[ColumnElement[bool], ...]:
    return (Dossier.finished_at.is_(None), Dossier.received_at.is_not(None), *conditions)


def _of_order(order: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        DossierPause.dossier_id == Dossier.id,
        DossierPause.kind == PauseKind.CLOSURE,
        DossierPause.basis == order,
        *more,
    )


def kept(
    due_at: datetime | None, overdue_from: datetime | None, since: datetime
) -> datetime | None:
    """Return the date of what was late before the clock stood still: it stands. No other does.

    A later one that was promised with an apology makes nothing punctual, and is not taken away.
    """
    return due_at if overdue_from is not None and overdue_from <= since else None


def _then(dossier: Dossier, pauses: tuple[Pause, ...] | datetime) -> datetime | None:
    if isinstance(pauses, datetime):
        return kept(dossier.due_at, dossier.overdue_from, pauses)
    version = dossier.rolled_version if dossier.finished_at else None
    counted = counted_with(dossier, pauses, restarts=False, version=version)
    return explaining.appointed(dossier, counted.due_at)


def _pauses_with(
    dossier: Dossier, closure: Closure, begins_at: datetime
) -> tuple[Pause, ...] | datetime:
    """Return the pauses of a dossier with a closure that is over, and holds it from a moment."""
    pauses = reading.pauses(dossier)
    if closure.ends_at is None or any(one.ends_at is None for one in pauses):
        return min(begins_at, dossier.paused_since or begins_at)
    return (*pauses, Pause(begins_at, closure.ends_at))


def _pauses_open(dossier: Dossier, order: str, ends_at: datetime) -> tuple[Pause, ...] | datetime:
    """Return the pauses of a dossier that an order holds no more."""
    pauses = [
        Pause(one.begins_at, max(ends_at, one.begins_at), one.restarts)
        if one.basis == order and reaches(Pause(one.begins_at, one.ends_at), ends_at)
        else Pause(one.begins_at, one.ends_at, one.restarts)
        for one in dossier.pauses
    ]
    start = reading.counts_from(dossier) or dossier.submitted_at
    if any(one.ends_at is None for one in pauses):
        return dossier.paused_since or start
    return tuple(fitted(one, start) for one in pauses)

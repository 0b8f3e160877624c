"""What every verb has in common: the table, the permission, the history and the counters."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from onestop.base.database import db
from onestop.base.errors import Refusal, StaleError
from onestop.base.moments import local
from onestop.base.permissions import Permission
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import filing, history, holding, slips
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Correction, Dossier, Entry
from onestop.dossiers.queries import figures, reading
from onestop.dossiers.rules.posts import allows, outside_the_post
from onestop.dossiers.rules.states import (
    NEEDS_EVERY_ANSWER,
    OTHERS_AT_WORK,
    Effect,
    Transition,
    Verb,
    check_reason,
    transition,
)
from onestop.dossiers.rules.timing import Facts, flows
from onestop.organisation import queries as organisation
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking, Flow

Follower = Callable[[Dossier, Verb, Author, datetime], Sequence[Line]]
FOLLOWERS: Final[dict[Follower, None]] = {}
"""What rooms above do whenever a verb was done, in the same transaction, in the order they came.

Each returns the lines that the history tells after that of the verb: of a correction and of a slip
that is taken back alone, for then dates of others are counted anew. A move of a step, a pause and a
resume tell all in their own line.
"""


def followed_by(follower: Follower) -> None:
    """Call `follower` after every verb of the table, before its line of history; once is enough."""
    FOLLOWERS[follower] = None


Guard = Callable[[Dossier, Verb], str | None]
GUARDS: Final[dict[Guard, None]] = {}
"""What rooms above know against a verb: each says why it may not be done now, or nothing."""


def guarded_by(guard: Guard) -> None:
    """Ask `guard` before every verb of the table, a reversal too, and before one is offered.

    Once is enough.
    """
    GUARDS[guard] = None


def tell_followers(dossier: Dossier, verb: Verb, by: Author, at: datetime) -> list[Line]:
    """Let the rooms above do what goes with a verb; return their lines of history."""
    return [line for follower in FOLLOWERS for line in follower(dossier, verb, by, at)]


@contextmanager
def acting(
    dossier: Dossier,
    verb: Verb,
    *,
    by: Author,
    at: datetime,
    reason: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> Iterator[Transition]:
    """Take `dossier` along the table's row for `verb`; the block changes its facts.

    Raises `Refusal` where the table has no such row, the post does not allow it, the reason is
    missing, or the moment lies before what has already happened. Afterwards the history has its
    line and the counters have the difference.
    """
    row = permitted(dossier, verb, by=by, reason=reason)
    in_order(dossier, at)
    before, stood = reading.facts(dossier), slips.before(dossier)
    from_state, promised = dossier.state, promise(dossier)
    handled_by, waited = dossier.handling_agency_id, reading.waits_for_opinion(dossier)
    dossier.state = row.to_state
    # Nothing is written before the whole change is known: the table checks it as one.
    with db.session.no_autoflush:
        yield row
        slips.keep(dossier, stood)
    db.session.flush()
    filing.follow(dossier, was=from_state, handled_by=handled_by)
    further = tell_followers(dossier, verb, by, at)
    held = holding.on_coming(dossier, lay_at=handled_by, ended_at=before.finished_at, at=at)
    if held:
        tell_followers(dossier, Verb.PAUSE, by, at)
    slips.keep(dossier, stood)  # where it lies, and since when it is held, is part of it
    after = reading.facts(dossier)
    details = {**held, **(told or {})}
    if dossier.handling_agency_id != handled_by and verb != Verb.TRANSFER:
        details["step_at"] = code_of(dossier.handling_agency_id, at)
    details |= _of_opinions(dossier, waited=waited)
    if row.effect != Effect.RESUME or dossier.paused_since is None:
        details |= dated(dossier, promised)
    line = Line(
        dossier.id,
        dossier.code,
        verb,
        from_state,
        dossier.state,
        at,
        reason,
        details,
    )
    history.append(dossier.receiving_agency_id, [line, *further], by=by, at=at)
    tallies.book(changed(dossier, before, after, at=at))


@dataclass(frozen=True)
class Promise:
    """The date that is promised at a moment, and whether the clock stands still then."""

    due_at: datetime | None
    is_still: bool


def promise(dossier: Dossier) -> Promise:
    """Return what is promised now, to be compared by `dated` with what is promised afterwards."""
    return Promise(dossier.promised_at, dossier.paused_since is not None)


def dated(dossier: Dossier, before: Promise) -> dict[str, str | None]:
    """Return what a line of history tells of the date: a new one, or none.

    While a clock stands still for two things, a limit may begin anew when one of them ends: its
    date is told once the clock runs.
    """
    due_at = dossier.promised_at
    runs_again = before.is_still and dossier.paused_since is None
    if due_at == (_last_told(dossier) if runs_again else before.due_at):
        return {}
    return {"due_at": due_at.isoformat() if due_at else None}


def _last_told(dossier: Dossier) -> datetime | None:
    """Return the last date that a line of a dossier's history told."""
    lines = select(Entry.details).where(Entry.dossier_id == dossier.id).order_by(Entry.seq.desc())
    told = (one["due_at"] for one in db.session.scalars(lines) if "due_at" in one)
    last = next(told, None)
    return datetime.fromisoformat(last) if last else None


def code_of(agency_id: int, at: datetime) -> str | None:
    """Return the code under which the history tells an agency."""
    node = organisation.tree_with_past(legal_date(at)).by_id(agency_id)
    return node.code if node else None


def come(
    dossier: Dossier, verb: Verb, *, lay_at: int, by: Author, at: datetime
) -> tuple[dict[str, Any], list[Booking]]:
    """Let the rooms above do what goes with a move of a step, and hold it at a closed office.

    Where the dossier lies as before there is nothing to do. Return what its line of history tells
    of the clock, and what to book after that.
    """
    if dossier.handling_agency_id == lay_at:
        return {}, []
    before, promised = reading.facts(dossier), promise(dossier)
    waited = reading.waits_for_opinion(dossier)
    tell_followers(dossier, verb, by, at)
    told = holding.on_coming(dossier, lay_at=lay_at, ended_at=None, at=at)
    told |= _of_opinions(dossier, waited=waited)
    if dossier.paused_since is None:
        told |= dated(dossier, promised)
    return told, changed(dossier, before, reading.facts(dossier), at=at) if told else []


def _of_opinions(dossier: Dossier, *, waited: bool) -> dict[str, str]:
    """Return what a line of history tells of a clock that waits for an opinion, or no more."""
    waits = reading.waits_for_opinion(dossier)
    if waits == waited or dossier.finished_at is not None:
        return {}
    return {"clock": "stopped" if waits else "resumed"}


def permitted(dossier: Dossier, verb: Verb, *, by: Author, reason: str | None) -> Transition:
    """Return the table's row for `verb`, or refuse in words."""
    row = row_of(dossier, verb)
    if why := barred(row, dossier, by=by):
        raise why
    if row.needs_reason:
        check_reason(reason)
    return row


def row_of(dossier: Dossier, verb: Verb) -> Transition:
    """Return the table's row for `verb` as a dossier stands. Raises `Refusal` where it has none."""
    received, before = dossier.received_at is not None, reading.came_from(dossier)
    return transition(verb, dossier.state, received=received, before=before)


def barred(row: Transition, dossier: Dossier, *, by: Author) -> Refusal | None:
    """Return why a row of the table is not for `by` now, whatever else its verb asks for, or None.

    The post does not reach, somebody who was asked beside is still at work, or the rooms above
    know of something.
    """
    if not allows(row.permission, by, dossier.receiving_agency_id, dossier.handling_agency_id):
        return outside_the_post(row.verb)
    if row.verb in NEEDS_EVERY_ANSWER and dossier.branches:
        return Refusal(OTHERS_AT_WORK, verb=row.verb)
    return known_against(dossier, row.verb)


def known_against(dossier: Dossier, verb: Verb) -> Refusal | None:
    """Return what the rooms above know against a verb, or None."""
    known = next((why for guard in GUARDS if (why := guard(dossier, verb))), None)
    return Refusal(known) if known else None


def may_override(dossier: Dossier, by: Author) -> bool:
    """Say whether `by` may decide an exception for the dossier."""
    return allows(Permission.OVERRIDE, by, dossier.receiving_agency_id, dossier.handling_agency_id)


def in_order(dossier: Dossier, at: datetime) -> None:
    """Refuse what would lie before something that the history of the dossier already tells."""
    last = reading.last_moment(dossier)
    if last is not None and at < last:
        raise Refusal(
            N_("Không thể ghi việc này trước việc đã ghi lúc %(last)s."),
            last=f"{local(last):%H:%M:%S %d/%m/%Y}",
        )


def unchanged(dossier: Dossier, version: int | None) -> None:
    """Refuse with `StaleError` when somebody changed the dossier since the page was opened."""
    if version is not None and dossier.version != version:
        raise StaleError


def changed(dossier: Dossier, before: Facts, after: Facts, *, at: datetime) -> list[Booking]:
    """Return the `difference` to book, and keep that an act of today changes days gone by.

    The figures of a period that has ended do not change silently.
    """
    bookings, today = difference(dossier, before, after), legal_date(at)
    for one in bookings:
        if one.day < today:
            begun = BEGUN.get(one.flow)
            flow, amount = (begun, -one.amount) if begun else (one.flow, one.amount)
            db.session.add(
                Correction(
                    dossier_id=dossier.id, day=one.day, recorded_on=today, flow=flow, amount=amount
                )
            )
    return bookings


BEGUN: Final = {
    Flow.PAUSE_ENDED: Flow.PAUSE_BEGUN,
    Flow.OVERDUE_ENDED: Flow.OVERDUE_BEGUN,
}
"""Figures show what is under way alone: what ends on the day on which it began is in none."""


def difference(dossier: Dossier, before: Facts, after: Facts) -> list[Booking]:
    """Return what the counters lack: the flows of `after` less those of `before`."""
    change: Counter[tuple[date, Flow]] = Counter(flows(after))
    change.subtract(flows(before))
    return [
        figures.booking(dossier, day, flow, amount)
        for (day, flow), amount in change.items()
        if amount
    ]

"""The questions of a dossier, and who may ask, answer and withdraw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.notes import Look
from onestop.base.permissions import Permission
from onestop.base.viewer import Author, Staff
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Left, time_left
from onestop.dossiers.models import Dossier, Entry, PauseKind
from onestop.dossiers.queries import closed, reading
from onestop.dossiers.queries.reading import UNFINISHED, one_of
from onestop.dossiers.rules.posts import allows
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import Timeliness
from onestop.opinions.models import Opinion
from onestop.opinions.rules import Ending, Term, standing
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Tree

AWAITED: Final = and_(Opinion.ended_at.is_(None), UNFINISHED)


@dataclass(frozen=True)
class Question:
    """One question on the page of its dossier, with what may be done about it.

    `is_new` says that its answer is one that who handles the dossier has not seen yet.
    """

    opinion: Opinion
    asker: Node | None
    place: Node | None
    limit: Limit
    left: Left | None
    standing: Timeliness | None
    may_answer: bool
    may_withdraw: bool
    is_new: bool


@dataclass(frozen=True)
class Questions:
    """The questions of a dossier, the first asked first, and whether another may be asked.

    `stops` says that its clock would stand still for another, `holds` that it does for one.
    """

    lines: tuple[Question, ...]
    may_ask: bool
    stops: bool
    holds: bool

    @property
    def awaited(self) -> tuple[Question, ...]:
        """Return the questions that wait for an answer: they end with their dossier."""
        return tuple(one for one in self.lines if one.left)

    def of(self, seq: int) -> Question | None:
        """Return the question of a number."""
        return next((one for one in self.lines if one.opinion.seq == seq), None)


def of(dossier: Dossier, viewer: Author, at: datetime) -> Questions:
    """Return the questions of a dossier for its page."""
    found = db.session.scalars(
        select(Opinion).where(Opinion.dossier_id == dossier.id).order_by(Opinion.seq)
    ).all()
    tree = organisation.tree_with_past(legal_date(at))
    new = _unread_of(dossier, found, viewer, at)
    return Questions(
        tuple(_line(one, dossier, viewer, tree, at, is_new=one.seq in new) for one in found),
        dossier.state == State.IN_PROGRESS and may(viewer, dossier.handling_agency_id),
        stops_clock(dossier),
        reading.waits_for_opinion(dossier),
    )


def stops_clock(dossier: Dossier) -> bool:
    """Say whether asking now stops the clock: where the law of a procedure says so.

    As the catalogue had it on the day of receipt; and not while an agency works beside the one that
    asks, for then another step can run (rules.md 6.4, 12.6). What comes side by side later changes
    nothing of a question that was asked before.
    """
    procedure = reading.procedure_of(dossier)
    return procedure.opinion_pauses and not dossier.branches


def is_awaited(dossier: Dossier) -> bool:
    """Say whether a dossier that goes on waits for an answer of another than who handles it."""
    return bool(db.session.scalar(select(exists().where(*_awaited_elsewhere(dossier)))))


def stood_still(dossier: Dossier) -> bool:
    """Say whether the clock stood still when one of those answers was asked for.

    Where it ran by law then, it runs on, whatever comes of the dossier (rules.md 6.4, 12.6).
    """
    asked = db.session.scalars(select(Opinion.asked_at).where(*_awaited_elsewhere(dossier))).all()
    pauses = [one for one in dossier.pauses if one.kind == PauseKind.OPINION]
    return any(
        one.begins_at <= asked_at and (one.ends_at is None or asked_at <= one.ends_at)
        for asked_at in asked
        for one in pauses
    )


def _awaited_elsewhere(dossier: Dossier) -> tuple[ColumnElement[bool], ...]:
    elsewhere = or_(Opinion.agency_id.is_(None), Opinion.agency_id != dossier.handling_agency_id)
    return (Opinion.dossier_id == dossier.id, Opinion.ended_at.is_(None), elsewhere)


def _unread_of(
    dossier: Dossier, found: Sequence[Opinion], by: Author, at: datetime
) -> frozenset[int]:
    if not isinstance(by, Staff) or not may(by, dossier.handling_agency_id):
        return frozenset()
    answered = [one for one in found if one.ending == Ending.ANSWERED]
    if not answered:
        return frozenset()
    # The note of this very look may be there already: it is none.
    unread = select(Opinion.seq).where(Opinion.dossier_id == dossier.id)
    return frozenset(db.session.scalars(unread.where(_is_unread(by, Look.at < at))))


def unread(by: Staff) -> ColumnElement[bool]:
    """Return the condition that an answer about a dossier is one that somebody has not seen yet."""
    return exists().where(Opinion.dossier_id == Dossier.id, _is_unread(by))


def _is_unread(by: Staff, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that somebody neither opened a dossier since an answer, nor acted on it.

    Both are kept: `which` looks in the notes, who acted in the history. A look in the second of the
    answer may have come before it.
    """
    looked = exists().where(
        Look.dossier_id == Opinion.dossier_id,
        Look.account_id == by.account_id,
        Look.at > Opinion.ended_at,
        *which,
    )
    acted = exists().where(
        Entry.dossier_id == Opinion.dossier_id,
        Entry.author_id == by.account_id,
        Entry.recorded_at >= Opinion.ended_at,
    )
    return and_(Opinion.ending == Ending.ANSWERED, ~looked, ~acted)


def may(by: Author, agency_id: int) -> bool:
    """Say whether somebody may ask or answer for an agency: whoever works on dossiers there."""
    return allows(Permission.HAND_ON, by, agency_id, agency_id)


def answers_here(asked: Node, at: datetime) -> bool:
    """Say whether somebody with an account could answer for an agency."""
    return asked.id in accounts.served(Permission.HAND_ON, legal_date(at))


def may_answer(opinion: Opinion, dossier: Dossier, by: Author) -> bool:
    """Say whether somebody may record the answer; of an outsider, whoever handles the dossier."""
    if opinion.agency_id is not None:
        return may(by, opinion.agency_id)
    return may_withdraw(dossier, by)


def may_withdraw(dossier: Dossier, by: Author) -> bool:
    """Say whether somebody may withdraw a question: who handles the dossier now."""
    return may(by, dossier.handling_agency_id)


def by_key(dossier: Dossier, key: str) -> Opinion | None:
    """Return the question that a form of this key has asked, if it was sent before."""
    found = select(Opinion).where(Opinion.dossier_id == dossier.id, Opinion.key == key)
    return db.session.scalar(found)


def out_of_sight(code: str, seq: int, by: Staff) -> bool:
    """Say whether somebody could answer a question of a dossier that he may open no more."""
    found = joined(select(Opinion)).where(Dossier.code == code)
    asked = [one for one in db.session.scalars(found) if one.seq == seq]
    return any(may(by, one.agency_id or one.asker_id) for one in asked)


def opening(agencies: frozenset[int]) -> Select[Any]:
    """Return the ids of the dossiers that agencies may open to answer what is asked of them."""
    return (
        select(Opinion.dossier_id)
        .join(Dossier, Dossier.id == Opinion.dossier_id)
        .where(AWAITED, one_of(Opinion.agency_id, agencies))
    )


def joined(found: Any) -> Select[Any]:  # noqa: ANN401 - of whatever columns
    """Return statements about questions and their dossiers."""
    return found.select_from(Opinion).join(Dossier, Dossier.id == Opinion.dossier_id)


def _line(
    opinion: Opinion, dossier: Dossier, by: Author, tree: Tree, at: datetime, *, is_new: bool
) -> Question:
    term = term_of(opinion, dossier.finished_at)
    return Question(
        opinion,
        tree.by_id(opinion.asker_id),
        tree.by_id(opinion.agency_id or 0),
        Limit(opinion.limit_value, opinion.limit_unit),
        left_of(opinion, at) if term.is_open else None,
        standing(term, at),
        may_answer=term.is_open and may_answer(opinion, dossier, by),
        may_withdraw=term.is_open and may_withdraw(dossier, by),
        is_new=is_new,
    )


def term_of(opinion: Opinion, closed_at: datetime | None) -> Term:
    """Return how long a question ran, as the rules know it."""
    dates = (opinion.due_at, opinion.overdue_from, opinion.ended_at)
    return Term(*dates, opinion.ending, closed_at)


def left_of(opinion: Opinion, at: datetime) -> Left:
    """Return how long is left for an answer; an office that is closed has all of it."""
    orders = closed.orders_of({opinion.agency_id} if opinion.agency_id else ())
    return time_left(
        at,
        opinion.due_at,
        opinion.overdue_from,
        Limit(opinion.limit_value, opinion.limit_unit),
        calendar=deadlines.calendar(),
        hours=deadlines.hours(opinion.agency_id or opinion.asker_id),
        paused_since=max(opinion.asked_at, orders[0].begins_at) if orders else None,
    )

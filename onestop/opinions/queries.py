"""Questions to other agencies: those of a dossier, and those that an agency has or waits for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.notes import Look
from onestop.base.paging import Paged, page_of, whole_of
from onestop.base.permissions import Permission, Scope
from onestop.base.viewer import Author, Staff, Viewer
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, overdue_from
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause, left_after, reaches
from onestop.deadlines.rules.standing import Left, time_left
from onestop.dossiers.actions.acting import allows
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import checks, closed, reading
from onestop.dossiers.queries.moving import Declared, Move, Part
from onestop.dossiers.queries.reading import UNFINISHED, one_of, opened_by
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import FINAL, State, Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.opinions.models import Opinion
from onestop.opinions.rules import Ending, Term, standing
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Tree

PAGE: Final = 50
AWAITED: Final = and_(Opinion.ended_at.is_(None), UNFINISHED)


class QuestionList(Worded):
    """The lists of the page of opinions."""

    ASKED = "asked", N_("Cần trả lời")
    AWAITED = "awaited", N_("Đang chờ trả lời")
    LATE = "late", N_("Quá hạn trả lời")
    ENDED = "ended", N_("Đã kết thúc")


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


@dataclass(frozen=True)
class ListedQuestion:
    """One question on a list; `applicant` is None once it has ended: nobody need know any more."""

    code: str
    seq: int
    applicant: str | None
    procedure: Procedure
    asker: Node | None
    place: Node | None
    outsider: str | None
    content: str
    said: str | None
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None
    left: Left | None
    standing: Timeliness | None


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
    elsewhere = or_(Opinion.agency_id.is_(None), Opinion.agency_id != dossier.handling_agency_id)
    waits = exists().where(Opinion.dossier_id == dossier.id, Opinion.ended_at.is_(None), elsewhere)
    return bool(db.session.scalar(select(waits)))


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
    found = _joined(select(Opinion)).where(Dossier.code == code)
    asked = [one for one in db.session.scalars(found) if one.seq == seq]
    return any(may(by, one.agency_id or one.asker_id) for one in asked)


def count_awaited(codes: Collection[str], by: Viewer) -> int:
    """Return how many dossiers that `by` may open wait for the opinion of another agency."""
    waiting = _joined(select(func.count(Opinion.dossier_id.distinct())))
    wanted = (Dossier.code.in_(codes), AWAITED, opened_by(by))
    return db.session.scalar(waiting.where(*wanted)) or 0


def asked_of(by: Staff, at: datetime) -> tuple[int, int]:
    """Return how many answers somebody's agency owes, and how many questions of it are late."""
    found = _counted((QuestionList.ASKED, QuestionList.LATE), by, at)
    return found[QuestionList.ASKED], found[QuestionList.LATE]


def counts(by: Staff, at: datetime) -> Mapping[QuestionList, int]:
    """Return how many questions each list holds, in one read."""
    return _counted(tuple(QuestionList), by, at)


def _counted(views: Sequence[QuestionList], by: Staff, at: datetime) -> Mapping[QuestionList, int]:
    # Each for itself: of one read of all questions ever asked, the few open ones are lost in it.
    wanted = [_joined(select(func.count())).where(_condition(one, by, at)) for one in views]
    row = db.session.execute(select(*(one.scalar_subquery() for one in wanted))).one()
    return dict(zip(views, row, strict=True))


def page(
    view: QuestionList, by: Staff, at: datetime, *, number: int, total: int
) -> Paged[ListedQuestion]:
    """Return a page of a list, the most urgent first, of what has ended the latest."""
    found, rows = _listed(view, by, at), partial(_rows, at=at)
    return page_of(found, rows, number=number, total=total, size=PAGE)


def whole(view: QuestionList, by: Staff, at: datetime) -> Iterator[ListedQuestion]:
    """Yield all rows of a list, in its order."""
    return _rows(whole_of(_listed(view, by, at)), at)


def figures(by: Staff) -> Mapping[Timeliness, int]:
    """Return how many questions to the agencies of `by` ended in time, and how many late.

    One that nobody answered is late too, if it was when its dossier ended.
    """
    ended = func.coalesce(Opinion.ended_at, Dossier.finished_at)
    late, answered = ended >= Opinion.overdue_from, Opinion.ending == Ending.ANSWERED
    found = select(func.count().filter(~late, answered), func.count().filter(late))
    of_own = and_(ended.is_not(None), one_of(Opinion.agency_id, _agencies(by)))
    in_time, overdue = db.session.execute(_joined(found).where(of_own)).one()
    return {Timeliness.ON_TIME: in_time, Timeliness.OVERDUE: overdue}


def falling(declared: Declared, locked: bool) -> list[Part]:
    """Return the questions over which one of the days lies, whose date it makes a later one.

    Nobody was promised it but the agency that is asked: what is late stays so, and a day to work
    on takes no time from it.
    """
    over = declared.lie_over(Opinion.asked_at, Opinion.due_at)
    running = (AWAITED, Opinion.overdue_from > declared.at, over)
    found = _joined(select(Opinion, Dossier)).where(*running)
    return _anew(found, declared.calendar, declared.hours, locked=locked)


def opened(closure: Closure, locked: bool) -> list[Part]:
    """Return the questions to offices that were closed: an order leaves its days out of them."""
    found = _joined(select(Opinion, Dossier)).where(
        AWAITED,
        Opinion.agency_id.in_(closure.agency_ids),
        Opinion.overdue_from > closure.begins_at,
    )
    hours = deadlines.all_hours()
    return _anew(found, deadlines.calendar(), hours, locked=locked, also=closure)


def going_on(dossier: Dossier, at: datetime) -> list[Part]:
    """Return the questions of a dossier that goes on `at` a moment, having ended for a while.

    Nobody could answer in between, nor what closed the asked office then takes from its time. What
    was late before stays so.
    """
    found = _joined(select(Opinion, Dossier)).where(AWAITED, Opinion.dossier_id == dossier.id)
    hours = deadlines.all_hours()
    return _anew(found, deadlines.calendar(), hours, locked=False, until=at)


def _anew(
    found: Select[Any],
    calendar: Calendar,
    hours: AllHours,
    *,
    locked: bool,
    until: datetime | None = None,
    also: Closure | None = None,
) -> list[Part]:
    ordered = found.order_by(Dossier.id, Opinion.seq)
    rows = db.session.execute(ordered.with_for_update() if locked else ordered).all()
    closures = checks.closures_of({one.agency_id for one, _ in rows if one.agency_id}, also)
    ended = _ended(found, until)
    parts = []
    for opinion, dossier in rows:
        shut, own = closures.get(opinion.agency_id, ()), ended.get(dossier.id, ())
        if until is not None and not _was_in_time(opinion, shut, own, until):
            continue
        then = count(
            opinion.asked_at,
            Limit(opinion.limit_value, opinion.limit_unit),
            calendar=calendar,
            hours=hours.of(opinion.agency_id or opinion.asker_id),
            pauses=left_after([*shut, *own], opinion.asked_at),
        )
        if then.due_at <= opinion.due_at:
            continue
        dates = (opinion.due_at, then.due_at)
        move = Move(dossier.id, dossier.code, *dates, legal=False, is_opinion=True)
        told = {"answer_due_at": then.due_at.isoformat()}
        parts.append(
            Part(dossier, move, Verb.MOVE_OPINION, told, partial(_put, opinion, then.due_at))
        )
    return parts


def _was_in_time(
    opinion: Opinion, shut: Iterable[Pause], ended: Iterable[Pause], until: datetime
) -> bool:
    """Say whether a question was not late when its dossier ended that goes on `until` a moment.

    An office is not late while an order keeps it closed.
    """
    late = opinion.overdue_from
    since = [one.begins_at for one in ended if one.ends_at == until]
    held = [one for one in shut if one.begins_at < late]
    return any(begun < late or any(reaches(one, begun) for one in held) for begun in since)


def _ended(found: Select[Any], until: datetime | None) -> Mapping[int, list[Pause]]:
    """Return when dossiers that go on had ended, as their history tells it; one still, `until`."""
    lines = (
        select(Entry.dossier_id, Entry.to_state, Entry.happened_at)
        .where(
            Entry.dossier_id.in_(found.with_only_columns(Opinion.dossier_id)),
            or_(Entry.from_state.in_(AT_AN_END), Entry.to_state.in_(AT_AN_END)),
        )
        .order_by(Entry.seq)
    )
    begun: dict[int, datetime] = {}
    over = defaultdict[int, list[Pause]](list)
    for dossier_id, to_state, happened_at in db.session.execute(lines):
        if to_state in AT_AN_END:
            begun.setdefault(dossier_id, happened_at)
        elif dossier_id in begun:
            over[dossier_id].append(Pause(begun.pop(dossier_id), happened_at))
    for dossier_id, since in begun.items():
        over[dossier_id].append(Pause(since, until))
    return over


AT_AN_END: Final = (*FINAL, State.RESOLVED)


def _put(opinion: Opinion, due_at: datetime) -> None:
    opinion.due_at = due_at
    opinion.overdue_from = overdue_from(due_at, opinion.limit_unit)


def opening(agencies: frozenset[int]) -> Select[Any]:
    """Return the ids of the dossiers that agencies may open to answer what is asked of them."""
    return (
        select(Opinion.dossier_id)
        .join(Dossier, Dossier.id == Opinion.dossier_id)
        .where(AWAITED, one_of(Opinion.agency_id, agencies))
    )


def _agencies(by: Staff) -> frozenset[int]:
    own = by.subtree if by.reach(Permission.HAND_ON) == Scope.SUBTREE else {by.agency_id}
    return frozenset(own)


def _condition(view: QuestionList, by: Staff, at: datetime) -> ColumnElement[bool]:
    own = _agencies(by)
    asked = one_of(Opinion.agency_id, own)
    if view == QuestionList.ASKED:
        return and_(AWAITED, asked)
    if view == QuestionList.ENDED:
        return and_(~AWAITED, or_(asked, one_of(Opinion.asker_id, own)))
    # Whoever handles the dossier now waits for the answer, whoever asked.
    handling = one_of(Dossier.handling_agency_id, own)
    if view == QuestionList.AWAITED:
        return and_(AWAITED, handling)
    # The head of the shop that received it is told too (Decree 61/2018 art. 19(5)); an office that
    # is closed is not late.
    heads = one_of(Dossier.receiving_agency_id, own if by.may(Permission.OVERRIDE) else NOBODY)
    late = and_(AWAITED, Opinion.overdue_from <= at, or_(asked, handling, heads))
    shut = closed.all_now()
    return and_(late, or_(Opinion.agency_id.is_(None), Opinion.agency_id.not_in(shut)))


NOBODY: Final = frozenset({0})


def _joined(found: Any) -> Select[Any]:  # noqa: ANN401 - of whatever columns
    return found.select_from(Opinion).join(Dossier, Dossier.id == Opinion.dossier_id)


def _listed(view: QuestionList, by: Staff, at: datetime) -> Select[Any]:
    columns = (Dossier.code, Dossier.applicant_name, Dossier.procedure_id, Dossier.received_at,
               Dossier.submitted_at, Dossier.finished_at)  # fmt: skip
    found = _joined(select(Opinion, *columns)).where(_condition(view, by, at))
    if view == QuestionList.ENDED:
        ended = func.coalesce(Opinion.ended_at, Dossier.finished_at)
        return found.order_by(ended.desc(), Opinion.id.desc())
    return found.order_by(Opinion.due_at, Opinion.id)


def _rows(found: Iterable[Any], at: datetime) -> Iterator[ListedQuestion]:
    tree = organisation.tree_with_past(legal_date(at))
    for opinion, code, applicant, procedure_id, received_at, submitted_at, closed_at in found:
        term = _term(opinion, closed_at)
        yield ListedQuestion(
            code=code,
            seq=opinion.seq,
            applicant=applicant if term.is_open else None,
            procedure=catalogue.as_of(procedure_id, legal_date(received_at or submitted_at)),
            asker=tree.by_id(opinion.asker_id),
            place=tree.by_id(opinion.agency_id or 0),
            outsider=opinion.outsider,
            content=opinion.content,
            said=opinion.said,
            asked_at=opinion.asked_at,
            due_at=opinion.due_at,
            ended_at=term.ended_at or term.closed_at,
            left=_left(opinion, at) if term.is_open else None,
            standing=standing(term, at),
        )


def _line(
    opinion: Opinion, dossier: Dossier, by: Author, tree: Tree, at: datetime, *, is_new: bool
) -> Question:
    term = _term(opinion, dossier.finished_at)
    return Question(
        opinion,
        tree.by_id(opinion.asker_id),
        tree.by_id(opinion.agency_id or 0),
        Limit(opinion.limit_value, opinion.limit_unit),
        _left(opinion, at) if term.is_open else None,
        standing(term, at),
        may_answer=term.is_open and may_answer(opinion, dossier, by),
        may_withdraw=term.is_open and may_withdraw(dossier, by),
        is_new=is_new,
    )


def _term(opinion: Opinion, closed_at: datetime | None) -> Term:
    dates = (opinion.due_at, opinion.overdue_from, opinion.ended_at)
    return Term(*dates, opinion.ending, closed_at)


def _left(opinion: Opinion, at: datetime) -> Left:
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

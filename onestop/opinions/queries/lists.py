"""The questions that an agency has to answer or waits for, and those that have ended."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from onestop.base.database import db
from onestop.base.paging import Paged, page_of, whole_of
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff, Viewer
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Left
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import closed
from onestop.dossiers.queries.reading import one_of, opened_by
from onestop.dossiers.rules.timing import Timeliness
from onestop.opinions.models import Opinion
from onestop.opinions.queries.questions import AWAITED, joined, left_of, term_of
from onestop.opinions.rules import Ending, standing
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node

PAGE: Final = 50


class QuestionList(Worded):
    """The lists of the page of opinions."""

    ASKED = "asked", N_("Cần trả lời")
    AWAITED = "awaited", N_("Đang chờ trả lời")
    LATE = "late", N_("Quá hạn trả lời")
    ENDED = "ended", N_("Đã kết thúc")


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


def asked_of(by: Staff, at: datetime) -> tuple[int, int]:
    """Return how many answers somebody's agency owes, and how many questions of it are late."""
    found = _counted((QuestionList.ASKED, QuestionList.LATE), by, at)
    return found[QuestionList.ASKED], found[QuestionList.LATE]


def counts(by: Staff, at: datetime) -> Mapping[QuestionList, int]:
    """Return how many questions each list holds, in one read."""
    return _counted(tuple(QuestionList), by, at)


def _counted(views: Sequence[QuestionList], by: Staff, at: datetime) -> Mapping[QuestionList, int]:
    # Each for itself: of one read of all questions ever asked, the few open ones are lost in it.
    wanted = [joined(select(func.count())).where(_condition(one, by, at)) for one in views]
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
    of_own = and_(ended.is_not(None), one_of(Opinion.agency_id, by.agencies(Permission.HAND_ON)))
    in_time, overdue = db.session.execute(joined(found).where(of_own)).one()
    return {Timeliness.ON_TIME: in_time, Timeliness.OVERDUE: overdue}


def count_awaited(codes: Collection[str], by: Viewer) -> int:
    """Return how many dossiers that `by` may open wait for the opinion of another agency."""
    waiting = joined(select(func.count(Opinion.dossier_id.distinct())))
    wanted = (Dossier.code.in_(codes), AWAITED, opened_by(by))
    return db.session.scalar(waiting.where(*wanted)) or 0


def _condition(view: QuestionList, by: Staff, at: datetime) -> ColumnElement[bool]:
    own = by.agencies(Permission.HAND_ON)
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


def _listed(view: QuestionList, by: Staff, at: datetime) -> Select[Any]:
    columns = (Dossier.code, Dossier.applicant_name, Dossier.procedure_id, Dossier.received_at,
               Dossier.submitted_at, Dossier.finished_at)  # fmt: skip
    found = joined(select(Opinion, *columns)).where(_condition(view, by, at))
    if view == QuestionList.ENDED:
        ended = func.coalesce(Opinion.ended_at, Dossier.finished_at)
        return found.order_by(ended.desc(), Opinion.id.desc())
    return found.order_by(Opinion.due_at, Opinion.id)


def _rows(found: Iterable[Any], at: datetime) -> Iterator[ListedQuestion]:
    tree = organisation.tree_with_past(legal_date(at))
    for opinion, code, applicant, procedure_id, received_at, submitted_at, closed_at in found:
        term = term_of(opinion, closed_at)
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
            left=left_of(opinion, at) if term.is_open else None,
            standing=standing(term, at),
        )

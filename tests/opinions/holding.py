"""What holds of all questions to other agencies, whatever was done to their dossiers before."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from sqlalchemy import select

from onestop.base.database import db
from onestop.base.moments import local
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.models import Dossier, Entry, PauseKind
from onestop.dossiers.queries import closed, orders, reading
from onestop.dossiers.rules.states import Verb
from onestop.opinions.models import Opinion
from onestop.opinions.queries import lists
from onestop.opinions.queries.lists import QuestionList
from onestop.opinions.rules import Ending
from onestop.steps.queries import trails
from tests.deadlines import oracle
from tests.dossiers.given import staff
from tests.dossiers.holding import Dossiers
from tests.opinions.given import FINANCE_OFFICER

ENDED_BY: Final = {
    Ending.ANSWERED: Verb.GIVE_OPINION,
    Ending.WITHDRAWN: Verb.WITHDRAW_OPINION,
}
TOLD: Final = (Verb.ASK_OPINION, *ENDED_BY.values())


def questions() -> Sequence[Opinion]:
    return db.session.scalars(select(Opinion).order_by(Opinion.id)).all()


def every_question_and_its_end_stand_in_the_history(_dossiers: Dossiers) -> None:
    lines = db.session.scalars(select(Entry).where(Entry.verb.in_(TOLD)))
    told = Counter((line.dossier_id, line.verb, line.happened_at, line.reason) for line in lines)
    kept: Counter[tuple[int, Verb, datetime, str | None]] = Counter()
    for one in questions():
        kept[one.dossier_id, Verb.ASK_OPINION, one.asked_at, one.content] += 1
        assert (one.ended_at is None) == (one.ending is None) == (one.said is None)
        if one.ending is not None and one.ended_at is not None:
            kept[one.dossier_id, ENDED_BY[one.ending], one.ended_at, one.said] += 1
    assert told == kept


def every_answer_is_due_by_the_pencil(dossiers: Dossiers) -> None:
    if deadlines.current_version() > 1:
        return
    waiting = {one.id for one in dossiers if one.finished_at is None}
    shut = closed.all_now()
    closures = orders.closures_of({one.agency_id for one in questions() if one.agency_id})
    for one in questions():
        if one.ended_at is not None or one.dossier_id not in waiting or one.agency_id in shut:
            continue
        expected = oracle.due(
            one.asked_at,
            Limit(one.limit_value, one.limit_unit),
            deadlines.calendar(),
            deadlines.hours(one.agency_id or one.asker_id),
            [*closures.get(one.agency_id or 0, ()), *not_to_be_answered(one)],
        )
        assert local(one.due_at) == expected


def the_clock_stands_still_for_an_answer_where_the_law_says_so(dossiers: Dossiers) -> None:
    waiting = [it for it in questions() if it.ended_at is None]
    for one in dossiers:
        asked = [it for it in waiting if it.dossier_id == one.id]
        running = [it for it in one.pauses if it.kind == PauseKind.OPINION and it.ends_at is None]
        is_open = one.received_at is not None and one.finished_at is None
        pauses = is_open and reading.procedure_of(one).opinion_pauses
        assert len(running) <= int(pauses and bool(asked))
        # What lies with the agency that was asked waits for nobody; and what was asked while others
        # were at work beside stops no clock, then or later.
        legs = [step.leg for step in trails.steps_of(one)]
        is_alone = len(set(legs)) == len(legs)
        stops = [it for it in asked if it.agency_id != one.handling_agency_id]
        stops = [it for it in stops if is_alone or stood_still_when_asked(one, it)]
        assert len(running) >= int(pauses and bool(stops))


def stood_still_when_asked(dossier: Dossier, question: Opinion) -> bool:
    return any(
        one.kind == PauseKind.OPINION
        and one.begins_at <= question.asked_at
        and (one.ends_at is None or question.asked_at <= one.ends_at)
        for one in dossier.pauses
    )


def not_to_be_answered(question: Opinion) -> list[Pause]:
    """Return when its dossier had ended since a question was asked, line by line."""
    lines = select(Entry).where(Entry.dossier_id == question.dossier_id).order_by(Entry.seq)
    told = [(one.to_state.value, one.happened_at) for one in db.session.scalars(lines)]
    return [
        Pause(since, until)
        for (state, since), (_, until) in pairwise(told)
        if state in {"3", "8", "9", "10"} and until > question.asked_at
    ]


def whoever_is_asked_opens_the_dossier_until_the_question_ends(
    dossiers: Dossiers, at: datetime
) -> None:
    asked = staff(FINANCE_OFFICER, at)
    waiting = {one.id for one in dossiers if one.finished_at is None}
    owed = [
        one
        for one in questions()
        if one.agency_id == asked.agency_id and one.ended_at is None and one.dossier_id in waiting
    ]
    opened = select(Dossier.id).where(reading.opened_by(asked))
    assert set(db.session.scalars(opened)) == {one.dossier_id for one in owed}
    counted = lists.counts(asked, at)
    late = [one for one in owed if one.overdue_from <= at]
    shut = asked.agency_id in closed.all_now()
    assert counted[QuestionList.ASKED] == len(owed)
    assert counted[QuestionList.LATE] == (0 if shut else len(late))


OF_OPINIONS: Final[Sequence[Callable[[Dossiers], None]]] = (
    every_question_and_its_end_stand_in_the_history,
    every_answer_is_due_by_the_pencil,
    the_clock_stands_still_for_an_answer_where_the_law_says_so,
)
OF_OPINIONS_AS_TIME_GOES_BY: Final[Sequence[Callable[[Dossiers, datetime], None]]] = (
    whoever_is_asked_opens_the_dossier_until_the_question_ends,
)

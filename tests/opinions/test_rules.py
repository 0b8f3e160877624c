from datetime import datetime, timedelta

import pytest

from onestop.base.errors import Refusal
from onestop.deadlines.rules.limits import Limit
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import Timeliness
from onestop.opinions.rules import Asking, Ending, Term, check, check_state, standing

DUE = datetime.fromisoformat("2021-03-04T17:00+07:00")
LATE_FROM = datetime.fromisoformat("2021-03-05T00:00+07:00")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ended", "ending", "closed", "now", "expected", "why"),
    [
        (None, None, None, DUE, Timeliness.OPEN, "the last day is in time"),
        (None, None, None, LATE_FROM, Timeliness.OPEN_OVERDUE, "midnight has passed"),
        (DUE, Ending.ANSWERED, None, LATE_FROM, Timeliness.ON_TIME, "answered on its day"),
        (DUE - DAY, Ending.ANSWERED, None, DUE, Timeliness.EARLY, "answered before its day"),
        (LATE_FROM, Ending.ANSWERED, None, LATE_FROM, Timeliness.OVERDUE, "answered late"),
        (DUE, Ending.WITHDRAWN, None, LATE_FROM, None, "nothing had to be answered"),
        (LATE_FROM, Ending.WITHDRAWN, None, LATE_FROM, Timeliness.OVERDUE, "it was late by then"),
        (None, None, DUE, LATE_FROM, None, "the dossier ended before"),
        (None, None, LATE_FROM, LATE_FROM + DAY, Timeliness.OVERDUE, "the dossier did not wait"),
    ],
)
def test_the_agency_that_is_asked_is_in_time_or_late(
    ended: datetime | None,
    ending: Ending | None,
    closed: datetime | None,
    now: datetime,
    expected: Timeliness | None,
    why: str,
) -> None:
    assert standing(Term(DUE, LATE_FROM, ended, ending, closed), now) == expected, why


@pytest.mark.parametrize(
    ("agency", "outsider", "content", "limit", "field"),
    [
        (None, None, "Hỏi", "3wd", "agency"),
        ("H26.91.03", "Công an huyện", "Hỏi", "3wd", "agency"),
        ("H26.91.03", None, "  ", "3wd", "content"),
        ("H26.91.03", None, "Hỏi", "0wd", "limit"),
        ("H26.91.03", None, "Hỏi", "61wd", "limit"),
        ("H26.91.03", None, "Hỏi", "481wh", "limit"),
        ("H26.91.03", None, "Hỏi", "3d", "limit"),
    ],
)
def test_a_question_states_whom_what_and_until_when(
    agency: str | None, outsider: str | None, content: str, limit: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        check(Asking(agency, outsider, content, Limit.parse(limit)))
    assert refused.value.field == field


def test_what_is_whole_is_not_refused() -> None:
    check(Asking("H26.91.03", None, "Hỏi", Limit.parse("60wd")))
    check(Asking(None, "Công an huyện", "Hỏi", Limit.parse("480wh")))


@pytest.mark.parametrize("state", State)
def test_an_opinion_is_a_part_of_the_handling(state: State) -> None:
    if state == State.IN_PROGRESS:
        check_state(state)
        return
    with pytest.raises(Refusal):
        check_state(state)

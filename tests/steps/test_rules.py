from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.rules.states import State, Verb, next_verbs
from onestop.dossiers.rules.timing import Timeliness
from onestop.dossiers.views.offering import OFFERED
from onestop.steps.rules import (
    MOVE_OF,
    Part,
    Result,
    Spent,
    Stage,
    Standing,
    is_partly,
    move,
    moves,
    overran_first,
    standing_of,
    worked,
)

CALENDAR, HOURS = Calendar({}, frozenset()), Hours()
MONDAY = datetime(2021, 3, 1, 2, 0, tzinfo=UTC)  # nine in the morning in Viet Nam
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
V, S = Verb, Stage
TWO_DAYS = Limit(2, Unit.WORKING_DAY)


def somewhere(stage: Stage, **changes: bool) -> Standing:
    facts = {
        "is_first": False, "is_last": False, "may_be_sent": True, "is_beside": False,
        "has_holder": False, **changes,
    }  # fmt: skip
    return Standing(stage, State.IN_PROGRESS, **facts)


@pytest.mark.parametrize(
    ("stage", "verbs", "why"),
    [
        (S.PLANNED, set(), "its turn has not come"),
        (S.OPEN, {V.TAKE_UP, V.ASSIGN, V.GIVE_BACK}, "somebody has to take it"),
        (
            S.IN_HAND,
            {V.ASSIGN, V.TAKE_BACK, V.PUT_FORWARD, V.HAND_ON, V.GIVE_BACK},
            "a person works on it",
        ),
        (S.APPROVAL, {V.TAKE_BACK, V.APPROVE, V.SIGN, V.SEND_BACK}, "the head decides"),
        (S.SIGNATURE, {V.SIGN, V.SEND_BACK}, "the leader decides"),
        (
            S.SIGNED,
            {V.TAKE_UP, V.ASSIGN, V.SEND_BACK, V.HAND_ON},
            "the officer passes it on; where he has left, whoever takes it over",
        ),
        (S.AWAY, {V.SEND_TO, V.HAND_ON, V.GIVE_BACK}, "an outsider has it"),
        (S.ENDED, set(), "it is over"),
    ],
)
def test_each_stage_allows_what_its_holder_needs(stage: Stage, verbs: set[Verb], why: str) -> None:
    assert {one.verb for one in moves(somewhere(stage))} == verbs, why


def test_what_is_signed_and_somebody_has_is_taken_from_him_by_his_head_alone() -> None:
    verbs = {one.verb for one in moves(somewhere(S.SIGNED, has_holder=True))}
    assert verbs == {V.ASSIGN, V.SEND_BACK, V.HAND_ON}


def test_what_is_signed_stays_so_with_whoever_takes_it_over() -> None:
    kept = {one for one in MOVE_OF if MOVE_OF[one].leads_to(S.SIGNED) == S.SIGNED}
    assert kept == {V.TAKE_UP, V.ASSIGN, V.SIGN}
    assert MOVE_OF[V.ASSIGN].leads_to(S.OPEN) == S.IN_HAND


P = Permission
CHANGING = [
    (V.TAKE_UP, S.IN_HAND, P.HAND_ON, False, "whoever takes it has it"),
    (V.ASSIGN, S.IN_HAND, P.ASSIGN, False, "the head gives it to somebody"),
    (V.TAKE_BACK, S.OPEN, P.HAND_ON, True, "it waits to be given out again"),
    (V.PUT_FORWARD, S.APPROVAL, P.HAND_ON, False, "a draft waits for whoever approves it"),
    (V.APPROVE, S.SIGNATURE, P.ASSIGN, False, "and then for whoever signs it"),
    (V.SIGN, S.SIGNED, P.SIGN, False, "the officer goes on with it"),
    (V.SEND_BACK, S.IN_HAND, P.ASSIGN, True, "it is done again, and why is said"),
    (V.SEND_TO, S.OPEN, P.HAND_ON, False, "nobody there has it yet"),
    (V.HAND_ON, None, P.HAND_ON, False, "another step goes on"),
    (V.GIVE_BACK, None, P.HAND_ON, True, "the step before is done again, and why is said"),
]


@pytest.mark.parametrize(("verb", "to", "permission", "needs_reason", "why"), CHANGING)
def test_each_move_leads_where_it_should_for_whoever_may_make_it(
    verb: Verb, to: Stage | None, permission: Permission, needs_reason: bool, why: str
) -> None:
    row = MOVE_OF[verb]
    assert (row.to, row.permission, row.needs_reason) == (to, permission, needs_reason), why


def test_every_move_is_one_of_these() -> None:
    assert {row[0] for row in CHANGING} == set(MOVE_OF)


def test_the_first_step_goes_nowhere_back_and_the_last_nowhere_on() -> None:
    first = {one.verb for one in moves(somewhere(S.IN_HAND, is_first=True))}
    last = {one.verb for one in moves(somewhere(S.IN_HAND, is_last=True))}
    assert V.GIVE_BACK not in first
    assert V.HAND_ON not in last
    with pytest.raises(Refusal, match="hãy ghi kết quả"):
        move(V.HAND_ON, somewhere(S.SIGNED, is_last=True), None)
    outside = {one.verb for one in moves(somewhere(S.AWAY, may_be_sent=False))}
    assert V.SEND_TO not in outside


@pytest.mark.parametrize(
    ("stage", "verb", "state"),
    list(product(Stage, MOVE_OF, (State.IN_PROGRESS, State.AWAITING_SUPPLEMENT))),
)
def test_what_the_table_does_not_have_is_refused_in_words(
    stage: Stage, verb: Verb, state: State
) -> None:
    standing = replace(somewhere(stage), state=state)
    if state == State.IN_PROGRESS and stage in MOVE_OF[verb].stages:
        assert move(verb, standing, "vì sao").verb == verb
    else:
        with pytest.raises(Refusal) as refused:
            move(verb, standing, "vì sao")
        assert "Không thể" in refused.value.message


def test_every_move_has_a_key_of_its_own_beside_all_that_a_dossier_in_progress_is_offered() -> None:
    rows = next_verbs(State.IN_PROGRESS, received=True)
    offered = [OFFERED[verb].key for verb in {row.verb for row in rows} | {Verb.REVERSE}]
    keys = [one.key for one in MOVE_OF.values()] + offered + ["p"]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("verb", [one for one in MOVE_OF if MOVE_OF[one].needs_reason])
def test_what_goes_back_says_why(verb: Verb) -> None:
    stage = min(MOVE_OF[verb].stages, key=str)
    with pytest.raises(Refusal) as refused:
        move(verb, somewhere(stage), None)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("since", "until", "pauses", "spent", "why"),
    [
        (MONDAY, MONDAY + 2 * HOUR, (), 2 * HOUR, "within a morning"),
        (MONDAY, MONDAY + 5 * HOUR, (), 4 * HOUR, "lunch is not worked"),
        (MONDAY, MONDAY + DAY, (), 8 * HOUR, "a night is not worked"),
        (MONDAY + 4 * DAY, MONDAY + 7 * DAY, (), 8 * HOUR, "nor is a weekend"),
        (
            MONDAY,
            MONDAY + DAY,
            (Pause(MONDAY + HOUR, MONDAY + 2 * HOUR),),
            7 * HOUR,
            "what lies in a pause is nobody's",
        ),
        (MONDAY, MONDAY + DAY, (Pause(MONDAY),), 0 * HOUR, "a pause that runs is nobody's"),
    ],
)
def test_time_is_working_time_of_the_holder(
    since: datetime, until: datetime, pauses: tuple[Pause, ...], spent: timedelta, why: str
) -> None:
    assert worked(since, until, pauses, CALENDAR, HOURS) == spent, why


moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
stretches = st.tuples(moments, moments).map(lambda two: Pause(min(two), max(two)))
pauses = st.lists(stretches, max_size=3)


@given(cuts=st.lists(moments, min_size=3, max_size=3).map(sorted), still=pauses)
def test_two_holders_together_took_what_one_would_have_taken(
    cuts: list[datetime], still: list[Pause]
) -> None:
    first, change, last = cuts
    apart = worked(first, change, still, CALENDAR, HOURS) + worked(
        change, last, still, CALENDAR, HOURS
    )
    assert worked(first, last, still, CALENDAR, HOURS) == apart
    assert apart >= timedelta()


@pytest.mark.parametrize(
    ("time", "reads"),
    [
        (timedelta(), "0 phút làm việc"),
        (timedelta(minutes=59, seconds=59), "59 phút làm việc"),
        (2 * HOUR, "2 giờ làm việc"),
        (2.5 * HOUR, "2 giờ 30 phút làm việc"),
        (8 * HOUR, "1 ngày làm việc"),
        (19 * HOUR, "2 ngày 3 giờ làm việc"),
    ],
)
def test_working_time_is_told_in_days_of_eight_hours(time: timedelta, reads: str) -> None:
    spent = Spent.of(time)
    assert spent.message % spent.values == reads


def part(
    seq: int,
    started: int,
    due: int,
    finished: int | None,
    result: Result | None = None,
    *,
    paused: int | None = None,
) -> Part:
    starts_at, due_at = MONDAY + started * DAY, MONDAY + due * DAY
    ends_at = None if finished is None else MONDAY + finished * DAY
    since = None if paused is None else MONDAY + paused * DAY
    return Part(seq, TWO_DAYS, starts_at, due_at, ends_at, result, since)


@pytest.mark.parametrize(
    ("one", "at", "standing"),
    [
        (part(1, 0, 2, 1), 9, Timeliness.EARLY),
        (part(1, 0, 2, 2), 9, Timeliness.ON_TIME),
        (part(1, 0, 2, 3), 9, Timeliness.OVERDUE),
        (part(1, 0, 2, None), 2, Timeliness.OPEN),
        (part(1, 0, 2, None), 3, Timeliness.OPEN_OVERDUE),
        (part(1, 0, 2, None, paused=2), 9, Timeliness.OPEN),
        (part(1, 0, 2, None, paused=3), 9, Timeliness.OPEN_OVERDUE),
        (part(1, 0, 2, 3, paused=4), 9, Timeliness.OVERDUE),
        (part(1, 0, 2, 3, result=Result.SKIPPED), 9, None),
        (Part(2, TWO_DAYS, None, None, None), 9, None),
    ],
)
def test_a_step_is_judged_by_its_own_date(one: Part, at: int, standing: Timeliness | None) -> None:
    assert standing_of(one, MONDAY + at * DAY) == standing


@pytest.mark.parametrize(
    ("parts", "seq", "why"),
    [
        ([part(1, 0, 2, 2), part(2, 2, 4, 4)], None, "nobody was late"),
        ([part(1, 0, 2, 3), part(2, 3, 5, 8)], 1, "the first to overrun bears it"),
        ([part(1, 0, 2, 2), part(2, 2, 4, None)], 2, "one that still runs may be it"),
        ([part(1, 0, 2, 3), part(2, 3, 5, None)], 1, "a later one does not wash it away"),
    ],
)
def test_a_lateness_is_booked_to_the_step_that_overran_first(
    parts: list[Part], seq: int | None, why: str
) -> None:
    found = overran_first(parts, MONDAY + 9 * DAY)
    assert (found.seq if found else None) == seq, why


def test_done_and_refused_together_are_a_part_of_a_result() -> None:
    assert is_partly([Result.DONE, Result.REFUSED, None])
    assert not is_partly([Result.DONE, Result.SKIPPED])
    assert not is_partly([Result.REFUSED])

"""What is said before an act is what is so after it: foreseen and done are counted apart."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from onestop.base.errors import Refusal
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.foreseeing import Outlook, outlook
from onestop.dossiers.rules.states import Verb, next_verbs
from onestop.dossiers.rules.timing import Timeliness, timeliness
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    apologised,
    done,
    in_progress,
    received,
    staff,
)

pytestmark = pytest.mark.usefixtures("app")

DAYS: Final = [timedelta(), DAY, 3 * DAY, 7 * DAY, 8 * DAY, 14 * DAY]
TIMES: Final = [pytest.param(MONDAY + later, id=f"after {later.days} days") for later in DAYS]
ACTIONS: Final = {
    Verb.SETTLE: ("settle", COMMUNE_CLERK),
    Verb.RESOLVE: ("resolve", COMMUNE_OFFICER),
    Verb.REFUSE: ("refuse", COMMUNE_OFFICER),
    Verb.STOP: ("stop", COMMUNE_LEADER),
    Verb.CONFIRM_WITHDRAWAL: ("confirm_withdrawal", COMMUNE_LEADER),
    Verb.SUPPLEMENT: ("note_supplement", COMMUNE_CLERK),
    Verb.NOTE_PAYMENT: ("note_payment", COMMUNE_CLERK),
    Verb.TAKE_BACK_WITHDRAWAL: ("take_back_withdrawal", COMMUNE_CLERK),
    Verb.CORRECT: ("correct", COMMUNE_LEADER),
    Verb.ASK_SUPPLEMENT: ("ask_for_supplement", COMMUNE_OFFICER),
}
REASONED: Final = {Verb.REFUSE, Verb.STOP, Verb.ASK_SUPPLEMENT, Verb.CORRECT}


def foreseen(dossier: Dossier, verb: Verb, at: datetime) -> Outlook:
    fresh = reading.by_code(dossier.code, staff(COMMUNE_LEADER, at))
    assert fresh is not None
    rows = next_verbs(fresh.state, received=True, before=reading.came_from(fresh))
    return outlook(fresh, next(row for row in rows if row.verb == verb), at)


def acted(dossier: Dossier, verb: Verb, at: datetime) -> Dossier:
    name, by = ACTIONS[verb]
    said: dict[str, Any] = {"reason": "vì thế"} if verb in REASONED else {}
    if verb == Verb.REFUSE:
        said["grounds"] = GROUNDS
    return done(dossier, name, by=by, at=at, **said)


def standing(dossier: Dossier, at: datetime) -> Timeliness:
    return timeliness(reading.facts(dossier), at)


@pytest.mark.parametrize("at", TIMES)
@pytest.mark.parametrize("verb", [Verb.RESOLVE, Verb.REFUSE, Verb.STOP])
def test_the_class_with_which_a_dossier_would_end_is_that_with_which_it_ends(
    verb: Verb, at: datetime
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    said = foreseen(dossier, verb, at).standing
    assert said == standing(acted(dossier, verb, at), at)


def test_what_is_settled_at_once_is_on_time() -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    said = foreseen(dossier, Verb.SETTLE, MONDAY).standing
    assert said == standing(acted(dossier, Verb.SETTLE, MONDAY), MONDAY) == Timeliness.ON_TIME


@pytest.mark.parametrize("asked_at", TIMES)
@pytest.mark.parametrize(
    ("verb", "wait"),
    [
        (Verb.SUPPLEMENT, timedelta(hours=1)),
        (Verb.SUPPLEMENT, 2 * DAY),
        (Verb.SUPPLEMENT, 9 * DAY),
        (Verb.STOP, 35 * DAY),
        (Verb.STOP, 60 * DAY),
    ],
)
def test_the_end_of_a_wait_is_foreseen_as_it_comes(
    verb: Verb, asked_at: datetime, wait: timedelta
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    acted(dossier, Verb.ASK_SUPPLEMENT, asked_at)
    at = asked_at + wait
    said = foreseen(dossier, verb, at)
    after = acted(dossier, verb, at)
    if verb == Verb.STOP:
        assert said.standing == standing(after, at)
    else:
        assert said.due_at == after.due_at
        late = standing(after, at) == Timeliness.OPEN_OVERDUE
        assert (said.standing == Timeliness.OPEN_OVERDUE) == late


@pytest.mark.parametrize("at", TIMES)
def test_the_earliest_date_after_a_request_is_that_of_papers_brought_at_once(at: datetime) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    said = foreseen(dossier, Verb.ASK_SUPPLEMENT, at)
    asked = acted(dossier, Verb.ASK_SUPPLEMENT, at)
    assert said.restarts == asked.pauses[-1].restarts
    assert said.earliest == acted(dossier, Verb.SUPPLEMENT, at).due_at
    assert said.restarts == (at <= MONDAY + 3 * DAY), "within three working days of receipt"


@pytest.mark.parametrize("at", TIMES)
def test_a_withdrawal_is_judged_by_the_moment_it_was_asked_for(at: datetime) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=at, reason="đổi ý")
    later = at + 30 * DAY
    said = foreseen(dossier, Verb.CONFIRM_WITHDRAWAL, later).standing
    assert said == standing(acted(dossier, Verb.CONFIRM_WITHDRAWAL, later), later)


@pytest.mark.parametrize("asked_at", TIMES)
@pytest.mark.parametrize("wait", [timedelta(hours=1), 2 * DAY, 9 * DAY])
@pytest.mark.parametrize("is_in_progress", [True, False])
@pytest.mark.parametrize("verb", [Verb.NOTE_PAYMENT, Verb.TAKE_BACK_WITHDRAWAL])
def test_the_date_after_a_fee_or_a_withdrawal_taken_back_is_foreseen_as_it_comes(
    verb: Verb, is_in_progress: bool, wait: timedelta, asked_at: datetime
) -> None:
    made = in_progress if is_in_progress else received
    dossier = made(procedure_code=FIVE_DAYS)
    before = dossier.state
    if verb == Verb.NOTE_PAYMENT:
        said = {"amount_vnd": 250_000, "notice": "12/TB-CCT"}
        done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=asked_at, **said)
    else:
        done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=asked_at, reason="đổi ý")
    at = asked_at + wait
    foretold = foreseen(dossier, verb, at)
    after = acted(dossier, verb, at)
    assert (after.state, after.paused_since) == (before, None)
    assert foretold.due_at == after.due_at
    late = standing(after, at) == Timeliness.OPEN_OVERDUE
    assert (foretold.standing == Timeliness.OPEN_OVERDUE) == late


@pytest.mark.parametrize("at", TIMES)
def test_a_result_opened_anew_stands_as_if_it_had_never_been_there(at: datetime) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    due_at = dossier.due_at
    acted(dossier, Verb.RESOLVE, MONDAY)
    foretold = foreseen(dossier, Verb.CORRECT, at).standing
    after = acted(dossier, Verb.CORRECT, at)
    assert (after.due_at, after.finished_at, after.outcome) == (due_at, None, None)
    assert foretold == standing(after, at)


def test_a_withdrawal_taken_back_while_papers_are_awaited_leaves_the_wait() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    acted(dossier, Verb.ASK_SUPPLEMENT, MONDAY)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="đổi ý")
    assert foreseen(dossier, Verb.TAKE_BACK_WITHDRAWAL, MONDAY + 2 * DAY).due_at is None
    after = acted(dossier, Verb.TAKE_BACK_WITHDRAWAL, MONDAY + 2 * DAY)
    assert (after.state.value, after.paused_since) == ("5", MONDAY)
    assert acted(after, Verb.SUPPLEMENT, MONDAY + 3 * DAY).state.value == "4"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount_vnd": None, "notice": "12/TB"}, "amount_vnd"),
        ({"amount_vnd": 0, "notice": "12/TB"}, "amount_vnd"),
        ({"amount_vnd": 10**13, "notice": "12/TB"}, "amount_vnd"),
        ({"amount_vnd": 1, "notice": None}, "notice"),
    ],
)
def test_a_fee_names_its_amount_and_its_notice(said: dict[str, Any], field: str) -> None:
    dossier = in_progress()
    with pytest.raises(Refusal) as refused:
        done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY, **said)
    assert refused.value.field == field


def test_a_second_request_is_foreseen_to_pause_only() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    acted(dossier, Verb.ASK_SUPPLEMENT, MONDAY)
    acted(dossier, Verb.SUPPLEMENT, MONDAY + DAY)
    assert not foreseen(dossier, Verb.ASK_SUPPLEMENT, MONDAY + DAY).restarts


@pytest.mark.parametrize("wait", [timedelta(hours=1), 2 * DAY, 9 * DAY])
def test_a_date_promised_with_an_apology_is_foreseen_as_it_comes(wait: timedelta) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    apologised(dossier, (MONDAY + 9 * DAY).date())
    fee = {"amount_vnd": 250_000, "notice": "12/TB-CCT"}
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + DAY, **fee)
    at = MONDAY + DAY + wait
    foretold = foreseen(dossier, Verb.NOTE_PAYMENT, at)
    after = acted(dossier, Verb.NOTE_PAYMENT, at)
    assert after.due_at
    assert after.legal_due_at
    assert foretold.due_at == after.due_at >= after.legal_due_at

"""The table of states, tried whole: every state × verb × role is done, or refused with a reason."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any, Final

import pytest

from onestop.accounts.rules import Role
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator, Staff
from onestop.catalogue.rules.steps import Step, StepKind
from onestop.deadlines.rules.limits import Limit
from onestop.dossiers.actions import intake
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.states import TABLE, State, Verb
from tests.catalogue import given as catalogue
from tests.dossiers.given import (
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    GROUNDS,
    LAND,
    MONDAY,
    act_of,
    desk,
    done,
    handed_in,
    received,
    staff,
    submitted,
)

pytestmark = pytest.mark.usefixtures("app")
AT_ONCE: Final = "D-DD-15"  # due the same day, so that a desk may settle it too
LEADER: Final = "chutich.thanhtri"
LATER: Final = MONDAY + 63 * DAY  # the thirty days for a supplement are over

WHO: Final = {
    "clerk": "motcua1.thanhtri",
    "officer": "chuyenvien1.tainguyen",
    "head": "truongphong.tainguyen",
    "leader": "chutich.thanhtri",
    "manager": "theodoi1.thanhtri",
    "auditor": "kiemtra.thanhtri",
    "administrator": "quantri.thanhtri",
}
"""One of each role, each as near to a dossier of the department of land as the role can be."""

# Rules.md 11.3 with the scopes of posts, written out once more. `5-` waits before receipt, `5`
# after; in `4+` two agencies were asked at once, and no result comes before both have answered.
DESK, EXAMINERS = "clerk", "officer head leader"
HEADS, PAYERS = "head leader", "clerk officer head leader"
MAY: Final[Mapping[str, Mapping[str, str]]] = {
    "accept": {"1": DESK},
    "refuse_at_intake": {"1": DESK, "5-": DESK},
    "ask_for_completion": {"1": DESK},
    "bring_completion": {"5-": DESK},
    "hand_over": {"2": DESK},
    "settle": {"2": DESK},
    "ask_for_supplement": {"4": EXAMINERS},
    "note_supplement": {"5": DESK},
    "resolve": {"4": EXAMINERS, "6": PAYERS},
    "refuse": {"4": EXAMINERS},
    "return_result": {"9": DESK},
    "ask_for_withdrawal": dict.fromkeys("2456", DESK),
    "take_back_withdrawal": {"7": DESK},
    "confirm_withdrawal": {"7": HEADS},
    "ask_for_payment": dict.fromkeys("24", PAYERS),
    "note_payment": {"6": PAYERS},
    "correct": {"9": "leader"},
    "stop": {"2": "leader", "4": "leader", "5": HEADS},
    "apologise": dict.fromkeys("24", HEADS),
    "extend": dict.fromkeys("24", PAYERS),
    "resume": dict.fromkeys("24", EXAMINERS),
    "transfer": dict.fromkeys("24567", HEADS),
    "reverse": {},
}
NO_ACT_ON_A_DOSSIER: Final = {
    Verb.SUBMIT,  # the applicant's own, by the portal
    Verb.PAUSE,  # by an order that closes offices
    Verb.MOVE_DATE,  # by a day declared off
    Verb.ISSUE_PAPER,  # by the papers, which any state may have
    Verb.PRINT_AGAIN,
}
WITHIN_AN_AGENCY: Final = {
    Verb.TAKE_UP,  # these change who has a dossier on his desk, and no state: the room of steps
    Verb.ASSIGN,
    Verb.TAKE_BACK,
    Verb.PUT_FORWARD,
    Verb.APPROVE,
    Verb.SIGN,
    Verb.SEND_BACK,
    Verb.SEND_TO,
    Verb.HAND_ON,
    Verb.GIVE_BACK,
    Verb.ASK_OPINION,  # these ask and answer beside the work: the room of opinions
    Verb.GIVE_OPINION,
    Verb.WITHDRAW_OPINION,
    Verb.MOVE_OPINION,
    Verb.CONFIRM_LIST,
    Verb.MISS_ON_LIST,
    Verb.MOVE_CHECK,
    Verb.MOVE_STEP,  # by a day declared off, or one to work on
}
REASON: Final = {"reason": "Có lý do"}
REFUSED: Final = {**REASON, "grounds": GROUNDS}
SAID: Final[Mapping[str, Mapping[str, Any]]] = {
    "accept": {"papers": frozenset({0})},
    "refuse_at_intake": REFUSED,
    "ask_for_completion": REASON,
    "ask_for_supplement": REASON,
    "refuse": REFUSED,
    "stop": REASON,
    "correct": REASON,
    "ask_for_withdrawal": REASON,
    "ask_for_payment": {"amount_vnd": 250_000, "notice": "12/TB-CCT"},
    "return_result": {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"},
    "apologise": {**REASON, "cause": "system", "new_on": date(2021, 5, 4)},
    "extend": {**REASON, "agreed": Agreement()},
    "resume": REASON,
    "transfer": {**REASON, "to_agency": "H26.91.27"},
}


def _submitted() -> Dossier:
    return submitted(to=DISTRICT_CLERK, procedure_code="D-DD-03")


def _not_accepted() -> Dossier:
    return _then(_submitted(), "refuse_at_intake", DISTRICT_CLERK)


def _to_be_completed() -> Dossier:
    return _then(_submitted(), "ask_for_completion", DISTRICT_CLERK)


def _received() -> Dossier:
    return received(by=DISTRICT_CLERK, procedure_code=AT_ONCE)


def _in_progress() -> Dossier:
    return _then(_received(), "hand_over", DISTRICT_CLERK)


def _side_by_side() -> Dossier:
    """Return a dossier about which the department and the police were asked at once."""
    steps = [
        Step(StepKind.DISTRICT_DEPARTMENT, Limit.parse("3wd"), 1),
        Step(StepKind.POLICE, Limit.parse("3wd"), 1),
    ]
    catalogue.changed(LAND, date(2021, 1, 4), steps=steps)
    return _then(received(by=DISTRICT_CLERK, procedure_code=LAND), "hand_over", DISTRICT_CLERK)


def _awaiting() -> Dossier:
    return _then(_in_progress(), "ask_for_supplement", DISTRICT_OFFICER)


def _paying() -> Dossier:
    return _then(_in_progress(), "ask_for_payment", DISTRICT_CLERK)


def _withdrawing() -> Dossier:
    return _then(_in_progress(), "ask_for_withdrawal", DISTRICT_CLERK)


def _stopped() -> Dossier:
    return _then(_in_progress(), "stop", LEADER)


def _resolved() -> Dossier:
    return _then(_in_progress(), "resolve", DISTRICT_OFFICER)


def _returned() -> Dossier:
    return _then(_resolved(), "return_result", DISTRICT_CLERK)


def _then(dossier: Dossier, verb: str, by: str) -> Dossier:
    return done(dossier, verb, by=by, at=MONDAY, **SAID.get(verb, {}))


STATES: Final[Mapping[str, Callable[[], Dossier]]] = {
    "1": _submitted,
    "2": _received,
    "3": _not_accepted,
    "4": _in_progress,
    "4+": _side_by_side,
    "5-": _to_be_completed,
    "5": _awaiting,
    "6": _paying,
    "7": _withdrawing,
    "8": _stopped,
    "9": _resolved,
    "10": _returned,
}


def everybody() -> dict[str, Staff]:
    return {role: staff(username, LATER) for role, username in WHO.items()}


class Back(Exception):  # noqa: N818 - no error: it takes back what was tried
    """Leave a transaction without writing anything."""


def tried(
    dossier: Dossier, verb: str, by: Staff, stands: list[str] | None = None
) -> Refusal | None:
    """Do a verb, take it back, and return why it was refused, if it was; `stands` says to where."""
    refusal = None
    with suppress(Back), transaction():
        refusal = _refusal(dossier, verb, by)
        if stands is not None and refusal is None:
            stands.append(db.session.get_one(Dossier, dossier.id).state.value)
        raise Back
    return refusal


def _refusal(dossier: Dossier, verb: str, by: Staff) -> Refusal | None:
    fresh = reading.for_change(dossier.code, Operator())
    assert fresh is not None
    lines = len(fresh.history)
    try:
        act_of(verb)(fresh, by=by, at=LATER, **SAID.get(verb, {}))
    except Refusal as refusal:
        return refusal
    db.session.expire(fresh)
    assert len(fresh.history) == lines + 1, "what is done has one line"
    return None


@pytest.mark.parametrize("state", STATES)
def test_every_verb_by_every_role_is_done_or_refused_with_its_reason(state: str) -> None:
    dossier = STATES[state]()
    assert dossier.state.value == state.rstrip("-+")
    waits = state == "4+"
    state = state.rstrip("+")
    wrong, people = [], everybody()
    for verb, rows in MAY.items():
        for role, by in people.items():
            refusal = tried(dossier, verb, by)
            legal = role in rows.get(state, "").split()
            # Of land nothing is certified; test_extensions tries where something is.
            no_copy = verb == "extend" and legal
            # Here no clock stands as a register told it; test_resuming tries where one does.
            not_by_register = verb == "resume" and legal
            too_early = waits and legal and verb in {"resolve", "refuse"}
            legal = legal and not too_early and not no_copy and not not_by_register
            if legal != (refusal is None):
                wrong.append((verb, role, "is the law" if legal else "is against it", refusal))
            if refusal is not None:
                expected = "Vai trò của bạn" if state in rows else "hồ sơ ở trạng thái"
                expected = "thu hồi" if verb == "reverse" else expected
                expected = "song song" if too_early else expected
                expected = "chứng thực" if no_copy else expected
                expected = "theo sổ" if not_by_register else expected
                if expected not in str(refusal):
                    wrong.append((verb, role, expected, refusal))
    assert not wrong


HELD: Final = {"ask_for_payment": "note_payment", "ask_for_withdrawal": "take_back_withdrawal"}
STOOD: Final = {"2": _received, "4": _in_progress, "5": _awaiting, "6": _paying}


@pytest.mark.parametrize(("verb", "back"), HELD.items())
def test_what_was_held_stands_again_where_it_stood_and_by_the_same_roles(
    verb: str, back: str
) -> None:
    people = everybody()
    for state in MAY[verb]:
        dossier = _then(STOOD[state](), verb, DISTRICT_CLERK)
        for role, by in people.items():
            stands: list[str] = []
            refusal = tried(dossier, back, by, stands)
            legal = role in " ".join(MAY[back].values()).split()
            assert (refusal is None) == legal, (state, role)
            assert stands == ([state] if legal else []), "where it stood before"


@pytest.mark.parametrize(
    "act", [intake.receive, partial(intake.decline, grounds=GROUNDS), intake.send_back]
)
def test_whoever_comes_to_the_counter_is_served_by_its_clerk_alone(act: Callable[..., Any]) -> None:
    clerk, said = staff(DISTRICT_CLERK), {} if act is intake.receive else REASON
    for role, username in WHO.items():
        made, refused = handed_in(procedure_code=LAND), "nothing"
        with suppress(Back), transaction():
            try:
                act(made, desk=desk(clerk), by=staff(username), at=MONDAY, **said)
            except Refusal as refusal:
                refused = str(refusal)
            raise Back
        assert ("Vai trò của bạn" in refused) == (role != DESK), role
        assert (refused == "nothing") == (role == DESK), role


def test_the_table_tried_is_whole() -> None:
    assert {staff(one).role for one in WHO.values()} == {role.word for role in Role}
    assert {state.rstrip("-+") for state in STATES} == {str(one) for one in State}
    pairs = {(row.verb, str(row.from_state)) for row in TABLE if row.from_state is not None}
    tried_pairs = sum(len({state.rstrip("-") for state in rows}) for rows in MAY.values())
    # Resolving and refusing are two rows each of the product, one act each here.
    assert len(pairs) == tried_pairs
    assert len(MAY) == len(set(Verb) - NO_ACT_ON_A_DOSSIER - WITHIN_AN_AGENCY)

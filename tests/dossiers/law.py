"""The law as far as the screens go, written out once more (rules.md 6, 11.3; forms.md).

The tables of the product are compared with these by whoever walks at random.
"""

from typing import Any, Final

from tests.dossiers.given import COMMUNE_CLERK, COMMUNE_LEADER, COMMUNE_OFFICER, GROUNDS, NEIGHBOUR

CLERK, OFFICER, LEADER = COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER
PEOPLE: Final = (CLERK, OFFICER, LEADER, NEIGHBOUR)
OVERRIDDEN: Final = "ask_for_supplement by override"
LEGAL: Final[dict[str, set[tuple[str, bool, str]]]] = {
    "accept": {("1", False, CLERK)},
    "refuse_at_intake": {("1", False, CLERK), ("5", False, CLERK)},
    "ask_for_completion": {("1", False, CLERK)},
    "bring_completion": {("5", False, CLERK)},
    "hand_over": {("2", True, CLERK)},
    "settle": {("2", True, CLERK)},
    "ask_for_supplement": {("4", True, OFFICER), ("4", True, LEADER)},
    OVERRIDDEN: {("4", True, OFFICER), ("4", True, LEADER)},
    "note_supplement": {("5", True, CLERK)},
    "resolve": {("4", True, OFFICER), ("4", True, LEADER)}
    | {("6", True, who) for who in (CLERK, OFFICER, LEADER)},
    "refuse": {("4", True, OFFICER), ("4", True, LEADER)},
    "return_result": {("9", True, CLERK)},
    "ask_for_withdrawal": {(state, True, CLERK) for state in "2456"},
    "take_back_withdrawal": {("7", True, CLERK)},
    "confirm_withdrawal": {("7", True, LEADER)},
    "ask_for_payment": {(state, True, who) for state in "24" for who in (CLERK, OFFICER, LEADER)},
    "note_payment": {("6", True, who) for who in (CLERK, OFFICER, LEADER)},
    "correct": {("9", True, LEADER)},
    "stop": {("2", True, LEADER), ("4", True, LEADER), ("5", True, LEADER)},
    "apologise": {("2", True, LEADER), ("4", True, LEADER)},
    "extend": {(state, True, who) for state in "24" for who in (CLERK, OFFICER, LEADER)},
    "transfer": {(state, True, LEADER) for state in "24567"},
    "resume": {(state, True, who) for state in "24" for who in (OFFICER, LEADER)},
}
"""From where, whether received, by whom."""
TO: Final = {
    "accept": "2",
    "refuse_at_intake": "3",
    "ask_for_completion": "5",
    "bring_completion": "1",
    "hand_over": "4",
    "settle": "9",
    "ask_for_supplement": "5",
    OVERRIDDEN: "5",
    "note_supplement": "4",
    "resolve": "9",
    "refuse": "9",
    "return_result": "10",
    "ask_for_withdrawal": "7",
    "confirm_withdrawal": "8",
    "ask_for_payment": "6",
    "correct": "4",
    "stop": "8",
}
BACK: Final = {"take_back_withdrawal", "note_payment"}
STAYING: Final = {"apologise", "extend", "transfer", "resume"}
REASONED: Final = {
    "refuse_at_intake",
    "ask_for_completion",
    "ask_for_supplement",
    OVERRIDDEN,
    "refuse",
    "stop",
    "correct",
    "apologise",
    "extend",
    "transfer",
    "resume",
}
SAID: Final[dict[str, dict[str, Any]]] = {
    "refuse_at_intake": {"grounds": GROUNDS},
    "refuse": {"grounds": GROUNDS},
    "accept": {"papers": frozenset({0})},
    "return_result": {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"},
    "ask_for_withdrawal": {"reason": None},
    "ask_for_payment": {"amount_vnd": 250_000, "notice": "12/TB-CCT"},
    OVERRIDDEN: {"override": True},
}
WAIT: Final = 30
"""Calendar days in which an applicant may bring a supplement (rules.md 6.1)."""
PAPER_OF: Final = {
    "receive": "receipt",
    "refuse_at_intake": "refusal",
    "refuse": "refusal",
    "ask_completion": "supplement_request",
    "ask_supplement": "supplement_request",
    "apologise": "apology",
    "extend": "receipt",
    "stop": "stop_notice",
    "confirm_withdrawal": "stop_notice",
    "ask_payment": "fee_notice",
    "note_payment": "payment_note",
    "return": "survey",
}
"""The paper that each act causes by itself, as its line of history is called (forms.md)."""
PRINTING: Final = {CLERK, OFFICER, LEADER}
TAKING_OVER: Final = {OFFICER, LEADER}

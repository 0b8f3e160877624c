"""Extending the limit of a certification: by whom, until when, how far, and what then counts."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest

from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.lines import LineKind
from onestop.dossiers.actions import closing, moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.queries.foreseeing import outlook
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.states import Verb, transition
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.reporting.queries import counters
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MONDAY,
    NEIGHBOUR,
    again,
    apologised,
    done,
    in_progress,
    received,
)

pytestmark = pytest.mark.usefixtures("app")
CONTRACT: Final = "C-CT-06"  # two working days: received on Monday it is due on Wednesday
SIGNATURE: Final = "C-CT-02"  # Decree 23/2015 art. 7 has no longer limit for signatures
HOUR: Final = timedelta(hours=1)
WEDNESDAY, THURSDAY, FRIDAY = (date(2021, 3, day) for day in (3, 4, 5))
WHY: Final = "Người yêu cầu cần 300 bản"


def extended(
    dossier: Dossier,
    new_on: date | None = WEDNESDAY,
    clock: time | None = None,
    *,
    signed_on: date | None = None,
    at: datetime = MONDAY + HOUR,
    by: str = COMMUNE_CLERK,
    reason: str | None = WHY,
) -> Dossier:
    agreed = Agreement(new_on, clock, signed_on, is_signed=signed_on is not None)
    return done(dossier, "extend", by=by, at=at, agreed=agreed, reason=reason)


def contract(**said: Any) -> Dossier:
    """Return a contract of Monday, extended by agreement to Friday, ten in the morning."""
    dossier = received(procedure_code=CONTRACT)
    return extended(dossier, FRIDAY, time(10), signed_on=MONDAY.date(), **said)


def due(dossier: Dossier) -> str:
    """Return the date that decides, which is always the last line of its explanation."""
    fresh = again(dossier)
    assert fresh.legal_due_at
    explained = explaining.explained(fresh, MONDAY)
    assert explained
    assert explained.lines[-1].date == local(fresh.legal_due_at).date()
    return f"{local(fresh.legal_due_at):%Y-%m-%d %H:%M}"


def test_the_first_date_moves_and_with_it_the_one_that_decides() -> None:
    dossier = extended(received(procedure_code=CERTIFIED_COPY))
    fresh = again(dossier)
    assert due(dossier) == "2021-03-03 17:00"
    assert fresh.first_due_at == fresh.legal_due_at == fresh.due_at
    line = fresh.history[-1]
    assert (line.verb, line.reason) == (Verb.EXTEND, WHY)
    assert line.details["extended_by"] == 2
    assert "agreed_on" not in line.details, "two working days need no agreement"
    explained = explaining.explained(fresh, MONDAY)
    assert explained
    assert [line.kind for line in explained.lines] == [
        LineKind.RECEIPT, LineKind.COUNTED, LineKind.EXTENDED,
    ]  # fmt: skip
    assert counters.differences() == []


@pytest.mark.parametrize(
    ("finished", "expected"),
    [
        (MONDAY + DAY, Timeliness.EARLY),
        (MONDAY + 2 * DAY + 12 * HOUR, Timeliness.ON_TIME),
        (MONDAY + 3 * DAY, Timeliness.OVERDUE),
    ],
)
def test_timeliness_goes_by_the_new_date(finished: datetime, expected: Timeliness) -> None:
    dossier = in_progress(procedure_code=CERTIFIED_COPY)
    extended(dossier, by=COMMUNE_OFFICER)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=finished)
    assert timeliness(reading.facts(again(dossier)), finished) == expected
    assert counters.differences() == [], "the counters know it too"


def test_an_agreement_tells_its_day_and_keeps_its_hour() -> None:
    dossier = contract()
    assert due(dossier) == "2021-03-05 10:00"
    assert again(dossier).history[-1].details["agreed_on"] == "2021-03-01"
    assert again(dossier).history[-1].details["extended_by"] == 2


@pytest.mark.parametrize(
    ("code", "said", "field", "why"),
    [
        (CERTIFIED_COPY, {"new_on": None}, "new_on", "no date"),
        (CERTIFIED_COPY, {"new_on": MONDAY.date()}, "new_on", "the old date itself"),
        (CERTIFIED_COPY, {"new_on": date(2021, 3, 6)}, "new_on", "a Saturday"),
        (CERTIFIED_COPY, {"new_on": date(2121, 3, 5)}, "new_on", "a slip of the pen"),
        (CERTIFIED_COPY, {"clock": time(12, 30)}, "clock", "at noon nobody is there"),
        (CERTIFIED_COPY, {"clock": time(17, 1)}, "clock", "the office is closed"),
        (CERTIFIED_COPY, {"new_on": THURSDAY}, "signed_on", "three days need an agreement"),
        (CONTRACT, {"new_on": THURSDAY}, "signed_on", "a contract needs one for any day"),
        (
            CONTRACT,
            {"new_on": THURSDAY, "signed_on": date(2021, 2, 26)},
            "signed_on",
            "signed before there was anything to agree on",
        ),
        (
            CONTRACT,
            {"new_on": THURSDAY, "signed_on": date(2021, 3, 2)},
            "signed_on",
            "to be signed tomorrow",
        ),
        (CERTIFIED_COPY, {"reason": None}, "reason", "no reason"),
    ],
)
def test_what_may_not_be_promised_is_refused_at_its_field(
    code: str, said: dict[str, Any], field: str, why: str
) -> None:
    dossier = received(procedure_code=code)
    before = due(dossier)
    with pytest.raises(Refusal) as refused:
        extended(dossier, **said)
    assert refused.value.field == field, why
    assert due(dossier) == before


def test_a_day_that_is_told_without_a_signature_is_no_agreement() -> None:
    dossier = received(procedure_code=CONTRACT)
    agreed = Agreement(FRIDAY, None, MONDAY.date(), is_signed=False)
    with pytest.raises(Refusal) as refused:
        done(dossier, "extend", by=COMMUNE_CLERK, at=MONDAY, agreed=agreed, reason=WHY)
    assert refused.value.field == "is_signed"


BEFORE: Final[dict[str, tuple[Callable[[], Dossier], datetime, str]]] = {
    "no certification": (lambda: received(procedure_code=FIVE_DAYS), MONDAY, "chứng thực"),
    "a signature": (lambda: received(procedure_code=SIGNATURE), MONDAY, "chứng thực"),
    "at the hour of the appointment": (
        lambda: received(procedure_code=CERTIFIED_COPY),
        MONDAY + 8 * HOUR,
        "giờ hẹn đã qua",
    ),
    "after it": (
        lambda: received(procedure_code=CERTIFIED_COPY),
        MONDAY + 8 * HOUR + timedelta(minutes=1),
        "giờ hẹn đã qua",
    ),
    "apologised for": (
        lambda: apologised(received(procedure_code=CONTRACT), FRIDAY, at=MONDAY),
        MONDAY,
        "xin lỗi",
    ),
    "an office that is closed": (lambda: closed(received(procedure_code=CONTRACT)), MONDAY, "dừng"),
}


def closed(dossier: Dossier) -> Dossier:
    order = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), MONDAY, None)
    with transaction():
        closing.close(order, by=Operator(), at=MONDAY)
    return dossier


@pytest.mark.parametrize("case", BEFORE)
def test_it_is_refused_with_the_reason_where_it_may_not_be(case: str) -> None:
    make, at, why = BEFORE[case]
    dossier = make()
    with pytest.raises(Refusal, match=why):
        extended(dossier, date(2021, 3, 12), signed_on=MONDAY.date(), at=at)
    assert again(dossier).extended_at is None


def test_a_minute_before_the_appointment_it_still_may_be() -> None:
    dossier = received(procedure_code=CERTIFIED_COPY)
    extended(dossier, at=MONDAY + 8 * HOUR - timedelta(minutes=1))
    assert due(dossier) == "2021-03-03 17:00"


def _resolved() -> Dossier:
    dossier = in_progress(procedure_code=CONTRACT)
    return done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY)


def _awaiting(verb: str, by: str, **said: Any) -> Dossier:
    return done(in_progress(procedure_code=CONTRACT), verb, by=by, at=MONDAY, **said)


PAYMENT: Final = {"amount_vnd": 50_000, "notice": "12/TB"}
STATES: Final[dict[str, Callable[[], Dossier]]] = {
    "2": lambda: received(procedure_code=CONTRACT),
    "4": lambda: in_progress(procedure_code=CONTRACT),
    "5": lambda: _awaiting("ask_for_supplement", COMMUNE_OFFICER, reason="Thiếu"),
    "6": lambda: _awaiting("ask_for_payment", COMMUNE_OFFICER, **PAYMENT),
    "7": lambda: _awaiting("ask_for_withdrawal", COMMUNE_CLERK, reason=None),
    "8": lambda: _awaiting("stop", COMMUNE_LEADER, reason="Theo luật"),
    "9": _resolved,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("by", [COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER, NEIGHBOUR])
def test_desk_and_handler_extend_what_runs_and_nobody_else_nor_anything_else(
    state: str, by: str
) -> None:
    dossier = STATES[state]()
    assert dossier.state.value == state
    legal = state in {"2", "4"} and by != NEIGHBOUR
    with suppress(Refusal, AssertionError):  # the neighbour does not even find it
        extended(dossier, FRIDAY, signed_on=MONDAY.date(), at=MONDAY, by=by)
    assert (again(dossier).extended_at is not None) == legal


PAUSED: Final = [
    (DAY, 3 * DAY, "2021-03-09 10:00", "2 and 3 left out: 4, 5, and two more"),
    (DAY, 7 * DAY, "2021-03-11 10:00", "from Tuesday to Monday: 8, 9, and two more"),
    (3 * DAY, 4 * DAY, "2021-03-08 10:00", "Thursday, of the two more, left out"),
    (2 * DAY, 2 * DAY + HOUR, "2021-03-05 10:00", "ended on the day it began"),
]


@pytest.mark.parametrize(("begins", "ends", "expected", "why"), PAUSED)
def test_a_pause_leaves_of_the_agreed_days_as_many_as_there_were(
    begins: timedelta, ends: timedelta, expected: str, why: str
) -> None:
    dossier = contract()
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + HOUR)
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY + begins, **PAYMENT)
    fresh = again(dossier)
    row = transition(Verb.NOTE_PAYMENT, fresh.state, received=True, before=reading.came_from(fresh))
    foreseen = outlook(fresh, row, MONDAY + ends).due_at
    done(dossier, "note_payment", by=COMMUNE_OFFICER, at=MONDAY + ends, proof="1")
    assert due(dossier) == expected, why
    assert foreseen == again(dossier).legal_due_at, "told before it was done"
    assert again(dossier).first_due_at != again(dossier).legal_due_at or "10:00" in expected
    assert counters.differences() == []


def test_a_pause_before_it_is_no_longer_felt() -> None:
    dossier = in_progress(procedure_code=CONTRACT)
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY + HOUR, **PAYMENT)
    done(dossier, "note_payment", by=COMMUNE_OFFICER, at=MONDAY + DAY, proof="1")
    assert due(dossier) == "2021-03-03 17:00", "the day of receipt counted for nothing"
    extended(dossier, FRIDAY, signed_on=MONDAY.date(), at=MONDAY + DAY + HOUR)
    assert due(dossier) == "2021-03-05 17:00"
    assert again(dossier).first_due_at == again(dossier).legal_due_at


def test_a_restart_gives_the_agreed_days_again_with_the_limit() -> None:
    dossier = contract()
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + HOUR)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu")
    done(dossier, "note_supplement", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY)
    assert due(dossier) == "2021-03-09 10:00", "Wednesday: 4, 5, and two more"
    fresh = again(dossier)
    assert fresh.first_due_at
    assert f"{local(fresh.first_due_at):%Y-%m-%d}" == "2021-03-05", "stays for the record"


def test_a_day_declared_off_moves_the_date_and_leaves_its_hour() -> None:
    dossier = contract()
    rows = [declared_day(FRIDAY, DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ")]
    with transaction():
        moves = moving.declare(rows, basis="Công văn thử", by=Operator(), at=MONDAY + 2 * HOUR)
    assert [move.code for move in moves] == [dossier.code]
    assert due(dossier) == "2021-03-08 10:00"
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + 3 * HOUR)
    done(dossier, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY + 3 * HOUR, **PAYMENT)
    done(dossier, "note_payment", by=COMMUNE_OFFICER, at=MONDAY + 4 * HOUR, proof="1")
    assert due(dossier) == "2021-03-08 10:00", "counted anew it is the same"
    assert counters.differences() == []


def test_a_make_up_day_announced_since_may_be_agreed_on() -> None:
    dossier = received(procedure_code=CONTRACT)
    saturday = date(2021, 3, 6)
    rows = [declared_day(saturday, DayKind.MAKE_UP_WORKING_DAY, "Công văn thử", "Làm bù")]
    with transaction():
        moving.declare(rows, basis="Công văn thử", by=Operator(), at=MONDAY)
    extended(dossier, saturday, signed_on=MONDAY.date())
    assert due(dossier) == "2021-03-06 17:00", "counted under the calendar of the agreement"


def test_a_later_agreement_takes_the_place_of_an_earlier_one() -> None:
    dossier = extended(received(procedure_code=CERTIFIED_COPY))
    with pytest.raises(Refusal, match="thỏa thuận"):
        extended(dossier, THURSDAY, at=MONDAY + DAY)
    extended(dossier, THURSDAY, time(9), signed_on=MONDAY.date(), at=MONDAY + DAY)
    assert due(dossier) == "2021-03-04 09:00"
    assert again(dossier).history[-1].details["extended_by"] == 3, "in all"
    assert counters.differences() == []


@pytest.mark.parametrize("held", ["paid", "closed"])
def test_days_that_a_pause_left_out_are_none_of_an_extension(held: str) -> None:
    dossier = received(procedure_code=CONTRACT)
    extended(dossier, date(2021, 3, 12), time(10), signed_on=MONDAY.date(), at=MONDAY)
    if held == "paid":
        done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + 3 * DAY, **PAYMENT)
        done(dossier, "note_payment", by=COMMUNE_CLERK, at=MONDAY + 8 * DAY, proof="1")
    else:
        begins, ends = (datetime(2021, 3, day, tzinfo=UTC) - 7 * HOUR for day in (4, 6))
        closure = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), begins, ends)
        with transaction():
            closing.close(closure, by=Operator(), at=MONDAY + 8 * DAY)
    at = MONDAY + 9 * DAY
    extended(dossier, date(2021, 3, 19), time(10), signed_on=at.date(), at=at)
    assert due(dossier) == "2021-03-19 10:00", "what was agreed on"


def test_one_taken_back_leaves_no_trace_but_in_the_history() -> None:
    dossier = extended(received(procedure_code=CERTIFIED_COPY))
    done(dossier, "reverse", by=COMMUNE_CLERK, at=MONDAY + HOUR + timedelta(minutes=5))
    fresh = again(dossier)
    assert due(dossier) == "2021-03-01 17:00"
    assert fresh.first_due_at == fresh.legal_due_at
    kept = (fresh.extended_at, fresh.extended_to, fresh.extended_by, fresh.extended_version)
    assert kept == (None, None, None, None)
    assert counters.differences() == []


def test_an_apology_after_it_leaves_it_to_decide() -> None:
    dossier = contract()
    apologised(dossier, date(2021, 3, 9), at=MONDAY + 2 * DAY)
    fresh = again(dossier)
    assert due(dossier) == "2021-03-05 10:00"
    assert fresh.due_at
    assert local(fresh.due_at).date() == date(2021, 3, 9)


def test_a_wrong_result_that_is_opened_anew_has_the_agreed_date() -> None:
    dossier = contract()
    done(dossier, "hand_over", by=COMMUNE_CLERK, at=MONDAY + HOUR)
    done(dossier, "refuse", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu", grounds=GROUNDS)
    done(dossier, "correct", by=COMMUNE_LEADER, at=MONDAY + 2 * DAY, reason="Sai")
    assert due(dossier) == "2021-03-05 10:00"


def test_the_calendar_of_the_agreement_is_kept_with_it() -> None:
    assert again(contract()).extended_version == deadlines.current_version()

"""What a register brought in standing still, for no reason that it told, is let run on by hand."""

from datetime import date
from typing import Any

import pytest

from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.foreseeing import outlook
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import Verb, transition
from onestop.reporting.queries import counters
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    brought_in,
    done,
    in_progress,
    staff,
)
from tests.dossiers.test_reversing import facts

pytestmark = pytest.mark.usefixtures("app")
TUESDAY = MONDAY + DAY
REASON = "Đã nộp đủ thuế theo giấy 12/GNT"


def resumed(dossier: Dossier, by: str = COMMUNE_OFFICER, **said: Any) -> Dossier:
    return done(dossier, "resume", by=by, at=MONDAY + 9 * DAY, **{"reason": REASON, **said})


@pytest.mark.on_both_databases
@pytest.mark.parametrize("handed_over", [True, False])
def test_the_rest_of_the_limit_is_counted_from_then(*, handed_over: bool) -> None:
    dossier = brought_in(handed_over=handed_over)
    stood, at = dossier.state, MONDAY + 9 * DAY
    row = transition(Verb.RESUME, stood, received=True)
    foretold = outlook(dossier, row, at).due_at
    found = resumed(dossier)
    assert (found.paused_since, found.state) == (None, stood)
    assert found.due_at == found.legal_due_at == foretold
    assert found.due_at is not None
    assert legal_date(found.due_at) == date(2021, 3, 16), "10 to 12, 15 and 16"
    line = found.history[-1]
    assert (line.verb, line.reason) == (Verb.RESUME, REASON)
    assert line.details["due_at"] == found.due_at.isoformat()
    assert counters.differences() == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"by": COMMUNE_CLERK}, "Vai trò"),
        ({"reason": None}, "Hãy ghi lý do"),
    ],
)
def test_whoever_handles_it_says_why(said: dict[str, Any], why: str) -> None:
    dossier = brought_in()
    with pytest.raises(Refusal, match=why):
        resumed(dossier, **said)


def test_no_clock_is_let_run_that_stands_for_a_reason_of_its_own() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    order = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), MONDAY, None)
    with transaction():
        closing.close(order, by=Operator(), at=TUESDAY)
    with pytest.raises(Refusal, match="không dừng theo sổ"):
        resumed(dossier)


@pytest.mark.on_both_databases
def test_an_order_still_holds_what_stood_by_a_register_too() -> None:
    dossier = brought_in()
    order = Closure("QĐ 1", frozenset({dossier.receiving_agency_id}), TUESDAY, None)
    with transaction():
        closing.close(order, by=Operator(), at=MONDAY + 2 * DAY)
    found = resumed(dossier)
    assert found.paused_since == TUESDAY
    assert counters.differences() == []


def test_a_clock_let_run_by_a_slip_stands_still_again() -> None:
    before = facts(dossier := brought_in())
    resumed(dossier)
    done(dossier, "reverse", by=COMMUNE_OFFICER, at=MONDAY + 9 * DAY)
    assert facts(dossier) == before
    assert counters.differences() == []


def test_an_order_that_let_clocks_run_again_is_no_slip_to_take_back() -> None:
    dossier, officer = in_progress(), staff(COMMUNE_OFFICER)
    order = Closure("QĐ 1", frozenset({officer.agency_id}), MONDAY + DAY, None)
    with transaction():
        closing.close(order, by=Operator(), at=MONDAY + DAY)
        closing.reopen("QĐ 1", ends_at=MONDAY + 2 * DAY, by=Operator(), at=MONDAY + 2 * DAY)
    with pytest.raises(Refusal, match="không thể thu hồi"):
        done(dossier, "reverse", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY)


def test_its_page_offers_it_and_no_other_page_does(client: PolicingClient) -> None:
    dossier, other = brought_in(), in_progress(at=now())
    client.sign_in(COMMUNE_LEADER)
    path = f"/dossiers/{dossier.code}/resume"
    assert path in client.get(f"/dossiers/{dossier.code}").text
    shown = client.get(path).text
    assert "Cho đồng hồ chạy lại" in shown
    assert "Đếm tiếp phần còn lại" in shown
    plain = client.get(f"/dossiers/{other.code}").text
    assert "/resume" not in plain
    assert "theo sổ" not in plain
    version = str(dossier.version)
    assert client.post(path, data={"version": version}).status_code == 422, "the reason is asked"
    assert client.post(path, data={"version": version, "reason": REASON}).status_code == 302
    assert REASON in client.get(f"/dossiers/{dossier.code}").text

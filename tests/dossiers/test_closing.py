"""Offices closed by an order: their days are left out of every open count, and told."""

from datetime import date, datetime, time, timedelta
from typing import Final

import pytest
from flask import Flask

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import closing
from onestop.dossiers.models import Dossier, PauseKind
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.closing import Closure, foreseen
from onestop.dossiers.queries.foreseeing import outlook
from onestop.dossiers.rules.states import State, Verb, transition
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.reporting import queries as reporting
from tests.client import PolicingClient
from tests.commands import onestop
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
    staff,
)

pytestmark = pytest.mark.usefixtures("app")
ORDER: Final = "Công điện 17/CĐ-UBND"


def again(dossier: Dossier) -> Dossier:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Dossier, dossier.id)


def due_on(dossier: Dossier) -> date:
    due_at = again(dossier).due_at
    assert due_at
    return legal_date(due_at)


def order(first: int, last: int | None = None, *, of: str = COMMUNE_CLERK) -> Closure:
    """Return a closure from one day of March 2021 to the end of another."""
    begins_at = at_local(date(2021, 3, first), time())
    ends_at = at_local(date(2021, 3, last + 1), time()) if last else None
    return Closure(ORDER, frozenset({staff(of).agency_id}), begins_at, ends_at)


def closed(closure: Closure, at: datetime) -> list[str]:
    with transaction():
        return closing.close(closure, by=Operator(), at=at)


def opened(ends_at: datetime, at: datetime) -> list[str]:
    with transaction():
        return closing.reopen(ORDER, ends_at=ends_at, by=Operator(), at=at)


def test_the_days_of_a_closure_are_left_out_of_every_open_count() -> None:
    at = MONDAY + 4 * DAY
    held = in_progress(procedure_code=FIVE_DAYS)
    finished = in_progress(procedure_code=FIVE_DAYS)
    done(finished, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    neighbour = received(by=NEIGHBOUR, procedure_code=FIVE_DAYS)
    closure = order(3, 4)
    told = foreseen(closure)
    assert closed(closure, at) == [held.code] == [one.code for one in told]
    assert due_on(held) == date(2021, 3, 10), "2, 5, 8, 9, 10"
    assert told[0].then == again(held).due_at
    assert due_on(neighbour) == due_on(finished) == date(2021, 3, 8)
    fresh = again(held)
    assert (fresh.legal_due_at, fresh.state) == (fresh.due_at, State.IN_PROGRESS)
    assert (fresh.pauses[0].kind, fresh.pauses[0].basis) == (PauseKind.CLOSURE, ORDER)
    line = fresh.history[-1]
    assert (line.verb, line.details["order"]) == (Verb.PAUSE, ORDER)
    assert reporting.differences() == []


def test_a_closure_without_an_end_holds_the_clock_until_the_office_opens() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    assert again(dossier).paused_since == at_local(date(2021, 3, 3), time())
    assert due_on(dossier) == date(2021, 3, 8), "the date stays while the pause runs"
    ends_at = at_local(date(2021, 3, 10), time())
    assert opened(ends_at, MONDAY + 9 * DAY) == [dossier.code]
    assert due_on(dossier) == date(2021, 3, 15), "2, 10, 11, 12, 15"
    assert again(dossier).history[-1].verb == Verb.RESUME
    assert again(dossier).paused_since is None
    assert reporting.differences() == []


def test_while_the_office_is_closed_every_state_keeps_its_own_way_back() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(1), MONDAY)
    fee = {"amount_vnd": 1000, "notice": "1/TB"}
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY + DAY, **fee)
    closed_later = Closure("QĐ 2", order(1).agency_ids, order(2).begins_at)
    closed(closed_later, MONDAY + DAY)
    done(dossier, "note_payment", by=COMMUNE_CLERK, at=MONDAY + 2 * DAY)
    fresh = again(dossier)
    assert fresh.state == State.IN_PROGRESS
    assert fresh.paused_since == MONDAY, "received that morning, and closed since"


def test_while_the_office_is_closed_no_date_is_foretold(client: PolicingClient) -> None:
    at = now() - timedelta(days=1)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    begins_at = at_local(legal_date(at), time())
    closed(Closure(ORDER, order(1).agency_ids, begins_at), now())
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}/ask_supplement").text
    assert "mở cửa lại thì ngày hẹn được tính lại" in page
    assert f"Đóng cửa theo lệnh {ORDER}, từ" in page
    done(dossier, "ask_for_payment", by=COMMUNE_CLERK, at=now(), amount_vnd=1000, notice="1/TB")
    page = client.get(f"/dossiers/{dossier.code}/note_payment").text
    assert "mở cửa lại thì ngày hẹn được tính lại" in page


def test_what_is_finished_meanwhile_ends_with_the_pause() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    at = MONDAY + 4 * DAY
    done(dossier, "resolve", by=COMMUNE_LEADER, at=at)
    assert again(dossier).pauses[0].ends_at == at
    with pytest.raises(Refusal, match="Không có hồ sơ nào"):
        opened(MONDAY + 5 * DAY, MONDAY + 5 * DAY)
    assert reporting.differences() == []


@pytest.mark.parametrize("last", [None, 4], ids=["still closed", "open again"])
def test_a_withdrawal_asked_for_before_the_office_closed_ended_then(last: int | None) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Đổi ý")
    at = MONDAY + 4 * DAY
    closed(order(4, last), at)
    row = transition(
        Verb.CONFIRM_WITHDRAWAL, State.WITHDRAWAL_ASKED, received=True, before=State.IN_PROGRESS
    )
    foretold = outlook(again(dossier), row, at).standing
    done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=at)
    fresh = again(dossier)
    assert fresh.finished_at == MONDAY + DAY
    assert timeliness(reading.facts(fresh), at) == foretold == Timeliness.EARLY
    assert due_on(fresh) == date(2021, 3, 8), "what came after the end moves nothing"
    assert reporting.differences() == []


def test_the_same_order_again_holds_only_what_came_in_since() -> None:
    first = in_progress(procedure_code=FIVE_DAYS)
    closed(order(1), MONDAY)
    second = received(procedure_code=FIVE_DAYS, at=MONDAY + DAY)
    assert closed(order(1), MONDAY + DAY) == [second.code]
    assert len(again(first).pauses) == 1


def test_a_lateness_that_had_begun_before_stays() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)  # due on the 8th
    closed(order(10, 11), MONDAY + 11 * DAY)
    assert due_on(dossier) == date(2021, 3, 8)
    assert reporting.differences() == []


@pytest.mark.parametrize(
    ("first", "last", "order_", "why"),
    [
        (6, None, ORDER, "chưa bắt đầu"),
        (3, 6, ORDER, "chưa kết thúc"),
        (4, 3, ORDER, "trước khi bắt đầu"),
        (3, None, " ", "số, ngày của lệnh"),
    ],
)
def test_a_closure_that_cannot_be_is_refused(
    first: int, last: int | None, order_: str, why: str
) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    made = order(first, last)
    with pytest.raises(Refusal, match=why):
        closed(Closure(order_, made.agency_ids, made.begins_at, made.ends_at), MONDAY + 4 * DAY)
    assert again(dossier).pauses == []


def test_an_office_does_not_open_before_it_closed_nor_in_the_future() -> None:
    in_progress(procedure_code=FIVE_DAYS)
    closed(order(3), MONDAY + 2 * DAY)
    with pytest.raises(Refusal, match="trước khi bắt đầu"):
        opened(MONDAY, MONDAY + 3 * DAY)
    with pytest.raises(Refusal, match="chưa đến"):
        opened(MONDAY + 5 * DAY, MONDAY + 4 * DAY)


def test_the_command_shows_asks_and_holds(app: Flask) -> None:
    at = now() - timedelta(days=3)
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    code = staff(COMMUNE_CLERK, at).agency_code
    day = legal_date(at).isoformat()
    words = ("closure", "add", code, "--order", ORDER, "--from", day)
    left = onestop(app, *words, typed="n\n")
    assert left.exit_code == 1
    assert dossier.code in left.stdout
    assert again(dossier).pauses == []
    assert onestop(app, *words, "--yes").exit_code == 0
    assert again(dossier).paused_since is not None
    ended = onestop(app, "closure", "end", "--order", ORDER, "--to", day, "--yes")
    assert ended.exit_code == 0, ended.stderr
    assert again(dossier).paused_since is None
    unknown = onestop(app, "closure", "add", "H99", "--order", ORDER, "--from", day, "--yes")
    assert (unknown.exit_code, "Không có cơ quan H99" in unknown.stderr) == (2, True)

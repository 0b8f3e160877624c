"""Many dossiers at once: the number is said and asked about, and one that fails stops no other."""

import re
from typing import Any

import pytest
from flask import Flask

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.dossiers.actions import many
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.rules.states import State, Verb
from onestop.reporting.queries import counters
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
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


def codes(amount: int) -> list[str]:
    return [received(procedure_code=FIVE_DAYS).code for _ in range(amount)]


def state_of(code: str) -> State:
    db.session.expire_all()
    return db.session.query(Dossier).filter_by(code=code).one().state


def do(verb: Verb, codes: list[str], *, by: str) -> many.Done:
    with transaction():
        return many.do(verb, codes, by=staff(by), at=MONDAY + DAY)


def ask(
    client: PolicingClient, verb: str, *codes: str, path: str = "/desk/many", **said: str
) -> str:
    data = {"verb": verb, "code": list(codes), **said}
    return client.post(path, data=data, follow_redirects=True).text


@pytest.mark.usefixtures("app")
def test_one_that_cannot_be_done_stops_no_other() -> None:
    first, gone, last = codes(3)
    done(db.session.query(Dossier).filter_by(code=gone).one(), "hand_over", by=COMMUNE_CLERK,
         at=MONDAY)  # fmt: skip
    elsewhere = received(by=NEIGHBOUR).code
    told = do(Verb.HAND_OVER, [first, gone, elsewhere, "x", last, first], by=COMMUNE_CLERK)
    assert told.codes == (first, last)
    assert [one.code for one in told.left] == [gone, elsewhere, "x"]
    assert "trạng thái" in told.left[0].refusal.message
    assert [one.applicant for one in told.left] == [APPLICANT.name, "", ""], "whose, where he may"
    assert {state_of(code) for code in (first, gone, last)} == {State.IN_PROGRESS}
    assert state_of(elsewhere) == State.RECEIVED
    lines = db.session.query(Entry).filter_by(verb=Verb.HAND_OVER)
    assert lines.count() == 3, "each has its line, and what was left has none"


@pytest.mark.usefixtures("app")
def test_the_counters_agree_with_the_facts_after_many_results() -> None:
    waiting = [in_progress(procedure_code=FIVE_DAYS).code for _ in range(4)]
    told = do(Verb.RESOLVE, [*waiting, *codes(1)], by=COMMUNE_OFFICER)
    assert len(told.codes) == 4
    assert len(told.left) == 1
    assert {state_of(code) for code in waiting} == {State.RESOLVED}
    assert counters.differences() == []


@pytest.mark.usefixtures("app")
def test_a_post_that_may_not_is_refused_for_each() -> None:
    told = do(Verb.HAND_OVER, codes(2), by=COMMUNE_OFFICER)
    assert told.codes == ()
    assert len(told.left) == 2


@pytest.mark.parametrize("amount", [0, many.MOST + 1])
def test_neither_nothing_nor_too_much_is_done(app: Flask, amount: int) -> None:  # noqa: ARG001 - database
    with pytest.raises(Refusal):
        do(Verb.HAND_OVER, [str(number) for number in range(amount)], by=COMMUNE_CLERK)


def test_a_clerk_is_told_the_number_and_asked_before_anything_is_done(
    client: PolicingClient,
) -> None:
    first, second, third = codes(3)
    client.sign_in(COMMUNE_CLERK)
    assert client.get("/desk").text.count('data-choose=""') == 3
    page = ask(client, "hand_over", first, second)
    assert "Bàn giao cho nơi giải quyết: 2 hồ sơ?" in page
    assert state_of(first) == State.RECEIVED
    page = ask(client, "hand_over", first, second, sure="yes")
    assert "Đã ghi 2 hồ sơ." in page
    assert [state_of(one) for one in (first, second, third)] == [
        State.IN_PROGRESS, State.IN_PROGRESS, State.RECEIVED]  # fmt: skip
    page = ask(client, "hand_over", first, third, sure="yes")
    assert "Đã ghi 1 hồ sơ." in page
    assert re.search(rf'{first}</a><br>.*</td><td data-label="Lý do">Không thể “Bàn giao', page)


def test_all_that_match_are_those_of_the_filter(client: PolicingClient) -> None:
    waiting = codes(3)
    other = received(procedure_code="C-HT-12").code
    in_progress(procedure_code=FIVE_DAYS)
    client.sign_in(COMMUNE_CLERK)
    path = "/desk/many?view=mine&state=2"
    page = ask(client, "hand_over", path=path, everything="yes")
    assert "4 hồ sơ?" in page
    asked = re.findall(r'name="code" value="([^"]+)"', page)
    assert set(asked) == {*waiting, other}


def test_a_result_of_what_is_still_to_be_paid_says_that_it_counts_as_paid(
    client: PolicingClient,
) -> None:
    unpaid, other = in_progress(), in_progress()
    done(unpaid, "ask_for_payment", by=COMMUNE_OFFICER, at=MONDAY, amount_vnd=8000, notice="12/TB")
    client.sign_in(COMMUNE_OFFICER)
    page = ask(client, "resolve", unpaid.code, other.code)
    assert "1 hồ sơ đang chờ nộp phí" in page
    assert "đang chờ nộp phí" not in ask(client, "resolve", other.code)
    assert "ghi nhận đã nộp phí" in client.get(f"/dossiers/{unpaid.code}/resolve").text
    assert "ghi nhận đã nộp phí" not in client.get(f"/dossiers/{other.code}/resolve").text


def test_nothing_chosen_is_said_on_the_list_it_came_from(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    answer = client.post("/desk/many?view=overdue", data={"verb": "hand_over"})
    assert answer.location == "/desk?view=overdue"
    said = r'<div class="note note-wait"[^>]*>Chưa chọn hồ sơ nào\.</div>'
    assert re.search(said, client.get(answer.location).text), "not as something done"


def test_too_many_at_once_are_refused_before_they_are_asked_about(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.dossiers.actions.many.MOST", 2)
    codes(3)
    client.sign_in(COMMUNE_CLERK)
    assert "tối đa 2 hồ sơ" in ask(client, "hand_over", everything="yes")


def resolved(**said: Any) -> str:
    dossier = in_progress(procedure_code=FIVE_DAYS, **said)
    return done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY).code


def test_many_results_go_into_the_hands_of_one_who_is_kept_of_each(client: PolicingClient) -> None:
    first, second, (early,) = resolved(), resolved(), codes(1)
    client.sign_in(COMMUNE_CLERK)
    page = ask(client, "return", first, second, early)
    assert "Trả kết quả: 3 hồ sơ?" in page
    assert "một người nhận tất cả" in page
    page = ask(client, "return", first, second, early, sure="yes", taken_by="Trần Thị Nhận")
    assert "Hãy ghi giấy tờ tùy thân đã xem." in page
    assert 'value="Trần Thị Nhận"' in page, "what was typed is kept"
    assert state_of(first) == State.RESOLVED
    who = {"taken_by": "Trần Thị Nhận", "id_document": "căn cước 999091000777"}
    page = ask(client, "return", first, second, early, sure="yes", **who)
    assert "Đã ghi 2 hồ sơ." in page
    assert "1 hồ sơ không làm được" in page
    assert [state_of(one) for one in (first, second, early)] == [
        State.RETURNED, State.RETURNED, State.RECEIVED]  # fmt: skip
    lines = db.session.query(Entry).filter_by(verb=Verb.RETURN).all()
    assert [one.reason for one in lines] == ["Trần Thị Nhận · căn cước 999091000777"] * 2


def test_what_has_its_own_page_is_not_done_to_many(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    for verb in ("refuse", "stop", "apologise", "x"):
        assert client.post("/desk/many", data={"verb": verb, "code": ["x"]}).status_code == 404


def test_an_officer_is_offered_what_his_post_grants(client: PolicingClient) -> None:
    in_progress()
    client.sign_in(COMMUNE_OFFICER)
    page = client.get("/desk").text
    assert 'value="resolve"' in page
    assert 'value="hand_over"' not in page
    assert 'value="return"' not in page

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Staff
from onestop.queue import actions, queries
from onestop.queue.models import Ticket
from onestop.queue.rules import Standing
from onestop.tallies.rules import Period
from tests.dossiers.given import COMMUNE_CLERK, MONDAY, NEIGHBOUR, staff

DAY = MONDAY.date()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk(app: Flask) -> Staff:  # noqa: ARG001 - a database
    return staff(COMMUNE_CLERK)


def taken(by: Staff, minutes: int = 0, *, key: str | None = None, days: int = 0) -> Ticket:
    at = MONDAY + minutes * MINUTE + timedelta(days=days)
    with transaction():
        return actions.take(by.agency_id, key=key or uuid4().hex, at=at)


def called(by: Staff, minutes: int) -> int:
    with transaction():
        return actions.call_next("Quầy 1", by=by, at=MONDAY + minutes * MINUTE).number


def test_numbers_begin_anew_each_day_at_each_desk(clerk: Staff) -> None:
    neighbour = staff(NEIGHBOUR)
    assert [taken(clerk).number for _ in range(3)] == [1, 2, 3]
    assert taken(neighbour).number == 1
    assert taken(clerk, days=1).number == 1


def test_one_pressing_is_one_number_however_often_it_arrives(clerk: Staff) -> None:
    assert [taken(clerk, key="a press").number for _ in range(2)] == [1, 1]
    assert taken(clerk).number == 2


def test_the_lowest_that_waits_is_called_and_nobody_else_gets_it(clerk: Staff) -> None:
    for _ in range(2):
        taken(clerk)
    assert [called(clerk, 5), called(clerk, 6)] == [1, 2]
    with pytest.raises(Refusal):
        called(clerk, 7)


def test_kiosks_at_one_instant_get_different_numbers(app: Flask, clerk: Staff) -> None:
    db.session.rollback()

    def press(_number: int) -> int:
        with app.app_context():
            try:
                return taken(clerk).number
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as hands:
        found = list(hands.map(press, range(16)))
    assert sorted(found) == list(range(1, 17))


def test_clerks_at_one_instant_call_different_numbers(app: Flask, clerk: Staff) -> None:
    for _ in range(8):
        taken(clerk)
    db.session.rollback()

    def call(_number: int) -> int:
        with app.app_context():
            try:
                return called(clerk, 1)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(call, range(8))) == list(range(1, 9))


def test_who_is_called_again_waited_until_the_first_call(clerk: Staff) -> None:
    taken(clerk)
    called(clerk, 5)
    with transaction():
        actions.note_absent(by=clerk, at=MONDAY + 6 * MINUTE)
    assert queries.board(clerk.agency_id, DAY).called == ()
    with transaction():
        actions.call_again(by=clerk, at=MONDAY + 9 * MINUTE)
    ticket = queries.by_number(clerk.agency_id, DAY, 1)
    assert ticket is not None
    assert (ticket.standing, ticket.called_at, ticket.shown_at) == (
        Standing.CALLED,
        MONDAY + 5 * MINUTE,
        MONDAY + 9 * MINUTE,
    )


def test_of_two_called_in_one_second_the_later_is_the_one_before_the_clerk(clerk: Staff) -> None:
    for _ in range(3):
        taken(clerk)
    assert [called(clerk, 5), called(clerk, 5)] == [1, 2]
    with transaction():
        actions.note_absent(by=clerk, at=MONDAY + 6 * MINUTE)
    standings = {one.number: one.standing for one in db.session.query(Ticket)}
    assert standings == {1: Standing.CALLED, 2: Standing.ABSENT, 3: Standing.WAITING}


def test_nobody_calls_again_what_he_did_not_call(clerk: Staff) -> None:
    for act in (actions.call_again, actions.note_absent):
        with pytest.raises(Refusal), transaction():
            act(by=clerk, at=MONDAY)


def test_the_screen_shows_the_last_called_first(clerk: Staff) -> None:
    for _ in range(3):
        taken(clerk)
    called(clerk, 1)
    called(clerk, 2)
    board = queries.board(clerk.agency_id, DAY)
    assert [one.number for one in board.called] == [2, 1]
    assert [number for number, _ in board.waiting] == [3]


def test_the_waits_of_a_period_are_those_of_its_numbers(clerk: Staff) -> None:
    neighbour = staff(NEIGHBOUR)
    for _ in range(3):
        taken(clerk)
    taken(neighbour)
    called(clerk, 4)
    called(clerk, 10)
    both = frozenset({clerk.agency_id, neighbour.agency_id})
    told = queries.waits_by_desk(both, Period(DAY, DAY))
    mine, all_ = told[clerk.agency_id], told[None]
    assert (mine.taken, mine.called, mine.median, mine.longest) == (3, 2, 4, 10)
    assert told[neighbour.agency_id].median is None
    assert (all_.taken, all_.called) == (4, 2)
    for agencies, whole in ((both, 4), (frozenset({clerk.agency_id}), 3), (frozenset[int](), 0)):
        assert queries.tickets(agencies, Period(DAY, DAY), page=1).total == whole


def test_an_earlier_secret_opens_nothing(clerk: Staff) -> None:
    with transaction():
        first = actions.open_queue(clerk.agency_id, at=MONDAY)
    with transaction():
        second = actions.open_queue(clerk.agency_id, at=MONDAY)
    assert queries.desk_behind(first) is None
    assert queries.desk_behind(second) == clerk.agency_id
    with transaction():
        actions.close_queue(clerk.agency_id)
    assert queries.desk_behind(second) is None
    assert queries.opened_at(clerk.agency_id) is None

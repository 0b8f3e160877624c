"""The calendar of due dates: what stands in it, for whom, and for how long its address holds."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some
from icalendar import Calendar

from onestop.accounts import actions, queries
from onestop.base.edge import transaction
from onestop.deadlines.rules.limits import Unit
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import desks
from onestop.dossiers.rules.feeds import Due, Part, feed
from tests.accounts.given import closed
from tests.client import PolicingClient
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    received,
    staff,
    submitted,
)

FRIDAY_EVENING = datetime.fromisoformat("2021-03-05T17:00:00+07:00")


def due(**changes: Any) -> Due:
    said = {
        "code": "H26.91.27-210301-0001",
        "procedure": "Cấp giấy xác nhận tình trạng hôn nhân",
        "due_at": FRIDAY_EVENING,
        "unit": Unit.WORKING_DAY,
        "address": "https://motcua.example.vn/dossiers/H26.91.27-210301-0001",
        "status": "Đang xử lý",
    }
    return Due(**{**said, **changes})


def events(told: bytes) -> Sequence[Any]:
    return Calendar.from_ical(told).walk("VEVENT")


def test_a_limit_in_days_is_a_whole_day_and_one_in_hours_ends_at_its_minute() -> None:
    (whole,) = events(feed("Hạn trả", [due()], at=MONDAY))
    assert (whole.decoded("dtstart"), whole.decoded("dtend")) == (
        date(2021, 3, 5),
        date(2021, 3, 6),
    )
    (timed,) = events(feed("Hạn trả", [due(unit=Unit.WORKING_HOUR)], at=MONDAY))
    assert timed.decoded("dtend") == FRIDAY_EVENING
    assert timed.decoded("dtend") - timed.decoded("dtstart") == timedelta(minutes=30)


def test_a_step_stands_beside_its_dossier_under_its_own_name() -> None:
    step = Part(2, "bước 2: Phòng chuyên môn cấp huyện")
    whole, part = events(feed("Hạn trả", [due(), due(part=step)], at=MONDAY))
    assert whole["uid"] != part["uid"]
    assert str(part["summary"]).startswith(f"{due().code} · {step.name} · ")


@given(some.text(max_size=200))
def test_whatever_a_procedure_is_called_it_is_read_back(name: str) -> None:
    clean = "".join(mark for mark in name if mark.isprintable())
    (event,) = events(feed("Hạn trả", [due(procedure=clean)], at=MONDAY))
    assert str(event["summary"]) == f"H26.91.27-210301-0001 · {clean}"


def test_an_empty_calendar_is_one_too() -> None:
    assert not events(feed("Hạn trả", [], at=MONDAY))


@pytest.fixture
def running(app: Flask) -> Dossier:  # noqa: ARG001 - a database
    submitted(at=MONDAY)
    held = in_progress(at=MONDAY)
    done(held, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu bản chính")
    finished = in_progress(at=MONDAY)
    done(finished, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    return received(at=MONDAY)


def test_only_what_runs_has_a_date_and_only_its_own_desk_reads_it(running: Dossier) -> None:
    (one,) = desks.coming(staff(COMMUNE_CLERK))
    assert (one.code, one.due_at) == (running.code, running.due_at)
    assert not desks.coming(staff(NEIGHBOUR))
    assert not desks.coming(staff(DISTRICT_CLERK))


def address_of(client: PolicingClient) -> str:
    page = client.post("/desk/feed", follow_redirects=True).text
    return "/dues/" + page.partition("/dues/")[2].partition("<")[0]


def test_the_address_needs_no_log_in_and_names_nobody(
    client: PolicingClient, running: Dossier
) -> None:
    client.sign_in(COMMUNE_CLERK)
    address = address_of(client)
    assert address not in client.get("/desk/feed").text, "it is told once"
    client.post("/logout")
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    (event,) = events(answer.data)
    assert str(event["summary"]).startswith(running.code)
    for personal in (APPLICANT.name, APPLICANT.phone, APPLICANT.id_number, APPLICANT.address):
        assert str(personal) not in answer.text


@pytest.mark.parametrize(
    ("reader", "told", "state"),
    [("vi", "Hạn trả – ", "Đã tiếp nhận"), ("en", "Due dates – ", "Received")],
)
def test_a_program_without_a_cookie_reads_the_language_of_whoever_made_the_address(
    app: Flask, client: PolicingClient, running: Dossier, reader: str, told: str, state: str
) -> None:
    client.sign_in(COMMUNE_CLERK)
    client.get(f"/language/{reader}")
    address = address_of(client)
    calendar = app.test_client().get(address).text
    assert told in calendar
    assert running.code in calendar
    assert state in calendar
    bare = app.test_client().get(address.partition("?")[0]).text
    assert "Hạn trả – " in bare, "as addresses were told before"


def test_a_new_address_ends_the_old_one_and_none_is_left_when_it_is_taken_back(
    client: PolicingClient,
) -> None:
    client.sign_in(COMMUNE_CLERK)
    first, second = address_of(client), address_of(client)
    assert [client.get(one).status_code for one in (first, second)] == [404, 200]
    page = client.post("/desk/feed/end", follow_redirects=True)
    assert page.status_code == 200
    assert client.get(second).status_code == 404


def test_the_address_ends_with_the_account(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    address = address_of(client)
    closed(COMMUNE_CLERK)
    assert client.get(address).status_code == 404


def test_only_a_digest_of_the_secret_is_kept(app: Flask) -> None:  # noqa: ARG001 - a database
    clerk = staff(COMMUNE_CLERK)
    with transaction():
        secret = actions.open_feed(clerk.account_id, at=MONDAY)
    assert queries.feed_since(clerk.account_id) == MONDAY
    assert queries.behind_feed(secret, MONDAY.date()) == clerk
    assert queries.behind_feed(secret[:-1], MONDAY.date()) is None
    assert queries.behind_feed("", MONDAY.date()) is None

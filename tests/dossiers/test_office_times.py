"""By when a desk hands over what it received, how long it waits for papers (rules.md 6.1, 8)."""

from datetime import date, datetime, time, timedelta

import pytest

from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Hours
from onestop.deadlines.rules.moments import at_local
from onestop.deadlines.rules.standing import DUE_TODAY, Left, Tone
from onestop.dossiers.queries import desks
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import Filter
from onestop.dossiers.rules.office_times import Beside, hand_over, pass_on, waited_for
from tests.client import PolicingClient, rows
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    FIVE_DAYS,
    MONDAY,
    done,
    in_progress,
    received,
    staff,
    submitted,
)

SAME_DAY = "C-CT-01"


@pytest.mark.parametrize(
    ("came", "by", "why"),
    [
        ("2021-03-01T09:00", "2021-03-01T17:00", "the same working day"),
        ("2021-03-01T07:10", "2021-03-01T17:00", "before the office opens"),
        ("2021-03-01T14:59", "2021-03-01T17:00", "a minute before three"),
        ("2021-03-01T15:00", "2021-03-02T09:00", "at three: the first hour of the next day"),
        ("2021-03-01T21:00", "2021-03-02T09:00", "in the evening"),
        ("2021-03-05T16:00", "2021-03-08T09:00", "over the weekend"),
        ("2021-03-06T09:00", "2021-03-08T09:00", "a Saturday works only for intake"),
        ("2021-02-09T15:30", "2021-02-17T09:00", "over Tết"),
        ("2026-01-10T09:00", "2026-01-10T17:00", "a make-up Saturday works"),
    ],
)
def test_what_came_before_three_is_handed_over_the_same_day(came: str, by: str, why: str) -> None:
    assert told(came, came).by == local(by), why
    assert told(came, by).left.tone == Tone.NEAR, "the due minute itself is in time"
    late = (local(by) + timedelta(minutes=1)).isoformat()
    assert told(came, late).left.tone == Tone.LATE


def test_an_office_that_closes_earlier_hands_over_the_next_morning_what_came_after() -> None:
    hours = Hours(((date(2019, 1, 1), ((time(7, 30), time(11, 30)),)),))
    assert told("2021-03-01T11:29", "2021-03-01T11:29", hours).by == local("2021-03-01T11:30")
    assert told("2021-03-01T13:00", "2021-03-01T13:00", hours).by == local("2021-03-02T08:30")


@pytest.mark.parametrize(
    ("signed", "by", "why"),
    [
        ("2021-03-01T09:00", "2021-03-01T17:00", "the day it is signed"),
        ("2021-03-01T16:59", "2021-03-01T17:00", "also in the last minute"),
        ("2021-03-01T17:00", "2021-03-02T17:00", "the office has closed"),
        ("2021-03-06T09:00", "2021-03-08T17:00", "on a Saturday"),
    ],
)
def test_what_is_signed_goes_on_the_same_day(signed: str, by: str, why: str) -> None:
    found = pass_on(local(signed), local(by), calendar=packaged_calendar(), hours=Hours())
    assert (found.by, found.left.tone) == (local(by), Tone.NEAR), why
    late = local(by) + timedelta(minutes=1)
    found = pass_on(local(signed), late, calendar=packaged_calendar(), hours=Hours())
    assert found.left.tone == Tone.LATE


def told(came: str, now: str, hours: Hours | None = None) -> Beside:
    moments, calendar = (local(came), local(now)), packaged_calendar()
    return hand_over(*moments, at_once=False, calendar=calendar, hours=hours or Hours())


def local(written: str) -> datetime:
    there = datetime.fromisoformat(written)
    return there if there.tzinfo else at_local(there.date(), there.time())


@pytest.mark.usefixtures("app")
def test_a_desk_is_told_what_it_has_not_handed_over_and_by_when() -> None:
    first, at_desk = received(procedure_code=FIVE_DAYS), received(procedure_code=SAME_DAY)
    online = done(submitted(), "accept", by=COMMUNE_CLERK, at=MONDAY, papers=frozenset())
    in_progress(procedure_code=FIVE_DAYS)
    tuesday = MONDAY + timedelta(days=1)
    shown = desks.page(DeskList.RECEIVED, Filter(), staff(COMMUNE_CLERK), tuesday)
    found = {row.code: row.beside for row in shown.rows}
    assert found.keys() == {first.code, at_desk.code, online.code}
    assert found[at_desk.code] is None, "it is settled at the desk"
    on_paper, electronic = found[first.code], found[online.code]
    assert on_paper is not None
    assert electronic is not None
    assert (on_paper.at_once, electronic.at_once) == (False, True)
    assert on_paper.left == Left(Tone.LATE, minutes=60, in_hours=True)


@pytest.mark.usefixtures("app")
def test_what_was_held_at_the_desk_is_handed_over_once_it_goes_on() -> None:
    paid = received(procedure_code=FIVE_DAYS)
    fee = {"amount_vnd": 1000, "notice": "1/TB"}
    done(paid, "ask_for_payment", by=COMMUNE_CLERK, at=MONDAY, **fee)
    done(paid, "note_payment", by=COMMUNE_CLERK, at=MONDAY + timedelta(days=3))
    thursday = MONDAY + timedelta(days=3)
    (row,) = desks.page(DeskList.RECEIVED, Filter(), staff(COMMUNE_CLERK), thursday).rows
    assert row.beside is not None
    assert (row.beside.by, row.beside.left.tone) == (local("2021-03-04T17:00"), Tone.SAFE)


def test_the_list_says_by_when(client: PolicingClient) -> None:
    received(procedure_code=FIVE_DAYS, at=MONDAY)
    client.sign_in(COMMUNE_CLERK)
    text = client.get("/desk?view=received").text
    assert "bàn giao trước" in text
    assert "17:00, 01/03/2021" in text
    assert "bàn giao trước" not in client.get("/desk").text
    (row,) = rows(client, "/desk.csv?view=received")
    assert row["Bàn giao trước"] == "2021-03-01 17:00"
    asked = in_progress(procedure_code=FIVE_DAYS, at=MONDAY)
    done(asked, "ask_for_supplement", by=COMMUNE_LEADER, at=MONDAY, reason="thiếu")
    assert "17:00, 31/03/2021" in client.get("/desk?view=awaiting").text
    (row,) = rows(client, "/desk.csv?view=awaiting")
    assert (row["Bàn giao trước"], row["Chờ bổ sung đến"]) == ("", "2021-03-31 17:00")


@pytest.mark.parametrize(
    ("now", "tone", "days"),
    [
        ("2021-03-24T09:00", Tone.SAFE, 6),
        ("2021-03-25T09:00", Tone.NEAR, 5),
        ("2021-03-30T23:00", Tone.NEAR, 0),
        ("2021-03-31T00:00", Tone.LATE, 1),
    ],
)
def test_the_office_is_warned_five_days_before_a_wait_ends(now: str, tone: Tone, days: int) -> None:
    found = waited_for(local("2021-03-30T17:00"), local(now), packaged_calendar()).left
    assert (found.tone, found.days) == (tone, days)
    assert (found.message == DUE_TODAY) == (not days)


@pytest.mark.usefixtures("app")
def test_a_desk_is_told_how_long_it_waits_for_papers() -> None:
    asked = in_progress(procedure_code=FIVE_DAYS)
    done(asked, "ask_for_supplement", by=COMMUNE_LEADER, at=MONDAY, reason="thiếu")
    came = done(submitted(), "ask_for_completion", by=COMMUNE_CLERK, at=MONDAY, reason="thiếu")
    shown = desks.page(
        DeskList.AWAITING, Filter(), staff(COMMUNE_CLERK), MONDAY + timedelta(days=26)
    )
    found = {row.code: row.beside for row in shown.rows}
    assert found.keys() == {asked.code, came.code}
    assert found[came.code] is None, "nothing runs before the receipt"
    waited = found[asked.code]
    assert waited is not None
    assert waited.by == local("2021-03-31T17:00")
    assert waited.left == Left(Tone.NEAR, days=4, in_working_days=False)

"""The worked examples of the regulations: every row has its reason."""

from datetime import date, datetime, time

import pytest

from onestop.base.moments import VIET_NAM, local
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Hours
from onestop.deadlines.rules.counting import asked_in_time, count, supplement_restarts
from onestop.deadlines.rules.limits import Limit, plain
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.supplements import DECREE_61

HOURS = Hours()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("received", "limit", "due", "why"),
    [
        ("2021-03-01T09:00", "5wd", "2021-03-08T17:00", "day 1 = 2 March; weekend skipped"),
        ("2021-03-01T16:30", "5wd", "2021-03-08T17:00", "after 15:00 moves hand-over only"),
        ("2021-03-05T09:00", "3wd", "2021-03-10T17:00", "Mon, Tue, Wed"),
        (
            "2021-03-06T09:00",
            "3wd",
            "2021-03-10T17:00",
            "start day not counted; Saturday not a working day",
        ),
        ("2021-02-05T10:00", "5wd", "2021-02-19T17:00", "8, 9 Feb; Tết 10–16; 17, 18, 19"),
        ("2021-02-09T10:00", "3wd", "2021-02-19T17:00", "last day before Tết; 15–16 are in lieu"),
        ("2021-04-20T10:00", "3wd", "2021-04-26T17:00", "21 April Hung Kings"),
        (
            "2021-04-28T10:00",
            "3wd",
            "2021-05-05T17:00",
            "29; 30/4 off; 1/5 Sat, in lieu Mon 3/5; 4, 5",
        ),
        ("2021-09-01T10:00", "2wd", "2021-09-07T17:00", "2 and 3 September off"),
        ("2021-12-30T10:00", "3wd", "2022-01-05T17:00", "31; 1/1 Sat, in lieu Mon 3; 4, 5"),
        (
            "2022-04-29T09:00",
            "2wd",
            "2022-05-05T17:00",
            "30/4 and 1/5 at a weekend: Mon 2 and Tue 3 in lieu",
        ),
        ("2023-01-19T09:00", "3wd", "2023-01-31T17:00", "Tết 20–26; 27, 30, 31"),
        (
            "2024-04-26T09:00",
            "3wd",
            "2024-05-04T17:00",
            "29/4 swapped off, 30/4, 1/5 off; 2, 3, make-up Saturday 4",
        ),
        ("2024-04-26T09:00", "5wd", "2024-05-07T17:00", "as 13, then Mon 6, Tue 7"),
        (
            "2025-04-24T09:00",
            "5wd",
            "2025-05-05T17:00",
            "25, make-up Sat 26, 28, 29; 30/4–2/5 off; 5",
        ),
        ("2025-12-31T09:00", "7wd", "2026-01-12T17:00", "1 and 2 Jan off; 5–9, make-up Sat 10, 12"),
        ("2026-08-20T10:00", "8wd", "2026-09-03T17:00", "make-up Sat 22; 31/8, 1/9, 2/9 off"),
        (
            "2026-08-22T10:00",
            "1wd",
            "2026-08-24T17:00",
            "received on a make-up day; next is Monday",
        ),
        ("2026-11-23T10:00", "3wd", "2026-11-27T17:00", "24 Nov Vietnam Culture Day"),
        ("2021-03-01T09:00", "10d", "2021-03-11T17:00", "1 March not counted"),
        ("2021-03-01T09:00", "12d", "2021-03-15T17:00", "13 is a Saturday: rolls to Monday"),
        (
            "2021-02-01T09:00",
            "10d",
            "2021-02-17T17:00",
            "11 Feb is in Tết: rolls to the first working day",
        ),
        ("2023-04-19T09:00", "10d", "2023-05-04T17:00", "29/4 Sat holiday; off until 3/5"),
        ("2024-04-24T09:00", "10d", "2024-05-04T17:00", "4 May is a make-up working day: no roll"),
        ("2024-01-31T09:00", "1m", "2024-02-29T17:00", "leap year, no 31st"),
        ("2023-01-31T09:00", "1m", "2023-02-28T17:00", "common year"),
        ("2021-08-31T09:00", "1m", "2021-09-30T17:00", "month of 30 days"),
        ("2020-02-29T09:00", "12m", "2021-03-01T17:00", "28 Feb 2021 is a Sunday"),
        (
            "2021-01-31T09:00",
            "3m",
            "2021-05-04T17:00",
            "30/4 holiday, 1/5 Sat, 2/5 Sun, 3/5 in lieu",
        ),
        ("2020-08-30T09:00", "6m", "2021-03-01T17:00", "no 30 Feb; 28 Feb is a Sunday"),
        ("2021-03-01T16:00", "4wh", "2021-03-02T11:00", "1 h on Monday, 3 h on Tuesday"),
        ("2021-03-05T15:30", "8wh", "2021-03-08T15:30", "1.5 + 4 + 2.5"),
        ("2021-02-09T14:00", "8wh", "2021-02-17T14:00", "3 h before Tết, 5 h after"),
        ("2021-03-01T12:20", "2wh", "2021-03-01T15:00", "starts at 13:00"),
        (
            "2021-03-07T20:00",
            "8wh",
            "2021-03-08T17:00",
            "starts Monday 08:00, ends exactly at closing",
        ),
        ("2021-03-01T09:00", "24wh", "2021-03-04T09:00", "three working days by the hour clock"),
        ("2026-01-09T15:00", "8wh", "2026-01-10T15:00", "make-up Saturday works full hours"),
        ("2021-03-01T14:59", "0d", "2021-03-01T17:00", "before the cut-off"),
        ("2021-03-01T15:00", "0d", "2021-03-02T17:00", "at the cut-off"),
        ("2021-03-05T15:10", "0d", "2021-03-08T17:00", "next working day"),
        ("2021-03-06T09:00", "0d", "2021-03-08T17:00", "not a working day"),
        ("2021-02-09T15:30", "0d", "2021-02-17T17:00", "across Tết"),
    ],
)
def test_a_limit_without_pauses(received: str, limit: str, due: str, why: str) -> None:
    counted = count(
        at(received), plain(Limit.parse(limit)), calendar=packaged_calendar(), hours=HOURS
    )
    assert local(counted.due_at) == at(due), why
    assert counted.days[-1].date == at(due).date(), "the date is the last line of its explanation"


@pytest.mark.parametrize(
    ("received", "limit", "pauses", "due", "why"),
    [
        ("2021-03-01T09:00", "5wd", "03-03/03-10", "2021-03-15T17:00", "2, 10, 11, 12, 15"),
        ("2021-03-01T09:00", "10d", "03-05/03-08", "2021-03-15T17:00", "14 is a Sunday"),
        ("2021-03-01T09:00", "12d", "03-03/03-04", "2021-03-15T17:00", "rolls once"),
        ("2021-03-01T09:00", "12d", "03-15/03-17", "2021-03-17T17:00", "15, 16 lie in the pause"),
        ("2021-03-01T09:00", "3wd", "03-01T10:00/03-02", "2021-03-04T17:00", "counted for nothing"),
        ("2021-03-01T09:00", "0d", "03-01T10:00/03-02", "2021-03-02T17:00", "the day is paused"),
        (
            "2021-03-01T09:00",
            "5wd",
            "03-02/03-04 03-03/03-04T15:00",
            "2021-03-10T17:00",
            "overlapping: 2 and 3 left out once",
        ),
        ("2021-01-29T09:00", "1m", "02-01/02-06", "2021-03-05T17:00", "30 days, five left out"),
        ("2021-03-01T16:00", "4wh", "03-01T16:30/03-02T09:00", "2021-03-02T13:30", "0.5+3+0.5"),
        ("2021-03-01T16:00", "4wh", "03-02T10:00/03-05T09:00", "2021-03-05T10:00", "1+2+1"),
        ("2021-03-01T16:00", "4wh", "03-02T11:00/03-05T09:00", "2021-03-02T11:00", "at the due"),
    ],
)
def test_a_limit_with_pauses(received: str, limit: str, pauses: str, due: str, why: str) -> None:
    counted = count(
        at(received),
        plain(Limit.parse(limit)),
        calendar=packaged_calendar(),
        hours=HOURS,
        pauses=[_pause(one) for one in pauses.split()],
    )
    assert local(counted.due_at) == at(due), why


@pytest.mark.parametrize(
    ("asked", "due", "why"),
    [
        ("2021-03-03T09:00", "2021-03-17T17:00", "within three working days: counted anew"),
        ("2021-03-04T16:59", "2021-03-17T17:00", "compared by date"),
        ("2021-03-05T09:00", "2021-03-11T17:00", "late: only a pause; 2, 3, 4, 10, 11"),
    ],
)
def test_a_supplement_restarts_only_when_asked_in_time(asked: str, due: str, why: str) -> None:
    received, calendar = at("2021-03-01T09:00"), packaged_calendar()
    restarts = supplement_restarts(at(asked), received, DECREE_61, calendar=calendar, hours=HOURS)
    counted = count(
        received,
        plain(Limit.parse("5wd")),
        calendar=calendar,
        hours=HOURS,
        pauses=[Pause(at(asked), at("2021-03-10T09:00"), restarts=restarts)],
    )
    assert local(counted.due_at) == at(due), why


@pytest.mark.parametrize(
    ("limit", "asked", "pauses", "in_time", "why"),
    [
        ("1wd", "2021-03-02T16:00", "", True, "on the due date, within three working days"),
        ("1wd", "2021-03-03T09:00", "", False, "nothing erases a lateness that has happened"),
        ("1wd", "2021-03-03T09:00", "03-02/03-04", True, "a pause had moved the due date"),
        ("5wd", "2021-03-05T09:00", "", False, "on the fourth working day"),
        ("5wd", "2021-03-05T09:00", "03-02/03-04", False, "the three days do not pause"),
        ("4wh", "2021-03-01T14:00", "", True, "at the due minute"),
        ("4wh", "2021-03-01T14:01", "", False, "the minute after"),
    ],
)
def test_a_restart_asked_after_the_due_date_has_no_effect(
    limit: str, asked: str, pauses: str, *, in_time: bool, why: str
) -> None:
    found = asked_in_time(
        at(asked),
        at("2021-03-01T09:00"),
        plain(Limit.parse(limit)),
        DECREE_61,
        calendar=packaged_calendar(),
        hours=HOURS,
        pauses=[_pause(one) for one in pauses.split()],
    )
    assert found == in_time, why


def _pause(text: str) -> Pause:
    begins, ends = text.split("/")
    return Pause(_moment(begins), _moment(ends))


def _moment(text: str) -> datetime:
    day, _, clock = f"2021-{text}".partition("T")
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "09:00"), VIET_NAM)

"""`onestop deadline` is a contract: other programs rely on its words, its JSON and its exits."""

import json
from datetime import date, time
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo

from onestop.app.cli import main
from onestop.deadlines import queries

MONDAY = "2021-03-01T09:00"
KEYS = {"received_at", "limit", "due_at", "counting_from", "pauses", "days", "calendar_version"}


def run(app: Flask, *words: str, lines: str | bytes | None = None) -> Result:
    info = ScriptInfo(create_app=lambda: app)
    return app.test_cli_runner().invoke(main, ["deadline", *words], obj=info, input=lines)


def told(app: Flask, *words: str) -> dict[str, Any]:
    answer = run(app, *words, "--format", "json")
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def set_hours(app: Flask, *words: str) -> Result:
    info = ScriptInfo(create_app=lambda: app)
    return app.test_cli_runner().invoke(main, ["calendar", "hours", *words], obj=info)


def test_hours_are_set_for_an_agency_from_a_day_on_with_its_saturdays(app: Flask) -> None:
    said = ("07:30-11:30,13:30-17:00", "--from", "2021-04-15", "--agency", "H26.91.27")
    assert set_hours(app, *said, "--saturday").exit_code == 0
    hours = queries.hours_of("H26.91.27")
    assert hours.closing(date(2021, 4, 15)) == time(17)
    assert hours.saturday(date(2021, 4, 14)) == ()
    assert hours.saturday(date(2021, 4, 15))
    again = set_hours(app, *said)
    assert again.exit_code == 2
    assert "Đã có giờ làm việc từ ngày này." in again.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("13:00-17:00,08:00-12:00", "--from", "2021-04-15"), "theo thứ tự"),
        (("08:00", "--from", "2021-04-15"), "theo thứ tự"),
        (("08:00-12:00", "--from", "tomorrow"), "không phải ngày"),
        (("08:00-12:00", "--from", "2021-04-15", "--agency", "X"), "Không có cơ quan X"),
    ],
)
def test_hours_that_nobody_can_keep_are_refused(
    app: Flask, words: tuple[str, ...], why: str
) -> None:
    answer = set_hours(app, *words)
    assert answer.exit_code == 2
    assert why in answer.stderr


def test_the_json_has_the_keys_of_the_contract(app: Flask) -> None:
    found = told(app, MONDAY, "5wd", "--pause", "2021-03-03/2021-03-10")
    assert set(found) >= KEYS
    assert found["received_at"] == "2021-03-01T09:00+07:00"
    assert found["limit"] == {"value": 5, "unit": "working_day"}
    assert found["due_at"] == "2021-03-15T17:00+07:00"
    assert found["counting_from"] == "2021-03-02"
    assert found["calendar_version"] == 1
    first, second, third = found["days"][:3]
    assert (first["kind"], first["counted"], first["number"]) == ("receipt", False, None)
    assert (second["kind"], second["counted"], second["number"]) == ("counted", True, 1)
    assert (third["kind"], third["counted"]) == ("paused", False)
    assert all(line["reason"] for line in found["days"])
    assert found["days"][-1]["date"] == "2021-03-15"


@pytest.mark.parametrize("limit", ["8wh", "3wd"])
def test_a_holiday_has_its_name_in_english_whatever_the_limit_counts(
    app: Flask, limit: str
) -> None:
    days = told(app, "2021-04-29T15:00", limit, "--lang", "en")["days"]
    assert days[1]["date"] == "2021-04-30"
    assert days[1]["reason"] == "Reunification Day"


@pytest.mark.parametrize(
    ("words", "counting_from", "why"),
    [
        ([MONDAY, "5wd"], "2021-03-02", "the date after day 0"),
        ([MONDAY, "0d"], "2021-03-02", "the date after day 0, also the same day"),
        ([MONDAY, "4wh"], "2021-03-01T09:00+07:00", "hours begin at the moment itself"),
        (["2021-03-06T20:00", "4wh"], "2021-03-08T08:00+07:00", "or at the next opening"),
        (
            [MONDAY, "4wh", "--pause", "2021-03-01T09:00/2021-03-02T10:30"],
            "2021-03-02T10:30+07:00",
            "or when a pause at receipt ends",
        ),
        (
            [MONDAY, "5wd", "--supplement", "2021-03-03T09:00/2021-03-10T09:00"],
            "2021-03-11",
            "after a restart that of the restart",
        ),
        (
            [MONDAY, "40wh", "--supplement", "2021-03-03T09:00/2021-03-10T09:00"],
            "2021-03-10T09:00+07:00",
            "after a restart that of the restart",
        ),
    ],
)
def test_counting_begins_where_the_law_says(
    app: Flask, words: list[str], counting_from: str, why: str
) -> None:
    assert told(app, *words)["counting_from"] == counting_from, why


@pytest.mark.parametrize(
    ("words", "due", "unit", "why"),
    [
        ([MONDAY, "0i"], "2021-03-01T17:00", "immediate", "at once is the same day"),
        ([MONDAY, "0d"], "2021-03-01T17:00", "same_day", "same day"),
        ([MONDAY, "0wd"], "2021-03-01T17:00", "working_day", "no working day is the same day"),
        ([MONDAY, "0wh"], "2021-03-01T09:00", "working_hour", "the moment itself"),
        (["2021-03-01T12:00", "0wh"], "2021-03-01T13:00", "working_hour", "or the next opening"),
        (["2021-03-01T17:00", "0wh"], "2021-03-02T08:00", "working_hour", "17:00 is outside"),
        (
            [MONDAY, "0wh", "--pause", "2021-03-01T09:00/2021-03-03T09:00"],
            "2021-03-01T09:00",
            "working_hour",
            "a pause that begins at the due moment changes nothing",
        ),
        (["2018-12-28T09:00", "1wd"], "2019-01-02T17:00", "working_day", "31 December 2018 is off"),
        (["2021-12-31T09:00", "1wd"], "2022-01-04T17:00", "working_day", "over the year's end"),
        (["2021-03-01T02:00Z", "1wh"], "2021-03-01T10:00", "working_hour", "a zone is kept"),
        (
            ["2021-03-01T09:00:30", "1wh"],
            "2021-03-01T10:00:30",
            "working_hour",
            "seconds are not lost",
        ),
    ],
)
def test_limits_of_nothing_and_edges_of_the_clock(
    app: Flask, words: list[str], due: str, unit: str, why: str
) -> None:
    found = told(app, *words)
    assert found["due_at"] == f"{due}+07:00", why
    assert found["limit"]["unit"] == unit


@pytest.mark.parametrize(
    ("asked", "due", "restarts"),
    [("2021-03-03", "2021-03-17", True), ("2021-03-05", "2021-03-11", False)],
)
def test_a_supplement_restarts_the_limit_only_when_asked_in_time(
    app: Flask, asked: str, due: str, *, restarts: bool
) -> None:
    found = told(app, MONDAY, "5wd", "--supplement", f"{asked}T09:00/2021-03-10T09:00")
    assert found["due_at"] == f"{due}T17:00+07:00"
    assert found["pauses"] == [
        {
            "from": f"{asked}T09:00+07:00",
            "to": "2021-03-10T09:00+07:00",
            "restarts": restarts,
        }
    ]
    kinds = {line["kind"] for line in found["days"]}
    assert ("voided" in kinds) == restarts


@pytest.mark.parametrize(
    ("law", "asked", "due"),
    [
        ("restart/pause/3", "2021-03-03", "2021-03-17"),
        ("pause/pause/3", "2021-03-03", "2021-03-15"),
        ("restart/pause/1", "2021-03-03", "2021-03-15"),
        ("restart/restart/1", "2021-03-03", "2021-03-17"),
    ],
)
def test_a_supplement_has_the_effect_of_the_law_that_is_named(
    app: Flask, law: str, asked: str, due: str
) -> None:
    supplement = f"{asked}T09:00/2021-03-10T09:00"
    found = told(app, MONDAY, "5wd", "--supplement", supplement, "--law", law)
    assert found["due_at"] == f"{due}T17:00+07:00"


@pytest.mark.parametrize(
    ("limit", "is_counted"),
    [("5wh", False), ("0d", False), ("0i", False), ("5wd", True), ("1m", True)],
)
def test_a_day_without_an_hour_is_enough_only_where_no_hour_counts(
    app: Flask, limit: str, is_counted: bool
) -> None:
    answer = run(app, "2021-03-05", limit)
    assert (answer.exit_code == 0) == is_counted
    assert ("cần cả giờ nhận" in answer.stderr) != is_counted
    (line,) = run(app, "-", lines=f"2021-03-05 {limit}\n").stdout.splitlines()
    assert ("error" in json.loads(line)) != is_counted


def test_a_supplement_asked_after_the_due_date_says_that_it_restarts_nothing(app: Flask) -> None:
    found = told(app, MONDAY, "1wd", "--supplement", "2021-03-03T09:00/2021-03-10T09:00")
    assert found["due_at"] == "2021-03-02T17:00+07:00"
    assert not found["pauses"][0]["restarts"]


def test_every_date_of_a_voided_calendar_limit_had_been_counted(app: Flask) -> None:
    words = ["2021-03-05T09:00", "10d", "--supplement", "2021-03-09T09:00/2021-03-10T09:00"]
    found = {line["date"]: line["kind"] for line in told(app, *words)["days"]}
    assert found["2021-03-06"] == found["2021-03-07"] == "voided", "Saturday and Sunday too"


def test_a_year_that_is_not_announced_says_so(app: Flask) -> None:
    assert told(app, "2026-12-31T09:00", "5wd")["provisional"]
    assert told(app, "2031-03-03T09:00", "5wd")["provisional"]
    assert not told(app, "2026-03-02T09:00", "5wd")["provisional"]


@pytest.mark.parametrize(
    "words",
    [
        [MONDAY],
        [MONDAY, "0m"],
        [MONDAY, "1i"],
        [MONDAY, "3651d"],
        [MONDAY, "3651wd"],
        [MONDAY, "121m"],
        [MONDAY, "-1d"],
        [MONDAY, "1.5wd"],
        [MONDAY, "٣wd"],
        [MONDAY, "5wd", "--pause", "2021-02-28/2021-03-02"],
        [MONDAY, "5wd", "--pause", "2021-03-04/2021-03-03"],
        [MONDAY, "5wd", "--pause", "2021-03-04"],
        [MONDAY, "5wd", "--pause", "2021-03-04/"],
        [MONDAY, "5wd", "--law", "restart/pause"],
        [MONDAY, "5wd", "--law", "restart/pause/x"],
        [MONDAY, "5wd", "--law", "restart/pause/0"],
        [MONDAY, "5wd", "--law", "pause/restart/3"],
        [MONDAY, "5wd", "--supplement", "2021-02-28/2021-03-02"],
        [MONDAY, "5wd", "--agency", "H26.99"],
        [MONDAY, "5wd", "--no-such-option"],
        ["-", "5wd"],
        ["-", "--pause", "2021-03-03/2021-03-10"],
        ["-", "--supplement", "2021-03-03/2021-03-10"],
        ["yesterday", "5wd"],
        ["2021-02-30T09:00", "5wd"],
        ["0001-01-01T00:00", "5wd"],
        ["9999-12-31T23:59", "5wd"],
        [MONDAY, "5wd", "--pause", "2021-03-04/9999-12-31"],
    ],
)
def test_a_wrong_call_is_one_clear_line_and_exit_2(app: Flask, words: list[str]) -> None:
    answer = run(app, *words)
    assert answer.exit_code == 2, answer.output
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr


def test_lines_are_answered_one_by_one_each_in_its_place(app: Flask) -> None:
    lines = [
        f"{MONDAY} 5wd 2021-03-03/2021-03-10",
        "nonsense",
        f"{MONDAY} 5wd s:2021-03-03T09:00/2021-03-10T09:00",
        "",
        f"{MONDAY} 0m",
        f"{MONDAY} 5wd s:2021-03-03/2021-03-10 s:2021-03-04/2021-03-10",
        "9999-12-31T00:00 5wd",
        f"  {MONDAY}\t4wh 2021-03-01T10:00/2021-03-01T11:00  ",
    ]
    answer = run(app, "-", lines="\n".join(lines))
    assert answer.exit_code == 0
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [one.get("due_at") for one in found] == [
        "2021-03-15T17:00+07:00",
        None,
        "2021-03-17T17:00+07:00",
        None,
        None,
        None,
        None,
        "2021-03-01T15:00+07:00",
    ]
    assert all(one["error"] for one in found if "due_at" not in one)


def test_a_line_that_is_no_text_is_a_bad_line_like_any_other(app: Flask) -> None:
    answer = run(app, "-", lines=b"\xff\xfe 5wd\n2021-03-01T09:00 5wd\n")
    first, second = (json.loads(line) for line in answer.stdout.splitlines())
    assert first["error"]
    assert second["due_at"] == "2021-03-08T17:00+07:00"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([MONDAY, "0wh"], "Đã đếm 0 giờ làm việc."),
        (["2021-03-01T20:00", "0wh"], "Nhận ngoài giờ làm việc."),
        (["2021-03-01T12:00", "0wh"], "Nhận ngoài giờ làm việc."),
        (["2021-03-01T20:00", "2wh"], "Nhận ngoài giờ làm việc."),
        ([MONDAY, "4wh", "--pause", "2021-03-01T09:00/2021-03-03T09:00"], "Tạm dừng, không đếm."),
    ],
)
def test_the_day_of_receipt_is_not_called_outside_hours_where_it_was_within(
    app: Flask, words: list[str], reason: str
) -> None:
    first = told(app, *words)["days"][0]
    assert first["kind"] == "receipt"
    assert first["reason"] == reason


def test_a_supplement_is_asked_for_once(app: Flask) -> None:
    twice = ["--supplement", "2021-03-02/2021-03-03", "--supplement", "2021-03-04/2021-03-05"]
    answer = run(app, MONDAY, "5wd", *twice)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert len(answer.stderr.splitlines()) == 1

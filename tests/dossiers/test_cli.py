import json
from datetime import date

import pytest
from flask import Flask

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.filters import plain_day
from onestop.deadlines import queries as deadlines
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.identity import Applicant
from tests.client import PolicingClient
from tests.commands import onestop
from tests.dossiers.given import (
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MONDAY,
    apologised,
    done,
    in_progress,
    received,
    submitted,
)

ADD = ("calendar", "add", "2030-03-08", "public_holiday", "--basis", "Quyết định 1")


def test_a_dossier_is_shown_with_its_history_and_its_date_explained(app: Flask) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=MONDAY + DAY, reason="Thiếu")
    answer = onestop(app, "dossiers", "show", dossier.code, "--format", "json")
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert (told["code"], told["state"]["code"]) == (dossier.code, "5")
    assert told["received_at"] == "2021-03-01T09:00+07:00"
    assert told["due_at"] == "2021-03-08T17:00+07:00"
    assert told["days"][-1]["date"] == "2021-03-08"
    assert [line["verb"] for line in told["history"]] == ["receive", "hand_over", "ask_supplement"]
    assert told["pauses"] == [
        {
            "kind": "supplement",
            "from": "2021-03-02T09:00+07:00",
            "to": None,
            "restarts": True,
            "basis": None,
        }
    ]


def test_an_apology_is_told_with_both_dates(app: Flask) -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    apologised(dossier, date(2021, 3, 10))
    told = json.loads(onestop(app, "dossiers", "show", dossier.code, "--format", "json").stdout)
    assert told["due_at"] == told["reappointed_at"] == "2021-03-10T17:00+07:00"
    assert told["legal_due_at"] == told["first_due_at"] == "2021-03-08T17:00+07:00"
    assert told["apology_cause"] == "system"


def test_a_dossier_is_shown_to_a_person_as_tables(app: Flask) -> None:
    dossier = received(applicant=Applicant(name="Nguyễn [bold]Thí Dụ"))
    answer = onestop(app, "dossiers", "show", dossier.code.lower())
    for words in (dossier.code, "Nguyễn [bold]Thí Dụ", "Ngày thứ 3", "Đã tiếp nhận"):
        assert words in answer.stdout


def test_who_has_no_name_in_a_history_is_called_in_the_language_of_the_command(app: Flask) -> None:
    dossier = submitted()
    shown = onestop(app, "--lang", "en", "dossiers", "show", dossier.code).stdout
    assert "Applicant" in shown
    assert "Người nộp" not in shown


@pytest.mark.parametrize("waited", [0, 2])
def test_while_a_pause_runs_the_command_promises_no_more_than_the_page(
    client: PolicingClient, waited: int
) -> None:
    at = now() - waited * DAY
    dossier = in_progress(procedure_code=FIVE_DAYS, at=at)
    assert dossier.due_at is not None
    was = plain_day(dossier.due_at)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=at, reason="Thiếu")
    client.sign_in(COMMUNE_OFFICER)
    page = client.get(f"/dossiers/{dossier.code}").text
    shown = onestop(client.application, "dossiers", "show", dossier.code).stdout
    for words in ("Chưa có hẹn mới", "Đồng hồ dừng từ", "được tính lại khi đồng hồ chạy lại"):
        assert (words in shown, words in page) == (True, True), words
    assert "Ngày nhận hồ sơ" in shown
    assert "Hẹn trả:" not in shown
    assert [line[:15] for line in shown.splitlines() if was in line] == ["Chưa có hẹn mới"]


def test_a_dossier_that_is_not_there_is_exit_1(app: Flask) -> None:
    answer = onestop(app, "dossiers", "show", "H26.91.27-210301-0001")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "Không có hồ sơ" in answer.stderr


def test_a_day_is_added_after_the_moves_are_shown_and_confirmed(app: Flask) -> None:
    dossier = received(procedure_code=FIVE_DAYS, at=MONDAY.replace(year=2030))
    assert dossier.due_at is not None
    day = dossier.due_at.date()
    words = ("calendar", "add", day.isoformat(), "public_holiday", "--basis", "Quyết định 1")
    left = onestop(app, *words, typed="n\n")
    assert left.exit_code == 1
    assert dossier.code in left.stdout
    assert deadlines.calendar().works_on(day), "nothing is written without a yes"
    done_ = onestop(app, *words, "--yes", "--name", "Ngày thử")
    assert done_.exit_code == 0, done_.stderr
    assert dossier.code in done_.stdout
    assert not deadlines.calendar().works_on(day)
    db.session.expire_all()
    fresh = db.session.get_one(Dossier, dossier.id)
    assert fresh.first_due_at is not None
    assert fresh.due_at is not None
    assert fresh.due_at > fresh.first_due_at


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("2030-03-08",), "Mỗi ngày đi cùng một loại"),
        (("2030-02-30", "public_holiday"), "không phải ngày"),
        (("1800-01-01", "public_holiday"), "từ 2000 đến 2100"),
        (("1999-12-31", "public_holiday"), "từ 2000 đến 2100"),
        (("2101-01-03", "public_holiday"), "từ 2000 đến 2100"),
        (("2030-03-08", "public_holiday", "9999-12-31", "public_holiday"), "từ 2000 đến 2100"),
        (("0001-01-01", "public_holiday"), "không ghi ngày 0001-01-01"),
        (("2030-03-08", "holiday"), "public_holiday, day_off_in_lieu, make_up_working_day"),
        (("2030-03-08", "make_up_working_day"), "thứ Bảy hoặc Chủ nhật"),
        (("2021-02-12", "public_holiday"), "--replace"),
    ],
)
def test_a_wrong_call_is_exit_2_and_one_line(app: Flask, words: tuple[str, ...], told: str) -> None:
    answer = onestop(app, "calendar", "add", *words, "--basis", "Quyết định 1", "--yes")
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert deadlines.current_version() == 1


def test_a_decision_is_needed_for_a_day_off(app: Flask) -> None:
    answer = onestop(app, "calendar", "add", "2030-03-08", "public_holiday")
    assert (answer.exit_code, "--basis" in answer.stderr) == (2, True)


def test_a_year_is_confirmed_and_its_mere_estimates_fall_away(app: Flask) -> None:
    assert deadlines.calendar().is_provisional(2027)
    assert not deadlines.calendar().works_on(date(2027, 2, 4)), "an estimate of the package"
    asked = onestop(app, "calendar", "confirm", "2027", "--basis", "Thông báo 1", typed="y\n")
    assert asked.exit_code == 0
    assert "04/02/2027" in asked.stderr
    assert not deadlines.calendar().is_provisional(2027)
    assert deadlines.calendar().works_on(date(2027, 2, 4))
    assert not deadlines.calendar().works_on(date(2027, 2, 5)), "a row of the official file"


def test_the_days_of_a_year_are_shown(app: Flask) -> None:
    answer = onestop(app, "calendar", "show", "2024", "--format", "json")
    told = {one["date"]: one["kind"] for one in json.loads(answer.stdout)}
    assert told["2024-05-04"] == "make_up_working_day"
    assert "Làm bù" in onestop(app, "calendar", "show", "2024").stdout
    assert db.session.query(Dossier).count() == 0

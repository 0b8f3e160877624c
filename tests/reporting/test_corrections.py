"""What is recorded after a period has ended and changes it stands beside its figures."""

import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import flask_migrate
import pytest
from flask import Flask
from openpyxl import load_workbook

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import closing, moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.closures import Closure
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies.rules import Figures, Period
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
from tests.reporting.given import lived

FEBRUARY, MARCH, APRIL = (
    Period(date(2021, month, 1), date(2021, month, last))
    for month, last in ((2, 28), (3, 31), (4, 30))
)
APRIL_9, MAY_3 = MONDAY + 39 * DAY, MONDAY + 63 * DAY
TAKEN = {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"}
ASKED = "from=2021-03-01&to=2021-03-31"


def figures(period: Period = MARCH, *, at: datetime = MAY_3) -> Figures:
    return periods.rates(Wanted(period), at=at).total


def corrected(
    period: Period = MARCH, *, at: datetime = MAY_3, agency: str | None = None
) -> int | None:
    return periods.corrected(periods.rates(Wanted(period, agency=agency), at=at), at=at)


def reopened() -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    return done(dossier, "correct", by=COMMUNE_LEADER, at=APRIL_9, reason="Sai tên")


def withdrawn() -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "ask_for_withdrawal", by=COMMUNE_CLERK, at=MONDAY + DAY, reason="Đổi ý")
    return done(dossier, "confirm_withdrawal", by=COMMUNE_LEADER, at=APRIL_9)


def taken_back_after_midnight() -> Dossier:
    midnight = MONDAY.replace(day=31, hour=17)
    dossier = received(at=midnight - timedelta(minutes=3))
    return done(dossier, "reverse", by=COMMUNE_CLERK, at=midnight + timedelta(minutes=3))


def closed_before() -> Dossier:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    offices = frozenset({staff(COMMUNE_CLERK).agency_id})
    closure = Closure("Công điện 5", offices, MONDAY + DAY, MONDAY + 3 * DAY)
    with transaction():
        closing.close(closure, by=Operator(), at=APRIL_9)
    return dossier


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("late", [reopened, withdrawn, taken_back_after_midnight, closed_before])
def test_an_act_of_april_that_changes_march_is_counted_beside_it_once(
    late: Callable[[], Dossier],
) -> None:
    assert corrected() == 0
    late()
    assert corrected() == 1
    assert corrected(Period(MARCH.first, APRIL.last)) == 0, "April had not ended either"
    assert corrected(FEBRUARY) == 0
    assert corrected(APRIL) == 0
    assert corrected(agency=staff(NEIGHBOUR).agency_code) == 0
    assert counters.differences() == []


@pytest.mark.usefixtures("app")
def test_a_slip_that_is_taken_back_the_same_day_corrects_nothing() -> None:
    dossier = withdrawn()
    before = figures()
    done(dossier, "reverse", by=COMMUNE_LEADER, at=APRIL_9 + timedelta(minutes=5))
    assert corrected() == 0
    assert figures() != before
    reopened()
    assert corrected() == 1, "what stands is told"


@pytest.mark.usefixtures("app")
def test_what_was_corrected_before_a_slip_of_the_same_day_stays_so() -> None:
    dossier = reopened()
    for minutes, verb in ((1, "resolve"), (2, "reverse")):
        done(dossier, verb, by=COMMUNE_OFFICER, at=APRIL_9 + timedelta(minutes=minutes))
    assert corrected() == 1


@pytest.mark.usefixtures("app")
def test_what_is_put_back_days_later_corrects_nothing_any_more() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    before = figures()
    offices = frozenset({staff(COMMUNE_CLERK).agency_id})
    with transaction():
        closing.close(Closure("CĐ 5", offices, MONDAY + DAY), by=Operator(), at=APRIL_9)
    assert (figures() != before, corrected()) == (True, 1)
    opened = MONDAY + DAY + timedelta(hours=1)
    with transaction():
        closing.reopen("CĐ 5", ends_at=opened, by=Operator(), at=APRIL_9 + 3 * DAY)
    assert (figures(), corrected()) == (before, 0), dossier.code
    ended = Period(MARCH.first, legal_date(APRIL_9))
    assert corrected(ended) == 1, "when that period ended, the clock stood still"


@pytest.mark.usefixtures("app")
def test_of_what_was_corrected_before_it_was_kept_how_nothing_is_taken_back() -> None:
    dossier = reopened()
    db.session.remove()
    db.engine.dispose()
    flask_migrate.downgrade(revision="0045")
    flask_migrate.upgrade()
    assert corrected() == 1, dossier.code


@pytest.mark.usefixtures("app")
def test_the_figures_of_a_period_have_changed_where_and_only_where_it_says_so() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS)
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    before = figures()
    done(dossier, "return_result", by=COMMUNE_CLERK, at=APRIL_9, **TAKEN)
    assert (figures(), corrected()) == (before, 0)
    other = in_progress(procedure_code=FIVE_DAYS)
    before = figures()
    done(other, "resolve", by=COMMUNE_OFFICER, at=APRIL_9)
    assert (figures(), corrected()) == (before, 0), "what was late in March stays so"


@pytest.mark.usefixtures("app")
def test_nothing_is_told_of_a_period_that_has_not_ended() -> None:
    reopened()
    assert corrected(APRIL, at=APRIL_9) is None
    assert corrected(MARCH, at=APRIL_9) == 1


@pytest.mark.usefixtures("app")
def test_a_day_declared_off_moves_dates_to_come_and_changes_no_day_gone_by() -> None:
    dossier = in_progress(procedure_code=FIVE_DAYS, at=MONDAY + 30 * DAY)  # until 7 April
    before, off = figures(), date(2021, 4, 7)
    row = declared_day(off, DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ đột xuất")
    with transaction():
        moves = moving.declare([row], basis="Công văn thử", by=Operator(), at=MONDAY + 32 * DAY)
    assert [legal_date(one.from_at) for one in moves] == [off], dossier.code
    assert (figures(), corrected()) == (before, 0)


@pytest.mark.usefixtures("app")
def test_a_register_brought_in_later_corrects_nothing() -> None:
    lived(20)
    assert corrected() == 0


def test_the_pages_say_it_and_staff_find_the_list(client: PolicingClient) -> None:
    dossier = reopened()
    client.sign_in("theodoi1.thanhtri")
    page = client.get(f"/rates?{ASKED}").text
    link = re.search(r'Sửa sau khi kỳ kết thúc: <a href="([^"]*)">1</a> hồ sơ', page)
    assert link
    listed = client.get(link[1].replace("&amp;", "&")).text
    assert "Sửa sau khi kỳ kết thúc" in listed
    assert dossier.code in listed
    assert "Sửa sau khi kỳ kết thúc" in client.get(f"/rates.csv?{ASKED}").text
    book = load_workbook(io.BytesIO(client.get(f"/rates.xlsx?{ASKED}").data))
    told = list(book["Cách tính"].iter_rows(max_col=2, values_only=True))
    assert ("Sửa sau khi kỳ kết thúc", 1) in told, "a number, like every other count"
    assert "Sửa sau khi kỳ kết thúc: 1 hồ sơ" in client.get(f"/statistics?{ASKED}").text


def test_the_command_line_says_it(app: Flask) -> None:
    reopened()
    period = ("rates", "--from", "2021-03-01", "--to", "2021-03-31")
    said = "Sửa sau khi kỳ kết thúc: 1 hồ sơ."
    assert said in onestop(app, *period).stdout
    answer = onestop(app, *period, "--format", "json")
    assert json.loads(answer.stdout)["total"]["received"] == 1, "one document and nothing else"
    assert said in answer.stderr

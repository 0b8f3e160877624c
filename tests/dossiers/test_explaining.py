"""A date is explained alike from an instance and from columns, and once for all who share it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.notes import Failures, tries
from onestop.base.viewer import Operator
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import moving
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, telling
from onestop.dossiers.views.showing import sheet_of
from tests.dossiers.given import COMMUNE_OFFICER, DAY, MONDAY, done, in_progress, received
from tests.reporting.given import AT, lived

EIGHT_HOURS = "C-BT-15"
pytestmark = pytest.mark.usefixtures("app")


def everybody() -> list[Dossier]:
    return list(db.session.scalars(select(Dossier).order_by(Dossier.id)))


def test_columns_tell_what_an_instance_tells() -> None:
    lived()
    for dossier in everybody():
        asked = tries("lookup", subject=dossier.code, address="127.0.0.1", since=AT)
        failed, told = telling.told(dossier.code, asked)
        assert failed == Failures(0, 0, 0)
        assert told is not None
        whole = telling.lived(told)
        assert [one.verb for one in whole.history] == [one.verb for one in dossier.history]
        assert explaining.explained(whole, AT) == explaining.explained(dossier, AT)


def test_the_days_remembered_are_the_days_counted() -> None:
    lived()
    for dossier in (one for one in everybody() if one.received_at):
        for _again in range(2):
            explained = explaining.explained(dossier, AT)
            assert explained is not None
            assert explained.lines == explaining.counted(dossier).days


def test_two_dossiers_of_one_day_share_their_days() -> None:
    moments = (MONDAY, MONDAY + timedelta(hours=2), MONDAY + DAY)
    told = [explaining.explained(received(at=moment), MONDAY + DAY) for moment in moments]
    first, second, next_day = (one.lines for one in told if one)
    assert first is second
    assert first != next_day


def test_a_date_that_moved_is_not_told_in_the_days_of_before() -> None:
    dossier = in_progress()
    before = explaining.explained(dossier, MONDAY)
    assert before is not None
    due_on = legal_date(before.due_at)
    off = declared_day(due_on, DayKind.PUBLIC_HOLIDAY, "Quyết định số 1")
    with transaction():
        moving.declare([off], basis="Quyết định số 1", by=Operator(), at=MONDAY)
    after = explaining.explained(everybody()[0], MONDAY)
    assert after is not None
    assert after.due_at > before.due_at
    assert after.lines[-1].date > before.lines[-1].date


def test_a_limit_in_hours_paused_on_its_first_day_shows_the_hours_of_that_morning() -> None:
    asked_at = MONDAY + timedelta(minutes=90)
    dossier = in_progress(procedure_code=EIGHT_HOURS)
    done(dossier, "ask_for_supplement", by=COMMUNE_OFFICER, at=asked_at, reason="Thiếu")
    explained = explaining.explained(everybody()[0], MONDAY + 2 * DAY)
    assert explained is not None
    assert explained.shown[0].number == Decimal("1.5")
    assert explained.lines[0].number == 7, "what leads to the old date stays as it is"
    told = sheet_of(explained, date(2021, 3, 3)).reasons
    assert told == (("01/03", "9:00–10:30: 1,5 giờ."), ("01 – 03/03", "Tạm dừng, không đếm."))

"""What a dossier takes over from the catalogue, on which day, and the code it goes by."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from onestop.base.database import db, table_of
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.catalogue import queries as published
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines import actions as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import bulk, intake
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining
from onestop.dossiers.rules.identity import is_code
from tests.catalogue import given as catalogue
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    DAY,
    GROUNDS,
    MONDAY,
    desk,
    done,
    handed_in,
    received,
    staff,
    submitted,
)

pytestmark = pytest.mark.usefixtures("app")
ONLINE = "C-HT-12"
TUESDAY = date(2021, 3, 2)


def changed(code: str = ONLINE, **changes: Any) -> None:
    catalogue.changed(code, TUESDAY, **changes)


def accepted(dossier: Dossier, at: datetime = MONDAY + DAY) -> Dossier:
    return done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset({0}))


def test_the_level_is_that_of_submission_and_the_promise_that_of_receipt() -> None:
    dossier = submitted()
    level = dossier.level
    changed(
        level=3 if level == 4 else 4,
        limit=Limit.parse("7wd"),
        fee_vnd=12_000,
        papers=[{"name": "Tờ khai mới"}, {"name": "Giấy tờ thêm"}],
        sets=2,
    )
    fresh = accepted(dossier)
    assert fresh.level == level
    assert (fresh.limit_value, fresh.fee_vnd, fresh.sets) == (7, 12_000, 2)
    assert fresh.papers == [
        {"name": "Tờ khai mới", "brought": True, "originals": 1, "copies": 0},
        {"name": "Giấy tờ thêm", "brought": False},
    ]
    assert fresh.due_at
    assert legal_date(fresh.due_at) == date(2021, 3, 11)


def test_a_change_of_tomorrow_changes_nothing_received_today() -> None:
    dossier = received()
    changed(limit=Limit.parse("9wd"), fee_vnd=1)
    assert received().limit_value == dossier.limit_value
    assert received(at=MONDAY + DAY).limit_value == 9


def test_a_service_that_lost_its_online_level_still_accepts_what_was_submitted_before() -> None:
    dossier = submitted()
    changed(level=2)
    assert accepted(dossier).received_at
    with pytest.raises(Refusal) as refused:
        submitted(at=MONDAY + DAY)
    assert refused.value.field == "channel"


def test_what_ended_before_it_was_accepted_is_not_accepted() -> None:
    dossier = submitted()
    catalogue.closed(ONLINE, date(2021, 3, 1))
    with pytest.raises(Refusal, match="không còn hiệu lực"):
        accepted(dossier)
    assert done(
        dossier,
        "refuse_at_intake",
        by=COMMUNE_CLERK,
        at=MONDAY + DAY,
        reason="Hết hiệu lực",
        grounds=GROUNDS,
    ).not_accepted_at


def test_a_closed_procedure_is_received_on_its_last_day_and_not_the_day_after() -> None:
    catalogue.closed(ONLINE, date(2021, 3, 1))
    assert received(procedure_code=ONLINE).received_at
    with pytest.raises(Refusal) as refused:
        received(procedure_code=ONLINE, at=MONDAY + DAY)
    assert refused.value.field == "procedure"
    closed = received(procedure_code=ONLINE).procedure_id
    assert published.offered_by(closed, date(2021, 3, 1))
    assert not published.offered_by(closed, TUESDAY), "whoever offered it offers it no more"


def test_the_ten_thousandth_code_of_a_day_has_five_digits() -> None:
    kept = {(staff(COMMUNE_CLERK).agency_id, date(2021, 3, 1)): 9998}
    with transaction():
        bulk.take_in([], by=Operator(), at=MONDAY, kept=kept)
    codes = [received().code for _ in range(3)]
    assert [code.rsplit("-", 1)[1] for code in codes] == ["9999", "10000", "10001"]
    assert all(is_code(code) for code in codes)


def test_a_code_is_never_given_again_though_its_dossier_was_refused() -> None:
    clerk = staff(COMMUNE_CLERK)
    with transaction():
        refused = intake.decline(
            handed_in(), grounds=GROUNDS, reason="Sai nơi", desk=desk(clerk), by=clerk, at=MONDAY
        )
    assert received().code != refused.code
    with pytest.raises(Refusal):
        received(procedure_code="C-HT-99")
    assert received().code.endswith("-0003"), "what was refused by the form took no number"


def test_a_postal_item_has_the_code_of_the_day_it_was_delivered() -> None:
    dossier = received(
        channel=Channel.POSTAL, at=MONDAY + DAY, delivered_at=MONDAY - timedelta(hours=3)
    )
    assert "-210301-" in dossier.code
    assert dossier.received_at == MONDAY + DAY


@pytest.mark.parametrize("year", [1, 9999])
def test_an_absurd_delivery_is_refused_at_its_field(year: int) -> None:
    with pytest.raises(Refusal) as refused:
        received(channel=Channel.POSTAL, delivered_at=MONDAY.replace(year=year))
    assert refused.value.field == "delivered_at"


def test_an_intake_that_was_rolled_back_is_forgotten_and_its_number_free() -> None:
    lost: list[Dossier] = []
    with suppress(ZeroDivisionError), transaction():
        lost.append(taken_in(COMMUNE_CLERK))
        raise ZeroDivisionError
    assert lost[0] not in db.session
    kept = received()
    assert kept in db.session
    assert db.session.get(Dossier, kept.id) is kept


def test_a_new_dossier_is_to_the_session_as_one_that_was_read() -> None:
    made = received()
    facts = {one.name: getattr(made, one.name) for one in table_of(Dossier).c}
    db.session.expunge_all()
    read = db.session.get(Dossier, made.id)
    assert read is not None
    assert read is not made
    assert {name: getattr(read, name) for name in facts} == facts


def taken_in(username: str) -> Dossier:
    clerk = staff(username)
    return intake.receive(handed_in(), desk=desk(clerk), by=clerk, at=MONDAY)


@pytest.mark.parametrize("open_on_saturday", [True, False])
@pytest.mark.parametrize(
    ("procedure", "due_on"),
    [(ONLINE, date(2021, 3, 10)), (CERTIFIED_COPY, date(2021, 3, 8))],
)
def test_who_comes_on_a_saturday_morning_is_received_then_and_promised_as_ever(
    procedure: str, due_on: date, *, open_on_saturday: bool
) -> None:
    saturday = MONDAY + 5 * DAY
    hours = "08:00-12:00,13:00-17:00"
    with transaction():
        deadlines.set_hours(None, MONDAY.date(), hours, saturday_intake=open_on_saturday)
    dossier = received(at=saturday, procedure_code=procedure)
    assert dossier.received_at == saturday
    assert dossier.due_at is not None
    assert legal_date(dossier.due_at) == due_on, "no Saturday counts (rules.md 3.4, examples 4, 41)"
    with transaction():
        deadlines.set_hours(None, date(2021, 3, 7), hours, saturday_intake=not open_on_saturday)
    explained = explaining.explained(dossier, saturday)
    assert explained is not None
    assert explained.due_at == dossier.due_at
    assert explained.lines[-1].date == due_on


def test_an_unknown_procedure_and_one_that_does_not_hold_yet_are_told_apart() -> None:
    catalogue.closed(ONLINE, date(2021, 1, 31))
    for code, why in (("X-THU", "Không có thủ tục X-THU"), (ONLINE, "không có hiệu lực vào ngày")):
        with pytest.raises(Refusal, match=why) as refusal:
            received(procedure_code=code)
        assert refusal.value.field == "procedure"

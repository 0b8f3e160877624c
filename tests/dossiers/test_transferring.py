"""A dossier given to the agency that is competent: nothing of it begins anew."""

from datetime import datetime
from typing import Any

import pytest

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.dossiers.actions import transferring
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import passing, reading
from onestop.dossiers.rules.states import State, Verb
from onestop.reporting.queries import counters
from tests.client import PolicingClient, rows
from tests.conftest import Budget
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    LAND,
    MONDAY,
    done,
    in_progress,
    received,
    staff,
)
from tests.steps.given import moved as step_moved
from tests.steps.given import trail_of

pytestmark = pytest.mark.usefixtures("app")
AT_THE_DEPARTMENT = "D-DD-08"
HEAD = "truongphong.tainguyen"
WHY: dict[str, Any] = {"reason": "Thẩm quyền của xã theo nghị quyết"}
COMMUNE = "H26.91.27"


def moved(dossier: Dossier, to: str | None = COMMUNE, *, by: str = HEAD, **said: Any) -> Dossier:
    return done(dossier, "transfer", by=by, at=MONDAY + DAY, to_agency=to, **(WHY | said))


def test_only_the_handling_agency_changes() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    names = ("code", "receiving_agency_id", "received_at", "due_at", "legal_due_at", "state")
    before = {name: getattr(dossier, name) for name in names}
    after = moved(dossier)
    assert {name: getattr(after, name) for name in names} == before
    assert after.handling_agency_id == staff(COMMUNE_CLERK).agency_id
    db.session.expire_all()
    line = db.session.get_one(Dossier, dossier.id).history[-1]
    assert (line.verb, line.reason, line.details["to_agency"]) == (
        Verb.TRANSFER,
        WHY["reason"],
        COMMUNE,
    )
    assert counters.differences() == []


def test_the_new_agency_goes_on_and_the_old_one_has_no_more_say() -> None:
    dossier = moved(in_progress(by=DISTRICT_CLERK, procedure_code=LAND))
    assert reading.by_code(dossier.code, staff(DISTRICT_OFFICER)) is None
    assert reading.by_code(dossier.code, staff(DISTRICT_CLERK)) is not None
    done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY)
    assert counters.differences() == []


@pytest.mark.parametrize(
    "act",
    [
        ("ask_for_supplement", DISTRICT_OFFICER, WHY),
        ("ask_for_payment", DISTRICT_CLERK, {"amount_vnd": 1000, "notice": "1/TB"}),
        ("ask_for_withdrawal", DISTRICT_CLERK, WHY),
    ],
    ids=lambda act: act[0],
)
def test_what_waits_for_its_applicant_goes_along_and_waits_on(
    act: tuple[str, str, dict[str, Any]],
) -> None:
    verb, by, said = act
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    state = done(dossier, verb, by=by, at=MONDAY, **said).state
    after = moved(dossier)
    assert (after.state, after.paused_since) == (state, MONDAY)


@pytest.mark.parametrize(
    ("to", "said", "field"),
    [
        (None, {}, "to_agency"),
        ("H99.99", {}, "to_agency"),
        (COMMUNE, {"reason": None}, "reason"),
    ],
)
def test_it_goes_to_an_agency_that_is_there_with_a_reason(
    to: str | None, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        moved(in_progress(by=DISTRICT_CLERK, procedure_code=LAND), to, **said)
    assert refused.value.field == field


def test_it_does_not_go_to_where_it_is() -> None:
    with pytest.raises(Refusal) as refused:
        moved(in_progress(procedure_code=FIVE_DAYS), by=COMMUNE_LEADER)
    assert refused.value.field == "to_agency"


@pytest.mark.parametrize("who", [DISTRICT_CLERK, DISTRICT_OFFICER])
def test_a_clerk_and_an_officer_decide_no_transfer(who: str) -> None:
    with pytest.raises(Refusal, match="không được phép"):
        moved(in_progress(by=DISTRICT_CLERK, procedure_code=LAND), by=who)


def test_an_end_is_no_case_for_another_agency() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=LAND)
    done(dossier, "resolve", by=DISTRICT_OFFICER, at=MONDAY)
    with pytest.raises(Refusal, match="ở trạng thái"):
        moved(dossier)


def test_the_page_asks_where_to_and_tells_both_names(client: PolicingClient) -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND, at=now())
    client.sign_in(HEAD)
    path = f"/dossiers/{dossier.code}/transfer"
    asked = client.get(path).text
    assert f'value="{COMMUNE}"' in asked
    assert "thời hạn không tính lại" in asked
    said = {"version": str(dossier.version), "to_agency": COMMUNE, "reason": "Theo nghị quyết"}
    assert client.post(path, data={**said, "to_agency": ""}).status_code == 422
    told = client.post(path, data=said, follow_redirects=True)
    assert (told.status_code, told.request.path) == (200, "/desk"), "it is no more the head's own"
    assert "Đã ghi: Chuyển cơ quan có thẩm quyền." in told.text
    client.post("/logout")
    client.sign_in("chutich.thanhtri")
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Đã chuyển cơ quan có thẩm quyền" in page
    assert "sang Xã Ngọc Hồi." in page
    assert db.session.query(Dossier).one().state == State.RECEIVED


def back(dossier: Dossier, *, by: str = HEAD, at: datetime = MONDAY + 3 * DAY) -> Dossier:
    actor = staff(by, at)
    with transaction():
        return transferring.take_back(dossier.code, by=actor, at=at)


def test_what_the_other_agency_has_not_begun_is_taken_back() -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=AT_THE_DEPARTMENT)
    step_moved(dossier, "take_up", by=DISTRICT_OFFICER, at=MONDAY)
    lay_at, due_at = dossier.handling_agency_id, dossier.due_at
    moved(dossier)
    assert [one.code for one in passing.passed_on(staff(HEAD))] == [dossier.code]
    after = back(dossier)
    assert (after.handling_agency_id, after.due_at) == (lay_at, due_at)
    assert passing.passed_on(staff(HEAD)) == []
    db.session.expire_all()
    lines = db.session.get_one(Dossier, dossier.id).history
    assert [one.verb for one in lines[-2:]] == [Verb.TRANSFER, Verb.REVERSE]
    assert lines[-1].details["of"] == lines[-2].seq
    current = trail_of(dossier, MONDAY + 3 * DAY).current
    assert current
    assert current.step.account_id == staff(DISTRICT_OFFICER).account_id, "who had it has it again"
    step_moved(dossier, "put_forward", by=DISTRICT_OFFICER, at=MONDAY + 4 * DAY)
    assert counters.differences() == []


def test_a_transfer_before_the_hand_over_is_taken_back_too() -> None:
    dossier = moved(received(by=DISTRICT_CLERK, procedure_code=LAND))
    after = back(dossier)
    assert after.handling_agency_id == staff(HEAD).agency_id
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=MONDAY + 3 * DAY)


@pytest.mark.parametrize("who", ["truongphong.tuphap", COMMUNE_LEADER, "chutich.thanhtri"])
def test_nobody_takes_back_what_another_passed_on(who: str) -> None:
    dossier = moved(in_progress(by=DISTRICT_CLERK, procedure_code=LAND))
    assert passing.passed_on(staff(who)) == []
    with pytest.raises(Refusal):
        back(dossier, by=who)


def test_what_the_other_agency_has_taken_up_stays_with_it() -> None:
    dossier = moved(in_progress(by=DISTRICT_CLERK, procedure_code=LAND))
    step_moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY + 2 * DAY)
    assert passing.passed_on(staff(HEAD)) == []
    with pytest.raises(Refusal):
        back(dossier)


@pytest.mark.parametrize("dossiers", [1, 6])
def test_what_was_passed_on_costs_the_same_however_much_it_is(
    client: PolicingClient, budget: Budget, dossiers: int
) -> None:
    for _ in range(dossiers):
        wrong = received(by=DISTRICT_CLERK, procedure_code=LAND, at=now())
        done(wrong, "transfer", by=HEAD, at=now(), to_agency=COMMUNE, reason="Nhầm")
    client.sign_in(HEAD)
    client.get("/transfers")
    with budget(10):
        page = client.get("/transfers").text
    assert page.count('action="/transfers/') == dossiers


def test_a_head_finds_what_he_passed_on_and_takes_it_back(client: PolicingClient) -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND, at=now())
    client.sign_in(HEAD)
    assert "/transfers" in client.get("/desk").text
    said = {"version": str(dossier.version), "to_agency": COMMUNE, "reason": "Nhầm"}
    client.post(f"/dossiers/{dossier.code}/transfer", data=said)
    assert client.get(f"/dossiers/{dossier.code}").status_code == 404
    page = client.get("/transfers").text
    assert dossier.code in page
    assert "Xã Ngọc Hồi" in page
    assert APPLICANT.name not in page, "it is the other agency's now"
    (row,) = rows(client, "/transfers.csv")
    assert (row["Mã hồ sơ"], row["Chuyển đến"], row["Lý do"]) == (
        dossier.code,
        "Xã Ngọc Hồi",
        "Nhầm",
    )
    told = client.post(f"/transfers/{dossier.code}", follow_redirects=True).text
    assert f"Đã lấy lại hồ sơ {dossier.code}" in told
    assert client.get(f"/dossiers/{dossier.code}").status_code == 200
    for code in (dossier.code, "H26.91-210301-9999"):
        told = client.post(f"/transfers/{code}", follow_redirects=True).text
        assert "Nơi nhận đã làm hồ sơ này" in told

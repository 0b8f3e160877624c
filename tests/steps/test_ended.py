"""Handed over, or on, once the agency that was to take it has ended."""

from datetime import date

import pytest

from onestop.base.errors import Refusal
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.states import State
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node
from tests.catalogue.given import field_changed
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    LAND,
    MONDAY,
    again,
    done,
    in_progress,
    received,
)
from tests.organisation.given import closed
from tests.steps.given import COMMUNE_FIRST, WELFARE, WELFARE_OFFICER, moved, trail_of

TUESDAY = MONDAY + DAY
LANDS = "H26.91.04"
HEIR = "H26.91.12"
COMMUNE = "H26.91.27"
pytestmark = pytest.mark.usefixtures("app")


def place(dossier: Dossier) -> Node | None:
    return organisation.tree(TUESDAY.date()).by_id(again(dossier).handling_agency_id)


def ended(code: str) -> None:
    closed(code, date(2021, 3, 1))


@pytest.mark.on_both_databases
def test_a_dossier_goes_to_the_department_that_has_its_field_by_now() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    ended(LANDS)
    field_changed("D-DD", date(2021, 3, 2), department_code=HEIR)
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=TUESDAY)
    there, line = place(dossier), trail_of(dossier, TUESDAY).lines[0]
    assert there is not None
    assert (there.code, line.step.keeper_id) == (HEIR, there.id), "and its steps are kept there"
    assert again(dossier).history[-1].details["step_at"] == HEIR


def test_a_department_that_lives_keeps_what_was_received_for_it() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    field_changed("D-DD", date(2021, 3, 2), department_code=HEIR)
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=TUESDAY)
    there = place(dossier)
    assert there is not None
    assert there.code == LANDS


def test_to_a_department_that_nobody_came_after_nothing_is_handed_over() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    ended(LANDS)
    with pytest.raises(Refusal, match=r"không còn hoạt động.*chuyển hồ sơ") as refused:
        done(dossier, "hand_over", by=DISTRICT_CLERK, at=TUESDAY)
    assert isinstance(refused.value.values["agency"], Node)
    assert again(dossier).state == State.RECEIVED
    done(dossier, "transfer", by="chutich.thanhtri", at=TUESDAY, to_agency=HEIR, reason="Thay")
    done(dossier, "hand_over", by=DISTRICT_CLERK, at=TUESDAY)
    there = place(dossier)
    assert there is not None
    assert there.code == HEIR, "the way out leads out"


def test_what_was_passed_on_goes_to_nobody_else() -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    done(dossier, "transfer", by="chutich.thanhtri", at=MONDAY, to_agency=HEIR, reason="Nhầm")
    ended(HEIR)
    with pytest.raises(Refusal, match="không còn hoạt động"):
        done(dossier, "hand_over", by=DISTRICT_CLERK, at=TUESDAY)


def test_the_page_says_why_before_anything_is_pressed(client: PolicingClient) -> None:
    dossier = received(by=DISTRICT_CLERK, procedure_code=LAND)
    ended(LANDS)
    client.sign_in(DISTRICT_CLERK)
    page = client.get(f"/dossiers/{dossier.code}").text
    assert "Phòng Tài nguyên và Môi trường không còn hoạt động" in page


@pytest.mark.on_both_databases
@pytest.mark.parametrize("has_heir", [True, False])
def test_a_step_of_a_department_that_ended_goes_to_whoever_has_its_field(*, has_heir: bool) -> None:
    dossier = in_progress(by=DISTRICT_CLERK, procedure_code=COMMUNE_FIRST)
    moved(dossier, "send_to", by=WELFARE_OFFICER, at=MONDAY, agency=COMMUNE)
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=MONDAY)
    ended(WELFARE)
    if has_heir:
        field_changed("D-LD", date(2021, 3, 2), department_code=HEIR)
        moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=TUESDAY)
        there = trail_of(dossier, TUESDAY).lines[1].place
        assert there is not None
        assert there.code == HEIR
        return
    with pytest.raises(Refusal, match="không còn hoạt động"):
        moved(dossier, "hand_on", by=COMMUNE_OFFICER, at=TUESDAY)

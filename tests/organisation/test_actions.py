from datetime import date
from typing import Any

import pytest

from onestop.base.errors import Refusal
from onestop.organisation import queries
from onestop.organisation.rules import AgencyKind, Node, Tier, Tree
from tests.conftest import Budget
from tests.organisation.given import (
    CITY,
    COMMUNE,
    DISTRICT,
    FOUNDED,
    NEIGHBOUR,
    changed,
    closed,
    founded,
)

pytestmark = pytest.mark.usefixtures("app")
DAY = date(2025, 7, 1)
EVE = date(2025, 6, 30)


def on(day: date, code: str = COMMUNE) -> Node:
    found = queries.tree(day).by_code(code)
    assert found is not None, code
    return found


@pytest.mark.parametrize("code", ["", "h26.91.40", "H26 91", "H26.91.", "H26.91.27\n", "Xã Thử"])
def test_a_code_that_no_dossier_could_begin_with_is_refused(code: str) -> None:
    with pytest.raises(Refusal) as refused:
        founded(code)
    assert refused.value.field == "code"


def above(tree: Tree, code: str) -> list[str]:
    found = tree.by_code(code)
    assert found is not None, code
    return [one.code for one in tree.line(found.id)]


def test_the_sample_is_the_organisation_of_2021() -> None:
    tree = queries.tree(date(2021, 6, 30))
    district = tree.by_code(DISTRICT)
    assert district is not None
    tiers = [one.tier for one in tree.children(district.id)]
    assert len(tree.nodes) == 30
    assert (tiers.count(Tier.COMMUNE), tiers.count(Tier.DEPARTMENT)) == (16, 12)
    assert len(tree.desks) == 18


def test_a_committee_is_no_part_of_the_name_of_its_place() -> None:
    founded("H26.91.40", name_vi="UBND xã Thử", name_en="People's Committee of Thu Commune")
    found = on(DAY, "H26.91.40")
    assert (found.name_vi, found.name_en) == ("Xã Thử", "Thu Commune")
    changed(COMMUNE, DAY, name_vi="Ủy ban nhân dân xã Đại Thanh")
    assert on(DAY).name_vi == "Xã Đại Thanh"


def test_a_rename_has_a_date_and_the_past_keeps_its_name() -> None:
    before = on(EVE)
    changed(COMMUNE, DAY, name_vi="Xã Đại Thanh", name_en="Dai Thanh Commune")
    assert (on(EVE).name_vi, on(DAY).name_vi) == (before.name_vi, "Xã Đại Thanh")
    assert (on(EVE).valid_to, on(DAY).valid_from, on(DAY).valid_to) == (EVE, DAY, None)
    assert on(DAY).kind == before.kind
    assert on(DAY).id == before.id, "it is still the same agency"


def test_another_parent_and_kind_have_a_date() -> None:
    changed(COMMUNE, DAY, parent_code=CITY, kind=AgencyKind.WARD)
    assert above(queries.tree(EVE), COMMUNE) == [COMMUNE, DISTRICT, CITY]
    assert above(queries.tree(DAY), COMMUNE) == [COMMUNE, CITY]
    assert on(DAY).kind == AgencyKind.WARD


def test_the_district_level_can_end_on_its_day() -> None:
    closed(DISTRICT, EVE)
    assert queries.tree(EVE).by_code(DISTRICT) is not None
    assert queries.tree(DAY).by_code(DISTRICT) is None
    shown = {one.code for _, one in queries.tree(DAY).walk()}
    assert COMMUNE in shown, "a commune does not vanish with its district"


def test_a_closed_agency_can_be_closed_earlier() -> None:
    closed(COMMUNE, EVE)
    closed(COMMUNE, date(2025, 1, 1))
    assert queries.tree(date(2025, 1, 2)).by_code(COMMUNE) is None


def test_a_change_of_a_closed_agency_ends_when_it_does() -> None:
    closed(COMMUNE, EVE)
    changed(COMMUNE, date(2024, 1, 1), name_vi="Xã Mới")
    assert on(EVE).name_vi == "Xã Mới"
    assert queries.tree(DAY).by_code(COMMUNE) is None


def test_a_change_before_the_end_leaves_the_successor_to_the_end() -> None:
    closed(COMMUNE, date(2021, 6, 30), heir=NEIGHBOUR)
    changed(COMMUNE, date(2021, 3, 1), name_vi="Xã Đại Áng Mới")
    before = on(date(2021, 2, 1))
    assert (before.successor_id, before.valid_to) == (None, date(2021, 2, 28))
    assert queries.successor(before.id, date(2021, 7, 1)) == on(date(2021, 7, 1), NEIGHBOUR)


def test_a_parent_may_be_younger_than_its_child() -> None:
    founded(valid_from=date(2004, 1, 1), parent_code=CITY)
    assert above(queries.tree(date(2021, 1, 1)), "H26.91.99") == ["H26.91.99", CITY]


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"parent_code": "X"}, "parent_code", "nobody has this code"),
        ({"parent_code": "H26.91.99"}, "parent_code", "nobody founds himself"),
        ({"valid_to": date(2020, 12, 31)}, "valid_to", "it would end before it begins"),
        ({"code": DISTRICT}, "code", "the code is taken"),
    ],
)
def test_an_agency_that_cannot_be_is_not_founded(
    wrong: dict[str, Any], field: str, why: str
) -> None:
    with pytest.raises(Refusal) as refused:
        founded(**wrong)
    assert refused.value.field == field, why
    assert len(queries.tree(FOUNDED).nodes) == 30, "a refusal leaves nothing behind"


def test_an_agency_of_one_day_may_be_founded() -> None:
    founded(valid_to=FOUNDED)
    assert on(FOUNDED, "H26.91.99").valid_to == FOUNDED


def test_an_agency_that_has_ended_leads_nobody() -> None:
    closed(NEIGHBOUR, EVE)
    with pytest.raises(Refusal) as refused:
        founded(parent_code=NEIGHBOUR, valid_from=DAY)
    assert refused.value.field == "parent_code"
    with pytest.raises(Refusal):
        changed(COMMUNE, DAY, parent_code=NEIGHBOUR)


@pytest.mark.parametrize(
    ("code", "parent_code", "why"),
    [
        (COMMUNE, "X", "no such parent"),
        (COMMUNE, COMMUNE, "below itself"),
        (DISTRICT, COMMUNE, "below its own commune"),
        (CITY, COMMUNE, "round two corners"),
    ],
)
def test_an_agency_is_not_put_below_whom_it_cannot_be_below(
    code: str, parent_code: str, why: str
) -> None:
    before = queries.tree(DAY)
    with pytest.raises(Refusal) as refused:
        changed(code, DAY, parent_code=parent_code)
    assert refused.value.field == "parent_code", why
    assert set(queries.tree(DAY).nodes) == set(before.nodes), "a refusal leaves nothing behind"


def test_periods_of_an_agency_never_overlap() -> None:
    changed(COMMUNE, DAY, name_vi="Xã Một")
    changed(COMMUNE, DAY, name_vi="Xã Hai")
    with pytest.raises(Refusal) as refused:
        changed(COMMUNE, EVE, name_vi="Xã Ba")
    assert refused.value.field == "valid_from"
    assert (on(EVE).valid_to, on(DAY).valid_from, on(DAY).name_vi) == (EVE, DAY, "Xã Hai")


def test_an_agency_does_not_end_before_a_change_it_already_has() -> None:
    changed(COMMUNE, DAY, name_vi="Xã Một")
    with pytest.raises(Refusal) as refused:
        closed(COMMUNE, EVE)
    assert refused.value.field == "valid_to"
    assert on(DAY).name_vi == "Xã Một"


def test_a_change_is_refused_when_it_closes_a_circle_only_later() -> None:
    changed(COMMUNE, date(2030, 1, 1), parent_code=NEIGHBOUR)
    with pytest.raises(Refusal) as refused:
        changed(NEIGHBOUR, DAY, parent_code=COMMUNE)
    assert refused.value.field == "parent_code"


def test_the_tree_of_a_date_is_one_statement(budget: Budget) -> None:
    with budget(1):
        queries.tree(DAY)

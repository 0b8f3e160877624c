"""How far a permission reaches: to what one's desk received, one's agency has, or all below it."""

from dataclasses import replace

import pytest

from onestop.base.permissions import Permission, Scope
from onestop.base.viewer import Operator, Staff
from onestop.dossiers.queries.reading import Reach, reach_of
from onestop.dossiers.rules.posts import within

DISTRICT, SHOP, DEPARTMENT, STRANGER, ENDED, ENDED_BELOW = range(1, 7)


def at(agency_id: int, scope: Scope | None = None) -> Staff:
    below = {DISTRICT: frozenset({DISTRICT, SHOP, DEPARTMENT})}
    return Staff(
        account_id=7,
        username="a",
        name="A",
        role="r",
        agency_id=agency_id,
        agency_code="H",
        grants={Permission.READ_DOSSIERS: scope} if scope else {},
        subtree=below.get(agency_id, frozenset({agency_id})),
    )


@pytest.mark.parametrize(
    ("scope", "agency_id", "reaches", "why"),
    [
        (Scope.OWN_DESK, SHOP, True, "the shop received it"),
        (Scope.OWN_DESK, DEPARTMENT, False, "a desk does nothing with what another received"),
        (Scope.OWN_DESK, DISTRICT, False, "nor with what was received below it"),
        (Scope.OWN_AGENCY, SHOP, True, "the agency that received it"),
        (Scope.OWN_AGENCY, DEPARTMENT, True, "the agency that handles it"),
        (Scope.OWN_AGENCY, DISTRICT, False, "not one above both"),
        (Scope.SUBTREE, SHOP, True, "received by the agency itself"),
        (Scope.SUBTREE, DEPARTMENT, True, "handled by the agency itself"),
        (Scope.SUBTREE, DISTRICT, True, "received and handled below"),
        (Scope.SUBTREE, STRANGER, False, "beside it, whatever the scope"),
    ],
)
def test_an_act_reaches_as_far_as_its_scope(
    scope: Scope, agency_id: int, reaches: bool, why: str
) -> None:
    assert within(scope, at(agency_id), SHOP, DEPARTMENT) == reaches, why


def test_a_leader_reaches_what_was_received_or_handled_below_though_not_both() -> None:
    assert within(Scope.SUBTREE, at(DISTRICT), STRANGER, DEPARTMENT)
    assert within(Scope.SUBTREE, at(DISTRICT), SHOP, STRANGER)
    assert not within(Scope.SUBTREE, at(DISTRICT), STRANGER, STRANGER)


@pytest.mark.parametrize(
    ("scope", "reach", "why"),
    [
        (Scope.OWN_DESK, Reach(frozenset({DISTRICT}), received_only=True), "what it received"),
        (Scope.OWN_AGENCY, Reach(frozenset({DISTRICT})), "what it received or handles"),
        (Scope.SUBTREE, Reach(frozenset({DISTRICT, SHOP, DEPARTMENT})), "all below too"),
        (None, Reach(frozenset(), received_only=True), "nothing without the permission"),
    ],
)
def test_a_list_reaches_as_far_as_its_scope(scope: Scope | None, reach: Reach, why: str) -> None:
    assert reach_of(at(DISTRICT, scope)) == reach, why


HEIR = replace(
    at(SHOP), taken_over=frozenset({ENDED}), taken_over_below=frozenset({ENDED, ENDED_BELOW})
)


@pytest.mark.parametrize(
    ("scope", "received", "handled", "reaches", "why"),
    [
        (Scope.OWN_DESK, ENDED, STRANGER, True, "what the ended desk received"),
        (Scope.OWN_DESK, STRANGER, ENDED, False, "what it handled was another desk's"),
        (Scope.OWN_AGENCY, STRANGER, ENDED, True, "what the ended agency handled"),
        (Scope.OWN_AGENCY, ENDED_BELOW, ENDED_BELOW, False, "not what had ended below it"),
        (Scope.SUBTREE, ENDED_BELOW, STRANGER, True, "but a leader that too"),
        (Scope.SUBTREE, STRANGER, STRANGER, False, "and of others nothing"),
    ],
)
def test_a_scope_reaches_to_what_an_agency_took_over(
    scope: Scope, received: int, handled: int, reaches: bool, why: str
) -> None:
    assert within(scope, HEIR, received, handled) == reaches, why


def test_a_list_reaches_as_far_and_is_then_that_of_no_single_desk() -> None:
    heir = replace(HEIR, grants={Permission.READ_DOSSIERS: Scope.OWN_DESK})
    assert reach_of(heir) == Reach(frozenset({SHOP, ENDED}), received_only=True)
    assert not reach_of(heir).is_one_desk


def test_whoever_has_the_machine_sees_all() -> None:
    assert reach_of(Operator()) == Reach(None)

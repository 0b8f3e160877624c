from datetime import date, timedelta

import pytest

from onestop.accounts import actions, queries
from onestop.accounts.rules import GRANTS, Role
from onestop.base.errors import Refusal
from onestop.organisation import queries as organisation
from tests.accounts.given import (
    ADMINISTRATOR,
    CHEAP,
    CLERK,
    MOMENT,
    SECRET,
    closed,
    given_password,
    known,
    opened,
)
from tests.conftest import Budget
from tests.organisation import given as agencies

pytestmark = pytest.mark.usefixtures("app")
TODAY = MOMENT.date()


def test_an_account_is_opened_with_a_hash_of_its_password() -> None:
    account = opened()
    assert account.password_hash.startswith("$argon2id$")
    assert SECRET not in account.password_hash
    assert actions.is_password(SECRET, account.password_hash, CHEAP)
    assert not actions.is_password(SECRET + " ", account.password_hash, CHEAP)


def test_an_account_opened_in_capitals_is_found_as_it_is_typed() -> None:
    opened("Thu.Nghiem")
    assert known("thu.nghiem").name == "Nguyễn Thử Nghiệm"


def test_without_an_account_no_password_is_right() -> None:
    assert not actions.is_password(SECRET, None, CHEAP)
    assert not actions.is_password("", None, CHEAP)


def test_a_hash_that_is_none_lets_nobody_in() -> None:
    assert not actions.is_password("", "", CHEAP)
    assert not actions.is_password(SECRET, "not a hash", CHEAP)


def test_a_user_name_belongs_to_one_account() -> None:
    with pytest.raises(Refusal) as refused:
        opened(CLERK.upper())
    assert refused.value.field == "username"


def test_an_account_needs_an_agency_that_exists() -> None:
    with pytest.raises(Refusal) as refused:
        opened(agency_code="X")
    assert refused.value.field == "agency_code"


def test_a_weak_password_opens_no_account() -> None:
    with pytest.raises(Refusal):
        opened(password="ngắn")  # noqa: S106 - it is meant to be weak
    assert queries.by_username("thu.nghiem") is None


def test_another_password_ends_all_sessions_of_the_account() -> None:
    before = opened().stamp
    given_password("thu.nghiem", "một mật khẩu khác")
    after = known("thu.nghiem")
    assert after.stamp != before
    assert actions.is_password("một mật khẩu khác", after.password_hash, CHEAP)
    assert not actions.is_password(SECRET, after.password_hash, CHEAP)


def test_a_weak_password_is_not_changed_to() -> None:
    before = opened().password_hash
    with pytest.raises(Refusal):
        given_password("thu.nghiem", "ngắn")
    assert known("thu.nghiem").password_hash == before


def test_a_closed_account_ends_its_sessions_and_stays_in_the_list() -> None:
    before = known(CLERK).stamp
    closed(CLERK)
    assert known(CLERK).stamp != before
    staff = queries.staff(ADMINISTRATOR, TODAY)
    assert staff is not None
    assert [one.username for one in queries.all_below(staff.subtree) if not one.is_open] == [CLERK]


def test_a_member_of_staff_has_the_grants_of_his_role_and_all_agencies_below() -> None:
    leader = queries.staff("chutich.thanhtri", TODAY)
    assert leader is not None
    assert leader.grants == GRANTS[Role.LEADER]
    assert leader.agency_code == "H26.91"
    assert len(leader.subtree) == 29, "the district, its 12 departments and 16 communes"


def test_whoever_belongs_to_an_agency_that_has_ended_is_nobody() -> None:
    agencies.closed("H26.91.22", date(2025, 6, 30))
    assert queries.staff("motcua1.daiang", date(2025, 6, 30)) is not None
    assert queries.staff("motcua1.daiang", date(2025, 7, 1)) is None


def test_an_unknown_user_name_is_nobody() -> None:
    assert queries.staff("nobody", TODAY) is None


def test_the_sample_has_its_staff_and_says_that_they_are_invented() -> None:
    everywhere = frozenset(one.id for one in organisation.tree(TODAY).nodes)
    assert len(queries.all_below(everywhere)) == 116
    assert queries.any_demo()


def test_the_demonstration_names_one_account_for_each_role() -> None:
    names = queries.demo_names()
    assert [role for _, role in names] == [role.word for role in Role]
    assert dict(names)["motcua1.thanhtri"] == Role.CLERK.word


def test_who_somebody_is_costs_two_statements(budget: Budget) -> None:
    with budget(2):
        queries.staff(CLERK, TODAY - timedelta(days=3))  # a day that nobody has asked for
    with budget(1):
        queries.staff(CLERK, TODAY - timedelta(days=3))

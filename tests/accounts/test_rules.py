import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.accounts.rules import (
    GRANTS,
    MOST_BY_ADDRESS,
    MOST_BY_BOTH,
    MOST_BY_NAME,
    Role,
    check_password,
    is_throttled,
    username,
)
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission, Scope

P = Permission
MANAGING = {
    P.MANAGE_ACCOUNTS,
    P.MANAGE_CALENDAR,
    P.MANAGE_CATALOGUE,
    P.MANAGE_ORGANISATION,
    P.CLOSE_OFFICES,
}
AT_THE_DESK = {
    P.RECEIVE,
    P.HAND_OVER,
    P.NOTE_SUPPLEMENT,
    P.NOTE_WITHDRAWAL,
    P.NOTE_PAYMENT,
    P.EXTEND,
    P.RETURN_RESULT,
    P.PRINT_PAPERS,
}
EXAMINING = {
    P.ASK_SUPPLEMENT, P.NOTE_PAYMENT, P.EXTEND, P.RESOLVE, P.HAND_ON, P.PRINT_PAPERS,
}  # fmt: skip
DECIDING = {P.ASSIGN, P.SIGN, P.CONFIRM_WITHDRAWAL, P.APOLOGISE, P.TRANSFER}
READING = {P.READ_DOSSIERS, P.READ_CALENDAR}


@pytest.mark.parametrize(
    ("role", "scope", "permissions", "why"),
    [
        (Role.CLERK, Scope.OWN_DESK, AT_THE_DESK | READING, "what happens at the counter"),
        (Role.OFFICER, Scope.OWN_AGENCY, EXAMINING | READING, "what happens in the department"),
        (
            Role.DEPARTMENT_HEAD,
            Scope.OWN_AGENCY,
            EXAMINING | READING | DECIDING,
            "an officer who also hands out work, signs, apologises, transfers",
        ),
        (
            Role.LEADER,
            Scope.SUBTREE,
            EXAMINING | READING | DECIDING | {P.OVERRIDE, P.READ_RATES},
            "the same for all below, and what only a leader decides",
        ),
        (Role.MANAGER, Scope.SUBTREE, READING | {P.READ_RATES}, "reads and changes nothing"),
        (
            Role.AUDITOR,
            Scope.SUBTREE,
            READING | {P.READ_RATES, P.READ_HISTORY},
            "reads everything and the history",
        ),
        (
            Role.ADMINISTRATOR,
            Scope.SUBTREE,
            MANAGING | {P.READ_CALENDAR},
            "keeps the house, and sees no dossier",
        ),
    ],
)
def test_each_role_may_do_what_its_post_needs(
    role: Role, scope: Scope, permissions: set[Permission], why: str
) -> None:
    granted = GRANTS[role]
    assert set(granted) == permissions, why
    assert {granted[one] for one in permissions - {P.READ_CALENDAR}} == {scope}, why
    assert granted[P.READ_CALENDAR] == Scope.SUBTREE, "everybody reads the calendar"


def test_every_role_and_every_permission_stands_in_the_table() -> None:
    assert set(GRANTS) == set(Role)
    assert {one for granted in GRANTS.values() for one in granted} == set(Permission)


def test_whoever_changes_a_dossier_may_read_it_as_far() -> None:
    changing = AT_THE_DESK | EXAMINING | DECIDING | {P.OVERRIDE}
    for granted in GRANTS.values():
        for permission in changing & set(granted):
            assert granted[P.READ_DOSSIERS] >= granted[permission]


def test_whoever_manages_the_house_sees_no_dossier() -> None:
    for granted in GRANTS.values():
        assert not (MANAGING & set(granted) and P.READ_DOSSIERS in granted)


@pytest.mark.parametrize(
    ("by_name", "by_address", "by_both", "waits", "why"),
    [
        (0, 0, 0, False, "nobody has failed"),
        (MOST_BY_NAME - 1, MOST_BY_ADDRESS - 1, MOST_BY_BOTH - 1, False, "one try is left"),
        (MOST_BY_BOTH, MOST_BY_BOTH, MOST_BY_BOTH, True, "somebody guesses one password"),
        (MOST_BY_BOTH, 0, 0, False, "somebody else fails in the name of a clerk"),
        (MOST_BY_NAME, 0, 0, True, "somebody guesses one password from many addresses"),
        (0, MOST_BY_ADDRESS, 0, True, "somebody guesses the accounts of one password"),
    ],
)
def test_too_many_failures_have_to_wait(
    by_name: int, by_address: int, by_both: int, waits: bool, why: str
) -> None:
    assert is_throttled(by_name, by_address, by_both) == waits, why


@pytest.mark.parametrize(
    ("typed", "kept", "why"),
    [
        ("motcua1.thanhtri", "motcua1.thanhtri", "as it is"),
        (" QuanTri ", "quantri", "keyboards begin with a capital and end with a blank"),
        ("a", "a", "one letter"),
        ("a" * 100, "a" * 100, "the longest"),
    ],
)
def test_a_user_name_is_kept_as_people_type_it(typed: str, kept: str, why: str) -> None:
    assert username(typed) == kept, why


@pytest.mark.parametrize("typed", ["", " ", "quản trị", "a b", ".a", "a" * 101, "a\x00", "a\nb"])
def test_a_user_name_that_nobody_can_dictate_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        username(typed)
    assert refused.value.field == "username"


@given(st.text())
def test_a_user_name_once_tidy_stays_so(typed: str) -> None:
    try:
        tidy = username(typed)
    except Refusal:
        return
    assert username(tidy) == tidy


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "nothing"),
        ("123456789", "nine characters"),
        ("thanhtri.quantri", "the user's own name"),
        ("ThanhTri.QuanTri", "the user's own name in capitals"),
    ],
)
def test_a_weak_password_is_refused(password: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_password(password, "thanhtri.quantri")
    assert refused.value.field == "password", why


def test_a_password_of_ten_characters_is_long_enough() -> None:
    check_password("mật khẩu 1", "quantri")

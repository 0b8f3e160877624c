"""Accounts opened the way an administrator opens them."""

from datetime import UTC, datetime
from typing import Any

from onestop.accounts import actions, queries
from onestop.accounts.actions import Cost
from onestop.accounts.models import Account
from onestop.accounts.rules import Role
from onestop.base.edge import transaction

CHEAP = Cost(1, 8)
MOMENT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SECRET = "mật khẩu dài"  # noqa: S105 - the invented password of an invented account
CLERK = "motcua1.thanhtri"
ADMINISTRATOR = "quantri.thanhtri"
STAFF = {
    Role.CLERK: CLERK,
    Role.OFFICER: "chuyenvien1.tuphap",
    Role.DEPARTMENT_HEAD: "truongphong.tuphap",
    Role.LEADER: "chutich.thanhtri",
    Role.MANAGER: "theodoi1.thanhtri",
    Role.ADMINISTRATOR: ADMINISTRATOR,
    Role.AUDITOR: "kiemtra.thanhtri",
}


def opened(username: str = "thu.nghiem", **changes: Any) -> Account:
    account: dict[str, Any] = {
        "name": "Nguyễn Thử Nghiệm",
        "role": Role.CLERK,
        "agency_code": "H26.91",
        "password": SECRET,
    }
    with transaction():
        return actions.open_account(username, cost=CHEAP, at=MOMENT, **{**account, **changes})


def closed(username: str) -> None:
    with transaction():
        actions.close_account(known(username))


def given_password(username: str, password: str) -> None:
    with transaction():
        actions.set_password(known(username), password, CHEAP)


def known(username: str) -> Account:
    account = queries.by_username(username)
    assert account is not None, username
    return account

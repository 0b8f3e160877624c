"""Who may do what, and how far: one table, for an auditor to read aloud."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.permissions import Permission, Scope
from onestop.base.words import N_, Worded


class Role(Worded):
    """The post a member of staff holds."""

    CLERK = "clerk", N_("Cán bộ tiếp nhận")
    OFFICER = "officer", N_("Chuyên viên")
    DEPARTMENT_HEAD = "department_head", N_("Trưởng phòng")
    LEADER = "leader", N_("Lãnh đạo")
    MANAGER = "manager", N_("Cán bộ theo dõi")
    ADMINISTRATOR = "administrator", N_("Quản trị")
    AUDITOR = "auditor", N_("Kiểm tra")


P, DESK, OWN, BELOW = Permission, Scope.OWN_DESK, Scope.OWN_AGENCY, Scope.SUBTREE

GRANTS: Final[Mapping[Role, Mapping[Permission, Scope]]] = {
    Role.CLERK: {
        P.RECEIVE: DESK,
        P.HAND_OVER: DESK,
        P.NOTE_SUPPLEMENT: DESK,
        P.NOTE_WITHDRAWAL: DESK,
        P.NOTE_PAYMENT: DESK,
        P.EXTEND: DESK,
        P.RETURN_RESULT: DESK,
        P.PRINT_PAPERS: DESK,
        P.READ_DOSSIERS: DESK,
        P.READ_CALENDAR: BELOW,
    },
    Role.OFFICER: {
        P.ASK_SUPPLEMENT: OWN,
        P.NOTE_PAYMENT: OWN,
        P.EXTEND: OWN,
        P.RESOLVE: OWN,
        P.HAND_ON: OWN,
        P.PRINT_PAPERS: OWN,
        P.READ_DOSSIERS: OWN,
        P.READ_CALENDAR: BELOW,
    },
    Role.DEPARTMENT_HEAD: {
        P.ASK_SUPPLEMENT: OWN,
        P.NOTE_PAYMENT: OWN,
        P.EXTEND: OWN,
        P.RESOLVE: OWN,
        P.HAND_ON: OWN,
        P.ASSIGN: OWN,
        P.SIGN: OWN,
        P.CONFIRM_WITHDRAWAL: OWN,
        P.APOLOGISE: OWN,
        P.TRANSFER: OWN,
        P.PRINT_PAPERS: OWN,
        P.READ_DOSSIERS: OWN,
        P.READ_CALENDAR: BELOW,
    },
    Role.LEADER: {
        P.ASK_SUPPLEMENT: BELOW,
        P.NOTE_PAYMENT: BELOW,
        P.EXTEND: BELOW,
        P.RESOLVE: BELOW,
        P.HAND_ON: BELOW,
        P.ASSIGN: BELOW,
        P.SIGN: BELOW,
        P.CONFIRM_WITHDRAWAL: BELOW,
        P.APOLOGISE: BELOW,
        P.TRANSFER: BELOW,
        P.OVERRIDE: BELOW,
        P.PRINT_PAPERS: BELOW,
        P.READ_DOSSIERS: BELOW,
        P.READ_RATES: BELOW,
        P.READ_CALENDAR: BELOW,
    },
    Role.MANAGER: {
        P.READ_DOSSIERS: BELOW,
        P.READ_RATES: BELOW,
        P.READ_CALENDAR: BELOW,
    },
    Role.ADMINISTRATOR: {
        P.READ_CALENDAR: BELOW,
        P.MANAGE_CALENDAR: BELOW,
        P.CLOSE_OFFICES: BELOW,
        P.MANAGE_ACCOUNTS: BELOW,
        P.MANAGE_CATALOGUE: BELOW,
        P.MANAGE_ORGANISATION: BELOW,
    },
    Role.AUDITOR: {
        P.READ_DOSSIERS: BELOW,
        P.READ_RATES: BELOW,
        P.READ_HISTORY: BELOW,
        P.READ_CALENDAR: BELOW,
    },
}

WINDOW: Final = timedelta(minutes=15)
MOST_BY_BOTH: Final = 5
MOST_BY_NAME: Final = 50
MOST_BY_ADDRESS: Final = 30
SHORTEST_PASSWORD: Final = 10
USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


def username(typed: str) -> str:
    """Return a user name as it is kept and looked up: lower case, without blanks around it.

    Raises `Refusal` for other marks than a to z, digits, dot, dash and underscore.
    """
    tidy = typed.strip().lower()
    if not USERNAME.fullmatch(tidy):
        raise Refusal(
            N_("Tên đăng nhập chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch; dài tối đa 100."),
            field="username",
        )
    return tidy


def check_password(password: str, username: str) -> None:
    """Refuse a password that is too short or is the user's own name."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(
            N_("Mật khẩu cần ít nhất %(count)d ký tự."), field="password", count=SHORTEST_PASSWORD
        )
    if password.casefold() == username.casefold():
        raise Refusal(N_("Mật khẩu không được trùng tên đăng nhập."), field="password")


def is_throttled(by_name: int, by_address: int, by_both: int) -> bool:
    """Say whether so many failures in the window keep the next try waiting.

    Few wrong passwords for one name from one address; many more for that name from everywhere
    else, or anybody could keep a clerk from the desk by failing in the clerk's name.
    """
    return by_both >= MOST_BY_BOTH or by_name >= MOST_BY_NAME or by_address >= MOST_BY_ADDRESS


def digest(secret: str) -> str:
    """Return what is kept of a secret: enough to know it again, too little to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()

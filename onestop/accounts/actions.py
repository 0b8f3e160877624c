"""Opening and closing accounts, and passwords."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, update

from onestop.accounts import queries
from onestop.accounts.models import Account, DueFeed
from onestop.accounts.rules import Role, check_password, digest
from onestop.accounts.rules import username as tidy
from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.terms import Declared, Fate
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY

FEED_BYTES: Final = 24


@dataclass(frozen=True)
class Cost:
    """How dear one hash is; cheap only under test."""

    time: int
    memory: int


def hash_password(password: str, cost: Cost) -> str:
    """Return the argon2 hash of a password."""
    return _hasher(cost).hash(password)


def is_password(password: str, password_hash: str | None, cost: Cost) -> bool:
    """Compare a password; without an account it takes the same time and is never right."""
    try:
        _hasher(cost).verify(password_hash or _nobodys(cost), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def open_account(
    username: str,
    name: str,
    role: Role,
    agency_code: str,
    *,
    password: str,
    cost: Cost,
    at: datetime,
) -> Account:
    """Open an account for a member of staff.

    Raises `Refusal` for a weak password, a user name nobody could type, an unknown agency.
    """
    check_password(password, username)
    account = _made(username, name, role, agency_code, hash_password(password, cost), at)
    db.session.add(account)
    db.session.flush()
    return account


def set_password(account: Account, password: str, cost: Cost) -> None:
    """Change a password; every session of the account ends."""
    check_password(password, account.username)
    account.password_hash = hash_password(password, cost)
    account.stamp = secrets.token_hex(8)
    db.session.flush()


def renew_hash(account: Account, password: str, cost: Cost) -> None:
    """Keep a password that was just shown under today's cost; sessions go on."""
    account.password_hash = hash_password(password, cost)
    db.session.flush()


def is_outdated(password_hash: str, cost: Cost) -> bool:
    """Say whether a hash was made at another cost than today's."""
    return _hasher(cost).check_needs_rehash(password_hash)


def close_account(account: Account) -> None:
    """Close an account; every session of it ends."""
    account.is_open = False
    account.stamp = secrets.token_hex(8)
    db.session.flush()


def open_feed(account_id: int, *, at: datetime) -> str:
    """Give an account a private address for its due dates; return its secret, told this once.

    An earlier address leads nowhere from now on.
    """
    close_feed(account_id)
    secret = secrets.token_urlsafe(FEED_BYTES)
    db.session.add(DueFeed(account_id=account_id, digest=digest(secret), opened_at=at))
    db.session.flush()
    return secret


def close_feed(account_id: int) -> None:
    """Take the private address of an account's due dates back, if it has one."""
    db.session.execute(delete(DueFeed).where(DueFeed.account_id == account_id))


def declare(
    username: str,
    *,
    name: str,
    role: Role,
    agency_code: str,
    is_open: bool | None = None,
    password_hash: str,
    at: datetime,
) -> Declared:
    """Have an account be what is declared: open or change it, close or reopen it, or leave it.

    A new one has the password of `password_hash`; an old one keeps its own. Raises `Refusal` for
    a user name nobody could type and an unknown agency.
    """
    account = queries.by_username(tidy(username))
    made = _made(username, name, role, agency_code, password_hash, at)
    if account is None:
        made.is_open = is_open is not False
        db.session.add(made)
        db.session.flush()
        return Declared(made.id, Fate.NEW)
    made.is_open = account.is_open if is_open is None else is_open
    columns = tuple(one for one in DECLARED if getattr(account, one) != getattr(made, one))
    for column in columns:
        setattr(account, column, getattr(made, column))
    if not account.is_open and "is_open" in columns:
        close_account(account)
    db.session.flush()
    return Declared(account.id, Fate.CHANGED if columns else Fate.UNCHANGED, columns)


DECLARED: Final = ("name", "role", "agency_id", "is_open")


def first_password() -> str:
    """Return a password that nobody chose: about 79 bits, without letters taken for digits."""
    return "-".join("".join(secrets.choice(READ_ALOUD) for _ in range(4)) for _ in range(4))


READ_ALOUD: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def make_demonstration(password_hash: str) -> None:
    """Have every account be one of the demonstration, all with one password."""
    db.session.execute(update(Account).values(password_hash=password_hash, is_demo=True))


def _made(
    username: str, name: str, role: Role, agency_code: str, password_hash: str, at: datetime
) -> Account:
    agency = organisation.by_code(agency_code)
    if agency is None:
        raise Refusal(NO_AGENCY, field="agency_code", code=agency_code)
    return Account(
        username=tidy(username),
        name=name,
        role=role,
        agency_id=agency.id,
        password_hash=password_hash,
        is_open=True,
        is_demo=False,
        stamp=secrets.token_hex(8),
        created_at=at,
    )


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.time, memory_cost=cost.memory, parallelism=1)


@lru_cache(maxsize=4)
def _nobodys(cost: Cost) -> str:
    return _hasher(cost).hash(secrets.token_hex(16))

"""Opening and closing accounts, and passwords."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete

from onestop.accounts.models import Account, DueFeed
from onestop.accounts.rules import Role, check_password, digest
from onestop.accounts.rules import username as tidy
from onestop.base.database import db
from onestop.base.errors import Refusal
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


def load(
    rows: Iterable[Mapping[str, str]], *, password_hash: str, is_demo: bool, at: datetime
) -> None:
    """Open the accounts of a file, all with one password."""
    for row in rows:
        account = _made(
            row["username"],
            row["name"],
            Role.of(row["role"]),
            row["agency_code"],
            password_hash,
            at,
        )
        account.is_demo = is_demo
        db.session.add(account)
    db.session.flush()


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

"""Reading accounts, and who a member of staff is today."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import exists, func, select

from onestop.accounts.models import Account, DueFeed
from onestop.accounts.rules import GRANTS, Role, digest
from onestop.base.database import db
from onestop.base.notes import Taking
from onestop.base.paging import Paged, page_of
from onestop.base.permissions import Permission, Scope
from onestop.base.stamps import Subject, stamp
from onestop.base.viewer import Staff
from onestop.organisation import queries as organisation
from onestop.organisation.models import Agency

TAKINGS: Final = 100


@dataclass(frozen=True)
class ListedAccount:
    """An account as a list shows it."""

    username: str
    name: str
    role: str
    agency_code: str
    is_open: bool


def by_username(username: str) -> Account | None:
    """Return the account of a user name, open or closed."""
    return db.session.scalar(select(Account).where(Account.username == username))


@dataclass(frozen=True)
class Known:
    """Who an open account is on a date, and the stamp that its sessions must bear."""

    staff: Staff
    stamp: str


def known(account_id: int, on: date) -> Known | None:
    """Return who an account is on a date, or None for one closed, unknown, or of no agency then."""
    return _known(stamp(Subject.ACCOUNTS), stamp(Subject.ORGANISATION), account_id, on)


def of(account: Account, on: date) -> Staff | None:
    """Return who an account is `on` a date, or None when its agency does not exist then."""
    tree = organisation.tree(on)
    agency = tree.by_id(account.agency_id)
    if agency is None:
        return None
    return Staff(
        account_id=account.id,
        username=account.username,
        name=account.name,
        role=account.role.word,
        agency_id=agency.id,
        agency_code=agency.code,
        agency_name=agency.name_vi,
        agency_name_en=agency.name_en,
        grants=GRANTS[account.role],
        subtree=(subtree := organisation.tree_with_past(on).below(agency.id)),
        taken_over=organisation.taken_over(on).get(agency.id, frozenset()),
        taken_over_below=organisation.left_to(subtree, on),
    )


def staff(username: str, on: date) -> Staff | None:
    """Return the member of staff of a user name."""
    return _staff(stamp(Subject.ACCOUNTS), stamp(Subject.ORGANISATION), username, on)


def all_below(agencies: frozenset[int]) -> Sequence[ListedAccount]:
    """Return the accounts of agencies, by name."""
    rows = db.session.execute(
        select(Account, Agency.code)
        .join(Agency, Agency.id == Account.agency_id)
        .where(Account.agency_id.in_(agencies))
        .order_by(Agency.code, Account.username)
    )
    return [
        ListedAccount(one.username, one.name, one.role.word, code, one.is_open)
        for one, code in rows
    ]


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be given work."""

    account_id: int
    username: str
    name: str
    role: str
    agency_id: int


def colleagues(agency_id: int, permission: Permission, on: date) -> Sequence[Colleague]:
    """Return who works at an agency under an open account and may do something, by name.

    Of one that has ended by a day, who works where its work is done now.
    """
    heir = organisation.successor(agency_id, on)
    roles = [role for role, granted in GRANTS.items() if permission in granted]
    rows = db.session.scalars(
        select(Account)
        .where(
            Account.agency_id == (heir.id if heir else agency_id),
            Account.is_open,
            Account.role.in_(roles),
        )
        .order_by(Account.name, Account.username)
    )
    return [Colleague(one.id, one.username, one.name, one.role.word, one.agency_id) for one in rows]


def served(permission: Permission, on: date) -> frozenset[int]:
    """Return the agencies for which somebody with an open account may do something on a date."""
    return _served(stamp(Subject.ACCOUNTS), stamp(Subject.ORGANISATION), permission, on)


def names() -> Mapping[int, str]:
    """Return the name behind each account, open or closed."""
    return _names(stamp(Subject.ACCOUNTS))


@dataclass(frozen=True)
class Taken:
    """A file that somebody took along, as an auditor reads it."""

    at: datetime
    name: str
    role: str
    agency_id: int
    what: str
    asked: str
    kind: str
    dossiers: int


def takings(agencies: frozenset[int], *, number: int) -> Paged[Taken]:
    """Return a page of the files that staff of agencies took along, the latest first."""
    within = Account.agency_id.in_(agencies)
    counted = (
        select(func.count()).select_from(Taking).join(Account, Account.id == Taking.account_id)
    )
    total = int(db.session.execute(counted.where(within)).scalar_one())
    found = (
        select(Taking, Account)
        .join(Account, Account.id == Taking.account_id)
        .where(within)
        .order_by(Taking.id.desc())
    )
    return page_of(found, _taken, number=number, total=total, size=TAKINGS)


def _taken(rows: Iterable[tuple[Taking, Account]]) -> Iterator[Taken]:
    return (
        Taken(
            taking.at,
            account.name,
            account.role.word,
            account.agency_id,
            taking.what,
            taking.asked,
            taking.kind,
            taking.dossiers,
        )
        for taking, account in rows
    )


def any_open(role: Role) -> bool:
    """Say whether somebody of a role has an open account."""
    held = exists().where(Account.role == role, Account.is_open)
    return bool(db.session.scalar(select(held)))


def any_demo() -> bool:
    """Say whether accounts with the published password of the demonstration exist."""
    return _any_demo(stamp(Subject.ACCOUNTS))


def demo_names() -> Sequence[tuple[str, str]]:
    """Return user name and role of one account of the demonstration for each role."""
    rows = db.session.scalars(
        select(Account).where(Account.is_demo, Account.is_open).order_by(Account.id.desc())
    )
    firsts = {one.role: one.username for one in rows}
    return [(firsts[role], role.word) for role in Role if role in firsts]


def feed_since(account_id: int) -> datetime | None:
    """Return since when an account has a private address for its due dates, if it has one."""
    found = select(DueFeed.opened_at).where(DueFeed.account_id == account_id)
    return db.session.scalar(found)


def behind_feed(secret: str, on: date) -> Staff | None:
    """Return the member of staff whose private address holds `secret`, while the account is open.

    The address ends with the account, and with its opening anew.
    """
    found = select(DueFeed.account_id).where(DueFeed.digest == digest(secret))
    account_id = db.session.scalar(found)
    who = known(account_id, on) if account_id is not None else None
    return who.staff if who else None


@lru_cache(maxsize=8)
def _served(_accounts: str, _organisation: str, permission: Permission, on: date) -> frozenset[int]:
    there, whole = organisation.tree(on), organisation.tree_with_past(on)
    posts = select(Account.agency_id, Account.role).where(Account.is_open).distinct()
    found: set[int] = set()
    for agency_id, role in db.session.execute(posts):
        scope = GRANTS[role].get(permission)
        if scope is not None and there.by_id(agency_id):
            found |= whole.below(agency_id) if scope == Scope.SUBTREE else {agency_id}
    return frozenset(found)


@lru_cache(maxsize=2)
def _names(_stamp: str) -> Mapping[int, str]:
    return dict(db.session.execute(select(Account.id, Account.name)).all())


@lru_cache(maxsize=4)
def _any_demo(_stamp: str) -> bool:
    return bool(db.session.scalar(select(exists().where(Account.is_demo))))


@lru_cache(maxsize=1024)
def _known(_accounts: str, _organisation: str, account_id: int, on: date) -> Known | None:
    account = db.session.get(Account, account_id)
    found = of(account, on) if account is not None and account.is_open else None
    return Known(found, account.stamp) if account is not None and found is not None else None


@lru_cache(maxsize=1024)
def _staff(_accounts: str, _organisation: str, username: str, on: date) -> Staff | None:
    account = by_username(username)
    return of(account, on) if account else None

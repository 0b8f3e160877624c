"""Notes beside the edge: who looked at which dossier, and which tries failed."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

from flask import current_app
from sqlalchemy import Index, and_, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, connected, table_of
from onestop.base.edge import note, note_later

SEAL_LENGTH: Final = 32
MOST_TOLD: Final = 300
NETWORK_BITS: Final = 64


class Failure(Base):
    """A try that failed: a log-in or a look-up; counted, so that guessing is slowed down."""

    __tablename__ = "failure"
    __table_args__ = (
        Index("ix_failure_kind_subject_at", "kind", "subject", "at"),
        Index("ix_failure_kind_address_at", "kind", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class Look(Base):
    """A member of staff opened a dossier."""

    __tablename__ = "look"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(index=True)
    account_id: Mapped[int]
    at: Mapped[datetime]


class Taking(Base):
    """A member of staff took a list along as a file; `asked` is what narrowed it, but no words.

    Words are names and numbers of applicants, and an auditor need not read those here.
    """

    __tablename__ = "taking"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(index=True)
    what: Mapped[str]
    asked: Mapped[str]
    kind: Mapped[str]
    dossiers: Mapped[int]
    at: Mapped[datetime]


TAKING: Final = table_of(Taking)
WORDS: Final = frozenset({"q", "of"})
FAILURE: Final = table_of(Failure)
LOOK: Final = table_of(Look)
AT_SUBJECT: Final = and_(
    FAILURE.c.kind == bindparam("kind"),
    FAILURE.c.subject == bindparam("subject"),
    FAILURE.c.at >= bindparam("subject_since"),
)
FROM_ADDRESS: Final = and_(
    FAILURE.c.kind == bindparam("kind"),
    FAILURE.c.address == bindparam("address"),
    FAILURE.c.at >= bindparam("since"),
)
FAILED: Final = select(
    func.count().filter(AT_SUBJECT).label("by_subject"),
    func.count().filter(FROM_ADDRESS).label("by_address"),
    func.count().filter(AT_SUBJECT, FROM_ADDRESS).label("by_both"),
).where(or_(AT_SUBJECT, FROM_ADDRESS))
"""Counts the failed tries that `tries` asks about; a read of something else may carry it along."""


@dataclass(frozen=True)
class Failures:
    """How many tries failed at one subject, from one address, and at the one from the other."""

    by_subject: int
    by_address: int
    by_both: int


def note_failure(kind: str, *, subject: str, address: str, at: datetime) -> None:
    """Remember that a try of `kind` at `subject` from `address` failed.

    People type passwords and identity numbers into the wrong field: of a subject only a seal is
    kept. Whoever has one address of the new kind has millions: they count as one.
    """
    row = {"kind": kind, "subject": _seal(subject), "address": _place(address), "at": at}
    note(FAILURE, row)


def note_look(*, dossier_id: int, account_id: int, at: datetime) -> None:
    """Remember that a member of staff opened a dossier."""
    note_later(LOOK, {"dossier_id": dossier_id, "account_id": account_id, "at": at})


def note_taking(
    *,
    account_id: int,
    what: str,
    asked: Mapping[str, str],
    kind: str,
    dossiers: int,
    at: datetime,
) -> None:
    """Remember that a member of staff took a list of so many dossiers, or others, along."""
    told = "; ".join(f"{name}={said}" for name, said in asked.items() if name not in WORDS)
    row = {"account_id": account_id, "what": what, "asked": told[:MOST_TOLD], "kind": kind}
    note_later(TAKING, {**row, "dossiers": dossiers, "at": at})


def tries(
    kind: str,
    *,
    subject: str,
    address: str,
    since: datetime,
    subject_since: datetime | None = None,
) -> dict[str, str | datetime]:
    """Ask for the failed tries of `kind` since a moment, at a subject and from an address.

    Those at the subject may be counted since another moment.
    """
    return {
        "kind": kind,
        "subject": _seal(subject),
        "address": _place(address),
        "since": since,
        "subject_since": subject_since or since,
    }


def failures(asked: Mapping[str, str | datetime]) -> Failures:
    """Count the failed tries that `tries` asks about."""
    return Failures(*connected().execute(FAILED, asked).one())


def _seal(subject: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, subject.encode(), "sha256").hex()[:SEAL_LENGTH]


@lru_cache(maxsize=1024)
def _place(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address[:SEAL_LENGTH]
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, NETWORK_BITS), strict=False))

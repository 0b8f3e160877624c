"""Notes beside the edge: who looked at which dossier, and which tries failed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Index, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, db, table_of
from onestop.base.edge import note


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


FAILURE: Final = table_of(Failure)
LOOK: Final = table_of(Look)
FAILED: Final = select(
    func.count().filter(FAILURE.c.subject == bindparam("subject")),
    func.count().filter(FAILURE.c.address == bindparam("address")),
).where(
    FAILURE.c.kind == bindparam("kind"),
    FAILURE.c.at >= bindparam("since"),
    or_(FAILURE.c.subject == bindparam("subject"), FAILURE.c.address == bindparam("address")),
)


@dataclass(frozen=True)
class Failures:
    """How many tries failed at one subject, and how many from one address."""

    by_subject: int
    by_address: int


def note_failure(kind: str, *, subject: str, address: str, at: datetime) -> None:
    """Remember that a try of `kind` at `subject` from `address` failed."""
    note(FAILURE, {"kind": kind, "subject": subject, "address": address, "at": at})


def note_look(*, dossier_id: int, account_id: int, at: datetime) -> None:
    """Remember that a member of staff opened a dossier."""
    note(LOOK, {"dossier_id": dossier_id, "account_id": account_id, "at": at})


def failures(kind: str, *, subject: str, address: str, since: datetime) -> Failures:
    """Count the failed tries of `kind` since a moment, at a subject and from an address."""
    asked = {"kind": kind, "subject": subject, "address": address, "since": since}
    return Failures(*db.session.connection().execute(FAILED, asked).one())

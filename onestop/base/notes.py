"""Notes beside the edge: who looked at which dossier, and which tries failed."""

from datetime import datetime

from sqlalchemy import ColumnElement, Index, Table, func, select
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, db
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


def note_failure(kind: str, *, subject: str, address: str, at: datetime) -> None:
    """Remember that a try of `kind` at `subject` from `address` failed."""
    note(_table(Failure), {"kind": kind, "subject": subject, "address": address, "at": at})


def note_look(*, dossier_id: int, account_id: int, at: datetime) -> None:
    """Remember that a member of staff opened a dossier."""
    note(_table(Look), {"dossier_id": dossier_id, "account_id": account_id, "at": at})


def failures(
    kind: str, *, since: datetime, subject: str | None = None, address: str | None = None
) -> int:
    """Count the failed tries of `kind` since a moment, at one subject or from one address."""
    asked: list[ColumnElement[bool]] = [Failure.kind == kind, Failure.at >= since]
    if subject is not None:
        asked.append(Failure.subject == subject)
    if address is not None:
        asked.append(Failure.address == address)
    return db.session.scalar(select(func.count()).select_from(Failure).where(*asked)) or 0


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class stands on a table
    return table

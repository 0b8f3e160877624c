"""Stamps tell a process whether what it remembers of a subject still holds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, db, once, table_of, writer
from onestop.base.questions import Question, asker

READ: Final = "stamps"
NOTHING: Final[tuple[None, Mapping[str, str]]] = (None, {})


class Subject(StrEnum):
    """What is read in every request and changes a few times a year."""

    ORGANISATION = "organisation"
    CALENDAR = "calendar"
    OFFICE_HOURS = "office_hours"
    CATALOGUE = "catalogue"
    ACCOUNTS = "accounts"
    CLOSURES = "closures"


class Stamp(Base):
    """A mark that nobody has seen before, new with every change of a subject's tables.

    Triggers of the database set it, so that no change goes by, whoever makes it; it is random, so
    that one whose transaction is rolled back never comes again.
    """

    __tablename__ = "stamp"

    subject: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]


STAMP: Final = table_of(Stamp).c
ALL: Final = Question(select(STAMP.subject, STAMP.mark))
MARKS: Final = tuple(
    select(STAMP.mark)
    .where(STAMP.subject == subject.value)
    .scalar_subquery()
    .label(f"of_{subject}")
    for subject in Subject
)
"""The stamps as columns: a read of something else may carry them along, for `carried`."""


def stamp(subject: Subject) -> str:
    """Return the stamp of a subject; all of them come in one read for each transaction.

    Whoever writes reads them each time: what he changes himself holds at once.
    """
    if (alone := asker.get()) is not None:
        alone.marks = alone.marks or _all()
        return alone.marks[subject]
    if writing := writer.get():
        if writing.session.autoflush:
            writing.session.flush()
        return once(READ, _all)[subject]
    session = db.session()
    since, known = session.info.get(READ, NOTHING)
    if since is None or since is not session.get_transaction():
        known = _all()
        carried(known)
    found: str = known[subject]
    return found


def carried(marks: Mapping[str, str]) -> None:
    """Let `stamp` answer with marks that another read of this transaction has brought along."""
    if (alone := asker.get()) is not None:
        alone.marks = marks
        return
    session = db.session()
    session.info[READ] = (session.get_transaction(), marks)


def _all() -> Mapping[str, str]:
    return dict(ALL.ask())

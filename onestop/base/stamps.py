"""Stamps: what a process remembers of a subject holds for as long as the subject's stamp."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import WRITING, Base, db, once, table_of

READ: Final = "stamps"


class Subject(StrEnum):
    """What is read in every request and changes a few times a year."""

    ORGANISATION = "organisation"
    CALENDAR = "calendar"
    OFFICE_HOURS = "office_hours"
    CATALOGUE = "catalogue"
    ACCOUNTS = "accounts"


class Stamp(Base):
    """A mark that nobody has seen before, new with every change of a subject's tables.

    Triggers of the database set it, so that no change goes by, whoever makes it; it is random, so
    that one whose transaction is rolled back never comes again.
    """

    __tablename__ = "stamp"

    subject: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]


ALL: Final = select(table_of(Stamp))


def stamp(subject: Subject) -> str:
    """Return the stamp of a subject; all of them come in one read for each transaction.

    Whoever writes reads them each time: what he changes himself holds at once.
    """
    session = db.session()
    if session.info.get(WRITING) and session.autoflush:
        session.flush()
    return str(once(READ, _all)[subject])


def _all() -> Mapping[str, str]:
    # A row of two columns is a pair.
    return dict(db.session.connection().execute(ALL).all())

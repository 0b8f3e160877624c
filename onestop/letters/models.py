"""The papers that were issued, with what they say, and the last number of each series."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, Json, unique
from onestop.base.words import N_
from onestop.letters.rules import Paper


class Letter(Base):
    """A paper as it was issued for one line of history; `facts` is all that is printed on it.

    One that bears no number on paper has one here all the same. The look-up secret is not among
    the facts: it is derived again for each print.

    The facts are kept, not the print: those of a receipt are 1.4 kB and its print is 49 kB
    compressed, so that 75,000 receipts a year would be 3.7 GB beside a database of 0.2. Whatever is
    printed again says what it said, to the letter; it is the same file too as long as `edition`, of
    the layout it was issued in, is that of the product. Where it is not, the line of history of
    the print and the page of papers say so.
    """

    __tablename__ = "letter"
    __table_args__ = (
        unique("entry_id", "paper", says=N_("Phiếu này đã được phát hành.")),
        unique("agency_id", "paper", "year", "number", says=N_("Số phiếu này đã được cấp.")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    paper: Mapped[Paper]
    year: Mapped[int]
    number: Mapped[int]
    issued_at: Mapped[datetime]
    author_name: Mapped[str]
    edition: Mapped[str | None]
    facts: Mapped[Json]


class LetterCounter(Base):
    """The last number given out in the series of a shop, a paper and a year."""

    __tablename__ = "letter_counter"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    paper: Mapped[Paper] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

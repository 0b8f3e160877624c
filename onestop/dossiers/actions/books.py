"""Lines of the register for many dossiers at once, in the order of receipt."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select, update

from onestop.base.database import connected, db, upsert
from onestop.deadlines.rules.moments import legal_date, midnight
from onestop.dossiers.models import BookCounter, Dossier


@dataclass
class _Book:
    """The register of an agency and a year: what was written before, its last line, and when."""

    before: int
    last: int
    latest: datetime
    is_in_order: bool = True


@dataclass
class Books:
    """Gives out lines as dossiers come, while nobody else does; `close` writes what was given."""

    _last: dict[tuple[int, int], int] = field(default_factory=lambda: _written())
    _books: dict[tuple[int, int], _Book] = field(default_factory=dict)

    def enter(self, agency_id: int, received_at: datetime) -> int:
        """Return the next line of the book of an agency and the year of receipt."""
        key = (agency_id, legal_date(received_at).year)
        book = self._books.get(key)
        if book is None:
            last = self._last.get(key, 0)
            book = self._books[key] = _Book(last, last, received_at)
        book.is_in_order = book.is_in_order and received_at >= book.latest
        book.latest = received_at
        book.last += 1
        return book.last

    def close(self) -> None:
        """Write the counters; what came in no order gets its lines anew, by the time of receipt."""
        if not self._books:
            return
        first = upsert(BookCounter)
        connected().execute(
            first.on_conflict_do_update(
                index_elements=[BookCounter.agency_id, BookCounter.year],
                set_={"last": first.excluded.last},
            ),
            [
                {"agency_id": agency_id, "year": year, "last": book.last}
                for (agency_id, year), book in sorted(self._books.items())
            ],
        )
        for (agency_id, year), book in self._books.items():
            if not book.is_in_order:
                _put_in_order(agency_id, year, book.before)


def _written() -> dict[tuple[int, int], int]:
    counters = select(BookCounter.agency_id, BookCounter.year, BookCounter.last)
    return {(row.agency_id, row.year): row.last for row in db.session.execute(counters)}


def _put_in_order(agency_id: int, year: int, before: int) -> None:
    place = func.row_number().over(order_by=(Dossier.received_at, Dossier.id))
    placed = (
        select(Dossier.id, (before + place).label("number"))
        .where(
            Dossier.receiving_agency_id == agency_id,
            Dossier.received_at >= midnight(date(year, 1, 1)),
            Dossier.received_at < midnight(date(year + 1, 1, 1)),
            Dossier.book_number > before,
        )
        .subquery()
    )
    connected().execute(
        update(Dossier).values(book_number=placed.c.number).where(Dossier.id == placed.c.id)
    )

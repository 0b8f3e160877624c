"""The lines of a book of the register, in the order of receipt, within the viewer's reach."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select

from onestop.base.database import db
from onestop.base.paging import Paged
from onestop.base.viewer import Viewer
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.reading import seen_by
from onestop.register.rules import Book, Line, year_before
from onestop.tallies.rules import Period

PAGE: Final = 50
BLOCK: Final = 1000
COLUMNS: Final[tuple[Any, ...]] = (
    Dossier.code,
    Dossier.procedure_id,
    Dossier.applicant_name,
    Dossier.applicant_address,
    Dossier.applicant_phone,
    Dossier.handling_agency_id,
    Dossier.received_at,
    Dossier.due_at,
    Dossier.legal_due_at,
    Dossier.returned_at,
    Dossier.return_by,
    Dossier.state,
    Dossier.outcome,
    Dossier.note,
)


def total(book: Book, viewer: Viewer) -> int:
    """Return how many lines a book has."""
    return _count(_of(book, book.period, viewer))


def page(book: Book, viewer: Viewer, *, number: int) -> Paged[Line]:
    """Return a page of a book, the last where there are fewer."""
    amount = total(book, viewer)
    number = max(1, min(number, -(-amount // PAGE) or 1))
    skipped = (number - 1) * PAGE
    rows = db.session.execute(_lines(book, viewer).limit(PAGE).offset(skipped)).all()
    return Paged(tuple(_numbered(rows, book, viewer, skipped)), number, amount, PAGE)


def lines(book: Book, viewer: Viewer) -> Iterator[Line]:
    """Yield all lines of a book; read block by block, so that memory does not grow with it."""
    with db.session.connection().execute(
        _lines(book, viewer).execution_options(yield_per=BLOCK)
    ) as read:
        yield from _numbered(read, book, viewer, 0)


def _numbered(rows: Any, book: Book, viewer: Viewer, skipped: int) -> Iterator[Line]:  # noqa: ANN401 - rows
    # Numbers run from 1 to the end of the year (forms.md), whatever part of it is asked for.
    year, number = 0, 0
    for row in rows:
        received_on = legal_date(row.received_at)
        if received_on.year != year:
            year = received_on.year
            number = _before(book, viewer, received_on, skipped)
            skipped = 0
        number += 1
        yield Line(number, *row)


def _before(book: Book, viewer: Viewer, day: date, skipped: int) -> int:
    """Return how many lines of the year of `day` stand before the first one read."""
    begins = max(book.period.first, day.replace(month=1, day=1))
    earlier = year_before(begins)
    unasked = _count(_of(book, earlier, viewer)) if earlier else 0
    other_years = 0
    if skipped and begins > book.period.first:
        passed = Period(book.period.first, begins - timedelta(days=1))
        other_years = _count(_of(book, passed, viewer))
    return unasked + skipped - min(skipped, other_years)


def _lines(book: Book, viewer: Viewer) -> Select[Any]:
    wanted = _of(book, book.period, viewer)
    return select(*COLUMNS).where(wanted).order_by(Dossier.received_at, Dossier.id)


def _count(condition: ColumnElement[bool]) -> int:
    found = select(func.count()).select_from(Dossier).where(condition)
    return int(db.session.connection().execute(found).scalar_one())


def _of(book: Book, period: Period, viewer: Viewer) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        Dossier.receiving_agency_id == book.agency_id,
        Dossier.received_at >= _midnight(period.first),
        Dossier.received_at < _midnight(period.last + timedelta(days=1)),
        seen_by(viewer),
    ]
    if book.field_id is not None:
        conditions.append(Dossier.field_id == book.field_id)
    return and_(*conditions)


def _midnight(day: date) -> datetime:
    return at_local(day, time())

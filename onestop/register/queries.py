"""The lines of a book of the register, in the order of receipt, within the viewer's reach."""

from collections.abc import Iterator
from functools import partial
from itertools import starmap
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from onestop.base.database import connected
from onestop.base.paging import Paged, page_of, whole_of
from onestop.base.viewer import Viewer
from onestop.deadlines.rules.moments import midnight, midnight_after
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.reading import seen_by
from onestop.register.rules import Book, Line

PAGE: Final = 50
COLUMNS: Final[tuple[Any, ...]] = (
    Dossier.book_number,
    Dossier.code,
    Dossier.procedure_id,
    Dossier.sets,
    Dossier.applicant_name,
    Dossier.applicant_address,
    Dossier.applicant_phone,
    Dossier.handling_agency_id,
    Dossier.received_at,
    case((Dossier.first_due_at.is_not(None), Dossier.due_at)).label("promised_at"),
    Dossier.legal_due_at,
    Dossier.returned_at,
    Dossier.return_by,
    Dossier.state,
    Dossier.outcome,
    Dossier.note,
)


def total(book: Book, viewer: Viewer) -> int:
    """Return how many lines a book has."""
    found = select(func.count()).select_from(Dossier).where(_of(book, viewer))
    return int(connected().execute(found).scalar_one())


def page(book: Book, viewer: Viewer, *, number: int) -> Paged[Line]:
    """Return a page of a book, the last where there are fewer."""
    found, amount = _lines(book, viewer), total(book, viewer)
    return page_of(found, partial(starmap, Line), number=number, total=amount, size=PAGE)


def lines(book: Book, viewer: Viewer) -> Iterator[Line]:
    """Yield all lines of a book."""
    return starmap(Line, whole_of(_lines(book, viewer)))


def _lines(book: Book, viewer: Viewer) -> Select[Any]:
    found = select(*COLUMNS).where(_of(book, viewer))
    return found.order_by(Dossier.received_at, Dossier.id)


def _of(book: Book, viewer: Viewer) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        Dossier.receiving_agency_id == book.agency_id,
        Dossier.received_at >= midnight(book.period.first),
        Dossier.received_at < midnight_after(book.period.last),
        seen_by(viewer),
    ]
    if book.field_id is not None:
        conditions.append(Dossier.field_id == book.field_id)
    return and_(*conditions)

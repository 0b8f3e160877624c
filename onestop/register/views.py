"""The register on screen, as a workbook, and as the official form on A4."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.addresses import asking
from onestop.base.cells import CellValue
from onestop.base.clock import now
from onestop.base.errors import Refusal
from onestop.base.filters import from_to, number, plain_day, stamp
from onestop.base.gate import requires, viewer
from onestop.base.handouts import moment, note, printed, sent
from onestop.base.languages import in_language, language
from onestop.base.moments import local
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.sheets import MIMETYPES, Sheet
from onestop.base.told import refused
from onestop.base.typesetting import pdf
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.queries import reading
from onestop.letters.queries.saying import office
from onestop.letters.rules import FormSet, halves, set_of
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Tree
from onestop.register import queries
from onestop.register.forms import BookForm
from onestop.register.rules import COLUMNS, MOST_PRINTED, TITLE, Book, Line
from onestop.tallies.rules import month_until

blueprint = Blueprint("register", __name__, template_folder="templates")
PAPER: Final = Path(str(files("onestop.register"))) / "templates" / "register" / "book.typ"
PRINT: Final = "pdf"
WIDTHS: Final = (6, 23, 50, 10, 26, 32, 28, 17, 17, 17, 16, 12, 30)


@blueprint.get("/register")
@requires(Permission.READ_DOSSIERS)
def index() -> ResponseReturnValue:
    """Show a book of the register, page by page, as the form has it."""
    at = now()
    form, book, shop = _asked(at)
    page = queries.page(book, viewer(), number=page_asked(request.args.get("page", "")))
    return render_template(
        "register/index.html",
        form=form,
        book=book,
        shop=shop,
        page=page,
        tree=organisation.tree_with_past(book.period.last),
        is_printable=page.total <= MOST_PRINTED,
        most=MOST_PRINTED,
        address=_address,
        address_as=_address_as,
        at=at,
    ), form.status


@blueprint.get("/register.<kind>")
@requires(Permission.READ_DOSSIERS)
def index_as(kind: str) -> ResponseReturnValue:
    """Hand out a whole book: as a workbook, a plain table, or a print of the form."""
    at = now()
    form, book, shop = _asked(at)
    if kind not in {*MIMETYPES, PRINT} or form.errors:
        abort(404)
    total = queries.total(book, viewer())
    if kind == PRINT and total > MOST_PRINTED:
        refusal = Refusal(
            N_(
                "Một bản in có nhiều nhất %(most)d hồ sơ: hãy chọn kỳ ngắn hơn, hoặc lấy tệp Excel."
            ),
            most=MOST_PRINTED,
        )
        flash(refused(refusal), "refusal")
        return redirect(_address(1))
    note(kind, total, at)
    name = f"so-theo-doi-{shop.code}-{book.period.first:%Y%m%d}-{book.period.last:%Y%m%d}"
    if kind == PRINT:
        return printed(pdf(PAPER, _facts(book, shop, total, at), at), name)
    sheet = Sheet(
        title=TITLE,
        headings=tuple(str(_(one)) for one in COLUMNS),
        rows=_cells(book, shop),
        about=_about(book, shop, total, at),
        about_title=_("Về tệp này"),
        widths=WIDTHS,
    )
    return sent(sheet, kind, name)


def _asked(at: datetime) -> tuple[BookForm, Book, Node]:
    """Return the form, the book it asks for, and the shop; a wrong choice is none of the list."""
    today, staff = legal_date(at), viewer()
    form, shops, fields = BookForm(request.args), _shops(today), catalogue.fields(today)
    form.agency.choices = [(one.code, one.name(language())) for one in shops]
    everything = [("", _("Mọi lĩnh vực"))]
    form.field.choices = everything + [(one.code, one.name(language())) for one in fields]
    own = next((one for one in shops if one.id == staff.agency_id), shops[0])
    form.agency.data = form.agency.data or own.code
    period = form.settle(month_until(today))
    shop = next((one for one in shops if one.code == form.agency.data), own)
    field = next((one for one in fields if one.code == form.field.data), None)
    return form, Book(shop.id, period, field.id if field else None), shop


def _shops(today: date) -> list[Node]:
    """Return the shops whose books whoever asks may read.

    A department reads what it handles in the book of the shop above it, which is the first of
    them, and in those below that.
    """
    tree, reach = organisation.tree_with_past(today), reading.reach_of(viewer()).agencies
    if found := [one for one in tree.desks if reach is None or one.id in reach]:
        return found
    above = next((one for one in tree.line(viewer().agency_id) if one in tree.desks), None)
    if above is None:
        abort(404)
    below = tree.below(above.id) - {above.id}
    return [above, *(one for one in tree.desks if one.id in below)]


@blueprint.app_template_filter("procedure_name")
def procedure_name(line: Line) -> str:
    """Return the name of a line's procedure as of its receipt."""
    return _procedure(line).name(language())


@blueprint.app_template_filter("reach")
def reach(line: Line) -> str:
    """Return where the applicant of a line is reached: address and telephone."""
    return "; ".join(filter(None, (line.address, line.phone)))


@blueprint.app_template_filter("remark")
def remark(line: Line) -> str:
    """Return what the last column of a line says."""
    parts = [str(_(line.remark)) if line.remark else ""]
    if line.is_promised_anew:
        parts.append(str(_("hẹn lần đầu %(day)s", day=plain_day(local(line.legal_due_at)))))
    return "; ".join(filter(None, [*parts, line.note or ""]))


@dataclass(frozen=True)
class Manner:
    """How a file or a paper writes numbers, offices and moments of the same cells."""

    number: Callable[[int], CellValue]
    office: Callable[[Node], str]
    moment: Callable[[datetime], CellValue]


def _cells(book: Book, shop: Node) -> Iterator[tuple[CellValue, ...]]:
    """Yield the lines of a book as a file has them."""
    tree = organisation.tree_with_past(book.period.last)
    for line in queries.lines(book, viewer()):
        yield _line(line, _handler(line, tree, shop), IN_A_FILE)


def _volumes(book: Book, shop: Node) -> Iterator[tuple[str, list[tuple[CellValue, ...]]]]:
    """Yield each volume of a book with its lines: numbers begin anew with every year."""
    tree = organisation.tree_with_past(book.period.last)
    for volume, lines in groupby(queries.lines(book, viewer()), lambda line: line.volume):
        yield volume, [_line(line, _handler(line, tree, shop), ON_PAPER) for line in lines]


def _line(line: Line, handler: Node, manner: Manner) -> tuple[CellValue, ...]:
    return (
        manner.number(line.number),
        line.code,
        _procedure(line).name(language()),
        line.sets if manner is IN_A_FILE else str(line.sets),
        line.applicant,
        reach(line),
        manner.office(handler),
        manner.moment(line.received_at),
        manner.moment(line.due_at) if line.due_at else _(line.without_date),
        manner.moment(line.returned_at) if line.returned_at else "",
        str(_(line.return_by.word)),
        "",
        remark(line),
    )


def _about(book: Book, shop: Node, total: int, at: datetime) -> tuple[tuple[str, CellValue], ...]:
    staff = viewer()
    field = next(
        (one for one in catalogue.fields(book.period.last) if one.id == book.field_id), None
    )
    period = from_to(book.period.first, book.period.last)
    return (
        (_("Nơi nhận"), shop.name(language())),
        (_("Quyển số"), book.volume),
        (_("Kỳ"), period),
        (_("Lĩnh vực"), field.name(language()) if field else _("Mọi lĩnh vực")),
        (_("Số liệu đến"), stamp(at)),
        (_("Số hồ sơ"), total),
        (_("Người xuất"), f"{staff.name}, {staff.agency(language())}"),
    )


def _facts(book: Book, shop: Node, total: int, at: datetime) -> dict[str, Any]:
    """Return everything that is printed; an official paper is in Vietnamese, whoever prints it."""
    forms: FormSet = set_of(book.period.last)
    with in_language("vi"):
        return {
            "title": TITLE,
            "superior_lines": ["Ủy ban nhân dân", shop.within("vi")],
            "shop_lines": halves(forms.shop),
            "shop": f"{forms.shop} {shop.within('vi')}",
            "head": forms.head,
            "about": [
                [name, number(said) if isinstance(said, int) else said]
                for name, said in _about(book, shop, total, at)
                if name != _("Kỳ")
            ],
            "year": book.years,
            "first": plain_day(book.period.first),
            "last": plain_day(book.period.last),
            "columns": list(COLUMNS),
            "has_volumes": book.has_volumes,
            "volumes": list(_volumes(book, shop)),
        }


def _procedure(line: Line) -> Procedure:
    return catalogue.as_of(line.procedure_id, legal_date(line.received_at))


def _handler(line: Line, tree: Tree, shop: Node) -> Node:
    return tree.by_id(line.handling_agency_id) or shop


def _printed(moment: datetime) -> str:
    return f"{local(moment):%H:%M} {plain_day(local(moment))}"


IN_A_FILE: Final = Manner(int, lambda node: node.name(language()), moment)
ON_PAPER: Final = Manner(lambda number: f"{number:02}", office, _printed)


def _address(number: int) -> str:
    return asking(url_for("register.index"), page=number)


def _address_as(kind: str) -> str:
    return asking(url_for("register.index_as", kind=kind), page=None)

"""The lists as files: the rows of the page, all of them, in its order, for the same eyes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from onestop.base.addresses import asking
from onestop.base.cells import CellValue
from onestop.base.clock import now
from onestop.base.errors import Refusal
from onestop.base.filters import from_to, plain_day
from onestop.base.gate import requires, viewer
from onestop.base.handouts import Handout, Narrowing, handed_out, moment
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.base.sheets import MIMETYPES, MOST_ROWS
from onestop.base.told import refused
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Tone
from onestop.dossiers.queries import desks, figures, lists, searching
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.dossiers.queries.lists import Filter, ListedDossier, Sort
from onestop.dossiers.rules.states import State
from onestop.dossiers.views.behind import counted_alone, figure_asked
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.listing import (
    holders,
    narrowed,
    person_asked,
    sort_asked,
    view_asked,
    words_asked,
)

HEADINGS: Final = (
    N_("Mã hồ sơ"),
    N_("Người nộp"),
    N_("Tên thủ tục"),
    N_("Kênh"),
    N_("Trạng thái"),
    N_("Hẹn trả"),
    N_("Hẹn lại"),
    N_("Hạn kiểm tra"),
    N_("Bàn giao trước"),
    N_("Chờ bổ sung đến"),
    N_("Còn lại"),
    N_("Đang giữ"),
)
WIDTHS: Final = (23, 28, 60, 12, 18, 17, 16, 17, 17, 17, 26, 28)


@blueprint.get("/desk.<kind>")
@requires(Permission.READ_DOSSIERS)
def desk_as(kind: str) -> ResponseReturnValue:
    """Hand out a list of the desk as a workbook or a plain table."""
    view, asked, sort, at = view_asked(), narrowed(), sort_asked(), now()
    if kind not in MIMETYPES:
        abort(404)
    told = [(_("Danh sách"), str(_(view.word))), *_narrowing(asked, at)]
    told.append((_("Xếp theo"), str(_(sort.word))))
    condition = desks.condition_of(view, at)
    total = lists.count(condition, asked, viewer())
    rows = desks.told(view, lists.every(condition, asked, viewer(), at, sort=sort), at)
    return _file(kind, _handout(f"desk-{view}", told, rows, total, at))


@blueprint.get("/dossiers.<kind>")
@requires(Permission.READ_DOSSIERS)
def index_as(kind: str) -> ResponseReturnValue:
    """Hand out the register, or the dossiers behind a figure, as a workbook or a plain table."""
    at, name = now(), request.args.get("figure")
    if kind not in MIMETYPES:
        abort(404)
    condition, told = searching.matching(""), [(_("Danh sách"), str(_("Sổ theo dõi hồ sơ")))]
    asked = narrowed() if name is None else Filter(text=words_asked())
    if name is not None:
        figure = figure_asked(name, at)
        condition, told = figures.condition(figure), _figure(figure)
    if person := person_asked():
        condition = person.condition
        told = [(_("Người nộp"), f"{person.name} ({person.code})")]
    told = [*told, *_narrowing(asked, at), (_("Xếp theo"), str(_("mới nhất trước")))]
    total = lists.count(condition, asked, viewer())
    rows = lists.every(condition, asked, viewer(), at, sort=Sort.RECEIVED)
    called = f"dossiers-{name}" if name else "dossiers"
    return _file(kind, _handout(called, told, rows, total, at))


def _file(kind: str, handout: Handout) -> ResponseReturnValue:
    if kind == "xlsx" and handout.total > MOST_ROWS:
        refusal = Refusal(
            N_("Một trang tính chỉ chứa %(most)d hồ sơ: hãy lọc bớt, hoặc lấy tệp CSV."),
            most=MOST_ROWS,
        )
        flash(refused(refusal), "refusal")
        endpoint = str(request.endpoint).removesuffix("_as")
        return redirect(asking(url_for(endpoint)))
    return handed_out(handout, kind)


def _handout(
    name: str, told: Narrowing, rows: Iterator[ListedDossier], total: int, at: datetime
) -> Handout:
    return Handout(
        name=name,
        title=_("Hồ sơ"),
        headings=HEADINGS,
        widths=WIDTHS,
        rows=_cells(rows, at),
        told=told,
        counted=_("Số hồ sơ"),
        total=total,
        at=at,
    )


def _cells(rows: Iterator[ListedDossier], at: datetime) -> Iterator[tuple[CellValue, ...]]:
    held_by = holders(legal_date(at), viewer())
    for row in rows:
        is_to_check = row.state == State.SUBMITTED
        yield (
            row.code,
            row.applicant,
            row.procedure.name(language()),
            str(_(row.channel.word)),
            str(_(row.state.word)),
            "" if is_to_check else _due(row),
            _again(row),
            moment(row.due_at) if is_to_check else "",
            moment(row.beside.by) if row.beside and row.state == State.RECEIVED else "",
            moment(row.beside.by) if row.beside and row.state != State.RECEIVED else "",
            str(_(row.left.message, **row.left.values)) if row.left else "",
            held_by(row),
        )


def _due(row: ListedDossier) -> CellValue:
    if row.left and row.left.tone == Tone.HOLD:
        return str(_("chưa có hẹn"))
    return moment(row.due_at)


def _again(row: ListedDossier) -> str:
    """Return what the page says beside a date that was promised anew."""
    if row.is_late_apology:
        return str(_("đã hẹn lại, xin lỗi muộn"))
    return str(_("đã hẹn lại")) if row.is_reappointed else ""


def _narrowing(asked: Filter, at: datetime) -> Narrowing:
    """Return in words what a list is narrowed to."""
    fields = {one.id: one.name(language()) for one in catalogue.fields(legal_date(at))}
    said = {
        _("Tìm"): asked.text,
        _("Trạng thái"): asked.state and str(_(asked.state.word)),
        _("Kênh"): asked.channel and str(_(asked.channel.word)),
        _("Lĩnh vực"): asked.field_id and fields.get(asked.field_id, str(asked.field_id)),
        _("Hẹn trả"): asked.due_on and plain_day(asked.due_on),
        _("Hẹn lại"): asked.promised and str(_(asked.promised.word)),
        _("Chờ lấy"): asked.unclaimed and str(_(asked.unclaimed.word)),
    }
    return [(str(name), str(text)) for name, text in said.items() if text]


def _figure(figure: Figure) -> list[tuple[str, str]]:
    """Return in words which figure it is, of which period, and of which dossiers."""
    period = from_to(figure.period.first, figure.period.last)
    list_and_period = [(_("Danh sách"), str(_(FIGURES[figure.name]))), (_("Kỳ"), period)]
    return list_and_period + counted_alone(figure, request.args)

"""The lists of work and of hand-overs as files: the rows of the page, all of them, in its order."""

from typing import Final

from flask import abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.cells import CellValue
from onestop.base.clock import now
from onestop.base.filters import from_to
from onestop.base.gate import requires, viewer
from onestop.base.handouts import Handout, handed_out, moment
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Tree
from onestop.steps.actions import handing as acts
from onestop.steps.queries import handing, working
from onestop.steps.queries import others as done_for_others
from onestop.steps.queries.handing import Item, ListedHandover, Pending
from onestop.steps.queries.others import ForOthers
from onestop.steps.queries.working import Task
from onestop.steps.rules import HELD_BY_OFFICER, Stage
from onestop.steps.views.blueprint import blueprint
from onestop.steps.views.sides import giver_name, taker_name, taking_side
from onestop.steps.views.working import assigning, behind, others_asked, view_asked

WORK: Final = (
    N_("Mã hồ sơ"),
    N_("Người nộp"),
    N_("Tên thủ tục"),
    N_("Bước"),
    N_("Làm song song"),
    N_("Trạng thái"),
    N_("Hạn của bước"),
    N_("Còn lại"),
    N_("Hẹn trả"),
    N_("Đang giữ"),
    N_("Bị trả lại vì"),
    N_("Ý kiến"),
    N_("Chờ giao việc từ"),
    N_("Hạn giao việc"),
    N_("Chuyển tiếp trước"),
)
FOR_OTHERS: Final = (
    N_("Mã hồ sơ"),
    N_("Tên thủ tục"),
    N_("Nơi làm"),
    N_("Nơi nhận"),
    N_("Bắt đầu"),
    N_("Hạn của bước"),
    N_("Đã xong"),
    N_("Xếp loại"),
)
PENDING: Final = (
    N_("Mã hồ sơ"),
    N_("Người nộp"),
    N_("Nơi nhận bàn giao"),
    N_("Giao lúc"),
    N_("Hẹn trả"),
    N_("Không nhận được"),
)
LISTS: Final = (
    N_("Số"),
    N_("Bên giao"),
    N_("Người lập"),
    N_("Bên nhận"),
    N_("Lập lúc"),
    N_("Người nhận"),
    N_("Xác nhận lúc"),
)
ITEMS: Final = (
    N_("Số thứ tự"),
    N_("Mã hồ sơ"),
    N_("Người nộp"),
    N_("Tên thủ tục"),
    N_("Số giấy tờ"),
    N_("Hẹn trả"),
    N_("Không nhận được"),
)


@blueprint.get("/tasks.<kind>")
@requires(Permission.HAND_ON)
def work_as(kind: str) -> ResponseReturnValue:
    """Hand out a list of work as a workbook or a plain table."""
    staff, view, at = viewer(), view_asked(), now()
    late = behind(view, at)
    handout = Handout(
        name=f"tasks-{view}",
        title=_("Việc của tôi"),
        headings=WORK,
        widths=(23, 28, 60, 36, 16, 18, 17, 26, 17, 28, 40, 18, 17, 26, 17),
        rows=map(_work, working.whole(view, staff, at, late)),
        told=[(_("Việc của tôi"), _(view.word))],
        counted=_("Số việc"),
        total=working.counts(staff, at, late)[view],
        at=at,
    )
    return handed_out(handout, kind)


@blueprint.get("/tasks/others.<kind>")
@requires(Permission.HAND_ON)
def others_as(kind: str) -> ResponseReturnValue:
    """Hand out the steps done for other shops in a period."""
    staff, at = viewer(), now()
    form, period = others_asked(at)
    if form.errors:
        abort(404)
    tree = organisation.tree_with_past(legal_date(at))
    handout = Handout(
        name=f"tasks-others-{period.first:%Y%m%d}-{period.last:%Y%m%d}",
        title=_("Bước làm cho nơi khác"),
        headings=FOR_OTHERS,
        widths=(23, 60, 32, 32, 17, 17, 17, 16),
        rows=(_for_others(one, tree) for one in done_for_others.whole(staff, period, at)),
        told=[(_("Kỳ"), from_to(period.first, period.last))],
        counted=_("Số bước"),
        total=done_for_others.count(staff, period),
        at=at,
    )
    return handed_out(handout, kind)


@blueprint.get("/handovers/pending.<kind>")
@requires(Permission.READ_DOSSIERS)
def pending_as(kind: str) -> ResponseReturnValue:
    """Hand out what was handed over and stands on no list yet."""
    staff, at = viewer(), now()
    found = handing.pending(staff) if acts.may_list(staff) else []
    tree = organisation.tree_with_past(legal_date(at))
    handout = Handout(
        name="handovers-pending",
        title=_("Chưa có phiếu"),
        headings=PENDING,
        widths=(23, 28, 40, 17, 17, 40),
        rows=(_pending(one, tree) for one in found),
        told=[(_("Danh sách"), _("Đã bàn giao, chưa có phiếu"))],
        counted=_("Số hồ sơ"),
        total=len(found),
        at=at,
    )
    return handed_out(handout, kind)


@blueprint.get("/handovers.<kind>")
@requires(Permission.READ_DOSSIERS)
def lists_as(kind: str) -> ResponseReturnValue:
    """Hand out the lists that the own agency gave and took."""
    staff, at = viewer(), now()
    handout = Handout(
        name="handovers",
        title=_("Phiếu bàn giao"),
        headings=LISTS,
        widths=(12, 40, 28, 40, 17, 28, 17),
        rows=map(_list, handing.every_list(staff)),
        told=[(_("Danh sách"), _("Các phiếu đã lập"))],
        counted=_("Số phiếu"),
        total=handing.count_lists(staff),
        at=at,
    )
    return handed_out(handout, kind)


@blueprint.get("/handovers/<int:list_id>.<kind>")
@requires(Permission.READ_DOSSIERS)
def list_as(list_id: int, kind: str) -> ResponseReturnValue:
    """Hand out what stands on a hand-over list."""
    at = now()
    listed = handing.by_id(list_id, viewer()) or abort(404)
    items = handing.items(listed)
    handout = Handout(
        name=f"handover-{list_id}",
        title=_("Phiếu bàn giao"),
        headings=ITEMS,
        widths=(8, 23, 28, 60, 12, 17, 40),
        rows=map(_item, items),
        told=[
            (_("Phiếu bàn giao"), listed.code),
            (_("Bên giao"), giver_name(listed)),
            (_("Bên nhận"), taker_name(listed)),
        ],
        counted=_("Số hồ sơ"),
        total=len(items),
        at=at,
    )
    return handed_out(handout, kind)


def _work(row: Task) -> tuple[CellValue, ...]:
    assign = assigning(row)
    return (
        row.code,
        row.applicant,
        row.procedure.name(language()),
        _("bước %(seq)s: %(kind)s", seq=row.seq, kind=_(row.kind.word)) if row.kind else "",
        _("làm song song") if row.is_beside else "",
        _(row.stage.word),
        "" if row.is_held_up else moment(row.due_at),
        _(row.left.message, **row.left.values),
        moment(row.promised_at) if row.promised_at and not row.is_held_up else _("chưa có hẹn"),
        _holder(row),
        row.sent_back or "",
        _("có trả lời mới") if row.has_news else "",
        moment(row.came_at if assign else None),
        _(assign.message, **assign.values) if assign else "",
        moment(row.pass_on.by) if row.pass_on else "",
    )


def _holder(row: Task) -> str:
    if row.stage == Stage.AWAY:
        return _(row.kind.word) if row.kind else ""
    if row.person and row.stage in HELD_BY_OFFICER:
        return row.person
    return _name(row.place)


def _for_others(row: ForOthers, tree: Tree) -> tuple[CellValue, ...]:
    return (
        row.code,
        row.procedure.name(language()),
        _name(tree.by_id(row.agency_id or 0)),
        _name(tree.by_id(row.receiver_id)),
        moment(row.part.started_at),
        moment(None if row.part.is_held else row.part.due_at),
        moment(row.part.finished_at),
        _(row.standing.word) if row.standing else "",
    )


def _pending(one: Pending, tree: Tree) -> tuple[CellValue, ...]:
    return (
        one.dossier.code,
        one.dossier.applicant_name,
        taking_side(tree.by_id(one.step.agency_id or 0), viewer().agency_id),
        moment(one.given_at),
        moment(one.dossier.promised_at),
        one.missed or "",
    )


def _list(one: ListedHandover) -> tuple[CellValue, ...]:
    return (
        one.code,
        giver_name(one),
        one.made_by,
        taker_name(one),
        moment(one.row.made_at),
        one.confirmed_by or "",
        moment(one.row.confirmed_at) if one.row.confirmed_at else _("chờ bên nhận"),
    )


def _item(one: Item) -> tuple[CellValue, ...]:
    return (
        one.place,
        one.dossier.code,
        one.dossier.applicant_name,
        one.procedure,
        one.papers,
        moment(one.due_at),
        one.missed or "",
    )


def _name(node: Node | None) -> str:
    return node.name(language()) if node else ""

"""The lists of work as files: the rows of the page, all of them, in its order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask import abort, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.cells import Written
from onestop.base.clock import now
from onestop.base.filters import local, number, stamp
from onestop.base.gate import requires, viewer
from onestop.base.languages import chosen, language
from onestop.base.notes import note_taking
from onestop.base.permissions import Permission
from onestop.base.sheets import MIMETYPES, Sheet, made
from onestop.base.words import N_
from onestop.deadlines.rules.standing import Left
from onestop.steps.queries import working
from onestop.steps.queries.working import Row
from onestop.steps.rules import HELD_BY_OFFICER, Stage
from onestop.steps.views.blueprint import blueprint
from onestop.steps.views.working import view_asked

HEADINGS: Final = (
    N_("Mã hồ sơ"),
    N_("Người nộp"),
    N_("Thủ tục"),
    N_("Bước"),
    N_("Trạng thái"),
    N_("Hạn của bước"),
    N_("Còn lại"),
    N_("Hẹn trả"),
    N_("Đang giữ"),
)
WIDTHS: Final = (23, 28, 60, 36, 18, 17, 26, 17, 28)


@blueprint.get("/tasks.<kind>")
@requires(Permission.HAND_ON)
def work_as(kind: str) -> ResponseReturnValue:
    """Hand out a list of work as a workbook or a plain table."""
    staff, view, at = viewer(), view_asked(), now()
    if kind not in MIMETYPES:
        abort(404)
    total = working.counts(staff, at)[view]
    title = str(_("Việc của tôi"))
    about = (
        (_("Số liệu đến"), stamp(at)),
        (_("Bộ lọc"), ": ".join((title, str(_(view.word))))),
        (_("Số việc"), number(total)),
        (_("Người xuất"), f"{staff.name}, {staff.agency(language())}"),
    )
    note_taking(
        account_id=staff.account_id,
        what=str(request.endpoint),
        asked=request.args.to_dict(),
        kind=kind,
        dossiers=total,
        at=at,
    )
    headings = tuple(str(_(heading)) for heading in HEADINGS)
    rows = map(_cells, working.whole(view, staff, at))
    sheet = Sheet(title, headings, rows, about, _("Về tệp này"), WIDTHS)
    return send_file(
        made(sheet, kind),
        mimetype=MIMETYPES[kind],
        as_attachment=True,
        download_name=f"onestop-tasks-{view}-{local(at):%Y%m%d-%H%M}.{kind}",
    )


def _cells(row: Row) -> tuple[Written, ...]:
    return (
        row.code,
        row.applicant,
        row.procedure.name(language()),
        "; ".join(_step(row)),
        str(_(row.stage.word)),
        _moment(None if row.is_held_up else row.due_at),
        _left(row.left),
        _moment(None if row.is_held_up else row.promised_at),
        _holder(row),
    )


def _step(row: Row) -> Iterator[str]:
    if row.kind:
        yield str(_("bước %(seq)s: %(kind)s", seq=row.seq, kind=_(row.kind.word)))
    if row.is_beside:
        yield str(_("làm song song"))


def _moment(moment: datetime | None) -> Written:
    return local(moment).replace(tzinfo=None) if moment else ""


def _left(left: Left) -> str:
    said = chosen(left.message, left.values, language())
    return said % left.values if left.values else said


def _holder(row: Row) -> str:
    if row.stage == Stage.AWAY:
        return str(_(row.kind.word)) if row.kind else ""
    if row.person and row.stage in HELD_BY_OFFICER:
        return row.person
    return row.place.name(language()) if row.place else ""

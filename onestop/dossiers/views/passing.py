"""What one has passed to another agency, while it can still be taken back."""

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.cells import CellValue
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.handouts import Handout, handed_out, moment
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import transferring
from onestop.dossiers.queries import passing
from onestop.dossiers.queries.passing import Passed
from onestop.dossiers.views.blueprint import blueprint
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tree


@blueprint.get("/transfers")
@requires(Permission.TRANSFER)
def transfers() -> ResponseReturnValue:
    """Show what whoever asks passed on, with which the other agency has done nothing yet."""
    return render_template(
        "dossiers/transfers.html",
        passed=passing.passed_on(viewer()),
        tree=organisation.tree_with_past(legal_date(now())),
        address_as=lambda kind: url_for(".transfers_as", kind=kind),
    )


HEADINGS: Final = (
    N_("Mã hồ sơ"),
    N_("Tên thủ tục"),
    N_("Lý do"),
    N_("Chuyển đến"),
    N_("Lúc"),
)


@blueprint.get("/transfers.<kind>")
@requires(Permission.TRANSFER)
def transfers_as(kind: str) -> ResponseReturnValue:
    """Hand out what can still be taken back as a workbook or a plain table."""
    at, found = now(), passing.passed_on(viewer())
    tree = organisation.tree_with_past(legal_date(at))
    handout = Handout(
        name="transfers",
        title=_("Hồ sơ đã chuyển đi"),
        headings=HEADINGS,
        widths=(23, 60, 40, 40, 17),
        rows=(_cells(one, tree) for one in found),
        told=[(_("Danh sách"), _("Hồ sơ đã chuyển đi"))],
        counted=_("Số hồ sơ"),
        total=len(found),
        at=at,
    )
    return handed_out(handout, kind)


def _cells(one: Passed, tree: Tree) -> tuple[CellValue, ...]:
    agency = tree.by_code(one.to_agency)
    return (
        one.code,
        one.procedure.name(language()),
        one.reason or "",
        agency.name(language()) if agency else one.to_agency,
        moment(one.at),
    )


@blueprint.post("/transfers/<code>")
@requires(Permission.TRANSFER)
def take_back(code: str) -> ResponseReturnValue:
    """Take one of them back; it lies again where it lay, with its clock and all it had."""
    try:
        with transaction():
            transferring.take_back(code, by=viewer(), at=now())
        flash(_("Đã lấy lại hồ sơ %(code)s.", code=code))
    except Refusal as refusal:
        flash(refused(refusal), "refusal")
    return redirect(url_for("dossiers.transfers"))

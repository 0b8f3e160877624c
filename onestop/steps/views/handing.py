"""Hand-over lists, which both sides sign, and the control slip of a dossier."""

from itertools import chain
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.addresses import public_address
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.handouts import printed
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.base.words import N_
from onestop.dossiers.queries import reading
from onestop.dossiers.views.showing import looked_at
from onestop.letters.rules import Paper, printed_on
from onestop.letters.views import sheet_asked
from onestop.steps.actions import handing as acts
from onestop.steps.forms import TakeForm
from onestop.steps.queries import control_slips, handing
from onestop.steps.queries.handing import ListedHandover
from onestop.steps.views.blueprint import blueprint
from onestop.steps.views.sides import taking_side


@blueprint.get("/handovers")
@requires(Permission.READ_DOSSIERS)
def lists() -> ResponseReturnValue:
    """Show what was handed over and stands on no list yet, and the lists given and taken."""
    staff, at = viewer(), now()
    return render_template(
        "steps/lists.html",
        pending=handing.pending(staff) if acts.may_list(staff) else [],
        lists=handing.lists(staff),
        taker=lambda agency_id: taking_side(handing.place(agency_id, at), staff.agency_id),
        pending_as=lambda kind: url_for(".pending_as", kind=kind),
        lists_as=lambda kind: url_for(".lists_as", kind=kind),
        at=at,
    )


@blueprint.post("/handovers")
@requires(Permission.READ_DOSSIERS)
def make_list() -> ResponseReturnValue:
    """Ask before what was ticked is written on lists, one for each taker; then write them.

    Of what was just given in one go, only what lies within the system can stand on one.
    """
    given, staff = request.form.getlist("given"), viewer()
    codes = list(dict.fromkeys(given or request.form.getlist("code")))
    is_sure = request.form.get("sure") or not acts.may_list(staff)
    found = {} if is_sure else handing.by_taker(codes, staff)
    listed = list(dict.fromkeys(chain(*found.values())))
    if found and (given or set(listed) == set(codes)):  # else none can be made: it is said why
        at, left = now(), len(codes) - len(listed)
        takers = [
            (taking_side(handing.place(agency_id, at), staff.agency_id), own)
            for agency_id, own in found.items()
        ]
        return render_template("steps/list_ask.html", codes=listed, takers=takers, left=left)
    if given and not is_sure:
        flash(_(NONE_TO_LIST), "refusal")
        return redirect(url_for(".lists"))
    try:
        with transaction():
            made = acts.make_list(codes, by=staff, at=now())
    except Refusal as refusal:
        flash(refused(refusal), "refusal")
        return redirect(url_for(".lists"))
    flash(_("Đã lập %(count)s phiếu bàn giao.", count=len(made)))
    if len(made) == 1:
        return redirect(url_for(".show_list", list_id=made[0].id))
    return redirect(url_for(".lists"))


NONE_TO_LIST: Final = N_(
    "Không hồ sơ nào lập phiếu được: nơi nhận ở ngoài hệ thống, hoặc đã nằm trong phiếu khác."
)


@blueprint.get("/handovers/<int:list_id>")
@requires(Permission.READ_DOSSIERS)
def show_list(list_id: int) -> ResponseReturnValue:
    """Show a list to both its sides, to print and to confirm."""
    return _list(handing.by_id(list_id, viewer()) or abort(404), TakeForm())


@blueprint.get("/handovers/<int:list_id>.pdf")
@requires(Permission.READ_DOSSIERS)
def print_list(list_id: int) -> ResponseReturnValue:
    """Answer the print of a list, on A4."""
    listed = handing.by_id(list_id, viewer()) or abort(404)
    return printed(handing.list_print(listed), f"ban-giao-{list_id}")


@blueprint.post("/handovers/<int:list_id>/confirm")
@requires(Permission.READ_DOSSIERS)
def confirm_list(list_id: int) -> ResponseReturnValue:
    """Confirm that what stands on a list was received, all of it or all but what is ticked."""
    listed, form = handing.by_id(list_id, viewer()) or abort(404), TakeForm()
    if form.validate_on_submit():
        missed = form.codes()
        try:
            with transaction():
                acts.confirm(list_id, missed=missed, reason=form.reason.data, by=viewer(), at=now())
            flash(
                _("Đã xác nhận; %(count)s hồ sơ không nhận được trở lại bên giao.",
                  count=len(missed))
                if missed
                else _("Đã xác nhận nhận đủ hồ sơ theo phiếu.")
            )  # fmt: skip
            return redirect(url_for(".show_list", list_id=list_id))
        except Refusal as refusal:
            form.blame(refusal)
    return _list(listed, form), form.status


@blueprint.post("/dossiers/<code>/control-slip")
@requires(Permission.PRINT_PAPERS)
def control_slip(code: str) -> ResponseReturnValue:
    """Give the control slip of a dossier its number or note a reprint, and go on to the print."""
    sheet = sheet_asked()
    try:
        with transaction():
            dossier = reading.for_change(code, viewer()) or abort(404)
            acts.print_slip(dossier, by=viewer(), at=now())
    except Refusal as refusal:
        abort(409, refused(refusal))
    return redirect(url_for(".print_slip", code=code, sheet=sheet), 303)


@blueprint.get("/dossiers/<code>/control-slip.pdf")
@requires(Permission.READ_DOSSIERS)
def print_slip(code: str) -> ResponseReturnValue:
    """Answer the print of a control slip that has a number, on A5 or A4."""
    at = now()
    dossier = looked_at(code, at)
    slip = control_slips.of(dossier) or abort(404)
    made = control_slips.printed(
        slip,
        dossier,
        address=public_address("portal.status"),
        at=at,
        sheet=printed_on(Paper.CONTROL_SLIP, sheet_asked()),
    )
    return printed(made, f"{code}-control_slip")


def _list(listed: ListedHandover, form: TakeForm) -> str:
    return render_template(
        "steps/list.html",
        form=form,
        listed=listed,
        items=handing.items(listed),
        may_confirm=acts.may_confirm(listed.row, viewer()),
        address_as=lambda kind: url_for(".list_as", list_id=listed.row.id, kind=kind),
    )

"""What one has passed to another agency, while it can still be taken back."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.forms import say
from onestop.base.gate import requires, viewer
from onestop.base.permissions import Permission
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import transferring
from onestop.dossiers.queries import passing
from onestop.dossiers.views.blueprint import blueprint
from onestop.organisation import queries as organisation


@blueprint.get("/transfers")
@requires(Permission.TRANSFER)
def transfers() -> ResponseReturnValue:
    """Show what whoever asks passed on, with which the other agency has done nothing yet."""
    return render_template(
        "dossiers/transfers.html",
        passed=passing.passed_on(viewer()),
        tree=organisation.tree_with_past(legal_date(now())),
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
        flash(say(refusal), "message")
    return redirect(url_for("dossiers.transfers"))

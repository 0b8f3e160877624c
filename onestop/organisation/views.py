"""The tree of agencies, as it stood on a date."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from onestop.base.clock import now
from onestop.base.gate import requires
from onestop.base.moments import local
from onestop.base.permissions import Permission
from onestop.organisation import queries
from onestop.organisation.forms import AgenciesForm

blueprint = Blueprint("organisation", __name__, template_folder="templates")


@blueprint.get("/admin/agencies")
@requires(Permission.MANAGE_ORGANISATION)
def agencies() -> ResponseReturnValue:
    """Show the agencies of a date, today if none is asked for."""
    form = AgenciesForm(request.args)
    form.validate()
    on = form.on.data = form.on.data or local(now()).date()
    page = {
        "form": form,
        "on": on,
        "agencies": list(queries.tree(on).walk()),
        "ever": queries.tree_with_past(date.max),
    }
    return render_template("organisation/agencies.html", **page), form.status

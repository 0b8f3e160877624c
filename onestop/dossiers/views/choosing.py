"""Many dossiers at once: chosen in a list of the desk, asked about, done, and told one by one."""

from datetime import datetime
from itertools import islice

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from onestop.base.addresses import asking
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.dossiers.actions import many
from onestop.dossiers.forms.acts import ManyForm
from onestop.dossiers.queries import desks, lists, reading
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.rules.states import Verb
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.listing import narrowed, sort_asked, view_asked


@blueprint.post("/desk/many")
@requires(Permission.READ_DOSSIERS)
def act_on_many() -> ResponseReturnValue:
    """Ask before one verb is done to many dossiers, then do it and tell of each that was left."""
    verb = next((one for one in many.ACTS if one.value == request.form.get("verb")), None)
    view = view_asked()
    if verb is None:
        abort(404)
    form, at, codes = ManyForm(), now(), list[str]()
    back = asking(url_for("dossiers.desk"))
    try:
        codes = _all(view, at) if form.everything.data else form.codes()
        many.check(len(codes))
        if form.validate() and form.sure.data:
            taker = many.Taker(form.taken_by.data, form.id_document.data)
            with transaction():
                done = many.do(verb, codes, taker=taker, by=viewer(), at=now())
            return render_template("dossiers/many_done.html", verb=verb, done=done, back=back)
    except Refusal as refusal:
        if refusal.field is None:
            flash(refused(refusal), "refusal")
            return redirect(back)
        form.blame(refusal)
    unpaid = reading.count_unpaid(codes, viewer()) if verb == Verb.RESOLVE else 0
    page = {"verb": verb, "codes": codes, "form": form, "back": back, "unpaid": unpaid}
    return render_template("dossiers/many.html", **page), form.status


@blueprint.post("/desk/print")
@requires(Permission.PRINT_PAPERS)
def print_many() -> ResponseReturnValue:
    """Ask which paper of many dossiers is to be printed, before any is issued."""
    view = view_asked()
    form = ManyForm()
    back = asking(url_for("dossiers.desk"))
    codes = _all(view, now()) if form.everything.data else form.codes()
    try:
        many.check(len(codes), most=many.MOST_PRINTED)
    except Refusal as refusal:
        flash(refused(refusal), "refusal")
        return redirect(back)
    return render_template("dossiers/many_print.html", codes=codes, form=form, back=back)


def _all(view: DeskList, at: datetime) -> list[str]:
    """Return the codes of the whole list, one more than can be done where there are more."""
    condition = desks.condition_of(view, at)
    rows = lists.every(condition, narrowed(), viewer(), at, sort=sort_asked())
    return [row.code for row in islice(rows, many.MOST + 1)]

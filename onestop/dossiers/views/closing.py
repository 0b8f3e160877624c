"""Offices closed by an order: the orders there are, one to enter, and their end."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import closing as actions
from onestop.dossiers.forms.closures import ClosureForm, OpeningForm
from onestop.dossiers.queries import closed, closing, orders
from onestop.dossiers.queries.closing import Held
from onestop.dossiers.views.blueprint import blueprint
from onestop.organisation import queries as organisation

MOST_SHOWN: Final = 100


@blueprint.route("/admin/closures", methods=["GET", "POST"])
@requires(Permission.CLOSE_OFFICES)
def closures() -> ResponseReturnValue:
    """Show the orders that closed offices, and enter one after showing which dates it holds."""
    at, form, held = now(), ClosureForm(), None
    ids = _ids(at)
    tree = organisation.tree_with_past(legal_date(at))
    form.agencies.choices = [
        (node.code, node.name(language())) for _, node in tree.walk() if node.code in ids
    ]
    again = number(request.args.get("again"))
    if not form.is_submitted() and again and (found := orders.by_id(again, viewer())):
        form.show(closed.as_closure(found), ids)
    if form.validate_on_submit():
        try:
            closure = orders.with_taken_over(form.to_closure(ids))
            orders.check(closure, at)
            held = closing.foreseen(closure, at)
            if form.seen.data == closing.seal(held):
                with transaction():
                    made = actions.close(closure, by=viewer(), at=at)
                _say(made.told)
                return redirect(url_for("dossiers.closures"))
        except Refusal as refusal:
            form.blame(refusal)
            held = None
    return (
        render_template(
            "dossiers/closures.html",
            form=form,
            orders=closing.recorded(viewer()),
            tree=tree,
            **_shown(form, held),
        ),
        form.status,
    )


@blueprint.route("/admin/closures/<int:closure_id>", methods=["GET", "POST"])
@requires(Permission.CLOSE_OFFICES)
def open_again(closure_id: int) -> ResponseReturnValue:
    """Enter that offices are open again, after showing the dates that are counted anew."""
    at, form, held = now(), OpeningForm(), None
    closure = orders.by_id(closure_id, viewer()) or abort(404)
    if form.validate_on_submit():
        try:
            ends_at = form.to_end()
            orders.check_opening(closure, ends_at, at)
            held = closing.foreseen_opening(closure.order_number, ends_at)
            if form.seen.data == closing.seal(held):
                with transaction():
                    order = closure.order_number
                    opened = actions.reopen(order, ends_at=ends_at, by=viewer(), at=at)
                _say(opened.told)
                return redirect(url_for("dossiers.closures"))
        except Refusal as refusal:
            form.blame(refusal)
            held = None
    return (
        render_template(
            "dossiers/open_again.html",
            form=form,
            closure=closure,
            tree=organisation.tree_with_past(legal_date(at)),
            **_shown(form, held),
        ),
        form.status,
    )


def _say(told: Iterable[tuple[str, int]]) -> None:
    flash(" ".join(_(said, count=count) for said, count in told))


def _ids(at: datetime) -> Mapping[str, int]:
    """Return the agencies of today that lie below whoever asks, by code."""
    nodes = organisation.tree(legal_date(at)).nodes
    return {node.code: node.id for node in nodes if node.id in viewer().subtree}


def _shown(form: ClosureForm | OpeningForm, held: list[Held] | None) -> dict[str, object]:
    """Return what the writer is shown before he says yes; the mark of it goes with his answer."""
    form.seen.data = closing.seal(held) if held is not None else ""
    return {
        "held": held and held[:MOST_SHOWN],
        "total": closing.count_held(held) if held is not None else None,
        "beside": closing.count_beside(held or ()),
        "left_out": max(0, len(held or ()) - MOST_SHOWN),
    }

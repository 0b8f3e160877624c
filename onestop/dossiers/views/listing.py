"""The list of exactly the dossiers behind a figure, and the search over all of them."""

from datetime import date, datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from onestop.base.clock import now
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.permissions import Permission
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel
from onestop.deadlines.rules import legal_date
from onestop.dossiers.queries import figures, lists
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.dossiers.queries.lists import Filter
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.showing import address_of_page, page_number
from onestop.organisation import queries as organisation
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period


@blueprint.get("/dossiers")
@requires(Permission.READ_DOSSIERS)
def index() -> ResponseReturnValue:
    """Show the dossiers behind a figure, or those that a search finds."""
    at = now()
    name = request.args.get("figure")
    figure = None
    if name is not None:
        figure = _figure(name, at)
        condition = figures.condition(figure)
    else:
        condition = lists.matching(request.args.get("q", "")[:200])
    narrowed = Filter(text=request.args.get("q", "")[:200]) if name else Filter()
    page = lists.page(condition, narrowed, viewer(), at, number=page_number(), newest_first=True)
    return render_template(
        "dossiers/index.html",
        page=page,
        figure=figure,
        figures=FIGURES,
        tree=organisation.tree(legal_date(at)),
        address=address_of_page,
        at=at,
    )


def _figure(name: str, at: datetime) -> Figure:
    if name not in FIGURES:
        abort(404)
    try:
        period = Period(_day("from"), _day("to"))
    except (Refusal, ValueError):
        abort(404)
    tree = organisation.tree(period.last)
    agencies = set(viewer().subtree)
    if code := request.args.get("agency"):
        node = tree.by_code(code) or abort(404)
        agencies &= tree.below(node.id)
    if code := request.args.get("desk"):
        desk = tree.by_code(code) or abort(404)
        agencies &= {desk.id}
    if tier := request.args.get("tier"):
        agencies &= {node.id for node in tree.nodes if node.tier.value == tier}
    return Figure(
        name,
        period,
        Asked(
            agency_ids=agencies,
            levels=_level(),
            channels=_channel(),
            procedure_ids=_procedures(),
        ),
        at,
    )


def _day(name: str) -> date:
    return date.fromisoformat(request.args.get(name, ""))


def _level() -> set[int] | None:
    asked = request.args.get("level", "")
    return {int(asked)} if asked.isdigit() else None


def _channel() -> set[Channel] | None:
    asked = request.args.get("channel")
    return {one for one in Channel if one.value == asked} if asked else None


def _procedures() -> set[int] | None:
    procedure, field = request.args.get("procedure"), request.args.get("field")
    if not procedure and not field:
        return None
    return {
        versions[-1].id
        for code, versions in catalogue.snapshot().versions.items()
        if (not procedure or code == procedure) and (not field or versions[-1].field.code == field)
    }

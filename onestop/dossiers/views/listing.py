"""The lists: the desk, the register, and exactly the dossiers behind a figure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.asked import day, number
from onestop.base.clock import now
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules import legal_date
from onestop.dossiers.queries import figures, lists
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.dossiers.queries.lists import VIEWS, Filter, Sort
from onestop.dossiers.rules.ahead import Ahead, ahead, until
from onestop.dossiers.rules.states import State
from onestop.dossiers.views.blueprint import blueprint
from onestop.organisation import queries as organisation
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period


@blueprint.get("/desk")
@requires(Permission.READ_DOSSIERS)
def desk() -> ResponseReturnValue:
    """Show what waits on the desk, the most urgent first."""
    name = request.args.get("view", "mine")
    if name not in VIEWS:
        abort(404)
    at, staff, asked = now(), viewer(), narrowed()
    condition = lists.view_condition(name, at)
    page = lists.page(condition, asked, staff, at, number=page_number(), sort=sort_asked())
    is_whole = name == "mine" and asked == Filter() and page.number == 1
    return render_template(
        "dossiers/desk.html",
        title=_title(staff),
        views=_views(name, lists.counts(staff, at)),
        empty=EMPTY[name] if asked == Filter() else NOTHING_FITS,
        sorts=Sort,
        sort=sort_asked(),
        page=page,
        ahead=_ahead(staff, at) if is_whole else None,
        at=at,
        **filter_choices(at),
    )


@blueprint.get("/dossiers")
@requires(Permission.READ_DOSSIERS)
def index() -> ResponseReturnValue:
    """Show the dossiers behind a figure, or those that a search finds."""
    at = now()
    name = request.args.get("figure")
    figure = None if name is None else _figure(name, at)
    # The parts of a figure's address have its own meaning; only the words narrow it further.
    asked = narrowed() if figure is None else Filter(text=narrowed().text)
    condition = lists.matching("") if figure is None else figures.condition(figure)
    page = lists.page(condition, asked, viewer(), at, number=page_number(), sort=Sort.RECEIVED)
    return render_template(
        "dossiers/index.html",
        page=page,
        figure=figure,
        figures=FIGURES,
        kept=[pair for pair in request.args.items() if pair[0] not in {"q", "page"}],
        at=at,
        **filter_choices(at),
    )


def narrowed() -> Filter:
    """Return the filter that the address asks for; what makes no sense is left out."""
    asked = request.args
    state = next((one for one in State if one.value == asked.get("state")), None)
    channel = next((one for one in Channel if one.value == asked.get("channel")), None)
    return Filter(
        text=asked.get("q", "")[:200].strip(),
        state=state,
        channel=channel,
        field_id=number(asked.get("field")),
        due_on=day(asked.get("due")),
    )


def sort_asked() -> Sort:
    """Return the order that the address asks for, the most urgent first by default."""
    return next((one for one in Sort if one.value == request.args.get("sort")), Sort.DUE)


def page_number() -> int:
    """Return the page that the address asks for."""
    return page_asked(request.args.get("page", ""))


def address_of_page(number: int) -> str:
    """Return the address of another page of the same list."""
    return address(page=number)


def address(**changes: object) -> str:
    """Return the address of the same list asked for otherwise; None leaves a part out."""
    asked: dict[str, Any] = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in asked.items() if value not in {None, ""}}
    return url_for(str(request.endpoint), **kept)


def filter_choices(at: datetime) -> dict[str, Any]:
    """Return what a list can be narrowed to, and to what it is."""
    staff = viewer()
    tree = organisation.tree(legal_date(at))
    tiers = {node.tier for node in tree.nodes if node.id in staff.subtree}
    above = tree.line(staff.agency_id)
    tiers |= {node.tier for node in above}
    return {
        "states": State,
        "channels": Channel,
        "fields": [one for one in catalogue.fields(legal_date(at)) if one.tier in tiers],
        "tree": tree,
        "narrowed": narrowed(),
        "address": address,
        "address_of_page": address_of_page,
    }


def _title(staff: Staff) -> str:
    if staff.may(Permission.RECEIVE):
        return N_("Bàn làm việc")
    return N_("Việc của tôi") if staff.may(Permission.RESOLVE) else N_("Hồ sơ đang giải quyết")


@dataclass(frozen=True)
class View:
    """A list of the desk, as an entry of its row of lists."""

    href: str
    label: str
    count: int
    current: bool
    is_late: bool


def _views(current: str, counts: dict[str, int]) -> list[View]:
    return [
        View(
            url_for("dossiers.desk", view=name),
            _(word) if name != "mine" or viewer().may(Permission.RECEIVE) else _("Tất cả"),
            counts[name],
            current=name == current,
            is_late=name == "overdue" and counts[name] > 0,
        )
        for name, word in VIEWS.items()
    ]


def _ahead(staff: Staff, at: datetime) -> Ahead:
    today, calendar = legal_date(at), deadlines.calendar()
    due = lists.due_ahead(staff, today, until(today, calendar))
    return ahead(due, today, calendar)


@dataclass(frozen=True)
class Empty:
    """What a list says that has nothing in it, and where to go on."""

    title: str
    link: str
    view: str = "mine"


WHOLE_DESK: Final = N_("Xem cả bàn làm việc")
EMPTY: Final = {
    "mine": Empty(N_("Bàn làm việc đang trống"), N_("Xem hồ sơ trực tuyến mới"), "new_online"),
    "new_online": Empty(N_("Không có hồ sơ trực tuyến mới"), WHOLE_DESK),
    "due_today": Empty(N_("Hôm nay không có hồ sơ nào đến hạn"), WHOLE_DESK),
    "overdue": Empty(
        N_("Không có hồ sơ nào quá hạn"), N_("Xem hồ sơ đến hạn hôm nay"), "due_today"
    ),
    "awaiting": Empty(N_("Không có hồ sơ nào chờ bổ sung"), WHOLE_DESK),
    "ready": Empty(N_("Không có kết quả nào chờ trả"), WHOLE_DESK),
}
NOTHING_FITS: Final = Empty(N_("Không có hồ sơ nào khớp bộ lọc"), WHOLE_DESK)


def _figure(name: str, at: datetime) -> Figure:
    if name not in FIGURES:
        abort(404)
    try:
        period = Period(_date("from"), _date("to"))
    except (Refusal, ValueError):
        abort(404)
    tree = organisation.tree_with_past(period.last)
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
            procedure_ids=_procedures(period.last),
        ),
        at,
    )


def _date(name: str) -> date:
    return date.fromisoformat(request.args.get(name, ""))


def _level() -> set[int] | None:
    asked = number(request.args.get("level"))
    return None if asked is None else {asked}


def _channel() -> set[Channel] | None:
    asked = request.args.get("channel")
    return {one for one in Channel if one.value == asked} if asked else None


def _procedures(on: date) -> set[int] | None:
    procedure, field = request.args.get("procedure"), request.args.get("field")
    if not procedure and not field:
        return None
    whole = catalogue.snapshot()
    as_they_were = (whole.as_of(code, on) for code in whole.versions)
    return {
        one.id
        for one in as_they_were
        if (not procedure or one.code == procedure) and (not field or one.field.code == field)
    }

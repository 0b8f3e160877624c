"""The lists: the desk, the register, and exactly the dossiers behind a figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from onestop.base.addresses import asking
from onestop.base.asked import day, known_or_none, number
from onestop.base.clock import now
from onestop.base.gate import requires, viewer
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.pills import Pill
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Unclaimed
from onestop.dossiers.queries import applicants, desks, figures, lists, searching
from onestop.dossiers.queries.applicants import Person
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.figures import FIGURES
from onestop.dossiers.queries.lists import Filter, ListedDossier, Sort
from onestop.dossiers.rules.ahead import Ahead, ahead, until
from onestop.dossiers.rules.apologies import Promised
from onestop.dossiers.rules.states import Holder, State, Verb
from onestop.dossiers.views.behind import counted_alone, figure_asked, rates_asked
from onestop.dossiers.views.blueprint import blueprint
from onestop.organisation import queries as organisation


@blueprint.get("/desk")
@requires(Permission.READ_DOSSIERS)
def desk() -> ResponseReturnValue:
    """Show what waits on the desk, the most urgent first."""
    view, at, staff, asked, sort = view_asked(), now(), viewer(), narrowed(), sort_asked()
    counts = desks.counts(staff, at)
    page = desks.page(view, asked, staff, at, number=page_number(), sort=sort, whole=counts[view])
    is_whole = view == DeskList.MINE and asked == Filter() and page.number == 1
    return render_template(
        "dossiers/desk.html",
        title=_title(staff),
        pills=_pills(view, counts, staff),
        empty=EMPTY[view] if asked == Filter() else NOTHING_FITS,
        sorts=Sort,
        sort=sort,
        page=page,
        many=_many(staff),
        ahead=_ahead(staff, at) if is_whole else None,
        at=at,
        **filter_choices(at, asked),
    )


@blueprint.get("/dossiers")
@requires(Permission.READ_DOSSIERS)
def index() -> ResponseReturnValue:
    """Show the dossiers behind a figure, or those that a search finds."""
    at = now()
    name = request.args.get("figure")
    figure = None if name is None else figure_asked(name, at)
    # The parts of a figure's address have its own meaning; only the words narrow it further.
    asked = narrowed() if figure is None else Filter(text=words_asked())
    person = person_asked()
    condition = figures.condition(figure) if figure else searching.matching("")
    condition = person.condition if person else condition
    page = lists.page(condition, asked, viewer(), at, number=page_number(), sort=Sort.RECEIVED)
    return render_template(
        "dossiers/index.html",
        page=page,
        figure=figure,
        figures=FIGURES,
        counted_alone=counted_alone(figure, request.args) if figure else [],
        rates_asked=rates_asked(),
        person=person,
        kept=[pair for pair in request.args.items() if pair[0] not in {"q", "page"}],
        at=at,
        **filter_choices(at, asked),
    )


def person_asked() -> Person | None:
    """Return the applicant of the dossier that the address names, whom nobody's address tells."""
    code = request.args.get("of")
    return None if code is None else applicants.person(code, viewer()) or abort(404)


def narrowed() -> Filter:
    """Return the filter that the address asks for, or answer 404 to one that there is not.

    A list that left it out would pass for the narrowed one.
    """
    # A plain dictionary: werkzeug's own raises and catches an error for each key that is missing.
    asked = request.args.to_dict()
    unclaimed = known_or_none(asked.get("unclaimed"), Unclaimed.known)
    return Filter(
        text=words_asked(),
        state=known_or_none(asked.get("state"), State.known),
        channel=known_or_none(asked.get("channel"), Channel.known),
        field_id=known_or_none(asked.get("field"), _field),
        due_on=known_or_none(asked.get("due"), day),
        promised=known_or_none(asked.get("promised"), Promised.known),
        unclaimed=unclaimed,
        today=legal_date(now()) if unclaimed else None,
    )


def _field(text: str) -> int | None:
    found = number(text)
    return None if found is None else catalogue.known_field(found)


def words_asked() -> str:
    """Return the words that the address searches for."""
    return request.args.get("q", "")[:200].strip()


def view_asked() -> DeskList:
    """Return the list of the desk that the address asks for, the whole of it by default."""
    return known_or_none(request.args.get("view"), DeskList.known) or DeskList.MINE


def sort_asked() -> Sort:
    """Return the order that the address asks for, the most urgent first by default."""
    return known_or_none(request.args.get("sort"), Sort.known) or Sort.DUE


def page_number() -> int:
    """Return the page that the address asks for."""
    return page_asked(request.args.get("page", ""))


def address_of_page(number: int) -> str:
    """Return the address of another page of the same list."""
    return address(page=number)


def address(**changes: object) -> str:
    """Return the address of the same list asked for otherwise; None leaves a part out."""
    return asking(url_for(str(request.endpoint)), **changes)


def address_as(kind: str) -> str:
    """Return the address of the whole of this list as a file of `kind`."""
    return asking(url_for(f"{request.endpoint}_as", kind=kind), page=None)


def filter_choices(at: datetime, asked: Filter) -> dict[str, Any]:
    """Return what a list can be narrowed to, and to what it is."""
    staff = viewer()
    today = legal_date(at)
    whole = organisation.tree_with_past(today).nodes
    tiers = {node.tier for node in whole if node.id in staff.reached}
    tiers |= {node.tier for node in organisation.tree(today).line(staff.agency_id)}
    is_of_results = request.args.get("view") == DeskList.READY.value
    return {
        "states": State,
        "channels": Channel,
        "promises": Promised,
        "unclaimed": Unclaimed if asked.unclaimed or is_of_results else (),
        "fields": tuple(one for one in catalogue.fields(today) if one.tier in tiers),
        "held_by": holders(today, staff),
        "narrowed": asked,
        "address": address,
        "address_of_page": address_of_page,
        "address_as": address_as,
    }


def holders(today: date, staff: Staff) -> Callable[[ListedDossier], str]:
    """Return what says with whom a dossier lies; of the rows of a page most lie with the same."""
    known: dict[tuple[Any, ...], str] = {}

    def said(row: ListedDossier) -> str:
        desk = organisation.keeper(row.agency_id, today)
        handler = organisation.keeper(row.handling_agency_id, today)
        if row.holder is None:
            return "–"
        if row.holder == Holder.HANDLER and handler:
            return handler.name(language())
        if row.holder == Holder.DESK and desk and desk.id != staff.agency_id:
            return _("quầy %(place)s", place=desk.within(language()))
        return _(row.holder.word)

    def held_by(row: ListedDossier) -> str:
        key = (row.holder, row.agency_id, row.handling_agency_id)
        if key not in known:
            known[key] = said(row)
        return known[key]

    return held_by


def _many(staff: Staff) -> list[Verb]:
    """Return what the post of a member of staff lets be done to many at once."""
    needed = {
        Verb.HAND_OVER: Permission.HAND_OVER,
        Verb.RESOLVE: Permission.RESOLVE,
        Verb.RETURN: Permission.RETURN_RESULT,
    }
    return [verb for verb, permission in needed.items() if staff.may(permission)]


def _title(staff: Staff) -> str:
    if staff.may(Permission.RECEIVE):
        return N_("Bàn làm việc")
    return N_("Hồ sơ đang giải quyết")


def _pills(current: DeskList, counts: Mapping[DeskList, int], staff: Staff) -> list[Pill]:
    whole = {} if staff.may(Permission.RECEIVE) else {DeskList.MINE: N_("Tất cả")}
    # A view's name needs no quoting, and an address takes its time to be built.
    desk = url_for("dossiers.desk")
    return [
        Pill(
            f"{desk}?view={one}",
            _(whole.get(one, one.word)),
            counts[one],
            current=one == current,
            is_late=one == DeskList.OVERDUE and counts[one] > 0,
        )
        for one in DeskList
    ]


def _ahead(staff: Staff, at: datetime) -> Ahead:
    today, calendar = legal_date(at), deadlines.calendar()
    due = desks.due_ahead(staff, today, until(today, calendar))
    return ahead(due, today, calendar)


@dataclass(frozen=True)
class Empty:
    """What a list says that has nothing in it, and where to go on."""

    title: str
    link: str
    view: DeskList = DeskList.MINE


WHOLE_DESK: Final = N_("Xem cả bàn làm việc")
EMPTY: Final = {
    DeskList.MINE: Empty(
        N_("Bàn làm việc đang trống"), N_("Xem hồ sơ trực tuyến mới"), DeskList.NEW_ONLINE
    ),
    DeskList.RECEIVED: Empty(N_("Không có hồ sơ nào chưa bàn giao"), WHOLE_DESK),
    DeskList.NEW_ONLINE: Empty(N_("Không có hồ sơ trực tuyến mới"), WHOLE_DESK),
    DeskList.DUE_TODAY: Empty(N_("Hôm nay không có hồ sơ nào đến hạn"), WHOLE_DESK),
    DeskList.DUE_SOON: Empty(N_("Hai ngày làm việc tới không có hồ sơ nào đến hạn"), WHOLE_DESK),
    DeskList.OVERDUE: Empty(
        N_("Không có hồ sơ nào quá hạn"), N_("Xem hồ sơ đến hạn hôm nay"), DeskList.DUE_TODAY
    ),
    DeskList.AWAITING: Empty(N_("Không có hồ sơ nào chờ bổ sung"), WHOLE_DESK),
    DeskList.READY: Empty(N_("Không có kết quả nào chờ trả"), WHOLE_DESK),
}
NOTHING_FITS: Final = Empty(N_("Không có hồ sơ nào khớp bộ lọc"), WHOLE_DESK)

"""How long people waited, the numbers behind it, and both as files."""

from collections.abc import Iterator, Mapping
from typing import Final

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.addresses import asking
from onestop.base.asked import known_or_none
from onestop.base.cells import CellValue
from onestop.base.clock import now
from onestop.base.filters import from_to
from onestop.base.gate import requires, viewer
from onestop.base.handouts import Handout, Narrowing, handed_out, moment
from onestop.base.languages import language
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Tree
from onestop.queue import queries
from onestop.queue.models import Ticket
from onestop.queue.rules import Counted, Waits
from onestop.queue.views.blueprint import blueprint
from onestop.tallies.forms import PeriodForm
from onestop.tallies.rules import Period, month_until

WAITS: Final = (
    N_("Bàn"),
    N_("Số đã cấp"),
    N_("Đã gọi"),
    N_("Vắng mặt"),
    N_("Một nửa chờ không quá (phút)"),
    N_("Chín phần mười chờ không quá (phút)"),
    N_("Lâu nhất (phút)"),
)
TICKETS: Final = (
    N_("Ngày"),
    N_("Bàn"),
    N_("Số"),
    N_("Lấy lúc"),
    N_("Gọi lúc"),
    N_("Quầy"),
    N_("Tình trạng"),
)


@blueprint.get("/queue/waits")
@requires(Permission.READ_RATES)
def waits() -> ResponseReturnValue:
    """Show how long people waited at each desk in a period."""
    form, period = _asked()
    return (
        render_template(
            "queue/waits.html",
            form=form,
            period=period,
            told=queries.waits_by_desk(viewer().subtree, period),
            tree=organisation.tree_with_past(period.last),
            address_as=lambda kind: asking(url_for(".waits_as", kind=kind)),
        ),
        form.status,
    )


@blueprint.get("/queue/waits.<kind>")
@requires(Permission.READ_RATES)
def waits_as(kind: str) -> ResponseReturnValue:
    """Hand out the waiting times of each desk as a workbook or a plain table."""
    form, period = _asked()
    if form.errors:
        abort(404)
    told = queries.waits_by_desk(viewer().subtree, period)
    handout = Handout(
        name=f"waits-{period.first:%Y%m%d}-{period.last:%Y%m%d}",
        title=_("Thời gian chờ"),
        headings=WAITS,
        widths=(40, 12, 12, 12, 16, 16, 16),
        rows=_waits(told, organisation.tree_with_past(period.last)),
        told=_narrowed(period),
        counted=_("Tổng số đã cấp"),
        total=told[None].taken,
        at=now(),
    )
    return handed_out(handout, kind)


@blueprint.get("/queue/tickets")
@requires(Permission.READ_RATES)
def tickets() -> ResponseReturnValue:
    """Show the numbers behind the waiting times of a period."""
    form, period = _asked()
    tree = organisation.tree_with_past(period.last)
    desk = _desk(tree)
    number = page_asked(request.args.get("page", ""))
    return (
        render_template(
            "queue/tickets.html",
            form=form,
            period=period,
            page=queries.tickets(_agencies(desk), period, only := _only(), page=number),
            only=only,
            every=asking(url_for(".tickets"), only=None, page=None),
            tree=tree,
            address=lambda page: asking(url_for(".tickets"), page=page),
            address_as=lambda kind: asking(url_for(".tickets_as", kind=kind), page=None),
        ),
        form.status,
    )


@blueprint.get("/queue/tickets.<kind>")
@requires(Permission.READ_RATES)
def tickets_as(kind: str) -> ResponseReturnValue:
    """Hand out the numbers behind the waiting times, all of them."""
    form, period = _asked()
    if form.errors:
        abort(404)
    tree = organisation.tree_with_past(period.last)
    desk = _desk(tree)
    agencies, only = _agencies(desk), _only()
    handout = Handout(
        name=f"tickets-{period.first:%Y%m%d}-{period.last:%Y%m%d}",
        title=_("Các số đã cấp"),
        headings=TICKETS,
        widths=(12, 40, 8, 17, 17, 16, 14),
        rows=(_ticket(one, tree) for one in queries.every_ticket(agencies, period, only)),
        told=_narrowed(period, desk, only),
        counted=_("Số đã cấp"),
        total=queries.count_tickets(agencies, period, only),
        at=now(),
    )
    return handed_out(handout, kind)


def _asked() -> tuple[PeriodForm, Period]:
    form = PeriodForm(request.args)
    return form, form.settle(month_until(legal_date(now())))


def _desk(tree: Tree) -> Node | None:
    code = request.args.get("desk")
    return (tree.by_code(code) or abort(404)) if code else None


def _agencies(desk: Node | None) -> frozenset[int]:
    reach = viewer().subtree
    return reach & {desk.id} if desk else reach


def _only() -> Counted | None:
    return known_or_none(request.args.get("only"), Counted.known)


def _narrowed(period: Period, desk: Node | None = None, only: Counted | None = None) -> Narrowing:
    told = [(_("Kỳ"), from_to(period.first, period.last))]
    told += [(_("Bàn"), desk.name(language()))] if desk else []
    return [*told, (_("Tình trạng"), _(only.word))] if only else told


def _waits(told: Mapping[int | None, Waits], tree: Tree) -> Iterator[tuple[CellValue, ...]]:
    for agency_id, one in told.items():
        desk = tree.by_id(agency_id or 0)
        name = desk.name(language()) if desk else str(agency_id)
        times = ("" if one is None else one for one in (one.median, one.most, one.longest))
        yield (
            _("Tổng cộng") if agency_id is None else name,
            one.taken,
            one.called,
            one.absent,
            *times,
        )


def _ticket(one: Ticket, tree: Tree) -> tuple[CellValue, ...]:
    desk = tree.by_id(one.agency_id)
    return (
        one.day,
        desk.name(language()) if desk else "",
        one.number,
        moment(one.taken_at),
        moment(one.called_at),
        one.counter or "",
        _(one.standing.word),
    )

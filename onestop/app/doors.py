"""Where each role begins, what its navigation shows, and the sign over the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from flask import current_app, request, url_for

from onestop.base.clock import now
from onestop.base.filters import opening
from onestop.base.gate import reachable
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.base.stamps import Subject, stamp
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import Hours
from onestop.dossiers.queries import desks
from onestop.dossiers.queries.desks import DeskList
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, shop_called


@dataclass(frozen=True)
class Door:
    """An entry of the navigation; `current` is what `aria-current` says of it, if anything."""

    href: str
    label: str
    current: str = ""
    tally: int | None = None


@dataclass(frozen=True)
class Way:
    """Where an entry leads; `view` names a list of the desk, whose count it shows."""

    endpoint: str
    word: str
    view: DeskList | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


CITIZEN: Final = (
    Way("portal.home", N_("Trang chủ")),
    Way("portal.status", N_("Tra cứu hồ sơ")),
    Way("portal.procedures", N_("Thủ tục")),
    Way("portal.submit_choice", N_("Nộp trực tuyến")),
    Way("reporting.statistics", N_("Thống kê")),
)
PROCEDURES: Final = Way("portal.procedures", N_("Thủ tục"))
REGISTER: Final = Way("dossiers.index", N_("Sổ theo dõi"))
RATES: Final = Way("reporting.rates", N_("Tỷ lệ"))
NEW_ONLINE: Final = Way(
    "dossiers.desk", N_("Trực tuyến mới"), DeskList.NEW_ONLINE, {"view": DeskList.NEW_ONLINE.value}
)
CLERK: Final = (
    Way("dossiers.desk", N_("Bàn làm việc")),
    Way("dossiers.receive", N_("Tiếp nhận")),
    NEW_ONLINE,
    PROCEDURES,
    REGISTER,
)
OFFICER: Final = (
    Way("steps.work", N_("Việc của tôi")),
    Way("dossiers.desk", N_("Đang giải quyết")),
    RATES,
    PROCEDURES,
    REGISTER,
)
ADMINISTRATOR: Final = (
    Way("deadlines.calendar", N_("Lịch")),
    Way("dossiers.closures", N_("Đóng cửa")),
    Way("organisation.agencies", N_("Các cơ quan")),
    Way("catalogue.index", N_("Danh mục")),
    Way("accounts.index", N_("Tài khoản")),
)
TAKINGS: Final = Way("accounts.takings", N_("Tệp đã xuất"))
OVERSEER: Final = (
    RATES,
    Way("dossiers.desk", N_("Đang giải quyết")),
    Way("dossiers.index", N_("Hồ sơ")),
    PROCEDURES,
    TAKINGS,
)
PARENTS: Final = {
    "accounts.permissions": "accounts.index",
    "catalogue.show": "catalogue.index",
    "portal.by_secret": "portal.status",
    "portal.procedure": "portal.procedures",
    "portal.submit": "portal.submit_choice",
    "portal.submit_choice": "portal.procedures",
    "dossiers.show": "dossiers.desk",
    "dossiers.act": "dossiers.desk",
    "dossiers.accept": "dossiers.desk",
    "dossiers.receipt": "dossiers.desk",
    "dossiers.open_again": "dossiers.closures",
    "dossiers.transfers": "dossiers.desk",
    "dossiers.due_feed": "dossiers.desk",
    "dossiers.act_on_many": "dossiers.desk",
    "dossiers.print_many": "dossiers.desk",
    "letters.print_many": "dossiers.desk",
    "queue.index": "dossiers.desk",
    "queue.call": "dossiers.desk",
    "queue.waits": "reporting.rates",
    "queue.tickets": "reporting.rates",
    "letters.index": "dossiers.desk",
    "opinions.ask": "dossiers.desk",
    "opinions.index": "steps.work",
    "opinions.say": "dossiers.desk",
    "steps.act": "dossiers.desk",
    "steps.act_on_many": "steps.work",
    "steps.others": "steps.work",
    "steps.act_on_many_others": "steps.work",
    "steps.lists": "dossiers.desk",
    "steps.show_list": "dossiers.desk",
    "steps.confirm_list": "dossiers.desk",
    "register.index": "dossiers.index",
}
"""Pages without an entry of their own, and the entry they lie behind."""

FIRST: Final = (
    (Permission.RECEIVE, "dossiers.desk"),
    (Permission.RESOLVE, "steps.work"),
    (Permission.READ_RATES, "reporting.rates"),
    (Permission.READ_CALENDAR, "deadlines.calendar"),
)


def first_page(staff: Staff) -> str:
    """Return the endpoint that the day of this role begins with."""
    known = current_app.view_functions
    pages = (page for permission, page in FIRST if staff.may(permission) and page in known)
    return next(pages, "accounts.permissions")


def navigation(staff: Staff | None) -> tuple[Door, ...]:
    """Return the navigation of citizens, or that of a member of staff."""
    if staff is None:
        return _of_citizens(language(), _place())
    return tuple(_doors(_ways(staff), staff))


def search(staff: Staff | None) -> str:
    """Return where whoever may read dossiers searches them from any page, else nothing."""
    return url_for("dossiers.index") if staff and reachable("dossiers.index", staff) else ""


@lru_cache(maxsize=256)
def _of_citizens(_language: str, _place: str) -> tuple[Door, ...]:
    return tuple(_doors(CITIZEN, None))


def _doors(wanted: tuple[Way, ...], staff: Staff | None) -> list[Door]:
    ways = [
        way
        for way in wanted
        if way.endpoint in current_app.view_functions and reachable(way.endpoint, staff)
    ]
    here = _here(ways)
    return [
        Door(
            url_for(way.endpoint, **way.args),
            _(way.word),
            current=_current(way) if way is here else "",
            tally=desks.counts(staff, now())[way.view] if staff and way.view else None,
        )
        for way in ways
    ]


def house(on: date) -> Node | None:
    """Return the agency whose house this is: the highest one with a desk that receives anything."""
    return _house(stamp(Subject.ORGANISATION), stamp(Subject.CATALOGUE), on)


@dataclass(frozen=True)
class Sign:
    """What stands over the door: the office's name, what it is, whose, and when it is open.

    Hours are of a working day, and of a Saturday where the counter is open then. Codes of its
    dossiers begin with `first_code`.
    """

    site_name: str
    shop_title: str
    house: str = ""
    first_code: str = ""
    opening_hours: str = ""
    saturday_hours: str = ""


def bare_sign(on: date) -> Sign:
    """Return the sign without what the database tells."""
    return Sign(current_app.config["SITE_NAME"] or _("Một cửa"), _(shop_called(on)))


def sign(on: date) -> Sign:
    """Return the sign in the reader's language; each process writes it once while it holds."""
    return _sign(
        current_app.config["SITE_NAME"],
        language(),
        (stamp(Subject.ORGANISATION), stamp(Subject.CATALOGUE), stamp(Subject.OFFICE_HOURS)),
        on,
    )


@lru_cache(maxsize=16)
def _sign(site_name: str, language: str, _stamps: tuple[str, ...], on: date) -> Sign:
    node = house(on)
    hours = deadlines.hours(node.id) if node else Hours()
    told = replace(
        bare_sign(on),
        opening_hours=opening(hours.on(on)),
        saturday_hours=opening(hours.saturday(on)),
    )
    if node is None:
        return told
    return replace(
        told,
        site_name=site_name or _("Một cửa %(place)s", place=node.place(language)),
        house=_("Ủy ban nhân dân %(agency)s", agency=node.within(language)),
        first_code=node.code,
    )


@lru_cache(maxsize=8)
def _house(_organisation: str, _catalogue: str, on: date) -> Node | None:
    offered = {agency for offers in catalogue.snapshot().offers.values() for agency, *_ in offers}
    nodes = (node for _depth, node in organisation.tree(on).walk())
    return next((node for node in nodes if node.id in offered), None)


def _ways(staff: Staff) -> tuple[Way, ...]:
    if staff.may(Permission.RECEIVE):
        return CLERK
    if staff.may(Permission.RESOLVE):
        return OFFICER
    return ADMINISTRATOR if staff.may(Permission.MANAGE_ACCOUNTS) else OVERSEER


def _here(ways: list[Way]) -> Way | None:
    """Return the entry that is open: the one whose address says most of the page's own."""
    place = _place()
    fitting = [
        way
        for way in ways
        if way.endpoint in {place, PARENTS.get(place)}
        and all(request.args.get(name) == value for name, value in way.args.items())
    ]
    return max(fitting, key=lambda way: (way.endpoint == place, len(way.args)), default=None)


def _place() -> str:
    """Return the page that is open; what can be submitted online is a page of its own."""
    is_choice = request.endpoint == "portal.procedures" and request.args.get("level") == "online"
    return "portal.submit_choice" if is_choice else str(request.endpoint)


def _current(way: Way) -> str:
    return "page" if way.endpoint == request.endpoint else "true"

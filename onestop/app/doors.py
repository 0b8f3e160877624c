"""Where each role begins, what its navigation shows, and which addresses lead inside."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from onestop.base.database import db
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_


@dataclass(frozen=True)
class Door:
    """An entry of the navigation."""

    href: str
    label: str
    current: bool
    tally: int | None = None


CITIZEN = (
    ("portal.home", N_("Trang chủ")),
    ("portal.status", N_("Tra cứu hồ sơ")),
    ("portal.procedures", N_("Thủ tục")),
    ("portal.submit_choice", N_("Nộp trực tuyến")),
    ("reporting.statistics", N_("Thống kê")),
)
STAFF = (
    (Permission.READ_DOSSIERS, "dossiers.desk", N_("Bàn làm việc")),
    (Permission.RECEIVE, "dossiers.receive", N_("Tiếp nhận")),
    (Permission.READ_RATES, "reporting.rates", N_("Tỷ lệ")),
    (Permission.READ_CALENDAR, "deadlines.calendar", N_("Lịch")),
    (Permission.MANAGE_ORGANISATION, "organisation.agencies", N_("Cơ quan")),
    (Permission.MANAGE_CATALOGUE, "catalogue.index", N_("Danh mục")),
    (Permission.MANAGE_ACCOUNTS, "accounts.index", N_("Tài khoản")),
)
FIRST = (
    (Permission.RECEIVE, "dossiers.desk"),
    (Permission.RESOLVE, "dossiers.desk"),
    (Permission.READ_RATES, "reporting.rates"),
    (Permission.READ_CALENDAR, "deadlines.calendar"),
)


def first_page(staff: Staff) -> str:
    """Return the endpoint that the day of this role begins with."""
    known = current_app.view_functions
    pages = (page for permission, page in FIRST if staff.may(permission) and page in known)
    return next(pages, "accounts.permissions")


def navigation(staff: Staff | None) -> list[Door]:
    """Return the navigation of citizens, or that of a member of staff."""
    if staff is None:
        wanted = list(CITIZEN)
    else:
        wanted = [(page, label) for permission, page, label in STAFF if staff.may(permission)]
        wanted.append(("portal.procedures", N_("Thủ tục")))
    known = current_app.view_functions
    return [_door(endpoint, label) for endpoint, label in wanted if endpoint in known]


def database_answers() -> bool:
    """Say whether the database answers a plain question."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _door(endpoint: str, label: str) -> Door:
    return Door(url_for(endpoint), _(label), current=request.endpoint == endpoint)

"""What is wrong with an installation, and the command that mends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from onestop.accounts import queries as accounts
from onestop.app import schema
from onestop.app.schema import Schema
from onestop.base.database import db
from onestop.base.edge import check_writable
from onestop.base.permissions import Permission
from onestop.catalogue import queries as catalogue
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.demo import queries as demo
from onestop.reporting.queries import counters

LOOSE_BITS = 0o077
SHORTEST_KEY = 32
ROOM: Final = 8 * 1024 * 1024
"""Bytes that a disk must take to be well: less than a morning writes."""


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is well, and how to mend it."""

    name: str
    is_well: bool
    says: str
    mend: str | None = None


def examine(app: Flask, at: datetime) -> Iterator[Finding]:
    """Yield what every check finds; those that need a database are left out without one."""
    instance = Path(app.config["INSTANCE"])
    yield _secret(instance, str(app.config["SECRET_KEY"]))
    yield _zone()
    database = _database()
    yield database
    if not database.is_well:
        return
    if demo.is_empty():
        yield Finding(
            _("Dữ liệu"),
            is_well=False,
            says=_("Chưa có cơ quan, tài khoản nào."),
            mend="onestop init",
        )
        return
    yield _room(schema.folder() or instance)
    yield from _to_receive(at)
    yield from _calendar(at)
    yield _counters()


def _secret(folder: Path, key: str) -> Finding:
    loose = [
        name
        for name in ("secret_key", "lookup_key")
        if (folder / name).exists() and (folder / name).stat().st_mode & LOOSE_BITS
    ]
    if loose:
        return Finding(
            _("Khóa bí mật"),
            is_well=False,
            says=_("Người khác trên máy đọc được tệp khóa."),
            mend="chmod 600 " + " ".join(str(folder / name) for name in loose),
        )
    if len(key) < SHORTEST_KEY:
        return Finding(
            _("Khóa bí mật"),
            is_well=False,
            says=_("Ngắn hơn %(count)d ký tự: đoán được.", count=SHORTEST_KEY),
            mend="ONESTOP_SECRET_KEY=…",
        )
    return Finding(_("Khóa bí mật"), is_well=True, says=_("Chỉ chủ hệ thống đọc được."))


def _zone() -> Finding:
    try:
        ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        return Finding(
            _("Múi giờ"),
            is_well=False,
            says=_("Không có dữ liệu múi giờ Việt Nam."),
            mend="pip install tzdata",
        )
    return Finding(_("Múi giờ"), is_well=True, says="Asia/Ho_Chi_Minh, UTC+7")


ANOTHER = "ONESTOP_DATABASE_URL=…"
WRITABLE = f"chmod u+w, {ANOTHER}"
SAID: dict[Schema, Callable[[], tuple[str, str | None]]] = {
    Schema.CURRENT: lambda: (_("Lược đồ đúng phiên bản này."), None),
    Schema.EMPTY: lambda: (_("Chưa có gì trong cơ sở dữ liệu."), "onestop init"),
    Schema.BEHIND: lambda: (_("Lược đồ cũ hơn chương trình."), "onestop init"),
    Schema.AHEAD: lambda: (
        _("Cơ sở dữ liệu của một phiên bản mới hơn."),
        "pip install --upgrade onestop",
    ),
    Schema.FOREIGN: lambda: (
        _("Cơ sở dữ liệu chứa bảng của chương trình khác."),
        ANOTHER,
    ),
}


def _database() -> Finding:
    name = _("Cơ sở dữ liệu")
    try:
        if (found := schema.standing()) == Schema.CURRENT:
            check_writable()
    except DatabaseError as error:
        return Finding(name, is_well=False, says=schema.told(error), mend=_way_out(error))
    except SQLAlchemyError as error:
        return Finding(name, is_well=False, says=str(error).splitlines()[0], mend=ANOTHER)
    says, mend = SAID[found]()
    dialect = db.engine.dialect.name
    return Finding(name, is_well=found == Schema.CURRENT, says=f"{dialect}: {says}", mend=mend)


def _way_out(error: DatabaseError) -> str | None:
    if schema.is_busy(error):
        return None  # whoever writes is done after a while
    return WRITABLE if schema.is_read_only(error) else ANOTHER


def _room(folder: Path) -> Finding:
    """Say whether the disk takes more: a database on a full one still opens, and keeps nothing."""
    name = _("Ổ đĩa")
    try:
        with TemporaryFile(dir=folder) as tried:
            tried.write(bytes(ROOM))
    except OSError as error:
        says = _("Không nhận dữ liệu: %(why)s.", why=error.strerror)
        return Finding(name, is_well=False, says=says, mend=f"df -h {folder}")
    return Finding(name, is_well=True, says=_("Ghi được dữ liệu."))


def _to_receive(at: datetime) -> Iterator[Finding]:
    """Yield what is found of all without which nobody receives a dossier."""
    count = len(catalogue.snapshot().versions)
    yield _needed(
        count,
        _("Danh mục thủ tục"),
        some=_("%(count)d thủ tục.", count=count),
        none=_("Chưa có thủ tục nào: chưa tiếp nhận được hồ sơ."),
        mend="onestop fields load FILE; onestop procedures load FILE",
    )
    desks = len(accounts.served(Permission.RECEIVE, legal_date(at)))
    yield _needed(
        desks,
        _("Cán bộ tiếp nhận"),
        some=_("Có ở %(count)d cơ quan.", count=desks),
        none=_("Chưa có ai: chưa tiếp nhận được hồ sơ."),
        mend="onestop staff load FILE --passwords FILE",
    )


def _needed(count: int, name: str, *, some: str, none: str, mend: str) -> Finding:
    if not count:
        return Finding(name, is_well=False, says=none, mend=mend)
    return Finding(name, is_well=True, says=some)


def _calendar(at: datetime) -> Iterator[Finding]:
    this = legal_date(at).year
    for year in (this, this + 1):
        confirmed = deadlines.is_confirmed(year)
        mend = f"onestop calendar add …; onestop calendar confirm {year} --basis …"
        yield Finding(
            _("Lịch năm %(year)d", year=year),
            is_well=confirmed or year > this,
            says=_("Đã công bố.") if confirmed else _("Chưa công bố; ngày hẹn có thể đổi."),
            mend=None if confirmed else mend,
        )


def _counters() -> Finding:
    differences = len(counters.differences())
    return Finding(
        _("Số đếm"),
        is_well=not differences,
        says=_("Khớp với hồ sơ.")
        if not differences
        else _("%(count)d chỗ lệch.", count=differences),
        mend="onestop tallies recount" if differences else None,
    )

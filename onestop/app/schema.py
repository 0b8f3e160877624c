"""The schema of the database at hand, against the migrations that this version knows."""

import os
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final

import flask_migrate
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, SQLAlchemyError

from onestop.app.settings import migrations_folder
from onestop.base.commands import said
from onestop.base.database import db, is_postgresql
from onestop.base.words import N_

OWNER_ONLY: Final = 0o600
FAULT: Final = DatabaseError
# A broken constraint is a refusal, or a fault of ours; so is a value that a column cannot take.
OURS: Final = (IntegrityError, DataError)


class Schema(Enum):
    """How the database stands to this version of the program."""

    EMPTY = "empty"
    FOREIGN = "foreign"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"


def standing() -> Schema:
    """Return how the database stands; one that holds other people's tables is foreign."""
    known = revisions()
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return Schema.FOREIGN if inspect(connection).get_table_names() else Schema.EMPTY
    if revision not in known:
        return Schema.AHEAD
    return Schema.CURRENT if revision == known[-1] else Schema.BEHIND


def revisions() -> list[str]:
    """Return the revisions that this version knows, the newest last: a file begins with its own.

    Alembic would run every migration there has ever been to tell, before each command.
    """
    files = (migrations_folder() / "versions").glob("*.py")
    return sorted(file.name.partition("_")[0] for file in files)


def is_fault(error: DatabaseError) -> bool:
    """Say whether a database is missing, damaged, locked, read-only or no database at all."""
    return not isinstance(error, OURS)


def told(error: DatabaseError) -> str:
    """Return what is wrong with a database: in the reader's words, and in those of the driver."""
    ours = _fault(error)
    return f"{said(ours)} ({_theirs(error)})" if ours else _theirs(error)


def is_read_only(error: DatabaseError) -> bool:
    """Say whether what is wrong with a database is that nobody may write to it.

    SQLite does not even open a file in a folder where it can put none beside it.
    """
    if _fault(error) == READ_ONLY:
        return True
    return not is_postgresql() and _file().exists() and not _may_be_written_to()


def is_busy(error: DatabaseError) -> bool:
    """Say whether all that is wrong with a database is that somebody else writes for long."""
    return _fault(error) == BUSY


def _fault(error: DatabaseError) -> str | None:
    return next((one for mark, one in FAULTS.items() if mark in _theirs(error)), None)


def _theirs(error: DatabaseError) -> str:
    return str(error.__cause__ or error.orig or error).splitlines()[0]


READ_ONLY: Final = N_("Cơ sở dữ liệu chỉ đọc được, không ghi được")
BUSY: Final = N_("Cơ sở dữ liệu đang bận việc khác")
NOT_INSTALLED: Final = N_("Cơ sở dữ liệu chưa được cài đặt")
FAULTS: Final = {
    "readonly": READ_ONLY,
    "read-only": READ_ONLY,
    "unable to open": N_("Không mở được tệp cơ sở dữ liệu"),
    "not a database": N_("Tệp này không phải cơ sở dữ liệu"),
    "malformed": N_("Tệp cơ sở dữ liệu bị hỏng"),
    "locked": BUSY,
    "disk is full": N_("Ổ đĩa đã đầy"),
    "disk I/O": N_("Ổ đĩa không nhận dữ liệu: đã đầy, hoặc hỏng"),
    "no such table": NOT_INSTALLED,
    "relation ": NOT_INSTALLED,
    "Connection refused": N_("Máy chủ cơ sở dữ liệu không trả lời"),
}
"""What drivers say, and what that means."""


def answers() -> bool:
    """Say whether the database answers a plain question."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def may_be_written() -> bool:
    """Say whether the database would take a change, as far as that can be told without any.

    A try would wait behind an import, and whoever asks after the health does not wait so long.
    """
    if is_postgresql():
        return db.session.scalar(text("SHOW transaction_read_only")) == "off"
    return _may_be_written_to()


def _file() -> Path:
    return Path(db.engine.url.database or "")


def _may_be_written_to() -> bool:
    return all(os.access(one, os.W_OK) for one in (_file(), _file().parent))


def folder() -> Path | None:
    """Return the folder that a database in a file grows in; a server has its own."""
    return None if is_postgresql() else _file().parent


def hold() -> None:
    """Keep this database to whoever writes until the transaction ends; wait for who began first."""
    db.session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def upgrade() -> None:
    """Bring the schema up to date; a new file is for its owner alone, as the keys beside it are."""
    db.session.rollback()  # an open read would keep the tables from being changed
    if standing() == Schema.EMPTY:
        _keep_to_owner()
    flask_migrate.upgrade(directory=str(migrations_folder()))


def _keep_to_owner() -> None:
    file = db.engine.url.database
    if is_postgresql() or not file:
        return
    for name in (file, f"{file}-wal", f"{file}-shm"):
        with suppress(FileNotFoundError):
            Path(name).chmod(OWNER_ONLY)

"""The database: one declarative base for every room, on SQLite and PostgreSQL alike."""

import enum
import json
import sqlite3
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from time import sleep
from typing import Any, Final, TypeVar

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Table,
    UniqueConstraint,
    event,
    func,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, registry
from sqlalchemy.types import TypeDecorator

from onestop.base.words import fold

READING: Final = {"GET", "HEAD", "OPTIONS"}
WRITING: Final = "writing"
ONCE: Final = "once"
ENTERED: Final = "entered"
PATIENCE: Final = 30_000  # milliseconds
QUICK_LOOKS: Final = 400
A_LOOK: Final = 0.00002  # seconds; the system makes 0.0001 of it
MOMENTS: Final = 1 << 14
ZONE: Final = len("+00:00")
Read = TypeVar("Read")


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on both databases; SQLite by itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Hand the database UTC."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Take what the database kept as UTC."""
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        """Write SQLite's text at once."""
        if dialect.name == "sqlite":
            return _into_text
        return super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        """Read SQLite's text at once; a list of dossiers is mostly moments."""
        if dialect.name == "sqlite":
            return _from_text
        return super().result_processor(dialect, coltype)


@lru_cache(maxsize=MOMENTS)
def _into_text(moment: datetime | None) -> str | None:
    # One act writes a moment many times, and a register has many rows of one.
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:-ZONE]


@lru_cache(maxsize=MOMENTS)
def _from_text(kept: str | None) -> datetime | None:
    # The rows of a list share most of their moments, and come again with the next page.
    return None if kept is None else datetime.fromisoformat(f"{kept}+00:00")


class Day(TypeDecorator[date]):
    """A date; what SQLite keeps is the text that a date itself is written as."""

    impl = Date
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        """Write SQLite's text at once: SQLAlchemy fills it in a pattern, part by part."""
        if dialect.name == "sqlite":
            return _day_into_text
        return super().bind_processor(dialect)


def _day_into_text(day: date | None) -> str | None:
    return None if day is None else date.isoformat(day)


Json = dict[str, Any]
JsonList = list[dict[str, Any]]


class Base(DeclarativeBase):
    """The base of every table; each constraint has a name that a migration can call it by."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "pk": "pk_%(table_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
            }
        ),
        type_annotation_map={
            date: Day,
            datetime: Moment,
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                length=40,
                values_callable=lambda kind: [str(member.value) for member in kind],
            ),
            # What is None is absent, whoever writes it, and not the word `null`.
            Json: JSON(none_as_null=True),
            JsonList: JSON(none_as_null=True),
        },
    )


# One encoder for all: `json.dumps` with separators of its own builds a new one each time.
plain_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

db = SQLAlchemy(
    model_class=Base,
    session_options={"expire_on_commit": False},
    # What a statement was about is personal, and errors are written down.
    engine_options={"json_serializer": plain_json, "hide_parameters": True},
)


def unique(*columns: str, says: str, field: str | None = None) -> UniqueConstraint:
    """Forbid a second row with the same `columns`; a person who tries reads `says` at `field`."""
    return UniqueConstraint(*columns, info={"says": says, "field": field})


def check(condition: str, *, name: str, says: str, field: str | None = None) -> CheckConstraint:
    """Forbid a row that breaks `condition`; a person who tries reads `says` at `field`."""
    return CheckConstraint(condition, name=name, info={"says": says, "field": field})


def upsert(table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows `on_conflict_do_update`, in the dialect at hand."""
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    return insert(table)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that want columns and no instances."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class stands on a table
    return table


def entered(made: Base) -> None:
    """Let the session know a row that a statement inserted, as if it had been read.

    It is forgotten again if the transaction is rolled back, as one that the session itself wrote:
    the database gives its number to the next one.
    """
    make_transient_to_detached(made)
    session = db.session()
    session.add(made)
    session.info.setdefault(ENTERED, []).append(made)


@dataclass
class Writer:
    """A transaction that writes: its session, its connection, and what was read since a change.

    Whoever writes asks for them with every statement, and a session is looked for at several times
    the price of what it is asked for.
    """

    session: Session
    connection: Connection
    read: dict[Hashable, Any] = field(default_factory=dict)


writer: Final[ContextVar[Writer | None]] = ContextVar("writer", default=None)


def connected() -> Connection:
    """Return the connection of the transaction at hand."""
    writing = writer.get()
    return writing.connection if writing else db.session.connection()


def once(key: Hashable, read: Callable[[], Read]) -> Read:
    """Return what `read` reads, once in each transaction; a writer reads anew after each change.

    A change is any statement but a SELECT, one that only took a lock among them: whoever waited
    for it sees what was written meanwhile.
    """
    if writing := writer.get():
        return _read_once(writing.read, key, read)
    session = db.session()
    since, known = session.info.get(ONCE, (None, {}))
    if since is None or since is not session.get_transaction():
        known = {}
    found = _read_once(known, key, read)
    session.info[ONCE] = (session.get_transaction(), known)
    return found


def _read_once(known: dict[Hashable, Any], key: Hashable, read: Callable[[], Read]) -> Read:
    if key not in known:
        known[key] = read()
    found: Read = known[key]
    return found


def is_postgresql() -> bool:
    """Say whether the database at hand is PostgreSQL rather than SQLite."""
    writing = writer.get()
    return (writing.connection if writing else db.engine).dialect.name == "postgresql"


def folded(text: ColumnElement[str]) -> ColumnElement[str]:
    """Return a column as people sort it: lower case, no diacritics, đ as d, on either database."""
    if is_postgresql():
        return func.lower(func.translate(text, LETTERS, PLAIN))
    return func.fold(text)


def _letters() -> tuple[str, str]:
    pairs = [(letter, fold(letter)) for letter in map(chr, range(0xC0, 0x1EFA))]
    plain = [(letter, base) for letter, base in pairs if len(base) == 1 and base.isascii()]
    return "".join(letter for letter, _ in plain), "".join(base for _, base in plain)


LETTERS, PLAIN = _letters()


def is_reading() -> bool:
    """Say whether a request is under way that promised to change nothing."""
    return has_request_context() and request.method in READING


@event.listens_for(db.session, "after_rollback")
def _forget_entered(session: Session) -> None:
    for made in session.info.pop(ENTERED, ()):
        if made in session:
            session.expunge(made)


@event.listens_for(db.session, "after_commit")
def _keep_entered(session: Session) -> None:
    session.info.pop(ENTERED, None)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # BEGIN is ours, below
        connection.create_function("fold", 1, fold, deterministic=True)
        for pragma in (
            "foreign_keys = ON",
            f"busy_timeout = {PATIENCE}",
            "journal_mode = WAL",
            "synchronous = FULL",  # acknowledged means on disk
            "cache_size = -65536",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # Whoever writes takes the lock first, and so never loses it half way to a neighbour; all else,
    # parsing and long reads among it, begins as a plain read and never holds the lock.
    if connection.dialect.name == "sqlite":
        if connection.get_execution_options().get(WRITING):
            _take_turn(connection)
        else:
            # By the driver itself: every page begins with it, and it cannot fail.
            connection.connection.cursor().execute("BEGIN")


def begin_writing(connection: Connection) -> None:
    """End what was only read on a connection, and begin to write in the same transaction of ours.

    A session that is put away for it, and taken out again, costs twenty times as much.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.rollback()
        _take_turn(connection)
    else:
        connection.exec_driver_sql("ROLLBACK")


def _take_turn(connection: Connection) -> None:
    # SQLite looks again after 1, 2, 5, 10 … 100 ms, but whoever writes is done after one or two:
    # desks that write at once would mostly sleep. It waits its own way for a long writer.
    bare = connection.connection.driver_connection
    assert isinstance(bare, sqlite3.Connection)  # noqa: S101 - asked for SQLite alone
    bare.execute("PRAGMA busy_timeout = 0")
    try:
        for _ in range(QUICK_LOOKS):
            try:
                bare.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
                sleep(A_LOOK)
            else:
                return
    finally:
        bare.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # what it says against it, said by SQLAlchemy


@event.listens_for(Engine, "before_cursor_execute")
def _forget_read(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    writing = writer.get()
    if writing and (not statement.startswith("SELECT") or statement.endswith("FOR UPDATE")):
        writing.read.clear()

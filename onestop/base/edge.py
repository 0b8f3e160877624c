"""The edge: the one place that commits, and the guards that keep it the only one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from logging import Logger
from typing import Any

from flask import current_app
from sqlalchemy import CheckConstraint, Engine, Table, UniqueConstraint, event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from onestop.base.database import (
    WRITING,
    Base,
    Writer,
    begin_writing,
    db,
    is_postgresql,
    is_reading,
    writer,
)
from onestop.base.errors import Refusal, StaleError, StrayWriteError
from onestop.base.later import later


@contextmanager
def transaction() -> Iterator[None]:
    """Make everything in the block happen together or not at all.

    What was read before is forgotten, so that the block reads again, under the lock, what it
    writes. Raises `Refusal` where a table's own constraint refuses, in the words the table gives,
    and `StaleError` where somebody else changed the same row first.
    """
    if is_reading() or writer.get():
        raise StrayWriteError("a transaction opens once, at the edge, and never to answer a GET")
    session = db.session()
    if session.new or session.deleted:
        session.rollback()  # what was begun outside of the block is no part of it
    session.expire_all()
    writing = Writer(session, session.connection())
    before = writer.set(writing)
    try:
        begin_writing(writing.connection)
        yield
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise _refusal(error) or error from error
    except StaleDataError as error:
        session.rollback()
        raise StaleError from error
    except BaseException:
        session.rollback()
        raise
    finally:
        writer.reset(before)


def check_writable() -> None:
    """Make a change and take it back; raises `DatabaseError` where the database takes none.

    A command that asks before it writes calls this before it asks.
    """
    with db.engine.connect().execution_options(**{WRITING: True}) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        connection.rollback()


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything in the block as of one moment, whatever is written meanwhile."""
    db.session.rollback()
    if is_postgresql():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    # On SQLite a transaction that only reads sees nothing else anyway.
    try:
        yield
    finally:
        db.session.rollback()


def let_go() -> None:
    """Keep nothing of the database open in a process that from here on only waits.

    Whoever goes on reading keeps the log of SQLite from ever being emptied, and PostgreSQL from
    ever clearing away what was changed.
    """
    db.session.remove()
    db.engine.dispose()


def note(table: Table, row: Mapping[str, Any]) -> None:
    """Add one row about a look or a failed try, on a connection of its own, whatever the request.

    The one exception to the edge: insert-only, and a failure is logged, never shown.
    """
    _keep(db.engine, current_app.logger, table, dict(row))


def note_later(table: Table, row: Mapping[str, Any]) -> None:
    """Do the same after the answer: nobody waits for whoever is writing to read a page."""
    later(partial(_keep, db.engine, current_app.logger, table, dict(row)))


def _keep(engine: Engine, log: Logger, table: Table, row: Mapping[str, Any]) -> None:
    try:
        with engine.connect().execution_options(**{WRITING: True}) as connection:
            connection.execute(table.insert(), row)
            connection.commit()
    except SQLAlchemyError:
        log.warning("a note to %s could not be kept", table.name)


def _refusal(error: IntegrityError) -> Refusal | None:
    # PostgreSQL names the constraint; SQLite lists the columns of a unique one.
    told = str(error.orig)
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if "says" not in constraint.info:
                continue
            named = str(constraint.name)
            if isinstance(constraint, UniqueConstraint):
                columns = ", ".join(f"{table.name}.{column.name}" for column in constraint.columns)
                hit = f'"{named}"' in told or told.endswith(f": {columns}")
            else:
                assert isinstance(constraint, CheckConstraint)  # noqa: S101 - no other kind says
                hit = f'"{named}"' in told or told.endswith(f": {named}")
            if hit:
                return Refusal(constraint.info["says"], field=constraint.info["field"])
    return None


@event.listens_for(db.session, "before_flush")
def _refuse_stray_flush(_session: Session, _context: object, _instances: object) -> None:
    if not writer.get():
        raise StrayWriteError("a write belongs inside `with transaction():`")


@event.listens_for(db.session, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and not writer.get():
        raise StrayWriteError("a write belongs inside `with transaction():`")

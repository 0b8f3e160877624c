"""Statements compiled once: for those that are asked most, where compiling costs the most."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Dialect, Insert, Select, Update
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from onestop.base.database import connected, db

Asked = Select[Any] | CompoundSelect[Any]
Written = Insert | Update
Turn = Callable[[Any], Any] | None
Turns = tuple[tuple[int, Callable[[Any], Any]], ...]


@dataclass
class Asker:
    """Who asks without a session: a connection, and the stamps that hold in its transaction."""

    connection: Connection
    marks: Mapping[str, str] | None = None


asker: Final[ContextVar[Asker | None]] = ContextVar("asker", default=None)


@contextmanager
def without_session() -> Iterator[None]:
    """Ask every question of the block on a connection of its own, in one transaction.

    A session costs as much as the two questions of a page that asks nothing else. Whoever needs
    one within the block has it, beside this connection.
    """
    with db.engine.connect() as connection:
        before = asker.set(Asker(connection))
        try:
            yield
        finally:
            asker.reset(before)


@dataclass(frozen=True)
class Compiled:
    """A statement as the text of one dialect, and how values go in and out.

    Values are given in the order of their `names`, or by them; its `own` stand in the statement.
    Some `turn_in` to what the driver takes, some `turn_out` to what a column's type has.
    """

    sql: str
    by_name: bool
    names: tuple[str, ...]
    own: Mapping[str, Any]
    turn_in: Turns
    turn_out: Turns
    answers: bool

    def values(self, told: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values as the driver takes them; what is not told stands in the statement."""
        known = {**self.own, **told} if self.own else told
        values = list(map(known.__getitem__, self.names))
        for place, turn in self.turn_in:
            if values[place] is not None:
                values[place] = turn(values[place])
        if self.by_name:
            return dict(zip(self.names, values, strict=True))
        return tuple(values)


class Question:
    """A statement that is compiled once for each dialect, and sent on the driver's own cursor.

    It runs in the transaction of the caller. The engine's listeners hear it, and its errors are
    SQLAlchemy's. For an INSERT or UPDATE, `columns` are those that get a value.
    """

    def __init__(self, statement: Asked | Written, *columns: str) -> None:
        self._statement, self._columns = statement, columns
        self._compiled: dict[str, Compiled] = {}

    def ask(self, **told: Any) -> list[list[Any]]:
        """Return the rows that answer it, each value as its column's type has it."""
        alone = asker.get()
        connection = alone.connection if alone else connected()
        compiled = self._compile(connection.dialect)
        told_back = sent(connection, compiled.sql, compiled.values(told), answers=compiled.answers)
        rows = [list(row) for row in told_back]
        for row in rows:
            for place, turn in compiled.turn_out:
                row[place] = turn(row[place])
        return rows

    def tell(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Send it once for each of `rows`, as one that only writes."""
        connection = connected()
        compiled = self._compile(connection.dialect)
        sent(connection, compiled.sql, (compiled.values(row) for row in rows), many=True)

    def _compile(self, dialect: Dialect) -> Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = _compile(self._statement, self._columns, dialect)
            self._compiled[dialect.name] = compiled
        return compiled


def sent(
    connection: Connection,
    sql: str,
    values: Any,  # noqa: ANN401 - as the driver takes them
    *,
    many: bool = False,
    answers: bool = False,
) -> Sequence[Sequence[Any]]:
    """Send a statement on the cursor of the driver, and return the rows that it answers."""
    cursor = connection.connection.cursor()
    # Not those of the connection, which has none of its own and joins them anew for each statement.
    listeners = connection.engine.dispatch
    try:
        listeners.before_cursor_execute(connection, cursor, sql, values, None, many)
        (cursor.executemany if many else cursor.execute)(sql, values)
        found: Sequence[Sequence[Any]] = cursor.fetchall() if answers else ()
    except driver_of(connection).Error as error:
        raise spoken(error, sql, connection) from error
    finally:
        cursor.close()
    return found


def _compile(statement: Asked | Written, columns: Sequence[str], dialect: Dialect) -> Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=columns or None)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - these compile to nothing else
    told, own, binds = _told(statement), compiled.params, compiled.binds
    names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(own)
    kinds = {name: one.type.dialect_impl(dialect) for name, one in binds.items()}
    return Compiled(
        sql=compiled.string,
        by_name=not compiled.positional,
        names=names,
        own={name: own[name] for name in names if not binds[name].required},
        turn_in=_turns(kinds[name].bind_processor(dialect) for name in names),
        turn_out=_turns(_out_of(column.type, dialect) for column in told),
        answers=bool(told),
    )


def _turns(found: Iterable[Turn]) -> Turns:
    return tuple((place, turn) for place, turn in enumerate(found) if turn is not None)


def _told(statement: Asked | Written) -> Sequence[ColumnElement[Any]]:
    if isinstance(statement, Select | CompoundSelect):
        return list(statement.selected_columns)
    return list(statement.exported_columns)


def _out_of(kind: TypeEngine[Any], dialect: Dialect) -> Turn:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def driver_of(connection: Connection) -> Any:  # noqa: ANN401 - a module of the DB API
    """Return the driver that a connection goes through."""
    dialect = connection.dialect
    assert isinstance(dialect, DefaultDialect)  # noqa: S101 - both of ours are
    return dialect.dbapi


def spoken(error: Exception, sql: str, connection: Connection) -> Exception:
    """Return an error of the driver as SQLAlchemy would have raised it.

    A connection that is lost with it is let go of: taking its transaction back would fail anew.
    """
    base = driver_of(connection).Error
    if connection.dialect.is_disconnect(error, connection.connection, None):  # type: ignore[arg-type]  # any error
        connection.invalidate(error)
    said: Exception = DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, dialect=connection.dialect
    )
    return said

"""Questions put into words once: for what pages ask most, where the wording costs the most."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from onestop.base.database import db

Turn = Callable[[Any], Any] | None


@dataclass(frozen=True)
class Worded:
    """A statement in the words of one dialect, and how values go in and out."""

    sql: str
    given: tuple[tuple[str, Any, Turn], ...]
    positional: bool
    turns: tuple[tuple[int, Callable[[Any], Any]], ...]

    def values(self, told: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values as the driver takes them; what is not told stands in the statement."""
        values = [
            turn(told.get(name, own)) if turn else told.get(name, own)
            for name, own, turn in self.given
        ]
        if self.positional:
            return tuple(values)
        return {name: value for (name, _, _), value in zip(self.given, values, strict=True)}


class Question:
    """A SELECT asked on the cursor of the driver, in the transaction of the session.

    Whoever listens to statements hears it, and its errors are those of any other statement.
    """

    def __init__(self, statement: Select[Any] | CompoundSelect[Any]) -> None:
        self._statement = statement
        self._worded: dict[str, Worded] = {}

    def ask(self, **told: Any) -> list[list[Any]]:
        """Return the rows that answer it, each value as its column's type has it."""
        connection = db.session.connection()
        worded = self._worded.get(connection.dialect.name)
        if worded is None:
            worded = self._worded[connection.dialect.name] = _in_words(
                self._statement, connection.dialect
            )
        rows = [list(row) for row in _answered(connection, worded, worded.values(told))]
        for row in rows:
            for place, turn in worded.turns:
                row[place] = turn(row[place])
        return rows


def _answered(connection: Connection, worded: Worded, values: Any) -> Sequence[Sequence[Any]]:  # noqa: ANN401 - as the driver takes them
    cursor = connection.connection.cursor()
    try:
        connection.dispatch.before_cursor_execute(
            connection, cursor, worded.sql, values, None, False
        )
        cursor.execute(worded.sql, values)
        found: Sequence[Sequence[Any]] = cursor.fetchall()
    except _driver(connection.dialect).Error as error:
        raise DBAPIError.instance(
            worded.sql,
            None,
            error,
            _driver(connection.dialect).Error,
            hide_parameters=True,
            dialect=connection.dialect,
        ) from error
    finally:
        cursor.close()
    return found


def _in_words(statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> Worded:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - a SELECT compiles to nothing else
    own = compiled.params
    names = compiled.positiontup if compiled.positional else list(own)
    kinds = {name: one.type.dialect_impl(dialect) for name, one in compiled.binds.items()}
    return Worded(
        sql=compiled.string,
        given=tuple((name, own[name], kinds[name].bind_processor(dialect)) for name in names or ()),
        positional=compiled.positional,
        turns=tuple(
            (place, turn)
            for place, column in enumerate(statement.selected_columns)
            if (turn := _out_of(column.type, dialect)) is not None
        ),
    )


def _out_of(kind: TypeEngine[Any], dialect: Dialect) -> Turn:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _driver(dialect: Dialect) -> Any:  # noqa: ANN401 - a module of the DB API
    assert isinstance(dialect, DefaultDialect)  # noqa: S101 - both of ours are
    return dialect.dbapi

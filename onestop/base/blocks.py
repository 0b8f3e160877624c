"""Blocks of rows handed to the driver itself."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Dialect, Enum, LargeBinary
from sqlalchemy.types import TypeEngine

from onestop.base.database import (
    Base,
    Json,
    JsonList,
    Moment,
    connected,
    db,
    is_postgresql,
    plain_json,
)
from onestop.base.questions import driver_of, spoken
from onestop.base.words import Worded

Row = dict[str, Any]
Convert = Callable[[Any], Any]
MOMENTS: Final = 1 << 14


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of rings asleep: a register makes millions of objects and no ring.

    It would look through all of them again and again, for a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert_block(table: type[Base], rows: list[Row], *, then: str = "") -> None:
    """Hand `rows` to the driver itself, in the form SQLAlchemy would give them.

    Its own executemany spends three times as long on the same values. All rows name the same
    columns; JSON may come written out already. `then` is what follows in the statement: without
    it PostgreSQL copies the rows, which it need not plan one by one.
    """
    if not rows:
        return
    names = tuple(rows[0])
    statement, converts = _block(table, names, then, is_postgresql())
    # Column by column: most of the work is then done without a line of Python for each value.
    told = zip(*map(itemgetter(*names), rows), strict=True)
    columns = [_converted(convert, one) for convert, one in zip(converts, told, strict=True)]
    values = zip(*columns, strict=True)
    if is_postgresql() and not then:
        _copy(f"COPY {table.__tablename__} ({', '.join(names)}) FROM STDIN", values)
    else:
        connected().exec_driver_sql(statement, list(values))


def _copy(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    connection = connected()
    cursor: Any = connection.connection.cursor()
    connection.dispatch.before_cursor_execute(connection, cursor, statement, None, None, True)
    try:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver_of(connection).Error as error:
        raise spoken(error, statement, connection) from error
    finally:
        cursor.close()


@cache
def _block(
    table: type[Base], names: tuple[str, ...], then: str, is_postgresql: bool
) -> tuple[str, list[Convert | None]]:
    """Word what inserts rows of these columns, and tell how the values of each column go in."""
    mark = "%s" if is_postgresql else "?"
    statement = (
        f"INSERT INTO {table.__tablename__} ({', '.join(names)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join([mark] * len(names))}) {then}"
    )
    kinds = [table.__table__.c[name].type for name in names]
    return statement, [_converter(kind, db.engine.dialect) for kind in kinds]


def _converted(convert: Convert | None, values: tuple[Any, ...]) -> Iterable[Any]:
    if convert is _value and None not in values:
        return map(attrgetter("_value_"), values)
    return map(convert, values) if convert else values


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, Moment):
        return None if is_postgresql() else _stamp
    if isinstance(kind, Enum):
        return _value
    if isinstance(kind, LargeBinary | Boolean):
        return None
    if isinstance(kind, JSON):
        return _json
    return kind.dialect_impl(dialect).bind_processor(dialect)


@lru_cache(maxsize=MOMENTS)
def _stamp(moment: datetime | None) -> str | None:
    # As SQLAlchemy keeps a moment in SQLite, at a third of the time.
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:-ZONE]


def _value(member: Worded | None) -> str | None:
    return member and member._value_


def _json(value: Json | JsonList | str) -> str:
    if isinstance(value, str):
        return value
    # Most are empty, and the encoder takes its time over nothing too.
    return plain_json(value) if value else EMPTY[type(value)]


ZONE: Final = len("+00:00")
EMPTY: Final = {dict: "{}", list: "[]"}

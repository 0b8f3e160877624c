"""Work in blocks: ids read so many at a time, rows handed to the driver while others are made."""

import gc
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Enum,
    LargeBinary,
    TableClause,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy.types import TypeEngine

from onestop.base.database import (
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
Block = tuple[TableClause, list[Row]]
MOST_VALUES: Final = 32_766  # of one statement, where SQLite was built as its makers build it
MOST_NAMED: Final = 5000  # of an IN list


def in_blocks(ids: Collection[int]) -> Iterator[Sequence[int]]:
    """Yield ids in their order, no more at a time than one statement can well name."""
    ordered = sorted(ids)
    for first in range(0, len(ordered), MOST_NAMED):
        yield ordered[first : first + MOST_NAMED]


def among(column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of `ids`: one value of a statement, not as many."""
    if is_postgresql():
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    told = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(told.c.value))


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch the collector of reference cycles off in the block.

    A register makes millions of objects and no cycle; to search them takes a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Pen:
    """Writes blocks of rows in a thread of its own, while the caller works out the next.

    The thread has to wait for Python's lock before each statement, so it sends full statements
    alone: rows short of `size` wait for the next block. Nobody else may use the connection before
    `rest` has returned.
    """

    def __init__(self, hand: ThreadPoolExecutor, size: int) -> None:
        self._hand, self._size = hand, size
        self._work: Future[None] | None = None
        self._left: dict[TableClause, list[Row]] = {}

    def write(self, first: Block, *others: Block) -> None:
        """Begin to write rows; those of the first table, which the others may name, all of them."""
        blocks = [first]
        for table, rows in others:
            left = self._left.setdefault(table, [])
            left += rows
            whole = len(left) - len(left) % self._size
            blocks.append((table, left[:whole]))
            del left[:whole]
        self._begin(blocks)

    def rest(self) -> None:
        """Wait until all is written that was begun; raises what went wrong in it."""
        if self._work is not None:
            self._work.result()

    def finish(self) -> None:
        """Write what is left, and wait for it."""
        left, self._left = self._left, {}
        self._begin(list(left.items()))
        self.rest()

    def _begin(self, blocks: Sequence[Block]) -> None:
        self.rest()
        self._work = self._hand.submit(copy_context().run, _write, blocks)


@contextmanager
def writing(size: int) -> Iterator[Pen]:
    """Yield a pen; its thread has ended when the block is left."""
    with ThreadPoolExecutor(1) as hand:
        yield Pen(hand, size)


def _write(blocks: Sequence[Block]) -> None:
    for table, rows in blocks:
        insert_block(table, rows)


def insert_block(table: TableClause, rows: list[Row]) -> None:
    """Hand `rows` to the driver itself, in the form SQLAlchemy would give them.

    Its own executemany spends three times as long on the same values. All rows name the same
    columns; JSON may come written out already.
    """
    if not rows:
        return
    names = tuple(rows[0])
    head, converts = _block(table, names, is_postgresql())
    # Column by column: most of the work is then done without a line of Python for each value.
    told = zip(*map(itemgetter(*names), rows), strict=True)
    columns = [_converted(convert, one) for convert, one in zip(converts, told, strict=True)]
    values = list(zip(*columns, strict=True))
    if is_postgresql():  # which need not plan them one by one
        _copy(f"COPY {head} FROM STDIN", values)
    else:
        _by_many(head, values)


def _by_many(head: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert as many rows with each statement as SQLite takes."""
    marks = f"({', '.join('?' * len(rows[0]))})"
    most = MOST_VALUES // len(rows[0])
    into = f"INSERT INTO {head} VALUES "  # noqa: S608 - our own names
    with _cursor(into) as cursor:
        for begin in range(0, len(rows), most):
            some = rows[begin : begin + most]
            cursor.execute(into + ", ".join([marks] * len(some)), tuple(chain.from_iterable(some)))


def _copy(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with _cursor(statement) as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def _cursor(statement: str) -> Iterator[Any]:
    """Yield a cursor of the driver; listeners and errors are told `statement` as by SQLAlchemy."""
    connection = connected()
    cursor = connection.connection.cursor()
    connection.dispatch.before_cursor_execute(connection, cursor, statement, None, None, True)
    try:
        yield cursor
    except driver_of(connection).Error as error:
        raise spoken(error, statement, connection) from error
    finally:
        cursor.close()


@cache
def _block(
    table: TableClause, names: tuple[str, ...], _is_postgresql: bool
) -> tuple[str, list[Convert | None]]:
    """Word the table with these columns, and tell how the values of each go in."""
    kinds = [table.c[name].type for name in names]
    head = f"{table.name} ({', '.join(names)})"
    return head, [_converter(kind, db.engine.dialect) for kind in kinds]


def _converted(convert: Convert | None, values: tuple[Any, ...]) -> Iterable[Any]:
    if convert is _value:
        words = {one: _value(one) for one in set(values)}
        return map(words.__getitem__, values)
    if convert is None or (convert is _json and set(map(type, values)) == {str}):
        return values
    return map(convert, values)


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, Moment) and is_postgresql():
        return None
    if isinstance(kind, Enum):
        return _value
    if isinstance(kind, LargeBinary | Boolean):
        return None
    if isinstance(kind, JSON):
        return _json
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _value(member: Worded | None) -> str | None:
    return member and member._value_


def _json(value: Json | JsonList | str) -> str:
    if isinstance(value, str):
        return value
    # Most are empty, and the encoder takes its time over nothing too.
    return plain_json(value) if value else EMPTY[type(value)]


EMPTY: Final = {dict: "{}", list: "[]"}

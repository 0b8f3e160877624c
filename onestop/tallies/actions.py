"""Keeping the counters, inside the transaction of the event they count."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final

from sqlalchemy import delete, text

from onestop.base.database import db, is_postgresql, table_of, upsert
from onestop.base.questions import Question
from onestop.tallies.models import ProcedureTally, Tally
from onestop.tallies.rules import COARSE, FINE, FLOWS, Booking, Counts, counted


def book(bookings: Iterable[Booking]) -> None:
    """Add each flow to its day, its month and its month by procedure.

    Flows are summed before the tables are touched, and rows are taken in the order of their keys:
    the last of the locks of every action, so that two desks never wait for each other in a ring.
    """
    coarse, fine = counted(bookings)
    _add(Tally, COARSE, coarse)
    _add(ProcedureTally, FINE, fine)


def rebuild(bookings: Iterable[Booking]) -> None:
    """Throw the counters away and count again from `bookings`, all there are.

    Desks that book meanwhile wait, so `bookings` are to be read only now: they are an iterator.
    """
    if is_postgresql():
        tables = f"{Tally.__tablename__}, {ProcedureTally.__tablename__}"
        db.session.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE"))
    db.session.execute(delete(Tally))
    db.session.execute(delete(ProcedureTally))
    book(bookings)


def _add(table: type[Tally | ProcedureTally], keys: tuple[str, ...], counts: Counts) -> None:
    _to_what_is_there(table, keys, is_postgresql()).tell(
        {**dict(zip(keys, key, strict=True)), **NOTHING, **flows}
        for key, flows in sorted(counts.items(), key=_order)
        if any(flows.values())
    )


@cache
def _to_what_is_there(
    table: type[Tally | ProcedureTally], keys: tuple[str, ...], _is_postgresql: bool
) -> Question:
    first = upsert(table)
    added = {flow: table_of(table).c[flow] + first.excluded[flow] for flow in FLOWS}
    return Question(first.on_conflict_do_update(index_elements=keys, set_=added), *keys, *FLOWS)


NOTHING: Final = dict.fromkeys(FLOWS, 0)


def _order(entry: tuple[tuple[Any, ...], Mapping[str, int]]) -> tuple[str | int | date, ...]:
    return tuple([part._value_ if isinstance(part, Enum) else part for part in entry[0]])

"""Reading the counters: sums of flows before and within a period, in one grouped read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from onestop.base.database import connected, db
from onestop.catalogue.rules.channels import ONLINE_FROM, Channel
from onestop.tallies.models import ProcedureTally, Tally
from onestop.tallies.rules import (
    COARSE,
    FINE,
    FLOWS,
    ONLINE_LEVELS,
    Grain,
    Period,
    Sums,
    month_of,
)

LATELY: Final = timedelta(weeks=6)


@dataclass(frozen=True)
class Asked:
    """Which counters are meant: None means all."""

    agency_ids: Collection[int] | None = None
    levels: Collection[int] | None = None
    channels: Collection[Channel] | None = None
    procedure_ids: Collection[int] | None = None


@dataclass(frozen=True)
class Row:
    """Sums of one group; `month` is None for what was before the period."""

    keys: tuple[Any, ...]
    month: date | None
    sums: Sums


def coarse(period: Period, asked: Asked, by: tuple[str, ...], *, monthly: bool) -> list[Row]:
    """Return the sums before and within `period`, grouped by columns of `Tally` named in `by`.

    Whole months come from the counters of months, edge days from those of days; what was before
    from months and the days since the last of them. With `monthly` each month stands alone, else
    the whole period is one group under its first day.
    """
    before = month_of(period.first)
    begins, ends = period.whole_months
    earlier = or_(
        and_(Tally.grain == Grain.MONTH, Tally.starts_on < before),
        and_(Tally.grain == Grain.DAY, Tally.starts_on >= before, Tally.starts_on < period.first),
    )
    edges = [
        and_(Tally.grain == Grain.DAY, Tally.starts_on >= edge.first, Tally.starts_on <= edge.last)
        for edge in period.edges
    ]
    months = and_(Tally.grain == Grain.MONTH, Tally.starts_on >= begins, Tally.starts_on < ends)
    wanted = or_(earlier, months, *edges)
    return _read(_grouped(Tally, period, by, monthly=monthly).where(wanted), Tally, asked, len(by))


def received_lately(agency_id: int, today: date) -> dict[int, int]:
    """Return how many dossiers a desk has received itself under each procedure in recent weeks.

    The counters of this month and of those that `LATELY` touches, in one read by their key.
    """
    months = [month_of(today)]
    while months[-1] > today - LATELY:
        months.append(month_of(months[-1] - timedelta(days=1)))
    statement = (
        select(ProcedureTally.procedure_id, func.sum(ProcedureTally.received))
        .where(
            ProcedureTally.starts_on.in_(months),
            ProcedureTally.agency_id == agency_id,
            ProcedureTally.channel != Channel.ONLINE,
        )
        .group_by(ProcedureTally.procedure_id)
    )
    found = connected().execute(statement)
    return {procedure_id: int(received) for procedure_id, received in found}


def fine(period: Period, asked: Asked, by: tuple[str, ...], *, monthly: bool) -> list[Row]:
    """Return the same from the counters with procedures, for all their whole months.

    The days of months that the period only touches are not in it: they are counted from the
    dossiers themselves. So is nothing before the period but whole months.
    """
    begins, ends = period.whole_months
    wanted = or_(
        ProcedureTally.starts_on < month_of(period.first),
        and_(ProcedureTally.starts_on >= begins, ProcedureTally.starts_on < ends),
    )
    statement = _grouped(ProcedureTally, period, by, monthly=monthly).where(wanted)
    return _read(statement, ProcedureTally, asked, len(by))


def span() -> tuple[date, date] | None:
    """Return the first and the last month with anything counted, or None where nothing is."""
    months = Tally.grain == Grain.MONTH
    first = db.session.scalar(select(func.min(Tally.starts_on)).where(months))
    last = db.session.scalar(select(func.max(Tally.starts_on)).where(months))
    return (first, last) if first and last else None


def last_received(before: date) -> date | None:
    """Return the latest month before a day in which anything was received."""
    return db.session.scalar(
        select(func.max(Tally.starts_on)).where(
            Tally.grain == Grain.MONTH, Tally.starts_on < before, Tally.received > 0
        )
    )


def most_received(first: date, before: date, number: int) -> list[int]:
    """Return the ids of the procedures most received in the months from `first` to `before`."""
    found = (
        select(ProcedureTally.procedure_id)
        .where(ProcedureTally.starts_on >= first, ProcedureTally.starts_on < before)
        .group_by(ProcedureTally.procedure_id)
        .having(func.sum(ProcedureTally.received) > 0)
        .order_by(func.sum(ProcedureTally.received).desc(), ProcedureTally.procedure_id)
    )
    return list(db.session.scalars(found.limit(number)))


def kept() -> tuple[dict[tuple[Any, ...], tuple[int, ...]], ...]:
    """Return every counter as it stands, of days and months, and of months by procedure."""
    return (
        _all(Tally, COARSE),
        _all(ProcedureTally, FINE),
    )


def _all(
    table: type[Tally | ProcedureTally], keys: tuple[str, ...]
) -> dict[tuple[Any, ...], tuple[int, ...]]:
    names = [getattr(table, name) for name in (*keys, *FLOWS)]
    rows = db.session.execute(select(*names)).all()
    width = len(keys)
    return {tuple(row[:width]): tuple(row[width:]) for row in rows if any(row[width:])}


def _grouped(
    table: type[Tally | ProcedureTally], period: Period, by: tuple[str, ...], *, monthly: bool
) -> Select[Any]:
    month: ColumnElement[date] | Any = literal(period.first)
    if monthly:
        month = table.starts_on
    bucket = case((table.starts_on < period.first, None), else_=month).label("bucket")
    keys = [getattr(table, name) for name in by]
    online = table.channel == Channel.ONLINE
    sums = [func.sum(getattr(table, flow)).label(flow) for flow in FLOWS]
    levels = [
        func.sum(case((and_(online, table.level == level), table.received), else_=0))
        for level in ONLINE_LEVELS
    ]
    offered = func.sum(case((table.level >= ONLINE_FROM, table.received), else_=0))
    return select(*keys, bucket, *sums, *levels, offered).group_by(*keys, bucket)


def _read(
    statement: Select[Any], table: type[Tally | ProcedureTally], asked: Asked, width: int
) -> list[Row]:
    if asked.agency_ids is not None:
        statement = statement.where(table.agency_id.in_(asked.agency_ids))
    if asked.levels is not None:
        statement = statement.where(table.level.in_(asked.levels))
    if asked.channels is not None:
        statement = statement.where(table.channel.in_(asked.channels))
    if asked.procedure_ids is not None and issubclass(table, ProcedureTally):
        statement = statement.where(table.procedure_id.in_(asked.procedure_ids))
    return [
        Row(tuple(row[:width]), _month(row[width]), Sums(*row[width + 1 :]))
        for row in db.session.execute(statement)
    ]


def _month(day: date | None) -> date | None:
    return day and month_of(day)

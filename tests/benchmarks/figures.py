"""The rates of a closed year over a million dossiers, beside those over ten thousand."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from flask import Flask

from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.dossiers.queries import figures
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import Wanted
from onestop.tallies import actions as tallies
from onestop.tallies.rules import FLOWS, Period
from tests.benchmarks import ground
from tests.benchmarks.ground import Ground, Measured

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
MANY, FEW = 1_000_000, 10_000
ONE_AND_A_HALF = 1.5
CALLS = 5
MANAGERS = ("tier", "month", "level", "agency")


def measure(on: Ground) -> Iterator[Measured]:
    """Ask for the year's figures, headline and broken down, with all stocks."""
    few, many, demonstration = (_few(on.copy()), _many(on.copy()), on.demonstration)
    small, large, middle = (ground.application(one) for one in (few, many, demonstration))
    _check(large, many)
    for what, below, above, ask in (
        ("headline : 10,000", small, large, _headline),
        ("as a manager's page has them : 10,000", small, large, _page),
        ("by procedure : the demonstration, with the same counters", middle, large, _procedures),
        ("by procedure : 10,000", small, large, _procedures),
    ):
        pairs = ground.alternate(on.effort, partial(_took, below, ask), partial(_took, above, ask))
        target = None if what == "by procedure : 10,000" else ONE_AND_A_HALF
        yield Measured("figures", f"1,000,000, {what}", "ms", pairs, target, most=True)


def _headline() -> None:
    periods.rates(Wanted(YEAR), at=now())


def _page() -> None:
    periods.reports(Wanted(YEAR), MANAGERS, at=now())


def _procedures() -> None:
    periods.rates(Wanted(YEAR, ("procedure",)), at=now())


def _took(app: Flask, ask: Callable[[], None]) -> float:
    with app.app_context():
        ask()
        db.session.rollback()
        begun = time.perf_counter()
        for _ in range(CALLS):
            ask()
            db.session.rollback()
        return (time.perf_counter() - begun) / CALLS * 1000


def _few(instance: Path) -> Path:
    """Leave ten thousand dossiers in a copy, and let the product count them anew.

    History cannot be deleted and is left as it is; no figure is read from it.
    """
    with closing(sqlite3.connect(ground.database(instance))) as database:
        kept = "SELECT id FROM dossier WHERE id % 7 = 0 ORDER BY id LIMIT ?"
        database.execute(f"DELETE FROM dossier WHERE id NOT IN ({kept})", (FEW,))  # noqa: S608
        left = "SELECT id FROM dossier"
        database.execute(f"DELETE FROM dossier_pause WHERE dossier_id NOT IN ({left})")  # noqa: S608
        database.commit()
        database.execute("VACUUM")
    app = ground.application(instance)
    with app.app_context():
        with transaction():
            tallies.rebuild(figures.bookings())
        assert not counters.differences()
        db.session.remove()
        db.engine.dispose()
    return instance


def _many(instance: Path) -> Path:
    """Copy every dossier of the demonstration until there are a million, and multiply the counters.

    A million lives through the bulk path would take minutes to tell the same: what a dossier adds
    to the counters depends on its own facts alone, so that k copies add k times as much. Without
    history and words to search, which no figure is read from.
    """
    with closing(sqlite3.connect(ground.database(instance))) as database:
        database.execute("PRAGMA synchronous = OFF")
        ((count, last),) = database.execute("SELECT count(*), max(id) FROM dossier")
        copies = -(-MANY // count)
        indexes = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'dossier' AND type = 'index' "
            "AND sql IS NOT NULL"
        ).fetchall()
        for name, _sql in indexes:
            database.execute(f"DROP INDEX {name}")
        for copy in range(1, copies):
            _copy(database, "dossier", copy * last, copy)
            _copy(database, "dossier_pause", copy * last, copy)
        for _name, sql in indexes:
            database.execute(sql)
        times = ", ".join(f"{flow} = {flow} * {copies}" for flow in FLOWS)
        for table in ("tally", "procedure_tally"):
            database.execute(f"UPDATE {table} SET {times}")  # noqa: S608 - our own names
        database.commit()
    return instance


def _copy(database: sqlite3.Connection, table: str, shift: int, copy: int) -> None:
    told = {
        "id": f"id + {shift}",
        "dossier_id": f"dossier_id + {shift}",
        "code": f"code || '-{copy}'",
        "key": f"key || '-{copy}'",
        "nonce": "randomblob(16)",
    }
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(told.get(name, f'"{name}"') for name in names)
    database.execute(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE id <= {shift // copy}"  # noqa: S608
    )


def _check(app: Flask, instance: Path) -> None:
    """Make sure that the multiplied counters say of the year what its dossiers say."""
    with app.app_context():
        found = periods.rates(Wanted(YEAR), at=now()).total
    with closing(sqlite3.connect(ground.database(instance))) as database:
        for column, told in (("received_at", found.received), ("finished_at", found.resolved)):
            ((counted,),) = database.execute(
                f"SELECT count(*) FROM dossier WHERE date({column}, '+7 hours') "  # noqa: S608
                "BETWEEN '2021-01-01' AND '2021-12-31' AND received_at IS NOT NULL"
            )
            assert counted == told > 0, (column, counted, told)
        ((total,),) = database.execute("SELECT count(*) FROM dossier")
        assert total >= MANY

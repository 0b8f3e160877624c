import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Engine, event

from onestop.accounts.actions import Cost, hash_password
from onestop.app.factory import create_app
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.deadlines import queries as calendars
from onestop.demo.actions import build, load_sample
from tests.client import PASSWORD, PolicingClient
from tests.databases import Database, PostgreSQL, SQLite

Budget = Callable[[int], AbstractContextManager[None]]
INSTALLED = datetime(2020, 12, 1, tzinfo=UTC)
BUILT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, copies and commits cost nothing


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Database]]:
    """The application on a database that real migrations have built, once for all tests."""
    database: Database
    if request.param == "sqlite":
        database = SQLite(Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None)))
    else:
        # Not a folder of pytest: it throws those of an earlier run away, servers and all.
        database = PostgreSQL(Path(tempfile.mkdtemp(prefix="onestop-")))
    app = create_app(
        {
            **database.settings,
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "INSTANCE": tmp_path_factory.mktemp("instance"),
            "SECRET_KEY": "for tests",
            "LOOKUP_KEY": "for tests",
            "PASSWORD_TIME_COST": 1,
            "PASSWORD_MEMORY_COST": 8,
        }
    )
    app.test_client_class = PolicingClient
    with app.app_context():
        flask_migrate.upgrade()
        database.remember(db.engine, "migrated")
        with transaction():
            load_sample(
                password_hash=hash_password(PASSWORD, Cost(1, 8)), by=Operator(), at=INSTALLED
            )
        db.session.remove()
        database.remember(db.engine, "sample")
        yield app, database
        db.engine.dispose()
    database.close()


@pytest.fixture
def app(prepared: tuple[Flask, Database]) -> Iterator[Flask]:
    """The application with the sample's agencies, catalogue and staff; commits are real."""
    app, database = prepared
    with app.app_context():
        database.restore(db.engine, "sample")
        _forget()
        yield app
        db.session.remove()


def _forget() -> None:
    """Drop what the process remembers of the database that stood at the same address."""
    calendars.forget()
    catalogue.forget()


@pytest.fixture(scope="session")
def demonstrated(prepared: tuple[Flask, Database]) -> tuple[Flask, Database]:
    """The demonstration, built once for all tests."""
    app, database = prepared
    with app.app_context():
        database.restore(db.engine, "migrated")
        with transaction():
            build(password_hash=hash_password(PASSWORD, Cost(1, 8)), by=Operator(), at=BUILT)
        db.session.remove()
        database.remember(db.engine, "demonstration")
    return app, database


@pytest.fixture
def demo(demonstrated: tuple[Flask, Database]) -> Iterator[Flask]:
    """The application with the whole demonstration in a database of this test's own."""
    app, database = demonstrated
    with app.app_context():
        database.restore(db.engine, "demonstration")
        _forget()
        yield app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> PolicingClient:
    client = app.test_client()
    assert isinstance(client, PolicingClient)
    return client


@pytest.fixture
def budget(app: Flask) -> Budget:  # noqa: ARG001 - a budget is about a database
    """`with budget(3):` fails, listing them, when the block sends more statements than that."""

    @contextmanager
    def at_most(limit: int) -> Iterator[None]:
        sent: list[str] = []

        def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", record)
        yield
        event.remove(db.engine, "before_cursor_execute", record)
        queries = [statement for statement in sent if not statement.startswith("BEGIN")]
        assert len(queries) <= limit, "\n".join([f"{len(queries)} statements:", *queries])

    return at_most


@pytest.fixture(autouse=True)
def no_database_unless_asked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test reaches the database only by naming a fixture that has one."""

    def refuse(_engine: Engine) -> None:
        pytest.fail("a test of rules reached for the database")

    if not {"app", "demo", "prepared"} & set(request.fixturenames):
        monkeypatch.setattr(Engine, "connect", refuse)

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event

from onestop.base.database import db
from onestop.base.languages import speaking
from tests.client import PolicingClient
from tests.databases import RUN, Database, PostgreSQL, SQLite
from tests.installing import begin, demonstrate, installed
from tests.seen import Seen

# How long an example takes says something about the machine, not about the rule. The same commit
# is tried with the same examples; `--hypothesis-profile=search` looks for others, and further.
settings.register_profile("onestop", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("onestop")

Budget = Callable[[int], AbstractContextManager[None]]
Recorded = Callable[[], AbstractContextManager[list[str]]]
Prepared = tuple[Flask, Database]
SELDOM = (50_000, 20, 100)  # a seventh of a worker's time went into the search
TESTING = {"TESTING": True, "WTF_CSRF_ENABLED": False}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: one that begins last keeps its worker while the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Never search for garbage among the thousands of tests and modules, and seldom elsewhere."""
    gc.freeze()
    gc.set_threshold(*SELDOM)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Let no command that spoke English be heard in the tests after it."""
    spoken = speaking.set("vi")
    yield
    speaking.reset(spoken)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, SQLite]]:
    """The application on a SQLite file that real migrations have built."""
    database = SQLite()
    with installed(database, tmp_path_factory.mktemp("instance"), **TESTING) as app:
        yield app, database


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The same on a server of PostgreSQL that lives as long as the tests."""
    database = PostgreSQL()
    with installed(database, tmp_path_factory.mktemp("instance"), **TESTING) as app:
        yield app, database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try every action on both databases, and on one of them the pages that are made of them.

    A page whose statements are counted, or that is marked so, is tried on both as well.
    """
    asked = set(metafunc.fixturenames)
    if "prepared" in asked and not _names_its_database(metafunc):
        is_page = "client" in asked and not {"budget", "recorded"} & asked
        on_both = not is_page or metafunc.definition.get_closest_marker("on_both_databases")
        databases = ["sqlite", "postgresql"] if on_both else ["sqlite"]
        metafunc.parametrize("prepared", databases, indirect=True, scope="session")


def _names_its_database(metafunc: pytest.Metafunc) -> bool:
    marks = metafunc.definition.iter_markers("parametrize")
    return any(mark.args[0] == "prepared" for mark in marks)


@pytest.fixture(scope="session")
def prepared(request: pytest.FixtureRequest) -> Prepared:
    """The application on a database that real migrations have built, once for all tests."""
    found: Prepared = request.getfixturevalue(request.param)
    found[0].test_client_class = PolicingClient
    return found


@pytest.fixture
def app(prepared: Prepared) -> Iterator[Flask]:
    """The application with the sample's agencies, catalogue and staff; commits are real."""
    app, database = prepared
    with app.app_context():
        begin(database, "sample")
        yield app
        db.session.remove()


@pytest.fixture(scope="session")
def demonstrated(prepared: Prepared) -> Prepared:
    """The demonstration, built once for all tests."""
    demonstrate(*prepared)
    return prepared


@pytest.fixture
def demo(demonstrated: Prepared) -> Iterator[Flask]:
    """The application with the whole demonstration in a database of this test's own."""
    app, database = demonstrated
    with app.app_context():
        begin(database, "demonstration")
        yield app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> PolicingClient:
    client = app.test_client()
    assert isinstance(client, PolicingClient)
    return client


@pytest.fixture
def recorded(app: Flask) -> Recorded:  # noqa: ARG001 - statements go to a database
    """`with recorded() as sent:` gives the statements that the block sends, but for BEGIN."""

    @contextmanager
    def record() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return record


@pytest.fixture
def budget(recorded: Recorded) -> Budget:
    """`with budget(3):` fails, listing them, when the block sends more statements than that."""

    @contextmanager
    def at_most(limit: int) -> Iterator[None]:
        with recorded() as sent:
            yield
        assert len(sent) <= limit, "\n".join([f"{len(sent)} statements:", *sent])

    return at_most


@pytest.fixture(scope="session", autouse=True)
def seen_by_all_workers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one worker has found good is known to the others, and what it has compiled."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if RUN else own
    Seen.folder, templates = shared / "seen", shared / "templates"
    for folder in (Seen.folder, templates):
        folder.mkdir(exist_ok=True)
    # Each worker has three applications, and each of them would compile every template.
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(templates))}


@pytest.fixture(autouse=True)
def no_database_unless_asked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test reaches the database only by naming a fixture that has one."""

    def refuse(_engine: Engine) -> None:
        pytest.fail("a test of rules reached for the database")

    if not {"app", "demo", "prepared", "sqlite", "site", "installation"} & set(
        request.fixturenames
    ):
        monkeypatch.setattr(Engine, "connect", refuse)

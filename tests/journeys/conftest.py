from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.browser import Visitor, Windows, chromium
from tests.databases import SQLite
from tests.installing import BUILT, demonstrate
from tests.site import CLOCK, Clock, Site, served

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def serving(
    sqlite: tuple[Flask, SQLite], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    app, built = sqlite
    demonstrate(app, built)
    database = SQLite()
    database.borrow(built, "demonstration")
    with served(database, tmp_path_factory.mktemp("served"), Clock(BUILT)) as site:
        yield site
    database.close()


@pytest.fixture(scope="session")
def windows(serving: Site) -> Iterator[Windows]:
    with chromium() as browser:
        yield Windows(browser, serving.address)


@pytest.fixture
def site(serving: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The demonstration served, as it was built, at the moment it was built."""
    monkeypatch.setattr(CLOCK, serving.clock)
    serving.begin(BUILT)
    yield serving
    serving.rest()


@pytest.fixture(params=["vi", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(site: Site, windows: Windows) -> Iterator[Visit]:  # noqa: ARG001 - they show the site
    """`visit("motcua1.ngochoi")` is that member of staff at a browser, `visit()` a citizen."""
    visitors = []

    def come(username: str | None = None, **options: Any) -> Visitor:
        visitor = Visitor(windows, **options)
        visitors.append(visitor)
        return visitor.let_in(username) if username else visitor

    yield come
    for visitor in visitors:
        visitor.close()

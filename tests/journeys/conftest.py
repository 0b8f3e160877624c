from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser import Visitor, chromium
from tests.databases import SQLite
from tests.installing import BUILT, demonstrate
from tests.site import CLOCK, Clock, Site, served

Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
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
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """`visit("motcua1.ngochoi")` is that member of staff at a browser, `visit()` a citizen."""
    visitors = []

    def come(username: str | None = None, **options: Any) -> Visitor:
        visitor = Visitor(browser, site.address, **options)
        visitors.append(visitor)
        return visitor.let_in(username) if username else visitor

    yield come
    for visitor in visitors:
        visitor.close()

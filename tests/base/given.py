"""A reader without a database: templates, words and filters are enough to look at a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask

from onestop.base import filters, languages, memory


@cache
def bare() -> Flask:
    app = Flask("onestop", static_folder="base/static", template_folder="base/templates")
    languages.speak(app)
    filters.install(app)
    memory.install(app)
    return app


@contextmanager
def reader(language: str = "vi") -> Iterator[Flask]:
    app = bare()
    with app.test_request_context(headers={"Cookie": f"{languages.COOKIE}={language}"}):
        yield app

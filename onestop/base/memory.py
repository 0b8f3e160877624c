"""What pages draw again and again, drawn once by each process."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from flask import Flask
from markupsafe import Markup

from onestop.base.languages import language

Macro = Callable[..., Markup]
MOST_DRAWN: Final = 1024
MOST_ASSETS: Final = 256


def remembered(macro: Macro) -> Macro:
    """Return `macro` as one that draws the same arguments once for each language.

    For atoms with few values, an icon or a state; what it draws may depend on nothing else.
    """

    @lru_cache(maxsize=MOST_DRAWN)
    def drawn(_language: str, *args: Any, **named: Any) -> Markup:
        return macro(*args, **named)

    def again(*args: Any, **named: Any) -> Markup:
        return drawn(language(), *args, **named)

    return again


def install(app: Flask) -> None:
    """Give the templates of `app` what remembers."""
    bare = app.url_for

    @lru_cache(maxsize=MOST_ASSETS)
    def asset(filename: str) -> str:
        return bare("static", filename=filename)

    def address(endpoint: str, **values: Any) -> str:
        # A page names thirty files; where they lie does not change while the process runs.
        if endpoint == "static" and values.keys() == {"filename"}:
            return asset(values["filename"])
        return bare(endpoint, **values)

    app.jinja_env.globals.update(remembered=remembered, url_for=address)

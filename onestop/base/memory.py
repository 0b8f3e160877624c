"""What pages draw again and again, drawn once by each process."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any, Final

from flask import Flask
from flask.templating import Environment
from markupsafe import Markup

from onestop.base.languages import language

Macro = Callable[..., Markup]
MOST_DRAWN: Final = 1024
MOST_ASSETS: Final = 256
ASSETS: Final = {"static", "bootstrap.static"}


class Templates(Environment):
    """Templates that share one map of globals, so that none is compared with them key by key."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: everybody's, unless it has some of its own."""
        return super().make_globals(d) if d else self.globals


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
    def asset(endpoint: str, filename: str) -> str:
        return bare(endpoint, filename=filename)

    def address(endpoint: str, **values: Any) -> str:
        # A page names thirty files; where they lie does not change while the process runs.
        if endpoint in ASSETS and values.keys() == {"filename"}:
            return asset(endpoint, values["filename"])
        return bare(endpoint, **values)

    app.jinja_env.globals.update(remembered=remembered, url_for=address)

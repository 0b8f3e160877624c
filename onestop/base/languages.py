"""The two languages: Vietnamese is what the code speaks, English stands complete beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain
from markupsafe import Markup

LANGUAGES: Final = {"vi": "Tiếng Việt", "en": "English"}
COOKIE: Final = "language"
FOLDER: Final = Path(__file__).parent / "translations"


class PoDomain(Domain):
    """Reads `messages.po` itself, so that no compiled copy can go stale beside it."""

    def get_translations(self) -> NullTranslations:
        """Return the translations into the reader's language; Vietnamese needs none."""
        return catalogue(language())


class Languages(Babel):
    """Flask-Babel with our own way to find the words."""

    @property
    def domain_instance(self) -> PoDomain:
        """Return where the words come from."""
        return PoDomain()


@cache
def catalogue(name: str) -> NullTranslations:
    """Return the words of a language, read once per process."""
    file = FOLDER / name / "LC_MESSAGES" / "messages.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=name))
    compiled.seek(0)
    return Translations(compiled)


# What commands speak; a request asks its cookie.
speaking: Final[ContextVar[str]] = ContextVar("speaking", default="vi")


def language() -> str:
    """Return the language of the reader: `vi` or `en`."""
    if not has_request_context():
        return _known(speaking.get())
    # A page has hundreds of words; the cookie is read for the first of them.
    found: str | None = g.get(COOKIE)
    if found is None:
        found = g.language = _known(request.cookies.get(COOKIE, ""))
    return found


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Write what the block writes in one language, whatever the reader's: an official paper."""
    readers = language()
    g.language = name
    try:
        yield
    finally:
        g.language = readers


def speak(app: Flask) -> None:
    """Give `app` its languages; the choice is kept in a cookie, Vietnamese is the default."""
    Languages(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=language,
    )
    app.jinja_env.globals["_"] = say


def say(message: str, **values: object) -> Markup:
    """Return what `_()` writes in a template: the words of the reader, safe to stand in HTML.

    As Jinja's own: always formatted, so that a percent sign is written `%%`; values are escaped.
    """
    name = language()
    return _marked(name, message) % values if values else _plain(name, message)


@lru_cache(maxsize=8192)
def _marked(name: str, message: str) -> Markup:
    return Markup(catalogue(name).ugettext(message))  # noqa: S704 - our own words


@lru_cache(maxsize=8192)
def _plain(name: str, message: str) -> Markup:
    return _marked(name, message) % {}


def _known(asked: str) -> str:
    return asked if asked in LANGUAGES else "vi"

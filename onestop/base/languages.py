"""The two languages: Vietnamese is what the code speaks, English stands complete beside it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain
from markupsafe import Markup

LANGUAGES: Final = {"vi": "Tiếng Việt", "en": "English"}
COOKIE: Final = "language"
FOLDER: Final = Path(__file__).parent / "translations"
COUNTS: Final = frozenset({"count", "days", "hours", "minutes", "value"})
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)")


class PoDomain(Domain):
    """Reads `messages.po` itself, so that no compiled copy can go stale beside it."""

    def get_translations(self) -> NullTranslations:
        """Return the translations into the reader's language; Vietnamese needs none."""
        return catalogue(language())

    def gettext(self, string: str, **variables: Any) -> str:
        """Return `string` in the reader's language, in the singular where it counts one thing."""
        return gettext(string, **variables)


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


@cache
def counted_by(message: str) -> str | None:
    """Return the name of the number that gives `message` its plural in English, or None.

    Vietnamese has one form for one and for many, so no call says which it wants: the first
    placeholder of a message decides, where it is called like something that is counted.
    """
    first = PLACEHOLDER.search(message)
    return first[1] if first and first[1] in COUNTS else None


# What commands speak; a request asks its cookie.
speaking: Final[ContextVar[str]] = ContextVar("speaking", default="vi")
# A page has hundreds of words; the cookie is read once, when its request begins.
reading: Final[ContextVar[str | None]] = ContextVar("reading", default=None)
BEFORE: Final = "read_before"


def language() -> str:
    """Return the language of the reader: `vi` or `en`."""
    return reading.get() or _asked()


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Write what the block writes in one language, whatever the reader's: an official paper."""
    readers = reading.get()
    reading.set(name)
    try:
        yield
    finally:
        reading.set(readers)


def _asked() -> str:
    asked = request.cookies.get(COOKIE, "") if has_request_context() else speaking.get()
    return known_language(asked)


def _begin() -> None:
    g.setdefault(BEFORE, reading.get())
    reading.set(_asked())


def _end(_error: BaseException | None) -> None:
    if BEFORE in g:  # else nothing was answered
        reading.set(g.pop(BEFORE))


def speak(app: Flask) -> None:
    """Give `app` its languages; the choice is kept in a cookie, Vietnamese is the default."""
    Languages(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=language,
    )
    app.before_request(_begin)
    app.teardown_request(_end)
    app.jinja_env.globals["_"] = say


def gettext(message: str, **values: object) -> str:
    """Return what Flask-Babel's own does, without asking it each time whose words they are.

    For the little words that a page writes by the dozen, and where there may be no application.
    """
    said = _worded(language(), message, is_one=_is_one(message, values))
    return said % values if values else said


def say(message: str, **values: object) -> Markup:
    """Return what `_()` writes in a template: the words of the reader, safe to stand in HTML.

    As Jinja's own: always formatted, so that a percent sign is written `%%`; values are escaped.
    """
    return words(language())(message, **values)


@cache
def words(name: str) -> Callable[..., Markup]:
    """Return `say` in one language, for a page that knows its reader's."""

    def said(message: str, **values: object) -> Markup:
        if not values:
            return _plain(name, message)
        return _marked(name, message, is_one=_is_one(message, values)) % values

    return said


@lru_cache(maxsize=8192)
def _marked(name: str, message: str, *, is_one: bool) -> Markup:
    return Markup(_worded(name, message, is_one=is_one))  # noqa: S704 - our own words


@lru_cache(maxsize=8192)
def _plain(name: str, message: str) -> Markup:
    return _marked(name, message, is_one=False) % {}


def _worded(name: str, message: str, *, is_one: bool) -> str:
    words = catalogue(name)
    if counted_by(message) is None:
        return str(words.gettext(message))
    return str(words.ngettext(message, message, 1 if is_one else 2))


def _is_one(message: str, values: Mapping[str, object]) -> bool:
    number = counted_by(message)
    return number is not None and str(values.get(number)) == "1"


def known_language(asked: str) -> str:
    """Return the language that was asked for, or Vietnamese where there is none of that name."""
    return asked if asked in LANGUAGES else "vi"

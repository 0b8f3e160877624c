"""The two languages: Vietnamese is what the code speaks, English stands complete beside it."""

from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale

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
    locale = get_locale()
    return locale.language if locale else "vi"


def speak(app: Flask) -> None:
    """Give `app` its languages; the choice is kept in a cookie, Vietnamese is the default."""
    Languages(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=_chosen,
    )


def _chosen() -> str:
    asked = request.cookies.get(COOKIE, "vi") if has_request_context() else speaking.get()
    return asked if asked in LANGUAGES else "vi"

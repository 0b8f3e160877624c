"""What a request asks, as text that can be kept and shown, and the numbers and days in it."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any, Final, TypeVar

from flask import Request as FlaskRequest
from flask import abort
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, Map
from werkzeug.sansio.http import parse_cookie

Known = TypeVar("Known")
MOST_DIGITS: Final = 9
EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200
LARGEST: Final = 2**31 - 1
# Marks that no page may show; the first of them no database keeps.
NO_TEXT: Final = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class Texts(ImmutableMultiDict[str, Any]):
    """The fields of a form or the questions of an address, without marks that are no text."""

    def __init__(self, mapping: Any = None) -> None:  # noqa: ANN401 - as werkzeug has it
        items: Iterable[tuple[str, Any]] = iter_multi_items(mapping) if mapping else ()
        super().__init__([(plain(name), _plain(value)) for name, value in items])


class Number(IntegerConverter):
    """A whole number in an address, no larger than any id or number that the database gives."""

    def __init__(self, map_: Map) -> None:
        super().__init__(map_, max=LARGEST)


class Request(FlaskRequest):
    """A request whose texts are texts."""

    parameter_storage_class = Texts

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Return what the browser keeps, without a walk through all that it says."""
        return parse_cookie(self.environ.get("HTTP_COOKIE"), cls=self.dict_storage_class)  # type: ignore[return-value]  # of that class


def plain(text: str) -> str:
    """Return `text` without the marks that no page may show and no database keeps."""
    # None of those marks is printable; nearly every text is, and is soon known to be.
    return text if text.isprintable() else NO_TEXT.sub("", text)


def is_plain(text: str) -> bool:
    """Say whether `text` holds nothing but text."""
    return NO_TEXT.search(text) is None


def number(text: str | None) -> int | None:
    """Return the whole number that `text` is, in at most nine digits, or None.

    Digits of other scripts are none: Python reads them, people and databases do not.
    """
    if not text or len(text) > MOST_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def day(text: str | None) -> date | None:
    """Return the date that `text` is, of a year that anything can have happened in, or None."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def known_or_none(text: str | None, read: Callable[[str], Known | None]) -> Known | None:
    """Return what `read` makes of a part of an address, None of an empty one or one not there.

    Answers 404 where it makes nothing of it.
    """
    if not text:
        return None
    found = read(text)
    return abort(404) if found is None else found


def _plain(value: Any) -> Any:  # noqa: ANN401 - a text, or a file
    return plain(value) if isinstance(value, str) else value

"""Markup held to the standard: strictly parsed, with nothing that the policy forbids.

Parsing is slow and most pages of a run differ only in what they say. So a page is looked at once
in each of its shapes: what a parser does is decided by the tags, by the names of attributes, and
by whether a text or a value is there, never by which harmless letters stand in it. Nor is a list
longer than two to it: what comes after two of its like finds the parser as the second left it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element

import html5lib

from tests.seen import Seen

FOUND_GOOD: Final = Seen("markup")
TOKEN: Final = re.compile(r'<!--.*?-->|<(?:"[^"]*"|[^">])*>|[^<]+|<', re.DOTALL)
VALUE: Final = re.compile(r'="([^"]*)"')
ESCAPED: Final = re.compile(r"&(?:amp|lt|gt|#34|#39);")
TAG: Final = re.compile(r"<(/?)(\w+)")
EMPTY: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
Told = tuple[str, str, str]
TELLING: Final = frozenset("&\"'<>=`")


def police(html: str) -> None:
    """Refuse a page that is not well formed, names no language or title, or has inline script."""
    if not html.lstrip().lower().startswith("<!doctype"):
        html = f"<!doctype html><html lang=vi><title>fragment</title><body>{html}</body></html>"
    shape = shape_of(html)
    if shape in FOUND_GOOD:
        return
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(shape)
    assert page.get("lang"), "a page names its language"
    assert page.findtext(".//title"), "a page has a title"
    for element in page.iter():
        assert not _inline(element), f"the policy forbids inline script and style: {element.attrib}"
    FOUND_GOOD.add(shape)


def shape_of(html: str) -> str:
    """Return a page without its harmless words, and without what comes after two of its like."""
    tokens = [_told(token) for token in TOKEN.findall(html)]
    return "".join(_shortened(tokens) or [shape for shape, _, _ in tokens])


def _shortened(tokens: Iterable[Told]) -> list[str] | None:
    """Leave out what comes after two of its like.

    None where the end of an element is left out or stands elsewhere: then all of it must be read.
    """
    name, parts = "", list[str]()
    around: list[tuple[str, list[str]]] = []
    for shape, begins, ends in tokens:
        if begins:
            around.append((name, parts))
            name, parts = begins, [shape]
        elif not ends:
            _put(parts, shape)
        elif ends == name:
            parts.append(shape)
            inner = "".join(parts)
            name, parts = around.pop()
            _put(parts, inner)
        else:
            return None
    return None if around else parts


def _put(parts: list[str], part: str) -> None:
    """Put a part after the others, unless two like it, and their blanks, are the last of them."""
    if part == " " or part not in parts[-2:]:
        parts.append(part)
        return
    blank = parts[-1] == " "
    like = [part, " "] * 2 if blank else [part] * 2
    if parts[-len(like) :] == like:
        del parts[len(parts) - blank :]
    else:
        parts.append(part)


@lru_cache(1 << 16)
def _told(token: str) -> Told:
    """Return the shape of a token, and the name of the element that it begins or ends."""
    found = TAG.match(token)
    if found is None or found[2] in EMPTY or token.endswith("/>"):
        return _shape_of_token(token), "", ""
    begins, ends = ("", found[2]) if found[1] else (found[2], "")
    return _shape_of_token(token), begins, ends


def _shape_of_token(token: str) -> str:
    """Return a tag without its harmless values, or whether there is a text.

    What might be more than letters to a parser is left as it is: a stray quote or bracket, an
    entity that our templates do not write, a character that no text may hold.
    """
    if token.startswith("<"):
        odd = token.startswith("<!") or "'" in token
        return token if odd else VALUE.sub(_shape_of_value, token)
    return _shape_of_text(token, TELLING)


def _shape_of_value(found: re.Match[str]) -> str:
    # Addresses have many an equals sign; between quotes it ends nothing.
    return f'="{_shape_of_text(found[1], TELLING - {"="})}"'


def _shape_of_text(text: str, telling: frozenset[str]) -> str:
    if not text.strip(" \n"):
        return " " if text else ""
    letters = ESCAPED.sub("x", text).replace("\n", " ")
    return text if telling & set(letters) or not letters.isprintable() else "x"


def _inline(element: Element) -> bool:
    handlers = [name for name in element.attrib if name == "style" or name.startswith("on")]
    return bool(handlers) or (element.tag == "script" and not element.get("src"))

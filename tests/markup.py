"""Markup held to the standard: strictly parsed, with nothing that the policy forbids.

Parsing is slow and most pages of a run differ only in what they say. So a page is looked at once
in each of its shapes: what a parser does is decided by the tags, by the names of attributes, and
by whether a text or a value is there, never by which harmless letters stand in it.
"""

import re
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element

import html5lib

from tests.seen import Seen

FOUND_GOOD: Final = Seen("markup")
TOKEN: Final = re.compile(r'<!--.*?-->|<(?:"[^"]*"|[^">])*>|[^<]+|<', re.DOTALL)
VALUE: Final = re.compile(r'="([^"]*)"')
ESCAPED: Final = re.compile(r"&(?:amp|lt|gt|#34|#39);")
TELLING: Final = frozenset("&\"'<>=`")


def police(html: str) -> None:
    """Refuse a page that is not well formed, names no language or title, or has inline script."""
    if not html.lstrip().lower().startswith("<!doctype"):
        html = f"<!doctype html><html lang=vi><title>fragment</title><body>{html}</body></html>"
    shape = "".join(map(shape_of, TOKEN.findall(html)))
    if shape in FOUND_GOOD:
        return
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    assert page.get("lang"), "a page names its language"
    assert page.findtext(".//title"), "a page has a title"
    for element in page.iter():
        assert not _inline(element), f"the policy forbids inline script and style: {element.attrib}"
    FOUND_GOOD.add(shape)


@lru_cache(1 << 16)
def shape_of(token: str) -> str:
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

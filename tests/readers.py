"""What a person reads of a page, and which of it is in the wrong language."""

import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from typing import Final

from tests.translations import forms, known, spoken

SPOKEN: Final = ("aria-label", "placeholder", "alt", "title", "label", "data-label")
SILENT: Final = frozenset({"script", "style"})
VOID: Final = frozenset({"input", "meta", "link", "img", "br", "hr"})
WORD: Final = re.compile(r"[^\W\d_]+")
SHORTEST: Final = 4
# A key, a given name.
SHARED: Final = frozenset({"enter", "long"})
NO_WORDS: Final = re.compile(r"https?://\S+|%\(\w+\)[sd]")


class Reader(HTMLParser):
    """Hears everything that a page says, with the language it says it in."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[tuple[str, str]] = []
        self.heard: list[tuple[str, str]] = []

    @property
    def language(self) -> str:
        return next((language for _, language in reversed(self.inside) if language), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.inside.append((tag, said.get("lang", "")))
        language = said.get("lang") or self.language
        self.heard += [(said[name], language) for name in SPOKEN if said.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag not in {open_tag for open_tag, _ in self.inside}:
            return
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.inside and self.inside[-1][0] in SILENT):
            self.heard.append((data.strip(), self.language))


def texts(html: str) -> list[tuple[str, str]]:
    """Return everything that a page says, with the language it says it in."""
    reader = Reader()
    reader.feed(html)
    return reader.heard


def foreign(html: str, language: str) -> list[str]:
    """Return what a page of `language` says in the other one without saying so by `lang`."""
    is_wrong = is_vietnamese if language == "en" else is_english
    heard = texts(html)
    return [text for text, said_in in heard if said_in in {language, ""} and is_wrong(text)]


def is_vietnamese(text: str) -> bool:
    """Say whether `text` has a letter that English does not."""
    apart = unicodedata.normalize("NFD", text)
    return any(mark in "đĐ" or unicodedata.combining(mark) for mark in apart)


def is_english(text: str) -> bool:
    """Say whether `text` has a word that only the English of the product has."""
    return not english_words().isdisjoint(_words(text))


@cache
def english_words() -> frozenset[str]:
    """Return the longer words of the English catalogue that no Vietnamese sentence has."""
    ours = {word for text in spoken() for word in _words(text)}
    theirs = {
        word
        for message in known()
        if message.id
        for text in forms(message)
        for word in _words(text)
        if len(word) >= SHORTEST
    }
    return frozenset(theirs - ours - SHARED)


def _words(text: str) -> list[str]:
    return WORD.findall(NO_WORDS.sub("", text).casefold())

"""Words that a person reads: marked where they are written, translated where they are shown."""

import re
import unicodedata
from enum import Enum
from typing import Self


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools know
    """Mark `text` for translation and return it as it is; whoever shows it translates it."""
    return text


def capitalize_first(text: str) -> str:
    """Return `text` with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return `text` with its first letter small, to stand within a sentence; VND stays VND."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


class Worded(Enum):
    """An enum whose value is its name in data and interfaces, and whose `word` a person reads."""

    word: str

    # A member is one object for good; by its name, as `Enum` has it, is ten times slower.
    __hash__ = object.__hash__

    def __new__(cls, value: str, word: str) -> Self:
        """Keep `value` as the member's value and `word` beside it."""
        member = object.__new__(cls)
        member._value_ = value
        member.word = word
        return member

    @classmethod
    def known(cls, value: str | None) -> Self | None:
        """Return the member of a value as a form or an address sends it, None for an unknown."""
        member: Self | None = cls._value2member_map_.get(value)  # type: ignore[assignment]
        return member

    @classmethod
    def of(cls, value: str) -> Self:
        """Return the member of a value; raises `ValueError` for an unknown one."""
        member = cls.known(value)
        if member is None:
            raise ValueError(f"{value!r} is no {cls.__name__}")
        return member

    def __str__(self) -> str:
        return str(self._value_)


class Bilingual:
    """What has a name in both languages: a holiday, an agency, a field, a procedure."""

    __slots__ = ()
    name_vi: str
    name_en: str

    def name(self, language: str) -> str:
        """Return the name in a language, `vi` or `en`."""
        return self.name_en if language == "en" else self.name_vi


_MARKS = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Return `text` as people type it in haste: lower case, no diacritics, đ as d.

    đ is a letter of its own, not a composed one, so it is folded by name.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", _MARKS.sub("", apart))


def marked(text: str, typed: str) -> list[tuple[str, bool]]:
    """Cut `text` into pieces and say of each whether it is what somebody `typed`.

    As a search finds it: each word typed begins a word of the text, whatever the marks.
    """
    wanted = sorted(_WORD.findall(fold(typed)), key=len, reverse=True)
    pieces: list[tuple[str, bool]] = []
    for piece in _PIECE.findall(text):
        folded = fold(piece)
        length = next((len(word) for word in wanted if folded.startswith(word)), 0)
        pieces += [(piece[:length], True), (piece[length:], False)]
    return [(piece, is_typed) for piece, is_typed in pieces if piece]


_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\w+|\W+")

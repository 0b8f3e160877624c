"""Words that a person reads: marked where they are written, translated where they are shown."""

import re
import unicodedata
from enum import Enum
from typing import Self


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools know
    """Mark `text` for translation and return it as it is; whoever shows it translates it."""
    return text


class Worded(Enum):
    """An enum whose value is its name in data and interfaces, and whose `word` a person reads."""

    word: str

    def __new__(cls, value: str, word: str) -> Self:
        """Keep `value` as the member's value and `word` beside it."""
        member = object.__new__(cls)
        member._value_ = value
        member.word = word
        return member

    @classmethod
    def of(cls, value: str) -> Self:
        """Return the member of a value; raises `ValueError` for an unknown one."""
        for member in cls:
            if member.value == value:
                return member
        raise ValueError(f"{value!r} is no {cls.__name__}")

    def __str__(self) -> str:
        return str(self.value)


_MARKS = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Return `text` as people type it in haste: lower case, no diacritics, đ as d.

    đ is a letter of its own, not a composed one, so it is folded by name.
    """
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", _MARKS.sub("", apart))

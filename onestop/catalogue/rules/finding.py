"""How a procedure is found by its words."""

import re
from typing import Final

from onestop.base.words import fold
from onestop.catalogue.rules.procedures import Procedure


def matches(words: list[str], haystack: list[str]) -> bool:
    """Say whether every word begins some word of the haystack, in any order."""
    return all(any(hay.startswith(word) for hay in haystack) for word in words)


Rank = tuple[int, int, int, int, str]


def rank(words: list[str], procedure: Procedure, used: int = 0) -> Rank | None:
    """Return how well folded `words` fit a procedure, smaller is better; None: not at all.

    The code itself first, then names in which the words stand in order, then what is `used` more
    often, then shorter names.
    """
    if not words:
        return (0, 0, -used, 0, procedure.code)
    codes = [procedure.code.lower(), (procedure.national_code or "").lower()]
    if len(words) == 1 and words[0] in codes:
        return (0, 0, 0, 0, procedure.code)
    name = fold(f"{procedure.name_vi} {procedure.name_en}")
    haystack = [*split(name), *codes]
    if not matches(words, haystack):
        return None
    in_order = 0 if " ".join(words) in " ".join(split(fold(procedure.name_vi))) else 1
    return (1, in_order, -used, len(procedure.name_vi), procedure.code)


def split(folded: str) -> list[str]:
    """Return the words of folded text; dots and dashes inside codes stay."""
    return [word.strip(".-") for word in SEPARATORS.sub(" ", folded).split() if word.strip(".-")]


SEPARATORS: Final = re.compile(r"[^a-z0-9.\-]+")

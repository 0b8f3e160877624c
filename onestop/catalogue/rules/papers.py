"""The papers that a procedure asks for, and how many of each."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

Copies = tuple[int, int]
"""How many originals and how many copies."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that the procedure asks for."""

    name: str

    @property
    def is_shown_only(self) -> bool:
        """Say whether the paper is only shown, not handed in."""
        return "(xuất trình)" in self.name

    @property
    def is_conditional(self) -> bool:
        """Say whether the paper is needed only where it applies."""
        return "(nếu có)" in self.name or self.name.endswith("nếu có")

    @property
    def usual(self) -> Copies:
        """Return how many originals and copies are handed in as a rule, as its name says.

        One original, or one copy of what is called so; nothing of what is only shown.
        """
        return _usual(self.name)

    @property
    def asked_for(self) -> tuple[str, ...]:
        """Return the lines by which an applicant is asked for it, as its name says first.

        As an original, a certified copy or a photocopy (form 02 of Circular 01/2018): a copy is
        asked for certified unless its name says otherwise, what is only shown as an original.
        """
        originals, copies = self.usual
        is_plain = PHOTOCOPY.search(self.name) is not None
        first = (2 if is_plain else 1) if copies else 0
        name, amount = self.name.replace(";", ",").strip(), max(1, originals, copies)
        return tuple(f"{name}: {amount} {kind}" for kind in (*KINDS[first:], *KINDS[:first]))


KINDS: Final = ("bản chính", "bản chứng thực", "bản photo")
"""What form 02 tells apart: originals, certified copies and photocopies."""
PHOTOCOPY: Final = re.compile(r"\b(?:photo|phô tô|chụp)", re.IGNORECASE)


@lru_cache(maxsize=1 << 12)
def _usual(name: str) -> Copies:
    if "(xuất trình)" in name:
        return 0, 0
    found = AMOUNT.match(name)
    amount = AMOUNTS.get(found[1].lower()) or int(found[1]) if found else 1
    return (0, amount) if COPY.search(name) else (amount, 0)


AMOUNTS: Final = {"một": 1, "hai": 2, "ba": 3, "bốn": 4}
AMOUNT: Final = re.compile(r"(một|hai|ba|bốn|0?[1-9])\s+(?:bộ|bản)\b", re.IGNORECASE)
COPY: Final = re.compile(
    r"^(?:(?:một|hai|ba|bốn|0?[1-9])\s+)?(?:bộ\s+)?(?:bản\s+)?(?:sao|photo|chụp)\b", re.IGNORECASE
)

"""A page of a list, and where it stands in the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from onestop.base.asked import number

Row = TypeVar("Row")


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """Some rows of a list; `number` counts pages from 1."""

    rows: tuple[Row, ...]
    number: int
    total: int
    size: int

    @classmethod
    def of(cls, whole: Sequence[Row], number: int, size: int) -> Self:
        """Return page `number` of `whole`, or the last where there are fewer."""
        number = page_shown(number, len(whole), size)
        return cls(tuple(whole[(number - 1) * size : number * size]), number, len(whole), size)

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Return the place of the first row."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Return the place of the last row."""
        return self.first + len(self.rows) - 1


def page_shown(number: int, total: int, size: int) -> int:
    """Return the number of the page that is asked for, or of the last where there are fewer."""
    return max(1, min(number, -(-total // size)))


def page_asked(text: str) -> int:
    """Return the page that an address asks for; what is no number is the first."""
    return min(number(text) or 1, 100_000)

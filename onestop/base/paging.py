"""A page of a list with its place in the whole, and the whole of it, read block by block."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar

from sqlalchemy import Select

from onestop.base.asked import number
from onestop.base.database import db

BLOCK: Final = 1000
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


def page_of(
    found: Select[*tuple[Any, ...]],
    rows: Callable[[Iterable[Any]], Iterable[Row]],
    *,
    number: int,
    total: int,
    size: int,
) -> Paged[Row]:
    """Return a page of what is found, made into `rows`, or the last where there are fewer."""
    number = page_shown(number, total, size)
    read = db.session.execute(found.limit(size).offset((number - 1) * size))
    return Paged(tuple(rows(read)), number, total, size)


def whole_of(found: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield all that is found, read block by block: memory does not grow with it."""
    # Whoever stops half way closes what the database still holds ready.
    with db.session.execute(found.execution_options(yield_per=BLOCK)) as read:
        for part in read.partitions():
            yield from part


def page_shown(number: int, total: int, size: int) -> int:
    """Return the number of the page that is asked for, or of the last where there are fewer."""
    return max(1, min(number, -(-total // size)))


def page_asked(text: str) -> int:
    """Return the page that an address asks for; what is no number is the first."""
    return min(number(text) or 1, 100_000)

"""The row of lists above a page: which there are, how long each is, and which is open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pill:
    """An entry of the row; `count` is how many stand on the list, where that is told."""

    href: str
    label: str
    count: int | None = None
    current: bool = False
    is_late: bool = False

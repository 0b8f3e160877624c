"""What a cell of a sheet may hold, and how it is kept from being taken for a formula."""

from datetime import date, datetime, time
from typing import Final

# An empty text, a text, a whole number, a local date, or a local moment.
CellValue = str | int | date | datetime
MIDNIGHT: Final = time()
FORMULA: Final = frozenset("=+-@\t\r＝＋－＠")
GUARD: Final = "'"


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; `unguarded` gives it back."""
    first = text[:1]
    return GUARD + text if first in FORMULA or first == GUARD else text


def unguarded(text: str) -> str:
    """Return text without the mark that `guarded` put before it."""
    if text[:1] == GUARD and (text[1:2] in FORMULA or text[1:2] == GUARD) and len(text) > 1:
        return text[1:]
    return text


def text(cell: CellValue) -> str:
    """Return a cell as a text file has it: a moment in ISO, to the second where it has one."""
    if isinstance(cell, datetime):
        exact = "minutes" if not (cell.second or cell.microsecond) else "auto"
        return cell.isoformat(timespec=exact)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def readable(cell: CellValue) -> str:
    """Return a cell as a spreadsheet takes it from a text file: a moment with a blank, not a T."""
    said = text(cell)
    return said.replace("T", " ") if isinstance(cell, datetime) else said


def is_exact(moment: datetime) -> bool:
    """Say whether a workbook can hold a moment as a real date that reads back the same.

    It knows no date without a time but midnight, and no fraction of a second for sure.
    """
    return moment.time() != MIDNIGHT and not moment.microsecond

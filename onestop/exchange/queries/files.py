"""Opening a register: a workbook or a text file, as rows of cells."""

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.exchange.queries.workbooks import is_too_large, unread_formulas
from onestop.exchange.rules.cells import Cell
from onestop.exchange.rules.columns import REGISTER, Fault, Headings, Layout, layout

ENDINGS: Final = (".xlsx", ".csv")
DELIMITERS: Final = ",;\t"
HEADER_WITHIN: Final = 20
ENOUGH_HEADINGS: Final = 3
WRONG_BYTE: Final = re.compile("[\udc80-\udcff]")
Numbered = tuple[int, Sequence[Cell]]


class UnreadableError(Exception):
    """A file that is no register; `faults` say why, `warnings` what else was not understood."""

    def __init__(self, *faults: Fault, warnings: tuple[Fault, ...] = ()) -> None:
        super().__init__(*(str(fault.refusal) for fault in faults))
        self.faults, self.warnings = faults, warnings


@dataclass
class Register:
    """An opened register: its columns, and its rows as often as they are asked for.

    `total` is how many rows there may be, None where only reading tells.
    """

    layout: Layout
    total: int | None
    _source: "_Workbook | _Text"
    _header_row: int

    def rows(self) -> Iterator[Numbered]:
        """Yield the rows below the headings, numbered as the spreadsheet numbers them.

        Raises `UnreadableError` where a text file cannot be read any further.
        """
        for number, cells in self._source.rows():
            if number > self._header_row:
                yield number, cells

    def close(self) -> None:
        """Let the file go."""
        self._source.close()


def check_name(path: Path) -> None:
    """Refuse a path where no register can be: nothing there, a folder, another kind of file."""
    if path.is_dir():
        raise Refusal(N_("%(path)s là thư mục, không phải tệp."), path=str(path))
    if not path.exists():
        raise Refusal(N_("Không có tệp %(path)s."), path=str(path))
    check_ending(path)


def check_ending(path: Path) -> None:
    """Refuse a name that does not end in .xlsx or .csv."""
    if path.suffix.lower() not in ENDINGS:
        raise Refusal(N_("Cần tệp .xlsx hoặc .csv; %(path)s thì không phải."), path=str(path))


def opened(path: Path, of: Headings = REGISTER) -> Register:
    """Open the register at `path`, or another file with its own headings.

    Raises `UnreadableError` for a broken or empty file and for one without the columns of a
    register, `Refusal` where there is no such file at all.
    """
    try:
        check_name(path)
        if path.suffix.lower() == ".csv":
            source: _Workbook | _Text = _text(path, of)
        else:
            source = _Workbook(path)
    except OSError as error:
        raise Refusal(
            N_("Không đọc được %(path)s: %(why)s."), path=str(path), why=error.strerror
        ) from error
    try:
        found, number = _laid_out(source, of)
    except UnreadableError:
        source.close()
        raise
    return Register(found, source.total and source.total - number, source, number)


def _laid_out(source: "_Workbook | _Text", of: Headings) -> tuple[Layout, int]:
    number, headings = _header(source, of)
    found = layout([str(cell) for cell in headings], row=number, of=of)
    if isinstance(found, Layout):
        return found, number
    raise UnreadableError(*found.faults, warnings=found.warnings)


def _header(source: "_Workbook | _Text", of: Headings) -> Numbered:
    first: Numbered | None = None
    for number, cells in islice(source.rows(), HEADER_WITHIN):
        words = [str(cell) for cell in cells]
        if not any(word.strip() for word in words):
            continue
        if of.known(words) >= ENOUGH_HEADINGS:
            return number, cells
        first = first or (number, cells)
    if first is None:
        raise _unreadable(N_("Tệp không có gì."))
    return first


class _Workbook:
    """The first visible sheet of a workbook."""

    def __init__(self, path: Path) -> None:
        path.open("rb").close()
        try:
            if is_too_large(path):
                raise _unreadable(N_("Trang tính quá lớn; hãy xóa các cột thừa hoặc tách tệp."))
            self.sheet = _sheet(path)
            self.broken = unread_formulas(path, self.sheet.name)
        except BROKEN as error:
            raise _unreadable(N_("Tệp .xlsx hỏng, không mở được.")) from error
        self.total: int | None = self.sheet.total_height

    def rows(self) -> Iterator[Numbered]:
        first = self.sheet.start[1] if self.sheet.start else 0
        number = 0
        for number, cells in enumerate(self.sheet.iter_rows(), 1):
            yield number, self._told(number, list(cells), first)
        # Rows of formulas alone, without a result, are none to the reader of workbooks.
        for beyond in sorted(one for one in self.broken if one > number):
            yield beyond, self._told(beyond, [], first)

    def _told(self, number: int, cells: list[Cell], first: int) -> list[Cell]:
        for column, failed in self.broken.get(number, {}).items():
            place = column - first
            cells += [""] * (place + 1 - len(cells))
            cells[place] = failed
        return cells

    def close(self) -> None:
        del self.sheet  # read whole, it is the largest thing there is


# What its reader, and that of the parts of a zip, say of a file that is no workbook.
BROKEN: Final = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
)


def _unreadable(message: str) -> UnreadableError:
    return UnreadableError(Fault(None, None, Refusal(message)))


def _sheet(path: Path) -> CalamineSheet:
    workbook = CalamineWorkbook.from_path(path)
    for one in workbook.sheets_metadata:
        if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible:
            return workbook.get_sheet_by_name(one.name)
    raise ValueError("no sheet that a person could see")


class _Text:
    """A text file of cells between delimiters."""

    def __init__(self, path: Path, delimiter: str) -> None:
        self.total: int | None = None
        self.path = path
        self.delimiter = delimiter
        self.file: TextIO = path.open(encoding="utf-8-sig", newline="")

    def rows(self) -> Iterator[Numbered]:
        self.file.seek(0)
        number = 0
        try:
            rows = csv.reader(self.file, delimiter=self.delimiter, strict=True)
            for number, cells in enumerate(rows, 1):
                yield number, cells
        except UnicodeDecodeError as error:
            said = Refusal(N_("Tệp .csv không phải UTF-8; hãy lưu lại dạng CSV UTF-8."))
            raise UnreadableError(Fault(self._row_of_wrong_byte(), None, said)) from error
        except csv.Error as error:
            said = Refusal(N_("Dòng này hỏng: dấu ngoặc kép không khớp, hoặc một ô quá dài."))
            raise UnreadableError(Fault(number + 1, None, said)) from error

    def _row_of_wrong_byte(self) -> int:
        """Return the first row with a byte that is no UTF-8: bytes are read many rows ahead."""
        number = 0
        with (
            self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file,
            suppress(csv.Error),
        ):
            for number, cells in enumerate(csv.reader(file, delimiter=self.delimiter), 1):
                if any(WRONG_BYTE.search(cell) for cell in cells):
                    return number
        return number + 1

    def close(self) -> None:
        self.file.close()


def _text(path: Path, of: Headings) -> _Text:
    """Return the file, cut by the delimiter under which most headings are known."""
    best, most = ",", 0
    for delimiter in DELIMITERS:
        with closing(_Text(path, delimiter)) as source:
            headings = _most_headings(source, of)
        if headings > most:
            best, most = delimiter, headings
    return _Text(path, best)


def _most_headings(source: _Text, of: Headings) -> int:
    most = 0
    try:
        for _, cells in islice(source.rows(), HEADER_WITHIN):
            most = max(most, of.known([str(cell) for cell in cells]))
    except UnreadableError:
        return most
    return most

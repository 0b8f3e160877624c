"""Sheets written row by row: a workbook or a text file, in the same memory however long."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Final

from xlsxwriter import Workbook

from onestop.base.cells import CellValue, guarded, is_exact, readable, text

MOST_ROWS: Final = 1_048_575
"""The rows that a sheet of a workbook has below its headings."""

WIDTH: Final = 20
WIDE: Final = 60
A4: Final = 9
MIMETYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
Rows = Iterable[tuple[CellValue, ...]]


@dataclass(frozen=True)
class Sheet:
    """What is handed out: headings, rows, and `about`: what they are and as of when.

    `widths` are those of the columns in letters, for whoever reads or prints it.
    """

    title: str
    headings: tuple[str, ...]
    rows: Rows
    about: tuple[tuple[str, CellValue], ...]
    about_title: str
    widths: tuple[int, ...] = ()


def made(sheet: Sheet, kind: str) -> IO[bytes]:
    """Return a sheet as an open file of `kind`, one of `MIMETYPES`, that ends with its reader.

    It is whole before its first byte leaves: half a list looks like a list, and whoever takes it
    slowly holds no moment of the database for so long. In a workbook `about` is a sheet of its own;
    a text file has it in every row, so that each row tells where it is from and the first line is
    still its headings. A list that is empty has one row with nothing else.
    """
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        if kind == "xlsx":
            write_workbook(file, sheet.headings, sheet.rows, more=sheet)
        else:
            _write_for_spreadsheets(file, sheet)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def write_text(file: IO[str], headings: Sequence[str], rows: Rows) -> None:
    """Write headings and rows between commas; text is written as it is."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([text(cell) for cell in cells] for cells in rows)


def write_workbook(
    target: Path | IO[bytes],
    headings: Sequence[str],
    rows: Rows,
    *,
    folder: Path | None = None,
    more: Sheet | None = None,
) -> None:
    """Write headings and rows as a workbook whose dates are real ones; text is never a formula.

    Row by row: the rows before are already in files of their own in `folder`, none of which stays
    where the disk is full.
    """
    with (
        TemporaryDirectory(dir=folder) as parts,
        Workbook(target, {"constant_memory": True, "tmpdir": parts}) as workbook,
    ):
        sheet = workbook.add_worksheet(more.title if more else None)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, WIDTH)
        for place, width in enumerate(more.widths if more else ()):
            sheet.set_column(place, place, width)
        looks = _Looks(workbook, wraps=more is not None)
        for place, name in enumerate(headings):
            sheet.write_string(0, place, name, looks.heading)
        last = 0
        for last, cells in enumerate(rows, 1):
            for place, cell in enumerate(cells):
                looks.write(sheet, last, place, cell)
        if more:
            _lay_out_list(sheet, last, len(headings) - 1)
            _tell_about(workbook.add_worksheet(more.about_title), more, looks)


class _Looks:
    """The formats of a workbook; where it is for people to read, long text goes on below."""

    def __init__(self, workbook: Workbook, *, wraps: bool) -> None:
        whole = {"valign": "top", "text_wrap": True} if wraps else {}
        left = {"valign": "top", "align": "left"} if wraps else {"align": "left"}
        self.heading = workbook.add_format({"bold": True, **whole})
        self.text = workbook.add_format(whole) if wraps else None
        self.number = workbook.add_format({"num_format": "0", **left})
        self.day = workbook.add_format({"num_format": "dd/mm/yyyy", **left})
        self.minute = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm", **left})
        self.second = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", **left})

    def write(self, sheet: Any, row: int, place: int, cell: CellValue) -> None:  # noqa: ANN401 - comes without types
        if isinstance(cell, datetime) and is_exact(cell):
            sheet.write_datetime(row, place, cell, self.second if cell.second else self.minute)
        elif isinstance(cell, date) and not isinstance(cell, datetime):
            sheet.write_datetime(row, place, cell, self.day)
        elif isinstance(cell, int):
            sheet.write_number(row, place, cell, self.number)
        elif cell:
            sheet.write_string(row, place, text(cell), self.text)


def _lay_out_list(page: Any, last_row: int, last_column: int) -> None:  # noqa: ANN401 - comes without types
    page.autofilter(0, 0, last_row, last_column)
    lay_out(page)


def lay_out(page: Any, *, sheets_wide: int = 1) -> None:  # noqa: ANN401 - comes without types
    """Make a page fit A4, lying, when it is printed; every sheet of paper bears the headings."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(sheets_wide, 0)
    page.repeat_rows(0)


def _tell_about(page: Any, sheet: Sheet, looks: _Looks) -> None:  # noqa: ANN401 - comes without types
    page.set_column(0, 0, WIDTH)
    page.set_column(1, 1, WIDE)
    for number, (name, said) in enumerate(sheet.about):
        page.write_string(number, 0, name, looks.heading)
        looks.write(page, number, 1, said)


def _write_for_spreadsheets(file: IO[bytes], sheet: Sheet) -> None:
    names = [name for name, _said in sheet.about]
    told = [guarded(readable(said)) for _name, said in sheet.about]
    # Excel takes a text file for one of another century without the mark at its beginning.
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = _never_none(sheet.rows, len(sheet.headings))
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([*sheet.headings, *names])
    writer.writerows([*(guarded(readable(cell)) for cell in cells), *told] for cells in rows)
    lines.detach()


def _never_none(rows: Rows, width: int) -> Rows:
    """Yield the rows; of none, an empty one, beside which a text file tells what it is."""
    found = False
    for cells in rows:
        found = True
        yield cells
    if not found:
        yield ("",) * width

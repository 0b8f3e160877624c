"""Handing a register out: a file that is whole, or none."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from onestop.base.blocks import uncollected
from onestop.base.errors import Refusal
from onestop.base.viewer import Viewer
from onestop.base.words import N_
from onestop.exchange.queries import telling
from onestop.exchange.queries.files import check_ending
from onestop.exchange.queries.telling import Line, Span
from onestop.exchange.rules.columns import NAMES
from onestop.exchange.rules.writing import Written, is_exact, text

MOST_ROWS: Final = 1_048_575
WIDTH: Final = 20
SHOW_EVERY: Final = 500
Progress = Callable[[int], None]
Rows = Iterable[tuple[Written, ...]]


@dataclass(frozen=True)
class Exported:
    """What a register holds, what it leaves out, and the rows that cannot tell all."""

    dossiers: int
    left_out: int
    strange: tuple[Line, ...]


def export_register(
    path: Path, span: Span, *, by: Viewer, at: datetime, progress: Progress | None = None
) -> Exported:
    """Write the dossiers of a span that `by` may see as a register at `path`.

    A file that stood there is replaced once the new one is whole, and not before. Raises
    `Refusal` for a name that is none of a register, a place that cannot be written to, and more
    dossiers than a workbook has rows.
    """
    try:
        check_ending(path)
        _check_place(path)
        return _exported(path, span, by=by, at=at, progress=progress)
    except (OSError, XlsxWriterException) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(N_("Không ghi được %(path)s: %(why)s."), path=str(path), why=why) from error


def _exported(
    path: Path, span: Span, *, by: Viewer, at: datetime, progress: Progress | None
) -> Exported:
    dossiers = telling.count(span, by)
    write = _write_workbook if path.suffix.lower() == ".xlsx" else _write_text
    if write is _write_workbook and dossiers > MOST_ROWS:
        raise Refusal(
            N_("Một trang tính chỉ chứa %(most)d hồ sơ: hãy chia theo ngày, hoặc xuất .csv."),
            most=MOST_ROWS,
        )
    strange: list[Line] = []

    def rows() -> Rows:
        for number, line in enumerate(telling.lines(span, by, at=at), 1):
            if line.strange:
                strange.append(line)
            if progress and number % SHOW_EVERY == 0:
                progress(number)
            yield line.cells

    # Beside the target, for only there is a rename one step.
    with TemporaryDirectory(dir=path.parent, prefix=".onestop-") as folder, uncollected():
        made = Path(folder) / path.name
        write(made, rows())
        made.replace(path)
    return Exported(dossiers, telling.left_out(span, by), tuple(strange))


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise Refusal(N_("%(path)s là thư mục, không phải tệp."), path=str(path))
    if not path.parent.is_dir():
        raise Refusal(N_("Không có thư mục %(path)s."), path=str(path.parent))


def _write_text(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows([text(cell) for cell in cells] for cells in rows)


def _write_workbook(path: Path, rows: Rows) -> None:
    # Row by row, the rows before already in a file beside it.
    with Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(NAMES) - 1, WIDTH)
        heading = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"})
        for place, name in enumerate(NAMES):
            sheet.write_string(0, place, name, heading)
        for number, cells in enumerate(rows, 1):
            for place, cell in enumerate(cells):
                if isinstance(cell, datetime) and is_exact(cell):
                    sheet.write_datetime(number, place, cell, moment)
                elif isinstance(cell, date) and not isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, day)
                elif cell:
                    sheet.write_string(number, place, text(cell))

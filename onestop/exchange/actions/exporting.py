"""Handing a register out: a file that is whole, or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from xlsxwriter.exceptions import XlsxWriterException

from onestop.base.blocks import uncollected
from onestop.base.errors import Refusal
from onestop.base.sheets import MOST_ROWS, Rows, write_text, write_workbook
from onestop.base.viewer import Viewer
from onestop.base.words import N_
from onestop.exchange.queries import telling
from onestop.exchange.queries.files import check_ending
from onestop.exchange.queries.telling import Line, Span
from onestop.exchange.rules.columns import NAMES

SHOW_EVERY: Final = 500
Progress = Callable[[int], None]


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
    check_ending(path)
    dossiers = telling.count(span, by)
    if path.suffix.lower() == ".xlsx" and dossiers > MOST_ROWS:
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

    write(path, NAMES, rows())
    return Exported(dossiers, telling.left_out(span, by), tuple(strange))


def write(path: Path, names: Sequence[str], rows: Rows) -> None:
    """Write headings and rows at `path`; what stood there is replaced once the file is whole.

    Raises `Refusal` for a name that is neither .xlsx nor .csv and a place that takes no file.
    """
    check_ending(path)
    try:
        _check_place(path)
        # Beside the target, for only there is a rename one step.
        with TemporaryDirectory(dir=path.parent, prefix=".onestop-") as folder, uncollected():
            made = Path(folder) / path.name
            if path.suffix.lower() == ".xlsx":
                write_workbook(made, names, rows, folder=path.parent)
            else:
                with made.open("w", encoding="utf-8", newline="") as file:
                    write_text(file, names, rows)
            made.replace(path)
    except (OSError, XlsxWriterException) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(N_("Không ghi được %(path)s: %(why)s."), path=str(path), why=why) from error


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise Refusal(N_("%(path)s là thư mục, không phải tệp."), path=str(path))
    if not path.parent.is_dir():
        raise Refusal(N_("Không có thư mục %(path)s."), path=str(path.parent))

"""Handing a register out: a file that is whole, or none."""

from collections.abc import Callable
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
        write_text(file, NAMES, rows)


def _write_workbook(path: Path, rows: Rows) -> None:
    write_workbook(path, NAMES, rows, folder=path.parent)

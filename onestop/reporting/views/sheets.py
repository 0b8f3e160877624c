"""Figures as files: a workbook, or a plain table."""

import csv
import io
from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext as _

from onestop.base.cells import guarded
from onestop.base.filters import from_to, stamp
from onestop.base.sheets import lay_out
from onestop.dossiers.queries.figures import FIGURES
from onestop.reporting.queries.periods import Report
from onestop.reporting.rules import BESIDE, KEY_WORDS, RATES, READINGS
from onestop.reporting.views import tables
from onestop.tallies.rules import Figures

COUNTS: Final = (
    "carried",
    "received",
    "received_online",
    "resolved",
    "early",
    "on_time",
    "overdue",
    "refused",
    "withdrawn",
    "stopped",
    "reappointed",
    "reappointed_kept",
    "open",
    "open_overdue",
    "paused",
    "refused_at_intake",
    "checked_online",
    "late_intake",
)
SHARES: Final = RATES | READINGS | BESIDE
WIDE: Final = 34
NARROW: Final = 13
LINE: Final = 16


Told = tuple[tuple[str, str | int], ...]
"""What the figures are and what they are narrowed to: in words, or a number."""


def workbook(found: dict[str, Report], by: str, narrowed: Told, corrected: int | None) -> bytes:
    """Return a workbook: a sheet for each break-down, and one that states the formulas."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        # Never a format with two decimals only: 99.997 would be shown as 100.00.
        formats = {"head": head, "name": book.add_format({"text_wrap": True, "valign": "top"}),
                   "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
                   "told": book.add_format({"num_format": "#,##0", "valign": "top",
                                            "align": "left"}),
                   "share": book.add_format({"num_format": "0.00#", "valign": "top"})}  # fmt: skip
        for key in dict.fromkeys(("tier", by, "month", "level")):
            _sheet(book, formats, found[key], key)
        _meanings(book, formats, (*_about(found["tier"], corrected), *narrowed))
    return out.getvalue()


def plain(found: dict[str, Report], by: str, narrowed: Told, corrected: int | None) -> bytes:
    """Return the break-down as comma-separated values, with the mark that Excel wants.

    The period, the moment and what it is narrowed to stand in every row: the first line remains
    that of the headings.
    """
    about = [
        *_about(found[by], corrected),
        (_("Bộ lọc"), "; ".join(f"{name}: {one}" for name, one in narrowed)),
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_(KEY_WORDS[by]), *_headings(), *(name for name, _said in about)])
    for name, figures in _rows(found[by], by):
        values = ("" if one is None else one for one in _values(figures))
        writer.writerow([guarded(name), *values, *(guarded(str(said)) for _name, said in about)])
    return out.getvalue().encode("utf-8-sig")


KINDS: Final[dict[str, Callable[[dict[str, Report], str, Told, int | None], bytes]]] = {
    "xlsx": workbook,
    "csv": plain,
}


def _sheet(book: Any, formats: dict[str, Any], report: Report, key: str) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_(KEY_WORDS[key]))
    sheet.freeze_panes(1, 1)
    lay_out(sheet, sheets_wide=2)  # on one, the figures are too small to read
    sheet.repeat_columns(0)
    heads = [_(KEY_WORDS[key]), *_headings()]
    sheet.set_row(0, LINE * max(len(wrap(one, NARROW - 2)) for one in heads))  # bold is wider
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, len(COUNTS) + len(SHARES), NARROW)
    sheet.write_row(0, 0, heads, formats["head"])
    for row, (name, figures) in enumerate(_rows(report, key), start=1):
        # Not every reader makes room for what is wrapped.
        sheet.set_row(row, LINE * max(1, len(wrap(name, WIDE))))
        sheet.write_string(row, 0, name, formats["name"])
        for column, value in enumerate(_values(figures), start=1):
            if value is not None:
                kind = "whole" if column <= len(COUNTS) else "share"
                sheet.write_number(row, column, value, formats[kind])


def _about(report: Report, corrected: int | None) -> Told:
    period = report.wanted.period
    return (
        (_("Kỳ"), from_to(period.first, period.last)),
        (_("Số liệu đến"), stamp(report.as_of)),
        *(() if corrected is None else ((_(FIGURES["corrected"]), corrected),)),
    )


def _meanings(book: Any, formats: dict[str, Any], about: Told) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_("Cách tính"))
    lay_out(sheet)
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 1, 2 * WIDE)
    rows = [
        *about,
        *((_(word), _(formula)) for word, formula in SHARES.values()),
    ]
    for row, (name, said) in enumerate(rows):
        sheet.write_string(row, 0, name, formats["head"])
        sheet.set_row(row, LINE * max(len(wrap(name, WIDE)), len(wrap(str(said), 2 * WIDE))))
        if isinstance(said, int):
            sheet.write_number(row, 1, said, formats["told"])
        else:
            sheet.write_string(row, 1, said, formats["name"])


def _rows(report: Report, key: str) -> Iterator[tuple[str, Figures]]:
    for line in tables.lines(report, key):
        yield " – ".join(part for part in (line.name.note, line.name.text) if part), line.figures
    yield _("Tổng cộng"), report.total


def _headings() -> list[str]:
    shares = [f"{_(word)} (%)" for word, _formula in SHARES.values()]
    return [*(_(FIGURES[name]) for name in COUNTS), *shares]


def _values(figures: Figures) -> Iterator[Any]:
    for name in COUNTS:
        yield getattr(figures, name)
    for name in SHARES:
        yield getattr(figures, name).percent

"""Registers brought into the installation of a test, and taken out of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from onestop.base.database import db
from onestop.base.edge import snapshot, transaction
from onestop.base.viewer import Author, Operator
from onestop.exchange.actions import exporting, importing
from onestop.exchange.actions.exporting import Exported
from onestop.exchange.actions.importing import Examined
from onestop.exchange.queries import files
from onestop.exchange.queries.telling import Span
from tests.exchange.given import written_csv

AT: Final = datetime(2021, 6, 30, 3, tzinfo=UTC)
ROW: Final = {
    "agency_code": "H26.91.27",
    "procedure_code": "C-HT-13",
    "channel": "counter",
    "received_at": "2021-03-01T09:00",
    "applicant_name": "Nguyễn Văn Thí Dụ",
}
TABLES: Final = (
    "dossier",
    "dossier_pause",
    "entry",
    "history_head",
    "day_counter",
    "dossier_search",
    "tally",
    "procedure_tally",
)
Rows = Sequence[Mapping[str, object]]


def examined(path: Path, *, by: Author | None = None, at: datetime = AT) -> Examined:
    with closing(files.opened(path)) as register:
        return importing.examine_register(register, by=by or Operator(), at=at)


def brought_in(path: Path, *, by: Author | None = None, at: datetime = AT) -> int:
    with closing(examined(path, by=by, at=at)) as found:
        assert found.fits, told(found)
        with transaction():
            return importing.import_register(found, by=by or Operator(), at=at)


def imported(folder: Path, *rows: Mapping[str, object], **said: Any) -> int:
    """Bring in a register of the plain dossier with these cells, one for each row."""
    return brought_in(written_csv(folder / "so.csv", [{**ROW, **row} for row in rows]), **said)


def told(found: Examined) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, str(fault.refusal)) for fault in found.faults]


def exported(path: Path, *, at: datetime = AT, by: Author | None = None, **days: Any) -> Exported:
    with snapshot():
        return exporting.export_register(path, Span(**days), by=by or Operator(), at=at)  # type: ignore[arg-type]


def sizes() -> dict[str, int]:
    """Return how many rows the tables of dossiers and counters have."""
    count: Callable[[str], int] = lambda name: db.session.scalar(  # noqa: E731
        text(f"SELECT count(*) FROM {name}")  # noqa: S608 - our own names
    )
    return {name: count(name) for name in TABLES}

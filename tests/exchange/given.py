"""Registers as offices write them, and an office of our own to read them against."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook

from onestop.base.errors import Refusal
from onestop.catalogue.rules.channels import OnlineStart
from onestop.catalogue.rules.procedures import Field, Procedure
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.supplements import DECREE_61
from onestop.dossiers.rules.lives import Life
from onestop.exchange.rules.columns import Fault, Layout, layout
from onestop.exchange.rules.rows import Reader
from onestop.exchange.rules.stories import Desk
from onestop.organisation.rules import Tier

AT: Final = datetime(2021, 6, 30, 3, tzinfo=UTC)  # ten in the morning in Viet Nam
COMMUNE: Final = Desk(27, "H26.91.27")
NEW_COMMUNE: Final = Desk(28, "H26.91.28")
FIELD: Final = Field(1, "C-HT", Tier.COMMUNE, "Hộ tịch", "Civil status", None)
FIVE_DAYS: Final = Procedure(
    id=1,
    version_id=1,
    code="P-5WD",
    national_code="1.001193",
    tier=Tier.COMMUNE,
    field=FIELD,
    name_vi="Đăng ký năm ngày",
    name_en="Five days",
    level=3,
    limit=Limit.parse("5wd"),
    limit_statutory=None,
    cutoff=None,
    cutoff_shifts_receipt=False,
    fee_vnd=0,
    result_vi="Giấy",
    papers=(),
    sets=1,
    extendable=False,
    opinion_pauses=False,
    online_clock_start=OnlineStart.ACCEPTANCE,
    supplement=DECREE_61,
    interlinked=False,
    steps=(),
    legal_basis=(),
    valid_from=date(2019, 1, 1),
    valid_to=None,
)
PROCEDURES: Final = {
    one.code: one
    for one in (
        FIVE_DAYS,
        replace(FIVE_DAYS, id=2, version_id=2, code="P-MONTH", limit=Limit.parse("2m")),
        replace(FIVE_DAYS, id=3, version_id=3, code="P-HOURS", limit=Limit.parse("8wh")),
        replace(FIVE_DAYS, id=4, version_id=4, code="P-SAME", limit=Limit.parse("0d")),
        replace(FIVE_DAYS, id=5, version_id=5, code="P-LEVEL-2", level=2),
        replace(FIVE_DAYS, id=6, version_id=6, code="P-ENDED", valid_to=date(2021, 2, 28)),
        replace(FIVE_DAYS, id=7, version_id=7, code="P-ELSEWHERE"),
    )
}
PLAIN: Final = {
    "agency_code": "H26.91.27",
    "procedure_code": "P-5WD",
    "channel": "counter",
    "received_at": "2021-03-01T09:00",
    "applicant_name": "Nguyễn Văn Thí Dụ",
}


class Office:
    """One commune, another that begins in April 2021, and procedures of all kinds of limits."""

    at = AT
    today = legal_date(AT)

    def desk(self, code: str, on: date) -> Desk | None:
        if code == NEW_COMMUNE.code:
            return NEW_COMMUNE if on >= date(2021, 4, 1) else None
        return COMMUNE if code == COMMUNE.code else None

    def is_agency(self, code: str) -> bool:
        return code in {COMMUNE.code, NEW_COMMUNE.code}

    def may_bring_in(self, desk: Desk) -> bool:  # noqa: ARG002 - everybody may
        return True

    def procedure(self, code: str, desk: Desk, on: date) -> Procedure | None:  # noqa: ARG002
        found = PROCEDURES.get(code)
        return found if found is not None and found.is_in_force(on) else None

    def is_procedure(self, code: str) -> bool:
        return code in PROCEDURES

    def is_in_force(self, code: str, on: date) -> bool:
        return (found := PROCEDURES.get(code)) is not None and found.is_in_force(on)

    def offers(self, desk: Desk, procedure: Procedure, on: date) -> bool:  # noqa: ARG002
        return procedure.code != "P-ELSEWHERE"

    def check_extension(self, life: Life) -> None:
        if life.extended_to == datetime(2021, 3, 14, 3, tzinfo=UTC):
            raise Refusal("Ngày nghỉ", field="extended_to")

    def check_apology(self, life: Life) -> None:
        if life.reappointed_on == date(2021, 3, 14):
            raise Refusal("Ngày nghỉ", field="reappointed_on")


def reader(headings: Sequence[str], office: Office | None = None) -> Reader:
    found = layout(headings, row=1)
    assert isinstance(found, Layout), found
    return Reader(found, office or Office())


def read(**cells: Any) -> Life | list[Fault]:
    """Read one row of the plain dossier with these cells in it; None leaves one out."""
    row = {name: cell for name, cell in {**PLAIN, **cells}.items() if cell is not None}
    headings = list(dict.fromkeys([*PLAIN, *row]))
    found = reader(headings).life(2, [row.get(name, "") for name in headings])
    assert found is not None
    return found


def life(**cells: Any) -> Life:
    found = read(**cells)
    assert isinstance(found, Life), [str(fault.refusal) for fault in found]
    return found


def faults(**cells: Any) -> dict[str | None, str]:
    """Return what is wrong with the row, by column."""
    found = read(**cells)
    assert isinstance(found, list), "this row should be bad"
    return {fault.column: str(fault.refusal) for fault in found}


def written_csv(path: Path, rows: Sequence[Mapping[str, object]], **dialect: Any) -> Path:
    """Write rows under the headings that any of them names."""
    headings = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=dialect.pop("encoding", "utf-8"), newline="") as file:
        writer = csv.DictWriter(file, headings, restval="", lineterminator="\n", **dialect)
        writer.writeheader()
        writer.writerows(rows)
    return path


def written_xlsx(path: Path, rows: Sequence[Sequence[object]], *, above: int = 0) -> Path:
    """Write rows as a person's spreadsheet program does, so many empty lines above."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in enumerate(rows, above + 1):
        for place, cell in enumerate(cells, 1):
            sheet.cell(number, place).value = cell  # type: ignore[assignment]
    book.save(path)
    return path

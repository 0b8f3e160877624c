"""Files of agencies, fields, procedures and staff, as an administrator brings them in."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from onestop.base.edge import transaction
from onestop.exchange.actions import directories
from onestop.exchange.actions.directories import Loaded
from onestop.exchange.queries import directories as queries
from onestop.exchange.rules.columns import Layout, layout
from onestop.exchange.rules.directories import AGENCIES, FIELDS, PROCEDURES, STAFF, Directory

ALL: Final = (AGENCIES, FIELDS, PROCEDURES, STAFF)
AT: Final = datetime(2021, 3, 1, 3, tzinfo=UTC)
JULY: Final = date(2021, 7, 1)
EVE: Final = date(2021, 6, 30)
PROCEDURE: Final = {
    "code": "X-1", "national_code": "", "tier": "commune", "field_code": "C-HT",
    "name_vi": "x", "name_en": "x", "service_level": "2", "time_limit_value": "1",
    "time_limit_unit": "working_days", "same_day_cutoff": "", "fee_vnd": "0", "result_vi": "x",
    "required_papers": "", "interlinked": "1", "steps": "", "legal_basis": "",
}  # fmt: skip


class RefusedError(Exception):
    """A file that was not taken."""

    def __init__(self, made: Loaded) -> None:
        super().__init__()
        self.made = made


def loaded(
    of: Directory, *rows: Mapping[str, Any], since: date = JULY, hashes: Mapping[str, str] = {}
) -> Loaded:
    """Bring in a file of these rows, or nothing; the first row has the headings."""
    found = layout(list(rows[0]), row=1, of=of.headings)
    assert isinstance(found, Layout), [str(fault.refusal) for fault in found.faults]
    cells = [(number, list(row.values())) for number, row in enumerate(rows, 2)]
    try:
        with transaction():
            made = directories.load(of, found, cells, since=since, at=AT, hashes=hashes)
            _check(made)
    except RefusedError as refused:
        return refused.made
    return made


def _check(made: Loaded) -> None:
    if made.faults:
        raise RefusedError(made)


def taken(of: Directory, *rows: Mapping[str, Any], **said: Any) -> Loaded:
    """Bring in a file that is good."""
    made = loaded(of, *rows, **said)
    assert not made.faults, [(one.row, one.column, str(one.refusal)) for one in made.faults]
    return made


def faults(of: Directory, *rows: Mapping[str, Any], **said: Any) -> list[tuple[Any, Any, str]]:
    """Return what is wrong with a file: row, column and reason."""
    made = loaded(of, *rows, **said)
    assert made.faults, "this file should be bad"
    return [(one.row, one.column, str(one.refusal)) for one in made.faults]


def kept(of: Directory) -> list[dict[str, Any]]:
    """Return what an export has, row by row."""
    return [dict(zip(of.headings.names, row, strict=True)) for row in queries.rows(of)]


def row_of(of: Directory, key: str, **changes: Any) -> dict[str, Any]:
    """Return a row of an export, with other cells in it; None leaves a column out."""
    (row,) = [one for one in kept(of) if one[of.key] == key]
    return {name: cell for name, cell in {**row, **changes}.items() if cell is not None}

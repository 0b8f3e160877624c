"""A list that is handed out as a file: its rows, what they are, and who took them along."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import Response, abort, request, send_file
from flask_babel import gettext as _

from onestop.base.cells import CellValue
from onestop.base.filters import stamp
from onestop.base.gate import viewer
from onestop.base.languages import language
from onestop.base.moments import local
from onestop.base.notes import note_taking
from onestop.base.sheets import MIMETYPES, Rows, Sheet, made
from onestop.base.viewer import Staff

Narrowing = Sequence[tuple[str, str]]
"""What a list is narrowed to, in words."""


@dataclass(frozen=True)
class Handout:
    """A list as it goes into a file; `name` is that of the file, `title` that of the sheet.

    `headings` are marked, to be said in the reader's language; `widths` are those of the columns.
    `counted` is what its rows are called.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Rows
    told: Narrowing
    counted: str
    total: int
    at: datetime

    def __post_init__(self) -> None:
        """Insist that every column has a width."""
        if len(self.widths) != len(self.headings):
            raise ValueError(f"{len(self.headings)} headings, but {len(self.widths)} widths")


def handed_out(handout: Handout, kind: str) -> Response:
    """Answer with a list as a file of `kind`, which tells its filter and moment by itself.

    What was taken along, by whom, an auditor reads afterwards. Aborts with 404 for another kind.
    """
    if kind not in MIMETYPES:
        abort(404)
    staff: Staff = viewer()
    about = (
        (_("Số liệu đến"), stamp(handout.at)),
        (_("Bộ lọc"), "; ".join(f"{name}: {said}" for name, said in handout.told)),
        (handout.counted, handout.total),
        (_("Người xuất"), f"{staff.name}, {staff.agency(language())}"),
    )
    note(kind, handout.total, handout.at)
    headings = tuple(str(_(heading)) for heading in handout.headings)
    sheet = Sheet(
        handout.title, headings, handout.rows, about, str(_("Về tệp này")), handout.widths
    )
    return sent(sheet, kind, f"onestop-{handout.name}-{local(handout.at):%Y%m%d-%H%M}")


def note(kind: str, dossiers: int, at: datetime) -> None:
    """Put on record who took a list of so many dossiers along, and what was asked for."""
    note_taking(
        account_id=viewer().account_id,
        what=str(request.endpoint),
        asked=request.args.to_dict(),
        kind=kind,
        dossiers=dossiers,
        at=at,
    )


def sent(sheet: Sheet, kind: str, name: str) -> Response:
    """Answer with a sheet as a file of `kind`, to be kept as `name`."""
    file, mimetype = made(sheet, kind), MIMETYPES[kind]
    told = send_file(file, mimetype=mimetype, as_attachment=True, download_name=f"{name}.{kind}")
    # So that a browser shows how much is still to come.
    told.content_length = os.fstat(file.fileno()).st_size
    return told


def moment(at: datetime | None) -> CellValue:
    """Return a moment as pages show it, to the minute by the clock of Viet Nam; none is empty."""
    return local(at).replace(tzinfo=None, second=0, microsecond=0) if at else ""


def printed(made: bytes, name: str) -> Response:
    """Answer with a print, to be looked at in the browser and kept as `name`."""
    return send_file(BytesIO(made), mimetype="application/pdf", download_name=f"{name}.pdf")

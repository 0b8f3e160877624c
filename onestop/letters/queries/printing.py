"""The print of a paper: the same bytes for the same sheet and edition."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from onestop.base.typesetting import edition, pdf, qr
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.identity import secret
from onestop.letters.models import Letter
from onestop.letters.rules import OF_NO_CIRCULAR, Paper, Sheet, halves

TEMPLATES: Final = Path(str(files("onestop.letters"))) / "templates" / "letters"


def printed(letter: Letter, dossier: Dossier, *, key: str, sheet: Sheet) -> bytes:
    """Return the PDF of an issued paper: the same bytes for the same sheet and edition."""
    address = f"{letter.facts['status_address']}/{dossier.code}/{secret(key, dossier.nonce)}"
    told = {**letter.facts, "qr": qr(address), "sheet": str(sheet)}
    return pdf(_template(letter.paper), told, letter.issued_at)


@cache
def blank_authorisation() -> bytes:
    """Return the authorisation to take a result with nothing filled in, for whoever wants one."""
    title = OF_NO_CIRCULAR[Paper.AUTHORISATION]
    nothing = (
        "owner", "address", "phone", "code", "subject", "shop_name", "due", "number", "dated",
        "status_address",
    )  # fmt: skip
    told = dict.fromkeys(nothing, "") | {
        "title": title,
        "title_lines": halves(title),
        "superior_lines": [],
        "shop_lines": [],
        "sheet": str(Sheet.A4),
    }
    return pdf(_template(Paper.AUTHORISATION), told, SAME_FOR_ALL)


SAME_FOR_ALL: Final = datetime(2020, 3, 5, tzinfo=UTC)
"""The date of a paper that has none: Decree 30/2020, so that everybody gets the same bytes."""


def edition_of(paper: Paper) -> str:
    """Return the edition in which a paper is laid out now."""
    return edition(_template(paper))


def _template(paper: Paper) -> Path:
    return TEMPLATES / f"{paper}.typ"

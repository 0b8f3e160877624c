"""Papers issued the way their page does, and what can be read on their print."""

import io
from datetime import datetime

from pypdf import PdfReader

from onestop.base.edge import transaction
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.letters import actions
from onestop.letters.models import Letter
from onestop.letters.queries import listing, printing
from onestop.letters.rules import Sheet
from tests.dossiers.given import COMMUNE_CLERK, MONDAY, staff

STATUS = "https://motcua.example/status"
KEY = "for tests"


def issued(
    dossier: Dossier, place: int = 0, *, by: str = COMMUNE_CLERK, at: datetime = MONDAY
) -> Letter:
    """Issue, or print again, the paper at a place in the list of a dossier's papers."""
    actor = staff(by, at)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        found = listing.papers(fresh)[place]
        seq, key = found.entry.seq, found.key
        return actions.issue(fresh, seq, key, status_address=STATUS, by=actor, at=at)


def print_of(letter: Letter, dossier: Dossier, sheet: Sheet = Sheet.A5) -> bytes:
    return printing.printed(letter, dossier, key=KEY, sheet=sheet)


def words_of(print_: bytes) -> str:
    """Return the text of a PDF with every white space as one blank."""
    pages = PdfReader(io.BytesIO(print_)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def size_of(print_: bytes) -> tuple[int, tuple[int, int]]:
    """Return the number of pages and the size of the first in millimetres."""
    pages = PdfReader(io.BytesIO(print_)).pages
    box = pages[0].mediabox
    return len(pages), (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4))

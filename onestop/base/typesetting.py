"""Papers set by Typst: a template and its facts become a PDF, the same bytes every time."""

import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from pypdf import PdfWriter

TYPEFACES: Final = Path(__file__).parent / "typefaces"


def pdf(template: Path, facts: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return the PDF of `template` filled with `facts`, dated `made_at`.

    The template reads `facts` as JSON; other files beside it may be imported. Only the typefaces
    of the product are used, so that a paper looks alike on every machine.
    """
    told = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_typefaces(),
        sys_inputs={"facts": told},
        format="pdf",
        timestamp=int(made_at.timestamp()),
    )


def joined(papers: Iterable[bytes]) -> bytes:
    """Return one PDF of all pages of several, in their order."""
    whole = PdfWriter()
    for paper in papers:
        whole.append(io.BytesIO(paper), import_outline=False)
    made = io.BytesIO()
    whole.write(made)
    return made.getvalue()


@cache
def _typefaces() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(TYPEFACES)]
    )

"""Papers set by Typst: a template and its facts become a PDF, the same bytes every time.

The same facts give the same bytes as long as nothing that sets them has changed: the template, the
typefaces of the product, Typst itself and what draws the code to scan. `edition` names all of them
together, so that a print can tell whether it is laid out as an earlier one was.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import segno
import typst
from pypdf import PdfWriter

BASE: Final = Path(__file__).parent
TYPEFACES: Final = BASE / "typefaces"


def pdf(template: Path, facts: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return the PDF of `template` filled with `facts`, dated `made_at`.

    The template reads `facts` as JSON; others of the product may be imported. Only the typefaces
    of the product are used, so that a paper looks alike on every machine.
    """
    told = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return typst.compile(
        str(template),
        root=str(BASE.parent),
        font_paths=_typefaces(),
        sys_inputs={"facts": told},
        format="pdf",
        timestamp=int(made_at.timestamp()),
    )


@cache
def edition(template: Path) -> str:
    """Return what tells a layout from another: a digest of all that turns facts into a print."""
    told = hashlib.sha256(" ".join(version(one) for one in SETTERS).encode())
    for file in (*_with_imports(template), *sorted(TYPEFACES.iterdir())):
        told.update(file.read_bytes())
    return told.hexdigest()[:EDITION_LENGTH]


def _with_imports(template: Path) -> Iterator[Path]:
    yield template
    for name in IMPORT.findall(template.read_text("utf-8")):
        yield from _with_imports(template.parent / name)


SETTERS: Final = ("typst", "segno")
EDITION_LENGTH: Final = 12
IMPORT: Final = re.compile(r'^#import "([^"]+)"', re.MULTILINE)


def qr(text: str) -> str:
    """Return the code to scan that says `text`, as SVG."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode("ascii")


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

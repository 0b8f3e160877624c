"""Papers set by Typst: a template and its facts become a PDF, the same bytes every time."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

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


@cache
def _typefaces() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(TYPEFACES)]
    )

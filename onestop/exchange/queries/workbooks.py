"""What the reader of workbooks does not tell: how large one is, and which formulas say nothing."""

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from onestop.exchange.rules.cells import Failed

LARGEST: Final = 1 << 30
MOST_CELLS: Final = 30_000_000
CHUNK: Final = 1 << 20
LONGEST_CELL: Final = 1 << 16  # a formula has at most 8,192 characters, each at most 4 bytes
HEAD: Final = 2000
DIMENSION: Final = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
ERROR: Final = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
ERROR_MARK: Final = b't="e"'
# An empty result that was counted is a text; one that no program has counted is nothing at all.
UNCOUNTED: Final = re.compile(
    rb"<c\b(?![^>]*\bt=\"str\")[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*"
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
FORMULA_MARK: Final = b"<f"
PLACE: Final = re.compile(rb'\br="([A-Z]+)(\d+)"')
SHEET: Final = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"]*)"')


def is_too_large(path: Path) -> bool:
    """Say whether a workbook would fill the memory: a sheet is read as one rectangle."""
    with zipfile.ZipFile(path) as parts:
        if sum(one.file_size for one in parts.infolist()) > LARGEST:
            return True
        for one in parts.infolist():
            if one.filename.startswith("xl/worksheets/") and not one.is_dir():
                with parts.open(one) as part:
                    found = DIMENSION.search(part.read(HEAD))
                if found and _column(found[1]) * int(found[2]) > MOST_CELLS:
                    return True
    return False


def unread_formulas(path: Path, sheet: str) -> Mapping[int, Mapping[int, Failed]]:
    """Return the cells of a sheet whose formula failed or was never counted.

    By row from 1 and column from 0. Whoever reads the sheet is given them as empty, which would
    be another thing: a dossier without its day of result is an open one.
    """
    found: dict[int, dict[int, Failed]] = defaultdict(dict)
    with zipfile.ZipFile(path) as parts:
        part = _part(parts, sheet)
        if part is not None:
            for cell, failed in _unread(parts, part):
                if place := PLACE.search(cell):
                    found[int(place[2])][_column(place[1]) - 1] = failed
    return found


def _unread(parts: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, Failed]]:
    """Yield every such cell, one at the edge of a chunk perhaps twice."""
    rest = b""
    with parts.open(part) as source:
        while chunk := source.read(CHUNK):
            told = rest + chunk
            # Nearly every sheet has none: the plain search is a hundred times as quick.
            if ERROR_MARK in told:
                yield from ((cell, Failed.FORMULA) for cell in ERROR.findall(told))
            if FORMULA_MARK in told:
                yield from ((cell, Failed.UNCOUNTED) for cell in UNCOUNTED.findall(told))
            rest = told[-LONGEST_CELL:]


def _part(parts: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the part that holds a sheet."""
    book = parts.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    ids = {
        html.unescape(told.get("name", "")): value
        for told in map(_attributes, SHEET.findall(book))
        for name, value in told.items()
        if name.endswith(":id")
    }
    targets = {
        told.get("Id"): told.get("Target", "")
        for told in map(_attributes, RELATION.findall(relations))
    }
    target = targets.get(ids.get(sheet), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in parts.namelist() else None


def _attributes(tag: str) -> dict[str, str]:
    return dict(ATTRIBUTE.findall(tag))


def _column(letters: bytes) -> int:
    """Return the number of a column from 1: `A` is 1, `AA` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

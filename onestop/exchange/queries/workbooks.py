"""What the reader of workbooks does not tell: how large one is, and which formulas failed."""

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

LARGEST: Final = 1 << 30
MOST_CELLS: Final = 30_000_000
CHUNK: Final = 1 << 20
LONGEST_TAG: Final = 400
HEAD: Final = 2000
DIMENSION: Final = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
ERROR: Final = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
ERROR_MARK: Final = b't="e"'
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


def broken_formulas(path: Path, sheet: str) -> Mapping[int, list[int]]:
    """Return the cells of a sheet whose formula failed: by row from 1, the columns from 0.

    Whoever reads the sheet is given them as empty, which would be another thing.
    """
    found: dict[int, list[int]] = defaultdict(list)
    with zipfile.ZipFile(path) as parts:
        part = _part(parts, sheet)
        if part is not None:
            for cell in _errors(parts, part):
                if place := PLACE.search(cell):
                    found[int(place[2])].append(_column(place[1]) - 1)
    return found


def _errors(parts: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    rest = b""
    with parts.open(part) as source:
        while chunk := source.read(CHUNK):
            told = rest + chunk
            # Nearly every sheet has none: the plain search is a hundred times as quick.
            if ERROR_MARK in told:
                yield from ERROR.findall(told)
                told = told[told.rfind(b">") + 1 :]
            rest = told[-LONGEST_TAG:]


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

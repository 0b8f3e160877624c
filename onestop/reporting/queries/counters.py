"""The counters against the facts that they count."""

from datetime import date
from typing import Any

from onestop.base.blocks import uncollected
from onestop.catalogue import queries as catalogue
from onestop.dossiers.queries import figures as dossiers
from onestop.organisation import queries as organisation
from onestop.tallies import queries as tallies
from onestop.tallies.rules import (
    COARSE,
    FINE,
    FLOWS,
    counted,
)


def differences() -> list[tuple[dict[str, str], str, int, int]]:
    """Return where the counters differ from the facts: key in codes, flow, kept, recounted."""
    found = []
    with uncollected():
        facts = counted(dossiers.bookings())
    for columns, kept, recounted in zip((COARSE, FINE), tallies.kept(), facts, strict=True):
        for key in sorted({*kept, *recounted}, key=str):
            have = kept.get(key, (0,) * len(FLOWS))
            want = recounted.get(key, {})
            found += [
                (_in_codes(columns, key), flow, have[position], want.get(flow, 0))
                for position, flow in enumerate(FLOWS)
                if have[position] != want.get(flow, 0)
            ]
    return found


def _in_codes(columns: tuple[str, ...], key: tuple[Any, ...]) -> dict[str, str]:
    """Return the key of a counter in the codes that an administrator knows."""
    walk = organisation.tree_with_past(date.max).walk()
    codes: dict[str, dict[int, str]] = {
        "agency_id": {node.id: node.code for _depth, node in walk},
        "procedure_id": catalogue.snapshot().codes,
    }
    return {
        name.removesuffix("_id"): codes.get(name, {}).get(value, str(value))
        for name, value in zip(columns, key, strict=True)
    }

"""What an act changes of a dossier, kept until the next one, so that a slip can be put back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Enum

from onestop.base.database import Moment, db, table_of
from onestop.base.words import Worded
from onestop.dossiers.models import Dossier

FIXED: Final = frozenset({
    "id", "code", "key", "nonce", "version", "slip", "state", "receiving_agency_id", "procedure_id",
    "level", "channel", "submitted_at", "note", "return_by", "applicant_kind", "applicant_name",
    "applicant_id_number", "applicant_phone", "applicant_address", "applicant_email",
})  # fmt: skip
"""What no act changes; but for the state, which the table puts back."""
KEPT: Final = {one.name: one.type for one in table_of(Dossier).c if one.name not in FIXED}


@dataclass(frozen=True)
class Before:
    """A dossier's facts, pauses and moves as they stood before an act."""

    facts: Mapping[str, Any]
    pauses: Mapping[int, tuple[datetime | None, bool]]
    moves: frozenset[int]


def before(dossier: Dossier) -> Before:
    """Return how a dossier stands."""
    return Before(
        facts={name: getattr(dossier, name) for name in KEPT},
        pauses={one.id: (one.ends_at, one.restarts) for one in dossier.pauses},
        moves=frozenset(one.id for one in dossier.moves if not one.superseded),
    )


def keep(dossier: Dossier, stood: Before) -> None:
    """Keep beside the dossier what has changed since, and nothing else."""
    dossier.slip = {
        "facts": {
            name: _plain(old) for name, old in stood.facts.items() if getattr(dossier, name) != old
        },
        "begun": len(dossier.pauses) - len(stood.pauses),
        "pauses": [
            [one.id, _plain(stood.pauses[one.id][0]), stood.pauses[one.id][1]]
            for one in dossier.pauses
            if one.id in stood.pauses and stood.pauses[one.id] != (one.ends_at, one.restarts)
        ],
        "moves": [one.id for one in dossier.moves if one.superseded and one.id in stood.moves],
    }


def handling_agency_before(dossier: Dossier) -> int:
    """Return where a dossier lay before its last act."""
    kept: int = (dossier.slip or {}).get("facts", {}).get("handling_agency_id")
    return kept or dossier.handling_agency_id


def put_back(dossier: Dossier) -> None:
    """Let the facts of a dossier stand again as they did before its last act.

    A pause that this act began goes; the history keeps that it was there.
    """
    slip = dossier.slip or {}
    for name, value in slip.get("facts", {}).items():
        setattr(dossier, name, _typed(name, value))
    let_go(dossier, slip.get("begun", 0))
    old = {one_id: (ends_at, restarts) for one_id, ends_at, restarts in slip.get("pauses", ())}
    for pause in dossier.pauses:
        if pause.id in old:
            ends_at, pause.restarts = old[pause.id]
            pause.ends_at = ends_at and datetime.fromisoformat(ends_at)
    for move in dossier.moves:
        move.superseded = move.superseded and move.id not in slip.get("moves", ())
    dossier.slip = None


def let_go(dossier: Dossier, begun: int) -> None:
    """Forget the last of a dossier's pauses, as many as an act that was a slip began."""
    for pause in dossier.pauses[len(dossier.pauses) - begun :]:
        dossier.pauses.remove(pause)
        db.session.delete(pause)


def _plain(value: Any) -> Any:  # noqa: ANN401 - what JSON can hold
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Worded) else value


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    kind = KEPT[name]
    if value is None:
        return None
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    return kind.enum_class(value) if isinstance(kind, Enum) and kind.enum_class else value

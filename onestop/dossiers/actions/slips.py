"""What an act changes of a dossier, kept until the next one, so that a slip can be put back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from onestop.base.database import db
from onestop.base.words import Worded
from onestop.deadlines.rules.limits import Unit
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.states import Outcome

MOMENTS: Final = frozenset({
    "received_at", "not_accepted_at", "first_due_at", "legal_due_at", "due_at", "reappointed_at",
    "on_time_from", "overdue_from", "paused_since", "finished_at", "returned_at", "intake_due_at",
    "apologised_at", "broken_from", "first_extended_at", "extended_at", "extended_to",
    "counts_from",
})  # fmt: skip
ENUMS: Final[Mapping[str, type[Worded]]] = {
    "apology_cause": Cause,
    "outcome": Outcome,
    "limit_unit": Unit,
}
PLAIN: Final = frozenset({
    "calendar_version", "rolled_version", "second_request", "limit_value", "published_limit",
    "cutoff", "cutoff_shifts_receipt", "fee_vnd", "papers", "field_id", "handling_agency_id",
    "late_apology", "late_intake", "book_number",
    "sets", "extended_by", "extended_version",
})  # fmt: skip


@dataclass(frozen=True)
class Before:
    """A dossier's facts, pauses and moves as they stood before an act."""

    facts: Mapping[str, Any]
    pauses: Mapping[int, tuple[datetime | None, bool]]
    moves: frozenset[int]


def before(dossier: Dossier) -> Before:
    """Return how a dossier stands."""
    return Before(
        facts={name: getattr(dossier, name) for name in (*MOMENTS, *ENUMS, *PLAIN)},
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
    if value is not None and name in MOMENTS:
        return datetime.fromisoformat(value)
    return ENUMS[name].of(value) if value is not None and name in ENUMS else value

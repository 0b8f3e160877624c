"""The history: one chain of sealed lines for each agency."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update

from onestop.base.database import db, upsert
from onestop.base.viewer import Author
from onestop.dossiers.models import Entry, HistoryHead
from onestop.dossiers.rules.identity import canonical
from onestop.dossiers.rules.states import State, Verb


@dataclass(frozen=True)
class Line:
    """One line of history before it is sealed; `reason` may name persons, `details` may not."""

    dossier_id: int
    code: str
    verb: Verb
    from_state: State | None
    to_state: State
    happened_at: datetime
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def append(agency_id: int, lines: Iterable[Line], *, by: Author, at: datetime) -> None:
    """Add `lines` to the chain of the agency, recorded `at` and signed `by`.

    The head of the chain is locked until the transaction ends, so that no two lines get one
    number. Each hash covers the line's own facts without personal data (the reason only by its
    digest) and the hash of the line before.
    """
    seq, seal = head(agency_id)
    rows = []
    for line in lines:
        seq += 1
        row = {
            "agency_id": agency_id,
            "seq": seq,
            "dossier_id": line.dossier_id,
            "verb": line.verb,
            "from_state": line.from_state,
            "to_state": line.to_state,
            "author_id": by.account_id,
            "author_name": by.name,
            "happened_at": line.happened_at,
            "recorded_at": at,
            "reason": line.reason,
            "details": dict(line.details),
            "previous_hash": seal,
        }
        seal = sealed(row, line.code)
        rows.append({**row, "hash": seal})
    if rows:
        connection = db.session.connection()
        connection.execute(insert(Entry), rows)
        moved = update(HistoryHead).where(HistoryHead.agency_id == agency_id)
        connection.execute(moved.values(seq=seq, hash=seal))


def sealed(row: Mapping[str, Any], code: str) -> bytes:
    """Return the hash of one line of history: SHA-256 over its canonical JSON."""
    reason = row["reason"]
    facts = {
        "agency": row["agency_id"],
        "seq": row["seq"],
        "dossier": code,
        "verb": str(row["verb"]),
        "from": row["from_state"] and str(row["from_state"]),
        "to": str(row["to_state"]),
        "author": row["author_id"],
        "happened_at": _utc(row["happened_at"]),
        "recorded_at": _utc(row["recorded_at"]),
        "reason": reason and hashlib.sha256(reason.encode()).hexdigest(),
        "details": row["details"],
        "previous": row["previous_hash"].hex(),
    }
    return hashlib.sha256(canonical(facts)).digest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def head(agency_id: int) -> tuple[int, bytes]:
    """Lock the head of an agency's chain; return the number and seal of its last line."""
    first = upsert(HistoryHead).values(agency_id=agency_id, seq=0, hash=b"")
    # Setting a column to itself takes the lock and tells the values, on either database.
    locked = first.on_conflict_do_update(
        index_elements=[HistoryHead.agency_id], set_={"seq": HistoryHead.seq}
    ).returning(HistoryHead.seq, HistoryHead.hash)
    seq, seal = db.session.connection().execute(locked).one()
    return seq, seal

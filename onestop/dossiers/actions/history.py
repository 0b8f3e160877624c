"""The history: one chain of sealed lines for each agency."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, insert, update

from onestop.base.database import is_postgresql, table_of, upsert
from onestop.base.questions import Question
from onestop.base.viewer import Author
from onestop.dossiers.models import Dossier, Entry, HistoryHead
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


def staying(
    dossier: Dossier,
    verb: Verb,
    at: datetime,
    details: Mapping[str, Any],
    *,
    reason: str | None = None,
) -> Line:
    """Return the line of something done to a dossier that leaves it in its state."""
    state = dossier.state
    return Line(dossier.id, dossier.code, verb, state, state, at, reason, details)


def append_each(lines: Mapping[int, Iterable[Line]], *, by: Author, at: datetime) -> None:
    """Add lines to the chains of several agencies, in the order in which everybody locks them."""
    for agency_id in sorted(lines):
        append(agency_id, lines[agency_id], by=by, at=at)


def append(agency_id: int, lines: Iterable[Line], *, by: Author, at: datetime) -> None:
    """Add `lines` to the chain of the agency, recorded `at` and signed `by`.

    The head of the chain is locked until the transaction ends, so that no two lines get one
    number. Each hash covers the line's own facts without personal data (the reason only by its
    digest) and the hash of the line before.
    """
    seq, seal = head(agency_id)
    before = seq
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
        ENTERED.ask(**row, hash=seal)
    if seq > before:
        MOVED.ask(of=agency_id, seq=seq, hash=seal)


ENTERED: Final = Question(
    insert(Entry), *(one.name for one in table_of(Entry).c if not one.primary_key)
)
MOVED: Final = Question(
    update(HistoryHead).where(HistoryHead.agency_id == bindparam("of")), "seq", "hash"
)


def sealed(row: Mapping[str, Any], code: str) -> bytes:
    """Return the hash of one line of history: SHA-256 over its canonical JSON.

    Sorted and compact; written out by hand, for a register has hundreds of thousands of lines.
    Details may come written out; the code of a dossier, the words of an enum and a digest need no
    escaping.
    """
    author, reason, from_state = row["author_id"], row["reason"], row["from_state"]
    happened_at, recorded_at = row["happened_at"], row["recorded_at"]
    happened = happened_at.astimezone(UTC).isoformat()
    # What a clerk does happens as it is recorded; what a register tells is recorded all at once.
    recorded = happened if recorded_at is happened_at else _utc(recorded_at)
    digest = hashlib.sha256(reason.encode()).hexdigest() if reason else ""
    details = row["details"]
    if not isinstance(details, str):
        details = canonical(details)
    told = (
        f'{{"agency":{row["agency_id"]},"author":{"null" if author is None else author},'
        f'"details":{details},"dossier":"{code}",'
        f'"from":{_quoted(from_state and from_state._value_)},'
        f'"happened_at":"{happened}",'
        f'"previous":"{row["previous_hash"].hex()}","reason":{_quoted(digest)},'
        f'"recorded_at":"{recorded}","seq":{row["seq"]},'
        f'"to":"{row["to_state"]._value_}","verb":"{row["verb"]._value_}"}}'
    )
    return hashlib.sha256(told.encode()).digest()


def _quoted(word: str | None) -> str:
    return f'"{word}"' if word else "null"


@lru_cache(maxsize=1)
def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def head(agency_id: int) -> tuple[int, bytes]:
    """Lock the head of an agency's chain; return the number and seal of its last line."""
    ((seq, seal),) = _locking(is_postgresql()).ask(agency_id=agency_id, seq=0, hash=b"")
    return seq, seal


@cache
def _locking(_is_postgresql: bool) -> Question:
    # Setting a column to itself takes the lock and tells the values, on either database.
    locked = (
        upsert(HistoryHead)
        .on_conflict_do_update(
            index_elements=[HistoryHead.agency_id], set_={"seq": HistoryHead.seq}
        )
        .returning(HistoryHead.seq, HistoryHead.hash)
    )
    return Question(locked, "agency_id", "seq", "hash")

"""A dossier told in columns, not as an instance: what the page that most people open needs."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Column,
    Row,
    Select,
    Table,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

from onestop.base.database import Base, db
from onestop.deadlines.rules import Pause, Unit
from onestop.dossiers.models import Dossier, DossierPause, DueMove, Entry
from onestop.dossiers.rules.states import Outcome, State, Verb


class Move(NamedTuple):
    """A date that moved."""

    to_at: datetime
    legal: bool
    superseded: bool


class Step(NamedTuple):
    """What was done, and when."""

    verb: Verb
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a dossier's clock is told from and who may ask; no name, no address, no papers."""

    id: int
    code: str
    nonce: bytes
    applicant_phone: str | None
    applicant_id_number: str | None
    procedure_id: int
    receiving_agency_id: int
    handling_agency_id: int
    state: State
    outcome: Outcome | None
    fee_vnd: int
    limit_value: int
    limit_unit: Unit
    cutoff: str | None
    submitted_at: datetime
    intake_due_at: datetime | None
    received_at: datetime | None
    not_accepted_at: datetime | None
    first_due_at: datetime | None
    due_at: datetime | None
    on_time_from: datetime | None
    overdue_from: datetime | None
    calendar_version: int | None
    rolled_version: int | None
    paused_since: datetime | None
    second_request: bool
    finished_at: datetime | None
    returned_at: datetime | None
    pauses: tuple[Pause, ...] = ()
    moves: tuple[Move, ...] = ()
    history: tuple[Step, ...] = ()


def told(code: str) -> Told | None:
    """Return the columns of a dossier by its code alone, without what happened to it.

    For the one query that a citizen's proof opens: it checks the proof against them.
    """
    row = db.session.execute(BY_CODE, {"code": code}).first()
    return Told(*row) if row else None


def lived(found: Told) -> Told:
    """Return the same with its pauses, moves and steps, in one read."""
    parts: dict[str, list[Row[Any]]] = {"pause": [], "move": [], "step": []}
    for row in db.session.execute(HAPPENED, {"id": found.id}):
        parts[row.part].append(row)
    return replace(
        found,
        pauses=tuple(Pause(row.since, row.until, row.restarts) for row in parts["pause"]),
        moves=tuple(Move(row.until, row.legal, row.superseded) for row in parts["move"]),
        history=tuple(Step(row.verb, row.since) for row in parts["step"]),
    )


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class stands on a table
    return table


def _of(part: str, place: str, **told: Column[Any]) -> Select[Any]:
    # An absent column is cast: PostgreSQL wants to know what kind of nothing it is.
    columns = [
        (told[name] if name in told else cast(null(), kind)).label(name)
        for name, kind in KINDS.items()
    ]
    table = next(iter(told.values())).table
    found = select(literal(part).label("part"), table.c[place].label("place"), *columns)
    return found.where(table.c.dossier_id == bindparam("id"))


DOSSIER: Final = _table(Dossier)
COLUMNS: Final = tuple(one.name for one in fields(Told) if one.name in DOSSIER.c)
BY_CODE: Final = select(*(DOSSIER.c[name] for name in COLUMNS)).where(
    DOSSIER.c.code == bindparam("code")
)
ENTRY: Final = _table(Entry).c
PAUSE: Final = _table(DossierPause).c
MOVE: Final = _table(DueMove).c
KINDS: Final = {
    "since": PAUSE.begins_at.type,
    "until": PAUSE.ends_at.type,
    "verb": ENTRY.verb.type,
    "restarts": PAUSE.restarts.type,
    "legal": MOVE.legal.type,
    "superseded": MOVE.superseded.type,
}
HAPPENED: Final = union_all(
    _of("step", "seq", since=ENTRY.happened_at, verb=ENTRY.verb),
    _of("pause", "id", since=PAUSE.begins_at, until=PAUSE.ends_at, restarts=PAUSE.restarts),
    _of("move", "id", until=MOVE.to_at, legal=MOVE.legal, superseded=MOVE.superseded),
).order_by("place")

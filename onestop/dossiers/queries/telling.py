"""A dossier told in columns, not as an instance: what the page that most people open needs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Column,
    Select,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from onestop.base.database import table_of
from onestop.base.notes import FAILED, Failures
from onestop.base.questions import Question
from onestop.base.stamps import MARKS, Subject, carried
from onestop.deadlines.rules.limits import Unit
from onestop.dossiers.models import Dossier, DossierPause, DueMove, Entry, PauseKind
from onestop.dossiers.rules.states import Outcome, State, Verb


class Move(NamedTuple):
    """A date that moved."""

    to_at: datetime
    legal: bool
    superseded: bool


class Hold(NamedTuple):
    """A stretch in which the clock stands still, and why; not by whose order."""

    begins_at: datetime
    ends_at: datetime | None
    restarts: bool
    kind: PauseKind
    basis: None = None


class Step(NamedTuple):
    """What was done, and when."""

    verb: Verb
    happened_at: datetime


@dataclass(slots=True)
class ToldDossier:
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
    published_limit: int | None
    cutoff: str | None
    cutoff_shifts_receipt: bool
    submitted_at: datetime
    intake_due_at: datetime | None
    received_at: datetime | None
    counts_from: datetime | None
    not_accepted_at: datetime | None
    late_intake: bool | None
    first_due_at: datetime | None
    legal_due_at: datetime | None
    due_at: datetime | None
    reappointed_at: datetime | None
    broken_from: datetime | None
    on_time_from: datetime | None
    overdue_from: datetime | None
    extended_to: datetime | None
    extended_by: int | None
    extended_version: int | None
    calendar_version: int | None
    rolled_version: int | None
    paused_since: datetime | None
    second_request: bool
    finished_at: datetime | None
    returned_at: datetime | None
    pauses: tuple[Hold, ...] = ()
    moves: tuple[Move, ...] = ()
    history: tuple[Step, ...] = ()


def told(code: str, asked: Mapping[str, str | datetime]) -> tuple[Failures, ToldDossier | None]:
    """Return the columns of a dossier by its code alone, without what happened to it.

    For the one query that a citizen's proof opens: it checks the proof against them, unless too
    many tries failed, which the same read counts as `base.notes.tries` asked. The stamps come with
    it: whoever is answered needs them.
    """
    ((at_subject, from_address, at_both, *rest),) = BY_CODE.ask(code=code, **asked)
    marks, columns = rest[: len(MARKS)], rest[len(MARKS) :]
    carried(dict(zip(Subject, marks, strict=True)))
    return Failures(at_subject, from_address, at_both), ToldDossier(*columns) if columns[
        0
    ] is not None else None


def lived(found: ToldDossier) -> ToldDossier:
    """Return the same one with its pauses, moves and steps, in one read."""
    pauses, moves, steps = list[Hold](), list[Move](), list[Step]()
    for part, _, since, until, verb, restarts, kind, legal, superseded in HAPPENED.ask(id=found.id):
        if part == STEP:
            steps.append(Step(verb, since))
        elif part == PAUSE:
            pauses.append(Hold(since, until, restarts, kind))
        else:
            moves.append(Move(until, legal, superseded))
    found.pauses, found.moves, found.history = tuple(pauses), tuple(moves), tuple(steps)
    return found


def told_applicant(found: ToldDossier) -> Mapping[str, Any]:
    """Return what the history keeps of the last refusal or request for a fee, beside the reason.

    The reason in words and the notice of a fee may name people, and are on the paper.
    """
    rows = TOLD.ask(id=found.id)
    details: Mapping[str, Any] = rows[0][0] if rows else {}
    return details


def _of(part: str, place: str, **told: Column[Any]) -> Select[Any]:
    # An absent column is cast: PostgreSQL wants to know what kind of nothing it is.
    columns = [
        (told[name] if name in told else cast(null(), kind)).label(name)
        for name, kind in KINDS.items()
    ]
    table = next(iter(told.values())).table
    found = select(literal(part).label("part"), table.c[place].label("place"), *columns)
    return found.where(table.c.dossier_id == bindparam("id"))


STEP: Final = "step"
PAUSE: Final = "pause"
MOVE: Final = "move"
DOSSIER: Final = table_of(Dossier).c
ENTRIES: Final = table_of(Entry).c
PAUSES: Final = table_of(DossierPause).c
MOVES: Final = table_of(DueMove).c
COLUMNS: Final = tuple(one.name for one in fields(ToldDossier) if one.name in DOSSIER)
NOTED: Final = FAILED.subquery("noted")
BY_CODE: Final = Question(
    select(*NOTED.c, *MARKS, *(DOSSIER[name] for name in COLUMNS)).select_from(
        NOTED.outerjoin(table_of(Dossier), DOSSIER.code == bindparam("code"))
    )
)
TOLD: Final = Question(
    select(ENTRIES.details)
    .where(
        ENTRIES.dossier_id == bindparam("id"),
        or_(
            ENTRIES.verb == Verb.REFUSE,
            ENTRIES.verb == Verb.REFUSE_AT_INTAKE,
            ENTRIES.verb == Verb.ASK_PAYMENT,
        ),
    )
    .order_by(ENTRIES.seq.desc())
    .limit(1)
)
KINDS: Final = {
    "since": PAUSES.begins_at.type,
    "until": PAUSES.ends_at.type,
    "verb": ENTRIES.verb.type,
    "restarts": PAUSES.restarts.type,
    "kind": PAUSES.kind.type,
    "legal": MOVES.legal.type,
    "superseded": MOVES.superseded.type,
}
HAPPENED: Final = Question(
    union_all(
        _of(STEP, "seq", since=ENTRIES.happened_at, verb=ENTRIES.verb),
        _of(
            PAUSE,
            "id",
            since=PAUSES.begins_at,
            until=PAUSES.ends_at,
            restarts=PAUSES.restarts,
            kind=PAUSES.kind,
        ),
        _of(MOVE, "id", until=MOVES.to_at, legal=MOVES.legal, superseded=MOVES.superseded),
    ).order_by("place")
)

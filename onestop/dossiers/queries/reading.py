"""One dossier: found, locked, and its facts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import selectinload

from onestop.base.database import db
from onestop.base.moments import local
from onestop.base.permissions import Permission, Scope
from onestop.base.questions import Question
from onestop.base.viewer import Staff, Viewer
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.limits import CUTOFF, Further, Limit, LimitLaw
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause, fitted
from onestop.dossiers.models import ACTIVE as ACTIVE_TEXT
from onestop.dossiers.models import Branch, Dossier, DossierPause, Entry, PauseKind
from onestop.dossiers.queries import turns
from onestop.dossiers.queries.telling import ToldDossier
from onestop.dossiers.rules.states import BY_OTHERS, State, Verb
from onestop.dossiers.rules.timing import Facts

# Word for word the condition of the index: a database does not look into parameters for it.
ACTIVE: Final[Any] = literal_column(f"dossier.{ACTIVE_TEXT.text}")


def unindexed(column: Any) -> Any:  # noqa: ANN401 - a column, as it came
    """Return a column that the database compares row by row, and looks up in no index.

    With the bare column of a date SQLite tries, in each comparison, to read both dates as numbers:
    that takes longer than all the rest of a count.
    """
    return func.coalesce(column, column)


UNFINISHED: Final = unindexed(Dossier.finished_at).is_(None)
RUNNING: Final = and_(UNFINISHED, Dossier.received_at.is_not(None))
Timed = Dossier | ToldDossier
"""A dossier whose clock can be told, as an instance or in columns."""


def by_code(code: str, viewer: Viewer) -> Dossier | None:
    """Return the dossier of that code, unless it lies outside what the viewer may see."""
    return db.session.scalar(select(Dossier).where(Dossier.code == code, opened_by(viewer)))


def for_change(code: str, viewer: Viewer) -> Dossier | None:
    """Return the same, locked until the transaction ends."""
    turns.beside_others()
    found = select(Dossier).where(Dossier.code == code, opened_by(viewer)).with_for_update()
    return db.session.scalar(found)


def many_for_change(codes: Collection[str], viewer: Viewer) -> Sequence[Dossier]:
    """Return those of many that the viewer may see, locked by id until the transaction ends."""
    turns.beside_others()
    wanted = select(Dossier).where(Dossier.code.in_(codes), opened_by(viewer))
    loaded = wanted.options(selectinload(Dossier.pauses), selectinload(Dossier.moves))
    return db.session.scalars(loaded.order_by(Dossier.id).with_for_update(of=Dossier)).all()


def count_unpaid(codes: Collection[str], viewer: Viewer) -> int:
    """Return how many dossiers that the viewer may see wait for a payment."""
    unpaid = (Dossier.code.in_(codes), Dossier.state == State.AWAITING_PAYMENT, opened_by(viewer))
    return db.session.scalar(select(func.count()).select_from(Dossier).where(*unpaid)) or 0


def held_until(codes: Collection[str]) -> Mapping[str, datetime]:
    """Return when the last pause ended of those dossiers whose clock stood still once, by code."""
    ended = (
        select(Dossier.code, func.max(DossierPause.ends_at))
        .join(DossierPause, DossierPause.dossier_id == Dossier.id)
        .where(Dossier.code.in_(codes))
        .group_by(Dossier.code)
    )
    return {code: until for code, until in db.session.execute(ended) if until}


def by_key(key: str, agency_id: int) -> Dossier | None:
    """Return what the form of that key has already become at a desk."""
    found = BY_KEY.ask(key=key, agency_id=agency_id)
    return db.session.get(Dossier, found[0][0]) if found else None


BY_KEY: Final = Question(
    select(Dossier.id).where(
        Dossier.receiving_agency_id == bindparam("agency_id"), Dossier.key == bindparam("key")
    )
)


def last_moment(dossier: Dossier) -> datetime | None:
    """Return when the last thing happened that the history of a dossier tells."""
    return db.session.scalar(
        select(func.max(Entry.happened_at)).where(Entry.dossier_id == dossier.id)
    )


def last_act(dossier: Dossier) -> Entry:
    """Return the newest line of a dossier's history but for what other agencies answered."""
    acts = select(Entry).where(Entry.dossier_id == dossier.id, Entry.verb.not_in(BY_OTHERS))
    return db.session.scalars(acts.order_by(Entry.seq.desc()).limit(1)).one()


@dataclass(frozen=True)
class Reach:
    """The dossiers that somebody may see: all, or those of some agencies, or of one desk alone."""

    agencies: frozenset[int] | None
    received_only: bool = False

    @property
    def is_one_desk(self) -> bool:
        """Say whether all of it was received at one desk."""
        return self.received_only and self.agencies is not None and len(self.agencies) == 1

    @property
    def condition(self) -> ColumnElement[bool]:
        """Return the condition that a dossier lies within it."""
        if self.agencies is None:
            return true()
        received = one_of(Dossier.receiving_agency_id, self.agencies)
        if self.received_only:
            return received
        return or_(received, one_of(Dossier.handling_agency_id, self.agencies))

    @property
    def found(self) -> ColumnElement[bool]:
        """Return the condition that words find a dossier: also where an agency is asked beside."""
        if self.agencies is None or self.received_only:
            return self.condition
        # Not one look for each dossier: the few that are asked for at once are read once.
        asked = select(Branch.dossier_id).where(one_of(Branch.agency_id, self.agencies))
        return or_(self.condition, Dossier.id.in_(asked), *_opened(self.agencies))


def one_of(agency_id: Any, agencies: frozenset[int]) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """Return the condition that a column has the id of one of some agencies."""
    if len(agencies) == 1:
        return agency_id == next(iter(agencies))
    # Numbers of our own, written out: hundreds of parameters cost more than they are worth.
    known = sorted(agencies)
    written: list[ColumnElement[Any]] = [literal_column(str(one)) for one in known]
    if known and known[-1] - known[0] == len(known) - 1:
        # A district's agencies were entered one after the other, and two ends are soon compared.
        return agency_id.between(written[0], written[-1])
    return agency_id.in_(written)


def reach_of(viewer: Viewer, permission: Permission = Permission.READ_DOSSIERS) -> Reach:
    """Return how far a viewer sees by a permission."""
    if not isinstance(viewer, Staff):
        return Reach(None)
    scope = viewer.reach(permission)
    if scope == Scope.SUBTREE:
        return Reach(viewer.reached)
    if scope == Scope.OWN_AGENCY:
        return Reach(viewer.own)
    own = viewer.own if scope == Scope.OWN_DESK else frozenset[int]()
    return Reach(own, received_only=True)


def seen_by(
    viewer: Viewer, permission: Permission = Permission.READ_DOSSIERS
) -> ColumnElement[bool]:
    """Return the condition that a dossier lies within the viewer's reach."""
    return reach_of(viewer, permission).condition


def opened_by(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may open a dossier whose code he has.

    An agency that is asked beside the one that handles it may, until it has answered, and finds it
    by its words; lists and figures are of receivers and handlers alone.
    """
    reach = reach_of(viewer)
    if reach.agencies is None or reach.received_only:
        return reach.condition
    asked = exists().where(
        Branch.dossier_id == Dossier.id, one_of(Branch.agency_id, reach.agencies)
    )
    return or_(reach.condition, asked, *_opened(reach.agencies))


Opening = Callable[[frozenset[int]], Select[Any]]
OPENINGS: Final[dict[Opening, None]] = {}
"""What rooms above know of agencies that may open a dossier which is not theirs."""


def opened_with(opening: Opening) -> None:
    """Let agencies open, and find, the dossiers whose ids `opening` selects; once is enough."""
    OPENINGS[opening] = None


def _opened(agencies: frozenset[int]) -> Iterator[ColumnElement[bool]]:
    return (Dossier.id.in_(opening(agencies)) for opening in OPENINGS)


def taken_on(dossier: Timed) -> date:
    """Return the day whose catalogue a dossier goes by: of receipt, before it of submission."""
    return legal_date(dossier.received_at or dossier.submitted_at)


def counts_from(dossier: Timed) -> datetime | None:
    """Return the moment from which the limit counts: of receipt, or an earlier one (rules.md 4.3).

    Nothing is counted before the receipt.
    """
    return dossier.counts_from or dossier.received_at


def procedure_of(dossier: Timed) -> Procedure:
    """Return the procedure of a dossier as it was on that day."""
    return catalogue.as_of(dossier.procedure_id, taken_on(dossier))


def limit(dossier: Timed) -> Limit:
    """Return the limit that was copied at intake, or promised then instead."""
    return Limit(dossier.limit_value, dossier.limit_unit)


def limit_law(dossier: Timed) -> LimitLaw:
    """Return the limit likewise as it is counted, by the law that was copied with it."""
    cutoff = time.fromisoformat(dossier.cutoff) if dossier.cutoff else CUTOFF
    return LimitLaw(limit(dossier), cutoff, dossier.cutoff_shifts_receipt)


def published(dossier: Timed) -> Limit | None:
    """Return the limit that was published, where fewer of its unit were promised at intake."""
    value = dossier.published_limit
    return None if value is None else Limit(value, dossier.limit_unit)


def further(dossier: Timed) -> Further | None:
    """Return the working days by which the limit was extended, or None.

    A restart counts under a later calendar than that of the extension.
    """
    to, days = dossier.extended_to, dossier.extended_by
    if to is None or days is None:
        return None
    version = max(dossier.extended_version or 0, dossier.calendar_version or 0)
    return Further(days, local(to).time(), version)


def pauses(dossier: Timed) -> tuple[Pause, ...]:
    """Return the pauses as the rules of deadlines know them."""
    found = tuple(Pause(one.begins_at, one.ends_at, one.restarts) for one in dossier.pauses)
    start = counts_from(dossier)
    return tuple(fitted(one, start) for one in found) if start else found


def is_closed(dossier: Timed) -> bool:
    """Say whether an order that closed an office holds the clock."""
    return _is_held(dossier, PauseKind.CLOSURE)


def waits_for_opinion(dossier: Timed) -> bool:
    """Say whether the clock stands still for the opinion of another agency (rules.md 6.4)."""
    return _is_held(dossier, PauseKind.OPINION)


def _is_held(dossier: Timed, kind: PauseKind) -> bool:
    return any(one.ends_at is None and one.kind == kind for one in dossier.pauses)


def held_for(kind: PauseKind) -> ColumnElement[bool]:
    """Return the condition that a pause of a kind holds the clock, as is said of one dossier."""
    return exists().where(
        DossierPause.dossier_id == Dossier.id,
        DossierPause.ends_at.is_(None),
        DossierPause.kind == kind,
    )


def is_late(overdue_from: Any, at: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns, parameters
    """Return the condition that a date has passed; no pause that begins afterwards mends it."""
    since = Dossier.paused_since
    return and_(overdue_from <= at, or_(since.is_(None), since >= overdue_from))


def stands_by_register(dossier: Timed) -> bool:
    """Say whether the clock stands still as a register told it, which does not tell for what."""
    return _is_held(dossier, PauseKind.OTHER)


def is_held_by(dossier: Dossier, order: str, *, still: bool = False) -> bool:
    """Say whether an order that closed an office holds the clock, or held it before.

    It is over for what was finished while the office was closed.
    """
    own = (one for one in dossier.pauses if one.kind == PauseKind.CLOSURE and one.basis == order)
    return any(one.ends_at is None or not still for one in own)


def closed_by(dossier: Dossier) -> str | None:
    """Return the number of the order that holds the clock, where an office is closed by one."""
    held = (one for one in dossier.pauses if one.ends_at is None)
    return next((one.basis for one in held if one.kind == PauseKind.CLOSURE), None)


def came_from(dossier: Dossier) -> State | None:
    """Return the state a dossier stood in before the pause that holds it, or None while none does.

    Only the pause of its own state tells: a withdrawal asked for while papers are awaited leads
    back to the wait, and a closed office holds every state.
    """
    kind = HELD_BY.get(dossier.state)
    held = [one for one in dossier.pauses if one.ends_at is None and one.kind == kind]
    return held[-1].from_state if held else None


HELD_BY: Final = {
    State.AWAITING_SUPPLEMENT: PauseKind.SUPPLEMENT,
    State.AWAITING_PAYMENT: PauseKind.PAYMENT,
    State.WITHDRAWAL_ASKED: PauseKind.WITHDRAWAL,
}


def taken_back(lines: Iterable[Entry]) -> frozenset[int]:
    """Return the numbers of the lines of history that were a slip and were taken back."""
    backs = (line.details for line in lines if line.verb == Verb.REVERSE)
    return frozenset(int(str(details["of"])) for details in backs)


def facts(dossier: Timed) -> Facts:
    """Return what decides the class and the figures of a dossier."""
    return Facts(
        received_at=dossier.received_at,
        not_accepted_at=dossier.not_accepted_at,
        on_time_from=dossier.on_time_from,
        overdue_from=dossier.overdue_from,
        finished_at=dossier.finished_at,
        outcome=dossier.outcome,
        second_request=dossier.second_request,
        broken_from=dossier.broken_from,
        pauses=pauses(dossier),
        late_intake=dossier.late_intake,
    )

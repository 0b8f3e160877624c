"""Reading the steps of one dossier, with who holds it and who held it how long."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import func, select

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff, Viewer
from onestop.base.words import N_
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import closed, handling, orders, reading
from onestop.dossiers.rules.posts import allows
from onestop.dossiers.rules.states import State, Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.queries import dates
from onestop.steps.rules import (
    HELD_BY_OFFICER,
    RUNNING,
    TO_DECIDE,
    Move,
    Part,
    Spent,
    Stage,
    Standing,
    candidates,
    is_partly,
    moves,
    overran_first,
    standing_of,
    worked,
)

OF_THE_HOLDER = frozenset({Verb.PUT_FORWARD, Verb.HAND_ON, Verb.GIVE_BACK})


def steps_of(dossier: Dossier) -> Sequence[DossierStep]:
    """Return the steps of a dossier in their order."""
    found = select(DossierStep).where(DossierStep.dossier_id == dossier.id)
    return db.session.scalars(found.order_by(DossierStep.seq)).all()


def against(dossier: Dossier, verb: Verb) -> str | None:
    """Return what the steps know against a verb: no withdrawal once the result is signed.

    Rules.md 6.5, 11.3: the applicant may withdraw before that. What an agency signs on the way is
    no result yet, and what is sent back to be done again is signed no more. Nor is a hand-over
    taken back that stands on a list, which both sides sign.
    """
    if verb == Verb.REVERSE:
        is_listed = any(one.list_id for one in steps_of(dossier))
        return ON_A_LIST if is_listed and reading.last_act(dossier).verb == Verb.HAND_OVER else None
    if verb != Verb.ASK_WITHDRAWAL or dossier.state == State.RECEIVED:
        return None
    steps = steps_of(dossier)
    is_signed = any(one.stage == Stage.SIGNED and one.leg == steps[-1].leg for one in steps)
    return SIGNED_ALREADY if is_signed else None


ON_A_LIST: Final = N_("Hồ sơ đã nằm trong phiếu bàn giao: không thu hồi được nữa.")
SIGNED_ALREADY: Final = N_("Kết quả đã được ký: hồ sơ không rút được nữa.")


def open_ones(steps: Sequence[DossierStep]) -> list[DossierStep]:
    """Return the steps that are being done: several where agencies were asked at once."""
    return [one for one in steps if one.stage in RUNNING]


def running(steps: Sequence[DossierStep]) -> DossierStep | None:
    """Return the step that is being done, the first of several, if one is."""
    return next(iter(open_ones(steps)), None)


def of_leg(leg: int, steps: Sequence[DossierStep]) -> list[DossierStep]:
    """Return the steps of a leg, which run side by side."""
    return [one for one in steps if one.leg == leg]


def held_before(step: DossierStep) -> tuple[StepHold, StepHold | None]:
    """Return where a step lay before it lay where it lies, and with whom, if it was given out.

    Whoever laid a draft before others has the step still.
    """
    found = select(StepHold).where(StepHold.step_id == step.id).order_by(StepHold.id.desc())
    _now, before, *earlier = db.session.scalars(found).all()
    if before.stage == Stage.OPEN:
        return before, None
    return before, next((one for one in (before, *earlier) if one.account_id is not None), None)


def count_early(codes: Collection[str], by: Viewer) -> int:
    """Return how many dossiers that `by` may open have a step whose turn has not come."""
    planned = select(func.count(DossierStep.dossier_id.distinct())).join(Dossier)
    wanted = (Dossier.code.in_(codes), DossierStep.stage == Stage.PLANNED, reading.opened_by(by))
    return db.session.scalar(planned.where(*wanted)) or 0


def candidates_for(dossier: Dossier, step: DossierStep, at: datetime) -> tuple[Node, ...]:
    """Return the agencies of this system that may do a step, today: one ended has a successor."""
    found = (organisation.keeper(one.id, legal_date(at)) for one in _ever(dossier, step, at))
    return tuple({one.id: one for one in found if one}.values())


def ended_for(dossier: Dossier, step: DossierStep, at: datetime) -> Node | None:
    """Return the agency that would do a step, where it has ended and nobody has come after it."""
    there, ever = candidates_for(dossier, step, at), _ever(dossier, step, at)
    return None if there or not ever else ever[0]


def _ever(dossier: Dossier, step: DossierStep, at: datetime) -> tuple[Node, ...]:
    on, receiver_id = legal_date(at), dossier.receiving_agency_id
    ended = reading.procedure_of(dossier).department_agency_id or receiver_id
    lead_id = handling.leads_from(dossier, on) or ended
    tree = organisation.tree_with_past(on)
    return candidates(step.kind, receiver_id=receiver_id, lead_id=lead_id, tree=tree)


def standing(
    step: DossierStep, dossier: Dossier, steps: Sequence[DossierStep], at: datetime
) -> Standing:
    """Return what decides which moves a step of a dossier may make."""
    return Standing(
        stage=step.stage,
        state=dossier.state,
        is_first=step.leg == steps[0].leg,
        is_last=step.leg == steps[-1].leg and len(open_ones(steps)) <= 1,
        may_be_sent=bool(candidates_for(dossier, step, at)),
        is_beside=len(of_leg(step.leg, steps)) > 1,
        has_holder=step.account_id is not None,
    )


def may(move: Move, step: DossierStep, by: Viewer) -> bool:
    """Say whether somebody may make a move: by his post, and at a step that is his to do.

    What a colleague has in hand, or laid before a head, is his, unless the post also hands out
    work.
    """
    keeper = step.keeper_id or 0
    if not allows(move.permission, by, keeper, keeper):
        return False
    if not isinstance(by, Staff) or step.account_id in {None, by.account_id}:
        return True
    held = step.stage in HELD_BY_OFFICER and move.verb in OF_THE_HOLDER
    is_his = held or move.verb == Verb.TAKE_BACK
    return not is_his or allows(Permission.ASSIGN, by, keeper, keeper)


@dataclass(frozen=True)
class Held:
    """A stretch in which a step lay with one holder, and the working time it took."""

    hold: StepHold
    place: Node | None
    person: str | None
    spent: Spent


@dataclass(frozen=True)
class Line:
    """One step as the page of its dossier shows it."""

    step: DossierStep
    limit: Limit
    place: Node | None
    person: str | None
    due_at: datetime | None
    standing: Timeliness | None
    spent: Spent
    held: tuple[Held, ...]
    is_overrun: bool
    is_beside: bool
    moves: tuple[Move, ...]

    @property
    def runs(self) -> bool:
        """Say whether the step is being done."""
        return self.step.stage in RUNNING

    @property
    def is_to_decide(self) -> bool:
        """Say whether a draft waits for whoever approves or signs it; the person laid it there."""
        return self.step.stage in TO_DECIDE

    @property
    def is_away(self) -> bool:
        """Say whether the step is, or was, done outside the system."""
        return self.place is None and self.step.started_at is not None


@dataclass(frozen=True)
class Trail:
    """The steps of a dossier, and whether some were done and others refused."""

    lines: tuple[Line, ...]
    is_partly: bool

    @property
    def open_ones(self) -> tuple[Line, ...]:
        """Return the steps that run: several where agencies were asked at once."""
        return tuple(one for one in self.lines if one.runs)

    @property
    def ahead(self) -> tuple[Line, ...]:
        """Return the steps whose turn has not come."""
        return tuple(one for one in self.lines if one.step.stage == Stage.PLANNED)

    @property
    def current(self) -> Line | None:
        """Return the running step that whoever asks may move, else the first that runs."""
        mine = (one for one in self.open_ones if one.moves)
        return next(mine, None) or next(iter(self.open_ones), None)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Return what whoever asks may do with the current step."""
        return self.current.moves if self.current else ()

    def of(self, seq: int | None) -> Line | None:
        """Return a step by its number, or the current one where none is named."""
        if seq is None:
            return self.current
        return next((one for one in self.lines if one.step.seq == seq), None)


def trail(dossier: Dossier, by: Viewer, at: datetime) -> Trail:
    """Return the steps of a dossier, who holds it and who held it how long.

    Time is working time of the holder's own office, without what lies in a pause of the dossier or
    in an order that kept that office closed.
    """
    steps = steps_of(dossier)
    if not steps:
        return Trail((), is_partly=False)
    holds = _holds(dossier)
    first = overran_first([part_of(one, dossier) for one in steps], at)
    overrun = first.seq if first else None
    side_by_side = [one.id for one in steps if len(of_leg(one.leg, steps)) > 1]
    shut = _shut({one.agency_id for key in side_by_side for one in holds.get(key, ())})
    lines = []
    for one in steps:
        free = moves(standing(one, dossier, steps, at)) if one.stage in RUNNING else ()
        line = _line(one, dossier, holds.get(one.id, ()), at, overrun, shut)
        own = tuple(move for move in free if may(move, one, by))
        beside = len(of_leg(one.leg, steps)) > 1
        lines.append(replace(line, moves=own, is_beside=beside))
    return Trail(tuple(lines), is_partly(one.result for one in steps))


def part_of(step: DossierStep, dossier: Dossier) -> Part:
    """Return the dates of a step; one that is the whole limit goes by the dossier's own date."""
    due_at = step.due_at if step.kind else step.started_at and dossier.legal_due_at
    limit = Limit(step.limit_value, step.limit_unit)
    since = dates.still_since(step, dossier.paused_since)
    return Part(step.seq, limit, step.started_at, due_at, step.finished_at, step.result, since)


def _holds(dossier: Dossier) -> Mapping[int, Sequence[StepHold]]:
    rows = db.session.scalars(
        select(StepHold)
        .join(DossierStep, DossierStep.id == StepHold.step_id)
        .where(DossierStep.dossier_id == dossier.id)
        .order_by(StepHold.step_id, StepHold.since, StepHold.id)
    )
    return {key: tuple(found) for key, found in groupby(rows, lambda one: one.step_id)}


def _shut(agencies: Collection[int | None]) -> Mapping[int, list[Pause]]:
    """Return when offices were closed: of one asked beside it holds no clock of the dossier."""
    ids = {one for one in agencies if one}
    shut: dict[int, list[Pause]] = {**orders.closures_of(ids)} if ids else {}
    for one in ids:
        still = [Pause(order.begins_at) for order in closed.orders_of({one})]
        shut[one] = [*shut.get(one, ()), *still]
    return shut


def _line(
    step: DossierStep,
    dossier: Dossier,
    holds: Sequence[StepHold],
    at: datetime,
    overrun: int | None,
    shut: Mapping[int, list[Pause]],
) -> Line:
    tree, names = organisation.tree_with_past(legal_date(at)), accounts.names()
    calendar, pauses = deadlines.calendar(), reading.pauses(dossier)
    held, whole = [], timedelta()
    for one in holds:
        hours = deadlines.hours(one.agency_id or step.keeper_id or dossier.receiving_agency_id)
        still = [*pauses, *shut.get(one.agency_id or 0, ())]
        spent = worked(one.since, one.until or max(at, one.since), still, calendar, hours)
        whole += spent
        place = tree.by_id(one.agency_id) if one.agency_id else None
        held.append(Held(one, place, names.get(one.account_id or 0), Spent.of(spent)))
    part = part_of(step, dossier)
    place = tree.by_id(step.agency_id) if step.agency_id else None
    if place and step.stage in RUNNING:  # who has it now, though it came to one that has ended
        place = organisation.successor(place.id, legal_date(at)) or place
    return Line(
        step,
        part.limit,
        place,
        names.get(step.account_id or 0),
        part.due_at,
        standing_of(part, at),
        Spent.of(whole),
        tuple(held),
        step.seq == overrun,
        is_beside=False,
        moves=(),
    )

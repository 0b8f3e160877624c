"""The work that waits: mine, what is next, what is late, and who has what I wait for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    func,
    or_,
    select,
)

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.paging import Paged, page_of, whole_of
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.standing import Left, Tone, time_left
from onestop.dossiers.models import (
    Dossier,
    DossierPause,
)
from onestop.dossiers.queries import orders
from onestop.dossiers.queries.desks import MOST_COMING, Coming
from onestop.dossiers.rules.office_times import Beside, pass_on
from onestop.dossiers.rules.states import State
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node
from onestop.steps.models import DossierStep
from onestop.steps.queries import dates
from onestop.steps.queries.listed import (
    ACTIVE,
    COLUMNS,
    IS_NOBODYS,
    LYING,
    OF_HEADS,
    SOONEST,
    STANDS_STILL,
    TaskList,
    has_news,
    in_reach,
    is_open,
    stands_on,
)
from onestop.steps.rules import TO_DECIDE, Stage, stamp, to_assign, worked

PAGE: Final = 50


@dataclass(frozen=True)
class Task:
    """One step that waits, and for whom; `stamp` changes with whatever is done to it.

    `is_held_up` says that its clock stands still, so that it has no date; it may move all the same
    while its dossier is in progress: an opinion is awaited, or its office is closed.
    `sent_back` says why it has to be done anew, where that was the last thing done with it;
    `has_news` that another agency answered what was asked, and who waits has not seen it;
    `unassigned` how long its agency, to which it `came_at` a moment and with which it lies open,
    could have given it to somebody; `pass_on` by when what is signed goes on.
    """

    code: str
    stamp: int
    applicant: str
    procedure: Procedure
    seq: int
    kind: StepKind | None
    stage: Stage
    place: Node | None
    person: str | None
    due_at: datetime | None
    promised_at: datetime | None
    left: Left
    is_held_up: bool
    may_move: bool
    is_beside: bool
    has_news: bool
    came_at: datetime | None
    unassigned: timedelta | None
    pass_on: Beside | None
    sent_back: str | None = None

    @property
    def is_promised_sooner(self) -> bool:
        """Say whether the applicant was promised a date before the limit of the step ends."""
        if self.promised_at is None or self.due_at is None:
            return False
        return self.promised_at < self.due_at

    @property
    def has_holder(self) -> bool:
        """Say whether somebody has it, or laid it before whoever decides."""
        return self.person is not None

    @property
    def is_to_decide(self) -> bool:
        """Say whether a draft waits for whoever approves or signs it; the person laid it there."""
        return self.stage in TO_DECIDE


@dataclass(frozen=True)
class _Stops:
    """When the work of a list stood still; read only where some of it did since it came."""

    listed: ColumnElement[bool]
    by: Staff
    at: datetime

    def unassigned(self, row: Any) -> timedelta | None:  # noqa: ANN401 - a row of `COLUMNS`
        """Return the working time in which an agency gave nobody what it could have given."""
        step = row.DossierStep
        if step.stage != Stage.OPEN or dates.still_since(step, row.paused_since) is not None:
            return None
        came: datetime = row.lies_since
        calendar, hours = deadlines.calendar(), deadlines.hours(step.keeper_id or 0)
        ended = filter(None, (row.ran_again, row.opened_at))
        stops = self._of(step) if any(came < one for one in ended) else ()
        return worked(came, max(came, self.at), stops, calendar, hours)

    def _of(self, step: DossierStep) -> Sequence[Pause]:
        return (*self._paused[step.dossier_id], *self._shut.get(step.agency_id or 0, ()))

    @cached_property
    def _paused(self) -> Mapping[int, list[Pause]]:
        columns = (DossierPause.dossier_id, DossierPause.begins_at, DossierPause.ends_at)
        found = in_reach(select(*columns), self.by).join(
            DossierPause, DossierPause.dossier_id == Dossier.id
        )
        wanted = (self.listed, DossierPause.ends_at.is_not(None))
        pauses = defaultdict[int, list[Pause]](list)
        for dossier_id, begins_at, ends_at in db.session.execute(found.where(*wanted)):
            pauses[dossier_id].append(Pause(begins_at, ends_at))
        return pauses

    @cached_property
    def _shut(self) -> Mapping[int, list[Pause]]:
        return orders.closures_of(self.by.reached)


def views(by: Staff) -> tuple[TaskList, ...]:
    """Return the lists that a post has a use for: who decides sees what waits for him."""
    return tuple(one for one in TaskList if one not in OF_HEADS or by.may(Permission.ASSIGN))


def ungiven(by: Staff, at: datetime, within: int) -> list[int]:
    """Return the ids of the steps that lie without a handler longer than a head has (rules.md 8).

    `within` is in working hours of the agency they lie with. For a post that gives nothing out
    there are none.
    """
    if not by.may(Permission.ASSIGN):
        return []
    listed = stands_on(TaskList.NEXT, by, at, ())
    since, *_ = LYING
    columns = (DossierStep, Dossier.paused_since, *LYING)
    found = in_reach(select(*columns), by).where(listed, since < at - timedelta(hours=within))
    stops = _Stops(listed, by, at)
    waited = ((row.DossierStep.id, stops.unassigned(row)) for row in db.session.execute(found))
    return [id_ for id_, time in waited if time and to_assign(time, within).tone == Tone.LATE]


def counts(by: Staff, at: datetime, late: Collection[int]) -> Mapping[TaskList, int]:
    """Return how many steps each list holds, in one read; `late` are the `ungiven`."""
    wanted = [func.count().filter(stands_on(one, by, at, late)) for one in TaskList]
    row = db.session.execute(in_reach(select(*wanted), by)).one()
    return dict(zip(TaskList, row, strict=True))


def page(
    view: TaskList,
    by: Staff,
    at: datetime,
    late: Collection[int],
    *,
    number: int,
    total: int,
) -> Paged[Task]:
    """Return a page of a list, the most urgent first; `late` are the `ungiven`."""
    listed = stands_on(view, by, at, late)
    rows = partial(_rows, stops=_Stops(listed, by, at), at=at)
    return page_of(_listed(listed, by), rows, number=number, total=total, size=PAGE)


def whole(view: TaskList, by: Staff, at: datetime, late: Collection[int]) -> Iterator[Task]:
    """Yield all rows of a list, in its order; `late` are the `ungiven`."""
    listed = stands_on(view, by, at, late)
    return _rows(whole_of(_listed(listed, by)), _Stops(listed, by, at), at)


def _listed(listed: ColumnElement[bool], by: Staff) -> Select[Any]:
    columns = (*COLUMNS, has_news(by).label("news"))
    return in_reach(select(DossierStep, *columns), by).where(listed).order_by(SOONEST, Dossier.id)


def _rows(found: Iterable[Any], stops: _Stops, at: datetime) -> Iterator[Task]:
    names, tree = accounts.names(), organisation.tree_with_past(legal_date(at))
    for row in found:
        step = row.DossierStep
        place = tree.by_id(organisation.by_now(step.agency_id or 0, legal_date(at)))
        yield Task(
            code=row.code,
            stamp=stamp(step.seq, step.turn),
            applicant=row.applicant_name,
            procedure=catalogue.as_of(
                row.procedure_id, legal_date(row.received_at or row.submitted_at)
            ),
            seq=step.seq,
            kind=step.kind,
            stage=step.stage,
            place=place,
            person=names.get(step.account_id or 0),
            due_at=row.due,
            promised_at=row.due_at,
            left=_left(step, row.due, row.overdue, row.paused_since, at),
            is_held_up=row.paused_since is not None,
            may_move=row.state == State.IN_PROGRESS,
            is_beside=row.beside,
            has_news=row.news,
            came_at=row.lies_since,
            unassigned=stops.unassigned(row),
            pass_on=_pass_on(row, at),
            sent_back=row.sent_back if _is_to_do_anew(row) else None,
        )


def _pass_on(row: Any, at: datetime) -> Beside | None:  # noqa: ANN401 - a row of `COLUMNS`
    step = row.DossierStep
    if step.stage != Stage.SIGNED or dates.still_since(step, row.paused_since) is not None:
        return None
    calendar, hours = deadlines.calendar(), deadlines.hours(step.keeper_id or 0)
    return pass_on(row.lies_since, at, calendar=calendar, hours=hours)


def duties(by: Staff) -> Iterator[Coming]:
    """Yield the steps with a date of their own that somebody holds, or that wait for his agency.

    Those that stand side by side are of dossiers that another agency handles: no list of its desk
    has them. One whose clock stands still, or whose office is closed, has no date.
    """
    if not by.may(Permission.HAND_ON):
        return
    whole = catalogue.snapshot()
    own = or_(DossierStep.account_id == by.account_id, IS_NOBODYS)
    found: Any = (
        select(DossierStep, Dossier.code, Dossier.procedure_id, Dossier.received_at)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(ACTIVE, DossierStep.keeper_id.in_(by.own), own, ~STANDS_STILL, is_open())
        .where(DossierStep.stage != Stage.AWAY, DossierStep.kind.is_not(None))
        .order_by(DossierStep.due_at, DossierStep.id)
        .limit(MOST_COMING)
    )
    for step, code, procedure_id, received_at in db.session.execute(found):
        procedure = whole.as_of(whole.codes[procedure_id], legal_date(received_at))
        due = (step.due_at, step.overdue_from, step.limit_unit)
        yield Coming(code, procedure, step.stage, *due, step=(step.seq, step.kind))


def _is_to_do_anew(row: Any) -> bool:  # noqa: ANN401 - a row of `COLUMNS`
    # Where several agencies work side by side the last word may be about another's step.
    return row.DossierStep.stage in {Stage.OPEN, Stage.IN_HAND} and not row.beside


def every(
    view: TaskList, by: Staff, at: datetime, late: Collection[int], *, most: int
) -> list[tuple[str, int]]:
    """Return code and stamp of the steps of a whole list, no more than `most`, in its order."""
    found = in_reach(select(Dossier.code, DossierStep.seq, DossierStep.turn), by)
    rows = db.session.execute(
        found.where(stands_on(view, by, at, late)).order_by(SOONEST, Dossier.id).limit(most)
    )
    return [(code, stamp(seq, turn)) for code, seq, turn in rows]


def _left(
    step: DossierStep,
    due_at: datetime | None,
    overdue_from: datetime | None,
    paused_since: datetime | None,
    at: datetime,
) -> Left:
    if due_at is None or overdue_from is None:
        return Left(Tone.SAFE)
    return time_left(
        at,
        due_at,
        overdue_from,
        Limit(step.limit_value, step.limit_unit),
        calendar=deadlines.calendar(),
        hours=deadlines.hours(step.keeper_id or 0),
        paused_since=dates.still_since(step, paused_since),
    )

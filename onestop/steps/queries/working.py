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
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from onestop.accounts import queries as accounts
from onestop.base.blocks import among
from onestop.base.database import db
from onestop.base.paging import Paged, page_of, whole_of
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.standing import Left, Tone, time_left
from onestop.dossiers.models import (
    ClosedAgency,
    Dossier,
    DossierPause,
    Entry,
    OfficeClosure,
    PauseKind,
)
from onestop.dossiers.queries import closed, orders
from onestop.dossiers.queries.desks import MOST_COMING, Coming
from onestop.dossiers.queries.reading import held_for, is_late
from onestop.dossiers.rules.office_times import Beside, pass_on
from onestop.dossiers.rules.states import State, Verb
from onestop.opinions.queries import questions
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.queries import dates
from onestop.steps.rules import HELD_BY_OFFICER, MOVE_OF, TO_DECIDE, Stage, stamp, to_assign, worked

PAGE: Final = 50
ACTIVE: Final = and_(DossierStep.finished_at.is_(None), DossierStep.started_at.is_not(None))
DUE: Final = func.coalesce(DossierStep.due_at, Dossier.legal_due_at)
SOONEST: Final = case((Dossier.due_at < DUE, Dossier.due_at), else_=DUE)
"""What the applicant was promised, where a step before took so long that it comes first."""
OVERDUE: Final = func.coalesce(DossierStep.overdue_from, Dossier.overdue_from)
NEIGHBOUR: Final = aliased(DossierStep)
LAST: Final = aliased(Entry)
SENDING_BACK: Final = (Verb.SEND_BACK, Verb.GIVE_BACK)
PASSING: Final = (*MOVE_OF, Verb.TRANSFER, Verb.CORRECT)
IS_NOBODYS: Final = or_(
    DossierStep.stage == Stage.OPEN,
    and_(DossierStep.stage == Stage.SIGNED, DossierStep.account_id.is_(None)),
)
"""To be given out, or signed for somebody who has left since: whoever works there goes on."""
STANDS_STILL: Final = Dossier.paused_since.is_not(None)
GOES_ON: Final = and_(
    Dossier.state == State.IN_PROGRESS, held_for(PauseKind.OPINION), ~held_for(PauseKind.CLOSURE)
)
"""Though its clock stands still for an opinion, a draft may be decided on."""


class TaskList(Worded):
    """The lists of the page of work."""

    MINE = "mine", N_("Của tôi")
    ANSWERED = "answered", N_("Có trả lời mới")
    NEXT = "next", N_("Chờ phân công")
    UNGIVEN = "ungiven", N_("Trễ phân công")
    DECIDE = "decide", N_("Chờ duyệt, ký")
    LATE = "late", N_("Trễ")
    WAITING = "waiting", N_("Đang chờ")
    HELD = "held", N_("Người khác đang làm")


OF_HEADS: Final = (TaskList.UNGIVEN, TaskList.DECIDE)


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
        found = _within(select(*columns), self.by).join(
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
    listed = _condition(TaskList.NEXT, by, at, ())
    since, *_ = LYING
    columns = (DossierStep, Dossier.paused_since, *LYING)
    found = _within(select(*columns), by).where(listed, since < at - timedelta(hours=within))
    stops = _Stops(listed, by, at)
    waited = ((row.DossierStep.id, stops.unassigned(row)) for row in db.session.execute(found))
    return [id_ for id_, time in waited if time and to_assign(time, within).tone == Tone.LATE]


def counts(by: Staff, at: datetime, late: Collection[int]) -> Mapping[TaskList, int]:
    """Return how many steps each list holds, in one read; `late` are the `ungiven`."""
    wanted = [func.count().filter(_condition(one, by, at, late)) for one in TaskList]
    row = db.session.execute(_within(select(*wanted), by)).one()
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
    listed = _condition(view, by, at, late)
    rows = partial(_rows, stops=_Stops(listed, by, at), at=at)
    return page_of(_listed(listed, by), rows, number=number, total=total, size=PAGE)


def whole(view: TaskList, by: Staff, at: datetime, late: Collection[int]) -> Iterator[Task]:
    """Yield all rows of a list, in its order; `late` are the `ungiven`."""
    listed = _condition(view, by, at, late)
    return _rows(whole_of(_listed(listed, by)), _Stops(listed, by, at), at)


def _listed(listed: ColumnElement[bool], by: Staff) -> Select[Any]:
    columns = (*COLUMNS, _has_news(by).label("news"))
    return _within(select(DossierStep, *columns), by).where(listed).order_by(SOONEST, Dossier.id)


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
        .where(ACTIVE, DossierStep.keeper_id.in_(by.own), own, ~STANDS_STILL, _is_open())
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
    found = _within(select(Dossier.code, DossierStep.seq, DossierStep.turn), by)
    rows = db.session.execute(
        found.where(_condition(view, by, at, late)).order_by(SOONEST, Dossier.id).limit(most)
    )
    return [(code, stamp(seq, turn)) for code, seq, turn in rows]


def _of_open(told: Select[Any]) -> ColumnElement[Any]:
    """Return what only a row is asked for that lies with an agency, where nobody has it in hand."""
    return case((DossierStep.stage == Stage.OPEN, told.scalar_subquery()))


LYING: Final = (
    case(
        (
            DossierStep.stage.in_((Stage.OPEN, Stage.SIGNED)),
            select(func.max(StepHold.since))
            .where(StepHold.step_id == DossierStep.id, StepHold.until.is_(None))
            .scalar_subquery(),
        )
    ).label("lies_since"),
    _of_open(
        select(func.max(DossierPause.ends_at)).where(DossierPause.dossier_id == Dossier.id)
    ).label("ran_again"),
    _of_open(
        select(func.max(OfficeClosure.ends_at))
        .join(ClosedAgency, ClosedAgency.closure_id == OfficeClosure.id)
        .where(ClosedAgency.agency_id == DossierStep.agency_id)
    ).label("opened_at"),
)
COLUMNS: Final = (
    Dossier.code,
    Dossier.state,
    Dossier.applicant_name,
    Dossier.procedure_id,
    Dossier.received_at,
    Dossier.submitted_at,
    Dossier.due_at,
    Dossier.paused_since,
    DUE.label("due"),
    OVERDUE.label("overdue"),
    exists()
    .where(
        NEIGHBOUR.dossier_id == DossierStep.dossier_id,
        NEIGHBOUR.leg == DossierStep.leg,
        NEIGHBOUR.id != DossierStep.id,
    )
    .label("beside"),
    select(case((LAST.verb.in_(SENDING_BACK), LAST.reason)))
    .where(LAST.dossier_id == Dossier.id, LAST.verb.in_(PASSING))
    .order_by(LAST.seq.desc())
    .limit(1)
    .scalar_subquery()
    .label("sent_back"),
    *LYING,
)


def _within(found: Any, by: Staff) -> Select[Any]:  # noqa: ANN401 - of whatever columns
    """Narrow to the running steps whose record lies as far as somebody's post reaches."""
    keepers = by.agencies(Permission.HAND_ON)
    return (
        found.select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(ACTIVE, DossierStep.keeper_id.in_(keepers))
    )


def _condition(
    view: TaskList, by: Staff, at: datetime, late: Collection[int]
) -> ColumnElement[bool]:
    mine = DossierStep.account_id == by.account_id
    stage = DossierStep.stage
    if view == TaskList.MINE:
        return and_(mine, stage.in_(HELD_BY_OFFICER), ~STANDS_STILL)
    if view == TaskList.ANSWERED:
        return _has_news(by)
    if view == TaskList.NEXT:
        return and_(IS_NOBODYS, ~STANDS_STILL)
    if view == TaskList.UNGIVEN:
        return among(DossierStep.id.expression, late)
    if view == TaskList.DECIDE:
        return and_(stage.in_(TO_DECIDE), or_(~STANDS_STILL, GOES_ON))
    if view == TaskList.LATE:
        whose = stage.is_not(None) if by.may(Permission.ASSIGN) else _own_or_nobodys(by)
        of_step = and_(is_late(OVERDUE, at), _is_open())
        return and_(whose, or_(of_step, is_late(Dossier.overdue_from, at)))
    if view == TaskList.WAITING:
        return or_(
            and_(mine, or_(stage.in_(TO_DECIDE), STANDS_STILL)),
            stage == Stage.AWAY,
            and_(DossierStep.account_id.is_(None), STANDS_STILL),
        )
    return and_(stage.in_(HELD_BY_OFFICER), DossierStep.account_id != by.account_id)


def _is_open() -> ColumnElement[bool]:
    """Return the condition that no order keeps the office of a step closed."""
    return or_(DossierStep.agency_id.is_(None), DossierStep.agency_id.not_in(closed.all_now()))


def _has_news(by: Staff) -> ColumnElement[bool]:
    """Return the condition that an answer waits to be seen by who holds a step, or by his office.

    Of what nobody has in hand yet only the own office is told: not a leader of all below.
    """
    waits = or_(
        DossierStep.account_id == by.account_id,
        and_(DossierStep.account_id.is_(None), DossierStep.keeper_id.in_(by.own)),
    )
    handles = DossierStep.keeper_id == Dossier.handling_agency_id
    return and_(waits, handles, questions.unread(by))


def _own_or_nobodys(by: Staff) -> ColumnElement[bool]:
    return or_(DossierStep.account_id == by.account_id, DossierStep.account_id.is_(None))


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

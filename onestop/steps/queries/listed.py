"""Which work stands on which list, and what is read of it: the conditions of the page of work."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from onestop.base.blocks import among
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_, Worded
from onestop.dossiers.models import (
    ClosedAgency,
    Dossier,
    DossierPause,
    Entry,
    OfficeClosure,
    PauseKind,
)
from onestop.dossiers.queries import closed
from onestop.dossiers.queries.reading import held_for, is_late
from onestop.dossiers.rules.states import State, Verb
from onestop.opinions.queries import questions
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.rules import HELD_BY_OFFICER, MOVE_OF, TO_DECIDE, Stage

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


def in_reach(found: Any, by: Staff) -> Select[Any]:  # noqa: ANN401 - of whatever columns
    """Narrow to the running steps whose record lies as far as somebody's post reaches."""
    keepers = by.agencies(Permission.HAND_ON)
    return (
        found.select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(ACTIVE, DossierStep.keeper_id.in_(keepers))
    )


def stands_on(
    view: TaskList, by: Staff, at: datetime, late: Collection[int]
) -> ColumnElement[bool]:
    """Return the condition that a step stands on a list; `late` are the `working.ungiven`."""
    mine = DossierStep.account_id == by.account_id
    stage = DossierStep.stage
    if view == TaskList.MINE:
        return and_(mine, stage.in_(HELD_BY_OFFICER), ~STANDS_STILL)
    if view == TaskList.ANSWERED:
        return has_news(by)
    if view == TaskList.NEXT:
        return and_(IS_NOBODYS, ~STANDS_STILL)
    if view == TaskList.UNGIVEN:
        return among(DossierStep.id.expression, late)
    if view == TaskList.DECIDE:
        return and_(stage.in_(TO_DECIDE), or_(~STANDS_STILL, GOES_ON))
    if view == TaskList.LATE:
        whose = stage.is_not(None) if by.may(Permission.ASSIGN) else _own_or_nobodys(by)
        of_step = and_(is_late(OVERDUE, at), is_open())
        return and_(whose, or_(of_step, is_late(Dossier.overdue_from, at)))
    if view == TaskList.WAITING:
        return or_(
            and_(mine, or_(stage.in_(TO_DECIDE), STANDS_STILL)),
            stage == Stage.AWAY,
            and_(DossierStep.account_id.is_(None), STANDS_STILL),
        )
    return and_(stage.in_(HELD_BY_OFFICER), DossierStep.account_id != by.account_id)


def is_open() -> ColumnElement[bool]:
    """Return the condition that no order keeps the office of a step closed."""
    return or_(DossierStep.agency_id.is_(None), DossierStep.agency_id.not_in(closed.all_now()))


def has_news(by: Staff) -> ColumnElement[bool]:
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

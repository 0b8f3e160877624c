"""The page of work, and the steps that are done for other shops."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.clock import now
from onestop.base.gate import requires, viewer
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.pills import Pill
from onestop.base.viewer import Staff
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.standing import Left
from onestop.organisation import queries as organisation
from onestop.steps.actions import many
from onestop.steps.queries import handing, working
from onestop.steps.queries import others as done_for_others
from onestop.steps.queries.listed import TaskList
from onestop.steps.queries.others import ForOthers
from onestop.steps.queries.working import Task
from onestop.steps.rules import MOVE_OF, Move, to_assign
from onestop.steps.views.blueprint import blueprint
from onestop.tallies.forms import PeriodForm
from onestop.tallies.rules import Period, month_until


@blueprint.get("/tasks")
@requires(Permission.HAND_ON)
def work() -> ResponseReturnValue:
    """Show what is mine, what is next, what is late, and what waits for somebody else."""
    staff, at = viewer(), now()
    view = view_asked()
    late = ungiven(at)
    counts = working.counts(staff, at, late)
    if "view" not in request.args and (busy := _busy(counts, staff)):
        return redirect(url_for(".work", view=busy.value))
    number = page_asked(request.args.get("page", ""))
    page = working.page(view, staff, at, late, number=number, total=counts[view])
    pills = [
        Pill(
            url_for(".work", view=one.value),
            _(one.word),
            counts[one],
            current=one == view,
            is_late=one in {TaskList.LATE, TaskList.UNGIVEN} and counts[one] > 0,
        )
        for one in working.views(staff)
    ]
    return render_template(
        "steps/tasks.html",
        pills=pills,
        page=page,
        moves=_moves(row for row in page.rows if row.may_move),
        to_decide=counts[TaskList.DECIDE] if view != TaskList.DECIDE and _decides(staff) else 0,
        next_up=counts[TaskList.NEXT],
        to_confirm=handing.count_to_confirm(staff),
        at=at,
        assigning=assigning,
        address=lambda to: _address(view, to),
        address_as=lambda kind: url_for(".work_as", view=view.value, kind=kind),
    )


@blueprint.get("/tasks/others")
@requires(Permission.HAND_ON)
def others() -> ResponseReturnValue:
    """Show the steps done for dossiers that another shop received and counts."""
    at = now()
    form, period = others_asked(at)
    rows = done_for_others.steps(viewer(), period, at)
    tree = organisation.tree_with_past(legal_date(at))
    return (
        render_template(
            "steps/others.html",
            form=form,
            period=period,
            rows=rows,
            figures=done_for_others.figures(rows),
            moves=_moves(row for row in rows if row.runs),
            tree=tree,
            most=done_for_others.MOST,
            address_as=lambda kind: _address_of_others_as(kind, period),
        ),
        form.status,
    )


def ungiven(at: datetime) -> list[int]:
    """Return what lies longer without a handler than whoever asks has to give it out."""
    return working.ungiven(viewer(), at, current_app.config["ASSIGN_WITHIN_HOURS"])


def behind(view: TaskList, at: datetime) -> list[int]:
    """Return what stands behind a list that is told by its ids; the others are none of them."""
    return ungiven(at) if view == TaskList.UNGIVEN else []


def assigning(row: Task) -> Left | None:
    """Return what is left of the hours in which a head has to give out what came."""
    within = current_app.config["ASSIGN_WITHIN_HOURS"]
    return None if row.unassigned is None else to_assign(row.unassigned, within)


def view_asked() -> TaskList:
    """Return the list of work that the address asks for."""
    asked = request.args.get("view", TaskList.MINE.value)
    found = (one for one in working.views(viewer()) if one.value == asked)
    return next(found, None) or abort(404)


def _busy(counts: Mapping[TaskList, int], staff: Staff) -> TaskList | None:
    """Return the list to begin with where nothing is one's own: first what only a leader does."""
    if counts[TaskList.MINE]:
        return None
    shown = working.views(staff)
    return next(
        (one for one in (TaskList.DECIDE, TaskList.NEXT) if one in shown and counts[one]), None
    )


def others_asked(at: datetime) -> tuple[PeriodForm, Period]:
    """Return the form and the period that the address asks for, this month by default."""
    form = PeriodForm(request.args)
    return form, form.settle(month_until(legal_date(at)))


def _decides(staff: Staff) -> bool:
    return TaskList.DECIDE in working.views(staff)


def _moves(rows: Iterable[Task | ForOthers]) -> list[Move]:
    """Return the moves that many of these steps may make at once, as far as one's post goes."""
    stand = {(row.stage, row.has_holder) for row in rows}
    wanted = (MOVE_OF[verb] for verb in many.ACTS)
    return [
        one
        for one in wanted
        if viewer().may(one.permission)
        and any(one.starts_from(stage, has_holder=held) for stage, held in stand)
    ]


def _address(view: TaskList, number: int) -> str:
    return url_for(".work", view=view.value, page=number)


def _address_of_others_as(kind: str, period: Period) -> str:
    asked: dict[str, Any] = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return url_for(".others_as", kind=kind, **asked)

"""The steps of a dossier on its page, and each move of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.accounts import queries as accounts
from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal, StaleError
from onestop.base.gate import requires, viewer
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import HAPPENED, Verb
from onestop.dossiers.views.showing import looked_at, page_or
from onestop.organisation import queries as organisation
from onestop.steps.actions import moving
from onestop.steps.forms import MoveForm
from onestop.steps.queries import trails
from onestop.steps.queries.trails import Held, Line, Trail
from onestop.steps.rules import Move, stamp
from onestop.steps.views.blueprint import blueprint

Act = Callable[[Dossier, MoveForm, Staff, datetime], None]
ACTS: Final[Mapping[Verb, Act]] = {
    Verb.TAKE_UP: lambda it, form, by, at: moving.take_up(it, seq=form.seq, by=by, at=at),
    Verb.ASSIGN: lambda it, form, by, at: moving.assign(
        it, to=form.to.data, seq=form.seq, by=by, at=at
    ),
    Verb.TAKE_BACK: lambda it, form, by, at: moving.take_back(
        it, reason=form.reason.data, seq=form.seq, by=by, at=at
    ),
    Verb.PUT_FORWARD: lambda it, form, by, at: moving.put_forward(it, seq=form.seq, by=by, at=at),
    Verb.APPROVE: lambda it, form, by, at: moving.approve(it, seq=form.seq, by=by, at=at),
    Verb.SIGN: lambda it, form, by, at: moving.sign(it, seq=form.seq, by=by, at=at),
    Verb.SEND_BACK: lambda it, form, by, at: moving.send_back(
        it, reason=form.reason.data, seq=form.seq, by=by, at=at
    ),
    Verb.SEND_TO: lambda it, form, by, at: moving.send_to(
        it, agency=form.agency.data, seq=form.seq, by=by, at=at
    ),
    Verb.HAND_ON: lambda it, form, by, at: moving.hand_on(
        it,
        agency=form.agency.raw_data,
        refused=form.refused.data,
        reason=form.reason.data,
        seq=form.seq,
        by=by,
        at=at,
    ),
    Verb.GIVE_BACK: lambda it, form, by, at: moving.give_back(
        it,
        reason=form.reason.data,
        branch=number(form.branch.data),
        seq=form.seq,
        by=by,
        at=at,
    ),
}


Choice = tuple[str, str] | tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Place:
    """A step whose agency has to be chosen, and among which."""

    line: Line
    choices: list[Choice]


@blueprint.app_template_global("trail_of")
def trail_of(dossier: Dossier, at: datetime) -> Trail:
    """Return the steps of a dossier for its page."""
    return trails.trail(dossier, viewer(), at)


@blueprint.app_template_global("count_early")
def count_early(codes: list[str]) -> int:
    """Return how many of the dossiers chosen have a step whose turn has not come."""
    return trails.count_early(codes, viewer())


@blueprint.app_template_filter("step_place")
def place(line: Line) -> str:
    """Return who does a step, in words: an agency, or what kind of one outside the system."""
    if line.place is not None:
        return line.place.name(language())
    return _(line.step.kind.word) if line.step.kind else _("Nơi giải quyết")


@blueprint.app_template_filter("hold_place")
def held_at(held: Held) -> str:
    """Return the agency that held a step for a while; nothing where it was none of this system."""
    return held.place.name(language()) if held.place else ""


@blueprint.route("/dossiers/<code>/steps/<verb>", methods=["GET", "POST"])
@requires(Permission.HAND_ON)
def act(code: str, verb: str) -> ResponseReturnValue:
    """Make one move of the running step, after saying what it does."""
    done = next((one for one in ACTS if one.value == verb), None) or abort(404)
    form, changed = MoveForm(), False
    if form.validate_on_submit():
        try:
            with transaction():
                dossier = reading.for_change(code, viewer()) or abort(404)
                moving.unchanged(dossier, number(form.turn.data))
                ACTS[done](dossier, form, viewer(), now())
            flash(_("Đã ghi: %(verb)s.", verb=_(done.word)))
            return redirect(page_or(code, url_for("steps.work")))
        except StaleError as refusal:
            changed = True
            form.blame(refusal)
        except Refusal as refusal:
            form.blame(refusal)
    at = now()
    dossier = looked_at(code, at)
    trail = trails.trail(dossier, viewer(), at)
    line = trail.of(form.seq or number(request.args.get("step")))
    row = next((one for one in (line.moves if line else ()) if one.verb == done), None)
    if row is None and not form.is_submitted():
        flash(_("Lúc này không thể “%(verb)s” ở bước này.", verb=_(done.word)), "refusal")
        return redirect(url_for("dossiers.show", code=code))
    page = {
        "dossier": dossier,
        "trail": trail,
        "line": line,
        "others": [one for one in trail.open_ones if one is not line],
        "row": row,
        "verb": done,
        "changed": changed,
        "last": dossier.history[-1],
        "happened": HAPPENED[dossier.history[-1].verb],
        "places": [],
    }
    form.to.choices, form.agency.choices, form.branch.choices = [], [], []
    if line and row:
        _fill(form, trail, line, row, at)
        page["places"] = places = _places(dossier, trail, line, row, at)
        form.agency.choices = places[0].choices if len(places) == 1 else []
    return render_template("steps/act.html", form=form, **page), form.status


def _fill(form: MoveForm, trail: Trail, line: Line, row: Move, at: datetime) -> None:
    """Put into the form what can be chosen, and the step that it is about."""
    step = line.step
    form.turn.data = str(stamp(step.seq, step.turn))
    if row.verb == Verb.ASSIGN:
        found = accounts.colleagues(step.keeper_id or 0, Permission.HAND_ON, legal_date(at))
        form.to.choices = to_choose(people(found, at))
    if row.verb == Verb.GIVE_BACK:
        earlier = [one for one in trail.lines if one.step.leg == step.leg - 1]
        if len(earlier) > 1:
            form.branch.choices = [(str(one.step.seq), place(one)) for one in earlier]


def _places(dossier: Dossier, trail: Trail, line: Line, row: Move, at: datetime) -> list[Place]:
    """Return the steps whose agency has to be chosen: this one, or those that follow it."""
    later: list[Line] = []
    if row.verb == Verb.SEND_TO:
        later = [line]
    elif row.verb == Verb.HAND_ON and len(trail.open_ones) == 1:
        later = [one for one in trail.lines if one.step.leg == line.step.leg + 1]
    fewest = 1 if row.verb == Verb.SEND_TO else 2
    found = [(one, trails.candidates_for(dossier, one.step, at)) for one in later]
    return [
        Place(one, to_choose([(node.code, node.name(language())) for node in nodes]))
        for one, nodes in found
        if len(nodes) >= fewest
    ]


def to_choose(choices: list[Choice]) -> list[Choice]:
    """Return several behind a blank: nobody is given work for standing first."""
    return [("", _("Chọn")), *choices] if len(choices) > 1 else choices


def people(found: Sequence[accounts.Colleague], at: datetime) -> list[Choice]:
    """Return people to choose from, of several agencies each with his own.

    Their names are Vietnamese on a page of any language.
    """
    tree, several = organisation.tree(legal_date(at)), len({one.agency_id for one in found}) > 1
    choices = list[Choice]()
    for one in found:
        node = tree.by_id(one.agency_id) if several else None
        post = f"{_(one.role)}, {node.name(language())}" if node else _(one.role)
        choices.append((one.username, f"{one.name} ({post})", {"lang": "vi"}))
    return choices

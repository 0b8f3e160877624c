"""Many steps at once: chosen in a list of work, asked about, done, and told one by one."""

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from onestop.base.addresses import asking
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.dossiers.actions.many import MOST, check
from onestop.dossiers.rules.states import Verb
from onestop.steps.actions import many
from onestop.steps.actions.many import Chosen
from onestop.steps.forms import ManyForm
from onestop.steps.queries import choosing, working
from onestop.steps.queries import others as done_for_others
from onestop.steps.queries.listed import TaskList
from onestop.steps.rules import MOVE_OF
from onestop.steps.views.blueprint import blueprint
from onestop.steps.views.moving import people, to_choose
from onestop.steps.views.working import behind, others_asked, view_asked


@blueprint.post("/tasks/many")
@requires(Permission.HAND_ON)
def act_on_many() -> ResponseReturnValue:
    """Ask before one move of many steps of a list of work, then make it and tell what was left."""
    view, at = view_asked(), now()
    everything = _all_of(view, at) if _wants_all() else []
    return _asked_or_done(everything, asking(url_for(".work")), at)


@blueprint.post("/tasks/others/many")
@requires(Permission.HAND_ON)
def act_on_many_others() -> ResponseReturnValue:
    """Ask the same of the steps that are done for other shops."""
    at = now()
    _form, period = others_asked(at)
    rows = done_for_others.steps(viewer(), period, at) if _wants_all() else []
    everything = [(one.code, one.stamp) for one in rows if one.runs]
    return _asked_or_done(everything, asking(url_for(".others")), at)


def _all_of(view: TaskList, at: datetime) -> list[Chosen]:
    return working.every(view, viewer(), at, behind(view, at), most=MOST + 1)


def _wants_all() -> bool:
    return bool(request.form.get("everything"))


def _asked_or_done(everything: list[Chosen], back: str, at: datetime) -> ResponseReturnValue:
    verb = next((one for one in many.ACTS if one.value == request.form.get("verb")), None)
    if verb is None:
        abort(404)
    form = ManyForm()
    chosen = everything or form.steps()
    try:
        check(len(chosen))
        codes = {code for code, _stamped in chosen}
        _fill(form, verb, codes, at)
        if form.validate() and form.sure.data and (verb != Verb.ASSIGN or form.names_somebody()):
            to = form.to.data if verb == Verb.ASSIGN else form.agency.data
            with transaction():
                done = many.do(verb, chosen, to=to, by=viewer(), at=now())
            return render_template("dossiers/many_done.html", verb=verb, done=done, back=back)
    except Refusal as refusal:
        flash(refused(refusal), "refusal")
        return redirect(back)
    page = {"verb": verb, "row": MOVE_OF[verb], "chosen": chosen, "form": form, "back": back}
    return render_template("steps/many.html", **page), form.status


def _fill(form: ManyForm, verb: Verb, codes: set[str], at: datetime) -> None:
    """Put into the form what has to be chosen once for all, where it is not clear."""
    form.to.choices, form.agency.choices = [], []
    if verb == Verb.ASSIGN:
        found = choosing.people(codes, viewer(), at)
        form.to.choices = to_choose(people(found, at))
    elif verb == Verb.HAND_ON:
        nodes = choosing.places(codes, viewer(), at)
        form.agency.choices = to_choose([(one.code, one.name(language())) for one in nodes])

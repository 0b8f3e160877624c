"""The check of what was submitted online: accepted, sent back for completion, or refused."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.languages import gettext as _
from onestop.base.permissions import Permission
from onestop.catalogue import queries as catalogue
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import checking, opening
from onestop.dossiers.actions.acting import unchanged
from onestop.dossiers.forms.acts import CheckForm
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import applicants, reading
from onestop.dossiers.queries.lists import left_to_check
from onestop.dossiers.rules.papers import sets_typed, still_required
from onestop.dossiers.rules.states import State, Verb
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.receiving import Beside, after, promise_of
from onestop.dossiers.views.showing import looked_at, others_than, told

TO_CHECK = {State.SUBMITTED, State.AWAITING_SUPPLEMENT}


@blueprint.route("/dossiers/<code>/accept", methods=["GET", "POST"])
@requires(Permission.RECEIVE)
def accept(code: str) -> ResponseReturnValue:
    """Check a submission: accept it, ask for what it lacks, or refuse it; afterwards show it."""
    form = CheckForm()
    if form.validate_on_submit():
        try:
            with transaction():
                dossier = reading.for_change(code, viewer()) or abort(404)
                unchanged(dossier, number(form.version.data) or 0)
                _check(dossier, form, request.form.get("act"))
            return redirect(after(dossier))
        except Refusal as refusal:
            form.blame(refusal)
    dossier = looked_at(code, now())
    if dossier.received_at or dossier.state not in TO_CHECK:
        return _already_checked(dossier, form)
    form.version.data = str(dossier.version)
    form.offer_grounds(others_than(dossier.receiving_agency_id))
    procedure = catalogue.as_of(dossier.procedure_id, legal_date(now()))
    running = applicants.beside(dossier, viewer())
    if form.is_submitted() and (why := form.relist(procedure.papers)):
        form.blame(why)
    declared, dropped = still_required(procedure.papers, dossier.papers)
    if against := _against(dossier):
        form.reason.label.text = _("Lý do từ chối")
    return (
        render_template(
            "dossiers/accept.html",
            form=form,
            dossier=dossier,
            check_left=left_to_check(dossier, now()),
            lacking=_lacking(dossier),
            ticked=form.papers.data if form.is_submitted() else [*map(str, declared)],
            dropped=dropped,
            against=against,
            beside=[Beside(procedure, running, form.although)] if running else [],
            **promise_of(procedure, form.sooner, dossier),
        ),
        form.status,
    )


def _already_checked(dossier: Dossier, form: CheckForm) -> ResponseReturnValue:
    """Lead to the page of the dossier; whoever was not the first reads there what he typed."""
    if not form.is_submitted():
        return redirect(url_for("dossiers.show", code=dossier.code))
    page = told(dossier, now()) | {"form": form, "changed": True}
    return render_template("dossiers/show.html", **page), form.status


def _against(dossier: Dossier) -> Refusal | None:
    """Return why a submission can be received no more, whatever it brings; it can be refused."""
    try:
        opening.still_in_force(dossier, now())
    except Refusal as refusal:
        return refusal
    return None


def _lacking(dossier: Dossier) -> Entry | None:
    """Return the line of history that asks for what is now to be brought, if anything is."""
    if dossier.state != State.AWAITING_SUPPLEMENT:
        return None
    asked = (one for one in reversed(dossier.history) if one.verb == Verb.ASK_COMPLETION)
    return next(asked, None)


def _check(dossier: Dossier, form: CheckForm, act: str | None) -> None:
    staff, at = viewer(), now()
    match act:
        case "accept":
            if why := form.relist(catalogue.as_of(dossier.procedure_id, legal_date(at)).papers):
                raise why
            if dossier.state == State.AWAITING_SUPPLEMENT:
                checking.bring_completion(dossier, by=staff, at=at)
            heeded, although = frozenset(form.heeded.data or ()), form.although.data
            checking.accept(
                dossier,
                papers=form.ticked(),
                copies=form.counted(),
                sets=sets_typed(form.sets.data),
                sooner=form.sooner.data,
                by=staff,
                at=at,
                heeded=heeded,
                although=although,
            )
        case "ask_for_completion":
            checking.ask_for_completion(dossier, reason=form.reason.data, by=staff, at=at)
        case "refuse_at_intake":
            form.check_ground()
            checking.refuse_at_intake(
                dossier, grounds=form.to_grounds(), reason=form.reason.data, by=staff, at=at
            )
        case _:
            raise BadRequest

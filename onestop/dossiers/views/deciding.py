"""The verbs after receipt: each shows its effect on the clock before it is done."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal, StaleError
from onestop.base.filters import clock, full_day
from onestop.base.forms import worded
from onestop.base.gate import requires, viewer
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.base.viewer import Staff
from onestop.catalogue.rules.papers import Paper
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import processing
from onestop.dossiers.actions.acting import row_of, unchanged
from onestop.dossiers.actions.against import why_not
from onestop.dossiers.actions.apologising import apologise
from onestop.dossiers.actions.extending import extend
from onestop.dossiers.actions.reversing import reversal, reverse
from onestop.dossiers.actions.transferring import transfer
from onestop.dossiers.forms.acts import ActForm
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.queries.foreseeing import Outlook, outlook, was_asked
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.citing import SECOND_REQUEST
from onestop.dossiers.rules.posts import allows
from onestop.dossiers.rules.states import Transition, Verb
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.offering import ASKED, OFFERED, button
from onestop.dossiers.views.showing import looked_at, others_than, page_or, told
from onestop.dossiers.views.wording import Effect, effect

Act = Callable[[Dossier, ActForm, Staff, datetime], None]
ACTS: Final[dict[Verb, Act]] = {
    Verb.HAND_OVER: lambda it, _, by, at: processing.hand_over(it, by=by, at=at),
    Verb.SETTLE: lambda it, _, by, at: processing.settle(it, by=by, at=at),
    Verb.ASK_SUPPLEMENT: lambda it, form, by, at: processing.ask_for_supplement(
        it, reason=form.reason.data, by=by, at=at, override=form.override.data
    ),
    Verb.SUPPLEMENT: lambda it, _, by, at: processing.note_supplement(it, by=by, at=at),
    Verb.RESOLVE: lambda it, _, by, at: processing.resolve(it, by=by, at=at),
    Verb.REFUSE: lambda it, form, by, at: _refuse(it, form, by, at),
    Verb.RETURN: lambda it, form, by, at: processing.return_result(
        it, taken_by=form.taken_by.data, id_document=form.id_document.data, by=by, at=at
    ),
    Verb.ASK_WITHDRAWAL: lambda it, form, by, at: processing.ask_for_withdrawal(
        it, reason=form.reason.data, by=by, at=at
    ),
    Verb.TAKE_BACK_WITHDRAWAL: lambda it, _, by, at: processing.take_back_withdrawal(
        it, by=by, at=at
    ),
    Verb.ASK_PAYMENT: lambda it, form, by, at: processing.ask_for_payment(
        it, amount_vnd=form.amount_vnd.data, notice=form.notice.data, by=by, at=at
    ),
    Verb.NOTE_PAYMENT: lambda it, form, by, at: processing.note_payment(
        it, proof=form.proof.data, by=by, at=at
    ),
    Verb.RESUME: lambda it, form, by, at: processing.resume(
        it, reason=form.reason.data, by=by, at=at
    ),
    Verb.CORRECT: lambda it, form, by, at: processing.correct(
        it, reason=form.reason.data, by=by, at=at
    ),
    Verb.CONFIRM_WITHDRAWAL: lambda it, _, by, at: processing.confirm_withdrawal(it, by=by, at=at),
    Verb.STOP: lambda it, form, by, at: processing.stop(it, reason=form.reason.data, by=by, at=at),
    Verb.TRANSFER: lambda it, form, by, at: transfer(
        it, to_agency=form.to_agency.data, reason=form.reason.data, by=by, at=at
    ),
    Verb.EXTEND: lambda it, form, by, at: extend(
        it, form.to_agreement(), reason=form.reason.data, by=by, at=at
    ),
    Verb.REVERSE: lambda it, _, by, at: reverse(it, by=by, at=at),
    Verb.APOLOGISE: lambda it, form, by, at: apologise(
        it,
        new_on=form.new_on.data,
        cause=form.cause.data,
        reason=form.reason.data,
        by=by,
        at=at,
        override=form.override.data,
    ),
}


def _refuse(dossier: Dossier, form: ActForm, by: Staff, at: datetime) -> None:
    form.check_ground()
    processing.refuse(dossier, grounds=form.to_grounds(), reason=form.reason.data, by=by, at=at)


@blueprint.route("/dossiers/<code>/<verb>", methods=["GET", "POST"])
@requires(Permission.READ_DOSSIERS)
def act(code: str, verb: str) -> ResponseReturnValue:
    """Do one verb to a dossier, after showing what it will do to the clock."""
    done = next((one for one in ACTS if one.value == verb), None) or abort(404)
    form = ActForm()
    changed = False
    if form.validate_on_submit():
        try:
            with transaction():
                dossier = reading.for_change(code, viewer()) or abort(404)
                unchanged(dossier, number(form.version.data) or 0)
                promised = _standing(dossier)
                ACTS[done](dossier, form, viewer(), now())
            flash(" ".join([_("Đã ghi: %(verb)s.", verb=_(done.word)), *_moved(promised, dossier)]))
            return redirect(_afterwards(code, done))
        except StaleError as refusal:
            changed = True
            form.blame(refusal)
        except Refusal as refusal:
            form.blame(refusal)
    at = now()
    dossier = looked_at(code, at)
    row = None
    try:
        row = _row(dossier, done, at)
    except Refusal as refusal:
        if not form.is_submitted():
            flash(refused(refusal), "refusal")
            return redirect(url_for("dossiers.show", code=code))
    foreseen = outlook(dossier, row, at) if row and dossier.received_at else None
    page = told(dossier, at) | {
        "form": _asking(form, done, dossier),
        "acting": row,
        "offered": OFFERED[done],
        "button": button(done, dossier, foreseen),
        "effect": _effect(dossier, row, foreseen, at),
        "reappointment": foreseen and foreseen.reappointment,
        "extension": foreseen and foreseen.extension,
        "changed": changed,
        **(_supplement(dossier) if done == Verb.ASK_SUPPLEMENT else {}),
        "may_override": _may_override(done, dossier),
    }
    return render_template("dossiers/show.html", **page), form.status


def _standing(dossier: Dossier) -> datetime | None:
    """Return the promise that stands now; while a pause runs, and after the end, there is none."""
    return None if dossier.paused_since or dossier.finished_at else dossier.promised_at


def _moved(before: datetime | None, dossier: Dossier) -> Iterator[str]:
    """Yield the new date, where the act has given one: whoever waits is told it at once."""
    promised = _standing(dossier)
    if promised is not None and promised != before:
        day = full_day(legal_date(promised))
        yield _("Hẹn trả nay là %(clock)s, %(day)s.", clock=clock(promised), day=day)


def _supplement(dossier: Dossier) -> dict[str, Any]:
    """Return the papers, any of which may have to be brought anew, and what a second request is."""
    return {
        "wanted": [Paper(one["name"]) for one in dossier.papers],
        "second_request": SECOND_REQUEST.on(reading.taken_on(dossier)),
    }


def _may_override(verb: Verb, dossier: Dossier) -> bool:
    """Say whether to offer an exception: there is one to a second request, none to a first."""
    is_one = verb != Verb.ASK_SUPPLEMENT or was_asked(dossier)
    return is_one and viewer().may(Permission.OVERRIDE)


def _afterwards(code: str, verb: Verb) -> str:
    """Return the page of the dossier, or the desk where one's post reaches it no more.

    After an extension it is the slip with the new hour and date, which whoever waits must get
    (Circular 01/2020/TT-BTP art. 2).
    """
    if verb == Verb.EXTEND:
        return url_for("dossiers.receipt", code=code)
    return page_or(code, url_for("dossiers.desk"))


def _row(dossier: Dossier, verb: Verb, at: datetime) -> Transition:
    """Return the row along which a verb takes a dossier, or refuse it as the act itself would.

    What lies outside the post is no page at all.
    """
    if verb == Verb.REVERSE:
        return reversal(dossier, by=viewer(), at=at)[1]
    row = row_of(dossier, verb)
    if not allows(
        row.permission, viewer(), dossier.receiving_agency_id, dossier.handling_agency_id
    ):
        abort(403)
    if why := why_not(row, dossier, by=viewer(), at=at):
        raise why
    return row


def _asking(form: ActForm, verb: Verb, dossier: Dossier) -> ActForm:
    """Put the form into the words of its verb, and into it what is known already."""
    form.version.data = str(dossier.version)
    if asked := ASKED.get(verb):
        form.reason.label.text, form.reason.description = _(asked.label), _(asked.hint)
    if verb == Verb.APOLOGISE:
        form.cause.choices = {"": _("Chọn")} | worded(Cause)
        form.override.label.text = _("Hẹn xa hơn, theo quyết định của lãnh đạo")
    if verb == Verb.TRANSFER:
        form.to_agency.choices = {"": _("Chọn")} | others_than(dossier.handling_agency_id)
    if verb == Verb.REFUSE:
        form.offer_grounds(others_than(dossier.handling_agency_id))
    if not form.is_submitted():
        form.taken_by.data = dossier.applicant_name
    return form


def _effect(
    dossier: Dossier, row: Transition | None, foreseen: Outlook | None, at: datetime
) -> Effect | None:
    explained = explaining.explained(dossier, at)
    if row is None or foreseen is None or explained is None:
        return None
    return effect(dossier, explained, row, foreseen, at)

"""Intake at the desk, the check of submissions, and the receipt."""

import io
from typing import Any

import segno
from flask import (
    Response,
    abort,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from onestop.base.addresses import public_address
from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.languages import in_language
from onestop.base.notes import note_look
from onestop.base.permissions import Permission
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Wanted
from onestop.catalogue.rules import Channel, Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import intake
from onestop.dossiers.actions.acting import unchanged
from onestop.dossiers.actions.intake import Desk
from onestop.dossiers.forms import CheckForm, IntakeForm
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import applicants, explaining, reading
from onestop.dossiers.queries.applicants import Known, Running
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.rules.identity import ApplicantKind, ReturnBy, secret, unknown_province
from onestop.dossiers.rules.states import State, Verb
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.showing import looked_at, sheet_of
from onestop.organisation import queries as organisation

MOST_FOUND = 8
WEEKS_ON_PAPER = 4
PRINT = "print"
TAKEN = "taken"
TO_CHECK = {State.SUBMITTED, State.AWAITING_SUPPLEMENT}


@blueprint.route("/receive", methods=["GET", "POST"])
@requires(Permission.RECEIVE)
def receive() -> ResponseReturnValue:
    """Register what an applicant hands in, and go on to the receipt."""
    form = _form()
    if request.method == "POST" and (first := _only_looks(form)):
        return _page(form, first=first)
    if form.validate_on_submit() and form.reachable() and _chosen(form):
        try:
            with transaction():
                dossier = _take_in(form, request.form.get("act"))
            flash(form.pressed, TAKEN)
            return redirect(_next(dossier))
        except Refusal as refusal:
            form.blame(refusal)
    if form.procedure.errors:
        form.look_again()
    return _page(form), form.status


@blueprint.get("/receive/procedures")
@requires(Permission.RECEIVE)
def procedures() -> ResponseReturnValue:
    """Answer the search for a procedure of this desk, as options of a combobox."""
    typed = request.args.get("q", "")[:200]
    return render_template("dossiers/_options.html", found=_found(typed), typed=typed)


@blueprint.post("/receive/choice")
@requires(Permission.RECEIVE)
def choice() -> ResponseReturnValue:
    """Show the procedure of a code with papers, fee and date; without a code, look for another.

    Sent, not asked for: whose dossier it is must stand in no address and no log.
    """
    form = _form()
    act = request.form.get("act")
    if act == "restore":  # a half-written form as its browser kept it
        return render_template("dossiers/_choice.html", **_told(form, first=""))
    form.procedure.data, form.q.data = "" if act == "change" else form.q.data, ""
    form.papers.data = []
    return render_template("dossiers/_choice.html", **_told(form, first="procedure"))


@blueprint.post("/receive/applicant")
@requires(Permission.RECEIVE)
def applicant() -> ResponseReturnValue:
    """Answer whose number or card it is: from which dossier they are known, what else is open."""
    form = _form()
    known = _recognised(form)
    return render_template(
        "dossiers/_applicant.html", form=form, known=known, running=_running(form)
    )


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
            return redirect(_next(dossier))
        except Refusal as refusal:
            form.blame(refusal)
    dossier = looked_at(code, now())
    if not form.is_submitted() and (dossier.received_at or dossier.state not in TO_CHECK):
        return redirect(url_for("dossiers.show", code=code))
    form.version.data = str(dossier.version)
    procedure = catalogue.by_id(dossier.procedure_id, legal_date(now())) or abort(404)
    declared = [str(place) for place, paper in enumerate(dossier.papers) if paper["brought"]]
    return (
        render_template(
            "dossiers/accept.html",
            form=form,
            dossier=dossier,
            ticked=form.papers.data if form.is_submitted() else declared,
            **_promise(procedure),
        ),
        form.status,
    )


@blueprint.get("/dossiers/<code>/receipt")
@requires(Permission.READ_DOSSIERS)
def receipt(code: str) -> ResponseReturnValue:
    """Show the receipt with the appointment, to print; the paper itself is Vietnamese."""
    dossier = looked_at(code, now())
    explained = explaining.explained(dossier, now()) or abort(404)
    with in_language("vi"):
        paper = render_template("dossiers/_paper.html", **_paper(dossier, explained))
    return render_template(
        "dossiers/receipt.html",
        dossier=dossier,
        paper=Markup(paper),  # noqa: S704 - a template of ours, escaped where it was filled in
        print_now=bool(get_flashed_messages(category_filter=[PRINT])),
    )


@blueprint.get("/dossiers/<code>/qr.svg")
@requires(Permission.READ_DOSSIERS)
def qr(code: str) -> ResponseReturnValue:
    """Draw the QR code of the look-up address of a dossier."""
    dossier = reading.by_code(code, viewer()) or abort(404)
    address = public_address("portal.by_secret", code=code, proof=_secret(dossier))
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, scale=4)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _form() -> IntakeForm:
    form = IntakeForm(
        data={"procedure": request.args.get("procedure", ""), "q": request.args.get("q", "")}
    )
    form.applicant_kind.choices = {kind.value: _(kind.word) for kind in ApplicantKind}
    form.channel.choices = {
        channel.value: _(channel.word) for channel in Channel if channel != Channel.ONLINE
    }
    form.return_by.choices = {way.value: _(way.word) for way in ReturnBy}
    return form


def _only_looks(form: IntakeForm) -> str | None:
    """Return where to go on if the button pressed only looks something up, losing nothing."""
    if picked := request.form.get("pick"):
        form.procedure.data, form.papers.data = picked, []
        return "procedure"
    match request.form.get("act"):
        case "search":
            return "procedure"
        case "change":
            form.procedure.data, form.q.data = "", ""
            return "procedure"
        case "applicant":
            if known := _recognised(form):
                form.fill_in(known.applicant)
            return "id_number"
        case "leave":
            if known := _recognised(form):
                form.empty_again(known.applicant)
            return "name"
    return None


def _recognised(form: IntakeForm) -> Known | None:
    """Return the applicant as an earlier dossier has them, and note that it was looked at."""
    try:
        card = form.read_card()
    except Refusal as refusal:
        form.blame(refusal)
        return None
    number = form.person().id_number
    if found := applicants.known((number, card.older if card else None), viewer()):
        note_look(dossier_id=found.dossier_id, account_id=viewer().account_id, at=now())
    return found


def _running(form: IntakeForm) -> tuple[Running, ...]:
    """Return what the clerk has to see before saving: like dossiers that are not over."""
    procedure = catalogue.procedure(form.procedure.data or "", legal_date(now()))
    if procedure is None:
        return ()
    return applicants.running(form.person(), procedure.id, viewer())


def _page(form: IntakeForm, *, first: str | None = None) -> str:
    focus = "" if form.errors else first or "id_number"
    told = _told(form, first=focus)
    if form.is_submitted() and form.id_number.data and not form.id_number.errors:
        known = applicants.known((form.person().id_number,), viewer())
        # What was left, or typed over, is not called filled in again.
        told["known"] = known if known and known.applicant.name == form.name.data else None
    return render_template("dossiers/receive.html", at=now(), **told)


def _told(form: IntakeForm, *, first: str) -> dict[str, Any]:
    code, typed = form.procedure.data or "", form.q.data or ""
    procedure = catalogue.procedure(code, legal_date(now())) if code else None
    return {
        "form": form,
        "first": first,
        "found": _found(typed) if typed and not procedure else None,
        "ticked": form.papers.data or (),
        "running": _running(form),
        **(_promise(procedure) if procedure else {"chosen": None}),
    }


def _found(text: str) -> list[Procedure]:
    wanted = Wanted(text=text, agency_id=viewer().agency_id)
    return catalogue.search(wanted, legal_date(now()))[:MOST_FOUND]


def _chosen(form: IntakeForm) -> bool:
    if not form.procedure.data:
        found = _found(form.q.data or "") if form.q.data else []
        if len(found) != 1:
            form.q.errors = [_("Hãy chọn một thủ tục.")]
            return False
        form.procedure.data = found[0].code
    return True


def _take_in(form: IntakeForm, act: str | None) -> Dossier:
    staff, at, made = viewer(), now(), form.to_intake()
    desk = Desk(staff.agency_id, staff.agency_code)
    match act:
        case "receive":
            return intake.receive(made, desk=desk, by=staff, at=at)
        case "send_back":
            return intake.send_back(made, reason=form.reason.data, desk=desk, by=staff, at=at)
        case "decline":
            return intake.decline(made, reason=form.reason.data, desk=desk, by=staff, at=at)
    raise BadRequest  # which button was pressed is never guessed: no refusal becomes a receipt


def _check(dossier: Dossier, form: CheckForm, act: str | None) -> None:
    staff, at = viewer(), now()
    match act:
        case "accept":
            if dossier.state == State.AWAITING_SUPPLEMENT:
                intake.bring_completion(dossier, by=staff, at=at)
            intake.accept(dossier, papers=form.ticked(), by=staff, at=at)
        case "ask_for_completion":
            intake.ask_for_completion(dossier, reason=form.reason.data, by=staff, at=at)
        case "refuse_at_intake":
            intake.refuse_at_intake(dossier, reason=form.reason.data, by=staff, at=at)
        case _:
            raise BadRequest


def _next(dossier: Dossier) -> str:
    if unknown_province(dossier.applicant_id_number or ""):
        flash(_("Đã lưu. Mã tỉnh của số căn cước không có thật; hãy so lại với thẻ."))
    elif dossier.received_at is None:
        flash(_("Đã lưu hồ sơ %(code)s.", code=dossier.code))
    if dossier.received_at is None:
        return url_for("dossiers.show", code=dossier.code)
    flash(dossier.code, PRINT)  # so that a reload prints no second one
    return url_for("dossiers.receipt", code=dossier.code)


def _promise(procedure: Procedure) -> dict[str, Any]:
    at = now()
    explained = explaining.promised(procedure, viewer().agency_id, at)
    return {
        "chosen": procedure,
        "explained": explained,
        "sheet": sheet_of(explained, legal_date(at)),
    }


def _paper(dossier: Dossier, explained: Explained) -> dict[str, Any]:
    received_on = legal_date(dossier.received_at or dossier.submitted_at)
    return {
        "dossier": dossier,
        "procedure": catalogue.as_of(dossier.procedure_id, reading.taken_on(dossier)),
        "explained": explained,
        "sheet": sheet_of(explained, None, most_weeks=WEEKS_ON_PAPER),
        "receiver": organisation.tree(received_on).by_id(dossier.receiving_agency_id),
        "received_by": next(
            (one.author_name for one in reversed(dossier.history) if one.verb == Verb.RECEIVE), ""
        ),
        "issued_on": received_on,
        "lookup_address": public_address("portal.status"),
    }


def _secret(dossier: Dossier) -> str:
    return secret(current_app.config["LOOKUP_KEY"], dossier.nonce)

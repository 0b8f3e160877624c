"""Intake at the desk: one applicant, one procedure or several, each a dossier of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from wtforms import Field

from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.forms import worded
from onestop.base.gate import requires, viewer
from onestop.base.languages import gettext as _
from onestop.base.notes import note_look
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Wanted
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import intake
from onestop.dossiers.actions.intake import TogetherRefused
from onestop.dossiers.actions.opening import Desk
from onestop.dossiers.forms.acts import CheckForm
from onestop.dossiers.forms.intake import IntakeForm, Part
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import applicants, checks, closed, explaining
from onestop.dossiers.queries.applicants import Known, Running
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.identity import MOST_TOGETHER, ApplicantKind, ReturnBy, unknown_province
from onestop.dossiers.rules.papers import shown
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.receipts import PRINT
from onestop.dossiers.views.showing import others_than, sheet_of
from onestop.tallies import queries as tallies

AT_DESK: Final = (Channel.COUNTER, Channel.POSTAL)
MOST_FOUND: Final = 8
MOST_OFTEN: Final = 5
TAKEN: Final = "taken"


@dataclass(frozen=True)
class Also:
    """One more procedure of an intake, as the page shows it."""

    part: Part
    procedure: Procedure | None
    due_at: datetime | None


@dataclass(frozen=True)
class Beside:
    """Like dossiers of one procedure that are not over, and where the clerk says why another."""

    procedure: Procedure
    running: tuple[Running, ...]
    although: Field


@blueprint.app_template_filter("counted")
def counted(part: Part | CheckForm, procedure: Procedure) -> list[tuple[str, str]]:
    """Return originals and copies of each paper of a procedure: as typed, or as usual."""
    return shown(procedure.papers, part.originals.data or (), part.copies.data or ())


@blueprint.route("/receive", methods=["GET", "POST"])
@requires(Permission.RECEIVE)
def receive() -> ResponseReturnValue:
    """Register what an applicant hands in, and go on to the receipt."""
    form, before = _form(), None
    if request.method == "GET" and (code := request.args.get("applicant")):
        before = applicants.of(code, viewer()) or abort(404)
        note_look(dossier_id=before.dossier_id, account_id=viewer().account_id, at=now())
        form.begin_with(before.applicant)
    if request.method == "POST" and (first := _only_looks(form)):
        return _page(form, first=first)
    # All that is wanting is said at once: who stands at the counter is asked once.
    if form.is_submitted() and all((form.validate(), *(look(form) for look in LOOKS))):
        try:
            with transaction():
                dossiers = _take_in(form, request.form.get("act"))
            flash(form.pressed, TAKEN)
            return redirect(after(*dossiers))
        except TogetherRefused as refused:
            form.blame_each(refused.each)
        except Refusal as refusal:
            form.blame(refusal)
    if form.procedure.errors:
        form.look_again()
    return _page(form, before=before), form.status


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
    if not _rearranges(form, act):
        form.take(form.q.data)
    form.q.data = ""
    form.only_once()
    return render_template("dossiers/_choice.html", **_told(form, first="procedure"))


@blueprint.post("/receive/applicant")
@requires(Permission.RECEIVE)
def applicant() -> ResponseReturnValue:
    """Answer whose number or card it is: from which dossier they are known, what else is open."""
    form = _form()
    known = _recognised(form)
    return render_template("dossiers/_applicant.html", form=form, known=known, beside=_beside(form))


def _form() -> IntakeForm:
    form = IntakeForm(
        today=legal_date(now()),
        data={"procedure": request.args.get("procedure", ""), "q": request.args.get("q", "")},
    )
    form.applicant_kind.choices = worded(ApplicantKind)
    form.channel.choices = worded(AT_DESK)
    form.return_by.choices = worded(ReturnBy)
    return form


def _only_looks(form: IntakeForm) -> str | None:
    """Return where to go on if the button pressed only looks something up, losing nothing."""
    act = request.form.get("act")
    if act == "applicant":
        if known := _recognised(form):
            form.fill_in(known.applicant)
        return "id_number"
    if act == "leave":
        if known := _recognised(form):
            form.empty_again(known.applicant)
        return "name"
    return "procedure" if _rearranges(form, act) else None


def _rearranges(form: IntakeForm, act: str | None) -> bool:
    """Take, change, add or drop a procedure of the form, if that is what was pressed."""
    if dropped := request.form.get("drop"):
        form.drop(dropped)
    elif picked := request.form.get("pick"):
        form.take(picked)
        form.only_once()
    elif act == "change":
        form.take("")
        form.q.data = ""
    elif act == "add":
        form.put_aside()
    else:
        return act == "search"
    return True


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


def _beside(form: IntakeForm) -> list[Beside]:
    """Return what the clerk has to see before saving: like dossiers that are not over."""
    on, person, found = legal_date(now()), form.person(), []
    for part in form.parts():
        procedure = catalogue.in_force(part.procedure.data or "", on)
        if procedure and (running := applicants.running(person, procedure.id, viewer())):
            found.append(Beside(procedure, running, part.although))
    return found


def _page(form: IntakeForm, *, first: str | None = None, before: Known | None = None) -> str:
    told = _told(
        form, first="" if form.errors else first or ("procedure" if before else "id_number")
    )
    form.offer_grounds(others_than(viewer().agency_id))
    told["known"] = before
    if form.is_submitted() and form.id_number.data and not form.id_number.errors:
        known = applicants.known((form.person().id_number,), viewer())
        # What was left, or typed over, is not called filled in again.
        told["known"] = known if known and known.applicant.name == form.name.data else None
    return render_template("dossiers/receive.html", at=now(), **told)


def _told(form: IntakeForm, *, first: str) -> dict[str, Any]:
    _as_listed(form)
    code, typed = form.procedure.data or "", form.q.data or ""
    procedure = catalogue.in_force(code, legal_date(now())) if code else None
    also = [_also(part) for part in form.parts()[:-1]]
    fees = [one.procedure.fee_vnd for one in also if one.procedure]
    return {
        "form": form,
        "first": first,
        "found": _found(typed) if typed and not procedure else None,
        "often": _often() if not typed and not procedure else (),
        "ticked": form.papers.data or (),
        "also": also,
        "may_add": len(also) < MOST_TOGETHER - 1,
        "together_vnd": sum(fees, procedure.fee_vnd if procedure else 0),
        "beside": _beside(form),
        "previews": url_for("dossiers.choice"),
        "bare": request.form.getlist("bare"),
        **(promise_of(procedure, form.sooner) if procedure else {"chosen": None}),
    }


def _also(part: Part) -> Also:
    at = now()
    procedure = catalogue.in_force(part.procedure.data or "", legal_date(at))
    if procedure is None:
        return Also(part, None, None)
    if _orders(procedure):
        return Also(part, procedure, None)
    limit = _limit(procedure, part.sooner)
    explained = explaining.promised(procedure, viewer().agency_id, at, limit=limit)
    return Also(part, procedure, explained.due_at)


def _limit(procedure: Procedure, sooner: Field) -> Limit:
    """Return the limit that is promised, as typed; what is wrong with that is said by its field."""
    try:
        return procedure.sooner(sooner.data) if sooner.data else procedure.limit
    except Refusal as refusal:
        sooner.errors = [refused(refusal)]
        return procedure.limit


def _found(text: str) -> list[Procedure]:
    return catalogue.search(_wanted(text), legal_date(now()))[:MOST_FOUND]


def _often() -> list[Procedure]:
    """Return what this desk has received most often of late, the most frequent first."""
    wanted = _wanted("")
    found = catalogue.search(wanted, legal_date(now()))[:MOST_OFTEN]
    return [one for one in found if one.id in wanted.used]


def _wanted(text: str) -> Wanted:
    desk_id = viewer().agency_id
    used = tallies.received_lately(desk_id, legal_date(now()))
    return Wanted(text=text, agency_id=desk_id, used=used)


def _chosen(form: IntakeForm) -> bool:
    if not form.procedure.data and not form.q.data:
        form.take_up_again()
    if not form.procedure.data:
        found = _found(form.q.data or "") if form.q.data else []
        if len(found) != 1:
            form.q.errors = [_("Hãy chọn một thủ tục.")]
            return False
        form.procedure.data = found[0].code
    return form.only_once()


def _as_listed(form: IntakeForm) -> bool:
    """Say whether what was ticked stands as it was shown; else move it and say so beside it."""
    on = legal_date(now())
    for part in form.parts():
        procedure = catalogue.in_force(part.procedure.data or "", on)
        if procedure and (why := part.relist(procedure.papers)):
            part.listed.errors = [refused(why)]
    form.blame_for_what_was_put_aside()
    return not any(part.listed.errors for part in form.parts())


def _seen_to(form: IntakeForm) -> bool:
    """Ask once where no paper is ticked: the receipt would say that none was handed in."""
    if request.form.get("act") != "receive":
        return True
    asked, on, all_seen = request.form.getlist("bare"), legal_date(now()), True
    for part in form.parts():
        if part.papers.data or part.procedure.data in asked:
            continue
        procedure = catalogue.in_force(part.procedure.data or "", on)
        if procedure and not all(one.is_conditional for one in procedure.papers):
            part.papers.errors, all_seen = [_(NONE_TICKED)], False
    return all_seen


LOOKS: Final = (_chosen, _as_listed, _seen_to)
NONE_TICKED: Final = N_(
    "Chưa đánh dấu giấy tờ nào: hãy đánh dấu giấy đã nhận."
    " Đúng là không có giấy nào thì lưu lần nữa."
)


def _take_in(form: IntakeForm, act: str | None) -> list[Dossier]:
    staff, at, made = viewer(), now(), form.to_intakes()
    desk = Desk(staff.agency_id, staff.agency_code)
    if act == "receive":
        return intake.receive_together(made, desk=desk, by=staff, at=at)
    if act not in {"send_back", "decline"}:
        raise BadRequest  # which button was pressed is never guessed: no refusal becomes a receipt
    if len(made) > 1:
        raise Refusal(TURNED_AWAY_ALONE, field="reason")
    reason = form.reason.data
    if act == "send_back":
        return [intake.send_back(made[0], reason=reason, desk=desk, by=staff, at=at)]
    form.check_ground()
    grounds = form.to_grounds()
    return [intake.decline(made[0], grounds=grounds, reason=reason, desk=desk, by=staff, at=at)]


TURNED_AWAY_ALONE: Final = N_(
    "Yêu cầu hoàn thiện hoặc từ chối được ghi riêng cho một thủ tục: hãy bỏ các thủ tục khác trước."
)


def after(*dossiers: Dossier) -> str:
    """Return where to go on after an intake: to what is to print, else to the dossier."""
    first, *others = dossiers
    if others:
        flash(_("Đã lưu %(count)d hồ sơ.", count=len(dossiers)))
    elif first.received_at is None:
        flash(_("Đã ghi: %(verb)s.", verb=_(first.history[-1].verb.word)))
    else:
        flash(_("Đã lưu hồ sơ %(code)s.", code=first.code))
    if unknown_province(first.applicant_id_number or ""):
        flash(_("Mã tỉnh của số căn cước không có thật; hãy so lại với thẻ."))
    if first.received_at is None:
        return url_for("dossiers.show", code=first.code)
    flash(first.code, PRINT)  # so that a reload prints no second one
    if others:
        return url_for("dossiers.receipts", code=[one.code for one in dossiers])
    return url_for("dossiers.receipt", code=first.code)


def promise_of(
    procedure: Procedure, sooner: Field, submitted: Dossier | None = None
) -> dict[str, Any]:
    """Return what the page says of a procedure that is about to be received.

    It may be promised `sooner`. Of what was `submitted` the limit may count from before (rules.md
    4.3).
    """
    at, desk_id = now(), viewer().agency_id
    start = checks.counts_from(submitted, procedure, at) if submitted else None
    closures = checks.closed_since(desk_id, start) if start else ()
    limit = _limit(procedure, sooner)
    explained = explaining.promised(
        procedure, desk_id, at, limit=limit, counts_from=start, pauses=closures
    )
    return {
        "chosen": procedure,
        "explained": explained,
        "closed_by": next((one.order for one in _orders(procedure)), None),
        "sheet": sheet_of(explained, legal_date(at)),
    }


def _orders(procedure: Procedure) -> tuple[Closure, ...]:
    """Return the orders that would hold what is received of a procedure now."""
    mine = viewer().agency_id
    return closed.orders_of({mine, procedure.department_agency_id or mine})

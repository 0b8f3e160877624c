"""The pages of citizens; none needs a log-in, none shows a name."""

from datetime import date, datetime

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.addresses import asking
from onestop.base.asked import known_or_none
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.forms import worded
from onestop.base.gate import also_stale, only_asks, public
from onestop.base.handouts import printed
from onestop.base.languages import language
from onestop.base.notes import note_failure, tries
from onestop.base.paging import Paged, page_asked
from onestop.base.questions import without_session
from onestop.base.viewer import Citizen
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Wanted
from onestop.catalogue.rules.channels import LEVELS_TOLD, level_word
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import Hours, open_from
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import intake
from onestop.dossiers.actions.opening import Desk
from onestop.dossiers.queries import closed, explaining
from onestop.dossiers.rules.identity import ApplicantKind, ReturnBy, secret
from onestop.dossiers.views.showing import sheet_of
from onestop.letters.queries.printing import blank_authorisation
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Tier
from onestop.portal import queries
from onestop.portal.forms import LookupForm, SubmitForm
from onestop.portal.rules import (
    CODE_WINDOW,
    MOST_BY_ADDRESS,
    MOST_BY_CODE,
    PLAIN_LEVELS,
    WINDOW,
    days_off,
    icon_of,
)

blueprint = Blueprint("portal", __name__, template_folder="templates")
LOOKUP = "lookup"
SUBMITTED = "submitted"
ONLINE = "online"
TIERS = (Tier.DISTRICT, Tier.COMMUNE)
PAGE = 20
blueprint.add_app_template_filter(icon_of, "field_icon")


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the two questions of a citizen: where is my dossier, and which procedure do I need."""
    at = now()
    today = legal_date(at)
    return render_template(
        "portal/home.html",
        form=LookupForm(),
        most_used=queries.most_used(today),
        total=len(catalogue.search(Wanted(), today)),
        fields=len(catalogue.fields(today)),
        desks=[node for node in organisation.tree(today).desks if node.tier in TIERS],
        last_year=queries.last_year(at),
        days_off=days_off(deadlines.calendar(), today),
    )


@blueprint.route("/status", methods=["GET", "POST"])
@public
@only_asks
def status() -> ResponseReturnValue:
    """Say where a dossier stands to whoever knows its code and a second thing."""
    form = LookupForm()
    if not form.validate_on_submit():
        return render_template("portal/lookup.html", form=form), form.status
    return _answer(str(form.code.data), str(form.second.data), form)


@blueprint.get("/status/<code>/<proof>")
@public
def by_secret(code: str, proof: str) -> ResponseReturnValue:
    """Say where a dossier stands to whoever scanned the code of its receipt."""
    return _answer(code, proof)


@blueprint.get("/authorisation.pdf")
@public
def authorisation() -> ResponseReturnValue:
    """Answer a blank authorisation to take a result; it knows of no dossier and no person."""
    return printed(blank_authorisation(), "giay-uy-quyen")


@blueprint.get("/procedures")
@public
def procedures() -> ResponseReturnValue:
    """Search the catalogue in one's own words; everything asked stands in the address."""
    today, asked = legal_date(now()), request.args
    level = asked.get("level", "")
    wanted = Wanted(
        text=asked.get("q", "")[:200],
        tier=known_or_none(asked.get("tier"), Tier.known),
        field_code=known_or_none(asked.get("field"), catalogue.known_field),
        level=None if level == ONLINE else known_or_none(level, LEVELS_TOLD.get),
        online=level == ONLINE,
    )
    found = catalogue.search(wanted, today)
    page = Paged.of(found, page_asked(asked.get("page", "")), PAGE)
    return render_template(
        "portal/procedures.html",
        wanted=wanted,
        found=page.rows,
        page=page,
        fields=catalogue.fields(today, wanted.tier),
        tiers=TIERS,
        levels={
            ONLINE: N_("Nộp được qua mạng"),
            **{str(level): level_word(level, today) for level in (4, 3, 2)},
        },
        level=level,
        address=_address,
    )


@blueprint.get("/procedures/<code>")
@public
def procedure(code: str) -> ResponseReturnValue:
    """Show what a procedure takes: how long, how much, which papers, where."""
    at = now()
    today = legal_date(at)
    found = catalogue.in_force(code, today)
    if found is None:
        return _closed(code)
    desks = _desks(found, today)
    handler = found.department_agency_id
    shut = closed.closed_now({*(node.id for node in desks), *([handler] if handler else [])})
    works = [node for node in desks if node.id not in shut and handler not in shut]
    handed_in = _handed_in(works, at)
    offered = catalogue.in_force(code, legal_date(handed_in))
    explained = explaining.promised(offered, works[0].id, handed_in) if works and offered else None
    return render_template(
        "portal/procedure.html",
        procedure=found,
        offered=offered,
        desks=desks,
        closed=shut,
        hours={node.id: deadlines.hours(node.id) for node in desks},
        explained=explained,
        handed_in_on=legal_date(handed_in),
        sheet=explained and sheet_of(explained, legal_date(at)),
        level=level_word(found.level, today),
        plain_level=PLAIN_LEVELS[found.level],
        today=today,
    )


@blueprint.get("/submit")
@public
def submit_choice() -> ResponseReturnValue:
    """Lead to the procedures that can be submitted online."""
    return redirect(url_for("portal.procedures", level=ONLINE))


@blueprint.route("/submit/<code>", methods=["GET", "POST"])
@public
@also_stale
def submit(code: str) -> ResponseReturnValue:
    """Take in an online submission and give it a code at once."""
    at = now()
    found = catalogue.in_force(code, legal_date(at))
    if found is None:
        return _closed(code)
    if not found.is_online:
        return redirect(url_for("portal.procedure", code=code))
    desks = _desks(found, legal_date(at))
    form = _submit_form(desks)
    if why := form.relist(found.papers):
        form.blame(why)
    if form.validate_on_submit() and why is None:
        node = next(one for one in desks if one.code == form.desk.data)
        try:
            with transaction():
                dossier = intake.submit(
                    form.to_intake(code), desk=Desk(node.id, node.code), by=Citizen(), at=at
                )
            flash(dossier.code, SUBMITTED)
            proof = secret(_key(), dossier.nonce)
            return redirect(url_for("portal.by_secret", code=dossier.code, proof=proof))
        except Refusal as refusal:
            form.blame(refusal)
    return render_template(
        "portal/submit.html", form=form, procedure=found, ticked=form.papers.data or ()
    ), form.status


def _submit_form(desks: list[Node]) -> SubmitForm:
    form = SubmitForm(today=legal_date(now()))
    form.applicant_kind.choices = worded(ApplicantKind)
    form.return_by.choices = worded(ReturnBy)
    form.desk.choices = {"": _("Chọn nơi nhận")} if len(desks) > 1 else {}
    form.desk.choices |= {node.code: node.name(language()) for node in desks}
    return form


@without_session()
def _answer(code: str, proof: str, form: LookupForm | None = None) -> ResponseReturnValue:
    at, address, code = now(), request.remote_addr or "", _as_typed(code).upper()
    citizen = Citizen(code, _as_typed(proof).replace(".", ""))
    asked = queries.asked(
        citizen,
        tries(
            LOOKUP,
            subject=code,
            address=address,
            since=at - WINDOW,
            subject_since=at - CODE_WINDOW,
        ),
    )
    # Nobody guesses a secret; and behind one address may stand a whole village.
    must_wait = asked.failed.by_address >= MOST_BY_ADDRESS
    guarded = must_wait or asked.failed.by_subject >= MOST_BY_CODE
    found = asked.answer(key=_key(), at=at, secret_only=guarded)
    if found is None and must_wait:
        form, wait = form or LookupForm(data={"code": code}), int(WINDOW.total_seconds())
        form.form_errors.append(
            _("Sai quá nhiều lần. Hãy thử lại sau %(minutes)s phút.", minutes=wait // 60)
        )
        page = render_template("portal/lookup.html", form=form)
        return page, 429, {"Retry-After": str(wait)}
    if found is None:
        note_failure(LOOKUP, subject=code, address=address, at=at)
        form = form or LookupForm(data={"code": code})
        return render_template("portal/lookup.html", form=form, not_found=True), 404
    return render_template(
        "portal/status.html",
        status=found,
        sheet=found.explained and sheet_of(found.explained, legal_date(at)),
    )


def _as_typed(text: str) -> str:
    """Return what was typed or pasted without what cannot be seen of it.

    A code copied from a paper brings along the marks at which its line may be broken.
    """
    return "".join(filter(str.isprintable, "".join(text.split())))


def _closed(code: str) -> ResponseReturnValue:
    versions = catalogue.snapshot().versions.get(code)
    if not versions:
        abort(404)
    return render_template("portal/closed.html", procedure=versions[-1]), 410


def _desks(found: Procedure, today: date) -> list[Node]:
    offering = catalogue.offered_by(found.id, today)
    return [node for node in organisation.tree(today).desks if node.id in offering]


def _handed_in(desks: list[Node], at: datetime) -> datetime:
    """Return when a dossier can be handed in at the earliest: at a counter that is open."""
    hours = deadlines.hours(desks[0].id) if desks else Hours()
    return open_from(at, deadlines.calendar(), hours)


def _key() -> str:
    return str(current_app.config["LOOKUP_KEY"])


def _address(number: int) -> str:
    return asking(url_for("portal.procedures"), page=number)

"""The papers of a dossier: the list, issuing one, and its print."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from onestop.base.addresses import local_path, public_address
from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.filters import local
from onestop.base.forms import say
from onestop.base.gate import requires, viewer
from onestop.base.notes import note_look
from onestop.base.permissions import Permission
from onestop.base.typesetting import joined
from onestop.dossiers.actions.many import MOST_PRINTED
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.letters import actions, queries
from onestop.letters.queries import Listed
from onestop.letters.rules import Paper, Sheet, caused_by

blueprint = Blueprint("letters", __name__, template_folder="templates")


@blueprint.app_template_filter("paper_caused")
def paper_caused(entry: Entry, dossier: Dossier) -> str | None:
    """Return the title of the paper that a line of history causes, for a button beside it."""
    paper = caused_by(entry.verb)
    if paper is None or entry.seq in reading.taken_back(dossier):
        return None
    return queries.forms_of(dossier).titles[paper]


@blueprint.get("/dossiers/<code>/papers")
@requires(Permission.READ_DOSSIERS)
def index(code: str) -> ResponseReturnValue:
    """Show the papers of a dossier: those issued, and those that its history still causes."""
    dossier = _looked_at(code)
    return render_template(
        "letters/index.html",
        dossier=dossier,
        papers=queries.papers(dossier),
        may_print=viewer().may(Permission.PRINT_PAPERS),
    )


@blueprint.post("/dossiers/<code>/papers/<int:seq>")
@requires(Permission.PRINT_PAPERS)
def issue(code: str, seq: int) -> ResponseReturnValue:
    """Issue a paper or note its reprint, and go on to the print."""
    try:
        with transaction():
            dossier = reading.for_change(code, viewer()) or abort(404)
            address = public_address("portal.status")
            actions.issue(dossier, seq, status_address=address, by=viewer(), at=now())
    except Refusal as refusal:
        abort(409, say(refusal))
    sheet = request.form.get("sheet", str(Sheet.A5))
    return redirect(url_for(".print_", code=code, seq=seq, sheet=sheet), 303)


@blueprint.get("/dossiers/<code>/papers/<int:seq>.pdf")
@requires(Permission.READ_DOSSIERS)
def print_(code: str, seq: int) -> ResponseReturnValue:
    """Answer the PDF of a paper that was issued, on A5 or A4."""
    dossier = _looked_at(code)
    listed = _issued(dossier, seq)
    return _pdf(_print_of(listed, dossier), f"{dossier.code}-{listed.paper}")


@blueprint.post("/desk/papers")
@requires(Permission.PRINT_PAPERS)
def print_many() -> ResponseReturnValue:
    """Issue a paper of each of many dossiers, and tell of those that have none."""
    paper = next((one for one in Paper if one.value == request.form.get("paper")), None)
    back = local_path(request.form.get("back", "")) or "/desk"
    try:
        with transaction():
            issued = actions.issue_many(
                request.form.getlist("code"),
                paper,
                status_address=public_address("portal.status"),
                by=viewer(),
                at=now(),
            )
    except Refusal as refusal:
        flash(say(refusal), "message")
        return redirect(back)
    sheet = request.form.get("sheet", str(Sheet.A5))
    return render_template("letters/many.html", issued=issued, sheet=sheet, back=back, say=say)


@blueprint.post("/desk/papers.pdf")
@requires(Permission.PRINT_PAPERS)
def many_pdf() -> ResponseReturnValue:
    """Answer one PDF of papers that were issued; asked for again it notes no second print."""
    asked = [line.partition(" ") for line in dict.fromkeys(request.form.getlist("line"))]
    if not 0 < len(asked) <= MOST_PRINTED:
        abort(404)
    prints = []
    for code, _blank, seq in asked:
        dossier = _looked_at(code)
        prints.append(_print_of(_issued(dossier, number(seq) or 0), dossier))
    return _pdf(joined(prints), f"onestop-{local(now()):%Y%m%d-%H%M}")


def _issued(dossier: Dossier, seq: int) -> Listed:
    listed = queries.by_line(dossier, seq)
    if listed is None or listed.letter is None:
        abort(404)
    return listed


def _print_of(listed: Listed, dossier: Dossier) -> bytes:
    asked = request.values.get("sheet", "")
    sheet = next((one for one in Sheet if one.value == asked), Sheet.A5)
    key = str(current_app.config["LOOKUP_KEY"])
    if listed.letter is None:
        raise ValueError("only what was issued is printed")
    return queries.printed(listed.letter, dossier, key=key, sheet=sheet)


def _pdf(made: bytes, name: str) -> Response:
    return Response(
        made,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _looked_at(code: str) -> Dossier:
    staff = viewer()
    dossier = reading.by_code(code, staff) or abort(404)
    note_look(dossier_id=dossier.id, account_id=staff.account_id, at=now())
    return dossier

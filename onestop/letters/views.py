"""The papers of a dossier: the list, issuing one, and its print."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from onestop.base.addresses import public_address
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.forms import say
from onestop.base.gate import requires, viewer
from onestop.base.notes import note_look
from onestop.base.permissions import Permission
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.letters import actions, queries
from onestop.letters.rules import Sheet, caused_by

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
    listed = queries.by_line(dossier, seq)
    if listed is None or listed.letter is None:
        abort(404)
    asked = request.args.get("sheet", "")
    sheet = next((one for one in Sheet if one.value == asked), Sheet.A5)
    key = str(current_app.config["LOOKUP_KEY"])
    made = queries.printed(listed.letter, dossier, key=key, sheet=sheet)
    name = f"{dossier.code}-{listed.paper}.pdf"
    return Response(
        made,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )


def _looked_at(code: str) -> Dossier:
    staff = viewer()
    dossier = reading.by_code(code, staff) or abort(404)
    note_look(dossier_id=dossier.id, account_id=staff.account_id, at=now())
    return dossier

"""The papers of a dossier: the list, issuing one, and its print."""

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

from onestop.base.addresses import local_path, public_address
from onestop.base.asked import known_or_none, number
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.handouts import printed
from onestop.base.moments import local
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.base.typesetting import joined
from onestop.dossiers.actions.many import MOST_PRINTED
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.views.showing import looked_at
from onestop.letters import actions
from onestop.letters.queries import listing, printing
from onestop.letters.queries.listing import ListedPaper
from onestop.letters.rules import (
    ALWAYS_A4,
    PAPERS_OF_ACTS,
    Paper,
    Sheet,
    caused_by,
    printed_on,
)

blueprint = Blueprint("letters", __name__, template_folder="templates")


@blueprint.app_template_filter("papers_caused")
def papers_caused(entry: Entry, dossier: Dossier) -> list[tuple[str, str]]:
    """Return title and key of the papers that a line of history causes, for buttons beside it.

    The slip to be asked by, which goes with many acts, stands beside the last one alone.
    """
    if entry.seq in reading.taken_back(dossier.history):
        return []
    titles = listing.forms_of(dossier).titles
    found = enumerate(caused_by(entry.verb, entry.from_state))
    return [
        (titles[paper], str(paper) if place else "")
        for place, paper in found
        if not place or paper != Paper.SURVEY
    ]


@blueprint.app_template_global("papers_of_acts")
def papers_of_acts() -> tuple[Paper, ...]:
    """Return the kinds of papers that the acts on a dossier cause, the receipt first."""
    return PAPERS_OF_ACTS


@blueprint.get("/dossiers/<code>/papers")
@requires(Permission.READ_DOSSIERS)
def index(code: str) -> ResponseReturnValue:
    """Show the papers of a dossier: those issued, and those that its history still causes."""
    dossier = looked_at(code, now())
    return render_template(
        "letters/index.html",
        dossier=dossier,
        papers=listing.offered(dossier),
        always_a4=ALWAYS_A4,
        may_print=viewer().may(Permission.PRINT_PAPERS),
    )


@blueprint.post("/dossiers/<code>/papers/<int:seq>", defaults={"paper": ""})
@blueprint.post("/dossiers/<code>/papers/<int:seq>/<paper>")
@requires(Permission.PRINT_PAPERS)
def issue(code: str, seq: int, paper: str) -> ResponseReturnValue:
    """Issue a paper or note its reprint, and go on to the print.

    It is the first that a line of history causes, or another that is named.
    """
    sheet = sheet_asked()
    try:
        with transaction():
            dossier = reading.for_change(code, viewer()) or abort(404)
            address = public_address("portal.status")
            actions.issue(dossier, seq, paper, status_address=address, by=viewer(), at=now())
    except Refusal as refusal:
        abort(409, refused(refusal))
    return redirect(url_for(".print_", code=code, seq=seq, paper=paper, sheet=sheet), 303)


@blueprint.get("/dossiers/<code>/papers/<int:seq>.pdf", defaults={"paper": ""})
@blueprint.get("/dossiers/<code>/papers/<int:seq>/<paper>.pdf")
@requires(Permission.READ_DOSSIERS)
def print_(code: str, seq: int, paper: str) -> ResponseReturnValue:
    """Answer the PDF of a paper that was issued, on A5 or A4."""
    dossier = looked_at(code, now())
    listed = _issued(dossier, seq, paper)
    return printed(_print_of(listed, dossier), f"{dossier.code}-{listed.paper}")


@blueprint.post("/desk/papers")
@requires(Permission.PRINT_PAPERS)
def print_many() -> ResponseReturnValue:
    """Issue a paper of each of many dossiers, and tell of those that have none."""
    paper, sheet = Paper.known(request.form.get("paper")), sheet_asked()
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
        flash(refused(refusal), "refusal")
        return redirect(back)
    return render_template("letters/many.html", issued=issued, sheet=sheet, back=back)


@blueprint.post("/desk/papers.pdf")
@requires(Permission.PRINT_PAPERS)
def many_pdf() -> ResponseReturnValue:
    """Answer one PDF of papers that were issued; asked for again it notes no second print."""
    asked = [f"{line}  ".split(" ") for line in dict.fromkeys(request.form.getlist("line"))]
    if not 0 < len(asked) <= MOST_PRINTED:
        abort(404)
    prints = []
    for code, seq, paper, *_rest in asked:
        dossier = looked_at(code, now())
        prints.append(_print_of(_issued(dossier, number(seq) or 0, paper), dossier))
    return printed(joined(prints), f"onestop-{local(now()):%Y%m%d-%H%M}")


def sheet_asked() -> Sheet:
    """Return the size of paper that is asked for, A5 by default."""
    return known_or_none(request.values.get("sheet"), Sheet.known) or Sheet.A5


def _issued(dossier: Dossier, seq: int, paper: str) -> ListedPaper:
    listed = listing.by_line(dossier, seq, paper)
    if listed is None or listed.letter is None:
        abort(404)
    return listed


def _print_of(listed: ListedPaper, dossier: Dossier) -> bytes:
    sheet = printed_on(listed.paper, sheet_asked())
    key = str(current_app.config["LOOKUP_KEY"])
    if listed.letter is None:
        raise ValueError("only what was issued is printed")
    return printing.printed(listed.letter, dossier, key=key, sheet=sheet)

"""The receipt with the appointment, of one dossier or of several taken in together."""

import io
from typing import Any

import segno
from flask import (
    Response,
    abort,
    current_app,
    get_flashed_messages,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from onestop.base.addresses import public_address
from onestop.base.clock import now
from onestop.base.gate import requires, viewer
from onestop.base.languages import in_language
from onestop.base.permissions import Permission
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.rules.identity import MOST_TOGETHER, secret, taken_where, volume_of
from onestop.dossiers.rules.states import Verb
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.showing import looked_at, sheet_of
from onestop.organisation import queries as organisation
from onestop.organisation.rules import shop_called

WEEKS_ON_PAPER = 4
PRINT = "print"


@blueprint.get("/dossiers/<code>/receipt")
@requires(Permission.READ_DOSSIERS)
def receipt(code: str) -> ResponseReturnValue:
    """Show the receipt with the appointment, to print; the paper itself is Vietnamese."""
    return _page([code])


@blueprint.get("/receipts")
@requires(Permission.READ_DOSSIERS)
def receipts() -> ResponseReturnValue:
    """Show the receipts of dossiers taken in together, to print in one go."""
    codes = list(dict.fromkeys(request.args.getlist("code")))
    if not 0 < len(codes) <= MOST_TOGETHER:
        abort(404)
    return _page(codes)


@blueprint.get("/dossiers/<code>/qr.svg")
@requires(Permission.READ_DOSSIERS)
def qr(code: str) -> ResponseReturnValue:
    """Draw the QR code of the look-up address of a dossier."""
    dossier = reading.by_code(code, viewer()) or abort(404)
    address = public_address("portal.by_secret", code=code, proof=_secret(dossier))
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, scale=4)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _page(codes: list[str]) -> str:
    dossiers = [looked_at(code, now()) for code in codes]
    return render_template(
        "dossiers/receipt.html",
        dossiers=dossiers,
        procedure=reading.procedure_of(dossiers[0]),
        papers=[_drawn(dossier) for dossier in dossiers],
        print_now=bool(get_flashed_messages(category_filter=[PRINT])),
    )


def _drawn(dossier: Dossier) -> Markup:
    explained = explaining.explained(dossier, now()) or abort(404)
    with in_language("vi"):
        paper = render_template("dossiers/_paper.html", **_paper(dossier, explained))
    return Markup(paper)  # noqa: S704 - a template of ours, escaped where it was filled in


def _paper(dossier: Dossier, explained: Explained) -> dict[str, Any]:
    received_on = legal_date(dossier.received_at or dossier.submitted_at)
    # Where the shop that it came to had ended by then, its successor received it.
    receiver = organisation.keeper(dossier.receiving_agency_id, received_on) or abort(404)
    today = legal_date(now())
    over = organisation.succession(dossier.receiving_agency_id, today)
    shop = shop_called(received_on)
    shop_now = f"{shop_called(today)} {over.by.within('vi')}" if over else ""
    shop_name = shop_now or f"{shop} {receiver.within('vi')}"
    return {
        "dossier": dossier,
        "procedure": reading.procedure_of(dossier),
        "explained": explained,
        "closed_by": reading.closed_by(dossier),
        "sheet": sheet_of(explained, None, most_weeks=WEEKS_ON_PAPER),
        "receiver": receiver,
        "over": over,
        "received_by": next(
            (one.author_name for one in reversed(dossier.history) if one.verb == Verb.RECEIVE), ""
        ),
        "shop": shop,
        "shop_name": shop_name,
        "return_at": taken_where(dossier.return_by, shop_name, dossier.applicant_address),
        "volume": volume_of(received_on),
        "issued_on": legal_date(dossier.extended_at or dossier.received_at or dossier.submitted_at),
        "lookup_address": public_address("portal.status"),
    }


def _secret(dossier: Dossier) -> str:
    return secret(current_app.config["LOOKUP_KEY"], dossier.nonce)

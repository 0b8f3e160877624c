"""What belongs to no room: the language switch, the start page of a role, the health of it all."""

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from onestop.app import doors, schema
from onestop.base.addresses import local_path
from onestop.base.gate import logged_in, public, viewer
from onestop.base.languages import COOKIE, LANGUAGES

blueprint = Blueprint("app", __name__)
A_YEAR = 365 * 86400


@blueprint.get("/language/<language>")
@public
def language(language: str) -> ResponseReturnValue:
    """Remember the reader's language and go back to the page."""
    if language not in LANGUAGES:
        abort(404)
    response = make_response(redirect(local_path(request.args.get("next", "")) or "/"))
    response.set_cookie(COOKIE, language, max_age=A_YEAR, httponly=True, samesite="Lax")
    return response


@blueprint.get("/start")
@logged_in
def start() -> ResponseReturnValue:
    """Send each role to the page that its day begins with."""
    return redirect(url_for(doors.first_page(viewer())))


@blueprint.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Lead whoever asks for the icon under its old name to the one there is."""
    return redirect(url_for("static", filename="icons/mark.svg"), 301)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the program runs, and its database answers and may be written.

    What can still be read is served, so that alone takes no server out of turn.
    """
    if not schema.answers():
        return {"status": "failing"}, 503
    return {"status": "ok" if schema.may_be_written() else "degraded"}

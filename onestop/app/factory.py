"""Builds the application out of its rooms."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import flask_migrate
from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from onestop.accounts import queries as account_queries
from onestop.accounts import views as accounts
from onestop.app import doors, narrowing, settings
from onestop.app import views as app_views
from onestop.app.discretion import Discretion
from onestop.app.explanations import explanation
from onestop.app.hardening import Guarded, Hardened, Sessions
from onestop.app.schema import is_fault
from onestop.base import addresses, filters, gate, languages, memory, told
from onestop.base.asked import Number, Request
from onestop.base.clock import now
from onestop.base.database import db
from onestop.catalogue import views as catalogue
from onestop.deadlines import views as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions.acting import followed_by, guarded_by
from onestop.dossiers.queries.closing import held_with, recounted_with
from onestop.dossiers.queries.desks import told_with
from onestop.dossiers.queries.moving import moved_with
from onestop.dossiers.queries.reading import opened_with
from onestop.dossiers.views import (
    checking,
    choosing,
    closing,
    deciding,
    feeding,
    listing,
    passing,
    receipts,
    receiving,
    showing,
    taking_along,
)
from onestop.dossiers.views.blueprint import blueprint as dossiers
from onestop.letters import views as letters
from onestop.opinions import actions as opinion_actions
from onestop.opinions import views as opinions
from onestop.opinions.queries import dates as opinion_dates
from onestop.opinions.queries import questions
from onestop.organisation import views as organisation
from onestop.portal import views as portal
from onestop.queue.views import calling, waits
from onestop.queue.views.blueprint import blueprint as queue
from onestop.register import views as register
from onestop.reporting.views import rates, statistics
from onestop.reporting.views.blueprint import blueprint as reporting
from onestop.steps.actions.following import follow
from onestop.steps.queries import dates, trails
from onestop.steps.queries.working import duties
from onestop.steps.views import choosing as step_choosing
from onestop.steps.views import handing, moving, working
from onestop.steps.views import taking_along as step_taking_along
from onestop.steps.views.blueprint import blueprint as steps

# Each adds its pages to the blueprint of its room.
PAGES: Final = (
    receiving, receipts, checking, showing, listing, choosing, taking_along, feeding, deciding,
    closing, passing,
    calling, waits,
    rates, statistics,
    handing, moving, step_choosing, step_taking_along, working,
)  # fmt: skip
BLUEPRINTS: Final = (
    app_views.blueprint,
    accounts.blueprint,
    organisation.blueprint,
    deadlines.blueprint,
    catalogue.blueprint,
    letters.blueprint,
    opinions.blueprint,
    register.blueprint,
    portal.blueprint,
    queue,
    dossiers,
    steps,
    reporting,
)
ASSETS: Final = ("static", "bootstrap.static")
STATIC: Final = Path(__file__).parents[1] / "base" / "static"
MARK: Final = 12
CONTENT_POLICY: Final = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


class Synchronous(Flask):
    """A Flask without coroutines: it need not look for one before every call that it makes."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`, which is none."""
        return func

    def get_send_file_max_age(self, filename: str | None) -> int:  # noqa: ARG002 - all alike
        """Let a browser keep an asset: what has changed has another address."""
        return int(timedelta(days=365).total_seconds())


def create_app(changes: dict[str, Any] | None = None) -> Flask:
    """Return the application; `changes` outrank every other source of settings."""
    app = Synchronous(
        "onestop",
        static_url_path=f"/static/{mark()}",
        static_folder=STATIC,
        template_folder="base/templates",
    )
    app.jinja_environment = memory.Templates
    app.request_class = Request
    app.url_map.converters["int"] = Number
    app.session_interface = Sessions()
    app.logger.addFilter(Discretion())
    app.config.update(settings.load() if changes is None else {**settings.load(), **changes})
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider's own switch
    db.init_app(app)
    folder = str(settings.migrations_folder())
    flask_migrate.Migrate(app, db, directory=folder, render_as_batch=True)
    Bootstrap5(app)
    languages.speak(app)
    filters.install(app)
    addresses.install(app)
    told.install(app)
    memory.install(app)
    narrowing.install(app)
    followed_by(follow)
    followed_by(opinion_actions.follow)
    guarded_by(trails.against)
    moved_with(dates.falling)
    held_with(dates.held)
    told_with(duties)
    opened_with(questions.opening)
    moved_with(opinion_dates.falling)
    recounted_with(opinion_dates.opened)
    recounted_with(dates.opened)
    _harden(app)
    accounts.keep(app)
    gate.keep(app)
    Guarded(app)  # behind the gate: whoever is not logged in is shown the way in
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for asset in ASSETS:
        gate.public(app.view_functions[asset])
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(DatabaseError, _unavailable)
    app.context_processor(_frame)
    return app


@cache
def mark() -> str:
    """Return the mark of all assets together: a browser would run yesterday's beside new pages."""
    told = sha256(version("Bootstrap-Flask").encode())
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            told.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return told.hexdigest()[:MARK]


def _harden(app: Flask) -> None:
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as its documentation does
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.after_request(_keep_private)  # registered before Talisman, and so run after it
    https = bool(app.config["HTTPS"])
    Hardened(
        app,
        force_https=https,
        strict_transport_security=https,
        session_cookie_secure=https,
        content_security_policy=CONTENT_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
    )


def _keep_private(response: Response) -> Response:
    if request.endpoint not in ASSETS:
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint == "portal.by_secret":
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _explain(error: HTTPException) -> HTTPException | BaseResponse:
    code = error.code or 500
    if code >= 500:  # what went wrong may have been the database: whoever explains asks it nothing
        db.session.rollback()
        g.database_failed = True
    if code < 400:
        return error
    title, text = explanation(code)
    if code == 409:  # a refusal without a form to stand beside: its sentence is the answer
        text = f"{error.description} {text}"
    answer = error.get_response()
    answer.status_code = code
    return _told(title, text, answer)


def _told(title: str, text: str, answer: BaseResponse) -> BaseResponse:
    """Return `answer` with what went wrong: a page, or a line for a program that reads none."""
    if request.accept_mimetypes.accept_html:
        answer.set_data(render_template("base/error.html", title=title, text=text))
    else:
        answer.mimetype = "text/plain"
        answer.set_data(f"{title}. {text}\n")
    return answer


def _stale(error: CSRFError) -> ResponseReturnValue | HTTPException | BaseResponse:
    return gate.shown_anew() or _explain(error)


def _unavailable(fault: DatabaseError) -> BaseResponse:
    if not is_fault(fault):
        raise fault
    # Read-only, locked too long, gone: the reader may try again, and nothing was half written.
    current_app.logger.error("the database failed: %s", str(fault.__cause__ or fault))
    db.session.rollback()
    g.database_failed = True
    title, text = explanation(503)
    return _told(title, text, Response(status=503))


def _frame() -> dict[str, Any]:
    language = languages.language()
    words = {"language": language, "_": languages.words(language), "here": gate.shown_at()}
    if "database_failed" in g:  # whoever explains it must not ask it again
        return {
            **words,
            **vars(doors.bare_sign(legal_date(now()))),
            "staff": None,
            "find": "",
            "navigation": (),
            "behind": (),
            "demonstration": False,
        }
    staff = gate.visitor()
    navigation = doors.navigation(staff)
    return {
        **words,
        **vars(doors.sign(legal_date(now()))),
        "staff": staff,
        "find": doors.search(staff),
        "navigation": navigation,
        "behind": [(door.label, door.href) for door in navigation if door.current],
        "demonstration": account_queries.any_demo(),
    }

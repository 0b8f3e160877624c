"""What every answer carries for its safety, worked out once: none of it depends on the page."""

from typing import Any

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer

from onestop.base.gate import needs_token


class Hardened(Talisman):  # type: ignore[misc]  # the library has no types
    """Flask-Talisman, whose headers are the same for every page of ours: no view has its own."""

    def init_app(self, app: Flask, **options: Any) -> None:
        """Guard `app` as Talisman does."""
        self._headers: dict[bool, list[tuple[str, str]]] = {}
        super().init_app(app, **options)

    def _make_nonce(self) -> None:
        """Nothing of ours needs one: no page has a script or a style within it."""

    def _force_https(self) -> Any:  # noqa: ANN401 - a redirection, or nothing
        return super()._force_https() if self.force_https else None

    def _set_response_headers(self, response: Response) -> Response:
        https = request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"
        if https not in self._headers:
            empty = Response()
            empty.headers.clear()
            self._headers[https] = list(super()._set_response_headers(empty).headers)
        response.headers.extend(self._headers[https])
        return response


class Guarded(CSRFProtect):  # type: ignore[misc]  # the library has no types
    """Flask-WTF's guard, which looks for exemptions only where there is something to guard."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that changes something and has no token."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None or needs_token(view):
            super().protect(apply_exemptions=apply_exemptions)


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, whose signer is made once for each key."""

    def __init__(self) -> None:
        self._signers: dict[str, URLSafeTimedSerializer | None] = {}

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep the session, unless there is none: no answer of ours is kept by a cache."""
        if session or session.modified:
            super().save_session(app, session, response)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the signer of `app`."""
        key = str(app.secret_key)
        if key not in self._signers:
            self._signers = {key: super().get_signing_serializer(app)}
        return self._signers[key]

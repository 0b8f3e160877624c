"""What every answer carries for its safety, worked out once: none of it depends on the page."""

from typing import Any, Final

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.url_safe import URLSafeSerializerMixin

from onestop.base.gate import needs_token

LONG: Final = 1000


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
    """Flask-WTF's guard, where there is something to guard; the gate alone knows exemptions."""

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: ARG002 - none but ours
        """Refuse a request that changes something and has no token."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        view = current_app.view_functions.get(request.endpoint or "")
        if view is not None and needs_token(view):  # else 404 or 405, whoever asks
            super().protect()


class Signer(URLSafeTimedSerializer):
    """Signs a session as it is: a few hundred letters are packed at the price of signing them."""

    def dump_payload(self, obj: Any) -> bytes:  # noqa: ANN401 - whatever a session holds
        """Return a session as it stands in a cookie; a long one packed."""
        plain = super(URLSafeSerializerMixin, self).dump_payload(obj)
        return base64_encode(plain) if len(plain) < LONG else super().dump_payload(obj)


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, whose signer is made once for each key.

    They hold texts, numbers and lists of them: what JSON has anyway.
    """

    salt = "session"

    def __init__(self) -> None:
        self._signers: dict[str, Signer] = {}

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep the session, unless there is none: no answer of ours is kept by a cache."""
        if session or session.modified:
            super().save_session(app, session, response)

    def get_signing_serializer(self, app: Flask) -> Signer:
        """Return the signer of `app`."""
        key = str(app.secret_key)
        if key not in self._signers:
            derivation, digest = self.key_derivation, self.digest_method
            derived = TimestampSigner(key, self.salt, b".", derivation, digest).derive_key()
            how = {"key_derivation": "none", "digest_method": digest}  # once, not for each cookie
            self._signers = {key: Signer(derived, self.salt, signer_kwargs=how)}
        return self._signers[key]

"""The gate: a view that does not say whom it is for is for nobody."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from jinja2 import pass_context

from onestop.base.addresses import local_path
from onestop.base.asked import is_plain
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC: Final = "public"
LOGGED_IN: Final = "logged in"
HX_HERE: Final = "HX-Current-URL"
ENDED: Final = N_(
    "Phiên làm việc đã hết, nên điều vừa gửi chưa được ghi. Hãy đăng nhập để làm tiếp."
)
STALE: Final = N_(
    "Trang vừa gửi được mở từ phiên làm việc trước, nên chưa có gì được ghi. "
    "Hãy xem lại rồi gửi lại."
)


def requires(permission: Permission) -> Callable[[View], View]:
    """Open the view to staff whose post grants `permission`, however far."""
    return lambda view: _mark(view, permission)


def public(view: View) -> View:
    """Open the view to everybody, logged in or not."""
    return _mark(view, PUBLIC)


def only_asks(view: View) -> View:
    """Let a form be sent to the view without a token, for nothing changes by it.

    It is sent only so that what it holds stands in no address and no log. A page that somebody
    left open over lunch then still works, and needs no cookie.
    """
    vars(view)["only_asks"] = True
    return view


def changes_something(view: Callable[..., Any]) -> bool:
    """Say whether what is sent to the view has to come from a page of ours."""
    return "only_asks" not in vars(view)


def also_stale(view: View) -> View:
    """Let a page of ours reach the view though its token is of no session, or of an earlier one.

    Whoever has not logged in has no page to be led back to: the view's own form finds the token
    wrong and comes again with what was typed. What another site has sent is refused as ever.
    """
    vars(view)["also_stale"] = True
    return view


def needs_token(view: Callable[..., Any]) -> bool:
    """Say whether the form that is sent to the view must bear a token of the reader's session."""
    if "also_stale" in vars(view):
        return _is_from_elsewhere() or not _is_page_of_ours()
    return changes_something(view)


def logged_in(view: View) -> View:
    """Open the view to every member of staff who is logged in."""
    return _mark(view, LOGGED_IN)


def access_of(view: Callable[..., Any]) -> object:
    """Return the view's mark: a permission, `PUBLIC`, `LOGGED_IN`, or None if somebody forgot."""
    return vars(view).get("access")


def viewer() -> Staff:
    """Return the member of staff behind the request, or answer 401."""
    if (staff := visitor()) is None:
        abort(401)
    return staff


def visitor() -> Staff | None:
    """Return the member of staff behind the request, if anybody is logged in."""
    if "_user_id" not in session:  # a citizen: nothing for Flask-Login to find out
        return None
    # Found once: what Flask-Login hands out looks its user up anew for each attribute.
    user: Any = current_user._get_current_object()  # noqa: SLF001 - as its documentation has it
    return user.staff if user and user.is_authenticated else None


def keep(app: Flask) -> None:
    """Put the gate before every request of `app`; templates may ask it with `reachable`."""
    app.before_request(_admit)
    app.add_template_filter(_reachable, "reachable")


def reachable(endpoint: str, staff: Staff | None) -> bool:
    """Say whether a member of staff may open the page of `endpoint`; None is not logged in."""
    access = access_of(current_app.view_functions[endpoint])
    if access == PUBLIC:
        return True
    return staff is not None and (
        access == LOGGED_IN or (isinstance(access, Permission) and staff.may(access))
    )


@pass_context  # else a template asks once, when it is compiled, and answers everybody alike
def _reachable(_context: object, endpoint: str) -> bool:
    return reachable(endpoint, visitor())


def _mark(view: View, access: object) -> View:
    vars(view)["access"] = access
    return view


def _admit() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page: the answer is 404, whoever asks
        return None
    if not is_plain(request.path):
        abort(404)
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        abort(403)
    if access == PUBLIC:
        return None
    if (staff := visitor()) is None:
        return _to_log_in()
    if access != LOGGED_IN and not (isinstance(access, Permission) and staff.may(access)):
        abort(403)
    return None


def _to_log_in() -> ResponseReturnValue:
    """Show whoever is not logged in the way in, and from there back; programs are told 401."""
    if "HX-Request" in request.headers:  # a part of a page: the whole page has to go
        return "", 401, {"HX-Redirect": _way_in(local_path(_path_of(HX_HERE)) or "/")}
    if not request.accept_mimetypes.accept_html:
        abort(401)
    if request.method == "GET":
        return redirect(_way_in(request.full_path.rstrip("?")))
    if _is_from_elsewhere():  # it would get a session that takes the place of its reader's own
        abort(400)
    flash(_(ENDED), "refusal")
    return redirect(_way_in(shown_at()))


def _is_from_elsewhere() -> bool:
    """Say whether a page of another site has sent this, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def shown_anew() -> ResponseReturnValue | None:
    """Lead a member of staff to the page that he sent with the token of an earlier session.

    He logged in again in another window: the page as it is now has a token of this session, and
    what he typed comes back, where a form keeps it, as after a log-in. Nothing for whoever is not
    logged in, and for what no page of ours has sent.
    """
    if visitor() is None or not _is_page_of_ours():
        return None
    flash(_(STALE), "refusal")
    if "HX-Request" in request.headers:
        return "", 400, {"HX-Redirect": local_path(_path_of(HX_HERE)) or "/"}
    return redirect(shown_at(), 303)


def _is_page_of_ours() -> bool:
    return "csrf_token" in request.form and bool(request.accept_mimetypes.accept_html)


def shown_at() -> str:
    """Return the address that shows this page again.

    For one that can only be sent to it is the page above it: the list whose rows were chosen.
    """
    rule, path = request.url_rule, request.path
    if rule is None or "GET" in (rule.methods or ()):
        return request.full_path.rstrip("?")
    there = current_app.create_url_adapter(request)
    while path and not (there and there.test(path, "GET")):
        path = path.rpartition("/")[0]
    asked = request.query_string.decode(errors="replace")
    return f"{path}?{asked}" if path and asked else path or "/"


def _path_of(header: str) -> str:
    there = urlsplit(request.headers.get(header, ""))
    return f"{there.path}?{there.query}" if there.query else there.path


def _way_in(then: str) -> str:
    return url_for("accounts.login", next=then)

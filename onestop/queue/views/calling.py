"""The kiosk, the screen in the hall, and the clerk who calls."""

from typing import Any, Final

from flask import (
    abort,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.addresses import public_address
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.gate import also_stale, public, requires, viewer
from onestop.base.permissions import Permission
from onestop.base.told import refused
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation import queries as organisation
from onestop.queue import actions, queries
from onestop.queue.forms import CallForm, KioskForm
from onestop.queue.views.blueprint import blueprint

SECRET: Final = "queue"  # noqa: S105 - the category of a message
# A kiosk stands open all day: its page is asked for anew before the key of its form grows old.
FRESH: Final = {"Refresh": "900"}
BACK_TO_START: Final = 12


@blueprint.get("/queue")
@requires(Permission.RECEIVE)
def index() -> ResponseReturnValue:
    """Show who waits at the desk, and call the next."""
    return _page(CallForm(data={"counter": _last_counter()}))


@blueprint.post("/queue")
@requires(Permission.RECEIVE)
def call() -> ResponseReturnValue:
    """Call the next number to the clerk's counter."""
    form = CallForm()
    if form.validate_on_submit():
        try:
            with transaction():
                actions.call_next(str(form.counter.data), by=viewer(), at=now())
            return redirect(url_for("queue.index"))
        except Refusal as refusal:
            form.blame(refusal)
    return _page(form), form.status


@blueprint.get("/queue/waiting")
@requires(Permission.RECEIVE)
def waiting() -> ResponseReturnValue:
    """Answer who waits, for the page that is open all day."""
    return render_template("queue/_waiting.html", **_board(viewer().agency_id))


@blueprint.post("/queue/again")
@requires(Permission.RECEIVE)
def again() -> ResponseReturnValue:
    """Call the clerk's number once more."""
    try:
        with transaction():
            actions.call_again(by=viewer(), at=now())
    except Refusal as refusal:
        abort(409, refused(refusal))
    return redirect(url_for("queue.index"))


@blueprint.post("/queue/absent")
@requires(Permission.RECEIVE)
def absent() -> ResponseReturnValue:
    """Note that nobody came to the clerk's number."""
    try:
        with transaction():
            actions.note_absent(by=viewer(), at=now())
    except Refusal as refusal:
        abort(409, refused(refusal))
    return redirect(url_for("queue.index"))


@blueprint.post("/queue/open")
@requires(Permission.RECEIVE)
def open_queue() -> ResponseReturnValue:
    """Let the desk give out numbers, and tell the addresses of kiosk and screen."""
    with transaction():
        secret = actions.open_queue(viewer().agency_id, at=now())
    flash(secret, SECRET)
    return redirect(url_for("queue.index"))


@blueprint.post("/queue/end")
@requires(Permission.RECEIVE)
def close_queue() -> ResponseReturnValue:
    """Stop giving out numbers at the desk."""
    with transaction():
        actions.close_queue(viewer().agency_id)
    flash(_("Đã ngừng cấp số; những số đang chờ vẫn gọi được."), "message")
    return redirect(url_for("queue.index"))


@blueprint.get("/kiosk/<secret>")
@public
def kiosk(secret: str) -> ResponseReturnValue:
    """Let a visitor in the hall take a number."""
    return _kiosk(_desk(secret), KioskForm())


@blueprint.post("/kiosk/<secret>")
@public
@also_stale
def take(secret: str) -> ResponseReturnValue:
    """Give out the next number, and show it."""
    agency_id, form = _desk(secret), KioskForm()
    if not form.validate_on_submit():
        return _kiosk(agency_id, form)
    with transaction():
        ticket = actions.take(agency_id, key=form.pressed, at=now())
    return redirect(url_for("queue.ticket", secret=secret, number=ticket.number))


@blueprint.get("/kiosk/<secret>/<int:number>")
@public
def ticket(secret: str, number: int) -> ResponseReturnValue:
    """Show a number that was taken today, to print, and who is before it."""
    at, agency_id = now(), _desk(secret)
    found = queries.by_number(agency_id, legal_date(at), number) or abort(404)
    page = render_template(
        "queue/ticket.html",
        ticket=found,
        place=_place(agency_id),
        ahead=queries.ahead_of(found),
        expected=queries.expected_wait(found, at),
        start=url_for("queue.kiosk", secret=secret),
    )
    answer = make_response(page)
    answer.headers["Refresh"] = f"{BACK_TO_START}; url={url_for('queue.kiosk', secret=secret)}"
    return answer


@blueprint.get("/hall/<secret>")
@public
def hall(secret: str) -> ResponseReturnValue:
    """Show on the screen in the hall which number goes to which counter."""
    agency_id = _desk(secret)
    fragment = url_for("queue.hall_board", secret=secret)
    page = render_template(
        "queue/hall.html", fragment=fragment, place=_place(agency_id), **_board(agency_id)
    )
    return page, FRESH


@blueprint.get("/hall/<secret>/board")
@public
def hall_board(secret: str) -> ResponseReturnValue:
    """Answer the part of the screen that changes."""
    return render_template("queue/_called.html", **_board(_desk(secret)))


def _page(form: CallForm) -> str:
    staff, at = viewer(), now()
    told = get_flashed_messages(category_filter=[SECRET])
    addresses = [
        public_address(endpoint, secret=told[-1]) for endpoint in ("queue.kiosk", "queue.hall")
    ] if told else None  # fmt: skip
    return render_template(
        "queue/index.html",
        form=form,
        since=queries.opened_at(staff.agency_id),
        addresses=addresses,
        mine=queries.current(staff.agency_id, legal_date(at), staff.account_id),
        **_board(staff.agency_id),
    )


def _kiosk(agency_id: int, form: KioskForm) -> ResponseReturnValue:
    board = queries.board(agency_id, legal_date(now()))
    page = render_template(
        "queue/kiosk.html", form=form, place=_place(agency_id), waiting=len(board.waiting)
    )
    return page, form.status, FRESH


def _board(agency_id: int) -> dict[str, Any]:
    at = now()
    return {"board": queries.board(agency_id, legal_date(at)), "at": at}


def _desk(secret: str) -> int:
    found = queries.desk_behind(secret)
    if found is None:
        abort(404)
    return found


def _place(agency_id: int) -> Any:  # noqa: ANN401 - a node, or nothing
    return organisation.tree(legal_date(now())).by_id(agency_id)


def _last_counter() -> str:
    staff = viewer()
    mine = queries.current(staff.agency_id, legal_date(now()), staff.account_id)
    return (mine.counter if mine else None) or ""

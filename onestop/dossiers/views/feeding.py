"""The private address at which a member of staff subscribes to the due dates of the desk."""

from datetime import datetime
from typing import Final

from flask import (
    Response,
    abort,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.accounts import actions as accounts
from onestop.accounts import queries as known
from onestop.base.addresses import public_address
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.gate import public, requires, viewer
from onestop.base.languages import in_language, known_language, language
from onestop.base.permissions import Permission
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.queries import desks
from onestop.dossiers.queries.desks import Coming
from onestop.dossiers.rules.feeds import Due, Part, feed
from onestop.dossiers.views.blueprint import blueprint

LANGUAGE: Final = "lang"
SECRET: Final = "feed"  # noqa: S105 - the category of a message
NAME: Final = N_("Hạn trả – %(place)s")


@blueprint.get("/desk/feed")
@requires(Permission.READ_DOSSIERS)
def due_feed() -> ResponseReturnValue:
    """Show whether the due dates can be subscribed to, and where; the address is told once."""
    told = get_flashed_messages(category_filter=[SECRET])
    return render_template(
        "dossiers/feed.html",
        since=known.feed_since(viewer().account_id),
        address=_address(str(told[-1])) if told else None,
        dues=len(desks.coming(viewer())),
        duties=len(desks.duties(viewer())),
    )


@blueprint.post("/desk/feed")
@requires(Permission.READ_DOSSIERS)
def open_due_feed() -> ResponseReturnValue:
    """Make a private address; one that was there before leads nowhere from now on."""
    with transaction():
        secret = accounts.open_feed(viewer().account_id, at=now())
    flash(secret, SECRET)
    return redirect(url_for("dossiers.due_feed"))


@blueprint.post("/desk/feed/end")
@requires(Permission.READ_DOSSIERS)
def close_due_feed() -> ResponseReturnValue:
    """Take the private address back."""
    with transaction():
        accounts.close_feed(viewer().account_id)
    flash(_("Đã thu hồi địa chỉ lịch; ứng dụng lịch không đọc được nữa."), "message")
    return redirect(url_for("dossiers.due_feed"))


@blueprint.get("/dues/<secret>.ics")
@public
def dues(secret: str) -> ResponseReturnValue:
    """Give the due dates to whoever holds the private address of a member of staff."""
    at = now()
    staff = known.behind_feed(secret, legal_date(at)) or abort(404)
    coming = (*desks.coming(staff), *desks.duties(staff))
    with in_language(known_language(request.args.get(LANGUAGE, ""))):
        name = _(NAME, place=staff.agency(language()))
        told = feed(name, (_due(one, at) for one in coming), at=at)
    headers = {"Content-Disposition": 'inline; filename="onestop.ics"', "Cache-Control": "no-store"}
    return Response(told, mimetype="text/calendar", headers=headers)


def _address(secret: str) -> str:
    # A program that reads it has no cookie: the address says in which language it was made.
    return public_address("dossiers.dues", secret=secret, **{LANGUAGE: language()})


def _due(one: Coming, at: datetime) -> Due:
    late = _("Quá hạn") if one.overdue_from <= at else ""
    return Due(
        code=one.code,
        procedure=one.procedure.name(language()),
        due_at=one.due_at,
        unit=one.unit,
        address=public_address("dossiers.show", code=one.code),
        status=" · ".join(part for part in (_(one.state.word), late) if part),
        part=_part(*one.step) if one.step else None,
    )


def _part(seq: int, doer: Worded) -> Part:
    return Part(seq, _("bước %(seq)s: %(kind)s", seq=seq, kind=_(doer.word)))

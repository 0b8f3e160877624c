"""One dossier: its date explained, what may be done with it, and what was done."""

from datetime import date, datetime
from typing import Any

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from onestop.base.clock import now
from onestop.base.daygrid import MOST_WEEKS, GridFacts, Sheet, sheet_once
from onestop.base.errors import Refusal
from onestop.base.gate import requires, viewer
from onestop.base.languages import language
from onestop.base.notes import note_look
from onestop.base.permissions import Permission
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.supplements import bringing
from onestop.dossiers.actions.against import why_not
from onestop.dossiers.actions.reversing import TOO_LATE, may_reverse
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import applicants, closed, explaining, extending, reading
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.queries.foreseeing import brings_until
from onestop.dossiers.queries.lists import left_to_check
from onestop.dossiers.rules.citing import LATE_APOLOGY
from onestop.dossiers.rules.states import FINAL, Transition, Verb, next_verbs
from onestop.dossiers.views.blueprint import blueprint
from onestop.dossiers.views.histories import lies_since, line
from onestop.dossiers.views.offering import OFFERED, offer
from onestop.organisation import queries as organisation


@blueprint.get("/dossiers/<code>")
@requires(Permission.READ_DOSSIERS)
def show(code: str) -> ResponseReturnValue:
    """Show one dossier: what, whose, its date explained, what may be done, what was done."""
    at = now()
    dossier = looked_at(code, at)
    return render_template("dossiers/show.html", **told(dossier, at))


def looked_at(code: str, at: datetime) -> Dossier:
    """Return the dossier of a code to whoever asks and may see it, and note the look."""
    staff = viewer()
    dossier = reading.by_code(code, staff) or abort(404)
    note_look(dossier_id=dossier.id, account_id=staff.account_id, at=at)
    return dossier


def page_or(code: str, elsewhere: str) -> str:
    """Return the page of a dossier, or `elsewhere` where an act has put it out of sight."""
    seen = reading.by_code(code, viewer()) is not None
    return url_for("dossiers.show", code=code) if seen else elsewhere


def others_than(agency_id: int) -> dict[str, str]:
    """Return the agencies of today but one, by code, as a list to choose from."""
    return {
        node.code: node.name(language())
        for _depth, node in organisation.tree(legal_date(now())).walk()
        if node.id != agency_id
    }


def told(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """Return what the page of a dossier says."""
    explained = explaining.explained(dossier, at)
    rows = next_of(dossier)
    slip = may_reverse(dossier, by=viewer(), at=at)
    reasons = {row.verb: why_not(row, dossier, by=viewer(), at=at) for row in rows}
    tree = organisation.tree(legal_date(dossier.submitted_at))
    return {
        "dossier": dossier,
        "procedure": reading.procedure_of(dossier),
        "late_apology": LATE_APOLOGY.on(reading.taken_on(dossier)),
        "explained": explained,
        "check_left": left_to_check(dossier, at),
        "closed_by": closed.order_over(dossier),
        "brings_until": (until := brings_until(dossier)),
        "bringing": until and bringing(until, legal_date(at)),
        "sheet": explained and sheet_of(explained, legal_date(at)),
        "may_check": any(row.permission == Permission.RECEIVE and not reasons[row.verb]
                         for row in rows),
        "offers": [offer(row, dossier, at) for row in rows
                   if row.verb in OFFERED and not reasons[row.verb]]
                  + ([offer(slip, dossier, at)] if isinstance(slip, Transition) else []),
        "may_not": [why for why in (*reasons.values(), _too_late(slip)) if why],
        "receiver": tree.by_id(dossier.receiving_agency_id),
        "received_over": organisation.succession(dossier.receiving_agency_id, legal_date(at)),
        "handled_over": organisation.succession(dossier.handling_agency_id, legal_date(at)),
        "handler": organisation.known(dossier.handling_agency_id, tree, legal_date(at)),
        "lines": [line(entry) for entry in reversed(dossier.history)],
        "lies_since": lies_since(dossier.history),
        "of_applicant": applicants.total(dossier, viewer()),
        "brought": sum(1 for paper in dossier.papers if paper["brought"]),
        "is_final": dossier.state in FINAL,
        "at": at,
        "acting": None,
    }  # fmt: skip


def _too_late(slip: Transition | Refusal) -> Refusal | None:
    """Return why who did the last act can take it back no more; of what others did nobody asks."""
    return slip if isinstance(slip, Refusal) and slip.message == TOO_LATE else None


def next_of(dossier: Dossier) -> tuple[Transition, ...]:
    """Return the rows of the table along which a dossier may go on.

    Of an extension nothing is said but where there may be one: of certifications; and of a clock
    that runs again by hand but where one stands as a register told it.
    """
    received, before = dossier.received_at is not None, reading.came_from(dossier)
    rows = next_verbs(dossier.state, received=received, before=before)
    unsaid = set[Verb]()
    if received and not extending.is_extendable(dossier):
        unsaid.add(Verb.EXTEND)
    if not reading.stands_by_register(dossier):
        unsaid.add(Verb.RESUME)
    return tuple(row for row in rows if row.verb not in unsaid)


def sheet_of(explained: Explained, today: date | None, *, most_weeks: int = MOST_WEEKS) -> Sheet:
    """Return the sheet of calendar of a date; a paper knows no today, nor what is late."""
    return sheet_once(
        GridFacts(
            key=explained.key,
            lines=explained.shown,
            is_working=explained.calendar.works_on,
            today=today,
            late_until=today and explained.late_until,
            in_hours=explained.limit.unit == Unit.WORKING_HOUR,
            at_once=explained.limit.is_at_once,
            held=explained.held(today),
            most_weeks=most_weeks,
        )
    )

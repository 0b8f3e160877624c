"""Extending the limit of a certification, by agreement where it must be (rules.md 4.3)."""

from datetime import datetime
from typing import Any

from onestop.base.viewer import Author
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.actions import against, clock
from onestop.dossiers.actions.acting import acting
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import extending, reading
from onestop.dossiers.rules.extensions import Agreement, check_agreement, further_days
from onestop.dossiers.rules.states import Verb


def extend(
    dossier: Dossier, agreed: Agreement, *, reason: str | None, by: Author, at: datetime
) -> None:
    """Promise another date and hour before the first is there; timeliness goes by the new one.

    The extension is kept as working days behind the limit: a later pause leaves them as many, a
    restart gives them again. Another one, before the hour then promised, takes its place. Raises
    `Refusal` for what is no certification, stands still, was apologised for or is due already, and
    as `check_agreement` does (Decree 23/2015 art. 21, 33, 37; Circular 01/2020/TT-BTP art. 2).
    """
    told: dict[str, Any] = {}
    with acting(dossier, Verb.EXTEND, by=by, at=at, reason=reason, told=told):
        if why := against.extending(dossier, at):
            raise why
        version, calendar = deadlines.current_version(), deadlines.calendar()
        ends_on, allowed = extending.ends_on(dossier), extending.extension(dossier)
        day, hour = check_agreement(
            agreed,
            allowed,
            calendar=calendar,
            hours=deadlines.hours(dossier.receiving_agency_id),
            received_on=legal_date(dossier.received_at or at),
            today=legal_date(at),
        )
        days = further_days(ends_on, day, reading.pauses(dossier), calendar)
        told |= {"from": dossier.due_at and dossier.due_at.isoformat(), "extended_by": days}
        if agreed.signed_on is not None and agreed.is_signed:
            told["agreed_on"] = agreed.signed_on.isoformat()
        dossier.first_extended_at = dossier.first_extended_at or dossier.extended_at
        dossier.extended_at, dossier.extended_to = at, at_local(day, hour)
        dossier.extended_by, dossier.extended_version = days, version
        dossier.rolled_version = version
        dossier.first_due_at = clock.recount(dossier).due_at

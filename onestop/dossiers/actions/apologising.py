"""Being late and saying so: the one re-appointment with an apology (rules.md 7)."""

from datetime import date, datetime
from typing import Any

from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines import queries as deadlines
from onestop.dossiers.actions import against
from onestop.dossiers.actions.acting import acting, may_override
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.foreseeing import reappointment
from onestop.dossiers.rules.apologies import Cause, broken_from, check_new_date, reappointed_at
from onestop.dossiers.rules.states import Verb


def apologise(
    dossier: Dossier,
    *,
    new_on: date | None,
    cause: str | None,
    reason: str | None,
    by: Author,
    at: datetime,
    override: bool = False,
) -> None:
    """Promise another date with an apology, once; the law's own date still decides timeliness.

    The new date is a working day after the old one, and no further from it than the limit itself,
    unless a leader overrides. Too late an apology is taken and flagged. Raises `Refusal` at
    `new_on` or `cause`, and for a second one (Decree 61/2018 art. 19(9); rules.md 7).
    """
    told: dict[str, Any] = {}
    with acting(dossier, Verb.APOLOGISE, by=by, at=at, reason=reason, told=told):
        found, why = reappointment(dossier, at), against.apologising(dossier)
        if why or found is None or dossier.due_at is None:
            raise why or Refusal(against.ONLY_ONCE)
        known = Cause.known(cause)
        if known is None:
            raise Refusal(N_("Hãy chọn vì sao chậm."), field="cause")
        day = check_new_date(
            new_on,
            first=found.first,
            last=found.last,
            calendar=deadlines.calendar(),
            override=override and may_override(dossier, by),
        )
        told |= {"from": dossier.due_at.isoformat(), "cause": str(known)}
        if found.is_late:
            told["late_apology"] = True
        dossier.apology_cause, dossier.apologised_at = known, at
        dossier.late_apology = found.is_late
        hours = deadlines.hours(dossier.receiving_agency_id)
        due_at = reappointed_at(day, dossier.due_at, dossier.limit_unit, hours)
        dossier.reappointed_at = dossier.due_at = due_at
        dossier.broken_from = broken_from(due_at, due_at, dossier.limit_unit)

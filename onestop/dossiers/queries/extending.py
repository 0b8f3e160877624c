"""Whether the limit of a dossier may be extended now, and how far."""

from datetime import date, datetime

from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.rules import extensions
from onestop.dossiers.rules.extensions import Extension


def is_extendable(dossier: Dossier) -> bool:
    """Say whether the catalogue marks the procedure as one whose limit may be extended."""
    return reading.procedure_of(dossier).extendable


def hindrance(dossier: Dossier, at: datetime) -> str | None:
    """Return why the limit of a received dossier may not be extended now, marked, or None."""
    if not is_extendable(dossier):
        return extensions.NO_CERTIFICATION
    if dossier.paused_since is not None:
        return extensions.STANDS_STILL
    if dossier.reappointed_at is not None:
        return extensions.APOLOGISED_BEFORE
    if dossier.first_due_at is None or at >= dossier.first_due_at:
        return extensions.TOO_LATE
    return None


def ends_on(dossier: Dossier) -> date:
    """Return the day on which the limit itself ends, by the calendar in force."""
    counted = explaining.counted_without(dossier, rolled_version=deadlines.current_version())
    return legal_date(counted.due_at)


def extension(dossier: Dossier) -> Extension:
    """Return between which days an extension may promise."""
    if dossier.legal_due_at is None:
        raise ValueError("what was never received has no limit to extend")
    return extensions.extension(
        ends_on(dossier), dossier.legal_due_at, reading.limit(dossier), deadlines.calendar()
    )

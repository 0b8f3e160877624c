"""Dossiers that somebody passed to another agency, and with which it has done nothing yet."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, literal_column, select
from sqlalchemy.orm import aliased

from onestop.base.database import db
from onestop.base.viewer import Staff
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import TRANSFERRED, Dossier, Entry
from onestop.dossiers.queries import turns
from onestop.dossiers.rules.states import BY_OTHERS

# Word for word the condition of the index: a database does not look into parameters for it.
TRANSFER: Final[Any] = literal_column(f"entry.{TRANSFERRED.text}")


class Passed(NamedTuple):
    """A dossier that was passed on: what it is, to which agency, when and why; of nobody."""

    code: str
    procedure: Procedure
    to_agency: str
    at: datetime
    reason: str | None


def passed_on(staff: Staff) -> list[Passed]:
    """Return what a member of staff passed on and may take back, the latest first."""
    whole = catalogue.snapshot()
    found = (
        select(Dossier.code, Dossier.procedure_id, Dossier.received_at, Entry)
        .join(Entry, Entry.dossier_id == Dossier.id)
        .where(*_untouched(staff))
        .order_by(Entry.id.desc())
    )
    return [
        Passed(
            code,
            whole.as_of(whole.codes[procedure_id], legal_date(received_at or line.happened_at)),
            str(line.details["to_agency"]),
            line.happened_at,
            line.reason,
        )
        for code, procedure_id, received_at, line in db.session.execute(found)
    ]


def for_taking_back(code: str, staff: Staff) -> Dossier | None:
    """Return one of them by its code, locked; whoever passed it on need not see it any more."""
    turns.beside_others()
    mine = exists().where(Entry.dossier_id == Dossier.id, and_(*_untouched(staff)))
    return db.session.scalar(select(Dossier).where(Dossier.code == code, mine).with_for_update())


def _untouched(staff: Staff) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a transfer of `staff` can still be put back.

    What a third agency answers meanwhile is no act on the dossier; what the new one does is, be it
    an opinion that it gives or records: then nothing is kept of how the dossier stood before.
    """
    later = aliased(Entry)
    since = exists().where(
        later.dossier_id == Entry.dossier_id, later.seq > Entry.seq, later.verb.not_in(BY_OTHERS)
    )
    kept = Dossier.slip.is_not(None)
    return (TRANSFER, Entry.author_id == staff.account_id, kept, ~since)

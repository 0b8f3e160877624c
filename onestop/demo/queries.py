"""What the database holds, as far as the demonstration is concerned."""

from sqlalchemy import exists, select

from onestop.accounts.models import Account
from onestop.accounts.queries import any_demo
from onestop.base.database import db
from onestop.dossiers.models import Dossier
from onestop.organisation.models import Agency


def is_built() -> bool:
    """Say whether the demonstration stands, dossiers and all."""
    return any_demo() and bool(db.session.scalar(select(exists().where(Dossier.id > 0))))


def is_empty() -> bool:
    """Say whether nothing has been entered yet."""
    return not any(
        db.session.scalar(select(exists().where(table.id > 0)))
        for table in (Account, Agency, Dossier)
    )

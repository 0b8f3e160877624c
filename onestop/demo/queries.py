"""What the database holds, as far as the demonstration is concerned."""

from typing import Final

from sqlalchemy import exists, func, select

from onestop.accounts.models import Account
from onestop.accounts.rules import Role
from onestop.base.database import db
from onestop.base.viewer import Staff
from onestop.demo.rules.signing import Signers
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.rules.states import Verb
from onestop.organisation.models import Agency

OF_2021: Final = 75_778


def signers() -> Signers:
    """Return who signs what happens at which agency: the staff of the demonstration."""
    posts: dict[tuple[int, Role], list[Staff]] = {}
    rows = db.session.execute(
        select(Account, Agency.code)
        .join(Agency, Agency.id == Account.agency_id)
        .order_by(Account.username)
    )
    for one, code in rows:
        member = Staff(one.id, one.username, one.name, one.role.word, one.agency_id, code)
        posts.setdefault((one.agency_id, one.role), []).append(member)
    return Signers({post: tuple(members) for post, members in posts.items()})


def is_built() -> bool:
    """Say whether the demonstration stands, dossiers and all; an older schema will do.

    Its agencies and staff alone are a sample (`init --with-sample`); what is received or imported
    there is somebody's own: only in the demonstration did its staff receive a whole year.
    """
    by_its_staff = select(Account.id).where(Account.is_demo)
    received = (Entry.verb == Verb.RECEIVE, Entry.author_id.in_(by_its_staff))
    found = select(func.count()).select_from(Entry).where(*received)
    return (db.session.scalar(found) or 0) >= OF_2021


def is_empty() -> bool:
    """Say whether nothing has been entered yet."""
    return not any(
        db.session.scalar(select(exists().where(table.id > 0)))
        for table in (Account, Agency, Dossier)
    )

"""Dossiers made the way a clerk makes them; a test names only what it is about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Citizen, Operator, Staff
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.actions import (
    apologising,
    bulk,
    checking,
    extending,
    intake,
    processing,
    reversing,
    transferring,
)
from onestop.dossiers.actions.opening import Desk
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.identity import Applicant, Intake
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.refusals import Grounds
from onestop.reporting.queries import counters

MONDAY = datetime(2021, 3, 1, 2, 0, tzinfo=UTC)  # nine in the morning in Viet Nam
DAY = timedelta(days=1)
APPLICANT = Applicant(
    name="Nguyễn Văn Thí Dụ", id_number="999091000123", phone="0600123456", address="Thôn Một"
)
GROUNDS = Grounds("conditions")
MARITAL_STATUS = "C-HT-12"
FIVE_DAYS = "C-HT-13"
MARRIAGE = "C-HT-02"
LEVEL_2 = "C-HT-06"
LAND = "D-DD-03"
CERTIFIED_COPY = "C-CT-01"
CONTRACT = "C-CT-06"  # two working days, longer only by agreement
COMMUNE_CLERK = "motcua1.ngochoi"
COMMUNE_OFFICER = "tuphap.ngochoi"
COMMUNE_LEADER = "chutich.ngochoi"
NEIGHBOUR = "motcua1.daiang"
DISTRICT_CLERK = "motcua1.thanhtri"
DISTRICT_OFFICER = "chuyenvien1.tainguyen"


def staff(username: str, at: datetime = MONDAY) -> Staff:
    found = accounts.staff(username, at.date())
    assert found is not None, username
    return found


def desk(by: Staff) -> Desk:
    return Desk(by.agency_id, by.agency_code)


def handed_in(**changes: Any) -> Intake:
    made = Intake(
        key=uuid4().hex,
        procedure_code=MARITAL_STATUS,
        channel=Channel.COUNTER,
        applicant=APPLICANT,
    )
    return replace(made, **changes)


def received(*, by: str = COMMUNE_CLERK, at: datetime = MONDAY, **changes: Any) -> Dossier:
    clerk = staff(by, at)
    with transaction():
        return intake.receive(handed_in(**changes), desk=desk(clerk), by=clerk, at=at)


def submitted(*, to: str = COMMUNE_CLERK, at: datetime = MONDAY, **changes: Any) -> Dossier:
    clerk = staff(to, at)
    made = handed_in(channel=Channel.ONLINE, **changes)
    with transaction():
        return intake.submit(made, desk=desk(clerk), by=Citizen(), at=at)


def in_progress(*, by: str = COMMUNE_CLERK, at: datetime = MONDAY, **changes: Any) -> Dossier:
    dossier = received(by=by, at=at, **changes)
    return done(dossier, "hand_over", by=by, at=at)


def life(code: str = FIVE_DAYS, *, at: datetime = MONDAY, **changes: Any) -> Life:
    """Return what another register tells of a dossier that the commune received."""
    clerk, procedure = staff(COMMUNE_CLERK, at), catalogue.in_force(code, legal_date(at))
    assert procedure is not None, code
    told = {
        "level": procedure.level,
        "channel": Channel.COUNTER,
        "applicant": APPLICANT,
        "submitted_at": at,
        "received_at": at,
    }
    desk = {"agency_id": clerk.agency_id, "agency_code": clerk.agency_code}
    return Life(procedure=procedure, **{**desk, **told, **changes})


def taken_in(told: Life, *, at: datetime) -> Dossier:
    """Return the dossier that another register brought in."""
    with transaction():
        bulk.take_in([told], by=Operator(), at=at)
    return db.session.scalars(select(Dossier).order_by(Dossier.id.desc()).limit(1)).one()


def brought_in(
    *, by: str = COMMUNE_CLERK, procedure_code: str = FIVE_DAYS, handed_over: bool = True
) -> Dossier:
    """Bring in a dossier of Monday whose clock stands since Tuesday, as a register tells it."""
    clerk = staff(by)
    told = life(
        procedure_code,
        agency_id=clerk.agency_id,
        agency_code=clerk.agency_code,
        handed_over_at=MONDAY if handed_over else None,
        pauses=(Pause(MONDAY + DAY, None),),
    )
    return taken_in(told, at=MONDAY + 2 * DAY)


def apologised(
    dossier: Dossier, new_on: date, *, at: datetime = MONDAY, by: str = COMMUNE_LEADER, **said: Any
) -> Dossier:
    """Promise another date with an apology, as the head of the office does."""
    told = {"cause": "system", "reason": "Máy chủ hỏng", **said}
    return done(dossier, "apologise", by=by, at=at, new_on=new_on, **told)


def again(dossier: Dossier) -> Dossier:
    """Return a dossier as the database has it, not as an act left it in the session."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Dossier, dossier.id)


def counted_again(dossier: Dossier) -> Dossier:
    """Return it likewise, once the counters have been found to agree with the facts."""
    assert counters.differences() == []
    return again(dossier)


def act_of(verb: str) -> Callable[..., Any]:
    """Return the action of a verb, whichever file it stands in."""
    files = (processing, checking, apologising, extending, reversing, transferring)
    found = (getattr(one, verb, None) for one in files)
    return next(act for act in found if act is not None)


def done(dossier: Dossier, verb: str, *, by: str, at: datetime, **said: Any) -> Dossier:
    """Do one verb to the dossier, as its page does."""
    actor = staff(by, at)
    act = act_of(verb)
    with transaction():
        fresh = reading.for_change(dossier.code, actor)
        assert fresh is not None
        act(fresh, by=actor, at=at, **said)
        return fresh

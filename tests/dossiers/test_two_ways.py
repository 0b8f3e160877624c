"""A life told at once, as a register tells it, is the life that the screens would have recorded."""

import random
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue.rules.channels import Channel, OnlineStart
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.supplements import DECREE_61, SupplementEffect
from onestop.dossiers.actions import bulk
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import extending, reading
from onestop.dossiers.queries.foreseeing import reappointment
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome, Verb
from onestop.dossiers.rules.timing import flows
from onestop.reporting.queries import counters
from tests.catalogue import given as catalogue
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    GROUNDS,
    MARITAL_STATUS,
    MONDAY,
    apologised,
    done,
    life,
    received,
    submitted,
)

pytestmark = pytest.mark.usefixtures("app")
EIGHT_HOURS: Final = "C-BT-15"
CONTRACT: Final = "C-CT-06"
CODES: Final = (FIVE_DAYS, CERTIFIED_COPY, MARITAL_STATUS, EIGHT_HOURS, CONTRACT)
TAKEN: Final = {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"}
FACTS: Final = (
    "state", "level", "channel", "limit_value", "limit_unit", "cutoff", "fee_vnd", "submitted_at",
    "received_at", "first_due_at", "legal_due_at", "due_at", "on_time_from", "overdue_from",
    "calendar_version", "rolled_version", "paused_since", "second_request", "finished_at",
    "outcome", "returned_at", "handling_agency_id", "field_id", "reappointed_at", "apologised_at",
    "late_apology", "apology_cause", "broken_from", "first_extended_at", "extended_at",
    "extended_to", "extended_by", "extended_version", "late_intake", "counts_from",
)  # fmt: skip


class Lived:
    """One life, done verb by verb, with its moments as a register has them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.at = chance, MONDAY + timedelta(minutes=chance.randrange(60 * 24 * 20))
        self.told: dict[str, Any] = {}
        self.code = chance.choice(CODES)
        self.channel = chance.choice(tuple(Channel))
        self.submitted_at = self.at
        self.dossier = self._comes_in()
        self.told["received_at"] = self.at
        self.extend(0.5)
        self.go_on()

    def _comes_in(self) -> Dossier:
        if self.channel == Channel.ONLINE:
            made = submitted(at=self.at, procedure_code=self.code)
            self.at += timedelta(minutes=1 + self.chance.randrange(60 * 24 * 9))
            return done(made, "accept", by=COMMUNE_CLERK, at=self.at, papers=frozenset())
        if self.channel == Channel.POSTAL:
            self.at += timedelta(minutes=self.chance.randrange(60 * 24 * 3))
        return received(
            at=self.at,
            procedure_code=self.code,
            channel=self.channel,
            delivered_at=self.submitted_at,
        )

    def go_on(self) -> None:
        way = self.chance.random()
        if way < 0.1:
            return None
        if way < 0.2 and self.code == CERTIFIED_COPY:
            self.do("settle", "finished_at", by=COMMUNE_CLERK)
            return self.give_back()
        self.apologise(0.2)
        self.do("hand_over", "handed_over_at", by=COMMUNE_CLERK)
        self.apologise(0.2)
        if self.chance.random() < 0.6:
            self.do(
                "ask_for_supplement", "supplement_requested_at", by=COMMUNE_OFFICER, reason="Thiếu"
            )
            if self.chance.random() < 0.3:
                return self.withdraw()
            self.do("note_supplement", "supplement_received_at", by=COMMUNE_CLERK)
            self.extend(0.3)
            self.apologise(0.5)
        return self.end()

    def extend(self, often: float) -> None:
        """Extend the limit of a certification, if it is not too late for it."""
        self.at += timedelta(minutes=self.chance.choice((0, 30, 600)))
        if self.chance.random() > often:
            return
        db.session.expire_all()
        dossier = db.session.get_one(Dossier, self.dossier.id)
        if extending.hindrance(dossier, self.at):
            return
        day = extending.extension(dossier).first
        for _ in range(self.chance.randrange(4)):
            day = deadlines.calendar().next_working_day(day)
        clock = self.chance.choice((time(8), time(10, 30), time(17)))
        agreed = Agreement(day, clock, legal_date(self.at), is_signed=True)
        said = {"agreed": agreed, "reason": "Nhiều bản"}
        done(self.dossier, "extend", by=COMMUNE_CLERK, at=self.at, **said)
        if earlier := self.told.get("extended_at"):
            self.told.setdefault("first_extended_at", earlier)
        self.told |= {"extended_at": self.at, "extended_to": at_local(day, clock)}
        self.at += timedelta(minutes=1)

    def apologise(self, often: float) -> None:
        if "apologised_at" in self.told or self.chance.random() > often:
            return
        cause = self.chance.choice(tuple(Cause))
        self.at += timedelta(minutes=self.chance.choice((1, 200, 1440, 60 * 24 * 7)))
        db.session.expire_all()
        found = reappointment(db.session.get_one(Dossier, self.dossier.id), self.at)
        assert found
        new_on = self.chance.choice((found.first, found.last))
        apologised(self.dossier, new_on, at=self.at, cause=str(cause))
        self.told |= {"apologised_at": self.at, "apology_cause": cause, "reappointed_on": new_on}
        self.at += timedelta(minutes=1)

    def end(self) -> None:
        way = self.chance.choice(("open", "resolve", "refuse", "withdraw", "stop"))
        if way == "open":
            return None
        if way == "withdraw":
            return self.withdraw()
        said: dict[str, Any] = {} if way == "resolve" else {"reason": "Có lý do"}
        if way == "refuse":
            said["grounds"] = GROUNDS
        outcomes = {"refuse": Outcome.REFUSED, "stop": Outcome.STOPPED}
        self.told["outcome"] = outcomes.get(way, Outcome.GRANTED)
        self.do(way, "finished_at", by=COMMUNE_LEADER, **said)
        return self.give_back() if way != "stop" else None

    def withdraw(self) -> None:
        self.do("ask_for_withdrawal", "withdrawal_asked_at", by=COMMUNE_CLERK, reason=None)
        if self.chance.random() < 0.6:
            asked = self.told.pop("withdrawal_asked_at")
            self.do("confirm_withdrawal", "", by=COMMUNE_LEADER)
            self.told |= {"finished_at": asked, "outcome": Outcome.WITHDRAWN}

    def give_back(self) -> None:
        if self.chance.random() < 0.6:
            self.do("return_result", "returned_at", by=COMMUNE_CLERK, **TAKEN)

    def do(self, verb: str, column: str, *, by: str, **said: Any) -> None:
        self.at += timedelta(minutes=self.chance.choice((0, 1, 200, 1440, 60 * 24 * 4, 9000)))
        done(self.dossier, verb, by=by, at=self.at, **said)
        if column:
            self.told[column] = self.at

    def as_in_a_register(self) -> Life:
        channel, submitted_at = self.channel, self.submitted_at
        told = {"channel": channel, "submitted_at": submitted_at, **self.told}
        return life(self.code, at=self.told["received_at"], **told)


def told(dossier: Dossier) -> dict[str, Any]:
    """Return everything about a dossier that a register can know."""
    facts = {name: getattr(dossier, name) for name in FACTS}
    verbs = [(line.verb, line.happened_at) for line in dossier.history]
    withdrawn = dossier.outcome == Outcome.WITHDRAWN
    return {
        **facts,
        "pauses": sorted(
            (one.kind.value, one.begins_at, str(one.ends_at), one.restarts)
            for one in dossier.pauses
        ),
        "flows": sorted((day, flow.value) for day, flow in flows(reading.facts(dossier))),
        # A register knows one moment of a withdrawal, the screens also when it was confirmed.
        "history": [one for one in verbs if not withdrawn or one[0] != Verb.CONFIRM_WITHDRAWAL],
    }


LAWS: Final = (
    DECREE_61,
    replace(DECREE_61, effect=SupplementEffect.PAUSE),
    replace(DECREE_61, within=1, late_effect=SupplementEffect.RESTART),
)


@pytest.mark.parametrize("seed", range(12))
def test_both_ways_record_the_same(seed: int) -> None:
    for code in CODES:
        catalogue.changed(
            code,
            date(2021, 1, 4),
            online_clock_start=OnlineStart.INTAKE_DEADLINE,
            supplement=LAWS[seed % len(LAWS)],
            level=4,
            cutoff_shifts_receipt=seed % 2 == 1,
        )
    chance = random.Random(seed)  # noqa: S311 - invented lives, not secrets
    lives = [Lived(chance) for _ in range(6)]
    with transaction():
        bulk.take_in(
            [one.as_in_a_register() for one in lives], by=Operator(), at=MONDAY + 400 * DAY
        )
    db.session.rollback()
    db.session.expire_all()
    known = {one.dossier.id for one in lives}
    again = db.session.scalars(
        select(Dossier).where(Dossier.id.not_in(known)).order_by(Dossier.id)
    ).all()
    for lived, other in zip(lives, again, strict=True):
        assert told(other) == told(db.session.get_one(Dossier, lived.dossier.id)), lived.told
    assert counters.differences() == []

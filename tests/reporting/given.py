"""Lives of dossiers with all that can happen to them, taken in the way a register is."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from onestop.base.edge import transaction
from onestop.base.viewer import Operator
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.actions import bulk
from onestop.dossiers.queries.counting import Clocks
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node
from tests.dossiers.given import APPLICANT

BEGIN = datetime(2021, 1, 4, 1, tzinfo=UTC)
AT = datetime(2021, 4, 20, 3, tzinfo=UTC)
CODES = ("C-HT-12", "C-HT-13", "C-CT-01", "C-HT-06", "D-DD-03", "D-KD-01")
COUNTER_ONLY = (Channel.COUNTER, Channel.POSTAL)


def lived(number: int = 160, seed: int = 7) -> None:
    """Take in so many lives of the first months of 2021, as they stand `AT`."""
    chance = random.Random(seed)  # noqa: S311 - invented lives, not secrets
    lives = [_life(chance) for _ in range(number)]
    with transaction():
        bulk.take_in([_sorry(one, chance) for one in lives], by=Operator(), at=AT)


def _life(chance: random.Random) -> Life:
    day = BEGIN.date()
    procedure = catalogue.in_force(chance.choice(CODES), day)
    assert procedure is not None
    tree = organisation.tree(day)
    offering = catalogue.offered_by(procedure.id, day)
    desk = chance.choice(sorted((one for one in tree.nodes if one.id in offering), key=_code)[:3])
    channel = chance.choice(tuple(Channel) if procedure.level >= 3 else COUNTER_ONLY)
    submitted = BEGIN + timedelta(minutes=chance.randrange(60 * 24 * 95))
    moments = _Moments(chance, submitted)
    if channel == Channel.ONLINE and chance.random() < 0.2:
        return _made(desk, procedure, channel, submitted, not_accepted_at=moments.next())
    received = submitted if channel == Channel.COUNTER else moments.next()
    told: dict[str, object] = {"received_at": received}
    if chance.random() < 0.5:
        told["handed_over_at"] = moments.next()
        if chance.random() < 0.5:
            told["supplement_requested_at"] = moments.next()
            if chance.random() < 0.8:
                told["supplement_received_at"] = moments.next()
    if chance.random() < 0.3 and len(told) == 1:
        begins = moments.next()
        told["pauses"] = (Pause(begins, moments.next() if chance.random() < 0.7 else None),)
    running = "supplement_requested_at" in told and "supplement_received_at" not in told
    running = running or any(one.ends_at is None for one in told.get("pauses", ()))  # type: ignore[attr-defined]
    if not running and chance.random() < 0.7:
        outcomes = tuple(Outcome) if "handed_over_at" in told else (Outcome.GRANTED,)
        told |= {"finished_at": moments.next(), "outcome": chance.choice(outcomes)}
        if told["outcome"] == Outcome.WITHDRAWN:
            told["withdrawal_asked_at"] = told["finished_at"]
    return _made(desk, procedure, channel, submitted, **told)


def _sorry(life: Life, chance: random.Random) -> Life:
    """Return the life with an apology before its end, where its shape leaves room for one."""
    last = life.finished_at or AT
    begins = life.supplement_received_at or life.received_at
    waits = life.supplement_requested_at and not life.supplement_received_at
    if begins is None or waits or life.withdrawal_asked_at or chance.random() < 0.5:
        return life
    at = begins + (last - begins) * chance.random()
    sorry = replace(life, apologised_at=at, apology_cause=chance.choice(tuple(Cause)))
    found = Clocks().reappointment(sorry)
    assert found is not None
    return replace(sorry, reappointed_on=chance.choice((found.first, found.last)))


def _made(
    desk: Node, procedure: Procedure, channel: Channel, submitted: datetime, **told: object
) -> Life:
    kept = {name: moment for name, moment in told.items() if not _is_future(moment)}
    if "received_at" not in kept and "not_accepted_at" not in kept:
        kept = {}
    elif len(kept) < len(told):
        # What had not happened yet takes with it all that comes after.
        kept = {"received_at": kept["received_at"]} if "received_at" in kept else {}
    return Life(
        agency_id=desk.id,
        agency_code=desk.code,
        procedure=procedure,
        level=procedure.level,
        channel=channel,
        applicant=APPLICANT,
        submitted_at=submitted,
        **kept,  # type: ignore[arg-type]  # moments by the names of their fields
    )


def _is_future(moment: object) -> bool:
    if isinstance(moment, tuple):
        return any(one.begins_at > AT or (one.ends_at or AT) > AT for one in moment)
    return isinstance(moment, datetime) and moment > AT


def _code(node: Node) -> str:
    return node.code


class _Moments:
    """Ever later moments, most of them some hours or days apart."""

    def __init__(self, chance: random.Random, begins: datetime) -> None:
        self.chance, self.last = chance, begins

    def next(self) -> datetime:
        self.last += timedelta(minutes=self.chance.randrange(30, 60 * 24 * 6))
        return self.last

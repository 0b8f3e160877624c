"""The one query that a citizen's proof opens, and what it gives: never a model."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Final

from onestop.base.database import db
from onestop.base.notes import Failures
from onestop.base.viewer import Citizen
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Wanted
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import Interval, legal_date
from onestop.deadlines.rules.standing import Left
from onestop.deadlines.rules.supplements import Bringing, bringing
from onestop.dossiers.queries import closed, explaining, foreseeing, reading, telling
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.queries.telling import ToldDossier
from onestop.dossiers.rules.identity import is_secret, second_things
from onestop.dossiers.rules.refusals import Ground
from onestop.dossiers.rules.states import Outcome, State
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node, Succession
from onestop.portal.rules import Step, ToDo, headline, is_check_late, path, to_do
from onestop.tallies import queries as tallies
from onestop.tallies.rules import Figures, Period, figures, month_of, total

MOST_SHOWN: Final = 6
NOBODYS_NONCE: Final = b"\0" * 16
NOBODYS_PHONE: Final = "0000"


@dataclass(frozen=True)
class LastYear:
    """The figures of the last closed year in which anything was received."""

    year: int
    figures: Figures


def last_year(at: datetime) -> LastYear | None:
    """Return the figures of the last closed year, for everybody, from the counters."""
    month = tallies.last_received(legal_date(at).replace(month=1, day=1))
    if month is None:
        return None
    period = Period(date(month.year, 1, 1), date(month.year, 12, 31))
    rows = tallies.coarse(period, tallies.Asked(), (), monthly=False)
    before = total(row.sums for row in rows if row.month is None)
    during = total(row.sums for row in rows if row.month is not None)
    return LastYear(month.year, figures(before, during))


def most_used(today: date) -> list[Procedure]:
    """Return the six procedures most received in the last twelve whole months, if still in force.

    In a new installation they are the first six that can be submitted online.
    """
    whole = catalogue.snapshot()
    codes = [whole.codes[one] for one in _most_received(today, str(db.engine.url))]
    used = [whole.in_force(code, today) for code in codes]
    online = (one for one in catalogue.search(Wanted(), today) if one.is_online)
    return [one for one in used if one] or list(islice(online, MOST_SHOWN))


@lru_cache(maxsize=4)
def _most_received(today: date, _database: str) -> tuple[int, ...]:
    # Once a day in each process: the sum over a year of counters is small, but asked by everybody.
    month = month_of(today)
    return tuple(tallies.most_received(month.replace(year=month.year - 1), month, MOST_SHOWN))


@dataclass(frozen=True)
class Refused:
    """On what ground a dossier was refused, and which agency is competent where it is known."""

    ground: Ground
    competent: Node | None


@dataclass(frozen=True)
class PublicStatus:
    """Where a dossier stands, without a name, a number, an address or a paper."""

    code: str
    procedure: Procedure
    state: State
    headline: str
    to_do: ToDo
    place: Node | None
    handler: Node | None
    taken_over: Succession | None
    fee_vnd: int
    owed_vnd: int | None
    explained: Explained | None
    intake_due_at: datetime | None
    brings_until: date | None
    bringing: Bringing | None
    finished_at: datetime | None
    returned_at: datetime | None
    is_late: bool
    is_unchecked: bool
    is_closed: bool
    waits_for_opinion: bool
    steps: tuple[Step, ...]
    refused: Refused | None
    open_at: tuple[Interval, ...]
    saturdays: tuple[Interval, ...]

    @property
    def left(self) -> Left | None:
        """Return what is left of the limit."""
        return self.explained.left if self.explained else None


@dataclass(frozen=True)
class LookUp:
    """What a citizen asks for, read but not yet shown, and how many tries failed before."""

    citizen: Citizen
    failed: Failures
    dossier: ToldDossier | None

    def answer(self, *, key: str, at: datetime, secret_only: bool = False) -> PublicStatus | None:
        """Return where a dossier stands for whoever knows its code and a second thing.

        The second thing is the secret of the receipt, or the last four digits of the phone or
        identity number. An unknown code and a wrong second thing take the same way and give None.
        """
        dossier, proof = self.dossier, self.citizen.proof
        right = is_secret(proof, key, dossier.nonce if dossier else NOBODYS_NONCE)
        phone = dossier.applicant_phone if dossier else NOBODYS_PHONE
        known = second_things(phone, dossier.applicant_id_number if dossier else None)
        for digits in sorted(known):
            match = hmac.compare_digest(digits.encode(), proof.encode())
            right = right or (match and not secret_only)
        return _public(telling.lived(dossier), at) if dossier and right else None


def asked(citizen: Citizen, tries: Mapping[str, str | datetime]) -> LookUp:
    """Read what a citizen asks for together with the tries that failed before, known or not."""
    return LookUp(citizen, *telling.told(citizen.code.upper(), tries))


def _public(dossier: ToldDossier, at: datetime) -> PublicStatus:
    tree = organisation.tree(legal_date(dossier.submitted_at))
    standing = timeliness(reading.facts(dossier), at) if dossier.received_at else None
    is_closed = closed.holds(dossier)
    waits = is_closed and dossier.state == State.SUBMITTED  # nobody checks it in eight hours
    is_unchecked = not is_closed and is_check_late(dossier.state, dossier.intake_due_at, at)
    today = legal_date(at)
    over = organisation.succession(dossier.receiving_agency_id, today)
    place = over.by if over else tree.by_id(dossier.receiving_agency_id)
    handler = organisation.successor(dossier.handling_agency_id, today) or organisation.known(
        dossier.handling_agency_id, tree, today
    )
    # Not those that the dates are counted by: when somebody is there to whom one may come.
    hours = deadlines.hours(place.id if place else dossier.receiving_agency_id)
    return PublicStatus(
        code=dossier.code,
        procedure=reading.procedure_of(dossier),
        state=dossier.state,
        headline=headline(
            dossier.state,
            dossier.outcome,
            standing,
            is_closed=is_closed,
            is_unchecked=is_unchecked,
        ),
        to_do=to_do(
            dossier.state,
            standing,
            is_unchecked=is_unchecked or waits,
            is_taken_over=over is not None,
        ),
        place=place,
        handler=handler,
        taken_over=over,
        fee_vnd=dossier.fee_vnd,
        owed_vnd=_owed(dossier),
        # Of what is finished the page tells the day alone, and nobody needs the count.
        explained=None if dossier.finished_at else explaining.explained(dossier, at),
        intake_due_at=dossier.intake_due_at,
        brings_until=(until := foreseeing.brings_until(dossier)),
        bringing=bringing(until, legal_date(at)) if until else None,
        finished_at=dossier.finished_at,
        returned_at=dossier.returned_at,
        is_late=standing == Timeliness.OPEN_OVERDUE,
        is_unchecked=is_unchecked,
        is_closed=is_closed,
        waits_for_opinion=reading.waits_for_opinion(dossier),
        steps=path(dossier.state, ((line.verb, line.happened_at) for line in dossier.history)),
        refused=_refused(dossier, at),
        open_at=hours.on(legal_date(at)),
        saturdays=hours.saturday(legal_date(at)),
    )


def _refused(dossier: ToldDossier, at: datetime) -> Refused | None:
    if dossier.state != State.NOT_ACCEPTED and dossier.outcome != Outcome.REFUSED:
        return None
    told = telling.told_applicant(dossier)
    if "ground" not in told:  # an earlier register keeps none
        return None
    tree = organisation.tree_with_past(legal_date(at))
    competent = tree.by_code(str(told.get("competent_agency", "")))
    return Refused(Ground.of(str(told["ground"])), competent)


def _owed(dossier: ToldDossier) -> int | None:
    """Return what an applicant was asked to pay, where that is known: more than the fee, often."""
    if dossier.state != State.AWAITING_PAYMENT:
        return None
    amount: int | None = telling.told_applicant(dossier).get("amount_vnd")
    return amount

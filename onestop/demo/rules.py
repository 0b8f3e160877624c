"""Invented lives of dossiers that add up to what was published; same seed, same lives."""

import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from onestop.catalogue.rules import Channel, Procedure
from onestop.deadlines.rules import (
    VIET_NAM,
    Calendar,
    Count,
    Hours,
    Limit,
    Unit,
    count,
    legal_date,
    local,
)
from onestop.dossiers.rules.identity import Applicant, ApplicantKind
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome

YEAR: Final = 2021
LAST_DAY: Final = date(YEAR, 12, 31)
ONE_DAY: Final = timedelta(days=1)
LIVELY_DAYS: Final = 30
Row = Mapping[str, str]


@dataclass(frozen=True)
class People:
    """Names, places and patterns that belong to nobody."""

    families: Sequence[Row]
    middles: Sequence[Row]
    givens: Sequence[Row]
    places: Sequence[Row]


@dataclass
class Crowd:
    """Invents applicants, one after another."""

    people: People
    chance: random.Random

    def __post_init__(self) -> None:
        self._families = _weighted(self.people.families)
        self._names = {
            sex: (
                _weighted([row for row in self.people.middles if row["gender"] == sex]),
                _weighted([row for row in self.people.givens if row["gender"] == sex]),
            )
            for sex in "mf"
        }
        self._places: dict[str, tuple[list[str], list[int]]] = {}
        for row in self.people.places:
            names, sums = self._places.setdefault(row["agency_code"], ([], []))
            names.append(row["name"])
            sums.append((sums[-1] if sums else 0) + int(row["weight"]))
        self._communes = sorted(self._places)

    def somebody(self, agency_code: str, *, organisation: bool = False) -> Applicant:
        """Return an applicant who lives where the agency is."""
        draw = self.chance.random
        sex = "mf"[draw() < 0.5]
        middles, givens = self._names[sex]
        family, middle, given = (_drawn(pool, draw()) for pool in (self._families, middles, givens))
        commune = agency_code if agency_code in self._places else None
        if commune is None:
            commune = self._communes[int(draw() * len(self._communes))]
        phone = f"0600{int(draw() * 1_000_000):06}"
        place = _drawn(self._places[commune], draw())
        if organisation:
            return Applicant(
                name=f"Công ty TNHH {middle} {given}",
                kind=ApplicantKind.ORGANISATION,
                id_number=_tax_code(int(draw() * 10_000_000)),
                phone=phone,
                address=place,
            )
        born = 1950 + int(draw() * 54)
        digit = 2 * (born // 100 - 19) + (sex == "f")
        number = f"999{digit}{born % 100:02}{int(draw() * 1_000_000):06}"
        return Applicant(
            name=f"{family} {middle} {given}", id_number=number, phone=phone, address=place
        )


@dataclass(frozen=True)
class Desk:
    """An agency that receives, by id and code."""

    id: int
    code: str
    tier: str


@dataclass
class Storyteller:
    """Tells lives on one calendar; `latest` is the last moment that may have happened."""

    calendar: Calendar
    crowd: Crowd
    chance: random.Random
    hours: Hours = field(default_factory=Hours)
    _due: dict[tuple[date, bool, Limit], Count] = field(default_factory=dict)

    def due(self, received_at: datetime, limit: Limit) -> datetime:
        """Return the promised date of a receipt."""
        there = local(received_at)
        key = (there.date(), there.hour < 15, limit)
        if limit.unit == Unit.WORKING_HOUR or key not in self._due:
            found = count(received_at, limit, calendar=self.calendar, hours=self.hours)
            if limit.unit == Unit.WORKING_HOUR:
                return found.due_at
            self._due[key] = found
        return self._due[key].due_at

    def arrival(
        self, desk: Desk, procedure: Procedure, level: int, channel: Channel, day: date
    ) -> Life:
        """Return the receipt of somebody's dossier on a working day."""
        firm = procedure.code.startswith("D-KD") and self.chance.random() < 0.3
        received_at = _office_moment(day, self.chance.random(), last_hour=16.7)
        submitted_at = received_at
        if channel == Channel.ONLINE:
            submitted_at = self._sent_before(received_at)
        elif channel == Channel.POSTAL:
            submitted_at = received_at - timedelta(minutes=5 + int(self.chance.random() * 50))
        return Life(
            agency_id=desk.id,
            agency_code=desk.code,
            procedure=procedure,
            level=level,
            channel=channel,
            applicant=self.crowd.somebody(desk.code, organisation=firm),
            submitted_at=submitted_at,
            received_at=received_at,
            brought=frozenset(range(len(procedure.papers))),
        )

    def resolved(self, life: Life, *, no_later_than: date) -> Life:
        """Return the life resolved early or on time, its result returned when it was fetched."""
        if life.received_at is None:
            raise ValueError("what was never received cannot be resolved")
        received_on = legal_date(life.received_at)
        due_at = self.due(life.received_at, life.procedure.limit)
        last = min(legal_date(due_at), no_later_than)
        days = [day for day in _days(received_on, last) if self.calendar.works_on(day)]
        on_time = self.chance.random() < 0.35
        finished_on = (
            (
                days[-1]
                if on_time or not days
                else days[int(self.chance.random() ** 0.6 * len(days))]
            )
            if days
            else received_on
        )
        finished_at = _after(life.received_at, finished_on, self.chance.random())
        if life.procedure.limit.unit == Unit.WORKING_HOUR:
            finished_at = min(finished_at, due_at)
        outcome = Outcome.REFUSED if self.chance.random() < 0.004 else Outcome.GRANTED
        life = self._handed_over(replace(life, finished_at=finished_at, outcome=outcome))
        return self._supplemented(life)

    def resolved_late(self, life: Life, working_days: int) -> Life:
        """Return the life resolved so many working days after its due date."""
        if life.received_at is None:
            raise ValueError("what was never received cannot be resolved")
        day = legal_date(self.due(life.received_at, life.procedure.limit))
        for _ in range(working_days):
            day = self.calendar.next_working_day(day)
        finished_at = _office_moment(day, self.chance.random())
        late = replace(life, finished_at=finished_at, outcome=Outcome.GRANTED)
        return self.returned(self._handed_over(late))

    def returned(self, life: Life, *, latest: datetime | None = None) -> Life:
        """Return the life with its result fetched the same day or soon after."""
        if life.finished_at is None:
            return life
        day = legal_date(life.finished_at)
        if self.chance.random() < 0.4:
            day = self.calendar.next_working_day(day)
        fetched = _after(life.finished_at, day, self.chance.random())
        if latest is not None and fetched > latest:
            return life
        return replace(life, returned_at=fetched)

    def _handed_over(self, life: Life) -> Life:
        if life.received_at is None or life.finished_at is None:
            return life
        if legal_date(life.received_at) == legal_date(life.finished_at):
            return life
        later = life.received_at + timedelta(minutes=10 + int(self.chance.random() * 20))
        return replace(life, handed_over_at=min(later, life.finished_at))

    def _supplemented(self, life: Life) -> Life:
        """Give a few lives a supplement in time: asked, brought, and still finished in time."""
        received, finished = life.received_at, life.finished_at
        if received is None or finished is None or life.handed_over_at is None:
            return life
        if self.chance.random() > 0.05 or (finished - received).days < 4:
            return life
        asked = _after(received, self.calendar.next_working_day(legal_date(received)), 0.4)
        brought = _after(asked, self.calendar.next_working_day(legal_date(asked)), 0.4)
        if brought >= finished:
            return life
        return replace(life, supplement_requested_at=asked, supplement_received_at=brought)

    def _sent_before(self, received_at: datetime) -> datetime:
        minutes = 5 + int(self.chance.random() ** 2 * 400)
        sent = received_at - timedelta(minutes=minutes)
        if local(sent).year < local(received_at).year:
            sent = received_at - timedelta(minutes=5)
        return sent


@dataclass(frozen=True)
class Volume:
    """So many dossiers of a procedure through a channel at a desk, and which are special."""

    desk: Desk
    procedure_code: str
    channel: Channel
    dossiers: int
    open: int = 0
    open_from: date | None = None
    late: int = 0
    late_from: date | None = None
    late_to: date | None = None
    late_by: int = 0


def year_of_lives(
    volumes: Sequence[Volume],
    procedures: Mapping[str, Procedure],
    shares: Mapping[str, Sequence[int]],
    teller: Storyteller,
) -> Iterator[Life]:
    """Yield the lives of the year 2021, in the order of the volumes.

    Each tier's dossiers follow its monthly shares exactly, but for procedures that existed only
    in a part of the year. All are resolved within the year, on time or early, but for the late
    and the open ones that the volumes name; the open ones are resolved by their due days in 2022.
    """
    months = {tier: _Months(tier, volumes, procedures, shares, teller) for tier in shares}
    for volume in volumes:
        procedure = procedures[volume.procedure_code]
        for number in range(volume.dossiers):
            yield _one(volume, number, procedure, months[volume.desk.tier], teller)


def _one(
    volume: Volume, number: int, procedure: Procedure, months: "_Months", teller: Storyteller
) -> Life:
    def arrival(day: date) -> Life:
        return teller.arrival(volume.desk, procedure, procedure.level, volume.channel, day)

    if number < volume.open and volume.open_from:
        days = months.days_between(volume.open_from, LAST_DAY)
        life = arrival(days[int(teller.chance.random() * len(days))])
        told = teller.resolved(life, no_later_than=date(YEAR + 1, 3, 31))
        while told.finished_at is None or legal_date(told.finished_at).year == YEAR:
            told = teller.resolved(life, no_later_than=date(YEAR + 1, 3, 31))
        return teller.returned(told)
    if number < volume.open + volume.late and volume.late_from and volume.late_to:
        days = months.days_between(volume.late_from, volume.late_to)
        life = arrival(days[int(teller.chance.random() * len(days))])
        return teller.resolved_late(life, volume.late_by)
    life = arrival(months.day(procedure))
    told = teller.resolved(life, no_later_than=LAST_DAY)
    latest = None
    return teller.returned(told, latest=latest)


class _Months:
    """Deals out receiving days of a tier so that its months get their shares."""

    def __init__(
        self,
        tier: str,
        volumes: Sequence[Volume],
        procedures: Mapping[str, Procedure],
        shares: Mapping[str, Sequence[int]],
        teller: Storyteller,
    ) -> None:
        self.chance = teller.chance
        self.working = [
            day for day in _days(date(YEAR, 1, 1), LAST_DAY) if teller.calendar.works_on(day)
        ]
        ordinary = sum(
            volume.dossiers
            for volume in volumes
            if volume.desk.tier == tier and procedures[volume.procedure_code].valid_to is None
        )
        self.slots = [
            month
            for month, amount in enumerate(_largest_remainder(ordinary, shares[tier]), 1)
            for _ in range(amount)
        ]
        self.chance.shuffle(self.slots)
        self.by_month = {
            month: [day for day in self.working if day.month == month] for month in range(1, 13)
        }

    def day(self, procedure: Procedure) -> date:
        if procedure.valid_to is not None:
            days = self.days_between(procedure.valid_from, procedure.valid_to)
            return days[int(self.chance.random() * len(days))]
        days = self.by_month[self.slots.pop() if self.slots else 6]
        return days[int(self.chance.random() * len(days))]

    def days_between(self, first: date, last: date) -> list[date]:
        left = bisect_left(self.working, first)
        return [day for day in self.working[left:] if day <= last]


def lively_month(
    volumes: Sequence[Volume],
    procedures: Mapping[str, Procedure],
    teller: Storyteller,
    now: datetime,
) -> Iterator[Life]:
    """Yield the lives of the 30 days up to `now`: most on their way, some waiting, a few late."""
    today = legal_date(now)
    days = [
        day for day in _days(today - timedelta(days=LIVELY_DAYS), today)
        if teller.calendar.works_on(day)
    ]  # fmt: skip
    for volume in volumes:
        procedure = procedures.get(volume.procedure_code)
        share = volume.dossiers * len(days) / 250 / 2
        amount = int(share) + (teller.chance.random() < share % 1)
        for _ in range(amount if procedure else 0):
            if procedure is None:
                continue
            day = days[int(teller.chance.random() * len(days))]
            told = _recent(
                teller.arrival(volume.desk, procedure, procedure.level, volume.channel, day),
                teller,
                now,
            )
            if told is not None:
                yield told


def _recent(life: Life, teller: Storyteller, now: datetime) -> Life | None:
    received = life.received_at
    if received is None or received > now:
        return None
    luck = teller.chance.random()
    if life.channel == Channel.ONLINE and now - received < timedelta(days=1.5) and luck < 0.5:
        return replace(life, received_at=None, submitted_at=min(life.submitted_at, now))
    if luck < 0.01:
        return replace(life, received_at=None, not_accepted_at=received)
    told = teller.resolved(life, no_later_than=date.max - ONE_DAY)
    if told.finished_at is not None and told.finished_at <= now:
        if luck > 0.997:
            return _unfinished(told, None)
        fetched = teller.returned(told, latest=now)
        return fetched if luck < 0.9 else replace(fetched, returned_at=None)
    return _waiting(told, teller, now, luck)


def _waiting(life: Life, teller: Storyteller, now: datetime, luck: float) -> Life:
    handed = life.handed_over_at if life.handed_over_at and life.handed_over_at <= now else None
    open_life = _unfinished(life, handed)
    asked = life.supplement_requested_at
    if handed and (asked is None or asked > now) and luck > 0.9 and life.received_at:
        day = teller.calendar.next_working_day(legal_date(life.received_at))
        asked = _after(handed, day, 0.5)
    if handed and asked is not None and asked <= now:
        brought = life.supplement_received_at
        return replace(
            open_life,
            supplement_requested_at=asked,
            supplement_received_at=brought if brought and brought <= now else None,
        )
    return open_life


def _unfinished(life: Life, handed: datetime | None) -> Life:
    return replace(
        life,
        finished_at=None,
        outcome=None,
        returned_at=None,
        handed_over_at=handed,
        supplement_requested_at=None,
        supplement_received_at=None,
    )


def _weighted(rows: Sequence[Row]) -> tuple[list[str], list[int]]:
    names, sums = [], []
    running = 0
    for row in rows:
        running += int(row["weight"])
        names.append(row["name"])
        sums.append(running)
    return names, sums


def _drawn(pool: tuple[list[str], list[int]], luck: float) -> str:
    names, sums = pool
    return names[bisect_left(sums, int(luck * sums[-1]) + 1)]


def _tax_code(number: int) -> str:
    """Return an organisation's tax code of no province, with the check digit it must have."""
    digits = f"99{number:07}"
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    check = (
        10 - sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    )
    return f"{digits}{check % 10}" if check % 11 < 10 and check >= 0 else _tax_code(number + 1)


def _office_moment(day: date, luck: float, *, last_hour: float = 16.9) -> datetime:
    hours = 8 + luck * (last_hour - 8 - 1)
    if hours >= 12:
        hours += 1
    whole = datetime.combine(day, time(), VIET_NAM) + timedelta(minutes=int(hours * 60))
    return whole.astimezone(UTC)


def _after(moment: datetime, day: date, luck: float) -> datetime:
    found = _office_moment(day, luck)
    if found > moment:
        return found
    return moment + timedelta(minutes=1 + int(luck * 15))


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def _largest_remainder(whole: int, shares: Sequence[int]) -> list[int]:
    total = sum(shares)
    exact = [(whole * share) / total for share in shares]
    amounts = [int(one) for one in exact]
    order = sorted(range(len(shares)), key=lambda one: amounts[one] - exact[one])
    for position in order[: whole - sum(amounts)]:
        amounts[position] += 1
    return amounts

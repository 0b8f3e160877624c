"""Lives that add up to the published year, and those of the month that runs; same seed, same."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from onestop.base.moments import ONE_DAY
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import legal_date, midnight_after
from onestop.demo.rules.telling import (
    TO_LOOK,
    Desk,
    Storyteller,
    after,
    days_of,
    office_moment,
)
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome

YEAR: Final = 2021
LAST_DAY: Final = date(YEAR, 12, 31)
LIVELY_DAYS: Final = 30
LATELY: Final = timedelta(days=1.5)
SORRY: Final = 0.03
SHORTEST_SORRY: Final = 3


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
    return teller.returned(teller.resolved(life, no_later_than=LAST_DAY))


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
            day for day in days_of(date(YEAR, 1, 1), LAST_DAY) if teller.calendar.works_on(day)
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
    """Yield the lives of the 30 days up to `now`: most on their way, some waiting, a few late.

    Two certifications take longer than their day, one of which is still under way.
    """
    return _with_extensions(_month(volumes, procedures, teller, now), teller, now)


def _month(
    volumes: Sequence[Volume],
    procedures: Mapping[str, Procedure],
    teller: Storyteller,
    now: datetime,
) -> Iterator[Life]:
    today = legal_date(now)
    days = [
        day for day in days_of(today - timedelta(days=LIVELY_DAYS), today)
        if teller.calendar.works_on(day)
    ]  # fmt: skip
    lately = _lately(days, now)
    for volume in volumes:
        procedure = procedures.get(volume.procedure_code)
        share = volume.dossiers * len(days) / 250 / 2
        amount = int(share) + (teller.chance.random() < share % 1)
        if procedure is None:
            continue
        for _ in range(amount):
            day = days[int(teller.chance.random() * len(days))]
            told = _recent(
                teller.arrival(volume.desk, procedure, procedure.level, volume.channel, day),
                teller,
                now,
                lately,
            )
            if told is not None:
                yield told


def _with_extensions(lives: Iterator[Life], teller: Storyteller, now: datetime) -> Iterator[Life]:
    """Extend the first certification that is over by `now`, and the first that is not.

    No chance has a part in it: whatever else is told of the month stays as it is.
    """
    told: set[bool] = set()
    for life in lives:
        if _may_take_longer(life, now):
            longer = _until(teller.extended(life), now)
            is_over = longer.finished_at is not None
            if is_over not in told:
                told.add(is_over)
                yield longer
                continue
        yield life


def _may_take_longer(life: Life, now: datetime) -> bool:
    return (
        life.procedure.extendable
        and life.procedure.limit.is_at_once
        and life.received_at is not None
        and life.received_at + TO_LOOK <= now
        and life.outcome != Outcome.REFUSED
    )


def _lately(days: Sequence[date], now: datetime) -> datetime:
    """Return since when what came online may still wait for its check.

    On a Sunday it is what came on the Friday before: nobody has been there since.
    """
    last = next(day for day in reversed(days) if office_moment(day, 0) < now)
    return min(now, midnight_after(last)) - LATELY


def _recent(life: Life, teller: Storyteller, now: datetime, lately: datetime) -> Life | None:
    received = life.received_at
    if received is None or received > now:
        return None
    luck = teller.chance.random()
    if life.channel == Channel.ONLINE and received > lately and luck < 0.5:
        return replace(life, received_at=None, submitted_at=min(life.submitted_at, now))
    if luck < 0.01:
        return replace(life, received_at=None, not_accepted_at=received)
    if luck < SORRY and (sorry := _apologised(life, teller, now)) is not None:
        return sorry
    told = teller.resolved(life, no_later_than=date.max - ONE_DAY)
    if told.finished_at is not None and told.finished_at <= now:
        if luck > 0.997:
            return _unfinished(told, None)
        fetched = teller.returned(told, latest=now)
        return fetched if luck < 0.9 else replace(fetched, returned_at=None)
    return _waiting(told, teller, now, luck)


def _apologised(life: Life, teller: Storyteller, now: datetime) -> Life | None:
    """Return the life with an apology, or None where the limit is short or the day has not come.

    Two of three dates are kept, three of four apologies come in time.
    """
    if life.procedure.limit.unit != Unit.WORKING_DAY or life.procedure.limit.value < SHORTEST_SORRY:
        return None
    kept, in_time = teller.chance.random() < 2 / 3, teller.chance.random() < 3 / 4
    told = teller.apologised(life, kept=kept, in_time=in_time)
    if told.apologised_at is None or told.apologised_at > now:
        return None
    return _until(told, now)


def _until(told: Life, now: datetime) -> Life:
    """Return a life as far as it has come by `now`."""
    if told.finished_at is not None and told.finished_at <= now:
        is_fetched = told.returned_at is not None and told.returned_at <= now
        return told if is_fetched else replace(told, returned_at=None)
    return _unfinished(told, told.handed_over_at)


def _waiting(life: Life, teller: Storyteller, now: datetime, luck: float) -> Life:
    handed = life.handed_over_at if life.handed_over_at and life.handed_over_at <= now else None
    open_life = _unfinished(life, handed)
    asked = life.supplement_requested_at
    if handed and (asked is None or asked > now) and luck > 0.9 and life.received_at:
        day = teller.calendar.next_working_day(legal_date(life.received_at))
        asked = after(handed, day, 0.5)
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


def _largest_remainder(whole: int, shares: Sequence[int]) -> list[int]:
    total = sum(shares)
    exact = [(whole * share) / total for share in shares]
    amounts = [int(one) for one in exact]
    order = sorted(range(len(shares)), key=lambda one: amounts[one] - exact[one])
    for position in order[: whole - sum(amounts)]:
        amounts[position] += 1
    return amounts

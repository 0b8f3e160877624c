"""How long people wait for a counter, and what the next of them may expect."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded

LONGEST_COUNTER: Final = 20
LONGEST_BARE: Final = 3
RECENT: Final = timedelta(hours=1)
FEWEST_CALLS: Final = 3
NINE_TENTHS: Final = 0.9


class Standing(Worded):
    """Where a number stands."""

    WAITING = "waiting", N_("đang chờ")
    CALLED = "called", N_("đã gọi")
    ABSENT = "absent", N_("vắng mặt")


TicketTimes = tuple[datetime, datetime | None, Standing]
"""When a number was taken, when it was called, and where it stands."""


class Counted(Worded):
    """Which of all the numbers given out a figure counts."""

    CALLED = "called", N_("đã gọi")
    ABSENT = "absent", N_("vắng mặt")


@dataclass(frozen=True)
class Waits:
    """How long those who were called waited, in whole minutes; None where nobody was.

    Whoever was called and did not come has waited too; whoever was never called is counted as
    taken only.
    """

    taken: int
    called: int
    absent: int
    median: int | None
    most: int | None
    longest: int | None


def waits(numbers: Iterable[TicketTimes]) -> Waits:
    """Return what numbers say together.

    `most` is what nine of ten waited at the most.
    """
    told = list(numbers)
    waited = sorted(_minutes(called_at - taken_at) for taken_at, called_at, _ in told if called_at)
    absent = sum(1 for _, _, standing in told if standing == Standing.ABSENT)
    if not waited:
        return Waits(len(told), 0, absent, None, None, None)
    middle = waited[(len(waited) - 1) // 2]
    ninth = waited[ceil(NINE_TENTHS * len(waited)) - 1]
    return Waits(len(told), len(waited), absent, middle, ninth, waited[-1])


def expected(ahead: int, calls: Sequence[datetime], at: datetime) -> int | None:
    """Return in how many minutes a number with so many `ahead` may be called, rounded up.

    Told from the calls of the last hour; None where there were too few to tell anything.
    """
    recent = sorted(one for one in calls if at - RECENT <= one <= at)
    if len(recent) < FEWEST_CALLS:
        return None
    between = (recent[-1] - recent[0]) / (len(recent) - 1)
    return ceil((ahead + 1) * between / timedelta(minutes=1))


def counter_name(typed: str) -> str:
    """Return the name of a counter as the screen in the hall shows it.

    A bare "2" says what it is: beneath the number that is called it would be read as another one.
    Raises `Refusal` at `counter` for an empty or long one, and for marks that no screen shows.
    """
    name = " ".join(typed.split())
    if not name:
        raise Refusal(N_("Hãy ghi tên quầy, như “Quầy 1”."), field="counter")
    if len(name) > LONGEST_COUNTER:
        raise Refusal(N_("Dài quá %(max)d ký tự."), field="counter", max=LONGEST_COUNTER)
    if not name.isprintable():
        raise Refusal(N_("Có ký tự không hiển thị được."), field="counter")
    is_bare = len(name) <= LONGEST_BARE and any(mark.isdigit() for mark in name)
    return f"Quầy {name}" if is_bare else name


def _minutes(waited: timedelta) -> int:
    return int(waited / timedelta(minutes=1))

"""Whether a dossier is in time, and what it adds to the counters on which day (rules.md 9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from onestop.base.words import N_, Worded
from onestop.deadlines.rules.limits import Limit, Unit, overdue_from
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause, union
from onestop.dossiers.rules.states import Outcome
from onestop.tallies.rules import Flow

INTAKE_CHECK: Final = Limit(8, Unit.WORKING_HOUR)
"""How long a desk has to check what was submitted to it (rules.md 8)."""


class Timeliness(Worded):
    """How a dossier stands to its legal due date (rules.md 9.1)."""

    EARLY = "early", N_("Trước hạn")
    ON_TIME = "on_time", N_("Đúng hạn")
    OVERDUE = "overdue", N_("Quá hạn")
    OPEN = "open", N_("Đang giải quyết, trong hạn")
    OPEN_OVERDUE = "open_overdue", N_("Đang giải quyết, quá hạn")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the class and the figures of a dossier, and nothing else.

    `on_time_from` is the midnight that begins the due date, `overdue_from` the first moment that
    is late: the midnight after the due date, or for hours the minute after the due minute;
    `broken_from` the same of a date promised with an apology. `late_intake` says whether the desk
    checked what was submitted online too late, None where there was no such check or nobody knows.
    """

    received_at: datetime | None = None
    not_accepted_at: datetime | None = None
    on_time_from: datetime | None = None
    overdue_from: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    second_request: bool = False
    broken_from: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    late_intake: bool | None = None


OUTCOME_FLOW: Final = {
    Outcome.REFUSED: Flow.REFUSED,
    Outcome.WITHDRAWN: Flow.WITHDRAWN,
    Outcome.STOPPED: Flow.STOPPED,
}
CLASS_FLOW: Final = {
    Timeliness.EARLY: Flow.EARLY,
    Timeliness.ON_TIME: Flow.ON_TIME,
    Timeliness.OVERDUE: Flow.OVERDUE,
}


def timeliness(facts: Facts, now: datetime) -> Timeliness:
    """Return the class of a received dossier: the only definition there is (rules.md 9.1).

    A finished one is judged by the moment its result was recorded; the due date itself is still
    on time. An open one is overdue once `overdue_from` has come, unless a pause that began before
    it is still running (Decree 61/2018 art. 19; Civil Code art. 148).
    """
    on_time_from, overdue_from = facts.on_time_from, facts.overdue_from
    if on_time_from is None or overdue_from is None:
        raise ValueError("a dossier that was never received has no class")
    if facts.finished_at is None:
        late = overdue_from <= now and not _held(facts, overdue_from)
        return Timeliness.OPEN_OVERDUE if late else Timeliness.OPEN
    if facts.second_request or facts.finished_at >= overdue_from:
        return Timeliness.OVERDUE
    return Timeliness.EARLY if facts.finished_at < on_time_from else Timeliness.ON_TIME


def is_check_late(due_at: datetime, at: datetime) -> bool:
    """Say whether a check that was due at a moment is late: the due minute itself is in time.

    Eight working hours from the submission (rules.md 4.3, 8).
    """
    return at >= overdue_from(due_at, INTAKE_CHECK.unit)


def flows(facts: Facts) -> Iterator[tuple[date, Flow]]:
    """Yield what a dossier adds to the counters, each on its legal date.

    A dossier not accepted counts once, as that. A received one counts when received, when
    finished, for each maximal pause when it begins and ends, and for lateness from the first day
    at whose end it is overdue until the day it is finished (rules.md 9.2, 9.3). One that was
    promised anew also counts, when finished, as that, and as kept if it was (rules.md 7.4). What
    came in online also counts, when received or not accepted, as checked, and as late if it was
    (rules.md 4.3).
    """
    yield from _check_flows(facts)
    if facts.not_accepted_at:
        yield legal_date(facts.not_accepted_at), Flow.REFUSED_AT_INTAKE
    if facts.received_at is None:
        return
    received_on = legal_date(facts.received_at)
    yield received_on, Flow.RECEIVED
    finished_on = legal_date(facts.finished_at) if facts.finished_at else None
    if facts.finished_at and finished_on:
        yield finished_on, CLASS_FLOW[timeliness(facts, facts.finished_at)]
        if facts.outcome in OUTCOME_FLOW:
            yield finished_on, OUTCOME_FLOW[facts.outcome]
        yield from _promise_flows(facts, facts.finished_at, finished_on)
    for pause in union(facts.pauses):
        yield from _pause_flows(pause, received_on, finished_on)
    if begun := overdue_begun_on(facts):
        yield begun, Flow.OVERDUE_BEGUN
        if finished_on:
            yield finished_on, Flow.OVERDUE_ENDED


def _check_flows(facts: Facts) -> Iterator[tuple[date, Flow]]:
    """Yield whether what came in online was checked in time, where that is known."""
    checked_at = facts.received_at or facts.not_accepted_at
    if checked_at is None or facts.late_intake is None:
        return
    yield legal_date(checked_at), Flow.CHECKED_ONLINE
    if facts.late_intake:
        yield legal_date(checked_at), Flow.LATE_INTAKE


def _promise_flows(facts: Facts, at: datetime, on: date) -> Iterator[tuple[date, Flow]]:
    """Yield whether a date promised with an apology was kept; the class above is not asked."""
    if facts.broken_from is None:
        return
    yield on, Flow.REAPPOINTED
    if at < facts.broken_from:
        yield on, Flow.REAPPOINTED_KEPT


def overdue_begun_on(facts: Facts) -> date | None:
    """Return the first day at whose end the dossier is overdue, or None.

    None too while a pause that began in time is running, and for one finished in time. After a
    pause that began in time the lateness begins on the day of resuming at the earliest, and never
    before the day of receipt, though the limit may have counted from before (rules.md 4.3).
    """
    overdue_from = facts.overdue_from
    if overdue_from is None:
        return None
    if facts.finished_at and facts.finished_at < overdue_from:
        return None
    first = legal_date(max(overdue_from, facts.received_at or overdue_from))
    for pause in union(facts.pauses):
        if pause.begins_at >= overdue_from:
            continue
        if pause.ends_at is None:
            return first if facts.finished_at else None
        first = max(first, legal_date(pause.ends_at))
    return first


def paused_since(pauses: tuple[Pause, ...]) -> datetime | None:
    """Return when the maximal pause that is running began, or None while the clock runs."""
    return next((pause.begins_at for pause in union(pauses) if pause.ends_at is None), None)


def _held(facts: Facts, overdue_from: datetime) -> bool:
    since = paused_since(facts.pauses)
    return since is not None and since < overdue_from


def _pause_flows(
    pause: Pause, received_on: date, finished_on: date | None
) -> Iterator[tuple[date, Flow]]:
    begun = max(legal_date(pause.begins_at), received_on)
    ended = max(legal_date(pause.ends_at), received_on) if pause.ends_at else finished_on
    if finished_on and begun > finished_on:
        return
    yield begun, Flow.PAUSE_BEGUN
    if ended:
        yield min(ended, finished_on) if finished_on else ended, Flow.PAUSE_ENDED

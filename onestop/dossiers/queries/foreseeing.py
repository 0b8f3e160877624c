"""What a verb will have done to the clock, told before it is done and by the same count."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from onestop.base.database import db
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.counting import count, supplement_restarts
from onestop.deadlines.rules.limits import Further, Limit, plain
from onestop.deadlines.rules.lines import Count
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.supplements import SupplementEffect
from onestop.dossiers.models import Dossier, PauseKind
from onestop.dossiers.queries import explaining, extending, reading
from onestop.dossiers.queries.reading import Timed
from onestop.dossiers.rules import apologies
from onestop.dossiers.rules.apologies import Reappointment
from onestop.dossiers.rules.extensions import Extension
from onestop.dossiers.rules.states import Effect, State, Transition, Verb
from onestop.dossiers.rules.timing import Timeliness, timeliness


@dataclass(frozen=True)
class Outlook:
    """How a dossier will stand after a verb.

    `due_at` is the promised date then, None while the clock stands still; `earliest` the date if
    the papers asked for were brought at once, counted anew where it `restarts`; `again` says that
    papers were asked for before, `time_to_ask` until when it would restart if its law ever has it
    do so; `standing` the class, where the verb ends the count or cannot mend it; `reappointment`
    what an apology may do, `extension` how far the limit may be extended.
    """

    due_at: datetime | None = None
    earliest: datetime | None = None
    restarts: bool = False
    again: bool = False
    time_to_ask: Limit | None = None
    standing: Timeliness | None = None
    reappointment: Reappointment | None = None
    extension: Extension | None = None


RESUMING: Final = {
    Verb.SUPPLEMENT: PauseKind.SUPPLEMENT,
    Verb.NOTE_PAYMENT: PauseKind.PAYMENT,
    Verb.TAKE_BACK_WITHDRAWAL: PauseKind.WITHDRAWAL,
    Verb.RESUME: PauseKind.OTHER,
}
ENDINGS: Final = frozenset({Verb.SETTLE, Verb.RESOLVE, Verb.REFUSE, Verb.STOP})


def outlook(dossier: Dossier, row: Transition, at: datetime) -> Outlook:
    """Return how a received dossier will stand if the verb of `row` is done `at` this moment."""
    if look := LOOKS.get(row.verb):
        return look(dossier, at)
    if kind := RESUMING.get(row.verb):
        return _resumed(dossier, kind, at)
    if row.verb in ENDINGS:
        return Outlook(standing=standing_if_ended(dossier, at))
    if row.verb == Verb.CONFIRM_WITHDRAWAL:
        asked = withdrawal_asked_at(dossier) or at
        return Outlook(standing=standing_if_ended(dossier, asked))
    if row.effect == Effect.PAUSE:
        return Outlook(standing=_still_late(dossier, at))
    return Outlook(due_at=dossier.due_at)


def once_answered(dossier: Dossier, at: datetime) -> Outlook:
    """Return how a dossier will stand once the opinion that holds its clock is there."""
    return _resumed(dossier, PauseKind.OPINION, at)


def restarts_if_asked(dossier: Dossier, at: datetime) -> bool:
    """Say whether a supplement asked for `at` restarts the limit rather than pausing it.

    Only the first request does, and only as early as the law of the procedure has it, commonly
    within three working days of receipt, and in time: a dossier whose clock stands still since
    before its date, at a closed office, is not late (rules.md 6.1, 9.1).
    """
    if dossier.received_at is None or was_asked(dossier):
        return False
    in_time = supplement_restarts(
        at,
        dossier.received_at,
        reading.procedure_of(dossier).supplement,
        calendar=deadlines.calendar(dossier.calendar_version),
        hours=deadlines.hours(dossier.receiving_agency_id),
    )
    return in_time and timeliness(reading.facts(dossier), at) == Timeliness.OPEN


def was_asked(dossier: Dossier) -> bool:
    """Say whether a supplement was asked for before: the next request is a second one."""
    return any(one.kind == PauseKind.SUPPLEMENT for one in dossier.pauses)


def reappointment(dossier: Dossier, at: datetime) -> Reappointment | None:
    """Return what an apology `at` this moment may do, or None where the one was made already."""
    if dossier.due_at is None or dossier.reappointed_at is not None:
        return None
    return apologies.reappointment(
        dossier.due_at,
        at,
        reading.limit(dossier),
        calendar=deadlines.calendar(),
        hours=deadlines.hours(dossier.receiving_agency_id),
    )


def withdrawal_asked_at(dossier: Dossier) -> datetime | None:
    """Return when the withdrawal that waits to be confirmed was asked for: it ends the dossier."""
    running = (one for one in dossier.pauses if one.ends_at is None)
    return next((one.begins_at for one in running if one.kind == PauseKind.WITHDRAWAL), None)


def supplement_wait(dossier: Timed) -> Count | None:
    """Return the count of the applicant's own time for a supplement, or None if none is awaited.

    Commonly thirty days from the request; only then may the office close the dossier (rules.md
    6.1).
    """
    asked = [one for one in dossier.pauses if one.kind == PauseKind.SUPPLEMENT]
    if dossier.state != State.AWAITING_SUPPLEMENT or not asked:
        return None
    return time_to_supplement(dossier, asked[-1].begins_at)


def time_to_supplement(dossier: Timed, asked_at: datetime) -> Count:
    """Return the count of the time that an applicant has for what was asked of him at a moment.

    Days on which an order kept an office closed are left out, for nobody could bring anything
    there; and a make-up day that was announced since the receipt takes none away that was promised
    (rules.md 4.2 step 10, 6.6).
    """
    closed = [
        Pause(max(one.begins_at, asked_at), one.ends_at)
        for one in dossier.pauses
        if one.kind == PauseKind.CLOSURE and one.ends_at is not None and one.ends_at > asked_at
    ]
    wait = reading.procedure_of(dossier).supplement.time_to_bring
    counts = [
        count(
            asked_at,
            plain(wait),
            calendar=deadlines.calendar(version),
            hours=deadlines.hours(dossier.receiving_agency_id),
            pauses=closed,
        )
        for version in {dossier.calendar_version, None}
    ]
    return max(counts, key=attrgetter("due_at"))


def waits(codes: Collection[str]) -> Mapping[str, datetime]:
    """Return when the time ends in which some applicants bring what they were asked for, by code.

    Of those for whom it is known, in a bounded number of reads.
    """
    asked = select(Dossier).where(
        Dossier.code.in_(codes), Dossier.state == State.AWAITING_SUPPLEMENT
    )
    found = db.session.scalars(asked.options(selectinload(Dossier.pauses))).all()
    counted = {one.code: supplement_wait(one) for one in found if not reading.is_closed(one)}
    return {code: wait.due_at for code, wait in counted.items() if wait is not None}


def brings_until(dossier: Timed) -> date | None:
    """Return the last day on which an applicant may bring what is awaited of him, if it is known.

    While an order keeps the office closed nobody knows it.
    """
    wait = supplement_wait(dossier)
    return None if wait is None or reading.is_closed(dossier) else legal_date(wait.due_at)


def standing_if_ended(dossier: Dossier, at: datetime) -> Timeliness:
    """Return the class of a dossier that ends `at` this moment; what still pauses ends there."""
    facts = reading.facts(dossier)
    held = any(pause.ends_at is None or pause.ends_at > at for pause in facts.pauses)
    if held:
        pauses = tuple(_closed(facts.pauses, at, restarts=False))
        counted = counted_with(dossier, pauses, restarts=False)
        facts = replace(
            facts,
            pauses=pauses,
            on_time_from=counted.on_time_from,
            overdue_from=counted.overdue_from,
        )
    return timeliness(replace(facts, finished_at=at), at)


def _asked(dossier: Dossier, at: datetime) -> Outlook:
    restarts, law = restarts_if_asked(dossier, at), reading.procedure_of(dossier).supplement
    pauses = (*reading.pauses(dossier), Pause(at, at, restarts))
    again = counted_with(dossier, pauses, restarts=restarts)
    held = dossier.paused_since is not None
    return Outlook(
        earliest=None if held else explaining.appointed(dossier, again.due_at),
        restarts=restarts,
        again=was_asked(dossier),
        time_to_ask=law.time_to_ask if law.effect == SupplementEffect.RESTART else None,
        standing=_still_late(dossier, at),
    )


def _still_late(dossier: Dossier, at: datetime) -> Timeliness | None:
    """Return that a dossier is overdue, which no pause mends, or None."""
    standing = timeliness(reading.facts(dossier), at)
    return standing if standing == Timeliness.OPEN_OVERDUE else None


def _resumed(dossier: Dossier, kind: PauseKind, at: datetime) -> Outlook:
    if any(one.ends_at is None and one.kind != kind for one in dossier.pauses):
        return Outlook()
    pauses = reading.pauses(dossier)
    restarts = any(one.restarts and one.ends_at is None for one in pauses)
    counted = counted_with(dossier, _closed(pauses, at, restarts=restarts), restarts=restarts)
    late = counted.overdue_from <= at
    return Outlook(
        due_at=explaining.appointed(dossier, counted.due_at),
        restarts=restarts,
        standing=Timeliness.OPEN_OVERDUE if late else None,
    )


def _reopened(dossier: Dossier, at: datetime) -> Outlook:
    counted = counted_with(dossier, reading.pauses(dossier), restarts=False)
    facts = replace(
        reading.facts(dossier),
        finished_at=None,
        on_time_from=counted.on_time_from,
        overdue_from=counted.overdue_from,
    )
    due_at = explaining.appointed(dossier, counted.due_at)
    return Outlook(due_at=due_at, standing=timeliness(facts, at))


def _apologised(dossier: Dossier, at: datetime) -> Outlook:
    return Outlook(due_at=dossier.due_at, reappointment=reappointment(dossier, at))


def _extended(dossier: Dossier, _at: datetime) -> Outlook:
    return Outlook(due_at=dossier.due_at, extension=extending.extension(dossier))


LOOKS: Final[Mapping[Verb, Callable[[Dossier, datetime], Outlook]]] = {
    Verb.ASK_SUPPLEMENT: _asked,
    Verb.CORRECT: _reopened,
    Verb.APOLOGISE: _apologised,
    Verb.EXTEND: _extended,
}


def _closed(pauses: Iterable[Pause], at: datetime, *, restarts: bool) -> Iterable[Pause]:
    for pause in pauses:
        if pause.ends_at is None or pause.ends_at > at:
            yield replace(pause, ends_at=max(at, pause.begins_at), restarts=restarts)
        else:
            yield pause


def counted_with(
    dossier: Dossier, pauses: Iterable[Pause], *, restarts: bool, version: int | None = None
) -> Count:
    """Count as the clock does with these `pauses`, by the calendar of day 0, or of a restart."""
    start = reading.counts_from(dossier)
    if start is None:
        raise ValueError("a dossier that was never received has no clock")
    return count(
        start,
        reading.limit_law(dossier),
        calendar=deadlines.calendar(None if restarts else dossier.calendar_version),
        hours=deadlines.hours(dossier.receiving_agency_id),
        pauses=pauses,
        in_force=deadlines.calendar(version),
        further=explaining.under_its_calendar(_further(dossier, restarts=restarts)),
    )


def _further(dossier: Dossier, *, restarts: bool) -> Further | None:
    """Return an extension as it is counted now, after a restart under the calendar in force."""
    found = reading.further(dossier)
    if found is None or not restarts:
        return found
    return replace(found, version=deadlines.current_version())

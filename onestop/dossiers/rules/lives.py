"""A dossier's whole life told at once, walked along the same table as the screens walk."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.catalogue.rules import Channel, Procedure
from onestop.deadlines.rules import Count, Pause
from onestop.dossiers.rules.identity import Applicant
from onestop.dossiers.rules.states import Outcome, State, Verb, transition
from onestop.dossiers.rules.timing import Facts

SETTLED_AT_ONCE: Final = "settled_at_once"
HAND_OVER_NOT_RECORDED: Final = "hand_over_not_recorded"


@dataclass(frozen=True, slots=True)
class Life:
    """The moments of one dossier, as a register or the demonstration gives them.

    `procedure` is the version in force at receipt, `level` that of the day of submission.
    `returned_at` alone finishes the dossier at that time.
    """

    agency_id: int
    agency_code: str
    procedure: Procedure
    level: int
    channel: Channel
    applicant: Applicant
    submitted_at: datetime
    received_at: datetime | None = None
    not_accepted_at: datetime | None = None
    completion_asked_at: datetime | None = None
    handed_over_at: datetime | None = None
    supplement_requested_at: datetime | None = None
    supplement_received_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    withdrawal_asked_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    returned_at: datetime | None = None
    code: str | None = None
    brought: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of history that a life leaves behind."""

    verb: Verb
    from_state: State | None
    to_state: State
    happened_at: datetime
    mark: str | None = None


@dataclass(slots=True)
class _Walk:
    state: State | None = None
    received: bool = False
    steps: list[Step] = field(default_factory=list)

    def do(self, verb: Verb, at: datetime, mark: str | None = None) -> None:
        row = transition(verb, self.state, received=self.received)
        self.steps.append(Step(verb, self.state, row.to_state, at, mark))
        self.state = row.to_state

    def note(self, verb: Verb, at: datetime) -> None:
        if self.state is None:
            raise ValueError("a pause has no place before the first step")
        self.steps.append(Step(verb, self.state, self.state, at))


def finish(life: Life) -> tuple[datetime | None, Outcome | None]:
    """Return when and how a life ended; a lone return ends it too (rules.md 9.1)."""
    if life.finished_at is not None:
        return life.finished_at, life.outcome or Outcome.GRANTED
    if life.returned_at is not None:
        return life.returned_at, Outcome.GRANTED
    return None, None


def steps(life: Life) -> tuple[Step, ...]:
    """Return the history of a life, along the one table of transitions.

    A hand-over that nobody recorded is taken at the first later moment that needs one; a result
    without it was settled at once; a withdrawal is asked for and confirmed at one moment. Raises
    `Refusal` with the field of the first moment that comes before what must precede it.
    """
    check_order(life)
    walk = _Walk()
    _arrive(life, walk)
    if life.received_at is None:
        return tuple(walk.steps)
    walk.received = True
    for at, verb in sorted(_events(life), key=lambda event: event[0]):
        if verb in {Verb.PAUSE, Verb.RESUME}:
            walk.note(verb, at)
            continue
        if verb == Verb.ASK_SUPPLEMENT and walk.state == State.RECEIVED:
            walk.do(Verb.HAND_OVER, at, HAND_OVER_NOT_RECORDED)
        walk.do(verb, at)
    _end(life, walk)
    return tuple(walk.steps)


def _arrive(life: Life, walk: _Walk) -> None:
    at_once = life.channel == Channel.COUNTER and life.submitted_at == life.received_at
    if not at_once:
        walk.do(Verb.SUBMIT, life.submitted_at)
    if life.completion_asked_at is not None:
        walk.do(Verb.ASK_COMPLETION, life.completion_asked_at)
        if life.received_at is not None:
            walk.do(Verb.BRING_COMPLETION, life.received_at)
    if life.not_accepted_at is not None:
        walk.do(Verb.REFUSE_AT_INTAKE, life.not_accepted_at)
    elif life.received_at is not None:
        walk.do(Verb.RECEIVE, life.received_at)


def _events(life: Life) -> Iterator[tuple[datetime, Verb]]:
    for at, verb in (
        (life.handed_over_at, Verb.HAND_OVER),
        (life.supplement_requested_at, Verb.ASK_SUPPLEMENT),
        (life.supplement_received_at, Verb.SUPPLEMENT),
    ):
        if at is not None:
            yield at, verb
    for pause in life.pauses:
        yield pause.begins_at, Verb.PAUSE
        if pause.ends_at is not None:
            yield pause.ends_at, Verb.RESUME


def _end(life: Life, walk: _Walk) -> None:
    finished_at, outcome = finish(life)
    if finished_at is None:
        if life.withdrawal_asked_at is not None:
            walk.do(Verb.ASK_WITHDRAWAL, life.withdrawal_asked_at)
        return
    if outcome == Outcome.WITHDRAWN:
        walk.do(Verb.ASK_WITHDRAWAL, finished_at)
        walk.do(Verb.CONFIRM_WITHDRAWAL, finished_at)
    elif outcome == Outcome.STOPPED:
        walk.do(Verb.STOP, finished_at)
    else:
        _result(walk, finished_at, outcome)
    if life.returned_at is not None:
        walk.do(Verb.RETURN, life.returned_at)


def _result(walk: _Walk, at: datetime, outcome: Outcome | None) -> None:
    if walk.state == State.AWAITING_SUPPLEMENT:
        # What was resolved while papers were awaited had them by then, on whatever day they came.
        walk.do(Verb.SUPPLEMENT, at)
    if outcome == Outcome.REFUSED:
        if walk.state == State.RECEIVED:
            walk.do(Verb.HAND_OVER, at, HAND_OVER_NOT_RECORDED)
        walk.do(Verb.REFUSE, at)
    elif walk.state == State.RECEIVED:
        walk.do(Verb.SETTLE, at, SETTLED_AT_ONCE)
    else:
        walk.do(Verb.RESOLVE, at)


def pauses(life: Life, *, restarts: bool) -> tuple[Pause, ...]:
    """Return the pauses of a life as they stand at its end, or now.

    Those of `pauses` first, then the wait for a supplement, then that for a withdrawal to be
    confirmed. What still ran at the finish ended there, and then was a pause, not a restart. A
    withdrawal stops the clock at the request, which is its finish (rules.md 6.5).
    """
    finished_at, outcome = finish(life)
    found = list(life.pauses)
    if life.supplement_requested_at is not None:
        brought = life.supplement_received_at
        found.append(Pause(life.supplement_requested_at, brought, restarts and brought is not None))
    if finished_at is None:
        if life.withdrawal_asked_at is not None:
            found.append(Pause(life.withdrawal_asked_at))
        return tuple(found)
    if outcome == Outcome.WITHDRAWN:
        found.append(Pause(finished_at))
    return tuple(
        replace(pause, ends_at=finished_at) if pause.ends_at is None else pause for pause in found
    )


@dataclass(frozen=True, slots=True)
class Dates:
    """The three moments that a count gives a dossier."""

    due_at: datetime
    on_time_from: datetime
    overdue_from: datetime

    @classmethod
    def of(cls, counted: Count) -> "Dates":
        """Return the dates of a count."""
        return cls(counted.due_at, counted.on_time_from, counted.overdue_from)


def facts(life: Life, dates: Dates | None, stood_still: tuple[Pause, ...]) -> Facts:
    """Return what decides class and figures of a life with these dates."""
    finished_at, outcome = finish(life)
    return Facts(
        received_at=life.received_at,
        not_accepted_at=life.not_accepted_at,
        on_time_from=dates.on_time_from if dates else None,
        overdue_from=dates.overdue_from if dates else None,
        finished_at=finished_at,
        outcome=outcome,
        pauses=stood_still,
    )


BEFORE: Final = (
    ("submitted_at", "completion_asked_at"),
    ("completion_asked_at", "received_at"),
    ("completion_asked_at", "not_accepted_at"),
    ("submitted_at", "received_at"),
    ("submitted_at", "not_accepted_at"),
    ("received_at", "handed_over_at"),
    ("received_at", "supplement_requested_at"),
    ("handed_over_at", "supplement_requested_at"),
    ("supplement_requested_at", "supplement_received_at"),
    ("received_at", "withdrawal_asked_at"),
    ("supplement_received_at", "withdrawal_asked_at"),
    ("received_at", "finished_at"),
    ("handed_over_at", "finished_at"),
    ("supplement_requested_at", "finished_at"),
    ("supplement_received_at", "finished_at"),
    ("finished_at", "returned_at"),
    ("received_at", "returned_at"),
    ("handed_over_at", "returned_at"),
    ("supplement_requested_at", "returned_at"),
    ("supplement_received_at", "returned_at"),
)
AFTER_RECEIPT: Final = (
    "handed_over_at",
    "supplement_requested_at",
    "supplement_received_at",
    "withdrawal_asked_at",
    "finished_at",
    "returned_at",
)


def check_order(life: Life) -> None:
    """Refuse a life whose moments come in an impossible order or exclude one another.

    The refusal stands at the field of the later of the two.
    """
    _check_sequence(life)
    if life.received_at is None:
        _check_unreceived(life)
    elif life.not_accepted_at is not None:
        raise Refusal(N_("Hồ sơ đã tiếp nhận thì không bị từ chối lúc nộp."),
                      field="not_accepted_at")  # fmt: skip
    if life.supplement_received_at is not None and life.supplement_requested_at is None:
        raise Refusal(
            N_("Có ngày bổ sung mà không có ngày yêu cầu bổ sung."),
            field="supplement_received_at",
        )
    if life.returned_at is not None and life.outcome in {Outcome.WITHDRAWN, Outcome.STOPPED}:
        raise Refusal(N_("Hồ sơ đã rút hoặc dừng thì không có kết quả để trả."),
                      field="returned_at")  # fmt: skip
    for pause in life.pauses:
        _check_pause(pause, life)


def _check_sequence(life: Life) -> None:
    for earlier, later in BEFORE:
        second = getattr(life, later)
        if second is None:
            continue
        first = getattr(life, earlier)
        if first is not None and second < first:
            raise too_early(later, earlier)


def too_early(later: str, earlier: str) -> Refusal:
    """Return the refusal of a moment before one that must precede it."""
    return Refusal(
        N_("%(later)s không thể trước %(earlier)s."), field=later, later=later, earlier=earlier
    )


def _check_unreceived(life: Life) -> None:
    for name in AFTER_RECEIPT:
        if getattr(life, name) is not None:
            raise Refusal(N_("Hồ sơ chưa tiếp nhận thì chưa có %(name)s."), field=name, name=name)


def _check_pause(pause: Pause, life: Life) -> None:
    if life.received_at is None or pause.begins_at < life.received_at:
        raise Refusal(N_("Tạm dừng không thể bắt đầu trước khi nhận hồ sơ."), field="pauses")
    if pause.ends_at is not None and pause.ends_at < pause.begins_at:
        raise Refusal(N_("Tạm dừng không thể kết thúc trước khi bắt đầu."), field="pauses")
    finished_at, _ = finish(life)
    if finished_at is not None and finished_at < (pause.ends_at or pause.begins_at):
        raise Refusal(N_("Tạm dừng không thể kéo dài sau khi giải quyết xong."), field="pauses")

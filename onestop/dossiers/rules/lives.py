"""A dossier's whole life told at once: its moments, in which order, and what they come to."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.lines import Count
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import BEFORE_ITS_BEGINNING, BEFORE_RECEIPT, Pause
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.identity import Applicant
from onestop.dossiers.rules.states import Outcome
from onestop.dossiers.rules.timing import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When what happened to one dossier, as a register or the demonstration gives it.

    `returned_at` alone finishes the dossier at that time. `dated` holds the moments of which only
    the date is known; they are compared by date.
    """

    submitted_at: datetime
    received_at: datetime | None = None
    not_accepted_at: datetime | None = None
    completion_asked_at: datetime | None = None
    handed_over_at: datetime | None = None
    supplement_requested_at: datetime | None = None
    supplement_received_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    first_extended_at: datetime | None = None
    extended_at: datetime | None = None
    extended_to: datetime | None = None
    apologised_at: datetime | None = None
    reappointed_on: date | None = None
    apology_cause: Cause | None = None
    withdrawal_asked_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    returned_at: datetime | None = None
    dated: frozenset[datetime] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Life(Moments):
    """The moments of one dossier, and where, for whom and for what they were.

    `procedure` is the version in force at receipt, `level` that of the day of submission.
    `sets` is how many sets of papers there are, None for as many as the procedure asks for.
    """

    agency_id: int
    agency_code: str
    procedure: Procedure
    level: int
    channel: Channel
    applicant: Applicant
    code: str | None = None
    brought: frozenset[int] = frozenset()
    sets: int | None = None


def finish(life: Moments) -> tuple[datetime | None, Outcome | None]:
    """Return when and how a life ended; a lone return ends it too (rules.md 9.1)."""
    if life.finished_at is not None:
        return life.finished_at, life.outcome or Outcome.GRANTED
    if life.returned_at is not None:
        return life.returned_at, Outcome.GRANTED
    return None, None


def pauses(life: Life, *, restarts: bool) -> tuple[Pause, ...]:
    """Return the pauses of a life as they stand at its end, or now.

    Those of `pauses` first, then the wait for a supplement, then that for a withdrawal to be
    confirmed. What still ran at the finish ended there, and then was a pause, not a restart. A
    withdrawal stops the clock at the request, which is its finish (rules.md 6.5).
    """
    finished_at, outcome = finish(life)
    if not (
        life.pauses
        or life.supplement_requested_at
        or life.withdrawal_asked_at
        or outcome == Outcome.WITHDRAWN
    ):
        return ()
    found = list(life.pauses)
    if life.supplement_requested_at is not None:
        found.append(Pause(life.supplement_requested_at, life.supplement_received_at, restarts))
    if finished_at is None:
        if life.withdrawal_asked_at is not None:
            found.append(Pause(life.withdrawal_asked_at))
        return tuple(found)
    if outcome == Outcome.WITHDRAWN:
        found.append(Pause(finished_at))
    return tuple(
        replace(pause, ends_at=finished_at, restarts=False) if pause.ends_at is None else pause
        for pause in found
    )


def over(stood_still: tuple[Pause, ...], at: datetime, life: Life) -> tuple[Pause, ...]:
    """Return which pauses were over at a moment: while one runs the dates stay as they were."""
    return tuple(
        pause
        for pause in stood_still
        if pause.ends_at is not None and not comes_before(at, pause.ends_at, life.dated)
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


def facts(
    life: Life,
    dates: Dates | None,
    stood_still: tuple[Pause, ...],
    broken_from: datetime | None = None,
    late_intake: bool | None = None,
) -> Facts:
    """Return what decides class and figures of a life with these dates."""
    finished_at, outcome = finish(life)
    return Facts(
        received_at=life.received_at,
        not_accepted_at=life.not_accepted_at,
        on_time_from=dates.on_time_from if dates else None,
        overdue_from=dates.overdue_from if dates else None,
        finished_at=finished_at,
        outcome=outcome,
        broken_from=broken_from,
        pauses=stood_still,
        late_intake=late_intake,
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
    ("received_at", "first_extended_at"),
    ("first_extended_at", "extended_at"),
    ("received_at", "extended_at"),
    ("extended_at", "apologised_at"),
    ("extended_at", "withdrawal_asked_at"),
    ("extended_at", "finished_at"),
    ("extended_at", "returned_at"),
    ("received_at", "apologised_at"),
    ("apologised_at", "withdrawal_asked_at"),
    ("apologised_at", "finished_at"),
    ("apologised_at", "returned_at"),
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
    "first_extended_at",
    "extended_at",
    "apologised_at",
    "withdrawal_asked_at",
    "finished_at",
    "returned_at",
)


def check_order(life: Moments) -> None:
    """Refuse a life whose moments come in an impossible order or exclude one another."""
    if wrong := disorder(life):
        raise wrong[0]


def disorder(life: Moments, unread: Container[str] = ()) -> list[Refusal]:
    """Return what is impossible in the order of moments, each at the field of the later of two.

    `unread` moments there are, but nobody knows when: nothing is said of what depends on them.
    """
    wrong = _out_of_order(life)
    if life.received_at is None:
        wrong += _unreceived(life) if "received_at" not in unread else ()
    elif life.not_accepted_at is not None:
        said = N_("Hồ sơ đã tiếp nhận thì không bị từ chối lúc nộp.")
        wrong.append(Refusal(said, field="not_accepted_at"))
    wrong += [
        Refusal(said, field=name)
        for name, (needed, said) in NEEDED.items()
        if getattr(life, name) and not getattr(life, needed) and needed not in unread
    ]
    if life.returned_at is not None and life.outcome in {Outcome.WITHDRAWN, Outcome.STOPPED}:
        said = N_("Hồ sơ đã rút hoặc dừng thì không có kết quả để trả.")
        wrong.append(Refusal(said, field="returned_at"))
    for pause in life.pauses:
        wrong += _misplaced(pause, life, unread)
    for name, said in WHILE_WAITING.items():
        if (at := getattr(life, name)) is not None and _is_awaited(at, life, unread):
            wrong.append(Refusal(said, field=name))
    return wrong


def _out_of_order(life: Moments) -> list[Refusal]:
    told = TOLD(life)
    known = [moment for moment in told if moment is not None]
    if known == sorted(known):
        return []
    wrong: dict[str, Refusal] = {}
    for first, second in PLACES:
        earlier, later = told[first], told[second]
        if earlier is None or later is None or earlier <= later:
            continue
        if comes_before(later, earlier, life.dated):
            wrong.setdefault(MOMENTS[second], too_early(MOMENTS[second], MOMENTS[first]))
    return list(wrong.values())


# In an order that agrees with every pair of BEFORE: a life told in this order breaks none of them.
MOMENTS: Final = (
    "submitted_at",
    "completion_asked_at",
    "not_accepted_at",
    "received_at",
    "first_extended_at",
    "handed_over_at",
    "supplement_requested_at",
    "supplement_received_at",
    "extended_at",
    "apologised_at",
    "withdrawal_asked_at",
    "finished_at",
    "returned_at",
)
TOLD: Final = attrgetter(*MOMENTS)
PLACES: Final = tuple((MOMENTS.index(first), MOMENTS.index(second)) for first, second in BEFORE)


def comes_before(first: datetime, second: datetime, dated: frozenset[datetime]) -> bool:
    """Say whether a moment comes before another: by date where only the date of one is known."""
    if first in dated or second in dated:
        return legal_date(first) < legal_date(second)
    return first < second


def too_early(later: str, earlier: str) -> Refusal:
    """Return the refusal of a moment before one that must precede it."""
    return Refusal(
        N_("%(later)s không thể trước %(earlier)s."), field=later, later=later, earlier=earlier
    )


def _unreceived(life: Moments) -> Iterator[Refusal]:
    for name in AFTER_RECEIPT:
        if getattr(life, name) is not None:
            yield Refusal(N_("Hồ sơ chưa tiếp nhận thì chưa có %(name)s."), field=name, name=name)


def _misplaced(pause: Pause, life: Moments, unread: Container[str]) -> Iterator[Refusal]:
    begins_at, ends_at, dated = pause.begins_at, pause.ends_at, life.dated
    received_at, (finished_at, _) = life.received_at, finish(life)
    if received_at is None and "received_at" in unread:
        pass
    elif received_at is None or comes_before(begins_at, received_at, dated):
        yield Refusal(BEFORE_RECEIPT, field="pauses")
    if ends_at is not None and comes_before(ends_at, begins_at, dated):
        yield Refusal(BEFORE_ITS_BEGINNING, field="pauses")
    if finished_at is not None and comes_before(finished_at, ends_at or begins_at, dated):
        yield Refusal(N_("Tạm dừng không thể kéo dài sau khi giải quyết xong."), field="pauses")


NEEDED: Final = {
    "supplement_received_at": (
        "supplement_requested_at",
        N_("Có ngày bổ sung mà không có ngày yêu cầu bổ sung."),
    ),
    "first_extended_at": (
        "extended_at",
        N_("Có lần kéo dài đầu mà không có lần kéo dài sau."),
    ),
}
"""What there is none of without another moment."""
NO_EXTENSION: Final = N_("Đang chờ bổ sung giấy tờ thì không kéo dài thời hạn.")
WHILE_WAITING: Final = {
    "apologised_at": N_("Đang chờ bổ sung giấy tờ thì không xin lỗi, hẹn lại."),
    "first_extended_at": NO_EXTENSION,
    "extended_at": NO_EXTENSION,
}
"""What there is none of while papers are awaited."""


def _is_awaited(at: datetime, life: Moments, unread: Container[str]) -> bool:
    asked, brought = life.supplement_requested_at, life.supplement_received_at
    if asked is None or not comes_before(asked, at, life.dated):
        return False
    if brought is None and "supplement_received_at" in unread:
        return False
    return brought is None or comes_before(at, brought, life.dated)

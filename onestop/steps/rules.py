"""The steps of a dossier: where one stands, what may be done with it, whether it was in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.words import N_, Worded
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines.rules.calendars import Calendar, Hours, openings
from onestop.deadlines.rules.limits import Limit, on_time_from, overdue_from
from onestop.deadlines.rules.moments import dates_after, legal_date
from onestop.deadlines.rules.pauses import Pause, union
from onestop.deadlines.rules.standing import Left, Tone
from onestop.dossiers.rules.states import State, Verb, check_reason
from onestop.dossiers.rules.timing import Timeliness
from onestop.organisation.rules import CENTRES_FROM, DESK_TIERS, Node, Tier, Tree

MINUTES_A_DAY: Final = 8 * 60
"""A working day where working time is summed up for a reader (rules.md 4.2 step 8)."""


class Stage(Worded):
    """Where a step stands."""

    PLANNED = "planned", N_("chưa đến lượt")
    OPEN = "open", N_("chờ phân công")
    IN_HAND = "in_hand", N_("đang làm")
    APPROVAL = "approval", N_("chờ duyệt")
    SIGNATURE = "signature", N_("chờ ký")
    SIGNED = "signed", N_("đã ký, chờ chuyển tiếp")
    AWAY = "away", N_("ở cơ quan ngoài hệ thống")
    ENDED = "ended", N_("đã xong")


HELD_BY_OFFICER: Final = frozenset({Stage.IN_HAND, Stage.SIGNED})
TO_DECIDE: Final = frozenset({Stage.APPROVAL, Stage.SIGNATURE})
RUNNING: Final = frozenset(Stage) - {Stage.PLANNED, Stage.ENDED}


class Result(Worded):
    """How a step ended."""

    DONE = "done", N_("đã làm xong")
    REFUSED = "refused", N_("từ chối")
    SKIPPED = "skipped", N_("không phải làm")


@dataclass(frozen=True)
class Move:
    """One row of the table: from where a step may be taken to where, by whose permission.

    `to` is None where the move leads to another step. `key` makes it from the keyboard: no other
    move has it, nor any verb that a dossier in progress may be offered beside it. One that
    `keeps_signed` gives what is signed to somebody who passes it on; one of what is `unheld` takes
    a step from nobody.
    """

    verb: Verb
    stages: frozenset[Stage]
    to: Stage | None
    permission: Permission
    key: str
    note: str
    needs_reason: bool = False
    keeps_signed: bool = False
    unheld: bool = False

    def starts_from(self, stage: Stage, *, has_holder: bool) -> bool:
        """Say whether a step may be taken along from where it stands, with somebody or nobody."""
        return stage in self.stages and not (self.unheld and has_holder)

    def leads_to(self, stage: Stage) -> Stage | None:
        """Return where a step stands afterwards, None where the move leads to another step."""
        return stage if self.keeps_signed and stage == Stage.SIGNED else self.to

    @property
    def is_rare(self) -> bool:
        """Say whether its key stands in the whole list of keys alone: what goes back is rare."""
        return self.needs_reason


P, S = Permission, Stage
MOVES: Final = (
    Move(
        Verb.TAKE_UP,
        frozenset({S.OPEN, S.SIGNED}),
        S.IN_HAND,
        P.HAND_ON,
        "n",
        N_("việc sẽ đứng tên bạn"),
        keeps_signed=True,
        unheld=True,
    ),
    Move(
        Verb.ASSIGN,
        frozenset({S.OPEN, S.IN_HAND, S.SIGNED}),
        S.IN_HAND,
        P.ASSIGN,
        "g",
        N_("chọn người làm trong đơn vị"),
        keeps_signed=True,
    ),
    Move(
        Verb.TAKE_BACK,
        frozenset({S.IN_HAND, S.APPROVAL}),
        S.OPEN,
        P.HAND_ON,
        "h",
        N_("cần lý do; việc lại chờ phân công"),
        needs_reason=True,
    ),
    Move(
        Verb.PUT_FORWARD,
        frozenset({S.IN_HAND}),
        S.APPROVAL,
        P.HAND_ON,
        "i",
        N_("lãnh đạo duyệt rồi ký"),
    ),
    Move(
        Verb.APPROVE, frozenset({S.APPROVAL}), S.SIGNATURE, P.ASSIGN, "y", N_("chuyển sang chờ ký")
    ),
    Move(Verb.SIGN, TO_DECIDE, S.SIGNED, P.SIGN, "s", N_("người làm nhận lại để chuyển tiếp")),
    Move(
        Verb.SEND_BACK,
        TO_DECIDE | {S.SIGNED},
        S.IN_HAND,
        P.ASSIGN,
        "l",
        N_("cần lý do; người làm nhận lại"),
        needs_reason=True,
    ),
    Move(
        Verb.SEND_TO, frozenset({S.AWAY}), S.OPEN, P.HAND_ON, "e", N_("chọn đơn vị trong hệ thống")
    ),
    Move(
        Verb.HAND_ON,
        HELD_BY_OFFICER | {S.AWAY},
        None,
        P.HAND_ON,
        "o",
        N_("đồng hồ của bước dừng, bước sau bắt đầu"),
    ),
    Move(
        Verb.GIVE_BACK,
        frozenset({S.OPEN, S.IN_HAND, S.AWAY}),
        None,
        P.HAND_ON,
        "q",
        N_("cần lý do; bước trước làm lại"),
        needs_reason=True,
    ),
)
"""Who does what behind the desk (rules.md 8, 12; Decree 61/2018 art. 18, 19)."""
MOVE_OF: Final[Mapping[Verb, Move]] = {one.verb: one for one in MOVES}


@dataclass(frozen=True)
class Standing:
    """What decides which moves a step may make.

    `is_last` where nothing follows and nobody works beside it any more; `is_beside` where others
    were asked at once with it: such a step answers, and does not go back for all. What is signed
    is taken up by another only where nobody has it.
    """

    stage: Stage
    state: State
    is_first: bool
    is_last: bool
    may_be_sent: bool
    is_beside: bool
    has_holder: bool


def moves(standing: Standing) -> tuple[Move, ...]:
    """Return the moves of a step as it stands, whoever asks, in the order of the table.

    A dossier that waits for its applicant, or has ended, makes none.
    """
    if standing.state != State.IN_PROGRESS:
        return ()
    return tuple(
        one
        for one in MOVES
        if one.starts_from(standing.stage, has_holder=standing.has_holder)
        and not _is_out_of_place(one, standing)
    )


def _is_out_of_place(move: Move, standing: Standing) -> bool:
    return (
        (move.verb == Verb.HAND_ON and standing.is_last)
        or (move.verb == Verb.GIVE_BACK and (standing.is_first or standing.is_beside))
        or (move.verb == Verb.SEND_TO and not standing.may_be_sent)
    )


def move(verb: Verb, standing: Standing, reason: str | None) -> Move:
    """Return the table's row for `verb`, or refuse in words."""
    found = next((one for one in moves(standing) if one.verb == verb), None)
    if found is None and standing.state != State.IN_PROGRESS:
        raise Refusal(
            N_("Không thể “%(verb)s” khi hồ sơ ở trạng thái “%(state)s”."),
            verb=verb,
            state=standing.state,
        )
    if found is None and verb == Verb.HAND_ON and standing.is_last:
        raise Refusal(N_("Đây là bước cuối: hãy ghi kết quả của hồ sơ."))
    if found is None:
        raise Refusal(
            N_("Không thể “%(verb)s” khi bước “%(stage)s”."), verb=verb, stage=standing.stage
        )
    if found.needs_reason:
        check_reason(reason)
    return found


def stamp(seq: int, turn: int) -> int:
    """Return a number that changes with every move of a step, and from step to step."""
    return seq * TURNS + turn


def seq_of(stamped: int) -> int:
    """Return the step that a stamp is of."""
    return stamped // TURNS


TURNS: Final = 10_000


def candidates(
    kind: StepKind | None, *, receiver_id: int, lead_id: int, tree: Tree
) -> tuple[Node, ...]:
    """Return the agencies of this system that may do a step, the likeliest first, or might once.

    `tree` is one with its past. The receiving shop and the department of its field come first;
    else those of the same district. Agencies outside the system (police, social insurance, taxes,
    land registry, departments of the city) have no node in the tree: none is returned, and who sent
    the dossier keeps its record.
    """
    receiver, lead = tree.by_id(receiver_id), tree.by_id(lead_id)
    if receiver is None or lead is None:
        return ()
    if kind is None:
        return (lead,)
    tier = TIER_OF.get(kind)
    own = [one for one in (receiver, lead) if one.tier == tier]
    if own:
        return (own[-1],)
    district = next((one for one in tree.line(receiver_id) if one.tier == Tier.DISTRICT), None)
    if district is None or tier is None:
        return ()
    near = (district, *tree.children(district.id))
    return tuple(one for one in near if one.tier == tier)


TIER_OF: Final[Mapping[StepKind, Tier]] = {
    StepKind.COMMUNE: Tier.COMMUNE,
    StepKind.DISTRICT_DEPARTMENT: Tier.DEPARTMENT,
    StepKind.DISTRICT_LEADER: Tier.DISTRICT,
}


def giving(giver: Node, on: date) -> str:
    """Return how the side that gives is called on a list, with room for the name of its `agency`.

    It is the shop of a place, called as on its papers, or a department by its own name.
    """
    if giver.tier not in DESK_TIERS:
        return ITSELF
    if on < CENTRES_FROM:
        return N_("Bộ phận Tiếp nhận và Trả kết quả %(agency)s")
    return N_("Trung tâm Phục vụ hành chính công %(agency)s")


def taking(taker: Node, giver_id: int) -> str:
    """Return how the side that takes is called: what handles there, or whose place it is.

    Within one agency its desk gives, and those behind it take.
    """
    if taker.id == giver_id:
        return N_("Bộ phận chuyên môn %(agency)s")
    return N_("Ủy ban nhân dân %(agency)s") if taker.tier in DESK_TIERS else ITSELF


ITSELF: Final = "%(agency)s"


def worked(
    since: datetime,
    until: datetime,
    pauses: Sequence[Pause],
    calendar: Calendar,
    hours: Hours,
) -> timedelta:
    """Return the working time between two moments, without what lies in a pause."""
    still = [(one.begins_at, min(one.ends_at or until, until)) for one in union(pauses)]
    first, last = legal_date(since), legal_date(until)
    spent = timedelta()
    for day in (first, *dates_after(first, last)):
        for opens, closes in openings(day, calendar, hours):
            begins, ends = max(opens, since), min(closes, until)
            if begins < ends:
                spent += ends - begins
                spent -= sum((_common(begins, ends, *one) for one in still), timedelta())
    return spent


def to_assign(unassigned: timedelta, within: int) -> Left:
    """Return what is left of the hours `within` which a head gives out what came (rules.md 8).

    Working time in which nobody has it in hand; with what is over he is late.
    """
    spare = within * 60 - unassigned // timedelta(minutes=1)
    tone = Tone.LATE if spare < 0 else Tone.NEAR if 3 * spare <= within * 60 else Tone.SAFE
    return Left(tone, minutes=abs(spare), in_hours=True)


def _common(begins: datetime, ends: datetime, since: datetime, until: datetime) -> timedelta:
    return max(timedelta(), min(ends, until) - max(begins, since))


@dataclass(frozen=True)
class Spent:
    """Working time as a person reads it: days of eight hours, hours and minutes."""

    days: int
    hours: int
    minutes: int

    @classmethod
    def of(cls, time: timedelta) -> "Spent":
        """Return a length of working time, whole minutes, the rest of one left out."""
        whole = int(time / timedelta(minutes=1))
        days, rest = divmod(whole, MINUTES_A_DAY)
        return cls(days, *divmod(rest, 60))

    @property
    def message(self) -> str:
        """Return what a person reads, to be formatted with `values`."""
        if self.days:
            return DAYS_AND_HOURS if self.hours else WHOLE_DAYS
        if self.hours and not self.minutes:
            return WHOLE_HOURS
        return HOURS_AND_MINUTES if self.hours else JUST_MINUTES

    @property
    def values(self) -> dict[str, int]:
        """Return what `message` is formatted with."""
        return {"days": self.days, "hours": self.hours, "minutes": self.minutes}


WHOLE_DAYS: Final = N_("%(days)d ngày làm việc")
DAYS_AND_HOURS: Final = N_("%(days)d ngày %(hours)d giờ làm việc")
WHOLE_HOURS: Final = N_("%(hours)d giờ làm việc")
HOURS_AND_MINUTES: Final = N_("%(hours)d giờ %(minutes)d phút làm việc")
JUST_MINUTES: Final = N_("%(minutes)d phút làm việc")


@dataclass(frozen=True)
class Part:
    """The dates of one step: enough to say whether it was in time.

    `paused_since` is since when the clock of its dossier stands still, if it does.
    """

    seq: int
    limit: Limit
    started_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    result: Result | None = None
    paused_since: datetime | None = None

    @property
    def is_held(self) -> bool:
        """Say whether it has no date now: a pause runs that began before it was late."""
        if self.finished_at is not None or self.paused_since is None or self.due_at is None:
            return False
        return self.paused_since < overdue_from(self.due_at, self.limit.unit)


def standing_of(part: Part, at: datetime) -> Timeliness | None:
    """Return the class of a step against its own date (rules.md 9.1, 12.3); None before it began.

    One that nobody had to do has no class; while a pause runs that began in time none is late.
    """
    if part.due_at is None or part.started_at is None or part.result == Result.SKIPPED:
        return None
    late = overdue_from(part.due_at, part.limit.unit)
    if part.finished_at is None:
        return Timeliness.OPEN if at < late or part.is_held else Timeliness.OPEN_OVERDUE
    if part.finished_at >= late:
        return Timeliness.OVERDUE
    early = part.finished_at < on_time_from(part.due_at)
    return Timeliness.EARLY if early else Timeliness.ON_TIME


SIDE_BY_SIDE: Final = N_("làm song song")


LATE: Final = frozenset({Timeliness.OVERDUE, Timeliness.OPEN_OVERDUE})


def overran_first(parts: Iterable[Part], at: datetime) -> Part | None:
    """Return the step to which the lateness of a dossier is booked (rules.md 12.4): the first."""
    late = [one for one in parts if standing_of(one, at) in LATE]
    return min(
        late,
        key=lambda one: (overdue_from(one.due_at, one.limit.unit) if one.due_at else at, one.seq),
        default=None,
    )


def is_partly(results: Iterable[Result | None]) -> bool:
    """Say whether some steps were done and others refused (rules.md 12.5)."""
    return {Result.DONE, Result.REFUSED} <= set(results)

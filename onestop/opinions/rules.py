"""What is asked of another agency, within what time, and whether it answered in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.limits import Limit, Unit, on_time_from
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.timing import Timeliness

ONE_ADDRESSEE: Final = N_("Hãy chọn một cơ quan, hoặc ghi tên cơ quan ngoài hệ thống.")
USUAL: Final = Limit(3, Unit.WORKING_DAY)
"""How long an agency has where nobody says otherwise."""
LONGEST: Final[Mapping[Unit, int]] = {Unit.WORKING_DAY: 60, Unit.WORKING_HOUR: 480}


class Ending(Worded):
    """How a question ended, other than with its dossier."""

    ANSWERED = "answered", N_("đã trả lời")
    WITHDRAWN = "withdrawn", N_("đã rút")


@dataclass(frozen=True)
class Asking:
    """What is asked: of an agency of this system by its code, or of another by its name.

    `key` is that of its form: sent twice, it is one question.
    """

    agency: str | None
    outsider: str | None
    content: str
    limit: Limit
    key: str = field(default_factory=lambda: uuid4().hex)


def check(asking: Asking) -> None:
    """Refuse a question without content, addressee or limit: the request states them.

    Decree 61/2018 art. 19(5).
    """
    if bool(asking.agency) == bool(asking.outsider):
        raise Refusal(ONE_ADDRESSEE, field="agency")
    if not asking.content.strip():
        raise Refusal(N_("Hãy ghi nội dung cần cho ý kiến."), field="content")
    most = LONGEST.get(asking.limit.unit, 0)
    if not 1 <= asking.limit.value <= most:
        raise Refusal(N_("Thời hạn trả lời từ 1 đến %(most)d."), field="limit", most=most)


def check_state(state: State) -> None:
    """Refuse to ask while a dossier is not being handled: asking is a part of the handling."""
    if state != State.IN_PROGRESS:
        raise Refusal(N_("Chỉ xin ý kiến khi hồ sơ đang được giải quyết."))


ENDED: Final = N_("Câu hỏi này đã kết thúc.")


@dataclass(frozen=True)
class Term:
    """The dates of one question: enough to say whether its agency was in time.

    `closed_at` is when its dossier ended, if it has: what was not answered by then need not be.
    """

    due_at: datetime
    overdue_from: datetime
    ended_at: datetime | None
    ending: Ending | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Say whether an answer is still awaited."""
        return self.ended_at is None and self.closed_at is None


def standing(term: Term, at: datetime) -> Timeliness | None:
    """Return whether the asked agency was in time; lateness is its own (Decree 61/2018 art. 19(5)).

    The class of the dossier does not change by it. None where nothing had to be answered: the
    question was withdrawn, or its dossier ended, before it was late.
    """
    until = term.ended_at or term.closed_at
    late = term.overdue_from <= (until or at)
    if term.is_open:
        return Timeliness.OPEN_OVERDUE if late else Timeliness.OPEN
    if late:
        return Timeliness.OVERDUE
    if term.ending != Ending.ANSWERED or term.ended_at is None:
        return None
    early = term.ended_at < on_time_from(term.due_at)
    return Timeliness.EARLY if early else Timeliness.ON_TIME

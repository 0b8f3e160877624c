"""What asking for papers does to a limit, by the law of a procedure (rules.md 6.1)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.limits import LONGEST_DAYS, Limit, Unit


class SupplementEffect(Worded):
    """What becomes of the limit once the papers that were asked for are there."""

    RESTART = "restart", N_("đếm lại từ đầu")
    PAUSE = "pause", N_("chỉ tạm dừng")


@dataclass(frozen=True, slots=True)
class SupplementLaw:
    """What the law of a procedure has it be to ask for a supplement.

    A first request has its `effect` if it is made `within` so many working days of receipt, and
    its `late_effect` afterwards; the applicant has `wait` calendar days for what was asked for.
    """

    effect: SupplementEffect
    late_effect: SupplementEffect
    within: int
    wait: int

    @property
    def time_to_ask(self) -> Limit:
        """Return how soon after receipt a request is not late."""
        return Limit(self.within, Unit.WORKING_DAY)

    @property
    def time_to_bring(self) -> Limit:
        """Return the applicant's own time, from the request on."""
        return Limit(self.wait, Unit.CALENDAR_DAY)


WARNED_BEFORE: Final = timedelta(days=5)
DECREE_61: Final = SupplementLaw(SupplementEffect.RESTART, SupplementEffect.PAUSE, 3, 30)
"""What holds where the law of a procedure says nothing else: art. 19(4) (rules.md 6.1)."""
WINS_BY_ASKING_LATE: Final = N_(
    "Yêu cầu bổ sung muộn không được lợi hơn yêu cầu đúng hạn: không thể chỉ đếm lại khi muộn."
)
NO_TIME: Final = N_("Thời gian yêu cầu và chờ bổ sung phải từ 1 đến %(most)d ngày.")


def check_supplement(law: SupplementLaw) -> None:
    """Refuse a law that rewards an office for asking late, or gives no time (rules.md 6.1)."""
    early, late = law.effect, law.late_effect
    if early == SupplementEffect.PAUSE and late == SupplementEffect.RESTART:
        raise Refusal(WINS_BY_ASKING_LATE, field="late_supplement_effect")
    for field, days in (("supplement_request_within", law.within), ("supplement_wait", law.wait)):
        if not 1 <= days <= LONGEST_DAYS:
            raise Refusal(NO_TIME, field=field, most=LONGEST_DAYS)


class Bringing(Enum):
    """How near the end of the applicant's own time is (rules.md 6.1)."""

    OPEN = "open"
    SOON = "soon"
    OVER = "over"


def bringing(until: date, today: date) -> Bringing:
    """Return how near the last day is on which what was asked for may be brought.

    The applicant and the desk are warned from five days before it; afterwards the office may close
    the dossier (rules.md 6.1).
    """
    if today > until:
        return Bringing.OVER
    return Bringing.SOON if today >= until - WARNED_BEFORE else Bringing.OPEN

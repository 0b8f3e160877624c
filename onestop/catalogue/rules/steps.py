"""The steps of an interlinked procedure, which together need no longer than it (rules.md 12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.limits import Limit, Unit


class StepKind(Worded):
    """Who does one step of an interlinked procedure."""

    COMMUNE = "commune", N_("Ủy ban nhân dân cấp xã")
    DISTRICT_DEPARTMENT = "district_department", N_("Phòng chuyên môn cấp huyện")
    DISTRICT_LEADER = "district_leader", N_("Lãnh đạo cấp huyện")
    PROVINCE_DEPARTMENT = "province_department", N_("Sở, ngành thành phố")
    POLICE = "police", N_("Công an")
    SOCIAL_INSURANCE = "social_insurance", N_("Bảo hiểm xã hội")
    TAX_OFFICE = "tax_office", N_("Cơ quan thuế")
    LAND_REGISTRY = "land_registry", N_("Văn phòng đăng ký đất đai")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an interlinked procedure, with its own part of the limit.

    Steps of the same `leg` run side by side: their agencies are asked at once, and the next leg
    begins when the last of them has answered (rules.md 12.1; Decree 61/2018 art. 19(6)).
    """

    kind: StepKind
    limit: Limit
    leg: int


def legs(steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    """Return steps by leg: what stands together runs side by side."""
    return tuple(tuple(side_by_side) for _leg, side_by_side in groupby(steps, lambda it: it.leg))


HOURS_A_DAY: Final = 8
"""Working hours of a working day where limits of steps are summed (rules.md 4.2 step 8)."""
IN_SUMS: Final = {
    Unit.WORKING_HOUR: (Unit.WORKING_HOUR, 1),
    Unit.WORKING_DAY: (Unit.WORKING_HOUR, HOURS_A_DAY),
}


def check_steps(limit: Limit, steps: Sequence[Step]) -> None:
    """Refuse steps that together need longer than the limit of their procedure (rules.md 12.3).

    Of steps side by side the longest counts. Working days and hours are compared, a day as eight
    hours. Nothing else is: how many working days lie in a calendar day or a month, and in a
    service of the same day, no rule says.
    """
    base, allowed = _in_base(limit)
    needed = 0
    for side_by_side in legs(steps):
        amounts = []
        for step in side_by_side:
            unit, amount = _in_base(step.limit)
            if unit != base:
                raise Refusal(UNLIKE, field="steps", step=step.limit.unit, limit=limit.unit)
            amounts.append(amount)
        needed += max(amounts)
    if needed > allowed:
        raise Refusal(TOO_LONG, field="steps")


TOO_LONG: Final = N_("Các bước cộng lại dài hơn thời hạn của thủ tục.")
UNLIKE: Final = N_(
    "Bước tính theo “%(step)s”, thời hạn theo “%(limit)s”: không so được. "
    "Chỉ giờ làm việc và ngày làm việc đi cùng nhau, 8 giờ là 1 ngày."
)


def _in_base(limit: Limit) -> tuple[Unit, int]:
    unit, factor = IN_SUMS.get(limit.unit, (limit.unit, 1))
    return unit, factor * limit.value

"""Extending the limit of a certification: until when, how far, on whose word (rules.md 4.3).

Decree 23/2015 art. 21, 33 and 37: two working days more where many copies or pages make it
impossible, or longer by a written agreement; of contracts and transactions by agreement alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import dates_after, legal_date
from onestop.deadlines.rules.pauses import Pause, union
from onestop.dossiers.rules.apologies import working_day

WITHOUT_AGREEMENT: Final = 2
"""Working days beyond a limit of the same day that need no agreement (art. 21)."""
FURTHEST: Final = timedelta(days=366)
"""How far beyond the limit anybody may agree: a typing slip ends here."""

NO_CERTIFICATION: Final = N_(
    "Chỉ kéo dài thời hạn chứng thực bản sao, chữ ký người dịch, hợp đồng, giao dịch."
)
STANDS_STILL: Final = N_("Đồng hồ đang dừng: chưa kéo dài thời hạn được.")
APOLOGISED_BEFORE: Final = N_("Hồ sơ đã xin lỗi và hẹn lại: không kéo dài thời hạn nữa.")
TOO_LATE: Final = N_("Chỉ kéo dài thời hạn trước giờ hẹn; giờ hẹn đã qua.")


@dataclass(frozen=True)
class Extension:
    """Between which days an extension may promise; `alone_until` needs nobody's agreement."""

    first: date
    last: date
    alone_until: date | None


@dataclass(frozen=True)
class Agreement:
    """What is agreed on: the new day and hour, and when the agreement was signed."""

    new_on: date | None = None
    clock: time | None = None
    signed_on: date | None = None
    is_signed: bool = False


def extension(ends_on: date, due_at: datetime, limit: Limit, calendar: Calendar) -> Extension:
    """Return what an extension may do to a dossier due at a moment, whose limit ends on a day."""
    first = calendar.next_working_day(legal_date(due_at))
    alone = None
    if limit.is_at_once:
        alone = ends_on
        for _ in range(WITHOUT_AGREEMENT):
            alone = calendar.next_working_day(alone)
    return Extension(
        first, ends_on + FURTHEST, alone if alone is not None and first <= alone else None
    )


def check_agreement(
    agreed: Agreement,
    allowed: Extension,
    *,
    calendar: Calendar,
    hours: Hours,
    received_on: date,
    today: date,
) -> tuple[date, time]:
    """Return the new day and hour, closing time where none is told; else refuse at the field.

    The day is a working day that the extension allows, the hour one at which the office is open.
    Beyond what needs no agreement there is one, signed since the receipt.
    """
    first, last = allowed.first, allowed.last
    day = working_day(agreed.new_on, first=first, last=last, calendar=calendar)
    clock = agreed.clock or hours.closing(day)
    if not any(begins <= clock <= ends for begins, ends in hours.on(day)):
        raise Refusal(N_("Giờ hẹn phải trong giờ làm việc của cơ quan."), field="clock")
    if allowed.alone_until is None or day > allowed.alone_until:
        _check_signed(agreed, received_on, today)
    return day, clock


def _check_signed(agreed: Agreement, received_on: date, today: date) -> None:
    if agreed.signed_on is None:
        raise Refusal(
            N_("Ngày hẹn này cần văn bản thỏa thuận; hãy ghi ngày ký."), field="signed_on"
        )
    if not received_on <= agreed.signed_on <= today:
        raise Refusal(N_("Thỏa thuận được ký từ ngày nhận hồ sơ đến hôm nay."), field="signed_on")
    if not agreed.is_signed:
        raise Refusal(
            N_("Chỉ kéo dài khi người yêu cầu đã ký văn bản thỏa thuận."), field="is_signed"
        )


def further_days(ends_on: date, day: date, pauses: Iterable[Pause], calendar: Calendar) -> int:
    """Return how many working days a day lies behind the last one of the limit.

    Those that an ended pause leaves out of the count are none (rules.md 6.2).
    """
    held = [(legal_date(one.begins_at), legal_date(one.ends_at))
            for one in union(pauses) if one.ends_at]  # fmt: skip
    return sum(
        calendar.works_on(one) and not any(first <= one < end for first, end in held)
        for one in dates_after(ends_on, day)
    )

"""What a citizen is told of a dossier: plain words, no personal data (rules.md 13.3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from onestop.base.words import N_
from onestop.deadlines.rules import Calendar, CalendarDay, DayKind
from onestop.dossiers.rules.states import Outcome, State
from onestop.dossiers.rules.timing import Timeliness

WINDOW: Final = timedelta(minutes=15)
MOST_BY_ADDRESS: Final = 20
MOST_BY_CODE: Final = 5
LOOK_AHEAD: Final = timedelta(days=21)

PLAIN: Final = {
    State.SUBMITTED: N_("Chúng tôi đã nhận được hồ sơ bạn gửi và đang kiểm tra"),
    State.RECEIVED: N_("Đã nhận hồ sơ"),
    State.NOT_ACCEPTED: N_("Hồ sơ không được tiếp nhận"),
    State.IN_PROGRESS: N_("Hồ sơ đang được giải quyết, trong hạn"),
    State.AWAITING_SUPPLEMENT: N_("Cần bạn bổ sung giấy tờ"),
    State.AWAITING_PAYMENT: N_("Cần bạn nộp phí"),
    State.WITHDRAWAL_ASKED: N_("Đã ghi nhận yêu cầu rút hồ sơ"),
    State.STOPPED: N_("Hồ sơ đã dừng giải quyết"),
    State.RESOLVED: N_("Đã có kết quả, mời bạn đến nhận"),
    State.RETURNED: N_("Đã trả kết quả"),
}
LATE: Final = N_("Hồ sơ đang trễ hẹn, chúng tôi xin lỗi bạn")
TO_DO: Final = {
    State.SUBMITTED: N_(
        "Bạn chưa cần làm gì. Cán bộ kiểm tra trong 8 giờ làm việc từ lúc bạn gửi."
    ),
    State.NOT_ACCEPTED: N_("Hỏi nơi tiếp nhận để biết lý do và nơi có thẩm quyền."),
    State.AWAITING_SUPPLEMENT: N_(
        "Mang giấy tờ còn thiếu theo phiếu yêu cầu đến nơi đã nộp. Thời gian chờ bạn không "
        "tính vào thời hạn."
    ),
    State.AWAITING_PAYMENT: N_("Nộp phí theo thông báo tại nơi đã nộp hồ sơ."),
    State.WITHDRAWAL_ASKED: N_("Bạn chưa cần làm gì. Cơ quan đang xác nhận yêu cầu rút."),
    State.RESOLVED: N_(
        "Mang giấy hẹn và giấy tờ tùy thân đến nơi đã nộp. Nhờ người khác nhận "
        "thì thêm giấy ủy quyền."
    ),
    State.STOPPED: N_("Bạn có thể nhận lại giấy tờ đã nộp tại nơi tiếp nhận."),
    State.RETURNED: N_("Hồ sơ đã kết thúc. Bạn không cần làm gì thêm."),
}
NOTHING: Final = N_("Bạn chưa cần làm gì.")
REFUSED: Final = N_("Không giải quyết được hồ sơ; văn bản trả lời nêu rõ lý do, mời bạn đến nhận")


def headline(state: State, outcome: Outcome | None, standing: Timeliness | None) -> str:
    """Return in plain words where a dossier stands; lateness is said before anything else."""
    if standing == Timeliness.OPEN_OVERDUE:
        return LATE
    if state == State.RESOLVED and outcome == Outcome.REFUSED:
        return REFUSED
    return PLAIN[state]


def to_do(state: State) -> str:
    """Return what the applicant has to do now."""
    return TO_DO.get(state, NOTHING)


@dataclass(frozen=True)
class DaysOff:
    """Days in a row on which no office works, for a holiday; `back_on` is the day after."""

    first: date
    last: date
    back_on: date
    holiday: CalendarDay


def days_off(calendar: Calendar, today: date) -> DaysOff | None:
    """Return the next holiday with the days off around it, if it is near enough to be told."""
    ahead = (today + timedelta(days=n) for n in range(LOOK_AHEAD.days + 1))
    for day in ahead:
        row = calendar.row(day)
        if row is not None and row.kind == DayKind.PUBLIC_HOLIDAY:
            back_on = calendar.next_working_day(day)
            first = day
            while not calendar.works_on(first - timedelta(days=1)):
                first -= timedelta(days=1)
            return DaysOff(first, back_on - timedelta(days=1), back_on, row)
    return None

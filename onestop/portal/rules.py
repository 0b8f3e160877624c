"""What a citizen is told of a dossier: plain words, no personal data (rules.md 13.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from onestop.base.words import N_
from onestop.deadlines.rules.calendars import Calendar, CalendarDay, DayKind
from onestop.dossiers.rules import timing
from onestop.dossiers.rules.states import Outcome, State, Verb
from onestop.dossiers.rules.timing import Timeliness

WINDOW: Final = timedelta(minutes=15)
MOST_BY_ADDRESS: Final = 20
# Four digits are few: whoever may try five an hour has them in a month.
CODE_WINDOW: Final = timedelta(days=1)
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
WORKED_ON: Final = frozenset({State.RECEIVED, State.IN_PROGRESS})
LATE: Final = N_("Hồ sơ đang trễ hẹn, chúng tôi xin lỗi bạn")
LATE_CHECK: Final = N_("Chúng tôi kiểm tra hồ sơ chậm, xin lỗi bạn")
CLOSED: Final = N_("Hồ sơ tạm dừng: cơ quan đóng cửa theo lệnh")
REFUSED: Final = N_("Không giải quyết được hồ sơ, mời bạn đến nhận văn bản trả lời")
WITHDRAWN: Final = N_("Hồ sơ đã rút theo yêu cầu của bạn")


@dataclass(frozen=True)
class ToDo:
    """What the applicant has to do now, in few words and in more."""

    short: str
    more: str
    tone: str = "run"


TO_DO: Final = {
    State.SUBMITTED: ToDo(
        N_("Bạn chưa cần làm gì."),
        N_("Cán bộ kiểm tra trong 8 giờ làm việc từ lúc bạn gửi; thời hạn tính từ lúc hồ sơ được "
           "nhận."),
    ),
    State.NOT_ACCEPTED: ToDo(
        N_("Hỏi nơi tiếp nhận để biết lý do."),
        N_("Cán bộ cũng chỉ giúp bạn nơi có thẩm quyền."),
        "wait",
    ),
    State.AWAITING_SUPPLEMENT: ToDo(
        N_("Mang giấy tờ còn thiếu đến nơi đã nộp."),
        N_("Danh sách ở phiếu yêu cầu bổ sung. Thời gian chờ bạn không tính vào thời hạn."),
        "wait",
    ),
    State.AWAITING_PAYMENT: ToDo(
        N_("Nộp phí tại nơi đã nộp hồ sơ."),
        N_("Số tiền ghi trên thông báo. Thời gian chờ bạn không tính vào thời hạn."),
        "wait",
    ),
    State.WITHDRAWAL_ASKED: ToDo(
        N_("Bạn chưa cần làm gì."), N_("Cơ quan đang xác nhận yêu cầu rút.")
    ),
    State.RESOLVED: ToDo(
        N_("Mời bạn đến nhận."), N_("Trong giờ làm việc, tại nơi đã nộp hồ sơ."), "done"
    ),
    State.STOPPED: ToDo(
        N_("Bạn không cần làm gì thêm."),
        N_("Bạn có thể nhận lại giấy tờ đã nộp tại nơi tiếp nhận."),
    ),
    State.RETURNED: ToDo(N_("Bạn không cần làm gì thêm."), N_("Hồ sơ đã kết thúc."), "done"),
}  # fmt: skip
WHERE_IT_LIES: Final = {
    State.NOT_ACCEPTED: replace(
        TO_DO[State.NOT_ACCEPTED], short=N_("Hỏi nơi ghi ở trên để biết lý do.")
    ),
    State.AWAITING_SUPPLEMENT: replace(
        TO_DO[State.AWAITING_SUPPLEMENT], short=N_("Mang giấy tờ còn thiếu đến nơi ghi ở trên.")
    ),
    State.AWAITING_PAYMENT: replace(
        TO_DO[State.AWAITING_PAYMENT], short=N_("Nộp phí tại nơi ghi ở trên.")
    ),
    State.RESOLVED: replace(
        TO_DO[State.RESOLVED], more=N_("Trong giờ làm việc, tại nơi ghi ở trên.")
    ),
    State.STOPPED: replace(
        TO_DO[State.STOPPED], more=N_("Bạn có thể nhận lại giấy tờ đã nộp tại nơi ghi ở trên.")
    ),
}
"""The same where the agency that received it has ended: the page names its successor above."""
NOTHING: Final = ToDo(
    N_("Bạn chưa cần làm gì."), N_("Trang này luôn cho biết hồ sơ đang ở đâu."), "done"
)
STILL_UNCHECKED: Final = ToDo(
    N_("Bạn chưa cần làm gì."),
    N_("Thời hạn tính từ lúc hồ sơ được nhận. Nếu cần hỏi, hãy liên hệ nơi nhận hồ sơ."),
)
STILL_LATE: Final = ToDo(N_("Bạn chưa cần làm gì."), N_("Chúng tôi đang giải quyết hồ sơ của bạn."))


def is_check_late(state: State, intake_due_at: datetime | None, at: datetime) -> bool:
    """Say whether the hours for checking what was submitted are over, as the desk's list has it."""
    if state != State.SUBMITTED or intake_due_at is None:
        return False
    return timing.is_check_late(intake_due_at, at)


def headline(
    state: State,
    outcome: Outcome | None,
    standing: Timeliness | None,
    *,
    is_closed: bool = False,
    is_unchecked: bool = False,
) -> str:
    """Return in plain words where a dossier stands; lateness is said before anything else.

    What the applicant himself has to do is said before that an office is closed by an order.
    """
    if standing == Timeliness.OPEN_OVERDUE:
        return LATE
    if is_unchecked:
        return LATE_CHECK
    if is_closed and state in WORKED_ON:
        return CLOSED
    if state == State.RESOLVED and outcome == Outcome.REFUSED:
        return REFUSED
    if state == State.STOPPED and outcome == Outcome.WITHDRAWN:
        return WITHDRAWN
    return PLAIN[state]


def to_do(
    state: State,
    standing: Timeliness | None,
    *,
    is_unchecked: bool = False,
    is_taken_over: bool = False,
) -> ToDo:
    """Return what the applicant has to do now; what only he can do outranks our own lateness."""
    if is_unchecked:
        return STILL_UNCHECKED
    if is_taken_over and state in WHERE_IT_LIES:
        return WHERE_IT_LIES[state]
    if state in TO_DO:
        return TO_DO[state]
    return STILL_LATE if standing == Timeliness.OPEN_OVERDUE else NOTHING


@dataclass(frozen=True)
class Step:
    """A step of the way that a citizen is shown; `standing` is "", "now" or "ahead"."""

    word: str
    at: datetime | None = None
    standing: str = ""


DONE: Final = {
    Verb.SUBMIT: N_("Bạn đã gửi hồ sơ"),
    Verb.RECEIVE: N_("Đã nhận hồ sơ"),
    Verb.REFUSE_AT_INTAKE: N_("Không tiếp nhận hồ sơ"),
    Verb.ASK_COMPLETION: N_("Đã đề nghị bạn hoàn thiện hồ sơ"),
    Verb.BRING_COMPLETION: N_("Bạn đã nộp lại hồ sơ"),
    Verb.HAND_OVER: N_("Đã chuyển đến nơi giải quyết"),
    Verb.SETTLE: N_("Đã có kết quả"),
    Verb.ASK_SUPPLEMENT: N_("Đã đề nghị bạn bổ sung giấy tờ"),
    Verb.SUPPLEMENT: N_("Bạn đã bổ sung giấy tờ"),
    Verb.RESOLVE: N_("Đã có kết quả"),
    Verb.REFUSE: N_("Đã có văn bản trả lời"),
    Verb.RETURN: N_("Đã trả kết quả"),
    Verb.ASK_WITHDRAWAL: N_("Bạn đã yêu cầu rút hồ sơ"),
    Verb.TAKE_BACK_WITHDRAWAL: N_("Bạn đã thôi rút hồ sơ"),
    Verb.CONFIRM_WITHDRAWAL: N_("Đã rút hồ sơ"),
    Verb.ASK_PAYMENT: N_("Đã đề nghị bạn nộp phí, thuế"),
    Verb.NOTE_PAYMENT: N_("Bạn đã nộp phí, thuế"),
    Verb.CORRECT: N_("Đang sửa kết quả trước khi trả"),
    Verb.STOP: N_("Đã dừng giải quyết"),
    Verb.REVERSE: N_("Cơ quan đã sửa một việc ghi nhầm"),
    Verb.TRANSFER: N_("Đã chuyển đến cơ quan có thẩm quyền"),
    Verb.EXTEND: N_("Đã kéo dài thời hạn chứng thực và hẹn ngày mới"),
    Verb.APOLOGISE: N_("Chúng tôi xin lỗi và hẹn lại ngày trả"),
    Verb.PAUSE: N_("Tạm dừng tính ngày"),
    Verb.RESUME: N_("Hết tạm dừng"),
    Verb.MOVE_DATE: N_("Ngày hẹn dời vì ngày nghỉ mới công bố"),
    Verb.MOVE_CHECK: N_("Hạn kiểm tra dời vì ngày nghỉ mới công bố"),
    Verb.SEND_TO: N_("Đã chuyển đến nơi giải quyết"),
}
INSIDE: Final = frozenset(
    {
        Verb.ISSUE_PAPER,
        Verb.PRINT_AGAIN,
        Verb.TAKE_UP,
        Verb.ASSIGN,
        Verb.TAKE_BACK,
        Verb.PUT_FORWARD,
        Verb.APPROVE,
        Verb.SIGN,
        Verb.SEND_BACK,
        Verb.HAND_ON,
        Verb.GIVE_BACK,
        Verb.ASK_OPINION,
        Verb.GIVE_OPINION,
        Verb.WITHDRAW_OPINION,
        Verb.MOVE_OPINION,
        Verb.CONFIRM_LIST,
        Verb.MISS_ON_LIST,
        Verb.MOVE_STEP,
    }
)
"""What happens between members of staff: no step of a citizen's way."""

PROCESSING: Final = N_("Giải quyết hồ sơ")
RETURNING: Final = N_("Trả kết quả cho bạn")
GOING_ON: Final = {
    State.SUBMITTED: N_("Đang kiểm tra hồ sơ"),
    State.RECEIVED: N_("Đang chuyển đến nơi giải quyết"),
    State.IN_PROGRESS: N_("Đang được giải quyết"),
    State.AWAITING_SUPPLEMENT: N_("Đang chờ bạn bổ sung giấy tờ"),
    State.AWAITING_PAYMENT: N_("Đang chờ bạn nộp phí"),
    State.WITHDRAWAL_ASKED: N_("Đang xác nhận yêu cầu rút"),
    State.RESOLVED: N_("Đang chờ bạn đến nhận"),
}
AHEAD: Final = {
    State.SUBMITTED: (N_("Nhận hồ sơ và hẹn ngày trả"), PROCESSING, RETURNING),
    State.RECEIVED: (PROCESSING, RETURNING),
    State.IN_PROGRESS: (RETURNING,),
    State.AWAITING_SUPPLEMENT: (PROCESSING, RETURNING),
    State.AWAITING_PAYMENT: (PROCESSING, RETURNING),
}


def path(state: State, happened: Iterable[tuple[Verb, datetime]]) -> tuple[Step, ...]:
    """Return the way of a dossier, oldest first: what was done, what goes on, what is to come."""
    done = [Step(DONE[verb], at) for verb, at in happened if verb not in INSIDE]
    now = [Step(GOING_ON[state], standing="now")] if state in GOING_ON else []
    return (*done, *now, *(Step(word, standing="ahead") for word in AHEAD.get(state, ())))


PLAIN_LEVELS: Final = {
    1: N_("Xem thông tin qua mạng, nộp tại quầy"),
    2: N_("Tải mẫu đơn qua mạng, nộp tại quầy"),
    3: N_("Nộp qua mạng, trả phí và nhận kết quả tại quầy"),
    4: N_("Nộp, trả phí và nhận kết quả qua mạng"),
}
"""What each service level means to a citizen, before its name in law."""

FIELD_ICONS: Final = {
    "TP": "person-vcard",
    "HT": "person-vcard",
    "CT": "file-earmark-check",
    "NCN": "people",
    "PL": "book",
    "DD": "map",
    "MT": "tree",
    "XD": "bricks",
    "KD": "shop",
    "KT": "gear",
    "NN": "flower1",
    "LD": "briefcase",
    "BT": "heart",
    "NCC": "star",
    "TE": "people-fill",
    "GD": "mortarboard",
    "YT": "heart-pulse",
    "VH": "palette",
    "NV": "building",
    "TG": "building",
    "TD": "star",
    "QS": "flag",
    "KN": "envelope",
}


def icon_of(field_code: str) -> str:
    """Return the icon of a field of procedures, whichever tier has it."""
    return FIELD_ICONS.get(field_code.rpartition("-")[2], "file-earmark-text")


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

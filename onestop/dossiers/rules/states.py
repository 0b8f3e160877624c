"""States, verbs, and the one table of legal transitions (rules.md 11.2, 11.3)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.words import N_, Worded


class State(Worded):
    """The states of the National Public Service Portal, under their codes."""

    SUBMITTED = "1", N_("Mới đăng ký")
    RECEIVED = "2", N_("Đã tiếp nhận")
    NOT_ACCEPTED = "3", N_("Không tiếp nhận")
    IN_PROGRESS = "4", N_("Đang xử lý")
    AWAITING_SUPPLEMENT = "5", N_("Chờ bổ sung")
    AWAITING_PAYMENT = "6", N_("Chờ nộp phí")
    WITHDRAWAL_ASKED = "7", N_("Xin rút hồ sơ")
    STOPPED = "8", N_("Dừng xử lý")
    RESOLVED = "9", N_("Đã có kết quả")
    RETURNED = "10", N_("Đã trả kết quả")


FINAL: Final = frozenset({State.NOT_ACCEPTED, State.STOPPED, State.RETURNED})


class Holder(Worded):
    """With whom a dossier lies."""

    DESK = "desk", N_("quầy")
    HANDLER = "handler", N_("nơi giải quyết")
    APPLICANT = "applicant", N_("người nộp")


HOLDERS: Final = {
    State.SUBMITTED: Holder.DESK,
    State.RECEIVED: Holder.DESK,
    State.IN_PROGRESS: Holder.HANDLER,
    State.AWAITING_SUPPLEMENT: Holder.APPLICANT,
    State.AWAITING_PAYMENT: Holder.APPLICANT,
    State.WITHDRAWAL_ASKED: Holder.HANDLER,
    State.RESOLVED: Holder.DESK,
}


def holder(state: State) -> Holder | None:
    """Return with whom a dossier of a state lies, or None where it has ended."""
    return HOLDERS.get(state)


class Verb(Worded):
    """Something done to a dossier, as its history tells it."""

    SUBMIT = "submit", N_("Nộp hồ sơ")
    RECEIVE = "receive", N_("Tiếp nhận")
    REFUSE_AT_INTAKE = "refuse_at_intake", N_("Từ chối tiếp nhận")
    ASK_COMPLETION = "ask_completion", N_("Yêu cầu hoàn thiện hồ sơ")
    BRING_COMPLETION = "bring_completion", N_("Nộp lại hồ sơ đã hoàn thiện")
    HAND_OVER = "hand_over", N_("Bàn giao cho nơi giải quyết")
    SETTLE = "settle", N_("Giải quyết ngay")
    ASK_SUPPLEMENT = "ask_supplement", N_("Yêu cầu bổ sung")
    SUPPLEMENT = "supplement", N_("Đã bổ sung giấy tờ")
    RESOLVE = "resolve", N_("Ghi có kết quả")
    REFUSE = "refuse", N_("Từ chối sau thẩm định")
    RETURN = "return", N_("Trả kết quả")
    ASK_WITHDRAWAL = "ask_withdrawal", N_("Ghi nhận yêu cầu rút")
    TAKE_BACK_WITHDRAWAL = "take_back_withdrawal", N_("Ghi nhận thôi rút hồ sơ")
    CONFIRM_WITHDRAWAL = "confirm_withdrawal", N_("Xác nhận rút hồ sơ")
    ASK_PAYMENT = "ask_payment", N_("Yêu cầu nộp phí, thuế")
    NOTE_PAYMENT = "note_payment", N_("Ghi đã nộp phí, thuế")
    CORRECT = "correct", N_("Mở lại để sửa kết quả")
    STOP = "stop", N_("Dừng giải quyết")
    APOLOGISE = "apologise", N_("Xin lỗi và hẹn lại")
    EXTEND = "extend", N_("Kéo dài thời hạn chứng thực")
    TRANSFER = "transfer", N_("Chuyển cơ quan có thẩm quyền")
    REVERSE = "reverse", N_("Thu hồi việc vừa ghi")
    PAUSE = "pause", N_("Tạm dừng")
    RESUME = "resume", N_("Cho đồng hồ chạy lại")
    MOVE_DATE = "move_date", N_("Dời ngày hẹn vì ngày nghỉ mới")
    MOVE_CHECK = "move_check", N_("Dời hạn kiểm tra vì ngày nghỉ mới")
    MOVE_STEP = "move_step", N_("Tính lại hạn của bước vì lịch đổi")
    ISSUE_PAPER = "issue_paper", N_("Phát hành phiếu")
    PRINT_AGAIN = "print_again", N_("In lại phiếu")
    TAKE_UP = "take_up", N_("Nhận việc")
    ASSIGN = "assign", N_("Giao việc")
    TAKE_BACK = "take_back", N_("Thu hồi, trả lại việc")
    PUT_FORWARD = "put_forward", N_("Trình duyệt")
    APPROVE = "approve", N_("Duyệt, trình ký")
    SIGN = "sign", N_("Ký kết quả")
    SEND_BACK = "send_back", N_("Trả lại để làm lại")
    SEND_TO = "send_to", N_("Chuyển đến đơn vị làm bước này")
    HAND_ON = "hand_on", N_("Xong bước này, chuyển bước sau")
    GIVE_BACK = "give_back", N_("Trả lại bước trước")
    ASK_OPINION = "ask_opinion", N_("Xin ý kiến")
    GIVE_OPINION = "give_opinion", N_("Trả lời ý kiến")
    WITHDRAW_OPINION = "withdraw_opinion", N_("Rút câu hỏi ý kiến")
    MOVE_OPINION = "move_opinion", N_("Tính lại hạn trả lời ý kiến")
    CONFIRM_LIST = "confirm_list", N_("Xác nhận đã nhận theo phiếu bàn giao")
    MISS_ON_LIST = "miss_on_list", N_("Báo không nhận được theo phiếu bàn giao")


HAPPENED: Final = {
    Verb.SUBMIT: N_("Đã nộp hồ sơ"),
    Verb.RECEIVE: N_("Đã tiếp nhận"),
    Verb.REFUSE_AT_INTAKE: N_("Đã từ chối tiếp nhận"),
    Verb.ASK_COMPLETION: N_("Đã yêu cầu hoàn thiện hồ sơ"),
    Verb.BRING_COMPLETION: N_("Đã nộp lại hồ sơ hoàn thiện"),
    Verb.HAND_OVER: N_("Đã bàn giao cho nơi giải quyết"),
    Verb.SETTLE: N_("Đã giải quyết ngay"),
    Verb.ASK_SUPPLEMENT: N_("Đã yêu cầu bổ sung"),
    Verb.SUPPLEMENT: N_("Đã nhận giấy tờ bổ sung"),
    Verb.RESOLVE: N_("Đã ghi có kết quả"),
    Verb.REFUSE: N_("Đã từ chối sau thẩm định"),
    Verb.RETURN: N_("Đã trả kết quả"),
    Verb.ASK_WITHDRAWAL: N_("Đã ghi nhận yêu cầu rút"),
    Verb.TAKE_BACK_WITHDRAWAL: N_("Đã ghi nhận thôi rút hồ sơ"),
    Verb.CONFIRM_WITHDRAWAL: N_("Đã xác nhận rút hồ sơ"),
    Verb.ASK_PAYMENT: N_("Đã yêu cầu nộp phí, thuế"),
    Verb.NOTE_PAYMENT: N_("Đã ghi người nộp nộp phí, thuế"),
    Verb.CORRECT: N_("Đã mở lại để sửa kết quả"),
    Verb.STOP: N_("Đã dừng giải quyết"),
    Verb.APOLOGISE: N_("Đã xin lỗi và hẹn lại"),
    Verb.EXTEND: N_("Đã kéo dài thời hạn chứng thực"),
    Verb.TRANSFER: N_("Đã chuyển cơ quan có thẩm quyền"),
    Verb.REVERSE: N_("Đã thu hồi việc ghi nhầm"),
    Verb.PAUSE: N_("Đã tạm dừng"),
    Verb.RESUME: N_("Đã tiếp tục"),
    Verb.MOVE_DATE: N_("Đã dời ngày hẹn vì ngày nghỉ mới"),
    Verb.MOVE_CHECK: N_("Đã dời hạn kiểm tra vì ngày nghỉ mới"),
    Verb.MOVE_STEP: N_("Đã tính lại hạn của bước vì lịch đổi"),
    Verb.ISSUE_PAPER: N_("Đã phát hành phiếu"),
    Verb.PRINT_AGAIN: N_("Đã in lại phiếu"),
    Verb.TAKE_UP: N_("Đã nhận việc"),
    Verb.ASSIGN: N_("Đã giao việc"),
    Verb.TAKE_BACK: N_("Đã thu hồi, trả lại việc"),
    Verb.PUT_FORWARD: N_("Đã trình duyệt"),
    Verb.APPROVE: N_("Đã duyệt, trình ký"),
    Verb.SIGN: N_("Đã ký kết quả"),
    Verb.SEND_BACK: N_("Đã trả lại để làm lại"),
    Verb.SEND_TO: N_("Đã chuyển đến đơn vị làm bước này"),
    Verb.HAND_ON: N_("Đã xong bước, chuyển bước sau"),
    Verb.GIVE_BACK: N_("Đã trả lại bước trước"),
    Verb.ASK_OPINION: N_("Đã xin ý kiến"),
    Verb.GIVE_OPINION: N_("Đã có ý kiến trả lời"),
    Verb.WITHDRAW_OPINION: N_("Đã rút câu hỏi ý kiến"),
    Verb.MOVE_OPINION: N_("Đã tính lại hạn trả lời ý kiến"),
    Verb.CONFIRM_LIST: N_("Đã xác nhận nhận theo phiếu bàn giao"),
    Verb.MISS_ON_LIST: N_("Đã báo không nhận được theo phiếu bàn giao"),
}
"""Each verb as a history tells it, once it is done."""


class Outcome(Worded):
    """How a received dossier ended (rules.md 9.2)."""

    GRANTED = "granted", N_("Đã giải quyết")
    REFUSED = "refused", N_("Từ chối giải quyết")
    WITHDRAWN = "withdrawn", N_("Người nộp rút hồ sơ")
    STOPPED = "stopped", N_("Cơ quan dừng giải quyết")


class Effect(Worded):
    """What a verb does to the clock; said before it is done."""

    NONE = "none", N_("Không đổi ngày hẹn")
    INTAKE = "intake", N_("Bắt đầu 8 giờ làm việc để kiểm tra hồ sơ")
    START = "start", N_("Bắt đầu tính thời hạn")
    PAUSE = "pause", N_("Dừng đồng hồ")
    RESTART = "restart", N_("Dừng đồng hồ; bổ sung xong tính lại từ đầu")
    RESUME = "resume", N_("Đồng hồ chạy lại, ngày hẹn được tính lại")
    REOPEN = "reopen", N_("Đồng hồ chạy lại như chưa từng kết thúc")
    END = "end", N_("Kết thúc tính thời hạn")
    REVERSE = "reverse", N_("Mọi ngày trở lại như trước việc đó")
    REAPPOINT = "reappoint", N_("Ngày hẹn dời; đúng hạn vẫn tính theo ngày hẹn cũ")
    EXTEND = "extend", N_("Ngày hẹn dời; đúng hạn tính theo ngày hẹn mới")


@dataclass(frozen=True)
class Transition:
    """One row of the table: who may take a dossier from a state to another, and to what effect.

    With `before` it goes back: only a dossier that stood in that state before its pause began.
    """

    verb: Verb
    from_state: State | None
    to_state: State
    permission: Permission | None
    effect: Effect
    needs_reason: bool = False
    received: bool | None = None
    before: State | None = None

    def fits(self, *, received: bool, before: State | None) -> bool:
        """Say whether the row is for a dossier received or not, and come from a state `before`."""
        return self.received in {None, received} and self.before in {None, before}


P = Permission
AT_WORK: Final = (State.RECEIVED, State.IN_PROGRESS)
WITHDRAWABLE: Final = (*AT_WORK, State.AWAITING_PAYMENT, State.AWAITING_SUPPLEMENT)
TABLE: Final = (
    Transition(Verb.SUBMIT, None, State.SUBMITTED, None, Effect.INTAKE),
    Transition(Verb.RECEIVE, None, State.RECEIVED, P.RECEIVE, Effect.START),
    Transition(Verb.RECEIVE, State.SUBMITTED, State.RECEIVED, P.RECEIVE, Effect.START),
    Transition(
        Verb.REFUSE_AT_INTAKE,
        State.SUBMITTED,
        State.NOT_ACCEPTED,
        P.RECEIVE,
        Effect.NONE,
        needs_reason=True,
    ),
    Transition(
        Verb.ASK_COMPLETION,
        State.SUBMITTED,
        State.AWAITING_SUPPLEMENT,
        P.RECEIVE,
        Effect.NONE,
        needs_reason=True,
    ),
    Transition(
        Verb.BRING_COMPLETION,
        State.AWAITING_SUPPLEMENT,
        State.SUBMITTED,
        P.RECEIVE,
        Effect.INTAKE,
        received=False,
    ),
    Transition(
        Verb.REFUSE_AT_INTAKE,
        State.AWAITING_SUPPLEMENT,
        State.NOT_ACCEPTED,
        P.RECEIVE,
        Effect.NONE,
        needs_reason=True,
        received=False,
    ),
    Transition(Verb.HAND_OVER, State.RECEIVED, State.IN_PROGRESS, P.HAND_OVER, Effect.NONE),
    Transition(Verb.SETTLE, State.RECEIVED, State.RESOLVED, P.HAND_OVER, Effect.END),
    Transition(
        Verb.ASK_SUPPLEMENT,
        State.IN_PROGRESS,
        State.AWAITING_SUPPLEMENT,
        P.ASK_SUPPLEMENT,
        Effect.RESTART,
        needs_reason=True,
    ),
    Transition(
        Verb.SUPPLEMENT,
        State.AWAITING_SUPPLEMENT,
        State.IN_PROGRESS,
        P.NOTE_SUPPLEMENT,
        Effect.RESUME,
        received=True,
    ),
    Transition(Verb.RESOLVE, State.IN_PROGRESS, State.RESOLVED, P.RESOLVE, Effect.END),
    Transition(
        Verb.REFUSE, State.IN_PROGRESS, State.RESOLVED, P.RESOLVE, Effect.END, needs_reason=True
    ),
    Transition(Verb.RETURN, State.RESOLVED, State.RETURNED, P.RETURN_RESULT, Effect.NONE),
    Transition(
        Verb.CORRECT,
        State.RESOLVED,
        State.IN_PROGRESS,
        P.OVERRIDE,
        Effect.REOPEN,
        needs_reason=True,
    ),
    *(
        Transition(Verb.ASK_PAYMENT, state, State.AWAITING_PAYMENT, P.NOTE_PAYMENT, Effect.PAUSE)
        for state in AT_WORK
    ),
    *(
        Transition(
            Verb.NOTE_PAYMENT,
            State.AWAITING_PAYMENT,
            state,
            P.NOTE_PAYMENT,
            Effect.RESUME,
            before=state,
        )
        for state in AT_WORK
    ),
    Transition(Verb.RESOLVE, State.AWAITING_PAYMENT, State.RESOLVED, P.NOTE_PAYMENT, Effect.END),
    *(
        Transition(
            Verb.ASK_WITHDRAWAL,
            state,
            State.WITHDRAWAL_ASKED,
            P.NOTE_WITHDRAWAL,
            Effect.PAUSE,
            received=True,
        )
        for state in WITHDRAWABLE
    ),
    *(
        Transition(
            Verb.TAKE_BACK_WITHDRAWAL,
            State.WITHDRAWAL_ASKED,
            state,
            P.NOTE_WITHDRAWAL,
            Effect.RESUME,
            before=state,
        )
        for state in WITHDRAWABLE
    ),
    Transition(
        Verb.STOP,
        State.AWAITING_SUPPLEMENT,
        State.STOPPED,
        P.CONFIRM_WITHDRAWAL,
        Effect.END,
        needs_reason=True,
        received=True,
    ),
    *(
        Transition(Verb.STOP, state, State.STOPPED, P.OVERRIDE, Effect.END, needs_reason=True)
        for state in AT_WORK
    ),
    *(
        Transition(Verb.APOLOGISE, state, state, P.APOLOGISE, Effect.REAPPOINT, needs_reason=True)
        for state in AT_WORK
    ),
    *(
        Transition(Verb.EXTEND, state, state, P.EXTEND, Effect.EXTEND, needs_reason=True)
        for state in AT_WORK
    ),
    *(
        Transition(Verb.RESUME, state, state, P.RESOLVE, Effect.RESUME, needs_reason=True)
        for state in AT_WORK
    ),
    *(
        Transition(
            Verb.TRANSFER,
            state,
            state,
            P.TRANSFER,
            Effect.NONE,
            needs_reason=True,
            received=True,
        )
        for state in (*WITHDRAWABLE, State.WITHDRAWAL_ASKED)
    ),
    Transition(
        Verb.CONFIRM_WITHDRAWAL,
        State.WITHDRAWAL_ASKED,
        State.STOPPED,
        P.CONFIRM_WITHDRAWAL,
        Effect.END,
    ),
)


ROWS: Final[dict[tuple[Verb, State | None], list[Transition]]] = {}
for _row in TABLE:
    ROWS.setdefault((_row.verb, _row.from_state), []).append(_row)


def transition(
    verb: Verb, state: State | None, *, received: bool, before: State | None = None
) -> Transition:
    """Return the row that lets `verb` be done to a dossier in `state`.

    `received` says whether the dossier was ever accepted: state 5 means one thing before receipt
    and another after it; `before` is the state it stood in before its pause. Raises `Refusal`
    where the table has no such row (rules.md 11.3: anything else must be rejected).
    """
    for row in ROWS.get((verb, state), ()):
        if row.fits(received=received, before=before):
            return row
    if state is None:
        raise Refusal(N_("Không thể “%(verb)s” khi hồ sơ chưa nộp."), verb=verb)
    raise Refusal(
        N_("Không thể “%(verb)s” khi hồ sơ ở trạng thái “%(state)s”."), verb=verb, state=state
    )


def next_verbs(
    state: State, *, received: bool, before: State | None = None
) -> tuple[Transition, ...]:
    """Return what may come next, in the order of the table."""
    return tuple(
        row
        for row in TABLE
        if row.from_state == state and row.fits(received=received, before=before)
    )


NEEDS_EVERY_ANSWER: Final = frozenset({Verb.RESOLVE, Verb.REFUSE})
"""What ends a dossier with a result waits for all that were asked beside (rules.md 12.1).

What the applicant withdraws, and what a leader stops, waits for nobody.
"""
OTHERS_AT_WORK: Final = N_("Chưa thể “%(verb)s”: còn nơi cùng giải quyết song song chưa xong.")


def check_reason(reason: str | None) -> None:
    """Refuse, at its field, an act that needs a reason and has none."""
    if not reason:
        raise Refusal(N_("Hãy ghi lý do."), field="reason")


BY_OTHERS: Final = (Verb.GIVE_OPINION, Verb.MOVE_OPINION)
"""What comes from another agency, or about its time: no act on the dossier builds upon another."""
REVERSIBLE_FOR: Final = timedelta(minutes=10)
"""How long a clerk may take back what he has just recorded by a slip."""


def undone(verb: Verb, from_state: State | None, to_state: State) -> Transition:
    """Return the row that takes back what `verb` has just done: the table, read backwards.

    A receipt at the counter goes back to a submission that waits to be checked: its code was
    given and is never used again. Raises `Refusal` where the table has no such row, as for what
    an applicant did, or for a paper.
    """
    for row in ROWS.get((verb, from_state), ()):
        if row.to_state == to_state and row.permission is not None:
            back = from_state or State.SUBMITTED
            return Transition(Verb.REVERSE, to_state, back, row.permission, Effect.REVERSE)
    raise Refusal(N_("Việc vừa ghi không thể thu hồi."))

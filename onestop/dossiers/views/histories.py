"""The lines of a dossier's history in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _

from onestop.accounts import queries as accounts
from onestop.base.clock import now
from onestop.base.filters import clock, money, plain_day
from onestop.base.languages import language
from onestop.base.moments import local
from onestop.base.words import N_
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Entry
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.citing import LATE_APOLOGY
from onestop.dossiers.rules.refusals import Ground
from onestop.dossiers.rules.states import HAPPENED, State, Verb
from onestop.dossiers.rules.walks import (
    FIRST_EXTENSION,
    HAND_OVER_NOT_RECORDED,
    SETTLED_AT_ONCE,
    SUPPLEMENT_NOT_RECORDED,
)
from onestop.organisation import queries as organisation


@dataclass(frozen=True)
class HistoryLine:
    """A line of history as its page tells it."""

    icon: str
    title: str
    rest: str
    note: str
    entry: Entry
    is_late_record: bool


ICONS: Final[Mapping[Verb, str]] = {
    Verb.SUBMIT: "send",
    Verb.RECEIVE: "receipt",
    Verb.REFUSE_AT_INTAKE: "x-circle",
    Verb.ASK_COMPLETION: "file-earmark-plus",
    Verb.BRING_COMPLETION: "file-earmark-check",
    Verb.HAND_OVER: "arrow-left-right",
    Verb.SETTLE: "check-circle-fill",
    Verb.ASK_SUPPLEMENT: "file-earmark-plus",
    Verb.SUPPLEMENT: "file-earmark-check",
    Verb.RESOLVE: "check-circle-fill",
    Verb.REFUSE: "x-circle",
    Verb.RETURN: "check2-all",
    Verb.ASK_WITHDRAWAL: "arrow-return-left",
    Verb.TAKE_BACK_WITHDRAWAL: "arrow-repeat",
    Verb.CONFIRM_WITHDRAWAL: "arrow-return-left",
    Verb.ASK_PAYMENT: "coin",
    Verb.NOTE_PAYMENT: "coin",
    Verb.CORRECT: "arrow-repeat",
    Verb.STOP: "slash-circle",
    Verb.APOLOGISE: "envelope",
    Verb.EXTEND: "calendar3",
    Verb.TRANSFER: "arrow-left-right",
    Verb.REVERSE: "arrow-return-left",
    Verb.PAUSE: "pause",
    Verb.RESUME: "play",
    Verb.MOVE_DATE: "calendar3",
    Verb.MOVE_CHECK: "calendar3",
    Verb.MOVE_STEP: "calendar3",
    Verb.ISSUE_PAPER: "printer",
    Verb.PRINT_AGAIN: "printer",
    Verb.TAKE_UP: "person",
    Verb.ASSIGN: "person",
    Verb.TAKE_BACK: "arrow-return-left",
    Verb.PUT_FORWARD: "send",
    Verb.APPROVE: "check-lg",
    Verb.SIGN: "check-circle-fill",
    Verb.SEND_BACK: "arrow-return-left",
    Verb.SEND_TO: "arrow-left-right",
    Verb.HAND_ON: "arrow-left-right",
    Verb.GIVE_BACK: "arrow-return-left",
    Verb.ASK_OPINION: "send",
    Verb.GIVE_OPINION: "reply",
    Verb.WITHDRAW_OPINION: "arrow-return-left",
    Verb.MOVE_OPINION: "calendar3",
    Verb.CONFIRM_LIST: "check2-all",
    Verb.MISS_ON_LIST: "x-lg",
}
MARKS: Final = {
    SETTLED_AT_ONCE: N_("Sổ cũ không ghi bàn giao: coi là giải quyết ngay."),
    HAND_OVER_NOT_RECORDED: N_("Sổ cũ không ghi giờ bàn giao."),
    FIRST_EXTENSION: N_("Sổ không ghi ngày hẹn của lần kéo dài đầu, chỉ ghi của lần sau cùng."),
    SUPPLEMENT_NOT_RECORDED: N_("Sổ cũ không ghi ngày bổ sung: coi là đã có khi giải quyết."),
}
CLOCKS: Final = {
    "stopped": N_("Đồng hồ dừng đến khi không còn chờ ý kiến nào."),
    "resumed": N_("Không còn chờ ý kiến nào: đồng hồ chạy lại, đếm tiếp phần còn lại."),
}


ENDED: Final = frozenset({State.RESOLVED, State.STOPPED})


def line(entry: Entry) -> HistoryLine:
    """Return a line of history in words: what was done, what it did to the clock."""
    due_at = entry.details.get("due_at")
    rest = ""
    if due_at:
        day = _moment(datetime.fromisoformat(str(due_at)))
        if entry.verb == Verb.RECEIVE:
            rest = _("hẹn trả %(day)s", day=day)
        elif entry.to_state in ENDED:  # the pause has ended with it; nobody is promised a day
            rest = _("hạn tính lại %(day)s", day=day)
        else:
            rest = _("hẹn mới %(day)s", day=day)
    return HistoryLine(
        icon=ICONS[entry.verb],
        title=_(HAPPENED[entry.verb]),
        rest=rest,
        note=" ".join(part for part in _notes(entry) if part),
        entry=entry,
        is_late_record=legal_date(entry.recorded_at) != legal_date(entry.happened_at),
    )


def lies_since(history: Sequence[Entry]) -> datetime:
    """Return since when a dossier has been in its state, at the office where it lies.

    What is done to it meanwhile, a print, a question, a day moved, leaves both.
    """
    came = [
        one
        for one in history
        if one.from_state != one.to_state or (one.verb in COMES and "waits" not in one.details)
    ]
    return came[-1].happened_at


COMES: Final = frozenset({Verb.TRANSFER, Verb.SEND_TO, Verb.HAND_ON, Verb.GIVE_BACK, Verb.REVERSE})
"""By what a dossier comes to another office, or back, in the state that it was in."""


def _notes(entry: Entry) -> Iterator[str]:
    details = entry.details
    if entry.verb == Verb.ASK_SUPPLEMENT and "restarts" in details:
        yield (
            _("Bổ sung xong đếm lại từ đầu.")
            if details["restarts"]
            else _("Chỉ tạm dừng, không đếm lại từ đầu.")
        )
    for name, told in NOTES.items():
        if found := details.get(name):
            yield told(found, details)


def _limit(text: object) -> str:
    limit = Limit.parse(str(text))
    return _(limit.message, **limit.values)


def _paid(amount: object, details: Mapping[str, Any]) -> str:
    said = {"amount": money(int(str(amount))), "notice": details.get("notice")}
    return _("%(amount)s, thông báo %(notice)s.", **said)


def _closed(order: object, details: Mapping[str, Any]) -> str:
    # Kept as moments: the end is the midnight after the last day.
    first, until = (details.get(name) for name in ("closed_from", "closed_to"))
    said = {"order": order}
    if first:
        said["first"] = plain_day(local(datetime.fromisoformat(str(first))))
    if until:
        ended = datetime.fromisoformat(str(until)) - timedelta(minutes=1)
        said["last"] = plain_day(local(ended))
    if first and until:
        return _("Đóng cửa theo lệnh %(order)s, từ %(first)s đến hết %(last)s.", **said)
    if first:
        return _("Đóng cửa theo lệnh %(order)s, từ %(first)s.", **said)
    return _("Lệnh %(order)s hết hiệu lực sau ngày %(last)s.", **said)


def _agency(code: object) -> str:
    node = organisation.tree_with_past(legal_date(now())).by_code(str(code))
    return node.name(language()) if node else str(code)


def _agencies(codes: object) -> str:
    return ", ".join(map(_agency, codes if isinstance(codes, list) else [codes]))


def _given_to(holder: object, _details: Mapping[str, Any]) -> str:
    name = accounts.names().get(int(str(holder)))
    return _("Người được giao: %(name)s.", name=name) if name else ""


NOTES: Final[Mapping[str, Callable[[Any, Mapping[str, Any]], str]]] = {
    "order": lambda order, all_: _closed(order, all_),
    "left_order": lambda order, _all: _(
        "Rời cơ quan đóng cửa theo lệnh %(order)s: đồng hồ chạy lại.", order=order
    ),
    "more_orders": lambda orders, _all: _("Cả theo lệnh %(orders)s.", orders=", ".join(orders)),
    "to_agency": lambda to, all_: _(
        "Từ %(first)s sang %(last)s.", first=_agency(all_["from_agency"]), last=_agency(to)
    ),
    "reversed": lambda verb, _all: f"{_(Verb.of(str(verb)).word)}.",
    "beside": lambda codes, _all: _(
        "Vẫn nhận dù đã thấy hồ sơ chưa xong: %(codes)s.", codes=", ".join(codes)
    ),
    "sooner": lambda sooner, all_: _(
        "Hẹn sớm hơn thời hạn: %(sooner)s, công bố %(published)s.",
        sooner=_limit(sooner),
        published=_limit(all_["published"]),
    ),
    "second_request": lambda _found, _all: _(
        "Lần thứ hai, theo quyết định của lãnh đạo: hồ sơ tính là quá hạn."
    ),
    "from": lambda was, _all: _("Hẹn cũ: %(day)s.", day=_moment(datetime.fromisoformat(str(was)))),
    "extended_by": lambda days, _all: _(
        "Kéo dài thêm %(days)d ngày làm việc.", days=int(str(days))
    ),
    "agreed_on": lambda day, _all: _(
        "Văn bản thỏa thuận ký ngày %(day)s.", day=plain_day(date.fromisoformat(str(day)))
    ),
    "cause": lambda cause, _all: f"{_(Cause.of(str(cause)).word)}.",
    "ground": lambda ground, _all: f"{_(Ground.of(str(ground)).word)}.",
    "competent_agency": lambda code, _all: _(
        "Cơ quan có thẩm quyền: %(agency)s.", agency=_agency(code)
    ),
    "late_apology": lambda _found, _all: _(LATE_APOLOGY.later),
    "amount_vnd": _paid,
    "proof": lambda proof, _all: _("Chứng từ nộp tiền: %(proof)s.", proof=proof),
    "title": lambda title, _all: f"{_(title)}.",
    "step": lambda step, _all: _("Bước %(step)s.", step=step),
    "result": lambda how, _all: _("Kết thúc bằng từ chối.") if how == "refused" else "",
    "check_due_at": lambda due, _all: _(
        "Hạn kiểm tra mới: %(day)s.", day=_moment(datetime.fromisoformat(str(due)))
    ),
    "step_due_at": lambda due, _all: _(
        "Hạn mới của bước: %(day)s.", day=_moment(datetime.fromisoformat(str(due)))
    ),
    "asked": lambda code, _all: _("Nơi được hỏi: %(agency)s.", agency=_agency(code)),
    "answer_due_at": lambda due, _all: _(
        "Hạn trả lời: %(day)s.", day=_moment(datetime.fromisoformat(str(due)))
    ),
    "clock": lambda how, _all: _(CLOCKS[how]),
    "holder": _given_to,
    "step_at": lambda code, _all: _("Đến: %(agency)s.", agency=_agencies(code)),
    "step_outside": lambda kinds, _all: _(
        "Đến: %(agency)s.", agency=", ".join(_(StepKind.of(kind).word) for kind in kinds)
    ),
    "waits": lambda _found, _all: _("Còn chờ nơi cùng giải quyết song song."),
    "number": lambda number, _all: _("Số %(number)s.", number=number),
    "laid_out_anew": lambda _found, _all: _(
        "Nội dung như bản đầu; phần mềm đã đổi nên dàn trang có thể khác."
    ),
    "mark": lambda mark, _all: _(MARKS[mark]) if mark in MARKS else "",
}
"""What the details of a line say, in this order."""


def _moment(moment: datetime) -> str:
    return f"{plain_day(local(moment))}, {clock(moment)}"

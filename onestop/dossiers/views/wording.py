"""How the verbs are offered and what is said of them: their keys, their buttons, their effects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from flask_babel import gettext as _

from onestop.base.filters import clock, full_day, lower_first, plain_day
from onestop.base.moments import local
from onestop.base.words import N_
from onestop.deadlines.rules.limits import Limit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.queries.foreseeing import Outlook, restarts_if_asked
from onestop.dossiers.rules.citing import LATE_APOLOGY
from onestop.dossiers.rules.states import Effect as ClockEffect
from onestop.dossiers.rules.states import State, Transition, Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.dossiers.views.blueprint import blueprint


@dataclass(frozen=True)
class Offered:
    """How a verb is offered: its key, and the button that names the act with its effect.

    What is grave or rare has its key in the whole list alone, so that the bar stays one line.
    """

    key: str
    button: str
    note: str
    is_grave: bool = False
    is_rare: bool = False


OFFERED: Final[Mapping[Verb, Offered]] = {
    Verb.HAND_OVER: Offered("g", N_("Bàn giao"), N_("đồng hồ vẫn chạy")),
    Verb.SETTLE: Offered("k", N_("Ghi kết quả, kết thúc tính hạn"), N_("có kết quả tại quầy")),
    Verb.ASK_SUPPLEMENT: Offered(
        "b", N_("Gửi yêu cầu, dừng đồng hồ"), N_("đồng hồ dừng, rồi đếm lại từ đầu")
    ),
    Verb.SUPPLEMENT: Offered(
        "b", N_("Ghi đã bổ sung, đồng hồ chạy lại"), N_("đồng hồ chạy lại, ngày hẹn được tính lại")
    ),
    Verb.RESOLVE: Offered(
        "k", N_("Ghi có kết quả, kết thúc tính hạn"), N_("kết thúc tính thời hạn")
    ),
    Verb.REFUSE: Offered(
        "t", N_("Từ chối, kết thúc tính hạn"), N_("cần lý do; tính là đã giải quyết"), is_grave=True
    ),
    Verb.RETURN: Offered("k", N_("Ghi đã trả kết quả"), N_("ghi ai nhận và giấy tờ tùy thân")),
    Verb.ASK_WITHDRAWAL: Offered(
        "r", N_("Ghi yêu cầu rút, dừng đồng hồ"), N_("đồng hồ dừng từ lúc yêu cầu"), is_rare=True
    ),
    Verb.TAKE_BACK_WITHDRAWAL: Offered(
        "l", N_("Ghi thôi rút, đồng hồ chạy lại"), N_("về chỗ cũ; thời gian chờ không tính")
    ),
    Verb.ASK_PAYMENT: Offered(
        "f", N_("Gửi yêu cầu nộp, dừng đồng hồ"), N_("đồng hồ dừng đến khi nộp xong"), is_rare=True
    ),
    Verb.NOTE_PAYMENT: Offered(
        "f", N_("Ghi đã nộp, đồng hồ chạy lại"), N_("đồng hồ chạy lại, ngày hẹn được tính lại")
    ),
    Verb.CORRECT: Offered(
        "m", N_("Mở lại hồ sơ"), N_("cần lý do; đồng hồ chạy như chưa kết thúc"), is_grave=True
    ),
    Verb.CONFIRM_WITHDRAWAL: Offered(
        "k", N_("Xác nhận rút, kết thúc hồ sơ"), N_("hồ sơ kết thúc vào lúc yêu cầu"), is_grave=True
    ),
    Verb.STOP: Offered(
        "d", N_("Dừng giải quyết, kết thúc hồ sơ"), N_("cần lý do; tính là đã giải quyết"),
        is_grave=True,
    ),
    Verb.APOLOGISE: Offered(
        "x", N_("Xin lỗi, hẹn lại"), N_("một lần; đúng hạn vẫn tính theo ngày hẹn cũ"), is_rare=True
    ),
    Verb.EXTEND: Offered(
        "v", N_("Kéo dài, hẹn ngày mới"), N_("trước giờ hẹn; đúng hạn tính theo ngày hẹn mới"),
        is_rare=True,
    ),
    Verb.RESUME: Offered(
        "w", N_("Cho đồng hồ chạy lại"), N_("cần lý do; đồng hồ đang dừng theo sổ đã nhập")
    ),
    Verb.TRANSFER: Offered(
        "c", N_("Chuyển hồ sơ, ngày hẹn giữ nguyên"), N_("mã, ngày hẹn và nơi nhận giữ nguyên"),
        is_rare=True,
    ),
    Verb.REVERSE: Offered(
        "z", N_("Thu hồi, trở lại như trước"), N_("chỉ trong ít phút; lịch sử vẫn ghi cả hai"),
        is_rare=True,
    ),
}  # fmt: skip
ONLY_PAUSES: Final = N_("đồng hồ dừng, rồi đếm tiếp")
STILL_HELD: Final = N_("đồng hồ vẫn dừng")
RUNS_ON: Final = frozenset({Verb.HAND_OVER, Verb.ASK_WITHDRAWAL})
"""What is said of the clock of these is not so while it stands still."""
HOLD_OR_RESUME: Final = frozenset(
    {
        Verb.ASK_WITHDRAWAL,
        Verb.TAKE_BACK_WITHDRAWAL,
        Verb.SUPPLEMENT,
        Verb.NOTE_PAYMENT,
        Verb.RESUME,
    }
)


def button(verb: Verb, dossier: Dossier, found: Outlook | None) -> str:
    """Return what the button of a verb says: nothing of the clock where that stays as it stands."""
    stays = dossier.paused_since is not None and (found is None or found.due_at is None)
    return verb.word if stays and verb in HOLD_OR_RESUME else OFFERED[verb].button


@dataclass(frozen=True)
class AskedReason:
    """What a verb asks to be written, and under which words."""

    label: str
    hint: str


ASKED: Final[Mapping[Verb, AskedReason]] = {
    Verb.ASK_SUPPLEMENT: AskedReason(
        N_("Cần bổ sung gì, vì sao"),
        N_(
            "Ghi hết trong một lần, mỗi nội dung một dòng; người nộp đọc nguyên văn điều này. Dòng "
            "như “Giấy khai sinh: 1 bản chứng thực” được in số bản vào cột của phiếu."
        ),
    ),
    Verb.REFUSE: AskedReason(
        N_("Lý do từ chối, căn cứ pháp lý"), N_("Người nộp đọc nguyên văn điều này.")
    ),
    Verb.STOP: AskedReason(
        N_("Lý do dừng, căn cứ pháp lý"), N_("Ghi đủ để người nộp hiểu vì sao.")
    ),
    Verb.CORRECT: AskedReason(
        N_("Kết quả sai ở đâu, ai quyết định sửa"), N_("Điều này được giữ trong lịch sử.")
    ),
    Verb.APOLOGISE: AskedReason(
        N_("Nói với người nộp vì sao chậm"),
        N_("Phiếu xin lỗi in nguyên văn điều này; người đứng đầu nơi giải quyết ký."),
    ),
    Verb.EXTEND: AskedReason(
        N_("Vì sao cần lâu hơn"),
        N_("Như nhiều loại bản chính, nhiều trang, nhiều bản; nội dung phức tạp."),
    ),
    Verb.RESUME: AskedReason(
        N_("Đã dừng vì việc gì, nay xong thế nào"),
        N_("Sổ đã nhập không ghi vì sao dừng; điều này được giữ trong lịch sử."),
    ),
    Verb.TRANSFER: AskedReason(
        N_("Vì sao, theo căn cứ nào"), N_("Điều này được giữ trong lịch sử.")
    ),
    Verb.ASK_WITHDRAWAL: AskedReason(
        N_("Lý do người nộp nêu"), N_("Ghi như người nộp nói; nếu không nêu thì để trống.")
    ),
}


@dataclass(frozen=True)
class Offer:
    """A verb that may come next, as an entry of the list of acts."""

    verb: Verb
    title: str
    note: str
    key: str
    is_grave: bool
    is_rare: bool


def offer(row: Transition, dossier: Dossier, at: datetime) -> Offer:
    """Return how a verb is offered for a dossier as it stands."""
    told = OFFERED[row.verb]
    note = told.note
    if row.verb == Verb.ASK_SUPPLEMENT and not restarts_if_asked(dossier, at):
        note = ONLY_PAUSES
    if row.verb in RUNS_ON and dossier.paused_since is not None:
        note = STILL_HELD
    is_rare = told.is_grave or told.is_rare
    return Offer(row.verb, _(row.verb.word), _(note), told.key, told.is_grave, is_rare)


class Keyed(Protocol):
    """An act with a key: a verb of the table of states, or a move of a step."""

    @property
    def verb(self) -> Verb:
        """Return what it does."""

    @property
    def key(self) -> str:
        """Return the letter that does it."""


@blueprint.app_template_global()
def keys_of(acts: Iterable[Keyed]) -> list[tuple[str, str]]:
    """Return the keys of the acts of a page, each with what it does."""
    return [(one.key.upper(), lower_first(_(one.verb.word))) for one in acts]


@dataclass(frozen=True)
class Effect:
    """What is, and what will be once the act is done."""

    now: str
    now_note: str
    then: str
    then_note: str


def effect(
    dossier: Dossier, explained: Explained, row: Transition, found: Outlook, at: datetime
) -> Effect:
    """Return in words what a verb does to the clock of a received dossier (LOOK 5.9)."""
    then, note = _then(explained, row, found)
    return Effect(*_now(dossier, explained, at), then, note or _still(dossier))


def _still(dossier: Dossier) -> str:
    """Return for what else a clock stands still that an act does not let run."""
    if reading.is_closed(dossier):
        return _("Cơ quan còn đóng cửa theo lệnh; mở cửa lại thì ngày hẹn được tính lại.")
    if reading.waits_for_opinion(dossier):
        return _("Còn chờ ý kiến của cơ quan khác; có trả lời thì ngày hẹn được tính lại.")
    return _("Còn một lần tạm dừng khác; hết tạm dừng thì ngày hẹn được tính lại.")


def _now(dossier: Dossier, explained: Explained, at: datetime) -> tuple[str, str]:
    if dossier.finished_at is not None:
        return _("Đã có kết quả"), _day(dossier.finished_at)
    if dossier.paused_since is not None:
        return _("Đồng hồ đang dừng"), _("từ %(day)s", day=_day(dossier.paused_since))
    return _promised(explained.due_at, explained.limit), _counted(explained, legal_date(at))


def _counted(explained: Explained, today: date) -> str:
    limit = _(explained.whole.message, **explained.whole.values)
    numbers = [day.number for day in explained.lines if day.date <= today and day.counted]
    if explained.limit.is_by_the_hour:
        return limit
    return _("đã đếm %(count)s trên %(limit)s", count=numbers[-1] if numbers else 0, limit=limit)


def _then(explained: Explained, row: Transition, found: Outlook) -> tuple[str, str]:
    if row.verb == Verb.ASK_SUPPLEMENT:
        return _if_asked(explained, found)
    if row.verb == Verb.ASK_PAYMENT and found.standing == Timeliness.OPEN_OVERDUE:
        return _held_late()
    if row.effect == ClockEffect.RESUME and found.due_at:
        late = found.standing == Timeliness.OPEN_OVERDUE
        anew = ANEW_FROM_NOW if explained.limit.is_by_the_hour else COUNTED_ANEW
        note = STILL_LATE if late else anew if found.restarts else COUNTED_ON
        return _promised(found.due_at, explained.limit), _(note)
    if found.reappointment or found.extension:
        return _("Hẹn ngày mới bạn chọn"), _decided_by(explained, found)
    then, note = THEN[row.verb]
    note = NOTES.get((row.verb, row.from_state), note)
    if row.verb in RUNS_ON and explained.paused_since is not None:
        then = N_("Đồng hồ vẫn dừng")
    if row.verb == Verb.HAND_OVER and explained.paused_since is not None:
        return _(then), ""
    if row.verb == Verb.CORRECT and found.due_at and found.due_at != explained.due_at:
        return _promised(found.due_at, explained.limit), _(NOW_A_DAY_OFF)
    standing = lower_first(_(found.standing.word)) if found.standing else ""
    return _(then, standing=standing, state=_(row.to_state.word)), _(note) if note else ""


def _decided_by(explained: Explained, found: Outlook) -> str:
    """Return which date decides once another was promised: an apology moves none of the law's."""
    if found.reappointment is None:
        return _("Đúng hạn hay quá hạn tính theo ngày hẹn mới.")
    decides = _("Đúng hạn hay quá hạn vẫn tính theo %(day)s.", day=_day(explained.due_at))
    said = _(LATE_APOLOGY.later) if found.reappointment.is_late else ""
    return f"{decides} {said}".strip()


THEN: Final[Mapping[Verb, tuple[str, str]]] = {
    Verb.HAND_OVER: (
        N_("Hẹn trả không đổi"),
        N_("Hồ sơ sang nơi giải quyết; đồng hồ vẫn chạy."),
    ),
    Verb.SETTLE: (
        N_("Kết thúc: %(standing)s"),
        N_("Kết quả có ngay tại quầy, chờ trả cho người nộp."),
    ),
    Verb.RESOLVE: (
        N_("Kết thúc: %(standing)s"),
        N_("Đúng hạn hay quá hạn tính đến lúc này, dù người nộp đến nhận sau."),
    ),
    Verb.REFUSE: (
        N_("Kết thúc: %(standing)s"),
        N_("Tính là đã giải quyết; người nộp nhận văn bản nêu lý do."),
    ),
    Verb.RETURN: (
        N_("Hồ sơ kết thúc"),
        N_("Đúng hạn hay quá hạn không đổi: đã chốt lúc có kết quả."),
    ),
    Verb.ASK_WITHDRAWAL: (
        N_("Đồng hồ dừng từ lúc này"),
        N_("Khi được xác nhận, hồ sơ kết thúc vào lúc yêu cầu."),
    ),
    Verb.TAKE_BACK_WITHDRAWAL: (
        N_("Đồng hồ vẫn dừng"),
        N_("Hồ sơ trở lại chờ người nộp như trước khi xin rút."),
    ),
    Verb.ASK_PAYMENT: (
        N_("Đồng hồ dừng, chưa có hẹn"),
        N_("Từ khi thông báo đến khi nộp xong không tính vào thời hạn."),
    ),
    Verb.CORRECT: (
        N_("Hồ sơ mở lại: %(standing)s"),
        N_("Ngày hẹn giữ nguyên; thời gian từ khi ghi kết quả vẫn tính."),
    ),
    Verb.CONFIRM_WITHDRAWAL: (
        N_("Kết thúc lúc yêu cầu rút: %(standing)s"),
        N_("Giấy tờ đã nộp được trả lại cho người nộp."),
    ),
    Verb.STOP: (
        N_("Kết thúc: %(standing)s"),
        N_("Tính là đã giải quyết; hồ sơ không có kết quả."),
    ),
    Verb.SUPPLEMENT: (N_("Đồng hồ vẫn dừng"), ""),
    Verb.NOTE_PAYMENT: (N_("Đồng hồ vẫn dừng"), ""),
    Verb.RESUME: (N_("Đồng hồ vẫn dừng"), ""),
    Verb.TRANSFER: (
        N_("Ngày hẹn không đổi"),
        N_("Nơi giải quyết đổi; không phải hồ sơ mới, thời hạn không tính lại."),
    ),
    Verb.REVERSE: (
        N_("Trở lại “%(state)s”"),
        N_("Ngày hẹn và số liệu như trước việc vừa ghi; giấy hẹn đã đưa thì thu lại."),
    ),
}
NOTES: Final[Mapping[tuple[Verb, State | None], str]] = {
    (Verb.RESOLVE, State.AWAITING_PAYMENT): N_(
        "Ghi có kết quả cũng là ghi nhận đã nộp phí, thuế; đúng hạn hay quá hạn tính đến lúc này."
    ),
}
"""What an act says beside its effect where it says more in one state than in others."""
STILL_LATE: Final = N_("Hồ sơ vẫn quá hạn: tạm dừng sau ngày hẹn không đổi được điều đó.")
COUNTED_ANEW: Final = N_("Đếm lại từ đầu; hôm nay không đếm.")
ANEW_FROM_NOW: Final = N_("Tính lại từ đầu, từ lúc này.")
COUNTED_ON: Final = N_("Đếm tiếp phần còn lại.")
NOW_A_DAY_OFF: Final = N_(
    "Hồ sơ mở lại; ngày hẹn cũ nay là ngày nghỉ nên dời. Thời gian từ khi ghi kết quả vẫn tính."
)


def _if_asked(explained: Explained, found: Outlook) -> tuple[str, str]:
    if found.standing == Timeliness.OPEN_OVERDUE:
        return _held_late()
    if found.earliest is None:
        return _("Đồng hồ vẫn dừng"), ""
    return _(
        "Đồng hồ dừng, chưa có hẹn"
    ), f"{_once_brought(explained, found)} {_soonest(explained.limit, found.earliest)}"


def _held_late() -> tuple[str, str]:
    return (
        _("Đồng hồ dừng, hồ sơ vẫn quá hạn"),
        _("Tạm dừng sau ngày hẹn không làm cho hồ sơ đúng hạn."),
    )


def _once_brought(explained: Explained, found: Outlook) -> str:
    if found.restarts and explained.limit.is_at_once:
        return _("Bổ sung xong: tính lại từ đầu.")
    if found.restarts:
        limit = _(explained.limit.message, **explained.limit.values)
        return _("Bổ sung xong: đếm lại đủ %(limit)s.", limit=limit)
    if found.again:
        return _(SECOND_ONLY_PAUSES)
    if (soon := found.time_to_ask) is None:
        return _(BY_LAW_ONLY_PAUSES)
    return _(LATE_ONLY_PAUSES, soon=_(soon.message, **soon.values))


SECOND_ONLY_PAUSES: Final = N_("Chỉ tạm dừng, không đếm lại từ đầu, vì không phải lần đầu yêu cầu.")
BY_LAW_ONLY_PAUSES: Final = N_("Chỉ tạm dừng, không đếm lại từ đầu, theo quy định của thủ tục này.")
LATE_ONLY_PAUSES: Final = N_("Chỉ tạm dừng, không đếm lại từ đầu, vì quá %(soon)s từ ngày nhận.")


def _soonest(limit: Limit, earliest: datetime) -> str:
    """Return the date if the papers are there today; of a limit in hours, if they are there now."""
    if limit.is_by_the_hour:
        return _("Nếu xong ngay bây giờ, hẹn là %(day)s.", day=_to_the_hour(earliest))
    return _("Nếu xong trong hôm nay, hẹn là %(day)s.", day=full_day(local(earliest)))


def _promised(due_at: datetime, limit: Limit) -> str:
    """Return a promised date, with its hour where the limit is one of hours."""
    if limit.is_by_the_hour:
        return _("Hẹn %(day)s", day=_to_the_hour(due_at))
    return _("Hẹn %(day)s", day=_day(due_at))


def _to_the_hour(moment: datetime) -> str:
    return f"{clock(moment)}, {_day(moment)}"


def _day(moment: datetime) -> str:
    return plain_day(local(moment))

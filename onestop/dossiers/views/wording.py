"""What an act will do to the clock of a dossier, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask_babel import gettext as _

from onestop.base.filters import clock, full_day, plain_day
from onestop.base.moments import local
from onestop.base.words import N_, lower_first
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.queries.foreseeing import Outlook
from onestop.dossiers.rules.citing import LATE_APOLOGY
from onestop.dossiers.rules.states import Effect as ClockEffect
from onestop.dossiers.rules.states import State, Transition, Verb
from onestop.dossiers.rules.timing import Timeliness
from onestop.dossiers.views.offering import RUNS_ON


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
    """Return in words what a verb does to the clock of a received dossier."""
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
    count = numbers[-1] if numbers else 0
    if explained.limit.unit == Unit.MONTH:  # turned into days before it is counted
        return _("đã đếm %(days)s ngày, thời hạn %(limit)s", days=count, limit=limit)
    return _("đã đếm %(count)s trên %(limit)s", count=count, limit=limit)


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
        N_("Ngày hẹn và số liệu như trước việc vừa ghi."),
    ),
}
NOTES: Final[Mapping[tuple[Verb, State | None], str]] = {
    (Verb.RESOLVE, State.AWAITING_PAYMENT): N_(
        "Ghi có kết quả cũng là ghi nhận đã nộp phí, thuế; đúng hạn hay quá hạn tính đến lúc này."
    ),
    (Verb.REVERSE, State.RECEIVED): N_(
        "Ngày hẹn và số liệu như trước việc vừa ghi; giấy hẹn đã đưa thì thu lại."
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

"""How the verbs are offered: their keys, their buttons, and what they ask to be written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from flask_babel import gettext as _

from onestop.base.words import N_, lower_first
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.foreseeing import Outlook, restarts_if_asked
from onestop.dossiers.rules.states import Transition, Verb
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

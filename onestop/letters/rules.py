"""Which official papers there are, in which set, caused by which act, and how they are numbered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from onestop.base.words import N_, Worded
from onestop.dossiers.rules.states import Verb


class Paper(Worded):
    """An official paper, named by its meaning: the numbers of the forms shift between sets."""

    RECEIPT = "receipt", N_("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    SUPPLEMENT_REQUEST = "supplement_request", N_("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
    REFUSAL = "refusal", N_("Phiếu từ chối tiếp nhận, giải quyết hồ sơ")
    APOLOGY = "apology", N_("Phiếu xin lỗi và hẹn lại ngày trả kết quả")
    STOP_NOTICE = "stop_notice", N_("Thông báo dừng giải quyết hồ sơ")
    CONTROL_SLIP = "control_slip", N_("Phiếu kiểm soát quá trình giải quyết hồ sơ")
    HANDOVER_LIST = "handover_list", N_("Phiếu bàn giao hồ sơ")


class Sheet(Worded):
    """The size a paper is printed on: forms 01 to 05 are A5, A4 by choice."""

    A5 = "a5", N_("Khổ A5")
    A4 = "a4", N_("Khổ A4")


@dataclass(frozen=True)
class FormSet:
    """The forms of one circular: their titles, and what the shop is called on them.

    `to_compare` are papers whose labels still have to be compared with the circular's appendix.
    """

    name: str
    first_day: date
    shop: str
    symbol: str
    titles: Mapping[Paper, str]
    to_compare: frozenset[Paper]


SETS: Final = (
    FormSet(
        name="2018",
        first_day=date.min,
        shop="Bộ phận Tiếp nhận và Trả kết quả",
        symbol="BPTNTKQ",
        titles={
            Paper.RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            Paper.SUPPLEMENT_REQUEST: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            Paper.REFUSAL: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            Paper.APOLOGY: "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
            Paper.STOP_NOTICE: "Thông báo dừng giải quyết hồ sơ",
            Paper.CONTROL_SLIP: "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            Paper.HANDOVER_LIST: "Phiếu bàn giao hồ sơ",
        },
        to_compare=frozenset({Paper.APOLOGY, Paper.STOP_NOTICE, Paper.CONTROL_SLIP}),
    ),
    FormSet(
        name="2025",
        first_day=date(2025, 7, 1),
        shop="Trung tâm Phục vụ hành chính công",
        symbol="TTPVHCC",
        titles={
            Paper.RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            Paper.SUPPLEMENT_REQUEST: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            Paper.REFUSAL: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            Paper.APOLOGY: "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
            Paper.STOP_NOTICE: "Thông báo dừng giải quyết hồ sơ",
            Paper.CONTROL_SLIP: "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            Paper.HANDOVER_LIST: "Phiếu bàn giao hồ sơ",
        },
        to_compare=frozenset(Paper),
    ),
)
"""The sets of Circular 01/2018/TT-VPCP art. 9 and of Circular 03/2025/TT-VPCP, Appendix I."""

CAUSED: Final[Mapping[Verb, Paper]] = {
    Verb.RECEIVE: Paper.RECEIPT,
    Verb.ASK_COMPLETION: Paper.SUPPLEMENT_REQUEST,
    Verb.ASK_SUPPLEMENT: Paper.SUPPLEMENT_REQUEST,
    Verb.REFUSE_AT_INTAKE: Paper.REFUSAL,
    Verb.REFUSE: Paper.REFUSAL,
    Verb.APOLOGISE: Paper.APOLOGY,
    Verb.STOP: Paper.STOP_NOTICE,
    Verb.CONFIRM_WITHDRAWAL: Paper.STOP_NOTICE,
}
"""Which act causes which paper (Decree 61/2018 art. 15, 17, 19; forms.md 1 to 4, 7)."""

PREFIXES: Final[Mapping[Paper, str]] = {Paper.APOLOGY: "PXL-"}
"""What stands before the symbol of the shop in a paper's number (forms.md 4)."""

BEFORE_RECEIPT: Final = frozenset({Verb.ASK_COMPLETION, Verb.REFUSE_AT_INTAKE})
SHORTEST: Final = 2
ONE_LINE: Final = 30
DOTS: Final = "…………"


def set_of(day: date) -> FormSet:
    """Return the set of forms of a dossier received, or else submitted, on a day.

    The rule set of a dossier is the one in force then, and a later one never replaces it.
    """
    return max((one for one in SETS if one.first_day <= day), key=lambda one: one.first_day)


def caused_by(verb: Verb) -> Paper | None:
    """Return the paper that an act causes, if any."""
    return CAUSED.get(verb)


def numbered(number: int, symbol: str) -> str:
    """Return number and symbol as printed, such as `07/BPTNTKQ`.

    One series for each shop, paper and year; a number below 10 has a leading 0 (Decree 30/2020,
    Appendix I).
    """
    return f"{number:0{SHORTEST}}/{symbol}"


def halves(text: str) -> list[str]:
    """Return a long heading as two lines, broken where it reads best: before "và", after a comma.

    Without either it is broken at the blank nearest to its middle.
    """
    if len(text) <= ONE_LINE:
        return [text]
    for mark, kept in ((", ", 1), (" và ", 0)):
        place = text.find(mark)
        if place > 0:
            return [text[: place + kept], text[place + kept :].strip()]
    blanks = [place for place, letter in enumerate(text) if letter == " "]
    middle = min(blanks, key=lambda place: abs(place - len(text) / 2))
    return [text[:middle], text[middle + 1 :]]


def masked(number: str | None) -> str:
    """Return an identity number with all but its last four digits hidden, as papers print it."""
    if not number:
        return DOTS
    return "•" * (len(number) - 4) + number[-4:]


def items(reason: str | None) -> list[str]:
    """Return what a person wrote as a list: a line or a part between semicolons each."""
    parts = (reason or "").replace(";", "\n").splitlines()
    return [part.strip(" -•\t") for part in parts if part.strip(" -•\t")]

"""Which official papers there are, in which set, caused by which act, and how they are numbered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from onestop.base.words import N_, Worded
from onestop.dossiers.rules.states import State, Verb
from onestop.organisation.rules import CENTRES_FROM, shop_called


class Paper(Worded):
    """An official paper, named by its meaning: the numbers of the forms shift between sets."""

    RECEIPT = "receipt", N_("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    SUPPLEMENT_REQUEST = "supplement_request", N_("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
    REFUSAL = "refusal", N_("Phiếu từ chối tiếp nhận, giải quyết hồ sơ")
    APOLOGY = "apology", N_("Phiếu xin lỗi và hẹn lại ngày trả kết quả")
    STOP_NOTICE = "stop_notice", N_("Thông báo dừng giải quyết hồ sơ")
    CONTROL_SLIP = "control_slip", N_("Phiếu kiểm soát quá trình giải quyết hồ sơ")
    HANDOVER_LIST = "handover_list", N_("Phiếu bàn giao hồ sơ")
    FEE_NOTICE = "fee_notice", N_("Thông báo nghĩa vụ tài chính")
    PAYMENT_NOTE = "payment_note", N_("Giấy biên nhận thực hiện nghĩa vụ tài chính")
    WITHDRAWAL_NOTE = "withdrawal_note", N_("Giấy xác nhận rút hồ sơ")
    OFFICIAL_LETTER = "official_letter", N_("Công văn kèm theo phiếu từ chối")
    AUTHORISATION = "authorisation", N_("Giấy ủy quyền nhận kết quả")
    SURVEY = "survey", N_("Phiếu lấy ý kiến người nộp hồ sơ")


class Sheet(Worded):
    """The size a paper is printed on: forms 01 to 05 are A5, A4 by choice."""

    A5 = "a5", N_("Khổ A5")
    A4 = "a4", N_("Khổ A4")


@dataclass(frozen=True)
class FormSet:
    """The forms of one circular: their titles, and what the shop and its head are called on them.

    `to_compare` are papers whose labels still have to be compared with the circular's appendix;
    `articles` say on what an official letter rests, where the text of the decree was seen.
    """

    name: str
    first_day: date
    decree: str
    articles: Mapping[Verb, str]
    shop: str
    head: str
    symbol: str
    titles: Mapping[Paper, str]
    to_compare: frozenset[Paper]


OF_NO_CIRCULAR: Final = {
    Paper.FEE_NOTICE: "Thông báo nghĩa vụ tài chính",
    Paper.PAYMENT_NOTE: "Giấy biên nhận thực hiện nghĩa vụ tài chính",
    Paper.WITHDRAWAL_NOTE: "Giấy xác nhận rút hồ sơ",
    Paper.OFFICIAL_LETTER: "Công văn kèm theo phiếu từ chối",
    Paper.AUTHORISATION: "Giấy ủy quyền nhận kết quả",
    Paper.SURVEY: "Phiếu lấy ý kiến về việc giải quyết thủ tục hành chính",
}
"""Papers for which neither circular has a form (forms.md 7): no appendix to compare them with."""

SETS: Final = (
    FormSet(
        name="2018",
        first_day=date.min,
        decree="Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ",
        articles={
            Verb.REFUSE_AT_INTAKE: "điểm b khoản 1 Điều 17",
            Verb.REFUSE: "khoản 8 Điều 19",
        },
        shop=shop_called(date.min),
        head="Trưởng bộ phận",
        symbol="BPTNTKQ",
        titles={
            Paper.RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            Paper.SUPPLEMENT_REQUEST: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            Paper.REFUSAL: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            Paper.APOLOGY: "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
            Paper.STOP_NOTICE: "Thông báo dừng giải quyết hồ sơ",
            Paper.CONTROL_SLIP: "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            Paper.HANDOVER_LIST: "Phiếu bàn giao hồ sơ",
            **OF_NO_CIRCULAR,
        },
        to_compare=frozenset({Paper.APOLOGY, Paper.STOP_NOTICE, Paper.CONTROL_SLIP}),
    ),
    FormSet(
        name="2025",
        first_day=CENTRES_FROM,
        decree="Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ",
        articles={},
        shop=shop_called(CENTRES_FROM),
        head="Giám đốc",
        symbol="TTPVHCC",
        titles={
            Paper.RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            Paper.SUPPLEMENT_REQUEST: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            Paper.REFUSAL: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            Paper.APOLOGY: "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
            Paper.STOP_NOTICE: "Thông báo dừng giải quyết hồ sơ",
            Paper.CONTROL_SLIP: "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            Paper.HANDOVER_LIST: "Phiếu bàn giao hồ sơ",
            **OF_NO_CIRCULAR,
        },
        to_compare=frozenset(set(Paper) - set(OF_NO_CIRCULAR)),
    ),
)
"""The sets of Circular 01/2018/TT-VPCP art. 9 and of Circular 03/2025/TT-VPCP, Appendix I."""

CAUSED: Final[Mapping[Verb, tuple[Paper, ...]]] = {
    Verb.RECEIVE: (Paper.RECEIPT, Paper.AUTHORISATION, Paper.SURVEY),
    Verb.ASK_COMPLETION: (Paper.SUPPLEMENT_REQUEST, Paper.SURVEY),
    Verb.ASK_SUPPLEMENT: (Paper.SUPPLEMENT_REQUEST, Paper.SURVEY),
    Verb.REFUSE_AT_INTAKE: (Paper.REFUSAL, Paper.OFFICIAL_LETTER, Paper.SURVEY),
    Verb.REFUSE: (Paper.REFUSAL, Paper.OFFICIAL_LETTER, Paper.SURVEY),
    Verb.APOLOGISE: (Paper.APOLOGY,),
    Verb.EXTEND: (Paper.RECEIPT,),
    Verb.STOP: (Paper.STOP_NOTICE,),
    Verb.CONFIRM_WITHDRAWAL: (Paper.STOP_NOTICE, Paper.WITHDRAWAL_NOTE),
    Verb.ASK_PAYMENT: (Paper.FEE_NOTICE,),
    Verb.NOTE_PAYMENT: (Paper.PAYMENT_NOTE,),
    Verb.RETURN: (Paper.SURVEY,),
}
"""Which act causes which papers, the first by itself (Decree 61/2018 art. 15, 17, 19; forms.md).

A slip to be asked by goes with forms 01, 02 and 03 (Circular 01/2018 art. 12 to 15), and out with
the result. What was extended has an appointment slip anew, with hour and date: form 01 (Circular
01/2020/TT-BTP art. 2).
"""

PAPERS_OF_ACTS: Final = tuple(dict.fromkeys(one for caused in CAUSED.values() for one in caused))
"""The kinds of papers that a dossier can have by its history, the receipt first."""

PAID_AT_THE_END: Final = (Verb.RESOLVE, State.AWAITING_PAYMENT)
"""A result that was ready while its fee was awaited: paid when it is recorded (rules.md 11.3)."""

ON_WISH: Final = frozenset({Paper.OFFICIAL_LETTER, Paper.AUTHORISATION, Paper.SURVEY})
"""Papers that an act may have beside its own: a print of many leaves them out."""

OF_THE_DOSSIER: Final = frozenset({Paper.AUTHORISATION, Paper.SURVEY})
"""Papers that say the same whichever act they go with: offered once.

They bear no number: the one is the applicant's own, the other must not tell who answered.
"""

ALWAYS_A4: Final = frozenset({Paper.OFFICIAL_LETTER})
"""Decree 30/2020, Appendix I: a letter is A4; A5 is for slips and receipts."""

SYMBOLS: Final[Mapping[Paper, str]] = {
    Paper.SUPPLEMENT_REQUEST: "HDHS",
    Paper.APOLOGY: "PXL-{shop}",
    Paper.FEE_NOTICE: "TB-{shop}",
}
"""The symbol in a paper's number where it is not the `shop`'s (forms.md 2, 4; Decree 30/2020)."""

BEFORE_RECEIPT: Final = frozenset({Verb.ASK_COMPLETION, Verb.REFUSE_AT_INTAKE})
SHORTEST: Final = 2
ONE_LINE: Final = 30
BREAKS: Final = (
    " hoàn thiện ", " gia hạn ", " và ", " về việc ", " quá trình ", " thực hiện ", " giải quyết ",
)  # fmt: skip
"""Before what a heading is broken, the best first; never within a word of two syllables."""
DOTS: Final = "…………"


def set_of(day: date) -> FormSet:
    """Return the set of forms of a dossier received, or else submitted, on a day.

    The rule set of a dossier is the one in force then, and a later one never replaces it.
    """
    return max((one for one in SETS if one.first_day <= day), key=lambda one: one.first_day)


def caused_by(verb: Verb, from_state: State | None) -> tuple[Paper, ...]:
    """Return the papers that an act causes from a state, those printed on wish last."""
    if (verb, from_state) == PAID_AT_THE_END:
        return (Paper.PAYMENT_NOTE,)
    return CAUSED.get(verb, ())


def printed_on(paper: Paper, asked: Sheet) -> Sheet:
    """Return the size on which a paper is printed, as asked for or as its form wants it."""
    return Sheet.A4 if paper in ALWAYS_A4 else asked


def printed_number(paper: Paper, number: int, symbol: str) -> str:
    """Return the number that a paper bears, or nothing on one that bears none."""
    if paper in OF_THE_DOSSIER:
        return ""
    return numbered(number, SYMBOLS.get(paper, "{shop}").format(shop=symbol))


def numbered(number: int, symbol: str) -> str:
    """Return number and symbol as printed, such as `07/BPTNTKQ`.

    One series for each shop, paper and year; a number below 10 has a leading 0 (Decree 30/2020,
    Appendix I).
    """
    return f"{number:0{SHORTEST}}/{symbol}"


def halves(text: str) -> list[str]:
    """Return a long heading as two lines, broken where it reads best: `BREAKS` in their order.

    Without any of them it is broken at the blank nearest to its middle.
    """
    if len(text) <= ONE_LINE:
        return [text]
    place = next((place for mark in BREAKS if (place := text.find(mark)) > 0), 0)
    if not place:
        blanks = [place for place, letter in enumerate(text) if letter == " "]
        place = min(blanks, key=lambda place: abs(place - len(text) / 2))
    return [text[:place].rstrip(), text[place:].strip()]


def items(reason: str | None) -> list[str]:
    """Return what a person wrote as a list: each line an item, whatever marks are within it."""
    bare = (LEADING.sub("", line.strip(" -•;\t"), count=1) for line in (reason or "").splitlines())
    return [part for part in bare if part]


LEADING: Final = re.compile(r"^(?:\d{1,2}[.)]|[a-zđ]\))\s+")
"""The number that a person put before an item: papers number their items themselves."""


FIGURES: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS: Final = ("", " nghìn", " triệu")
BILLION: Final = 10**9


def in_words(amount: int) -> str:
    """Return a whole amount in words, as papers repeat a sum: "một trăm linh năm nghìn"."""
    if amount < 0:
        raise ValueError("nobody owes less than nothing")
    above, rest = divmod(amount, BILLION)
    told = [in_words(above) + " tỷ"] if above else []
    for place in (2, 1, 0):
        group = rest // 1000**place % 1000
        if group:
            told.append(_hundreds(group, is_led=bool(told)) + GROUPS[place])
    return " ".join(told) or FIGURES[0]


def _hundreds(group: int, *, is_led: bool) -> str:
    # Behind a greater group an absent hundred is said: 1.005, "một nghìn không trăm linh năm".
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    told = [f"{FIGURES[hundreds]} trăm"] if hundreds or is_led else []
    if tens > 1:
        told.append(f"{FIGURES[tens]} mươi")
    elif tens == 1:
        told.append("mười")
    elif ones and told:
        told.append("linh")
    if ones:
        told.append(AFTER_TENS.get((min(tens, 2), ones), FIGURES[ones]))
    return " ".join(told)


AFTER_TENS: Final = {(1, 5): "lăm", (2, 1): "mốt", (2, 5): "lăm"}
"""What one and five are called behind ten, or behind a multiple of it."""

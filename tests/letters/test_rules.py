from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.dossiers.rules.states import State, Verb
from onestop.letters.rules import (
    FIGURES,
    OF_NO_CIRCULAR,
    Paper,
    caused_by,
    halves,
    in_words,
    items,
    numbered,
    printed_number,
    set_of,
)


@pytest.mark.parametrize(
    ("day", "name", "symbol", "why"),
    [
        (date(2018, 7, 1), "2018", "BPTNTKQ", "before the circular its forms are the nearest"),
        (date(2021, 3, 1), "2018", "BPTNTKQ", "Circular 01/2018"),
        (date(2025, 6, 30), "2018", "BPTNTKQ", "the last day of Decree 61/2018"),
        (date(2025, 7, 1), "2025", "TTPVHCC", "Decree 118/2025: the shop is a centre"),
    ],
)
def test_a_dossier_keeps_the_forms_of_the_day_it_was_received(
    day: date, name: str, symbol: str, why: str
) -> None:
    found = set_of(day)
    assert (found.name, found.symbol) == (name, symbol), why
    assert set(found.titles) == set(Paper), "every paper has a title in every set"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Bộ phận Tiếp nhận và Trả kết quả", ["Bộ phận Tiếp nhận", "và Trả kết quả"]),
        (
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            ["Phiếu yêu cầu bổ sung,", "hoàn thiện hồ sơ"],
        ),
        (
            "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            ["Phiếu từ chối tiếp nhận", "giải quyết hồ sơ"],
        ),
        (
            "Giấy biên nhận thực hiện nghĩa vụ tài chính",
            ["Giấy biên nhận", "thực hiện nghĩa vụ tài chính"],
        ),
        ("Trung tâm Phục vụ hành chính công", ["Trung tâm Phục vụ", "hành chính công"]),
        ("Phiếu ngắn", ["Phiếu ngắn"]),
    ],
)
def test_a_long_heading_is_broken_where_it_reads_best(text: str, lines: list[str]) -> None:
    assert halves(text) == lines


@pytest.mark.parametrize(
    ("number", "printed"),
    [(1, "01/BPTNTKQ"), (9, "09/BPTNTKQ"), (10, "10/BPTNTKQ"), (123, "123/BPTNTKQ")],
)
def test_a_number_below_ten_has_a_leading_zero(number: int, printed: str) -> None:
    assert numbered(number, "BPTNTKQ") == printed


@pytest.mark.parametrize(
    ("paper", "printed"),
    [
        (Paper.RECEIPT, "07/TTPVHCC"),
        (Paper.SUPPLEMENT_REQUEST, "07/HDHS"),
        (Paper.APOLOGY, "07/PXL-TTPVHCC"),
        (Paper.FEE_NOTICE, "07/TB-TTPVHCC"),
        (Paper.SURVEY, ""),
    ],
)
def test_a_number_ends_in_the_symbol_of_its_paper_or_else_of_the_shop(
    paper: Paper, printed: str
) -> None:
    assert printed_number(paper, 7, "TTPVHCC") == printed


@pytest.mark.parametrize(
    ("reason", "listed"),
    [
        ("Thiếu tờ khai", ["Thiếu tờ khai"]),
        ("- Tờ khai\n- Bản sao; ảnh", ["Tờ khai", "Bản sao; ảnh"]),
        ("1. Tờ khai\n2) Bản sao 2.000 đ\n b) ảnh", ["Tờ khai", "Bản sao 2.000 đ", "ảnh"]),
        ("23/2015/NĐ-CP; 3.5 tấn", ["23/2015/NĐ-CP; 3.5 tấn"]),
        (" \n;", []),
        (None, []),
    ],
)
def test_what_was_written_becomes_a_list(reason: str | None, listed: list[str]) -> None:
    assert items(reason) == listed


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (8_000, "tám nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_010_000, "một triệu không trăm mười nghìn"),
        (25_555_000, "hai mươi lăm triệu năm trăm năm mươi lăm nghìn"),
        (10**9 + 5, "một tỷ không trăm linh năm"),
        (10**12, "một nghìn tỷ"),
    ],
)
def test_a_sum_is_repeated_in_words(amount: int, words: str) -> None:
    assert in_words(amount) == words


SAID = {word: value for value, word in enumerate(FIGURES)} | {"mốt": 1, "lăm": 5}
LARGE = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def heard(words: str) -> int:
    """Return the amount that somebody writes down who is told it."""
    done, group, digit = 0, 0, 0
    for word in [*words.split(), "."]:
        if word in SAID:
            digit = SAID[word]
        elif word == "trăm":
            group, digit = digit * 100, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "mười":
            group += 10
        elif word == "tỷ":
            done, group, digit = (done + group + digit) * LARGE[word], 0, 0
        elif word in LARGE:
            done, group, digit = done + (group + digit) * LARGE[word], 0, 0
    return done + group + digit


@given(st.integers(0, 10**12))
def test_a_sum_in_words_is_the_sum_in_figures(amount: int) -> None:
    assert heard(in_words(amount)) == amount
    assert "  " not in in_words(amount)


def test_papers_of_no_circular_have_no_appendix_to_be_compared_with() -> None:
    later = set_of(date(2025, 7, 1))
    assert Paper.RECEIPT in later.to_compare
    assert not later.to_compare & set(OF_NO_CIRCULAR)


CAUSES = [
    (Verb.RECEIVE, [Paper.RECEIPT, Paper.AUTHORISATION, Paper.SURVEY], "form 01"),
    (Verb.ASK_COMPLETION, [Paper.SUPPLEMENT_REQUEST, Paper.SURVEY], "form 02, before receipt"),
    (Verb.ASK_SUPPLEMENT, [Paper.SUPPLEMENT_REQUEST, Paper.SURVEY], "form 02"),
    (Verb.REFUSE_AT_INTAKE, [Paper.REFUSAL, Paper.OFFICIAL_LETTER, Paper.SURVEY], "form 03"),
    (Verb.REFUSE, [Paper.REFUSAL, Paper.OFFICIAL_LETTER, Paper.SURVEY], "form 03, as a result"),
    (Verb.APOLOGISE, [Paper.APOLOGY], "form 04"),
    (Verb.EXTEND, [Paper.RECEIPT], "a slip with hour and date, Circular 01/2020/TT-BTP art. 2"),
    (Verb.STOP, [Paper.STOP_NOTICE], "the applicant is told that nothing follows"),
    (Verb.CONFIRM_WITHDRAWAL, [Paper.STOP_NOTICE, Paper.WITHDRAWAL_NOTE], "and what goes back"),
    (Verb.ASK_PAYMENT, [Paper.FEE_NOTICE], "what is to be paid"),
    (Verb.NOTE_PAYMENT, [Paper.PAYMENT_NOTE], "what was paid"),
    (Verb.RETURN, [Paper.SURVEY], "how it was is asked at the end"),
]


@pytest.mark.parametrize(("verb", "papers", "why"), CAUSES)
def test_each_act_causes_its_papers_the_one_of_the_circular_first(
    verb: Verb, papers: list[Paper], why: str
) -> None:
    assert list(caused_by(verb, State.IN_PROGRESS)) == papers, why


def test_no_other_act_causes_a_paper_but_a_result_that_waited_for_its_fee() -> None:
    silent = set(Verb) - {row[0] for row in CAUSES}
    assert not [verb for verb in silent if caused_by(verb, State.IN_PROGRESS)]
    paid = {verb: caused_by(verb, State.AWAITING_PAYMENT) for verb in silent}
    assert {verb: papers for verb, papers in paid.items() if papers} == {
        Verb.RESOLVE: (Paper.PAYMENT_NOTE,)
    }

"""The code of a citizen identity card: what it fills in, and why a damaged one is refused."""

from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.dossiers.rules.cards import Card, card, is_card

WHOLE = "999186004417|111222333|Nguyễn Thị Thí Dụ|01021986|Nữ|Thôn Yên Kiện, Ngọc Hồi|02032022"
TODAY = date(2026, 11, 23)


def card_of(text: str) -> Card:
    return card(text, today=TODAY)


def test_a_card_tells_number_name_and_address() -> None:
    read = card_of(WHOLE)
    assert (read.number, read.older) == ("999186004417", "111222333")
    assert (read.name, read.address) == ("Nguyễn Thị Thí Dụ", "Thôn Yên Kiện, Ngọc Hồi")


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("111222333", "", "a first card has none before it"),
        ("|02032022", "|02032022|||", "newer cards add fields behind"),
        ("Thôn Yên Kiện, Ngọc Hồi", "", "an address may be missing"),
        ("Nữ", "nữ", "the sex in small letters"),
        ("Nguyễn Thị", "  Nguyễn  Thị", "blanks that a scanner adds"),
    ],
)
def test_what_cards_differ_in_is_read(was: str, becomes: str, why: str) -> None:
    assert card_of(WHOLE.replace(was, becomes)).name == "Nguyễn Thị Thí Dụ", why


def test_letters_and_marks_that_a_scanner_types_apart_are_put_together() -> None:
    assert card_of(normalize("NFD", WHOLE)) == card_of(WHOLE)


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("|02032022", "", "đang có 6"),
        ("999186004417", "99918600441", "12 chữ số"),
        ("999186004417", "111222333", "12 chữ số"),
        ("999186004417", "99918600441x", "chỉ gồm chữ số"),
        ("Nguyễn Thị Thí Dụ", "", "không có họ tên"),
        ("01021986", "31021986", "không có thật"),
        ("01021986", "1021986", "không có thật"),
        ("02032022", "0203-022", "không có thật"),
        ("02032022", "02032041", "ngày cấp không thể có"),
        ("02032022", "01021986", "ngày cấp không thể có"),
        ("|Nữ|", "|Nam|", "không khớp"),
        ("01021986", "01022006", "không khớp"),
        ("01021986", "01021987", "không khớp"),
        ("999186004417", "999386004417", "năm sinh 2086"),
        ("111222333", "1112", "Số căn cước có 12 chữ số"),
    ],
)
def test_a_damaged_code_is_refused_with_its_reason(was: str, becomes: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refused:
        card_of(WHOLE.replace(was, becomes))
    assert refused.value.field == "id_number"


@given(st.text(alphabet="|0123456789 Nữam\u202e٣", max_size=80))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    if is_card(text):
        try:
            read = card_of(text)
        except Refusal:
            return
        assert read.number in text.replace(" ", "").replace(".", "")

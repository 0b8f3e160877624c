"""Under which words a dossier is found, and what is meant by what somebody types."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.filters import grouped
from onestop.dossiers.rules.finding import (
    beginnings,
    is_begun,
    is_whole,
    newest_ages,
    search_words,
    typed,
)
from tests.dossiers.given import APPLICANT


def test_a_dossier_is_found_by_code_name_and_numbers_and_by_their_ends() -> None:
    applicant = replace(APPLICANT, name="Đỗ Thị Én", id_number="999091000123", phone="0600123456")
    assert set(search_words("H26.91.27-210105-0012", applicant).split()) == {
        "h26", "91", "27", "210105", "0012", "12", "r501012", "r2100501012",
        "do", "thi", "en",
        "999091000123", "r321000190999", "0600123456", "r6543210060",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nguyễn  VĂN an", ("an", "nguyen", "van")),
        ("H26.91.27-210105-0012", ("2101050012", "27", "91", "h26")),
        ("26.91.27-2611", ("2611", "27", "91", "h26")),
        ("an 26.91.27-210105-0012", ("2101050012", "27", "91", "an", "h26")),
        ("26.91", ("26", "91")),
        ("210105-00", ("00", "210105")),
        ("0105-12", ("0105", "12")),
        ("0912 345 678", ("0912345678",)),
        ("0912.345.678 an", ("0912345678", "an")),
        ("+84 912 345 678", ("0912345678",)),
        ("001 091 000 123", ("001091000123",)),
        ("210105 0012", ("0012", "210105")),
        ("12 0912 345 678 an", ("0912345678", "12", "an")),
        ("0912 345 6789", ("0912", "345", "6789")),
        ("000.00.05.G13-210105-0012", ("00", "000", "05", "2101050012", "g13")),
        ("§17 §a", ("17", "a")),
        (" . ", ()),
    ],
)
def test_what_is_typed_in_groups_is_one_number(text: str, words: tuple[str, ...]) -> None:
    assert typed(text) == words


@given(st.from_regex("0?[1-9][0-9]{8,12}", fullmatch=True))
def test_a_number_is_found_by_what_a_page_shows_of_it(digits: str) -> None:
    assert typed(grouped(digits)) == (digits,)


@given(st.from_regex("[a-z0-9]{1,12}", fullmatch=True), st.integers(1, 12))
def test_an_index_of_beginnings_holds_each_that_it_says_it_holds(word: str, end: int) -> None:
    begun = word[:end]
    is_backwards = word[0] == "r" and word[1:].isdigit()
    if is_begun(begun) and not is_whole(begun) and begun.isdigit() == word.isdigit():
        assert is_backwards or f"0{begun}" in beginnings(word).split()


def test_the_newest_are_asked_for_by_ever_longer_ages_short_of_all() -> None:
    assert newest_ages(1 << 16, (2, 16)) == []
    assert newest_ages(17 << 16, (2, 16)) == [
        ["§b17", "§b16"],
        [f"§b{number}" for number in range(17, 1, -1)],
    ]

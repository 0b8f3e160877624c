"""How many originals and copies of each paper lie in a dossier."""

import pytest

from onestop.catalogue.rules import Copies, Paper
from onestop.dossiers.rules.papers import copies_of, counted, laid_in, shown


@pytest.mark.parametrize(
    ("name", "usual", "why"),
    [
        ("Tờ khai đăng ký khai sinh", (1, 0), "a form that is filled in"),
        ("Bản gốc Giấy chứng nhận", (1, 0), "an original"),
        ("Bản chính giấy tờ, văn bản", (1, 0), "an original"),
        ("Bản sao giấy khai sinh", (0, 1), "a copy"),
        ("Bản sao cần chứng thực", (0, 1), "a copy"),
        ("Sao y giấy chứng nhận", (0, 1), "a copy by another name"),
        ("Hai bộ bản vẽ thiết kế xây dựng", (2, 0), "its name says how many"),
        ("02 bản sao hộ chiếu", (0, 2), "its name says how many"),
        ("Giấy tờ tùy thân (xuất trình)", (0, 0), "shown and taken home again"),
        ("Bản khai có bản sao kèm theo", (1, 0), "what is beside it is another paper"),
    ],
)
def test_a_name_says_how_many_are_handed_in(name: str, usual: Copies, why: str) -> None:
    assert Paper(name).usual == usual, why


def test_only_what_was_brought_is_counted() -> None:
    papers = [Paper("Tờ khai"), Paper("Bản sao giấy khai sinh"), Paper("Ảnh")]
    kept = laid_in(papers, frozenset({0, 1}), {1: (0, 3), 2: (4, 4)})
    assert [copies_of(one) for one in kept] == [(1, 0), (0, 3), None]


def test_what_is_typed_stands_where_it_was_typed() -> None:
    papers = [Paper("Tờ khai"), Paper("Bản sao giấy khai sinh")]
    assert shown(papers, [], []) == [("1", "0"), ("0", "1")]
    assert shown(papers, ["x"], ["2"]) == [("x", "2"), ("0", "1")]
    assert counted(["2", ""], ["", " "]) == {0: (2, 0)}, "nothing typed is nothing counted"

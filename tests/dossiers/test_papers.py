"""How many originals and copies of each paper lie in a dossier."""

import pytest

from onestop.base.errors import Refusal
from onestop.catalogue.rules.papers import KINDS, Copies, Paper
from onestop.dossiers.rules.papers import (
    Amounts,
    copies_of,
    counted,
    laid_in,
    sets_typed,
    shown,
    wanted,
)


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


@pytest.mark.parametrize(("typed", "sets"), [("", None), (None, None), ("2", 2), (" 03 ", 3)])
def test_as_many_sets_as_were_typed_or_as_usual(typed: str | None, sets: int | None) -> None:
    assert sets_typed(typed) == sets


@pytest.mark.parametrize("typed", ["0", "-1", "x", "100", "²"])
def test_a_dossier_has_one_set_at_least_and_no_absurd_number(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        sets_typed(typed)
    assert refused.value.field == "papers"


@pytest.mark.parametrize(
    ("name", "first", "why"),
    [
        ("Tờ khai đăng ký khai sinh", "1 bản chính", "an original"),
        ("Bản sao giấy khai sinh", "1 bản chứng thực", "a copy is asked for certified"),
        ("Bản chụp hộ chiếu", "1 bản photo", "but for one that is plain by its name"),
        ("Hai bộ bản vẽ thiết kế", "2 bản chính", "as many as are handed in"),
        ("Giấy tờ tùy thân (xuất trình)", "1 bản chính", "what is shown is an original"),
    ],
)
def test_a_paper_is_asked_for_as_its_name_says_and_in_two_other_ways(
    name: str, first: str, why: str
) -> None:
    asked = Paper(name).asked_for
    assert asked[0] == f"{name}: {first}", why
    assert [one.name for one in map(wanted, asked)] == [name] * len(KINDS)
    assert len({one.amounts for one in map(wanted, asked)}) == len(KINDS)


@pytest.mark.parametrize(
    ("line", "name", "amounts"),
    [
        ("Giấy khai sinh: 1 bản chính", "Giấy khai sinh", (1, 0, 0)),
        ("Giấy khai sinh (02 bản sao có chứng thực)", "Giấy khai sinh", (0, 2, 0)),
        ("Hộ chiếu – 1 bản chính, 2 bản photo.", "Hộ chiếu", (1, 0, 2)),
        ("Hộ chiếu: 1 bản sao y và 1 bản chụp", "Hộ chiếu", (0, 1, 1)),
        ("Tờ khai (nếu có): 1 bản gốc", "Tờ khai (nếu có)", (1, 0, 0)),
        ("Giấy A: 1 bản chính: 3 bản photo", "Giấy A: 1 bản chính", (0, 0, 3)),
        ("Ảnh 3x4: 2 bản sao", "Ảnh 3x4: 2 bản sao", None),
        ("Thiếu 1 bản chính tờ khai", "Thiếu 1 bản chính tờ khai", None),
        ("Tờ khai chưa ký; 1 bản chính", "Tờ khai chưa ký; 1 bản chính", None),
        (": 1 bản chính", ": 1 bản chính", None),
        ("Hộ chiếu: 100 bản chính", "Hộ chiếu: 100 bản chính", None),
    ],
)
def test_a_line_says_how_many_are_asked_for_or_is_a_name_as_a_whole(
    line: str, name: str, amounts: Amounts | None
) -> None:
    found = wanted(line)
    assert (found.name, found.amounts) == (name, amounts)

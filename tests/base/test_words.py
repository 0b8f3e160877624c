"""Words as they are searched and shown."""

import pytest

from onestop.base.words import Worded, fold, marked

NAME = "Chứng thực bản sao Đơn xin"


@pytest.mark.parametrize(
    ("typed", "found", "why"),
    [
        ("chung thuc", ["Chứng", "thực"], "marks are not needed"),
        ("sao chu", ["Chứ", "sao"], "in any order, as far as it was typed"),
        ("ĐƠN", ["Đơn"], "whatever the case"),
        ("hứng", [], "only from the beginning of a word"),
        ("", [], "nothing typed, nothing marked"),
        ("b ban", ["bản"], "the longest of two"),
    ],
)
def test_what_was_typed_is_marked_in_what_was_found(typed: str, found: list[str], why: str) -> None:
    pieces = marked(NAME, typed)
    assert [piece for piece, is_typed in pieces if is_typed] == found, why
    assert "".join(piece for piece, _ in pieces) == NAME


@pytest.mark.parametrize(
    ("written", "typed", "why"),
    [
        ("Đặng Đình Đức", "dang dinh duc", "đ is no composed letter"),
        ("Nguyễn Văn A", "nguyen van a", "marks are not needed"),
        ("Nguyê\u0303n", "nguyen", "nor whether they were typed apart"),
        ("H26.91", "h26.91", "codes stay what they are"),
    ],
)
def test_whatever_is_written_is_found_as_people_type_it(written: str, typed: str, why: str) -> None:
    assert fold(written) == fold(typed) == typed, why


class Colour(Worded):
    RED = "red", "đỏ"
    BLUE = "blue", "xanh"


@pytest.mark.parametrize("sent", [None, "", "green", "RED", "đỏ"])
def test_a_value_that_no_member_has_is_not_known(sent: str | None) -> None:
    assert Colour.known(sent) is None


def test_a_member_is_known_by_its_value() -> None:
    assert [Colour.known(one.value) for one in Colour] == [*Colour]
    assert Colour.of("blue") is Colour.BLUE
    with pytest.raises(ValueError, match="'green' is no Colour"):
        Colour.of("green")

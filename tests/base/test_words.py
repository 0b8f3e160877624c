"""Words as they are searched and shown."""

import pytest

from onestop.base.words import marked

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

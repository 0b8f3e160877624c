import pytest

from onestop.base.asked import is_plain, plain


def test_no_mark_that_is_no_text_can_be_printed() -> None:
    """A text that can be printed is left as it is without a look for such marks."""
    marks = [mark for mark in map(chr, range(0x11000)) if not is_plain(mark)]
    assert marks
    assert not any(mark.isprintable() for mark in marks)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("hai\r\ndòng\t", "hai\r\ndòng\t"),
        ("a\0b\x7f\ud800c\uffff", "abc"),
        ("\u200eA\0", "\u200eA"),
    ],
)
def test_a_text_loses_only_what_is_no_text(text: str, kept: str) -> None:
    assert plain(text) == kept

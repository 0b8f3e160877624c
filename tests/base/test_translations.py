"""English stands complete beside Vietnamese, and says one thing as one."""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from babel.messages.catalog import Catalog
from flask import render_template_string
from flask_babel import gettext, lazy_gettext

from onestop.base.languages import counted_by
from tests.base.given import reader
from tests.translations import FILE, MARKS, PACKAGE, canonical, forms, known, spoken

PLACEHOLDER: Final = re.compile(r"%(?:\(\w+\)[sd]|%)")
LETTER: Final = re.compile(r"[^\W\d_]")
# Vietnamese without a mark: short words, and the letters of weekdays.
UNMARKED: Final = frozenset(
    {"c/K", "CN", "T2", "T3", "T4", "T5", "T6", "T7", "TT", "Chia theo"}
    | {"Sau khi ghi", "Thanh tra", "Theo %(key)s", "Trang", "Trang sau", "Xem", "ngay", "xong"}
)


@cache
def english() -> Catalog:
    return known()


def says(sentence: str) -> tuple[str, str]:
    message = english().get(sentence)
    return forms(message) if message else ("", "")


def translated() -> Iterator[tuple[str, str]]:
    """Yield each sentence with its English, one after the other where it has two forms."""
    for sentence in spoken():
        yield from ((sentence, text) for text in says(sentence) if text)


def test_every_sentence_of_the_product_has_its_english() -> None:
    assert not [one for one in spoken() if "" in says(one)], "run python -m tests.translations"


def test_no_english_is_left_of_what_nobody_says_any_more() -> None:
    left = {m.id if isinstance(m.id, str) else m.id[0] for m in english() if m.id}
    assert left == set(spoken())
    assert not english().obsolete


def test_the_file_is_in_the_one_form_that_the_command_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == canonical(spoken(), english())


def test_nothing_is_left_unsure() -> None:
    assert not [message.id for message in english() if message.fuzzy]


def test_english_fills_in_what_vietnamese_fills_in() -> None:
    for sentence, text in translated():
        wanted, found = (Counter(PLACEHOLDER.findall(one)) for one in (sentence, text))
        # "The one procedure" need not say its number.
        is_singular = counted_by(sentence) and text == says(sentence)[0]
        assert found <= wanted if is_singular else found == wanted, (sentence, text)


def test_english_says_nothing_in_vietnamese() -> None:
    for sentence, text in translated():
        assert not vietnamese(text), (sentence, text)


def test_only_vietnamese_is_marked_for_translation() -> None:
    for sentence in spoken():
        assert vietnamese(sentence) or sentence in UNMARKED, sentence


def test_no_sentence_is_marked_where_the_extraction_cannot_see_it() -> None:
    # Inside an f-string a mark is only found by Python 3.12 and later.
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                inside = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
                marked = [one for one in inside if _is_mark(one)]
                assert not marked, f"{file}:{node.lineno}"


def _is_mark(call: ast.Call) -> bool:
    is_text = bool(call.args) and isinstance(call.args[0], ast.Constant)
    return is_text and isinstance(call.func, ast.Name) and call.func.id in MARKS


def test_english_begins_and_ends_as_vietnamese_does() -> None:
    for sentence, text in translated():
        assert text.strip() == text or text[-1] == sentence[-1] == " ", sentence
        assert (text[-1] in ".?:…") == (sentence[-1] in ".?:…"), (sentence, text)


def test_english_has_one_apostrophe_and_cites_a_decree_whole() -> None:
    for _sentence, text in translated():
        assert not re.search(r"[a-z]'[a-z ]", text), text
        assert not re.search(r"Decree \d+/\d{4}(?!/ND-CP)", text), text


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 working day"),
        (3, "3 working days"),
        ("1", "1 working day"),
        ("1,001", "1,001 working"),
    ],
)
def test_one_is_said_as_one(count: object, said: str) -> None:
    sentence = "%(count)s ngày làm việc"
    with reader("en"):
        assert gettext(sentence, count=count).startswith(said)
        assert str(lazy_gettext(sentence, count=count)).startswith(said)
        told = render_template_string(
            "{{ _('%(count)s ngày làm việc', count=count) }}", count=count
        )
        assert told.startswith(said)
    with reader("vi"):
        assert gettext(sentence, count=count) == f"{count} ngày làm việc"


def test_the_first_number_of_a_sentence_decides_and_only_where_it_counts() -> None:
    assert counted_by("%(count)d hồ sơ") == "count"
    assert counted_by("%(hours)d giờ %(minutes)d phút") == "hours"
    assert counted_by("Dòng %(row)d: %(count)d lỗi") is None
    assert counted_by("Hồ sơ") is None


def test_what_a_template_fills_in_cannot_bring_markup() -> None:
    with reader("en"):
        told = render_template_string("{{ _('Không thấy “%(text)s”', text='<b>') }}")
        assert told == "Nothing found for “&lt;b&gt;”"


def vietnamese(text: str) -> bool:
    """Say whether `text` has a letter that English does not."""
    plain = unicodedata.normalize("NFD", text)
    return any(mark in "đĐ" or unicodedata.combining(mark) for mark in plain)

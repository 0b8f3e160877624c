import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import TemplateNotFound
from markupsafe import Markup

import onestop
from onestop.base.languages import language
from onestop.base.memory import Remembered
from tests.base.given import reader

PACKAGE = Path(onestop.__file__).parent


def test_what_is_remembered_is_drawn_once_in_each_language() -> None:
    drawn: list[str] = []

    def draw(name: str) -> Markup:
        drawn.append(name)
        return Markup("{}: {}").format(language(), name)

    badge = Remembered(draw)
    for spoken in ("vi", "en"):
        with reader(spoken):
            assert badge("mark") == badge("mark") == f"{spoken}: mark"
            assert badge.speaking(spoken)("mark") == f"{spoken}: mark"
    assert drawn == ["mark", "mark"]


def test_words_of_a_template_are_safe_and_what_is_put_into_them_is_not() -> None:
    with reader():
        said = render_template_string(
            "{{ _('<b>%(name)s</b> 100 %%', name='<i>') }}{{ _('5 %%') }}"
        )
    assert said == "<b>&lt;i&gt;</b> 100 %5 %"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Markup("<b>"), "<b>"),
        ("<b>'\"&", "&lt;b&gt;&#39;&#34;&amp;"),
        (5, "5"),
        (None, "None"),
    ],
)
def test_what_a_page_writes_is_safe_whatever_it_is(value: object, written: str) -> None:
    with reader():
        assert render_template_string("{{ value }}", value=value) == written
        assert render_template_string("a {{ value }} b", value=value) == f"a {written} b"


def test_a_template_is_read_once(app: Flask) -> None:
    page = "base/layout.html"
    assert app.jinja_env.get_template(page) is app.jinja_env.get_template(page)
    with pytest.raises(TemplateNotFound):
        app.jinja_env.get_template("base/no.html")


def test_a_page_shares_its_macros_with_all_others() -> None:
    apart = [page for page in PACKAGE.rglob("*.html") if "with context" in page.read_text("utf-8")]
    assert not apart, "a macro imported with the context is made anew for every answer"


def test_no_page_calls_what_asks_for_its_context(app: Flask) -> None:
    with app.test_request_context():
        # What Jinja's own decorators leave on whatever wants to be handed the context.
        asking = [
            name for name, one in app.jinja_env.globals.items() if hasattr(one, "jinja_pass_arg")
        ]
    called = re.compile(rf"\b({'|'.join(asking)})\(")
    pages = [*PACKAGE.rglob("*.html")]
    assert len(pages) > 50
    assert [page.name for page in pages if called.search(page.read_text("utf-8"))] == []


def test_a_call_with_names_of_python_or_unknown_arguments_is_still_a_call(app: Flask) -> None:
    page = "{% macro told() %}{{ kwargs['class'] }}{{ varargs | length }}{% endmacro %}"
    calls = "{{ told(class='a') }}{{ told(*[1, 2], **{'class': 'b'}) }}"
    with app.test_request_context():
        assert render_template_string(page + calls) == "a0b2"

from collections.abc import Mapping

from wtforms import FieldList, FormField, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from onestop.base.forms import AskingForm
from tests.base.given import reader


class Two(AskingForm):
    """A word that must be there, and one of a few."""

    word = StringField("Word", [InputRequired()], render_kw={"cols": 9})
    kind = SelectField("Kind", choices={"a": "A"})


def filled(told: Mapping[str, str]) -> Two:
    with reader():
        return Two(data=told)


def test_what_one_page_makes_of_a_field_stands_on_no_other() -> None:
    first = filled({"word": "one", "kind": "a"})
    first.word.label.text, first.word.description = "Another word", "As it is called."
    first.word.flags.required = False
    first.word.errors = ["No."]
    first.word.render_kw["rows"] = 2
    assert isinstance(first.kind.choices, dict)
    first.kind.choices["b"] = "B"
    second = filled({})
    assert not any((second.word.data, second.word.errors))
    assert second.word.render_kw == {"cols": 9}
    assert (second.word.label.text, second.word.description) == ("Word", "")
    assert second.word.flags.required
    assert second.kind.choices == {"a": "A"}
    assert (first.word.data, first.kind.data) == ("one", "a")


def test_a_field_is_of_the_form_that_it_stands_on() -> None:
    first, second = filled({"word": "one"}), filled({"word": "two"})
    assert [one.word.data for one in (first, second)] == ["one", "two"]
    assert all(one["word"] is one.word and one.word.meta is one.meta for one in (first, second))
    assert [one.name for one in second] == ["word", "kind"]


class Row(PlainForm):
    """One of several."""

    word = StringField("Word")


class Rows(AskingForm):
    """As many as there are."""

    rows = FieldList(FormField(Row))


def test_each_of_a_list_has_a_name_of_its_own() -> None:
    for _ in range(2):
        with reader():
            form = Rows(data={"rows": [{"word": "one"}, {"word": "two"}]})
            names = [(one.name, one.form.word.name, one.form.word.data) for one in form.rows]
        assert names == [("rows-0", "rows-0-word", "one"), ("rows-1", "rows-1-word", "two")]


def test_forms_of_one_class_with_other_prefixes_have_other_names() -> None:
    with reader():
        assert [Two(prefix=name).word.name for name in ("", "a", "b")] == [
            "word",
            "a-word",
            "b-word",
        ]

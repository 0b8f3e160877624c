from collections.abc import Mapping

from wtforms import FieldList, FormField, SelectField, StringField
from wtforms import Form as PlainForm

from onestop.base.forms import AskingForm
from tests.base.given import reader


class Two(AskingForm):
    """A word, and one of a few."""

    word = StringField("Word")
    kind = SelectField("Kind", choices={"a": "A"})


def filled(sent: Mapping[str, str]) -> Two:
    with reader():
        return Two(data=sent)


def test_what_one_page_makes_of_a_field_stands_on_no_other() -> None:
    first = filled({"word": "one", "kind": "a"})
    first.word.label.text, first.kind.choices = "Another word", {"b": "B"}
    first.word.errors = ["No."]
    second = filled({})
    assert (second.word.data, str(second.word.label.text), second.word.errors) == (None, "Word", ())
    assert second.kind.choices == {"a": "A"}
    assert (first.word.data, first.kind.data) == ("one", "a")


def test_a_form_with_a_prefix_keeps_its_own_names() -> None:
    with reader():
        assert [Two(prefix=one).word.name for one in ("", "a", "b")] == ["word", "a-word", "b-word"]


class Row(PlainForm):
    """One of several."""

    word = StringField("Word")


class Rows(AskingForm):
    """As many as there are."""

    rows = FieldList(FormField(Row))


def test_each_of_a_list_has_a_name_of_its_own() -> None:
    with reader():
        form = Rows(data={"rows": [{"word": "one"}, {"word": "two"}]})
        names = [(one.name, one.form.word.name, one.form.word.data) for one in form.rows]
    assert names == [("rows-0", "rows-0-word", "one"), ("rows-1", "rows-1-word", "two")]

"""What every form of the product can do."""

import re
from collections.abc import Iterable, MutableMapping, Sequence
from copy import copy
from functools import cache, lru_cache
from typing import Any, Final, TypeVar
from uuid import uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.core import Flags, Label, UnboundField
from wtforms.form import BaseForm
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import TextInput

from onestop.base.asked import number
from onestop.base.errors import Refusal
from onestop.base.filters import plain_day
from onestop.base.languages import language
from onestop.base.told import refused
from onestop.base.words import N_, Worded

F = TypeVar("F", bound=Field)
Options = MutableMapping[str, Any]
MOST_FIELDS: Final = 1024
NOT_LISTED: Final = N_("Hãy chọn một mục có trong danh sách.")
STALE: Final = N_("Trang đã mở quá lâu nên chưa gửi được. Hãy xem lại rồi gửi lần nữa.")
SAID_BY_WTFORMS: Final = {
    "CSRF failed.": STALE,
    "CSRF token expired.": STALE,
    "CSRF token missing.": STALE,
    "Invalid CSRF Token.": STALE,
    "Field cannot be longer than %(max)d character.": N_("Dài quá %(max)d ký tự."),
    "Field must be at least %(min)d character long.": N_("Cần ít nhất %(min)d ký tự."),
    "Invalid Choice: could not coerce.": NOT_LISTED,
    "Invalid choice(s): one or more data inputs could not be coerced.": NOT_LISTED,
    "'%(value)s' is not a valid choice for this field.": NOT_LISTED,
    "Not a valid choice.": NOT_LISTED,
    "Not a valid date value.": N_("Hãy nhập một ngày có thật."),
    "Not a valid datetime value.": N_("Hãy nhập ngày và giờ có thật."),
    "Not a valid integer value.": N_("Hãy nhập một số nguyên."),
    "This field is required.": N_("Hãy điền mục này."),
}
"""What WTForms may say of the fields and checks in use; it has no Vietnamese of its own."""

TOO_LONG: Final = _l("Dài quá %(max)d ký tự.")
LONGEST_TEXT: Final = 4000
KEY: Final = re.compile(r"\w[\w -]{0,63}")


class OurWords:
    """What WTForms itself has to say, in the words of this product and its reader's language."""

    def gettext(self, text: str) -> str:
        """Return our sentence for one of theirs; labels and names pass as they are."""
        ours = SAID_BY_WTFORMS.get(text)
        return str(gettext(ours)) if ours else text

    def ngettext(self, one: str, _many: str, _count: int) -> str:
        """Return our sentence for one of theirs, known by its singular."""
        return self.gettext(one)


class Several(Field):
    """All that was sent under one name, in its order; what it may be is known where it is used."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take every text that was sent: what was not sent is none."""
        self.data = list(valuelist)

    def validate(self, _form: BaseForm, _extra_validators: Sequence[Any] = ()) -> bool:
        """Say that all is well by itself."""
        return True


class OneOf(SelectField):
    """One of a few choices, by what is sent: it is looked up, where WTForms words each of them."""

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - as WTForms has it
        """Refuse what is none of them."""
        if self.data not in (self.choices or ()):
            raise ValidationError(gettext(NOT_LISTED))


class OneButton(OneOf, RadioField):
    """The same as buttons, all of which are seen."""


class LateToken(CSRFTokenField):
    """A token made only where its form is shown: most that are sent lead to another page."""

    def process(self, *args: Any, **named: Any) -> None:
        """Take what was sent, and make no token yet."""
        HiddenField.process(self, *args, **named)

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class LateTokens(FlaskForm.Meta.csrf_class):
    """Flask-WTF's tokens, later."""

    field_class = LateToken


class Form(FlaskForm):
    """A form with a key of its own: sent twice, it is still one request."""

    class Meta(FlaskForm.Meta):
        """Speaks through the product's own catalogue of words."""

        csrf_class = LateTokens

        def get_translations(self, _form: FlaskForm) -> OurWords:
            """Return whom WTForms asks for its sentences."""
            return OurWords()

        def bind_field(
            self, form: BaseForm, unbound_field: "UnboundField[F]", options: Options
        ) -> F:
            """Return a field as WTForms puts it together, which it does once for each of a class.

            Label, flags, choices and attributes, which a page may change, are each form's own. The
            rest WTForms itself shares among all forms of a class, or reads from what is sent.
            """
            if getattr(type(form), options["name"], None) is not unbound_field:
                # The token, or one of a list: a field of this form alone.
                return super().bind_field(form, unbound_field, options)
            parts = _put_together(unbound_field, options["name"], options["prefix"]).copy()
            label, flags = parts["label"], Flags()
            vars(flags).update(vars(parts["flags"]))
            parts["label"], parts["flags"] = Label(label.field_id, label.text), flags
            parts["_form"], parts["meta"] = form, self
            parts["render_kw"] = copy(parts["render_kw"])
            field: F = object.__new__(unbound_field.field_class)
            field.__dict__ = parts
            if isinstance(field, SelectField):
                field.choices = copy(field.choices)
            return field

    key = HiddenField(default=lambda: uuid4().hex)

    @property
    def pressed(self) -> str:
        """Return the key that tells one pressing of the button from another.

        One that was lost, or is none of ours, tells nothing: two people must not share it.
        """
        key = self.key.data or ""
        return key if KEY.fullmatch(key) else uuid4().hex

    @staticmethod
    def positions(field: Field) -> frozenset[int]:
        """Return the places that were ticked in a list of boxes."""
        found = (number(one) for one in field.data or ())
        return frozenset(one for one in found if one is not None)

    def validate(self, *args: Any, **named: Any) -> bool:
        """Say whether all is well; that the page was open too long is said above the form."""
        is_well = bool(super().validate(*args, **named))
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            self.form_errors.append(gettext(STALE))
        return is_well

    def blame(self, refusal: Refusal) -> None:
        """Show `refusal` at the field it is about, or above the form."""
        said = refused(refusal)
        if refusal.field is None or refusal.field not in self:
            self.form_errors.append(said)
        else:
            self[refusal.field].errors = [*self[refusal.field].errors, said]

    @property
    def mistakes(self) -> list[tuple[Field, str]]:
        """What has to be mended, field by field, each said so that it stands alone."""
        return told_of(self)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What a person typed or chose, each under its label, for whoever has to type it again."""
        return [
            (str(field.label.text), said)
            for field in self
            if not isinstance(field, HiddenField) and (said := typed_in(field))
        ]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 when something is wrong."""
        return 422 if self.errors else 200


@lru_cache(maxsize=MOST_FIELDS)
def _put_together(unbound_field: "UnboundField[Any]", name: str, prefix: str) -> dict[str, Any]:
    field = unbound_field.bind(BaseForm(()), name, prefix, OurWords(), _meta=Form.Meta())
    if not callable(default := field.default):
        # Else WTForms tries, and finds out by an error, for every field of every form.
        field.default = lambda: default
    return dict(vars(field))


class AskingForm(Form):
    """A form that writes nothing: it needs no token, and sent twice it is the same question."""

    class Meta(Form.Meta):
        """Has no token."""

        csrf = False

    key = None  # type: ignore[assignment]  # how WTForms takes a field away


class AmountField(IntegerField):
    """A sum of money, written `50000` or as papers have it, `50.000 đồng`."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number without what groups its digits, and without its currency."""
        super().process_formdata([GROUPS.sub("", CURRENCY.sub("", one)) for one in valuelist])


GROUPS: Final = re.compile(r"(?<=\d)[., \xa0](?=\d{3}(?!\d))")
CURRENCY: Final = re.compile(r"\s*(?:đ|đồng|vnđ|vnd)\.?\s*$", re.IGNORECASE)


def optional_text(label: str, most: int, kind: type[StringField] = StringField) -> StringField:
    """Return a field of a form that may stay empty, and is then no text, never an empty one."""
    return kind(label, [Optional(), Length(max=most, message=TOO_LONG)], filters=[blank_to_none])


def worded(kinds: type[Worded] | tuple[Worded, ...]) -> dict[str, str]:
    """Return the choices of a field, by what is sent, in words looked up once in each language."""
    return dict(_worded(kinds, language()))


@cache
def _worded(kinds: type[Worded] | tuple[Worded, ...], _language: str) -> dict[str, str]:
    return {kind.value: gettext(kind.word) for kind in kinds}


def typed_in(field: Field) -> str:
    """Return what a person typed or chose in a field, in words; nothing is no words."""
    if isinstance(field, SelectField):
        labels: dict[Any, Any] = dict(field.choices or ())  # type: ignore[arg-type]  # ours are pairs
        chosen = field.data if isinstance(field, SelectMultipleField) else [field.data]
        return ", ".join(str(labels[one]) for one in chosen or () if one and one in labels)
    if isinstance(field, DateField) and field.data:
        return plain_day(field.data)
    sent = field.raw_data if isinstance(field, (StringField, IntegerField, DateField)) else None
    return str(sent[0]).strip() if sent else ""


def told_of(fields: Iterable[Field]) -> list[tuple[Field, str]]:
    """Return what is wrong with fields, each said so that it stands alone."""
    return [
        (field, _alone(str(field.label.text), str(message)))
        for field in fields
        if field.name != "csrf_token"
        for message in field.errors
    ]


def _alone(label: str, message: str) -> str:
    if label.casefold() in message.casefold():
        return message
    return f"{label}: {message[:1].lower()}{message[1:]}"


def blank_to_none(value: str | None) -> str | None:
    """Strip `value`; what a person left blank is absent, not an empty string."""
    return (value or "").strip() or None

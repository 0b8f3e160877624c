"""What every form of the product can do."""

from typing import Final
from uuid import uuid4

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField

from onestop.base.errors import Refusal
from onestop.base.words import N_

SAID_BY_WTFORMS: Final = {
    "Not a valid choice.": N_("Hãy chọn một mục có trong danh sách."),
    "Not a valid date value.": N_("Hãy nhập một ngày có thật."),
    "Not a valid datetime value.": N_("Hãy nhập ngày và giờ có thật."),
    "Not a valid integer value.": N_("Hãy nhập một số nguyên."),
}


class OurWords:
    """What WTForms itself has to say, in the words of this product and its reader's language."""

    def gettext(self, text: str) -> str:
        """Return our sentence for one of theirs."""
        return str(gettext(SAID_BY_WTFORMS.get(text, text)))

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return theirs: every length and number of ours has a message of its own."""
        return one if count == 1 else many


class Form(FlaskForm):
    """A form with a key of its own: sent twice, it is still one request."""

    class Meta(FlaskForm.Meta):
        """Speaks through the product's own catalogue of words."""

        def get_translations(self, _form: FlaskForm) -> OurWords:
            """Return whom WTForms asks for its sentences."""
            return OurWords()

    key = HiddenField(default=lambda: uuid4().hex)

    def blame(self, refusal: Refusal) -> None:
        """Show `refusal` at the field it is about, or above the form."""
        said = say(refusal)
        if refusal.field is None or refusal.field not in self:
            self.form_errors.append(said)
        else:
            self[refusal.field].errors = [*self[refusal.field].errors, said]

    @property
    def mistakes(self) -> list[tuple[Field, str]]:
        """What has to be mended, field by field, each said so that it stands alone."""
        return [
            (field, _alone(str(field.label.text), str(message)))
            for field in self
            if field.name != "csrf_token"
            for message in field.errors
        ]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 when something is wrong."""
        return 422 if self.errors else 200


def _alone(label: str, message: str) -> str:
    if message.casefold().startswith(label.casefold()):
        return message
    return f"{label}: {message[:1].lower()}{message[1:]}"


def say(refusal: Refusal) -> str:
    """Return the sentence of `refusal` in the language of the reader."""
    return str(gettext(refusal.message, **refusal.values))


def blank_to_none(value: str | None) -> str | None:
    """Strip `value`; what a person left blank is absent, not an empty string."""
    return (value or "").strip() or None

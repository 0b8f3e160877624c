"""What every form of the product can do."""

from uuid import uuid4

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField

from onestop.base.errors import Refusal


class Form(FlaskForm):
    """A form with a key of its own: sent twice, it is still one request."""

    key = HiddenField(default=lambda: uuid4().hex)

    def blame(self, refusal: Refusal) -> None:
        """Show `refusal` at the field it is about, or above the form."""
        said = say(refusal)
        if refusal.field is None or refusal.field not in self:
            self.form_errors.append(said)
        else:
            self[refusal.field].errors = [*self[refusal.field].errors, said]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 when something is wrong."""
        return 422 if self.errors else 200


def say(refusal: Refusal) -> str:
    """Return the sentence of `refusal` in the language of the reader."""
    return str(gettext(refusal.message, **refusal.values))


def blank_to_none(value: str | None) -> str | None:
    """Strip `value`; what a person left blank is absent, not an empty string."""
    return (value or "").strip() or None

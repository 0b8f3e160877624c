"""What is asked about the organisation."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field
from wtforms.validators import Optional, ValidationError

from onestop.base.forms import Form


class AgenciesForm(Form):
    """The date whose agencies are shown."""

    on = DateField(_l("Cơ quan vào ngày"), [Optional()])

    def validate_on(self, field: Field) -> None:
        """Say in the reader's own words that something is no date."""
        if field.process_errors:
            field.errors = []
            raise ValidationError(_l("Hãy nhập một ngày có thật."))

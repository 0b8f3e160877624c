"""What is asked about the catalogue."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from onestop.base.forms import AskingForm


class CatalogueForm(AskingForm):
    """The date whose catalogue is shown, and what it is narrowed to."""

    q = StringField(
        _l("Mã hoặc tên"), [Optional(), Length(max=200, message=_l("Quá dài."))], default=""
    )
    on = DateField(_l("Có hiệu lực ngày"), [Optional()])
    tier = SelectField(_l("Cấp"), default="")
    field = SelectField(_l("Lĩnh vực"), default="")
    level = SelectField(_l("Mức độ"), default="")

    def settle(self, today: date) -> date:
        """Return the date asked for, or `today`; what is wrong stays at its field."""
        right = self.validate()
        asked: date | None = self.on.data if right else None
        if right:
            self.on.data = asked or today
        return asked or today

    def validate_on(self, field: Field) -> None:
        """Say in the reader's own words that something is no date."""
        if field.process_errors:
            field.errors = []
            raise ValidationError(_l("Hãy nhập một ngày có thật."))

"""What the kiosk sends, and what a clerk fills in to call a number."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from onestop.base.forms import Form


class KioskForm(Form):
    """One pressing of the kiosk's button."""


class CallForm(Form):
    """The counter to which the next number is called."""

    counter = StringField(_l("Quầy của bạn"), [InputRequired(_l("Hãy ghi tên quầy."))])

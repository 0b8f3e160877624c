"""What is asked about the organisation."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Optional

from onestop.base.forms import AskingForm


class AgenciesForm(AskingForm):
    """The date whose agencies are shown."""

    on = DateField(_l("Cơ quan vào ngày"), [Optional()])

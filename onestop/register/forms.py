"""Which book of the register is asked for; all of it stands in the address."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from onestop.tallies.forms import PeriodForm


class BookForm(PeriodForm):
    """A shop, a field or all, and a period."""

    agency = SelectField(_l("Nơi nhận"), [Optional()])
    field = SelectField(_l("Lĩnh vực"), [Optional()])

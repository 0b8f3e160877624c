"""What the kiosk sends, what a clerk fills in to call a number, and which waits are asked for."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Optional

from onestop.base.errors import Refusal
from onestop.base.forms import Form, say
from onestop.tallies.rules import Period


class KioskForm(Form):
    """One pressing of the kiosk's button."""


class CallForm(Form):
    """The counter to which the next number is called."""

    counter = StringField(_l("Quầy của bạn"), [InputRequired(_l("Hãy ghi tên quầy."))])


class WaitsForm(Form):
    """From one day to another; all of it stands in the address."""

    class Meta:
        """An address needs no token: nothing is written."""

        csrf = False

    first = DateField(_l("Từ ngày"), [Optional()], name="from")
    last = DateField(_l("Đến ngày"), [Optional()], name="to")

    def settle(self, default: Period) -> Period:
        """Return the period asked for; what is wrong stays at its field, and `default` is shown."""
        period = self._asked(default) if self.validate() else default
        if not self.errors:
            self.first.data, self.last.data = period.first, period.last
        return period

    def _asked(self, default: Period) -> Period:
        first: date = self.first.data or self.last.data or default.first
        last: date = self.last.data or self.first.data or default.last
        try:
            return Period(first, last)
        except Refusal as refusal:
            field = self.last if refusal.field == "to" else self.first
            field.errors = [say(refusal)]
        return default

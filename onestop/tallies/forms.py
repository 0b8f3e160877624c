"""The form that asks for a period; pages of every room that counts build on it."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Optional

from onestop.base.errors import Refusal
from onestop.base.forms import AskingForm
from onestop.base.told import refused
from onestop.tallies.rules import Period


class PeriodForm(AskingForm):
    """From one day to another; all of it stands in the address."""

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
            self.blame(refusal)
        return default

    def blame(self, refusal: Refusal) -> None:
        """Show what is wrong with a period at the day that it names."""
        if refusal.field not in {"from", "to"}:
            super().blame(refusal)
            return
        field = self.last if refusal.field == "to" else self.first
        field.errors = [refused(refusal)]

"""What is filled in to move a step: whom, where, with which result, and why."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from onestop.base.errors import Refusal
from onestop.base.forms import Form, blank_to_none, say
from onestop.tallies.rules import Period

LONGEST_TEXT = 1000
TOO_LONG = _l("Dài quá %(max)d ký tự.")


class MoveForm(Form):
    """One move of a step; each verb asks for its own part."""

    to = SelectField(_l("Người làm"), validate_choice=False)
    agency = SelectField(_l("Đơn vị nhận"), validate_choice=False)
    refused = BooleanField(_l("Bước này kết thúc bằng từ chối"))
    reason = TextAreaField(
        _l("Lý do"), [Optional(), Length(max=LONGEST_TEXT, message=TOO_LONG)],
        filters=[blank_to_none],
    )  # fmt: skip
    turn = HiddenField()


class PeriodForm(Form):
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

"""What a manager asks for: a period, and which dossiers."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from onestop.base.errors import Refusal
from onestop.base.forms import Form, blank_to_none, say
from onestop.reporting.rules import FREE, Wanted, name_of, period_of
from onestop.tallies.rules import Period


class PeriodForm(Form):
    """A period by its name, or from one day to another; all of it stands in the address."""

    class Meta:
        """An address needs no token: nothing is written."""

        csrf = False

    period = SelectField(_l("Kỳ"), validate_choice=False)
    first = DateField(_l("Từ ngày"), [Optional()], name="from")
    last = DateField(_l("Đến ngày"), [Optional()], name="to")

    def settle(self, default: Period) -> Period:
        """Return the period asked for; what is wrong stays at its field, and `default` is shown."""
        found = self._asked(default) if self.validate() else default
        self.period.data = name_of(found)
        if not self.errors:
            self.first.data, self.last.data = found.first, found.last
        return found

    def _asked(self, default: Period) -> Period:
        named = self.period.data
        try:
            if named and named != FREE:
                return period_of(named)
            return self._between(default)
        except Refusal as refusal:
            field = self.last if refusal.field == "to" else self.first
            field.errors = [say(refusal)]
        except ValueError:
            self.period.errors = [_l("Không có kỳ này.")]
        return default

    def _between(self, default: Period) -> Period:
        first: date | None = self.first.data
        last: date | None = self.last.data
        if first is None and last is None:
            return default
        return Period(first or last or default.first, last or first or default.last)


class RatesForm(PeriodForm):
    """The period, and which of the dossiers that the reader may see."""

    agency = SelectField(_l("Đơn vị"), default="")
    tier = SelectField(_l("Cấp"), default="")
    field = SelectField(_l("Lĩnh vực"), default="")
    procedure = StringField(_l("Mã thủ tục"), [Optional()], filters=[blank_to_none])
    level = SelectField(_l("Mức độ"), default="")
    channel = SelectField(_l("Kênh"), default="")

    def to_wanted(self, default: Period) -> Wanted:
        """Return what was asked for; where something is wrong, the default and all dossiers."""
        period = self.settle(default)
        if self.errors:
            return Wanted(period)
        return Wanted(
            period,
            agency=self.agency.data or None,
            tier=self.tier.data or None,
            field=self.field.data or None,
            procedure=self.procedure.data or None,
            level=int(self.level.data) if self.level.data else None,
            channel=self.channel.data or None,
        )

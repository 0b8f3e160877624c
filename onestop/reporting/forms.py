"""What a manager asks for: a period, and which dossiers."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from onestop.base.errors import Refusal
from onestop.base.forms import blank_to_none
from onestop.reporting.rules import FREE, Wanted, name_of, period_of
from onestop.tallies.forms import PeriodForm as AnyPeriodForm
from onestop.tallies.rules import Period


class PeriodForm(AnyPeriodForm):
    """A period by its name, or from one day to another."""

    period = SelectField(_l("Kỳ"), validate_choice=False)

    def settle(self, default: Period) -> Period:
        """Return the period asked for; what is wrong stays at its field, and `default` is shown."""
        found = super().settle(default)
        self.period.data = name_of(found)
        return found

    def _asked(self, default: Period) -> Period:
        named = self.period.data
        if not named or named == FREE:
            return super()._asked(default)
        try:
            return period_of(named)
        except Refusal as refusal:
            self.blame(refusal)
        except ValueError:
            self.period.errors = [_l("Không có kỳ này.")]
        return default


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

"""What is asked about the calendar."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from onestop.base.forms import AskingForm


class YearForm(AskingForm):
    """The year whose calendar is shown."""

    year = SelectField(_l("Năm"), coerce=int, validate_choice=False)

    def settle(self, known: Sequence[int], this: int) -> int:
        """Return the year asked for, or `this` where none of `known` is meant."""
        self.year.choices = [(year, str(year)) for year in known]
        if self.year.process_errors or self.year.data not in known:
            self.year.errors = [_l("Không có lịch của năm này.")]
            self.year.data = this
        return int(self.year.data)

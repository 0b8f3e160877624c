"""The order that closes offices, and its end."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from onestop.base.errors import Refusal
from onestop.base.forms import (
    LONGEST_TEXT,
    TOO_LONG,
    Form,
    blank_to_none,
)
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.dossiers.rules.closures import Closure, last_day
from onestop.tallies.rules import Period


class ClosureForm(Form):
    """An order that closes offices; `seen` marks what its writer was shown before he says yes."""

    order = StringField(
        _l("Số, ngày của lệnh"),
        [
            DataRequired(_l("Hãy ghi số, ngày của lệnh đóng cửa.")),
            Length(max=200, message=TOO_LONG),
        ],
        filters=[blank_to_none],
    )
    first = DateField(_l("Ngày đầu đóng cửa"), [DataRequired(_l("Hãy ghi ngày đầu đóng cửa."))])
    last = DateField(_l("Ngày cuối đóng cửa"), [Optional()])
    reason = TextAreaField(
        _l("Lý do"),
        [DataRequired(_l("Hãy ghi lý do.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
        filters=[blank_to_none],
    )
    agencies = SelectMultipleField(
        _l("Cơ quan đóng cửa"),
        [DataRequired(_l("Hãy chọn ít nhất một cơ quan."))],
        option_widget=CheckboxInput(),
    )
    seen = HiddenField()

    def blame(self, refusal: Refusal) -> None:
        """Show `refusal` at its field; what a period calls its ends are the first and last day."""
        names = {"from": "first", "to": "last"}
        found = names.get(refusal.field or "", refusal.field)
        super().blame(Refusal(refusal.message, field=found, **refusal.values))

    def show(self, closure: Closure, ids: Mapping[str, int]) -> None:
        """Write into the form what was entered before, to be entered again."""
        self.order.data, self.reason.data = closure.order, closure.reason
        self.first.data = legal_date(closure.begins_at)
        self.last.data = last_day(closure.ends_at) if closure.ends_at else None
        self.agencies.data = [code for code, one in ids.items() if one in closure.agency_ids]

    def to_closure(self, ids: Mapping[str, int]) -> Closure:
        """Return the order; `ids` tells the agencies by their codes. Raises `Refusal`."""
        first, last = self.first.data, self.last.data
        if first is None:
            raise ValueError("the form was not validated")
        period = Period(first, last or first)
        return Closure(
            order=self.order.data or "",
            agency_ids=frozenset(ids[code] for code in self.agencies.data or ()),
            begins_at=midnight(period.first),
            ends_at=midnight_after(period.last) if last else None,
            reason=self.reason.data,
        )


class OpeningForm(Form):
    """The last day on which offices were closed by an order."""

    last = DateField(_l("Ngày cuối đóng cửa"), [DataRequired(_l("Hãy ghi ngày cuối đóng cửa."))])
    seen = HiddenField()

    def blame(self, refusal: Refusal) -> None:
        """Show `refusal` at the last day, which a period calls its first as well."""
        super().blame(Refusal(refusal.message, field="last", **refusal.values))

    def to_end(self) -> datetime:
        """Return the first moment after the last day. Raises `Refusal`."""
        last = self.last.data
        if last is None:
            raise ValueError("the form was not validated")
        return midnight_after(Period(last, last).last)

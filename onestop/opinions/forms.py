"""What is filled in to ask another agency, to answer it, or to withdraw a question."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, TextAreaField

from onestop.base.forms import LONGEST_TEXT, Form, blank_to_none, optional_text
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.opinions.rules import USUAL, Asking

LONGEST_NAME: Final = 200
UNITS: Final = (
    (Unit.WORKING_DAY.value, _l("ngày làm việc")),
    (Unit.WORKING_HOUR.value, _l("giờ làm việc")),
)


class AskForm(Form):
    """Whom to ask, what, and within what time."""

    agency = SelectField(_l("Cơ quan được hỏi"), validate_choice=False)
    outsider = optional_text(_l("Cơ quan ngoài hệ thống"), LONGEST_NAME)
    content = optional_text(_l("Nội dung cần cho ý kiến"), LONGEST_TEXT, TextAreaField)
    limit = IntegerField(_l("Thời hạn trả lời"), default=USUAL.value)
    unit = SelectField(_l("Tính bằng"), choices={}, default=USUAL.unit.value)

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.unit.choices = [*UNITS]

    def to_asking(self) -> Asking:
        """Return what is asked."""
        return Asking(
            agency=self.agency.data or None,
            outsider=blank_to_none(self.outsider.data),
            content=blank_to_none(self.content.data) or "",
            limit=Limit(self.limit.data or 0, Unit.of(self.unit.data)),
            key=self.pressed,
        )


class SayForm(Form):
    """The answer to a question, or why it is withdrawn."""

    said = optional_text(_l("Ý kiến trả lời"), LONGEST_TEXT, TextAreaField)
    reason = optional_text(_l("Lý do"), LONGEST_TEXT, TextAreaField)

"""What is filled in to move a step: whom, where, with which result, and why."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    TextAreaField,
)

from onestop.base.asked import number
from onestop.base.forms import LONGEST_TEXT, Form, Several, optional_text
from onestop.steps.rules import seq_of


class MoveForm(Form):
    """One move of a step; each verb asks for its own part."""

    to = SelectField(_l("Người làm"), validate_choice=False)
    agency = SelectField(_l("Đơn vị nhận"), validate_choice=False)
    branch = SelectField(_l("Bước phải làm lại"), validate_choice=False)
    refused = BooleanField(_l("Bước này kết thúc bằng từ chối"))
    reason = optional_text(_l("Lý do"), LONGEST_TEXT, TextAreaField)
    turn = HiddenField()

    @property
    def seq(self) -> int | None:
        """Return the step that the form is about."""
        found = number(self.turn.data)
        return None if found is None else seq_of(found)


class TakeForm(Form):
    """What the taking side of a hand-over list found: all, or all but what is ticked."""

    missed = Several(_l("Không nhận được"))
    reason = optional_text(_l("Vì sao không nhận được"), LONGEST_TEXT, TextAreaField)

    def codes(self) -> frozenset[str]:
        """Return the codes that were ticked."""
        return frozenset(str(one) for one in self.missed.data or ())


class ManyForm(Form):
    """Which steps of a list one move is made of; `sure` once the number was said."""

    step = Several()
    everything = BooleanField()
    sure = BooleanField()
    to = SelectField(_l("Người làm"), validate_choice=False)
    agency = SelectField(_l("Đơn vị nhận"), validate_choice=False)

    def names_somebody(self) -> bool:
        """Say whether it names whom the work is given to; else blame the field."""
        if not self.to.data:
            self.to.errors = [_l("Hãy chọn người làm trong đơn vị đang giữ hồ sơ.")]
        return not self.to.errors

    def steps(self) -> list[tuple[str, int]]:
        """Return code and stamp of the steps that were ticked, each once."""
        ticked = (str(one).rpartition(":") for one in dict.fromkeys(self.step.data or ()))
        return [(code, number(stamped) or 0) for code, _, stamped in ticked if code]

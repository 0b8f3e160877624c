"""What an act asks for: the check of a submission, a verb after receipt, one done to many."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional

from onestop.base.forms import (
    LONGEST_TEXT,
    AmountField,
    Form,
    Several,
    blank_to_none,
    optional_text,
)
from onestop.catalogue.rules.papers import Copies
from onestop.dossiers.forms.grounds import Refusing
from onestop.dossiers.forms.listing import Listing
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.identity import (
    LONGEST_NAME,
)
from onestop.dossiers.rules.papers import counted


class CheckForm(Listing, Refusing, Form):
    """The check of a submission: papers that are there, or a reason to send it back."""

    papers = Several(_l("Giấy tờ đã nộp"))
    originals = Several()
    copies = Several()
    sets = StringField(_l("Số bộ hồ sơ"), filters=[blank_to_none])
    sooner = StringField(_l("Hẹn sớm hơn thời hạn"), filters=[blank_to_none])
    reason = optional_text(_l("Lý do, nội dung cần hoàn thiện"), LONGEST_TEXT, TextAreaField)
    although = optional_text(_l("Vì sao vẫn nhận"), LONGEST_TEXT)
    heeded = Several()
    version = HiddenField()

    def ticked(self) -> frozenset[int]:
        """Return the positions of the papers that were ticked."""
        return self.positions(self.papers)

    def counted(self) -> dict[int, Copies]:
        """Return originals and copies by position, as typed. Raises `Refusal`."""
        return counted(self.originals.data or (), self.copies.data or ())


class ActForm(Refusing, Form):
    """Any verb after receipt: a reason where the law wants one, who took a result."""

    reason = optional_text(_l("Lý do"), LONGEST_TEXT, TextAreaField)
    taken_by = optional_text(_l("Người nhận kết quả"), LONGEST_NAME)
    id_document = optional_text(_l("Giấy tờ tùy thân đã xem"), LONGEST_NAME)
    amount_vnd = AmountField(_l("Số tiền phải nộp (đồng)"), [Optional()])
    notice = optional_text(_l("Số, ngày thông báo"), LONGEST_NAME)
    proof = optional_text(_l("Số biên lai, chứng từ nộp tiền (nếu có)"), LONGEST_NAME)
    new_on = DateField(_l("Ngày hẹn mới"), [Optional()])
    clock = TimeField(_l("Giờ hẹn"), [Optional()])
    signed_on = DateField(_l("Ngày ký thỏa thuận"), [Optional()])
    is_signed = BooleanField(_l("Người yêu cầu chứng thực đã ký văn bản thỏa thuận"))
    to_agency = SelectField(
        _l("Cơ quan có thẩm quyền"), [Optional()], choices={}, validate_choice=False
    )
    cause = SelectField(_l("Vì sao chậm"), [Optional()], choices={}, validate_choice=False)
    override = BooleanField(_l("Yêu cầu lần thứ hai, theo quyết định của lãnh đạo"))
    version = HiddenField()

    def to_agreement(self) -> Agreement:
        """Return what was agreed on about a certification."""
        return Agreement(
            self.new_on.data, self.clock.data, self.signed_on.data, bool(self.is_signed.data)
        )


class ManyForm(Form):
    """Which dossiers of a list one verb is done to; `sure` once the number was said.

    Who takes results that are returned takes all of them.
    """

    code = Several()
    everything = BooleanField()
    sure = BooleanField()
    taken_by = optional_text(_l("Người nhận kết quả"), LONGEST_NAME)
    id_document = optional_text(_l("Giấy tờ tùy thân đã xem"), LONGEST_NAME)

    def codes(self) -> list[str]:
        """Return the codes that were ticked, each once."""
        return list(dict.fromkeys(str(one) for one in self.code.data or ()))

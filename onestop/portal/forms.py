"""What a citizen fills in."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from onestop.base.forms import (
    LONGEST_TEXT,
    TOO_LONG,
    AskingForm,
    Several,
    blank_to_none,
    optional_text,
)
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.forms.applicant import ApplicantForm
from onestop.dossiers.forms.listing import Listing
from onestop.dossiers.rules.identity import Intake, ReturnBy


class LookupForm(AskingForm):
    """The code of a dossier and a second thing its applicant knows."""

    code = StringField(
        _l("Mã hồ sơ"),
        [DataRequired(_l("Hãy nhập mã hồ sơ.")), Length(max=60, message=TOO_LONG)],
        filters=[blank_to_none],
    )
    second = StringField(
        _l("4 số cuối điện thoại hoặc căn cước"),
        [
            DataRequired(_l("Hãy nhập 4 số cuối điện thoại hoặc căn cước.")),
            Length(max=40, message=TOO_LONG),
        ],
        filters=[blank_to_none],
    )


class SubmitForm(Listing, ApplicantForm):
    """An online submission: to which desk, by whom, with which papers."""

    desk = SelectField(_l("Nơi nhận hồ sơ"), [DataRequired(_l("Hãy chọn nơi nhận hồ sơ."))])
    papers = Several(_l("Giấy tờ đã chuẩn bị"))
    note = optional_text(_l("Nội dung yêu cầu"), LONGEST_TEXT)
    return_by = SelectField(_l("Nhận kết quả"))

    def to_intake(self, procedure_code: str) -> Intake:
        """Return what was filled in, as the rules know it."""
        return Intake(
            key=self.pressed,
            procedure_code=procedure_code,
            channel=Channel.ONLINE,
            applicant=self.to_applicant(),
            papers=self.positions(self.papers),
            note=self.note.data,
            return_by=ReturnBy.of(self.return_by.data),
        )

"""Who applies, at a counter or online."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    StringField,
)
from wtforms.validators import DataRequired, Length, ValidationError

from onestop.base.errors import Refusal
from onestop.base.forms import (
    TOO_LONG,
    Form,
    OneButton,
    blank_to_none,
    optional_text,
)
from onestop.base.told import refused
from onestop.dossiers.rules.identity import (
    LONGEST_NAME,
    Applicant,
    ApplicantKind,
    identity,
    telephone,
)

LONGEST_CODE = 700


class ApplicantForm(Form):
    """Who applies; at least a phone or an identity number is needed.

    `today` tells which years of birth are still to come.
    """

    applicant_kind = OneButton(_l("Người nộp là"), default="person")
    id_number = optional_text(_l("Số căn cước, mã số thuế"), LONGEST_CODE)
    name = StringField(
        _l("Họ và tên, tên tổ chức"),
        [DataRequired(_l("Hãy nhập tên người nộp.")), Length(max=LONGEST_NAME, message=TOO_LONG)],
        filters=[blank_to_none],
    )
    phone = optional_text(_l("Điện thoại"), 20)
    address = optional_text(_l("Nơi thường trú, trụ sở"), 300)
    email = optional_text(_l("Thư điện tử"), 200)

    def __init__(self, *, today: date, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data=data)
        self.today = today

    def validate_name(self, field: Field) -> None:
        """Refuse a name without a single letter, or with marks that no screen shows."""
        text = field.data or ""
        if not any(mark.isalpha() for mark in text) or not text.isprintable():
            raise ValidationError(_l("Hãy nhập tên bằng chữ."))

    def validate_id_number(self, field: Field) -> None:
        """Check a citizen identity number, or an organisation's tax code."""
        if self.applicant_kind.errors:
            return
        try:
            field.data = identity(field.data, self._kind, today=self.today)
        except Refusal as refusal:
            raise ValidationError(refused(refusal)) from refusal

    def validate_phone(self, field: Field) -> None:
        """Accept any number that can exist; nobody is turned away for a new prefix."""
        try:
            field.data = telephone(field.data)
        except Refusal as refusal:
            raise ValidationError(refused(refusal)) from refusal

    def validate_email(self, field: Field) -> None:
        """Refuse what can be no address."""
        name, at, host = (field.data or "").partition("@")
        if not (name and at and "." in host and field.data.isprintable() and " " not in field.data):
            raise ValidationError(_l("Thư điện tử cần dạng ten@noi.vn."))

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check every field, and that the applicant can be reached."""
        return all((super().validate(extra_validators), self._reachable()))

    def _reachable(self) -> bool:
        """Say whether a phone or an identity number was given; else blame the phone."""
        if self.phone.data or self.id_number.data:
            return True
        self.phone.errors = [_l("Cần điện thoại hoặc số căn cước, mã số thuế.")]
        return False

    @property
    def _kind(self) -> ApplicantKind:
        # What is no choice is refused at its own field; a person until then.
        return ApplicantKind.known(self.applicant_kind.data) or ApplicantKind.PERSON

    def to_applicant(self) -> Applicant:
        """Return the applicant, as the rules know one."""
        return Applicant(
            name=" ".join((self.name.data or "").split()),
            kind=self._kind,
            id_number=self.id_number.data,
            phone=self.phone.data,
            address=self.address.data,
            email=self.email.data,
        )

"""What clerks and officers fill in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, Protocol

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from onestop.base.errors import Refusal
from onestop.base.forms import (
    TOO_LONG,
    AmountField,
    Form,
    Several,
    blank_to_none,
    optional_text,
    told_of,
    worded,
)
from onestop.base.moments import VIET_NAM
from onestop.base.told import refused
from onestop.catalogue.rules import Channel, Copies
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.dossiers.rules.cards import Card, card, is_card
from onestop.dossiers.rules.closures import Closure, last_day
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.identity import (
    LONGEST_NAME,
    MOST_TOGETHER,
    Applicant,
    ApplicantKind,
    Intake,
    ReturnBy,
    identity,
    telephone,
)
from onestop.dossiers.rules.papers import counted, sets_typed
from onestop.dossiers.rules.refusals import Ground, Grounds
from onestop.tallies.rules import Period

LONGEST_TEXT = 1000
LONGEST_CODE = 700


class ApplicantForm(Form):
    """Who applies; at least a phone or an identity number is needed.

    `today` tells which years of birth are still to come.
    """

    applicant_kind = RadioField(_l("Người nộp là"), default="person")
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


class Refusing:
    """The fields of whoever refuses: on what ground, and who would be competent where known."""

    reason: Field
    ground = SelectField(_l("Căn cứ từ chối"), [Optional()], choices={}, validate_choice=False)
    competent_agency = SelectField(
        _l("Cơ quan có thẩm quyền (nếu biết)"), [Optional()], choices={}, validate_choice=False
    )

    def offer_grounds(self, agencies: Mapping[str, str]) -> None:
        """Offer the grounds there are, and the agencies of the day by code."""
        nothing = {"": gettext("Chọn")}
        self.ground.choices = nothing | worded(Ground)
        self.competent_agency.choices = {"": gettext("Không rõ")} | dict(agencies)

    def to_grounds(self) -> Grounds:
        """Return what was chosen."""
        return Grounds(self.ground.data, self.competent_agency.data)

    def check_ground(self) -> None:
        """Blame a missing ground where the reason is missing too: the act names the first alone."""
        if self.reason.data:
            return
        try:
            self.to_grounds().chosen()
        except Refusal as refusal:
            self.ground.errors = [refused(refusal)]


OF_A_PART: Final = ("procedure", "papers", "originals", "copies", "sets", "although")


class Part(Protocol):
    """What an intake says of one of its procedures."""

    @property
    def procedure(self) -> Field:
        """Hold the code of the procedure."""

    @property
    def papers(self) -> Field:
        """Hold the places of the papers that were brought."""

    @property
    def originals(self) -> Field:
        """Hold how many originals there are of each paper of the procedure, in its place."""

    @property
    def copies(self) -> Field:
        """Hold how many copies there are of each."""

    @property
    def sets(self) -> Field:
        """Hold how many sets of them there are."""

    @property
    def although(self) -> Field:
        """Hold why it is received beside a like dossier."""


class AlsoForm(PlainForm):
    """One more procedure of the same applicant, with its papers."""

    procedure = StringField(_l("Thủ tục cần giải quyết"), filters=[blank_to_none])
    papers = Several(_l("Giấy tờ đã nộp"))
    originals = Several()
    copies = Several()
    sets = StringField(filters=[blank_to_none])
    although = optional_text(_l("Vì sao vẫn nhận"), LONGEST_TEXT)


class IntakeForm(Refusing, ApplicantForm):
    """The intake of an applicant at the counter or by post: one procedure, and others in `also`."""

    q = StringField(
        _l("Thủ tục (mã hoặc tên, không cần dấu)"), [Optional(), Length(max=200, message=TOO_LONG)]
    )
    # No HiddenField: the page itself writes it where a procedure has been chosen.
    procedure = StringField(_l("Thủ tục cần giải quyết"), filters=[blank_to_none])
    papers = Several(_l("Giấy tờ đã nộp"))
    originals = Several()
    copies = Several()
    sets = StringField(filters=[blank_to_none])
    channel = SelectField(_l("Kênh tiếp nhận"), default="counter")
    delivered_at = DateTimeLocalField(_l("Giờ bưu gửi đến"), [Optional()])
    return_by = SelectField(_l("Cách trả kết quả"), default="counter")
    note = optional_text(_l("Ghi chú"), LONGEST_TEXT)
    reason = optional_text(_l("Lý do, nội dung cần hoàn thiện"), LONGEST_TEXT, TextAreaField)
    although = optional_text(_l("Vì sao vẫn nhận"), LONGEST_TEXT)
    heeded = Several()
    also = FieldList(FormField(AlsoForm), max_entries=MOST_TOGETHER - 1)

    def validate_id_number(self, field: Field) -> None:
        """Check the number as every form does, after reading the code of a card into the fields."""
        try:
            self.read_card()
        except Refusal as refusal:
            raise ValidationError(refused(refusal)) from refusal
        super().validate_id_number(field)

    def read_card(self) -> Card | None:
        """Fill in what the code of a card tells, and return it; None where only a number stands.

        Raises `Refusal` where the code is damaged.
        """
        scanned = self.id_number.data or ""
        if not is_card(scanned):
            return None
        read = card(scanned, today=self.today)
        self.applicant_kind.data = ApplicantKind.PERSON.value
        self.id_number.data, self.name.data = read.number, read.name
        self.address.data = read.address or self.address.data
        return read

    def person(self) -> Applicant:
        """Return the applicant as far as told by now: a number that is none yet is left out."""
        made = self.to_applicant()
        return replace(
            made,
            id_number=_if_right(lambda: identity(made.id_number, made.kind, today=self.today)),
            phone=_if_right(lambda: telephone(made.phone)),
        )

    def fill_in(self, applicant: Applicant) -> None:
        """Take over what is known of an applicant, where nothing was typed yet."""
        for field, told in self._told(applicant):
            field.data = field.data or told

    def empty_again(self, applicant: Applicant) -> None:
        """Take back what was filled in; whatever was typed over it stays."""
        for field, told in self._told(applicant):
            field.data = None if field.data == told else field.data

    def _told(self, applicant: Applicant) -> Iterator[tuple[Field, str | None]]:
        yield self.name, applicant.name
        yield self.phone, applicant.phone
        yield self.address, applicant.address
        yield self.email, applicant.email

    def begin_with(self, applicant: Applicant) -> None:
        """Take over everything that is known of an applicant."""
        self.applicant_kind.data, self.id_number.data = applicant.kind.value, applicant.id_number
        self.fill_in(applicant)

    def parts(self) -> list[Part]:
        """Return the procedures in the order of the page: those put aside, then the one at hand."""
        return [*(entry.form for entry in self.also.entries), self]

    def put_aside(self) -> None:
        """Put the procedure at hand aside, so that one more can be looked for."""
        if not self.procedure.data:
            return
        if len(self.also.entries) >= MOST_TOGETHER - 1:
            self.form_errors.append(
                _l("Một lần nhận được tối đa %(most)d thủ tục.", most=MOST_TOGETHER)
            )
            return
        self.also.append_entry({name: self[name].data for name in OF_A_PART})
        self.take("")
        self.although.data = None

    def drop(self, name: str) -> None:
        """Drop a procedure that was put aside; the others keep their names."""
        kept = [entry for entry in self.also.entries if entry.name != name]
        self.also.entries[:] = kept

    def take_up_again(self) -> None:
        """Take the last procedure that was put aside in hand again, if there is any."""
        if self.also.entries:
            last = self.also.entries.pop().form
            for name in OF_A_PART:
                self[name].data = last[name].data

    def take(self, code: str | None) -> None:
        """Take the procedure of a code, or none, in hand: nothing is ticked or counted yet."""
        self.procedure.data = code
        self.papers.data, self.originals.data, self.copies.data = [], [], []
        self.sets.data = None

    def only_once(self) -> bool:
        """Say whether the procedure at hand is not put aside already; else look for another."""
        if self.procedure.data not in [one.procedure.data for one in self.parts()[:-1]]:
            return True
        self.procedure.data = ""
        self.q.errors = [_l("Thủ tục này đã có ở trên.")]
        return False

    def blame_each(self, each: Mapping[int, Refusal]) -> None:
        """Show each refusal at the procedure of its place; what is common to all, once."""
        said: set[str] = set()
        for place, refusal in each.items():
            part = self.parts()[place]
            if part is not self and refusal.field in {"procedure", "although"}:
                field = part.procedure if refusal.field == "procedure" else part.although
                field.errors = [*field.errors, refused(refusal)]
            elif part is self or refusal.message not in said:
                self.blame(refusal)
            said.add(refusal.message)
        self.also.errors = [entry.errors for entry in self.also.entries if entry.errors]

    @property
    def mistakes(self) -> list[tuple[Field, str]]:
        """What has to be mended, in the procedures that were put aside too."""
        inner = [field for entry in self.also.entries for field in entry.form]
        return [*told_of(field for field in [*self, *inner] if field is not self.also)]

    def look_again(self) -> None:
        """Move what is wrong with the procedure to where another one can be looked for."""
        self.q.data, self.q.errors = self.procedure.data, self.procedure.errors
        self.procedure.data, self.procedure.errors = "", []

    def to_intakes(self) -> list[Intake]:
        """Return what was filled in, each procedure with a key of its own where they are several.

        Sent twice, the same procedures have the same keys; another one has another.
        """
        made = self.to_intake()
        if not self.also.entries:
            return [made]
        return [
            replace(
                made,
                key=f"{made.key} {part.procedure.data}",
                procedure_code=part.procedure.data or "",
                papers=self.positions(part.papers),
                copies=counted(part.originals.data or (), part.copies.data or ()),
                sets=sets_typed(part.sets.data),
                although=part.although.data,
            )
            for part in self.parts()
        ]

    def to_intake(self) -> Intake:
        """Return what was filled in of the procedure at hand, as the rules know it."""
        delivered: datetime | None = self.delivered_at.data
        return Intake(
            key=self.pressed,
            procedure_code=self.procedure.data or "",
            channel=Channel.of(self.channel.data),
            applicant=self.to_applicant(),
            papers=self.positions(self.papers),
            copies=counted(self.originals.data or (), self.copies.data or ()),
            sets=sets_typed(self.sets.data),
            note=self.note.data,
            return_by=ReturnBy.of(self.return_by.data),
            delivered_at=delivered and delivered.replace(tzinfo=VIET_NAM),
            heeded=frozenset(self.heeded.data or ()),
            although=self.although.data,
        )


def _if_right(read: Callable[[], str | None]) -> str | None:
    try:
        return read()
    except Refusal:
        return None


class CheckForm(Refusing, Form):
    """The check of a submission: papers that are there, or a reason to send it back."""

    papers = Several(_l("Giấy tờ đã nộp"))
    originals = Several()
    copies = Several()
    sets = StringField(_l("Số bộ hồ sơ"), filters=[blank_to_none])
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

"""What a clerk fills in at the counter: one procedure of an applicant, or several."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateTimeLocalField,
    Field,
    FieldList,
    FormField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import Length, Optional, ValidationError

from onestop.base.errors import Refusal
from onestop.base.forms import (
    LONGEST_TEXT,
    TOO_LONG,
    OneOf,
    Several,
    blank_to_none,
    optional_text,
    told_of,
)
from onestop.base.moments import VIET_NAM
from onestop.base.told import refused
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.forms.applicant import ApplicantForm
from onestop.dossiers.forms.grounds import Refusing
from onestop.dossiers.forms.listing import Listing
from onestop.dossiers.rules.cards import Card, card, is_card
from onestop.dossiers.rules.identity import (
    MOST_TOGETHER,
    Applicant,
    ApplicantKind,
    Intake,
    ReturnBy,
    identity,
    telephone,
)
from onestop.dossiers.rules.papers import counted, sets_typed

OF_A_PART: Final = (
    "procedure",
    "papers",
    "listed",
    "originals",
    "copies",
    "sets",
    "sooner",
    "although",
)


class AlsoForm(Listing, PlainForm):
    """One more procedure of the same applicant, with its papers."""

    procedure = StringField(_l("Thủ tục cần giải quyết"), filters=[blank_to_none])
    papers = Several(_l("Giấy tờ đã nộp"))
    originals = Several()
    copies = Several()
    sets = StringField(filters=[blank_to_none])
    sooner = StringField(_l("Hẹn sớm hơn thời hạn"), filters=[blank_to_none])
    although = optional_text(_l("Vì sao vẫn nhận"), LONGEST_TEXT)


class IntakeForm(Listing, Refusing, ApplicantForm):
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
    sooner = StringField(_l("Hẹn sớm hơn thời hạn"), filters=[blank_to_none])
    channel = OneOf(_l("Kênh tiếp nhận"), default="counter")
    delivered_at = DateTimeLocalField(_l("Giờ bưu gửi đến"), [Optional()])
    return_by = OneOf(_l("Cách trả kết quả"), default="counter")
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

    def parts(self) -> "list[Part]":
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
        self.listed.data, self.sets.data, self.sooner.data = [], None, None

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
            if part is not self and refusal.field in {"procedure", "although", "sooner"}:
                field = getattr(part, refusal.field)
                field.errors = [*field.errors, refused(refusal)]
            elif part is self or refusal.message not in said:
                self.blame(refusal)
            said.add(refusal.message)
        self.blame_for_what_was_put_aside()

    def blame_for_what_was_put_aside(self) -> None:
        """Let what is wrong with a procedure that was put aside be wrong with the form."""
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
                sooner=part.sooner.data,
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
            sooner=self.sooner.data,
            heeded=frozenset(self.heeded.data or ()),
            although=self.although.data,
        )


Part = AlsoForm | IntakeForm
"""What an intake says of one of its procedures."""


def _if_right(read: Callable[[], str | None]) -> str | None:
    try:
        return read()
    except Refusal:
        return None

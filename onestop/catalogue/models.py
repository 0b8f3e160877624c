"""Fields, procedures in versions, and who offers them when."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, JsonList, check, unique
from onestop.base.periods import Period
from onestop.base.words import N_
from onestop.catalogue.rules.channels import OF_FOUR_LEVELS, OnlineStart
from onestop.catalogue.rules.procedures import CHANGED_ALREADY, FIELD_CHANGED_ALREADY
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.supplements import SupplementEffect
from onestop.organisation.rules import LAST_BEFORE_FIRST, Tier

IN_ORDER = "valid_to IS NULL OR valid_to >= valid_from"


class FieldRow(Base):
    """A subject area of procedures."""

    __tablename__ = "field"
    __table_args__ = (unique("code", says=N_("Mã lĩnh vực này đã có."), field="code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    tier: Mapped[Tier]


class FieldVersion(Period):
    """Name of a field and the department that handles it, from a day to a day."""

    __tablename__ = "field_version"
    __table_args__ = (unique("field_id", "valid_from", says=FIELD_CHANGED_ALREADY),)

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))


class ProcedureRow(Base):
    """A procedure of the catalogue, whatever it asks for at a time."""

    __tablename__ = "procedure"
    __table_args__ = (unique("code", says=N_("Mã thủ tục này đã có."), field="code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    national_code: Mapped[str | None]
    tier: Mapped[Tier]


class ProcedureVersion(Period):
    """What a procedure asks for and promises from a day to a day, both included."""

    __tablename__ = "procedure_version"
    __table_args__ = (
        unique("procedure_id", "valid_from", says=CHANGED_ALREADY),
        check("level BETWEEN 1 AND 4", name="level", says=OF_FOUR_LEVELS),
        check(IN_ORDER, name="order", says=LAST_BEFORE_FIRST),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[int]
    limit_value: Mapped[int]
    limit_unit: Mapped[Unit]
    statutory_value: Mapped[int | None]
    statutory_unit: Mapped[Unit | None]
    cutoff: Mapped[str | None]
    cutoff_shifts_receipt: Mapped[bool]
    fee_vnd: Mapped[int]
    result_vi: Mapped[str]
    papers: Mapped[JsonList]
    sets: Mapped[int]
    extendable: Mapped[bool]
    opinion_pauses: Mapped[bool]
    online_clock_start: Mapped[OnlineStart]
    supplement_effect: Mapped[SupplementEffect]
    late_supplement_effect: Mapped[SupplementEffect]
    supplement_request_within: Mapped[int]
    supplement_wait: Mapped[int]
    interlinked: Mapped[bool]
    steps: Mapped[JsonList]
    legal_basis: Mapped[JsonList]


class Offer(Period):
    """An agency receives dossiers of a procedure from a day to a day."""

    __tablename__ = "offer"
    __table_args__ = (
        unique("procedure_id", "agency_id", "valid_from", says=N_("Đơn vị đã nhận thủ tục này.")),
        Index("ix_offer_agency_id", "agency_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))

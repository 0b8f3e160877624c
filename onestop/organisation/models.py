"""Agencies, and what they were called and belonged to in which time."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, check, unique
from onestop.base.periods import Period
from onestop.base.words import N_
from onestop.organisation.rules import CHANGED_ALREADY, LAST_BEFORE_FIRST, AgencyKind, Tier


class Agency(Base):
    """An agency, whatever it is called at a time."""

    __tablename__ = "agency"
    __table_args__ = (unique("code", says=N_("Mã cơ quan này đã có."), field="code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    tier: Mapped[Tier]


class AgencyPeriod(Period):
    """Name, kind and place of an agency from a day to a day, both included.

    Of one that ends `successor_id` takes over what lies there then; of the last period alone.
    """

    __tablename__ = "agency_period"
    __table_args__ = (
        unique("agency_id", "valid_from", says=CHANGED_ALREADY),
        check(
            "valid_to IS NULL OR valid_to >= valid_from",
            name="order",
            says=LAST_BEFORE_FIRST,
            field="valid_to",
        ),
        Index("ix_agency_period_valid", "valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[AgencyKind]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))

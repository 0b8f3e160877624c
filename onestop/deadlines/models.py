"""The official calendar, in versions, and the hours of offices."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, unique
from onestop.base.words import N_
from onestop.deadlines.rules.calendars import DayKind


class CalendarVersion(Base):
    """A state of the calendar that dates were counted under; it never changes afterwards."""

    __tablename__ = "calendar_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]
    author_name: Mapped[str]
    basis: Mapped[str]


class CalendarRow(Base):
    """A date that departs from the ordinary week, in the versions from `since` to before `until`.

    Rows of a year that was only estimated belong to every version: they are written with the
    first date that uses them, so that an estimate does not change under a promise.
    """

    __tablename__ = "calendar_row"
    __table_args__ = (
        unique("day", "since", says=N_("Ngày này đã có trong lịch.")),
        Index("ix_calendar_row_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    kind: Mapped[DayKind]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    basis_vi: Mapped[str]
    basis_en: Mapped[str]
    provisional: Mapped[bool]
    since: Mapped[int]
    until: Mapped[int | None]


class CalendarYear(Base):
    """A year whose rows are all there; `provisional` until it is announced."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provisional: Mapped[bool]


class OfficeHours(Base):
    """The working hours of an agency and all below it, from a day on; no agency: of all.

    With `saturday_intake` counters receive and return on Saturday mornings, which no limit counts.
    """

    __tablename__ = "office_hours"
    __table_args__ = (
        unique("agency_id", "valid_from", says=N_("Đã có giờ làm việc từ ngày này.")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    valid_from: Mapped[date]
    intervals: Mapped[str]
    saturday_intake: Mapped[bool]

"""The desks that give out numbers, and the numbers they gave."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, unique
from onestop.base.words import N_
from onestop.queue.rules import Standing


class QueueDesk(Base):
    """A desk with a queue; only the digest of the secret of its kiosk and screen is kept."""

    __tablename__ = "queue_desk"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]


class QueueCounter(Base):
    """The last number that a desk gave out on a day."""

    __tablename__ = "queue_counter"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Ticket(Base):
    """A number of a desk's day; `shown_at` is its last call, `called_at` the first."""

    __tablename__ = "ticket"
    __table_args__ = (
        unique("agency_id", "day", "number", says=N_("Số này đã có người lấy.")),
        unique("key", says=N_("Số này đã có người lấy.")),
        Index("ix_ticket_agency_id_day_standing", "agency_id", "day", "standing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    day: Mapped[date]
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    standing: Mapped[Standing]
    taken_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    counter: Mapped[str | None] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

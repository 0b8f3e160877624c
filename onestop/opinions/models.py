"""The questions that a dossier's office asked of other agencies, with their answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, check, unique
from onestop.base.words import N_
from onestop.deadlines.rules.limits import Unit
from onestop.opinions.rules import ONE_ADDRESSEE, Ending

AWAITED = text("ended_at IS NULL")


class Opinion(Base):
    """One question of one dossier, asked by an agency of another, until it ends.

    `agency_id` is None where an agency outside the system is asked: `outsider` is its name, and
    who asked records what it answers.
    """

    __tablename__ = "opinion"
    __table_args__ = (
        unique("dossier_id", "seq", says=N_("Câu hỏi này đã có.")),
        check(
            "(agency_id IS NULL) <> (outsider IS NULL)",
            name="asked",
            says=ONE_ADDRESSEE,
            field="agency",
        ),
        Index("ix_opinion_asked", "agency_id", "dossier_id", sqlite_where=AWAITED,
              postgresql_where=AWAITED),
        Index("ix_opinion_asker", "asker_id", "ended_at"),
        Index("ix_opinion_agency", "agency_id", "ended_at"),
        Index("ix_opinion_key", "dossier_id", "key", unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    seq: Mapped[int]
    asker_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    outsider: Mapped[str | None]
    content: Mapped[str]
    limit_value: Mapped[int]
    limit_unit: Mapped[Unit]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    overdue_from: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]
    said: Mapped[str | None]
    said_by: Mapped[str | None]
    key: Mapped[str | None]

"""The counters, at two grains: without procedures by day and month, with them by month."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base
from onestop.catalogue.rules.channels import Channel
from onestop.tallies.rules import Grain


class _Flows:
    received: Mapped[int] = mapped_column(default=0)
    early: Mapped[int] = mapped_column(default=0)
    on_time: Mapped[int] = mapped_column(default=0)
    overdue: Mapped[int] = mapped_column(default=0)
    refused_at_intake: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[int] = mapped_column(default=0)
    pause_begun: Mapped[int] = mapped_column(default=0)
    pause_ended: Mapped[int] = mapped_column(default=0)
    overdue_begun: Mapped[int] = mapped_column(default=0)
    overdue_ended: Mapped[int] = mapped_column(default=0)
    reappointed: Mapped[int] = mapped_column(default=0)
    reappointed_kept: Mapped[int] = mapped_column(default=0)
    checked_online: Mapped[int] = mapped_column(default=0)
    late_intake: Mapped[int] = mapped_column(default=0)


class Tally(_Flows, Base):
    """The flows of a day or a month at a desk, by level and channel."""

    __tablename__ = "tally"

    grain: Mapped[Grain] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[Channel] = mapped_column(primary_key=True)


class ProcedureTally(_Flows, Base):
    """The flows of a month at a desk under one procedure, by level and channel."""

    __tablename__ = "procedure_tally"
    __table_args__ = (Index("ix_procedure_tally_procedure_id", "procedure_id"),)

    starts_on: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[Channel] = mapped_column(primary_key=True)

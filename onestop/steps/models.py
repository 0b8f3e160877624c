"""The steps of a dossier, who held each from when to when, and the lists that both sides sign."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from onestop.base.database import Base, unique
from onestop.base.words import N_
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines.rules.limits import Unit
from onestop.steps.rules import Result, Stage

ACTIVE = text("finished_at IS NULL AND started_at IS NOT NULL")


class DossierStep(Base):
    """One step of one dossier, as the catalogue had it at receipt.

    Steps of one `leg` run side by side; the next leg begins when the last of them has ended.
    `kind` is None where a procedure has no steps: the step is the whole limit, and its date is the
    dossier's own. `agency_id` is None while the step is done outside the system; `keeper_id` is the
    agency that keeps its record then, and the same agency otherwise. `turn` counts what was done
    with the step: an optimistic lock.
    """

    __tablename__ = "dossier_step"
    __table_args__ = (
        unique("dossier_id", "seq", says=N_("Bước này đã có.")),
        Index("ix_dossier_step_keeper", "keeper_id", "stage", sqlite_where=ACTIVE,
              postgresql_where=ACTIVE),
        Index("ix_dossier_step_agency", "agency_id", "started_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    seq: Mapped[int]
    leg: Mapped[int]
    kind: Mapped[StepKind | None]
    limit_value: Mapped[int]
    limit_unit: Mapped[Unit]
    stage: Mapped[Stage]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    assigned_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    overdue_from: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[Result | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    giver_name: Mapped[str | None]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("handover_list.id"))
    turn: Mapped[int] = mapped_column(default=0)


class StepHold(Base):
    """A stretch in which a step lay with one holder: a person, an office, an outsider."""

    __tablename__ = "step_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("dossier_step.id"), index=True)
    stage: Mapped[Stage]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class HandoverList(Base):
    """A list of dossiers that one office gives to another; both sides sign, the taker on screen."""

    __tablename__ = "handover_list"
    __table_args__ = (
        unique("giver_id", "year", "number", says=N_("Số phiếu này đã được cấp.")),
        Index("ix_handover_list_taker", "taker_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]


class HandoverItem(Base):
    """One dossier of a list, in its place, with the papers that lay in it and its date then.

    `missed` says why the taking side did not find it; it then waits for another list.
    """

    __tablename__ = "handover_item"
    __table_args__ = (unique("list_id", "place", says=N_("Dòng này đã có trong phiếu.")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("handover_list.id"))
    place: Mapped[int]
    step_id: Mapped[int] = mapped_column(ForeignKey("dossier_step.id"), index=True)
    papers: Mapped[int]
    due_at: Mapped[datetime | None]
    missed: Mapped[str | None]


class ControlSlip(Base):
    """The number of a dossier's control slip; what stands on it is told from its steps."""

    __tablename__ = "control_slip"
    __table_args__ = (unique("agency_id", "year", "number", says=N_("Số phiếu này đã được cấp.")),)

    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossier.id"), primary_key=True, autoincrement=False
    )
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    issued_at: Mapped[datetime]

"""The tables of dossiers: the dossier, its pauses and moves, its history and its numbers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from onestop.base.database import Base, Json, JsonList, check, unique
from onestop.base.words import N_, Worded
from onestop.catalogue.rules.channels import OF_FOUR_LEVELS, Channel
from onestop.deadlines.rules.limits import Unit
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.closures import last_day
from onestop.dossiers.rules.identity import Applicant, ApplicantKind, ReturnBy
from onestop.dossiers.rules.states import Outcome, State, Verb
from onestop.tallies.rules import Flow

ACTIVE = text("state NOT IN ('3', '8', '10')")
DESK = (
    "receiving_agency_id", "due_at", "handling_agency_id", "state", "received_at", "finished_at",
    "paused_since", "overdue_from", "intake_due_at", "submitted_at",
)  # fmt: skip
"""All that a desk counts and sorts by; few dossiers are active, so the index is small and wide."""
LISTED = (
    "receiving_agency_id", "procedure_id", "field_id", "channel", "level", "handling_agency_id",
    "submitted_at",
)  # fmt: skip
"""All that narrows a figure and sorts its list: some days are counted in their index alone."""
RUNNING = text("finished_at IS NULL AND received_at IS NOT NULL")
FINISHED = text("finished_at IS NOT NULL")
REAPPOINTED = text("broken_from IS NOT NULL")
NOT_ACCEPTED = text("not_accepted_at IS NOT NULL")
ORDERED = text("basis IS NOT NULL")
TRANSFERRED = text("verb = 'transfer'")


class PauseKind(Worded):
    """Why the clock stands still (rules.md 6)."""

    SUPPLEMENT = "supplement", N_("Chờ bổ sung giấy tờ")
    PAYMENT = "payment", N_("Chờ thực hiện nghĩa vụ tài chính")
    WITHDRAWAL = "withdrawal", N_("Chờ xác nhận rút hồ sơ")
    CLOSURE = "closure", N_("Cơ quan đóng cửa theo lệnh")
    OPINION = "opinion", N_("Chờ ý kiến của cơ quan khác")
    OTHER = "other", N_("Tạm dừng")


class Dossier(Base):
    """One application, with the level, limit, fee and papers it was promised at intake.

    Limit, fee, papers and their sets are copies: changing the catalogue never changes the past.
    `version` is the optimistic lock, `slip` what the last act changed, for whoever takes it back at
    once. `published_limit` is how many of its unit the published limit has, where the desk promised
    fewer. `broken_from` is the first moment after a date that was promised with an apology.
    `extended_by` are the working days by which the limit of a certification was extended, counted
    under the calendar `extended_version`; `extended_to` is the moment promised with them then.
    `late_intake` says of an online submission, once it was checked, whether the desk exceeded its
    hours for that; None where nobody knows. Where the law of its procedure has it so the limit then
    `counts_from` the end of these hours and not from the receipt. `book_number` is its line in the
    register of its shop and the year of receipt, given with the receipt.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        unique("code", says=N_("Số hồ sơ này đã được cấp."), field="code"),
        unique("receiving_agency_id", "key", says=N_("Hồ sơ này vừa được gửi một lần.")),
        check(
            "channel <> 'online' OR level >= 3",
            name="online_level",
            says=N_(
                "Dịch vụ mức độ 1, 2 không nhận hồ sơ trực tuyến "
                "(Nghị định 43/2011/NĐ-CP, điều 3)."
            ),
            field="channel",
        ),
        check("level BETWEEN 1 AND 4", name="level", says=OF_FOUR_LEVELS),
        check(
            "received_at IS NULL OR legal_due_at IS NOT NULL",
            name="promise",
            says=N_("Hồ sơ đã tiếp nhận phải có ngày hẹn."),
        ),
        Index("ix_dossier_desk", *DESK, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        Index("ix_dossier_active_handling", "handling_agency_id", "due_at", sqlite_where=ACTIVE,
              postgresql_where=ACTIVE),
        # Its first column is always empty: without statistics SQLite takes for small only the index
        # in which it looks a value up.
        Index("ix_dossier_running", "finished_at", "receiving_agency_id", "overdue_from",
              sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_dossier_received", "received_at", *LISTED),
        Index("ix_dossier_finished", "finished_at", *LISTED, "second_request", "overdue_from",
              "on_time_from", "outcome", sqlite_where=FINISHED, postgresql_where=FINISHED),
        Index("ix_dossier_not_accepted", "not_accepted_at", sqlite_where=NOT_ACCEPTED,
              postgresql_where=NOT_ACCEPTED),
        Index("ix_dossier_reappointed", "finished_at", sqlite_where=REAPPOINTED,
              postgresql_where=REAPPOINTED),
        Index("ix_dossier_person", "applicant_id_number"),
        Index("ix_dossier_called", "applicant_phone", "procedure_id", sqlite_where=ACTIVE,
              postgresql_where=ACTIVE),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    key: Mapped[str]
    nonce: Mapped[bytes]
    receiving_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    handling_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"))
    level: Mapped[int]
    channel: Mapped[Channel]
    state: Mapped[State]
    version: Mapped[int] = mapped_column()

    applicant_kind: Mapped[ApplicantKind]
    applicant_name: Mapped[str]
    applicant_id_number: Mapped[str | None]
    applicant_phone: Mapped[str | None]
    applicant_address: Mapped[str | None]
    applicant_email: Mapped[str | None]
    note: Mapped[str | None]
    return_by: Mapped[ReturnBy]
    papers: Mapped[JsonList]
    sets: Mapped[int] = mapped_column(default=1)
    fee_vnd: Mapped[int]

    limit_value: Mapped[int]
    limit_unit: Mapped[Unit]
    published_limit: Mapped[int | None]
    cutoff: Mapped[str | None]
    cutoff_shifts_receipt: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime]
    intake_due_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    counts_from: Mapped[datetime | None]
    late_intake: Mapped[bool | None]
    book_number: Mapped[int | None]
    not_accepted_at: Mapped[datetime | None]
    first_due_at: Mapped[datetime | None]
    legal_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    reappointed_at: Mapped[datetime | None]
    apology_cause: Mapped[Cause | None]
    apologised_at: Mapped[datetime | None]
    late_apology: Mapped[bool] = mapped_column(default=False)
    broken_from: Mapped[datetime | None]
    on_time_from: Mapped[datetime | None]
    overdue_from: Mapped[datetime | None]
    first_extended_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    extended_to: Mapped[datetime | None]
    extended_by: Mapped[int | None]
    extended_version: Mapped[int | None]
    calendar_version: Mapped[int | None]
    rolled_version: Mapped[int | None]
    paused_since: Mapped[datetime | None]
    second_request: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    returned_at: Mapped[datetime | None]
    slip: Mapped[Json | None]

    pauses: Mapped[list["DossierPause"]] = relationship(
        order_by="DossierPause.id", back_populates="dossier"
    )
    moves: Mapped[list["DueMove"]] = relationship(order_by="DueMove.id")
    branches: Mapped[list["Branch"]] = relationship(
        order_by="Branch.id", cascade="all, delete-orphan"
    )
    history: Mapped[list["Entry"]] = relationship(order_by="Entry.seq", viewonly=True)

    @property
    def promised_at(self) -> datetime | None:
        """Return the date as it was promised: none until an office opens that was closed."""
        return self.due_at if self.first_due_at is not None else None

    @property
    def applicant(self) -> Applicant:
        """Return who applies, as the rules know one."""
        return Applicant(
            name=self.applicant_name,
            kind=self.applicant_kind,
            id_number=self.applicant_id_number,
            phone=self.applicant_phone,
            address=self.applicant_address,
            email=self.applicant_email,
        )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class Branch(Base):
    """An agency that is asked beside the one that handles a dossier, until it has answered."""

    __tablename__ = "dossier_branch"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))


class DossierPause(Base):
    """A stretch in which the clock stands still; `restarts` where it then counts anew.

    `basis` is the number of the order, where an office was closed by one.
    """

    __tablename__ = "dossier_pause"
    __table_args__ = (
        Index("ix_dossier_pause_basis", "basis", sqlite_where=ORDERED, postgresql_where=ORDERED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[PauseKind]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    restarts: Mapped[bool] = mapped_column(default=False)
    from_state: Mapped[State | None]
    basis: Mapped[str | None]
    dossier: Mapped[Dossier] = relationship(back_populates="pauses")


class OfficeClosure(Base):
    """An order that closes offices, as it was entered; `ends_at` once they are open again."""

    __tablename__ = "office_closure"
    __table_args__ = (unique("order_number", says=N_("Lệnh này vừa được ghi."), field="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str]
    recorded_at: Mapped[datetime]
    opener_name: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    agencies: Mapped[list["ClosedAgency"]] = relationship(order_by="ClosedAgency.agency_id")

    @property
    def last_on(self) -> date | None:
        """Return the last day of the closure, once it has ended."""
        return last_day(self.ends_at) if self.ends_at else None


class ClosedAgency(Base):
    """One of the offices that an order closes."""

    __tablename__ = "closed_agency"

    closure_id: Mapped[int] = mapped_column(ForeignKey("office_closure.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)


class DueMove(Base):
    """A date that moved because its day was declared off; `legal` where the law's own date did."""

    __tablename__ = "due_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    calendar_version: Mapped[int]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    legal: Mapped[bool]
    superseded: Mapped[bool] = mapped_column(default=False)


class Correction(Base):
    """What an act of a later day changed in a figure of a day gone by.

    Those of one flow and day that add up to nothing are as if nothing had happened.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_days", "recorded_on", "day", "dossier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    day: Mapped[date]
    recorded_on: Mapped[date]
    flow: Mapped[Flow | None]
    amount: Mapped[int]


class Entry(Base):
    """One line of history; lines are added, never changed, and each seals the one before."""

    __tablename__ = "entry"
    __table_args__ = (
        unique("agency_id", "seq", says=N_("Dòng lịch sử này đã có.")),
        Index("ix_entry_transfer", "author_id", sqlite_where=TRANSFERRED,
              postgresql_where=TRANSFERRED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    seq: Mapped[int]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    verb: Mapped[Verb]
    from_state: Mapped[State | None]
    to_state: Mapped[State]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reason: Mapped[str | None]
    details: Mapped[Json]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]


class HistoryHead(Base):
    """The last line of an agency's history: its number and its seal."""

    __tablename__ = "history_head"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[bytes]


class DayCounter(Base):
    """The last number given out by an agency on a day."""

    __tablename__ = "day_counter"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class BookCounter(Base):
    """The last line that was written in the register of an agency and a year."""

    __tablename__ = "book_counter"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

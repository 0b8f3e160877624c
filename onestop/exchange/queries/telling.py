"""Dossiers as rows of a register, block by block, and which of them a row cannot tell whole."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from onestop.base.cells import CellValue
from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.viewer import Viewer
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.models import Dossier, DossierPause, Entry, PauseKind
from onestop.dossiers.queries.counting import Clocks
from onestop.dossiers.queries.reading import seen_by
from onestop.dossiers.rules.identity import Applicant
from onestop.dossiers.rules.lives import Life, facts
from onestop.dossiers.rules.states import Outcome, Verb
from onestop.dossiers.rules.timing import Facts, flows
from onestop.dossiers.rules.walks import SUPPLEMENT_NOT_RECORDED
from onestop.exchange.queries.knowing import Book
from onestop.exchange.rules import writing
from onestop.exchange.rules.columns import NAMES, Layout
from onestop.exchange.rules.rows import Reader
from onestop.organisation.models import Agency
from onestop.organisation.rules import LAST_BEFORE_FIRST

BLOCK: Final = 1000
Kept = Any  # a row of the columns that are asked for


@dataclass(frozen=True)
class Span:
    """The days, both included, on which what is told was received, or else not accepted."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.last < self.first:
            raise Refusal(LAST_BEFORE_FIRST, field="last")

    def holds(self, *moments: Any) -> ColumnElement[bool]:
        """Return the condition that the first of `moments` there is falls into the span."""
        moment = func.coalesce(*moments) if len(moments) > 1 else moments[0]
        bounds = []
        if self.first is not None:
            bounds.append(moment >= midnight(self.first))
        if self.last is not None:
            bounds.append(moment < midnight_after(self.last))
        return and_(*bounds) if bounds else moment.is_not(None)


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier as a row; `strange` says what the row cannot tell, if anything."""

    code: str
    cells: tuple[CellValue, ...]
    strange: tuple[Refusal, ...] = ()


DATE: Final = N_("Ngày hẹn được đặt khác (như dời vì ngày nghỉ mới): nhập lại sẽ tính khác.")
SOONER: Final = N_("Hẹn sớm hơn thời hạn công bố: nhập lại sẽ tính theo thời hạn công bố.")
SECOND_REQUEST: Final = N_("Có yêu cầu bổ sung lần hai: nhập lại sẽ không tính là quá hạn vì thế.")
LEVEL: Final = N_("Mức độ dịch vụ khi nộp khác danh mục hiện nay: nhập lại sẽ tính theo danh mục.")
FIGURES: Final = N_("Nhập lại sẽ cho số liệu khác.")
REFUSED: Final = N_("Nhập lại sẽ bị từ chối.")
ACCEPTED: Final = or_(Dossier.received_at.is_not(None), Dossier.not_accepted_at.is_not(None))
TOLD: Final = (
    Dossier.id,
    Dossier.code,
    Dossier.receiving_agency_id,
    Agency.code.label("agency_code"),
    Dossier.procedure_id,
    Dossier.level,
    Dossier.channel,
    Dossier.applicant_name,
    Dossier.applicant_kind,
    Dossier.applicant_id_number,
    Dossier.applicant_phone,
    Dossier.submitted_at,
    Dossier.received_at,
    Dossier.not_accepted_at,
    Dossier.due_at,
    Dossier.published_limit,
    Dossier.reappointed_at,
    Dossier.apologised_at,
    Dossier.apology_cause,
    Dossier.late_apology,
    Dossier.late_intake,
    Dossier.on_time_from,
    Dossier.overdue_from,
    Dossier.second_request,
    Dossier.broken_from,
    Dossier.finished_at,
    Dossier.outcome,
    Dossier.returned_at,
    Dossier.sets,
    Dossier.extended_at,
    Dossier.extended_to,
    Dossier.first_extended_at,
)


def count(span: Span, viewer: Viewer) -> int:
    """Return how many dossiers a register of the span has."""
    return db.session.scalar(select(func.count()).where(*_told(span, viewer))) or 0


def left_out(span: Span, viewer: Viewer) -> int:
    """Return how many were submitted in the span and neither accepted nor refused yet."""
    waiting = (~ACCEPTED, span.holds(Dossier.submitted_at), seen_by(viewer))
    return db.session.scalar(select(func.count()).where(*waiting)) or 0


def lines(span: Span, viewer: Viewer, *, at: datetime) -> Iterator[Line]:
    """Yield every dossier of the span as a row of a register, in the order they were entered.

    Each row is read back as an import would read it now; where that comes to something else
    than what is kept, the line says so.
    """
    teller = _Teller(at)
    last = 0
    statement = (
        select(*TOLD)
        .join(Agency, Agency.id == Dossier.receiving_agency_id)
        .where(*_told(span, viewer))
        .order_by(Dossier.id)
        .limit(BLOCK)
    )
    while block := db.session.execute(statement.where(Dossier.id > last)).all():
        yield from teller.lines(block)
        last = block[-1].id


def _told(span: Span, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    yield ACCEPTED
    yield span.holds(Dossier.received_at, Dossier.not_accepted_at)
    yield seen_by(viewer)


@dataclass
class _Teller:
    at: datetime
    clocks: Clocks = field(default_factory=Clocks)

    def __post_init__(self) -> None:
        self.book = Book(self.at, lambda _: True, self.clocks)
        places = {name: place for place, name in enumerate(NAMES)}
        self.reader = Reader(Layout(places, {}, len(NAMES)), self.book)

    def lines(self, block: Sequence[Kept]) -> Iterator[Line]:
        pauses = _pauses([row.id for row in block])
        brought = _brought(block, pauses)
        for row in block:
            life = writing.dated(self._life(row, pauses[row.id], row.id in brought))
            cells = writing.row(life)
            yield Line(row.code, cells, self._strange(row, cells, pauses[row.id]))

    def _life(self, row: Kept, pauses: list[Kept], was_brought: bool) -> Life:
        began = row.received_at or row.submitted_at
        asked = next((one for one in pauses if one.kind == PauseKind.SUPPLEMENT), None)
        procedure = catalogue.as_of(row.procedure_id, legal_date(began))
        return Life(
            agency_id=row.receiving_agency_id,
            agency_code=row.agency_code,
            procedure=procedure,
            level=row.level,
            channel=row.channel,
            applicant=Applicant(
                row.applicant_name,
                row.applicant_kind,
                row.applicant_id_number,
                row.applicant_phone,
            ),
            submitted_at=row.submitted_at,
            received_at=row.received_at,
            not_accepted_at=row.not_accepted_at,
            supplement_requested_at=asked.begins_at if asked else None,
            supplement_received_at=asked.ends_at if asked and was_brought else None,
            pauses=tuple(
                Pause(one.begins_at, one.ends_at)
                for one in pauses
                if one is not asked and not _is_withdrawal(one, row)
            ),
            finished_at=row.finished_at,
            outcome=row.outcome,
            returned_at=row.returned_at,
            apologised_at=row.apologised_at,
            reappointed_on=row.reappointed_at and legal_date(row.reappointed_at),
            apology_cause=row.apology_cause,
            code=row.code,
            sets=row.sets,
            extended_at=row.extended_at,
            extended_to=self._extended_to(row, procedure),
            first_extended_at=row.first_extended_at,
        )

    def _extended_to(self, row: Kept, procedure: Procedure) -> datetime | None:
        to, unit = row.extended_to, procedure.limit.unit
        return self.clocks.extended_to(to, unit, row.receiving_agency_id) if to else None

    def _strange(
        self, row: Kept, cells: tuple[CellValue, ...], pauses: list[Kept]
    ) -> tuple[Refusal, ...]:
        again = self.reader.life(0, cells)
        if not isinstance(again, Life):
            return (Refusal(REFUSED), *(fault.refusal for fault in again or ()))
        if row.published_limit is not None:
            return (Refusal(SOONER),)
        clock = self.clocks.of(again)
        kept = Facts(
            row.received_at,
            row.not_accepted_at,
            row.on_time_from,
            row.overdue_from,
            row.finished_at,
            row.outcome,
            row.second_request,
            row.broken_from,
            tuple([Pause(one.begins_at, one.ends_at, one.restarts) for one in pauses]),
            row.late_intake,
        )
        late_intake = None if row.late_intake is None else self.clocks.late_intake(again)
        told = facts(again, clock.dates, clock.stood_still, clock.broken_from, late_intake)
        if (clock.due_at, told.overdue_from) != (row.due_at, row.overdue_from):
            return (Refusal(DATE),)
        if row.second_request:
            return (Refusal(SECOND_REQUEST),)
        if again.level != row.level:
            return (Refusal(LEVEL),)
        if clock.anew is not None and clock.anew.is_late != row.late_apology:
            return (Refusal(FIGURES),)
        if kept != told and Counter(flows(kept)) != Counter(flows(told)):
            return (Refusal(FIGURES),)
        return ()


def _pauses(ids: list[int]) -> dict[int, list[Kept]]:
    """Return the pauses of dossiers, each dossier's in the order they were kept."""
    found: dict[int, list[Kept]] = defaultdict(list)
    statement = select(
        DossierPause.dossier_id,
        DossierPause.kind,
        DossierPause.begins_at,
        DossierPause.ends_at,
        DossierPause.restarts,
    ).where(DossierPause.dossier_id.in_(ids))
    for row in db.session.execute(statement.order_by(DossierPause.id)):
        found[row.dossier_id].append(row)
    return found


def _is_withdrawal(pause: Kept, row: Kept) -> bool:
    """Say whether a pause is that of the withdrawal that ended the dossier."""
    return (
        pause.kind == PauseKind.WITHDRAWAL
        and row.outcome == Outcome.WITHDRAWN
        and pause.begins_at == row.finished_at
    )


def _brought(block: Sequence[Kept], pauses: dict[int, list[Kept]]) -> set[int]:
    """Return the dossiers whose supplement was brought, not merely awaited until the finish.

    Where the wait ended with the dossier itself only the history can tell.
    """
    found, unsure = set[int](), set[int]()
    for row in block:
        asked = next((one for one in pauses[row.id] if one.kind == PauseKind.SUPPLEMENT), None)
        if asked is None or asked.ends_at is None:
            continue
        sure = asked.restarts or asked.ends_at != row.finished_at
        (found if sure else unsure).add(row.id)
    if unsure:
        statement = select(Entry.dossier_id, Entry.verb, Entry.seq, Entry.details).where(
            Entry.dossier_id.in_(unsure), Entry.verb.in_([Verb.SUPPLEMENT, Verb.REVERSE])
        )
        rows = db.session.execute(statement).all()
        slips = {(row.dossier_id, row.details.get("of")) for row in rows}
        found |= {
            row.dossier_id
            for row in rows
            if row.verb == Verb.SUPPLEMENT
            and (row.dossier_id, row.seq) not in slips
            and row.details.get("mark") != SUPPLEMENT_NOT_RECORDED
        }
    return found

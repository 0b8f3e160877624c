"""Lists of dossiers: the views of a desk, the search, and whatever a figure stands for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)

from onestop.base.database import connected, folded, table_of
from onestop.base.paging import Paged, page_shown, whole_of
from onestop.base.questions import Question
from onestop.base.viewer import Viewer
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules import limits
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.deadlines.rules.standing import Left, Tone, Unclaimed, time_left, waiting
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import closed, searching
from onestop.dossiers.queries.reading import ACTIVE, RUNNING, Reach, reach_of
from onestop.dossiers.rules.apologies import Promised
from onestop.dossiers.rules.office_times import Beside
from onestop.dossiers.rules.states import FINAL, Holder, State, holder
from onestop.dossiers.rules.timing import INTAKE_CHECK

PAGE: Final = 100
MOST_FOUND: Final = 500


class Sort(Worded):
    """The orders of a list; the most urgent first is the desk's own."""

    DUE = "due", N_("hẹn trả")
    RECEIVED = "received", N_("ngày nhận")
    APPLICANT = "applicant", N_("người nộp")


DOSSIER: Final = table_of(Dossier).c
COLUMNS: Final[tuple[Any, ...]] = (
    DOSSIER.code,
    DOSSIER.applicant_name,
    DOSSIER.procedure_id,
    DOSSIER.submitted_at,
    DOSSIER.received_at,
    DOSSIER.channel,
    DOSSIER.handling_agency_id,
    DOSSIER.receiving_agency_id,
    DOSSIER.state,
    DOSSIER.due_at,
    DOSSIER.late_apology,
    DOSSIER.legal_due_at,
    DOSSIER.overdue_from,
    DOSSIER.paused_since,
    DOSSIER.finished_at,
    DOSSIER.intake_due_at,
    DOSSIER.limit_value,
    DOSSIER.limit_unit,
)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; everything of it stands in the address.

    `due_on` keeps what falls due on a day: what has its result, or waits, does not; `unclaimed`
    what nobody has taken so long, `today`.
    """

    text: str = ""
    state: State | None = None
    channel: Channel | None = None
    field_id: int | None = None
    agency_id: int | None = None
    due_on: date | None = None
    promised: Promised | None = None
    unclaimed: Unclaimed | None = None
    today: date | None = None


class ListedDossier(NamedTuple):
    """A dossier as a row of a list shows it."""

    code: str
    applicant: str
    procedure: Procedure
    state: State
    channel: Channel
    due_at: datetime | None
    left: Left | None
    agency_id: int
    handling_agency_id: int
    holder: Holder | None
    received_at: datetime | None
    is_reappointed: bool = False
    is_late_apology: bool = False
    beside: Beside | None = None

    @property
    def is_held(self) -> bool:
        """Say whether its clock stands still."""
        return self.left is not None and self.left.tone == Tone.HOLD


@dataclass(frozen=True)
class Page(Paged[ListedDossier]):
    """Some dossiers of a list; `more` where a search found still others."""

    more: bool = False


@dataclass(frozen=True)
class ListStatements:
    """The two statements of a list: how many there are, and the rows of a page.

    Or, of what words find, the search that tells the ids, and the rows of a page of those. `often`
    asks for the same rows where a list is opened again and again.
    """

    rows: Select[Any]
    count: Select[Any] | None = None
    search: searching.Search | None = None
    often: Question | None = None


def page(
    condition: ColumnElement[bool],
    narrowed: Filter,
    viewer: Viewer,
    at: datetime,
    *,
    number: int = 1,
    sort: Sort = Sort.DUE,
) -> Page:
    """Return a page of the dossiers that the viewer may see, in a bounded number of reads."""
    return fetch(written(condition, narrowed, reach_of(viewer), sort), at, number=number)


def written(
    condition: ColumnElement[bool],
    narrowed: Filter,
    reach: Reach,
    sort: Sort,
    *,
    active: bool = False,
) -> ListStatements:
    """Return the statements of a list within a reach; `fetch` runs them.

    A page is found by its ids first, from what the conditions and the order alone need, and only
    its own rows are read whole. Of what words find, the newest `MOST_FOUND` are listed: nobody
    looks through more, and to sort a name that half the province has takes as long as it is
    common. `active` says that the condition keeps active dossiers alone.
    """
    order = _order(sort)
    plain = and_(condition, _within(narrowed, reach), _filter(replace(narrowed, text="")))
    if sought := _sought(condition, plain, narrowed, reach, active=active):
        ids = Dossier.id.in_(bindparam("ids", expanding=True, type_=Integer()))
        rows = select(*COLUMNS).where(ids).order_by(*order)
        return ListStatements(_part(rows), search=sought)
    part = _part(select(Dossier.id).where(plain).order_by(*order))
    rows = select(*COLUMNS).where(Dossier.id.in_(part)).order_by(*order)
    return ListStatements(rows, select(func.count()).select_from(Dossier).where(plain))


def _sought(
    condition: ColumnElement[bool],
    plain: ColumnElement[bool],
    narrowed: Filter,
    reach: Reach,
    *,
    active: bool,
) -> searching.Search | None:
    if narrowed.state is not None and narrowed.state not in FINAL:
        plain, active = and_(ACTIVE, plain), True
    agencies = {narrowed.agency_id} if narrowed.agency_id else reach.agencies or ()
    known = replace(narrowed, text="", agency_id=None)
    sifted = condition is not true() or known != Filter()
    return searching.search(narrowed.text, plain, agencies, active=active, sifted=sifted)


def _part(rows: Select[Any]) -> Select[Any]:
    most, skip = (bindparam(name, type_=Integer()) for name in ("most", "skip"))
    return rows.limit(most).offset(skip)


def fetch(
    found: ListStatements,
    at: datetime,
    *,
    number: int,
    total: int | None = None,
    asked: Mapping[str, datetime | int] | None = None,
) -> Page:
    """Return a page of a list; `total` saves its count, `asked` are the list's own parameters."""
    connection, more = connected(), False
    told: dict[str, Any] = dict(asked or {})
    if found.search is not None:
        ids = searching.newest(found.search, MOST_FOUND + 1, told)
        more = len(ids) > MOST_FOUND
        told = {"ids": ids[:MOST_FOUND]}
        total = len(told["ids"])
    elif total is None and found.count is not None:
        total = connection.execute(found.count, told).scalar_one()
    total = total or 0
    number = page_shown(number, total, PAGE)
    part = {**told, "most": PAGE, "skip": (number - 1) * PAGE}
    read = found.often.ask(**part) if found.often else connection.execute(found.rows, part).all()
    return Page(tuple(_rows(read, at)), number, total, PAGE, more=more)


def every(
    condition: ColumnElement[bool],
    narrowed: Filter,
    viewer: Viewer,
    at: datetime,
    *,
    sort: Sort = Sort.DUE,
) -> Iterator[ListedDossier]:
    """Yield all rows of a list that the viewer may see, in its order, of one moment."""
    wanted = and_(condition, _within(narrowed, reach_of(viewer)), _filter(narrowed))
    found = select(*COLUMNS).where(wanted).order_by(*_order(sort))
    return _rows(whole_of(found), at)


def count(condition: ColumnElement[bool], narrowed: Filter, viewer: Viewer) -> int:
    """Return how many dossiers a list has for the viewer."""
    wanted = and_(condition, _within(narrowed, reach_of(viewer)), _filter(narrowed))
    found = select(func.count()).select_from(Dossier).where(wanted)
    return int(connected().execute(found).scalar_one())


def _within(narrowed: Filter, reach: Reach) -> ColumnElement[bool]:
    return reach.found if searching.wording(narrowed.text) else reach.condition


def _order(sort: Sort) -> tuple[Any, ...]:
    if sort == Sort.RECEIVED:
        return (Dossier.submitted_at.desc(), Dossier.id.desc())
    if sort == Sort.APPLICANT:
        return (folded(Dossier.applicant_name.expression), Dossier.id)
    # What is late or running comes before what waits for the applicant, and that before results.
    held = and_(Dossier.paused_since.is_not(None), Dossier.paused_since < Dossier.overdue_from)
    turn = case((Dossier.finished_at.is_not(None), 2), (held, 1), else_=0)
    urgency = func.coalesce(Dossier.due_at, Dossier.intake_due_at, Dossier.submitted_at)
    return (turn, urgency, Dossier.id)


def _filter(narrowed: Filter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if narrowed.text:
        conditions.append(searching.matching(narrowed.text))
    if narrowed.state is not None:
        conditions.append(Dossier.state == narrowed.state)
    if narrowed.channel is not None:
        conditions.append(Dossier.channel == narrowed.channel)
    if narrowed.field_id is not None:
        conditions.append(Dossier.field_id == narrowed.field_id)
    conditions += PROMISED[narrowed.promised]
    if narrowed.due_on is not None:
        begins = midnight(narrowed.due_on)
        conditions += [
            RUNNING,
            Dossier.paused_since.is_(None),
            Dossier.due_at >= begins,
            Dossier.due_at < begins + timedelta(days=1),
        ]
    if narrowed.unclaimed is not None and narrowed.today is not None:
        ends = midnight_after(narrowed.unclaimed.since(narrowed.today))
        waits = (Dossier.due_at < ends, Dossier.finished_at < ends)
        conditions += [Dossier.state == State.RESOLVED, *waits]
    if narrowed.agency_id is not None:
        conditions.append(
            or_(
                Dossier.receiving_agency_id == narrowed.agency_id,
                Dossier.handling_agency_id == narrowed.agency_id,
            )
        )
    return and_(*conditions)


PROMISED: Final[Mapping[Promised | None, Sequence[ColumnElement[bool]]]] = {
    None: (),
    Promised.ANEW: (Dossier.broken_from.is_not(None),),
    Promised.LATE: (Dossier.broken_from.is_not(None), Dossier.late_apology.is_(True)),
}


def _rows(found: Iterable[Any], at: datetime) -> Iterator[ListedDossier]:
    whole, left = catalogue.snapshot(), _Left(at)
    for row in found:
        code, applicant, procedure_id, submitted_at, received_at, channel, handling_id = row[:7]
        receiving_id, state, due_at, is_late, legal_due_at, *_, intake_due_at, _, _ = row[7:]
        yield ListedDossier(
            code,
            applicant,
            whole.as_of(whole.codes[procedure_id], legal_date(received_at or submitted_at)),
            state,
            channel,
            due_at or intake_due_at,
            left.of(receiving_id, state, submitted_at, due_at, *row[11:]),
            receiving_id,
            handling_id,
            holder(state),
            received_at,
            is_reappointed=due_at != legal_due_at,
            is_late_apology=is_late,
        )


def left_to_check(dossier: Dossier, at: datetime) -> Left | None:
    """Return what is left of the hours for checking a submission, as a list has it."""
    if dossier.state != State.SUBMITTED:
        return None
    desk, came_at = dossier.receiving_agency_id, dossier.submitted_at
    return _Left(at).of_check(desk, came_at, dossier.intake_due_at)


class _Left:
    """What is left of the limits of a page; most of its rows share theirs with others."""

    def __init__(self, at: datetime) -> None:
        self.at, self.calendar, self.hours = at, deadlines.calendar(), deadlines.all_hours()
        self.known: dict[tuple[Any, ...], Left | None] = {}

    def of(self, agency_id: int, state: State, came_at: datetime, *clock: Any) -> Left | None:
        """Return what is left of a limit; `clock`: a date and the last columns of a list."""
        if state == State.SUBMITTED:
            return self.of_check(agency_id, came_at, clock[-3])
        *moments, unit = clock
        key = (agency_id, state._value_, unit._value_, *moments)
        if key not in self.known:
            self.known[key] = self._told(agency_id, state, *clock)
        return self.known[key]

    def _told(
        self,
        agency_id: int,
        state: State,
        promised_at: datetime | None,
        legal_due_at: datetime | None,
        overdue_from: datetime | None,
        paused_since: datetime | None,
        finished_at: datetime | None,
        _intake_due_at: datetime | None,
        limit_value: int,
        limit_unit: Unit,
    ) -> Left | None:
        if finished_at is not None and state == State.RESOLVED and promised_at is not None:
            return waiting(promised_at, finished_at, self.at)
        if finished_at is not None:
            return Left(Tone.DONE)
        if legal_due_at is None or overdue_from is None:
            return None
        return time_left(
            self.at,
            legal_due_at,
            overdue_from,
            Limit(limit_value, limit_unit),
            calendar=self.calendar,
            hours=self.hours.of(agency_id),
            paused_since=paused_since,
        )

    def of_check(
        self, agency_id: int, came_at: datetime, intake_due_at: datetime | None
    ) -> Left | None:
        """Return what is left of the hours for checking what was submitted.

        None run at an office that is closed: its opening counts them anew.
        """
        if intake_due_at is None:
            return None
        orders = closed.orders_of({agency_id})
        return time_left(
            self.at,
            intake_due_at,
            limits.overdue_from(intake_due_at, INTAKE_CHECK.unit),
            INTAKE_CHECK,
            calendar=self.calendar,
            hours=self.hours.of(agency_id),
            paused_since=max(came_at, orders[0].begins_at) if orders else None,
        )

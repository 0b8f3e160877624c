"""Lists of dossiers: the views of a desk, the search, and whatever a figure stands for."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    column,
    func,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.sql.elements import TextClause

from onestop.base.database import db, folded, is_postgresql
from onestop.base.viewer import Viewer
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel, Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules import (
    Calendar,
    Hours,
    Left,
    Limit,
    Tone,
    Unit,
    at_local,
    legal_date,
    time_left,
)
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.reading import seen_by
from onestop.dossiers.rules.identity import SHORTEST_SUFFIX, tokens
from onestop.dossiers.rules.states import FINAL, Holder, State, holder

PAGE: Final = 50
ACTIVE: Final = Dossier.state.not_in(FINAL)
INTAKE: Final = Limit(8, Unit.WORKING_HOUR)
VIEWS: Final = {
    "mine": N_("Bàn của tôi"),
    "due_today": N_("Đến hạn hôm nay"),
    "overdue": N_("Quá hạn"),
    "new_online": N_("Trực tuyến mới"),
    "awaiting": N_("Chờ bổ sung"),
    "ready": N_("Chờ trả kết quả"),
}


class Sort(Worded):
    """The orders of a list; the most urgent first is the desk's own."""

    DUE = "due", N_("hẹn trả")
    RECEIVED = "received", N_("ngày nhận")
    APPLICANT = "applicant", N_("người nộp")


SEARCH: Final = table("dossier_search", column("rowid"), column("dossier_id"), column("words"))


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; everything of it stands in the address."""

    text: str = ""
    state: State | None = None
    channel: Channel | None = None
    field_id: int | None = None
    agency_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
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


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where they stand in it."""

    rows: tuple[Listed, ...]
    number: int
    total: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Return the place of the first row."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Return the place of the last row."""
        return self.first + len(self.rows) - 1


def view_condition(name: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition of a view of the desk; overdue is what `timeliness` says."""
    tomorrow = at_local(legal_date(at) + timedelta(days=1), time())
    running = and_(Dossier.finished_at.is_(None), Dossier.received_at.is_not(None))
    conditions: dict[str, ColumnElement[bool]] = {
        "mine": ACTIVE,
        "new_online": Dossier.state == State.SUBMITTED,
        "due_today": and_(
            running,
            Dossier.paused_since.is_(None),
            Dossier.overdue_from > at,
            Dossier.due_at < tomorrow,
        ),
        "overdue": and_(
            running,
            Dossier.overdue_from <= at,
            or_(Dossier.paused_since.is_(None), Dossier.paused_since >= Dossier.overdue_from),
        ),
        "awaiting": Dossier.state == State.AWAITING_SUPPLEMENT,
        "ready": Dossier.state == State.RESOLVED,
    }
    return and_(ACTIVE, conditions[name])


def counts(viewer: Viewer, at: datetime) -> dict[str, int]:
    """Return how many dossiers each view of the desk has, in one read."""
    columns: list[Any] = [func.count().filter(view_condition(name, at)) for name in VIEWS]
    statement = select(*columns).where(seen_by(viewer), ACTIVE)
    row = db.session.execute(statement).one()
    return dict(zip(VIEWS, row, strict=True))


def count(name: str, viewer: Viewer, at: datetime) -> int:
    """Return how many dossiers one view of the desk has."""
    wanted = and_(view_condition(name, at), seen_by(viewer))
    return db.session.scalar(select(func.count()).select_from(Dossier).where(wanted)) or 0


def page(
    condition: ColumnElement[bool],
    narrowed: Filter,
    viewer: Viewer,
    at: datetime,
    *,
    number: int = 1,
    sort: Sort = Sort.DUE,
) -> Page:
    """Return a page of the dossiers that the viewer may see, in a constant number of reads."""
    wanted = and_(condition, seen_by(viewer), _filter(narrowed))
    total = db.session.scalar(select(func.count()).select_from(Dossier).where(wanted)) or 0
    number = max(1, min(number, -(-total // PAGE) or 1))
    statement = _columns().where(wanted).order_by(*_order(sort))
    found = db.session.execute(statement.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(tuple(_rows(found, at)), number, total)


def due_ahead(viewer: Viewer, first: date, last: date) -> dict[date, int]:
    """Return how many running dossiers are due on each day from `first` to `last`, in one read."""
    begins, ends = at_local(first, time()), at_local(last + timedelta(days=1), time())
    running = and_(Dossier.finished_at.is_(None), Dossier.received_at.is_not(None), ACTIVE)
    statement = (
        select(Dossier.due_at, func.count())
        .where(seen_by(viewer), running, Dossier.paused_since.is_(None))
        .where(Dossier.due_at >= begins, Dossier.due_at < ends)
        .group_by(Dossier.due_at)
    )
    counts: Counter[date] = Counter()
    for due_at, amount in db.session.execute(statement):
        if due_at is not None:
            counts[legal_date(due_at)] += amount
    return counts


def matching(words: str) -> ColumnElement[bool]:
    """Return the condition that a dossier holds all words, as prefixes in any order.

    Folded: no diacritics needed. Three digits or more also match the end of a phone or an
    identity number.
    """
    found = sorted(tokens([words]))
    if not found:
        return true()
    if is_postgresql():
        ways = (" | ".join(f"{one}:*" for one in _ways(word)) for word in found)
        asked = " & ".join(f"({way})" for way in ways)
        hits: Select[Any] = select(SEARCH.c.dossier_id).where(
            SEARCH.c.words.op("@@")(func.to_tsquery(text("'simple'"), asked))
        )
    else:
        ways = (" OR ".join(f'"{one}"*' for one in _ways(word)) for word in found)
        asked = " AND ".join(f"({way})" for way in ways)
        hits = select(SEARCH.c.rowid).where(_match(asked))
    return Dossier.id.in_(hits)


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


def _match(asked: str) -> TextClause:
    return text("dossier_search MATCH :asked").bindparams(asked=asked)


def _ways(word: str) -> list[str]:
    if word.isdigit() and len(word) >= SHORTEST_SUFFIX:
        return [word, f"r{word[::-1]}"]
    return [word]


def _filter(narrowed: Filter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if narrowed.text:
        conditions.append(matching(narrowed.text))
    if narrowed.state is not None:
        conditions.append(Dossier.state == narrowed.state)
    if narrowed.channel is not None:
        conditions.append(Dossier.channel == narrowed.channel)
    if narrowed.field_id is not None:
        conditions.append(Dossier.field_id == narrowed.field_id)
    if narrowed.due_on is not None:
        begins = at_local(narrowed.due_on, time())
        conditions.append(Dossier.due_at.between(begins, begins + timedelta(days=1)))
    if narrowed.agency_id is not None:
        conditions.append(
            or_(
                Dossier.receiving_agency_id == narrowed.agency_id,
                Dossier.handling_agency_id == narrowed.agency_id,
            )
        )
    return and_(*conditions)


def _columns() -> Select[Any]:
    columns: list[Any] = [
        Dossier.code,
        Dossier.applicant_name,
        Dossier.procedure_id,
        Dossier.submitted_at,
        Dossier.received_at,
        Dossier.state,
        Dossier.channel,
        Dossier.due_at,
        Dossier.overdue_from,
        Dossier.paused_since,
        Dossier.finished_at,
        Dossier.intake_due_at,
        Dossier.limit_value,
        Dossier.limit_unit,
        Dossier.receiving_agency_id,
        Dossier.handling_agency_id,
    ]
    return select(*columns)


def _rows(found: Any, at: datetime) -> list[Listed]:  # noqa: ANN401 - rows as SQLAlchemy gives them
    if not found:
        return []
    whole, calendar = catalogue.snapshot(), deadlines.calendar()
    hours = deadlines.all_hours()
    listed = []
    for row in found:
        agency = row.receiving_agency_id
        listed.append(
            Listed(
                row.code,
                row.applicant_name,
                whole.as_of(
                    whole.codes[row.procedure_id],
                    legal_date(row.received_at or row.submitted_at),
                ),
                row.state,
                row.channel,
                row.due_at or row.intake_due_at,
                _left(row, at, calendar, hours.of(agency)),
                agency,
                row.handling_agency_id,
                holder(row.state),
            )
        )
    return listed


def _left(row: Any, at: datetime, calendar: Calendar, hours: Hours) -> Left | None:  # noqa: ANN401
    if row.state == State.SUBMITTED and row.intake_due_at is not None:
        late_from = row.intake_due_at + timedelta(minutes=1)
        return time_left(at, row.intake_due_at, late_from, INTAKE, calendar=calendar, hours=hours)
    if row.finished_at is not None:
        return Left(Tone.DONE, waits=row.state == State.RESOLVED)
    if row.due_at is None:
        return None
    if row.paused_since is not None and row.paused_since < row.overdue_from:
        days = calendar.working_days(legal_date(row.paused_since), legal_date(at))
        return Left(Tone.HOLD, days=days)
    limit = Limit(row.limit_value, row.limit_unit)
    return time_left(at, row.due_at, row.overdue_from, limit, calendar=calendar, hours=hours)

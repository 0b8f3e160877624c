"""Lists of dossiers: the views of a desk, the search, and whatever a figure stands for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
)

from onestop.base.database import db, folded, is_postgresql, table_of
from onestop.base.viewer import Viewer
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel, Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.standing import Left, Tone, time_left
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries.reading import seen_by
from onestop.dossiers.rules.apologies import Promised
from onestop.dossiers.rules.identity import BEGINNING, SHORTEST_SUFFIX, is_begun, tokens
from onestop.dossiers.rules.states import Holder, State, holder

PAGE: Final = 100
BLOCK: Final = 1000
MOST_FOUND: Final = 500
INTAKE: Final = Limit(8, Unit.WORKING_HOUR)


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
SEARCH: Final = table("dossier_search", column("rowid"), column("dossier_id"), column("words"))
ROW: Final = SEARCH.c.rowid
BARE_ROW: Final[ColumnElement[int]] = literal_column("+dossier_search.rowid")


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; everything of it stands in the address."""

    text: str = ""
    state: State | None = None
    channel: Channel | None = None
    field_id: int | None = None
    agency_id: int | None = None
    due_on: date | None = None
    promised: Promised | None = None


class Listed(NamedTuple):
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
    is_reappointed: bool = False
    is_late_apology: bool = False


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where they stand in it; `more` where a search found still others."""

    rows: tuple[Listed, ...]
    number: int
    total: int
    size: int = PAGE
    more: bool = False

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


@dataclass(frozen=True)
class Written:
    """The two statements of a list: how many there are, and the rows of a page."""

    count: Select[Any]
    rows: Select[Any]
    searches: bool = False


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
    return fetch(written(and_(condition, seen_by(viewer)), narrowed, sort), at, number=number)


def written(
    condition: ColumnElement[bool], narrowed: Filter, sort: Sort, *, few: bool = False
) -> Written:
    """Return the statements of a list; `fetch` runs them.

    A page is found by its ids first, from what the conditions and the order alone need, and only
    its own rows are read whole. Of what words find, the newest `MOST_FOUND` are listed: nobody
    looks through more, and to sort a name that half the province has takes as long as it is
    common. `few` says that the condition leaves little, and is asked before the words.
    """
    order = _order(sort)
    if narrowed.text and tokens([narrowed.text]):
        return _searched(
            and_(condition, _filter(replace(narrowed, text=""))), narrowed.text, order, few=few
        )
    wanted = and_(condition, _filter(narrowed))
    ids = select(Dossier.id).where(wanted).order_by(*order)
    return Written(select(func.count()).select_from(Dossier).where(wanted), _page(ids, order))


def _searched(
    condition: ColumnElement[bool], words: str, order: tuple[Any, ...], *, few: bool
) -> Written:
    hit = _hit(words)
    if is_postgresql() and few:
        # Not the bare column: PostgreSQL would gather all that the words find before it asks
        # which of them are kept.
        among = select(Dossier.id).where(condition).cte("kept").prefix_with("MATERIALIZED")
        newest = select(among.c.id).join(SEARCH, SEARCH.c.dossier_id == among.c.id)
        newest = newest.where(_hit(words, func.coalesce(SEARCH.c.words, SEARCH.c.words)))
        newest = newest.order_by(among.c.id.desc())
    elif is_postgresql():
        newest = select(Dossier.id).join(SEARCH, SEARCH.c.dossier_id == Dossier.id)
        newest = newest.where(hit, condition).order_by(Dossier.id.desc())
    elif few:
        # The plus keeps SQLite from asking the index of words about each dossier by itself.
        kept = select(Dossier.id).where(condition)
        newest = select(ROW.label("id")).where(hit, BARE_ROW.in_(kept)).order_by(ROW.desc())
    else:
        newest = select(Dossier.id).join(SEARCH, Dossier.id == BARE_ROW)
        newest = newest.where(hit, condition).order_by(ROW.desc())
    counted = newest.limit(bindparam("beyond", type_=Integer())).subquery()
    listed = newest.limit(bindparam("found", type_=Integer())).subquery()
    ids = select(Dossier.id).where(Dossier.id.in_(select(listed.c.id))).order_by(*order)
    return Written(select(func.count()).select_from(counted), _page(ids, order), searches=True)


def _page(ids: Select[Any], order: tuple[Any, ...]) -> Select[Any]:
    part = ids.limit(bindparam("most", type_=Integer())).offset(bindparam("skip", type_=Integer()))
    return select(*COLUMNS).where(Dossier.id.in_(part)).order_by(*order)


def fetch(
    found: Written,
    at: datetime,
    *,
    number: int,
    total: int | None = None,
    asked: Mapping[str, datetime | int] | None = None,
) -> Page:
    """Return a page of a list; `total` saves its count, `asked` are the list's own parameters."""
    connection = db.session.connection()
    ends = {"found": MOST_FOUND, "beyond": MOST_FOUND + 1} if found.searches else {}
    asked = {**(asked or {}), **ends}
    if total is None:
        total = connection.execute(found.count, asked).scalar_one()
    more = found.searches and total > MOST_FOUND
    total = MOST_FOUND if more else total
    number = max(1, min(number, -(-total // PAGE) or 1))
    part = {**asked, "most": PAGE, "skip": (number - 1) * PAGE}
    rows = tuple(_rows(connection.execute(found.rows, part).all(), at))
    return Page(rows, number, total, more=more)


def every(
    condition: ColumnElement[bool],
    narrowed: Filter,
    viewer: Viewer,
    at: datetime,
    *,
    sort: Sort = Sort.DUE,
) -> Iterator[Listed]:
    """Yield all rows of a list that the viewer may see, in its order, of one moment.

    One statement, read block by block: memory does not grow with the list.
    """
    wanted = and_(condition, seen_by(viewer), _filter(narrowed))
    found = select(*COLUMNS).where(wanted).order_by(*_order(sort))
    # Whoever stops half way closes what the database still holds ready.
    with db.session.connection().execute(found.execution_options(yield_per=BLOCK)) as read:
        for part in read.partitions():
            yield from _rows(part, at)


def count(condition: ColumnElement[bool], narrowed: Filter, viewer: Viewer) -> int:
    """Return how many dossiers a list has for the viewer."""
    wanted = and_(condition, seen_by(viewer), _filter(narrowed))
    found = select(func.count()).select_from(Dossier).where(wanted)
    return int(db.session.connection().execute(found).scalar_one())


def matching(words: str) -> ColumnElement[bool]:
    """Return the condition that a dossier holds all words, as prefixes in any order.

    Folded: no diacritics needed. Three digits or more also match the end of a phone or an
    identity number.
    """
    if not tokens([words]):
        return true()
    return Dossier.id.in_(
        select(SEARCH.c.dossier_id if is_postgresql() else ROW).where(_hit(words))
    )


def _hit(words: str, kept: ColumnElement[Any] = SEARCH.c.words) -> ColumnElement[bool]:
    found = sorted(tokens([words]))
    if is_postgresql():
        ways = (" | ".join(map(_begins, _ways(word))) for word in found)
        asked = " & ".join(f"({way})" for way in ways)
        return kept.op("@@")(func.to_tsquery(text("'simple'"), asked))
    ways = (" OR ".join(f'"{one}"*' for one in _ways(word)) for word in found)
    return literal_column("dossier_search").op("MATCH")(" AND ".join(f"({way})" for way in ways))


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


def _begins(word: str) -> str:
    return f"0{word}" if is_begun(word) and len(word) <= BEGINNING else f"{word}:*"


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
    conditions += PROMISED[narrowed.promised]
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


PROMISED: Final[Mapping[Promised | None, Sequence[ColumnElement[bool]]]] = {
    None: (),
    Promised.ANEW: (Dossier.broken_from.is_not(None),),
    Promised.LATE: (Dossier.broken_from.is_not(None), Dossier.late_apology.is_(True)),
}


def _rows(found: Sequence[Any], at: datetime) -> Iterator[Listed]:
    whole, left = catalogue.snapshot(), _Left(at)
    for row in found:
        code, applicant, procedure_id, submitted_at, received_at, channel, handling_id = row[:7]
        receiving_id, state, due_at, is_late, legal_due_at, *_, intake_due_at, _, _ = row[7:]
        yield Listed(
            code,
            applicant,
            whole.as_of(whole.codes[procedure_id], legal_date(received_at or submitted_at)),
            state,
            channel,
            due_at or intake_due_at,
            left.of(receiving_id, state, *row[11:]),
            receiving_id,
            handling_id,
            holder(state),
            is_reappointed=due_at != legal_due_at,
            is_late_apology=is_late,
        )


class _Left:
    """What is left of the limits of a page; most of its rows share theirs with others."""

    def __init__(self, at: datetime) -> None:
        self.at, self.calendar, self.hours = at, deadlines.calendar(), deadlines.all_hours()
        self.known: dict[tuple[Any, ...], Left] = {}

    def of(
        self,
        agency_id: int,
        state: State,
        legal_due_at: datetime | None,
        overdue_from: datetime | None,
        paused_since: datetime | None,
        finished_at: datetime | None,
        intake_due_at: datetime | None,
        limit_value: int,
        limit_unit: Unit,
    ) -> Left | None:
        if state == State.SUBMITTED and intake_due_at is not None:
            late_from = intake_due_at + timedelta(minutes=1)
            return self._until(intake_due_at, late_from, INTAKE, agency_id)
        if finished_at is not None:
            return Left(Tone.DONE, waits=state == State.RESOLVED)
        if legal_due_at is None or overdue_from is None:
            return None
        if paused_since is not None and paused_since < overdue_from:
            since, today = legal_date(paused_since), legal_date(self.at)
            return Left(Tone.HOLD, days=self.calendar.working_days(since, today))
        return self._until(legal_due_at, overdue_from, Limit(limit_value, limit_unit), agency_id)

    def _until(
        self, due_at: datetime, overdue_from: datetime, limit: Limit, agency_id: int
    ) -> Left:
        hours = self.hours.of(agency_id)
        key = (due_at, overdue_from, limit, hours)
        if key not in self.known:
            self.known[key] = time_left(
                self.at, due_at, overdue_from, limit, calendar=self.calendar, hours=hours
            )
        return self.known[key]

"""The desk: its lists, how many wait in each, and what falls due ahead.

A desk is opened all day long, and its statements are long: they are written once for each reach
and each list, not for each opening, and find all they count in one index of active dossiers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased

from onestop.base.database import connected, db, once
from onestop.base.questions import Question
from onestop.base.viewer import Staff, Viewer
from onestop.base.words import N_, Worded
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import AT_ONCE, Unit
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import foreseeing, lists, reading
from onestop.dossiers.queries.lists import PAGE, Filter, ListedDossier, Page, Sort
from onestop.dossiers.queries.reading import ACTIVE, RUNNING, Reach, is_late, reach_of, unindexed
from onestop.dossiers.rules.office_times import hand_over, waited_for
from onestop.dossiers.rules.states import State

MOST_WRITTEN: Final = 512
MOST_COMING: Final = 2000


class DeskList(Worded):
    """The lists of the desk."""

    MINE = "mine", N_("Bàn của tôi")
    RECEIVED = "received", N_("Chưa bàn giao")
    DUE_TODAY = "due_today", N_("Đến hạn hôm nay")
    DUE_SOON = "due_soon", N_("Trong 2 ngày làm việc tới")
    OVERDUE = "overdue", N_("Quá hạn")
    NEW_ONLINE = "new_online", N_("Trực tuyến mới")
    AWAITING = "awaiting", N_("Chờ bổ sung")
    READY = "ready", N_("Chờ trả kết quả")


# Its channel is not in the index of a desk: only the few that wait to be checked are looked up.
_ITSELF: Final = aliased(Dossier)
CAME_ONLINE: Final = exists().where(_ITSELF.id == Dossier.id, _ITSELF.channel == Channel.ONLINE)


def _conditions(
    at: Any,  # noqa: ANN401 - moments, or parameters for them
    tomorrow: Any,  # noqa: ANN401
    later: Any,  # noqa: ANN401
    *,
    as_column: Callable[[Any], Any] = lambda column: column,
) -> dict[DeskList, ColumnElement[bool]]:
    due_at, overdue_from = as_column(Dossier.due_at), as_column(Dossier.overdue_from)
    # What most dossiers fail comes first: the database looks no further, thousands of times.
    return {
        DeskList.MINE: true(),
        DeskList.RECEIVED: Dossier.state == State.RECEIVED,
        DeskList.DUE_TODAY: and_(
            due_at < tomorrow,
            overdue_from > at,
            Dossier.paused_since.is_(None),
            RUNNING,
        ),
        DeskList.DUE_SOON: and_(
            due_at < later,
            due_at >= tomorrow,
            Dossier.paused_since.is_(None),
            RUNNING,
        ),
        DeskList.OVERDUE: and_(is_late(overdue_from, at), RUNNING),
        DeskList.NEW_ONLINE: and_(Dossier.state == State.SUBMITTED, CAME_ONLINE),
        DeskList.AWAITING: Dossier.state == State.AWAITING_SUPPLEMENT,
        DeskList.READY: Dossier.state == State.RESOLVED,
    }


MOMENT: Final = Dossier.due_at.type
ASKED: Final = tuple(bindparam(name, type_=MOMENT) for name in ("at", "tomorrow", "later"))
CONDITIONS: Final = _conditions(*ASKED)
COUNTED: Final = _conditions(*ASKED, as_column=unindexed)


def condition_of(view: DeskList, at: datetime) -> ColumnElement[bool]:
    """Return the condition of a list of the desk; overdue is what `timeliness` says."""
    told = _moments(at)
    return and_(ACTIVE, _conditions(told["at"], told["tomorrow"], told["later"])[view])


def counts(viewer: Viewer, at: datetime) -> Mapping[DeskList, int]:
    """Return how many dossiers each list of the desk has, in one read for each request."""
    reach = reach_of(viewer)

    def read() -> Mapping[DeskList, int]:
        (row,) = _counts(db.engine.dialect.name, reach).ask(**_moments(at))
        return dict(zip(CONDITIONS, row, strict=True))

    return once(("desk", reach), read)


def page(
    view: DeskList,
    narrowed: Filter,
    viewer: Viewer,
    at: datetime,
    *,
    number: int = 1,
    sort: Sort = Sort.DUE,
    whole: int | None = None,
) -> Page:
    """Return a page of a list of the desk; `whole` is its count, where that is known already."""
    found = _list(db.engine.dialect.name, view, narrowed, reach_of(viewer), sort)
    total = whole if narrowed == Filter() else None
    shown = lists.fetch(found, at, number=number, total=total, asked=_moments(at))
    return replace(shown, rows=tuple(told(view, shown.rows, at)))


def told(view: DeskList, rows: Iterable[ListedDossier], at: datetime) -> Iterator[ListedDossier]:
    """Yield the rows of a list; where all of it waits for one thing, with by when it is due."""
    tell = TELLING.get(view)
    if tell is None:
        yield from rows
        return
    left = iter(rows)
    while some := list(islice(left, PAGE)):
        yield from tell(some, at)


def _to_hand_over(rows: Sequence[ListedDossier], at: datetime) -> Iterator[ListedDossier]:
    """Tell by when each is handed over: not what is settled at the desk, nor what is held.

    What was held, for a fee or a closed office, goes on when it is held no more.
    """
    calendar, hours = deadlines.calendar(), deadlines.all_hours()
    held_until = reading.held_until([row.code for row in rows])
    for row in rows:
        if row.received_at is None or row.procedure.limit.unit in AT_ONCE or row.is_held:
            yield row
            continue
        due = hand_over(
            max(row.received_at, held_until.get(row.code, row.received_at)),
            at,
            at_once=row.channel == Channel.ONLINE,
            calendar=calendar,
            hours=hours.of(row.agency_id),
        )
        yield row._replace(beside=due)


def _waited_for(rows: Sequence[ListedDossier], at: datetime) -> Iterator[ListedDossier]:
    """Tell until when each applicant is waited for, if it is known."""
    calendar, until = deadlines.calendar(), foreseeing.waits([row.code for row in rows])
    for row in rows:
        ends = until.get(row.code)
        yield row._replace(beside=waited_for(ends, at, calendar)) if ends else row


TELLING: Final = {DeskList.RECEIVED: _to_hand_over, DeskList.AWAITING: _waited_for}


def due_ahead(viewer: Viewer, first: date, last: date) -> dict[date, int]:
    """Return how many running dossiers are due on each day from `first` to `last`, in one read."""
    asked = {"begins": midnight(first), "ends": midnight_after(last)}
    counted: Counter[date] = Counter()
    for due_at, amount in _ahead(db.engine.dialect.name, reach_of(viewer)).ask(**asked):
        if due_at is not None:
            counted[legal_date(due_at)] += amount
    return counted


class Coming(NamedTuple):
    """A running dossier with the date that is promised for it, or a step with its own.

    `step` is the number of a step and who does it.
    """

    code: str
    procedure: Procedure
    state: Worded
    due_at: datetime
    overdue_from: datetime
    unit: Unit
    step: tuple[int, Worded] | None = None


Duties = Callable[[Staff], Iterable[Coming]]
DUTIES: Final[dict[Duties, None]] = {}
"""What rooms above know of dates of their own that somebody has to keep beside the dossiers'."""


def told_with(duties: Duties) -> None:
    """Tell such dates wherever a member of staff is told his own; once is enough."""
    DUTIES[duties] = None


def duties(staff: Staff) -> tuple[Coming, ...]:
    """Return the dates that a member of staff has to keep and that are no dossier's."""
    return tuple(one for known in DUTIES for one in known(staff))


def coming(viewer: Viewer) -> tuple[Coming, ...]:
    """Return the running dossiers within reach that have a date, the earliest first, in one read.

    One that waits for its applicant has none; beyond `MOST_COMING` the later ones are left out.
    """
    whole = catalogue.snapshot()
    rows = connected().execute(_coming(reach_of(viewer)))
    return tuple(
        Coming(code, whole.as_of(whole.codes[procedure_id], legal_date(received_at)), *rest)
        for code, procedure_id, received_at, *rest in rows
    )


def _moments(at: datetime) -> dict[str, datetime]:
    # `later` ends the second working day to come.
    today, calendar = legal_date(at), deadlines.calendar()
    last = calendar.next_working_day(calendar.next_working_day(today))
    return {"at": at, "tomorrow": midnight_after(today), "later": midnight_after(last)}


@lru_cache(maxsize=MOST_WRITTEN)
def _counts(_dialect: str, reach: Reach) -> Question:
    columns: list[Any] = [func.count().filter(condition) for condition in COUNTED.values()]
    return Question(select(*columns).select_from(Dossier).where(reach.condition, ACTIVE))


@lru_cache(maxsize=MOST_WRITTEN)
def _list(
    _dialect: str, view: DeskList, narrowed: Filter, reach: Reach, sort: Sort
) -> lists.ListStatements:
    found = lists.written(and_(ACTIVE, CONDITIONS[view]), narrowed, reach, sort, active=True)
    return found if found.search else replace(found, often=Question(found.rows))


@lru_cache(maxsize=MOST_WRITTEN)
def _coming(reach: Reach) -> Select[Any]:
    columns: list[Any] = [
        Dossier.code,
        Dossier.procedure_id,
        Dossier.received_at,
        Dossier.state,
        Dossier.due_at,
        Dossier.overdue_from,
        Dossier.limit_unit,
    ]
    # Bare, so that the index of running dossiers is found: else all that was ever received is read.
    runs = and_(Dossier.finished_at.is_(None), RUNNING, Dossier.paused_since.is_(None))
    return (
        select(*columns)
        .where(reach.condition, ACTIVE, runs)
        .order_by(Dossier.due_at, Dossier.id)
        .limit(MOST_COMING)
    )


@lru_cache(maxsize=MOST_WRITTEN)
def _ahead(_dialect: str, reach: Reach) -> Question:
    columns: list[Any] = [Dossier.due_at, func.count()]
    # The index of a desk has its own dossiers by their dates; those of many desks are all read.
    due_at = Dossier.due_at if reach.is_one_desk else unindexed(Dossier.due_at)
    return Question(
        select(*columns)
        .where(due_at < bindparam("ends", type_=MOMENT))
        .where(due_at >= bindparam("begins", type_=MOMENT))
        .where(ACTIVE, reach.condition, Dossier.paused_since.is_(None), RUNNING)
        .group_by(Dossier.due_at)
    )

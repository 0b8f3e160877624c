"""Exactly the dossiers behind a figure, and the recount of figures from the facts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, load_only, scoped_session, selectinload

from onestop.base.database import connected, db, is_postgresql
from onestop.base.words import N_
from onestop.catalogue.rules.channels import ONLINE_FROM, Channel
from onestop.deadlines.rules.moments import midnight, midnight_after
from onestop.dossiers.models import Correction, Dossier, DossierPause
from onestop.dossiers.queries.reading import facts, is_late
from onestop.dossiers.rules.states import Outcome
from onestop.dossiers.rules.timing import flows
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Booking, Flow, Period

BATCH: Final = 2000
BOOKED: Final = load_only(
    Dossier.receiving_agency_id, Dossier.procedure_id, Dossier.level, Dossier.channel,
    Dossier.received_at, Dossier.not_accepted_at, Dossier.counts_from, Dossier.on_time_from,
    Dossier.overdue_from, Dossier.finished_at, Dossier.outcome, Dossier.second_request,
    Dossier.broken_from, Dossier.late_intake,
)  # fmt: skip
"""What the figures of a dossier come from, beside its pauses: a third of what is kept of it."""
FIGURES: Final = {
    "carried": N_("Kỳ trước chuyển sang"),
    "received": N_("Đã tiếp nhận"),
    "received_online": N_("Tiếp nhận trực tuyến"),
    "received_online_3_or_above": N_("Tiếp nhận trực tuyến, mức độ 3 trở lên"),
    "received_online_3": N_("Tiếp nhận trực tuyến, đúng mức độ 3"),
    "received_online_4": N_("Tiếp nhận trực tuyến, mức độ 4"),
    "received_3_or_above": N_("Tiếp nhận của dịch vụ mức độ 3 trở lên"),
    "resolved": N_("Đã giải quyết"),
    "timely": N_("Giải quyết trước hạn và đúng hạn"),
    "early": N_("Giải quyết trước hạn"),
    "on_time": N_("Giải quyết đúng hạn"),
    "overdue": N_("Giải quyết quá hạn"),
    "refused_at_intake": N_("Không tiếp nhận"),
    "checked_online": N_("Hồ sơ trực tuyến đã kiểm tra"),
    "late_intake": N_("Kiểm tra muộn hồ sơ trực tuyến"),
    "refused": N_("Bị từ chối sau thẩm định"),
    "withdrawn": N_("Rút hồ sơ"),
    "stopped": N_("Bị dừng giải quyết"),
    "reappointed": N_("Giải quyết, đã hẹn lại"),
    "reappointed_kept": N_("Giữ đúng hẹn lại"),
    "open": N_("Đang giải quyết"),
    "open_within_term": N_("Đang giải quyết, trong hạn"),
    "open_overdue": N_("Đang giải quyết, quá hạn"),
    "paused": N_("Đang tạm dừng"),
    "corrected": N_("Sửa sau khi kỳ kết thúc"),
}


@dataclass(frozen=True)
class Figure:
    """Which figure of which period, of which dossiers; `at` is the moment of asking."""

    name: str
    period: Period
    asked: Asked
    at: datetime
    field_ids: Collection[int] | None = None

    @property
    def begins(self) -> datetime:
        """Return the first moment of the period."""
        return midnight(self.period.first)

    @property
    def ends(self) -> datetime:
        """Return the first moment after the period."""
        return midnight_after(self.period.last)


def condition(figure: Figure) -> ColumnElement[bool]:
    """Return the condition of exactly the dossiers that a figure counts."""
    desk = _desk(figure)
    return and_(_figure(figure), *narrowed(figure.asked, figure.field_ids, desk=desk))


def _desk(figure: Figure) -> ColumnElement[int]:
    # Without statistics SQLite looks for a day among all that many desks ever received: what is no
    # bare column it does not look up.
    desks = figure.asked.agency_ids
    is_bare = desks is None or len(desks) == 1 or figure.name in STOCKS or is_postgresql()
    is_bare &= figure.name != "corrected"  # those are few, and told by their ids
    column: ColumnElement[int] = Dossier.receiving_agency_id.expression
    return column if is_bare else column + 0


def narrowed(
    asked: Asked,
    field_ids: Collection[int] | None = None,
    *,
    desk: ColumnElement[int] | None = None,
) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that narrow dossiers to what was asked for."""
    if asked.agency_ids is not None:
        yield (Dossier.receiving_agency_id if desk is None else desk).in_(asked.agency_ids)
    if asked.levels is not None:
        yield Dossier.level.in_(asked.levels)
    if asked.channels is not None:
        yield Dossier.channel.in_(asked.channels)
    if asked.procedure_ids is not None:
        yield Dossier.procedure_id.in_(asked.procedure_ids)
    if field_ids is not None:
        yield Dossier.field_id.in_(field_ids)


def _figure(figure: Figure) -> ColumnElement[bool]:
    name = figure.name
    if name.startswith("received"):
        return and_(_within(Dossier.received_at, figure), *_received(name))
    if name in STOCKS:
        return STOCKS[name](figure)
    if name == "corrected":
        return _corrected(figure.period.last)
    if name == "refused_at_intake":
        return _within(Dossier.not_accepted_at, figure)
    if name in CHECKED:
        answered = (Dossier.received_at, Dossier.not_accepted_at)
        return and_(CHECKED[name], or_(*(_within(moment, figure) for moment in answered)))
    resolved = _within(Dossier.finished_at, figure)
    if name in OUTCOMES:
        return and_(resolved, Dossier.outcome == OUTCOMES[name])
    if name in PROMISED:
        return and_(resolved, PROMISED[name])
    return and_(resolved, *_class(name))


def _corrected(last: date) -> ColumnElement[bool]:
    late = select(Correction.dossier_id).where(
        Correction.recorded_on > last, Correction.day <= last
    )
    alike = (Correction.dossier_id, Correction.day, Correction.flow)
    return Dossier.id.in_(late.group_by(*alike).having(func.sum(Correction.amount) != 0))


CHECKED: Final[dict[str, ColumnElement[bool]]] = {
    "checked_online": Dossier.late_intake.is_not(None),
    "late_intake": Dossier.late_intake.is_(True),
}


OUTCOMES: Final = {
    "refused": Outcome.REFUSED,
    "withdrawn": Outcome.WITHDRAWN,
    "stopped": Outcome.STOPPED,
}


PROMISED: Final[dict[str, ColumnElement[bool]]] = {
    "reappointed": Dossier.broken_from.is_not(None),
    "reappointed_kept": Dossier.finished_at < Dossier.broken_from,
}


def _within(column: Any, figure: Figure) -> ColumnElement[bool]:  # noqa: ANN401 - any moment
    return and_(column >= figure.begins, column < figure.ends)


def _received(name: str) -> Iterator[ColumnElement[bool]]:
    if name.startswith("received_online"):
        yield Dossier.channel == Channel.ONLINE
    if name.endswith("_3_or_above"):
        yield Dossier.level >= ONLINE_FROM
    elif name.endswith(("_3", "_4")):
        yield Dossier.level == int(name[-1])


def _class(name: str) -> Iterator[ColumnElement[bool]]:
    late = or_(Dossier.second_request, Dossier.finished_at >= Dossier.overdue_from)
    if name == "overdue":
        yield late
    elif name != "resolved":
        yield not_(late)
    if name == "early":
        yield Dossier.finished_at < Dossier.on_time_from
    elif name == "on_time":
        yield Dossier.finished_at >= Dossier.on_time_from


def _open(moment: datetime) -> ColumnElement[bool]:
    unfinished = or_(Dossier.finished_at.is_(None), Dossier.finished_at >= moment)
    return and_(Dossier.received_at < moment, unfinished)


def _paused(moment: datetime) -> ColumnElement[bool]:
    running = or_(DossierPause.ends_at.is_(None), DossierPause.ends_at >= moment)
    held = exists().where(
        DossierPause.dossier_id == Dossier.id, DossierPause.begins_at < moment, running
    )
    return and_(_open(moment), held)


def _overdue(figure: Figure) -> ColumnElement[bool]:
    """Say that lateness has begun by the period's end or now; a pause begun in time holds it."""
    held = exists().where(
        DossierPause.dossier_id == Dossier.id,
        DossierPause.begins_at < Dossier.overdue_from,
        or_(DossierPause.ends_at.is_(None), DossierPause.ends_at >= figure.ends),
    )
    late = and_(Dossier.overdue_from < figure.ends, Dossier.overdue_from <= figure.at)
    # Pauses that overlap are one: the last of them may have begun late, and still holds it off.
    running = func.coalesce(Dossier.paused_since < Dossier.overdue_from, false())
    return and_(_open(figure.ends), late, not_(or_(running, held)))


# What is recorded has happened, also where only its date is known and the day is not over yet: so
# an unfinished period counts it to its end, as the counters do, and only lateness asks the clock.
STOCKS: Final[dict[str, Callable[[Figure], ColumnElement[bool]]]] = {
    "carried": lambda figure: _open(figure.begins),
    "open": lambda figure: _open(figure.ends),
    "open_within_term": lambda figure: and_(_open(figure.ends), not_(_overdue(figure))),
    "open_overdue": _overdue,
    "paused": lambda figure: _paused(figure.ends),
}


def live(asked: Asked, at: datetime, by: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Count open overdue and paused dossiers as they are `at` this moment, by columns.

    Read from the dossiers that are running, through their partial index. `by` names columns of
    the counters: agency_id, procedure_id, level, channel.
    """
    keys = [COLUMNS[name] for name in by]
    running = and_(Dossier.finished_at.is_(None), Dossier.received_at.is_not(None))
    late = is_late(Dossier.overdue_from, at)
    columns: list[Any] = [
        *keys,
        func.count().filter(late),
        func.count().filter(Dossier.paused_since.is_not(None)),
    ]
    statement = select(*columns).where(running, *narrowed(asked))
    rows = db.session.execute(statement.group_by(*keys) if keys else statement)
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in rows}


COLUMNS: Final = {
    "agency_id": Dossier.receiving_agency_id,
    "procedure_id": Dossier.procedure_id,
    "level": Dossier.level,
    "channel": Dossier.channel,
}


def bookings() -> Iterator[Booking]:
    """Yield what every dossier there is adds to the counters, from its own facts."""
    last = 0
    # With a block its dossiers are let go, but not those that somebody else has in hand.
    with Session(connected()) as own:
        while block := _block(select(Dossier).where(Dossier.id > last), BATCH, own):
            for dossier in block:
                yield from booked(dossier)
            last = block[-1].id
            own.expunge_all()


def booked(dossier: Dossier) -> Iterator[Booking]:
    """Return what one dossier adds to the counters."""
    return (booking(dossier, day, flow) for day, flow in flows(facts(dossier)))


def booking(dossier: Dossier, day: date, flow: Flow, amount: int = 1) -> Booking:
    """Return what the counters of a dossier take of a flow on a day."""
    desk, procedure = dossier.receiving_agency_id, dossier.procedure_id
    return Booking(day, desk, procedure, dossier.level, dossier.channel, flow, amount)


def bookings_between(first: date, last: date, asked: Asked) -> Iterator[Booking]:
    """Yield the flows of some days, recounted through the date indexes from what they touch."""
    begins, ends = midnight(first), midnight_after(last)
    pause = aliased(DossierPause)
    touched = exists().where(
        pause.dossier_id == Dossier.id,
        or_(pause.begins_at.between(begins, ends), pause.ends_at.between(begins, ends)),
    )
    moments = (
        Dossier.received_at,
        Dossier.finished_at,
        Dossier.not_accepted_at,
    )
    overdue = and_(
        Dossier.overdue_from.between(begins, ends + timedelta(days=1)),
        or_(Dossier.finished_at.is_(None), Dossier.finished_at >= Dossier.overdue_from),
    )
    statement = select(Dossier).where(
        or_(overdue, touched, *(moment.between(begins, ends) for moment in moments)),
        *narrowed(asked),
    )
    for dossier in _block(statement, None, db.session):
        yield from (one for one in booked(dossier) if first <= one.day <= last)


def totals(found: Iterator[Booking], by: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, int]]:
    """Add bookings up by the columns named in `by`; receipts by level too."""
    added: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in found:
        counts = added[tuple(getattr(one, name) for name in by)]
        counts[str(one.flow.value)] += one.amount
        if one.flow != Flow.RECEIVED:
            continue
        if one.channel == Channel.ONLINE:
            counts[f"online_{one.level}"] += one.amount
        if one.level >= ONLINE_FROM:
            counts["received_3_or_above"] += one.amount
    return added


def _block(
    statement: Select[Any], most: int | None, session: Session | scoped_session[Any]
) -> list[Dossier]:
    whole = statement.options(BOOKED, selectinload(Dossier.pauses)).order_by(Dossier.id)
    return list(session.scalars(whole.limit(most) if most else whole))

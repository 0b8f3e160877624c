"""By when questions are answered: counted anew where a day, a closure or an end lies between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, or_, select

from onestop.base.database import db
from onestop.deadlines import queries as deadlines
from onestop.deadlines.queries import AllHours
from onestop.deadlines.rules.calendars import Calendar
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, overdue_from, plain
from onestop.deadlines.rules.pauses import Pause, left_after, reaches
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import orders
from onestop.dossiers.queries.moving import Declared, Move, Part
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import FINAL, State, Verb
from onestop.opinions.models import Opinion
from onestop.opinions.queries.questions import AWAITED, joined


def falling(declared: Declared, locked: bool) -> list[Part]:
    """Return the questions over which one of the days lies, whose date it makes a later one.

    Nobody was promised it but the agency that is asked: what is late stays so, and a day to work
    on takes no time from it.
    """
    over = declared.lie_over(Opinion.asked_at, Opinion.due_at)
    running = (AWAITED, Opinion.overdue_from > declared.at, over)
    found = joined(select(Opinion, Dossier)).where(*running)
    return _anew(found, declared.calendar, declared.hours, locked=locked)


def opened(closure: Closure, locked: bool) -> list[Part]:
    """Return the questions to offices that were closed: an order leaves its days out of them."""
    found = joined(select(Opinion, Dossier)).where(
        AWAITED,
        Opinion.agency_id.in_(closure.agency_ids),
        Opinion.overdue_from > closure.begins_at,
    )
    hours = deadlines.all_hours()
    return _anew(found, deadlines.calendar(), hours, locked=locked, also=closure)


def going_on(dossier: Dossier, at: datetime) -> list[Part]:
    """Return the questions of a dossier that goes on `at` a moment, having ended for a while.

    Nobody could answer in between, nor what closed the asked office then takes from its time. What
    was late before stays so.
    """
    found = joined(select(Opinion, Dossier)).where(AWAITED, Opinion.dossier_id == dossier.id)
    hours = deadlines.all_hours()
    return _anew(found, deadlines.calendar(), hours, locked=False, until=at)


def _anew(
    found: Select[Any],
    calendar: Calendar,
    hours: AllHours,
    *,
    locked: bool,
    until: datetime | None = None,
    also: Closure | None = None,
) -> list[Part]:
    ordered = found.order_by(Dossier.id, Opinion.seq)
    rows = db.session.execute(ordered.with_for_update() if locked else ordered).all()
    closures = orders.closures_of({one.agency_id for one, _ in rows if one.agency_id}, also)
    ended = _ended(found, until)
    parts = []
    for opinion, dossier in rows:
        shut, own = closures.get(opinion.agency_id, ()), ended.get(dossier.id, ())
        if until is not None and not _was_in_time(opinion, shut, own, until):
            continue
        then = count(
            opinion.asked_at,
            plain(Limit(opinion.limit_value, opinion.limit_unit)),
            calendar=calendar,
            hours=hours.of(opinion.agency_id or opinion.asker_id),
            pauses=left_after([*shut, *own], opinion.asked_at),
        )
        if then.due_at <= opinion.due_at:
            continue
        dates = (opinion.due_at, then.due_at)
        move = Move(dossier.id, dossier.code, *dates, legal=False, is_opinion=True)
        told = {"answer_due_at": then.due_at.isoformat()}
        parts.append(
            Part(dossier, move, Verb.MOVE_OPINION, told, partial(_put, opinion, then.due_at))
        )
    return parts


def _was_in_time(
    opinion: Opinion, shut: Iterable[Pause], ended: Iterable[Pause], until: datetime
) -> bool:
    """Say whether a question was not late when its dossier ended that goes on `until` a moment.

    An office is not late while an order keeps it closed.
    """
    late = opinion.overdue_from
    since = [one.begins_at for one in ended if one.ends_at == until]
    held = [one for one in shut if one.begins_at < late]
    return any(begun < late or any(reaches(one, begun) for one in held) for begun in since)


def _ended(found: Select[Any], until: datetime | None) -> Mapping[int, list[Pause]]:
    """Return when dossiers that go on had ended, as their history tells it; one still, `until`."""
    lines = (
        select(Entry.dossier_id, Entry.to_state, Entry.happened_at)
        .where(
            Entry.dossier_id.in_(found.with_only_columns(Opinion.dossier_id)),
            or_(Entry.from_state.in_(AT_AN_END), Entry.to_state.in_(AT_AN_END)),
        )
        .order_by(Entry.seq)
    )
    begun: dict[int, datetime] = {}
    over = defaultdict[int, list[Pause]](list)
    for dossier_id, to_state, happened_at in db.session.execute(lines):
        if to_state in AT_AN_END:
            begun.setdefault(dossier_id, happened_at)
        elif dossier_id in begun:
            over[dossier_id].append(Pause(begun.pop(dossier_id), happened_at))
    for dossier_id, since in begun.items():
        over[dossier_id].append(Pause(since, until))
    return over


AT_AN_END: Final = (*FINAL, State.RESOLVED)


def _put(opinion: Opinion, due_at: datetime) -> None:
    opinion.due_at = due_at
    opinion.overdue_from = overdue_from(due_at, opinion.limit_unit)

"""What holds of all dossiers of a database, whatever was done to them before.

Each is told the dossiers read anew, and at what moment they are looked at.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from onestop.base.database import db
from onestop.base.moments import local
from onestop.base.viewer import Operator
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import history
from onestop.dossiers.models import Dossier, Entry, OfficeClosure, PauseKind
from onestop.dossiers.queries import desks, explaining, reading
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.lists import Filter
from onestop.dossiers.rules.states import FINAL, State
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.letters.models import Letter
from onestop.reporting.queries import counters
from onestop.steps.models import StepHold
from onestop.steps.queries import trails
from tests.deadlines import oracle
from tests.dossiers.given import NEIGHBOUR, staff

Dossiers = Sequence[Dossier]


def the_history_is_complete_and_sealed(dossiers: Dossiers) -> None:
    codes = {one.id: one.code for one in dossiers}
    states: dict[int, State | None] = {}
    moments: dict[int, datetime] = {}
    seals: dict[int, tuple[int, bytes]] = {}
    for line in db.session.scalars(select(Entry).order_by(Entry.agency_id, Entry.seq)):
        seq, seal = seals.get(line.agency_id, (0, b""))
        row = {column.name: getattr(line, column.name) for column in Entry.__table__.columns}
        assert (line.seq, line.previous_hash) == (seq + 1, seal)
        assert history.sealed(row, codes[line.dossier_id]) == line.hash
        seals[line.agency_id] = (line.seq, line.hash)
        assert line.from_state == states.get(line.dossier_id)
        states[line.dossier_id] = line.to_state
        assert line.happened_at >= moments.get(line.dossier_id, line.happened_at)
        moments[line.dossier_id] = line.happened_at
    for dossier in dossiers:
        assert states[dossier.id] == dossier.state


def the_counters_equal_the_facts(_dossiers: Dossiers) -> None:
    assert counters.differences() == []


def every_step_lies_with_somebody_or_with_nobody(dossiers: Dossiers) -> None:
    counted = select(StepHold.step_id, func.count()).where(StepHold.until.is_(None))
    held = {row[0]: row[1] for row in db.session.execute(counted.group_by(StepHold.step_id))}
    for dossier in dossiers:
        steps = trails.steps_of(dossier)
        runs = trails.open_ones(steps)
        begun = dossier.state.value in "4567" and bool(steps)
        assert bool(runs) == (begun and dossier.received_at is not None)
        assert len({one.leg for one in runs}) <= 1, "one leg runs at a time"
        beside = [one.agency_id for one in dossier.branches]
        if runs:
            assert dossier.handling_agency_id == runs[0].keeper_id
        assert beside == [one.keeper_id for one in runs[1:]]
        for one in steps:
            assert (one in runs) == (one.started_at is not None and one.finished_at is None)
            assert held.get(one.id, 0) == (1 if one in runs else 0)


def without_moves_the_date_is_that_of_the_pencil(dossiers: Dossiers) -> None:
    if deadlines.current_version() > 1:
        return
    for dossier in dossiers:
        if dossier.received_at is None or dossier.legal_due_at is None:
            continue
        if dossier.paused_since is not None:
            continue  # while a pause runs the date stays as it was
        expected = oracle.due(
            dossier.counts_from or dossier.received_at,
            reading.limit(dossier),
            deadlines.calendar(),
            deadlines.hours(dossier.receiving_agency_id),
            reading.pauses(dossier),
            further=reading.further(dossier),
            shifts=dossier.cutoff_shifts_receipt,
        )
        assert local(dossier.legal_due_at) == expected


OF_NO_STATE: Final = frozenset({PauseKind.CLOSURE, PauseKind.OPINION, PauseKind.OTHER})


def facts_fit_the_state(dossiers: Dossiers) -> None:
    for dossier in dossiers:
        state = dossier.state.value
        assert (dossier.not_accepted_at is not None) == (state == "3")
        assert (dossier.finished_at is not None) == (state in {"8", "9", "10"})
        assert (dossier.outcome is not None) == (state in {"8", "9", "10"})
        assert (dossier.returned_at is not None) == (state == "10")
        running = [one for one in dossier.pauses if one.ends_at is None]
        assert bool(running) == (dossier.paused_since is not None)
        held = state in {"6", "7"} or (state == "5" and bool(dossier.received_at))
        assert bool([one for one in running if one.kind not in OF_NO_STATE]) == held


def a_second_request_never_wins_time(dossiers: Dossiers) -> None:
    for dossier in dossiers:
        asked = [one for one in dossier.pauses if one.kind == PauseKind.SUPPLEMENT]
        assert dossier.second_request == (len(asked) > 1)
        assert not [one for one in asked[1:] if one.restarts]
        if dossier.second_request and dossier.finished_at is not None:
            standing = timeliness(reading.facts(dossier), dossier.finished_at)
            assert standing == Timeliness.OVERDUE


def whoever_checked_late_is_told_by_the_lines(dossiers: Dossiers) -> None:
    shut = db.session.scalar(select(func.count()).select_from(OfficeClosure))
    undisturbed = not shut and deadlines.current_version() == 1
    for dossier in dossiers:
        found = _checks(dossier)
        is_online = dossier.channel.value == "online"
        assert (dossier.late_intake is not None) == (is_online and bool(found))
        if undisturbed and is_online and found:
            hours = deadlines.hours(dossier.receiving_agency_id)
            ends = [oracle.due(came, CHECK, deadlines.calendar(), hours) for came, _ in found]
            late = [
                local(answered).replace(second=0, microsecond=0) > end
                for (_, answered), end in zip(found, ends, strict=True)
            ]
            assert dossier.late_intake == any(late)


def the_limit_counts_from_the_check_where_the_law_has_it_so(dossiers: Dossiers) -> None:
    shut = db.session.scalar(select(func.count()).select_from(OfficeClosure))
    for dossier in dossiers:
        if dossier.received_at is None:
            assert dossier.counts_from is None
            continue
        found = _checks(dossier)
        is_so = reading.procedure_of(dossier).online_clock_start.value == "intake_deadline"
        if not is_so or dossier.channel.value != "online" or not found:
            assert dossier.counts_from is None
        elif not shut and deadlines.current_version() == 1:
            came, answered = found[-1]
            hours = deadlines.hours(dossier.receiving_agency_id)
            end = oracle.due(came, CHECK, deadlines.calendar(), hours)
            is_late = local(answered).replace(second=0, microsecond=0) > end
            kept = dossier.counts_from and local(dossier.counts_from)
            assert kept == (end if is_late else None)


CHECK: Final = Limit(8, Unit.WORKING_HOUR)
ANSWERS: Final = {"receive", "refuse_at_intake", "ask_completion"}


def _checks(dossier: Dossier) -> list[tuple[datetime, datetime]]:
    """Return when a submission came and when the desk answered, each time, as its lines tell it."""
    taken_back = {one.details.get("of") for one in dossier.history}
    came, found = dossier.submitted_at, list[tuple[datetime, datetime]]()
    for line in dossier.history:
        if line.seq in taken_back:
            continue
        if line.verb.value == "bring_completion":
            came = line.happened_at
        elif line.from_state == State.SUBMITTED and line.verb.value in ANSWERS:
            found.append((came, line.happened_at))
    return found


def every_paper_has_the_next_number_of_its_series(_dossiers: Dossiers) -> None:
    last: dict[tuple[Any, ...], int] = {}
    for one in db.session.scalars(select(Letter).order_by(Letter.id)):
        series = (one.agency_id, one.paper, one.year)
        last[series] = last.get(series, 0) + 1
        assert one.number == last[series]


def every_date_is_the_last_line_of_its_explanation(dossiers: Dossiers, at: datetime) -> None:
    for dossier in dossiers:
        explained = explaining.explained(dossier, at)
        assert (explained is None) == (dossier.received_at is None)
        if explained is None or dossier.legal_due_at is None:
            continue
        assert explained.lines[-1].date == legal_date(dossier.legal_due_at)
        assert dossier.due_at == max(
            dossier.legal_due_at, dossier.reappointed_at or dossier.legal_due_at
        )
        if not [one for one in dossier.moves if not one.superseded]:
            assert explaining.counted(dossier).due_at == dossier.legal_due_at


def a_search_of_the_desk_finds_what_is_active_and_nothing_else(
    _dossiers: Dossiers, at: datetime
) -> None:
    active = select(Dossier.code).where(Dossier.state.not_in(FINAL))
    for viewer in (Operator(), staff(NEIGHBOUR, at)):
        known = set(db.session.scalars(active.where(reading.opened_by(viewer))))
        found = desks.page(DeskList.MINE, Filter(text="h26"), viewer, at)
        assert {row.code for row in found.rows} == known


def the_desk_and_the_rule_agree_on_what_is_late(dossiers: Dossiers, at: datetime) -> None:
    late = {
        one.id
        for one in dossiers
        if one.received_at and timeliness(reading.facts(one), at) == Timeliness.OPEN_OVERDUE
    }
    found = db.session.scalars(select(Dossier.id).where(desks.condition_of(DeskList.OVERDUE, at)))
    assert set(found) == late


ALWAYS: Final[Sequence[Callable[[Dossiers], None]]] = (
    the_history_is_complete_and_sealed,
    the_counters_equal_the_facts,
    every_step_lies_with_somebody_or_with_nobody,
    without_moves_the_date_is_that_of_the_pencil,
    facts_fit_the_state,
    a_second_request_never_wins_time,
    whoever_checked_late_is_told_by_the_lines,
    the_limit_counts_from_the_check_where_the_law_has_it_so,
    every_paper_has_the_next_number_of_its_series,
)
AS_TIME_GOES_BY: Final[Sequence[Callable[[Dossiers, datetime], None]]] = (
    every_date_is_the_last_line_of_its_explanation,
    a_search_of_the_desk_finds_what_is_active_and_nothing_else,
    the_desk_and_the_rule_agree_on_what_is_late,
)

"""Any verb by anybody on any day: either the whole law holds afterwards, or nothing happened."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.viewer import Operator
from onestop.catalogue.rules import Channel
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.moments import at_local, legal_date, local
from onestop.dossiers.actions import closing, history, intake, moving
from onestop.dossiers.models import Dossier, Entry, PauseKind
from onestop.dossiers.queries import desks, explaining, reading
from onestop.dossiers.queries.closing import still_closed
from onestop.dossiers.queries.lists import Filter
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import FINAL, State
from onestop.dossiers.rules.timing import Timeliness, timeliness
from onestop.reporting import queries as reporting
from onestop.steps.actions import moving as stepping
from onestop.steps.models import DossierStep, StepHold
from onestop.steps.queries import trails
from onestop.steps.rules import MOVE_OF
from tests.conftest import Prepared
from tests.deadlines import oracle
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_LEADER,
    COMMUNE_OFFICER,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    act_of,
    desk,
    handed_in,
    received,
    staff,
    submitted,
)
from tests.installing import begin

# Rules.md 11.3, as far as the screens go: from where, whether received, by whom. Written out once
# more, so that the table of the product has something to be compared with.
CLERK, OFFICER, LEADER = COMMUNE_CLERK, COMMUNE_OFFICER, COMMUNE_LEADER
LEGAL: Final[dict[str, set[tuple[str, bool, str]]]] = {
    "accept": {("1", False, CLERK)},
    "refuse_at_intake": {("1", False, CLERK), ("5", False, CLERK)},
    "ask_for_completion": {("1", False, CLERK)},
    "bring_completion": {("5", False, CLERK)},
    "hand_over": {("2", True, CLERK)},
    "settle": {("2", True, CLERK)},
    "ask_for_supplement": {("4", True, OFFICER), ("4", True, LEADER)},
    "note_supplement": {("5", True, CLERK)},
    "resolve": {("4", True, OFFICER), ("4", True, LEADER)}
    | {("6", True, who) for who in (CLERK, OFFICER, LEADER)},
    "refuse": {("4", True, OFFICER), ("4", True, LEADER)},
    "return_result": {("9", True, CLERK)},
    "ask_for_withdrawal": {(state, True, CLERK) for state in "2456"},
    "take_back_withdrawal": {("7", True, CLERK)},
    "confirm_withdrawal": {("7", True, LEADER)},
    "ask_for_payment": {(state, True, who) for state in "24" for who in (CLERK, OFFICER, LEADER)},
    "note_payment": {("6", True, who) for who in (CLERK, OFFICER, LEADER)},
    "correct": {("9", True, LEADER)},
    "stop": {("2", True, LEADER), ("4", True, LEADER), ("5", True, LEADER)},
    "apologise": {("2", True, LEADER), ("4", True, LEADER)},
    "transfer": {(state, True, LEADER) for state in "24567"},
}
TO: Final = {
    "accept": "2",
    "refuse_at_intake": "3",
    "ask_for_completion": "5",
    "bring_completion": "1",
    "hand_over": "4",
    "settle": "9",
    "ask_for_supplement": "5",
    "note_supplement": "4",
    "resolve": "9",
    "refuse": "9",
    "return_result": "10",
    "ask_for_withdrawal": "7",
    "confirm_withdrawal": "8",
    "ask_for_payment": "6",
    "correct": "4",
    "stop": "8",
}
BACK: Final = {"take_back_withdrawal", "note_payment"}
STAYING: Final = {"apologise", "transfer"}
REASONED: Final = {
    "refuse_at_intake",
    "ask_for_completion",
    "ask_for_supplement",
    "refuse",
    "stop",
    "correct",
    "apologise",
    "transfer",
}
SAID: Final[dict[str, dict[str, Any]]] = {
    "accept": {"papers": frozenset({0})},
    "return_result": {"taken_by": "Nguyễn Văn Thí Dụ", "id_document": "thẻ căn cước"},
    "ask_for_withdrawal": {"reason": None},
    "ask_for_payment": {"amount_vnd": 250_000, "notice": "12/TB-CCT"},
}
WAIT: Final = 30  # calendar days in which an applicant may bring a supplement (rules.md 6.1)
PEOPLE: Final = (CLERK, OFFICER, LEADER, NEIGHBOUR)
AT_ONCE: Final = "C-HT-22"  # the commune, then police and social insurance side by side
LIMITS: Final = (FIVE_DAYS, CERTIFIED_COPY, "C-HT-12", AT_ONCE)
STEP_MOVES: Final = sorted(str(one) for one in MOVE_OF)


class Walk(RuleBasedStateMachine):
    """A few dossiers of one desk, and people who do what comes to their minds."""

    prepared: Prepared

    def __init__(self) -> None:
        super().__init__()
        begin(self.prepared[1], "sample")
        self.at = MONDAY
        self.ids: list[int] = []
        self.orders = 0

    def teardown(self) -> None:
        db.session.remove()

    @initialize(procedure=st.sampled_from(LIMITS), asked=st.booleans())
    def first(self, procedure: str, *, asked: bool) -> None:
        """Begin with a fresh dossier, or with one whose agencies have been asked at once."""
        self.ids.append(received(at=self.at, procedure_code=AT_ONCE if asked else procedure).id)
        if asked:
            for verb, who in (("hand_over", CLERK), ("take_up", OFFICER), ("hand_on", OFFICER)):
                with transaction():
                    fresh = self._dossier(self.ids[0])
                    room = act_of(verb) if verb == "hand_over" else getattr(stepping, verb)
                    room(fresh, by=staff(who, self.at), at=self.at)

    @rule(
        days=st.integers(0, 12),
        minutes=st.sampled_from([0, 1, 30, 240, 479, 480, 600, 24 * 60 - 1]),
    )
    def time_passes(self, days: int, minutes: int) -> None:
        self.at += timedelta(days=days, minutes=minutes)

    @precondition(lambda self: len(self.ids) < 4)
    @rule(
        procedure=st.sampled_from(LIMITS),
        how=st.sampled_from(["counter", "online", "postal", "sent back"]),
    )
    def comes_in(self, procedure: str, how: str) -> None:
        if how == "online":
            made = submitted(at=self.at, procedure_code="C-HT-12")
        elif how == "postal":
            made = received(
                at=self.at,
                procedure_code=procedure,
                channel=Channel.POSTAL,
                delivered_at=self.at - timedelta(hours=30),
            )
        elif how == "sent back":
            clerk = staff(CLERK, self.at)
            with transaction():
                made = intake.send_back(
                    handed_in(procedure_code=procedure),
                    reason="Thiếu tờ khai",
                    desk=desk(clerk),
                    by=clerk,
                    at=self.at,
                )
        else:
            made = received(at=self.at, procedure_code=procedure)
        self.ids.append(made.id)

    @rule(
        verb=st.sampled_from(sorted(LEGAL)),
        who=st.sampled_from(PEOPLE),
        which=st.integers(0, 3),
        with_reason=st.booleans(),
    )
    def anybody_tries(self, verb: str, who: str, which: int, *, with_reason: bool) -> None:
        self._try(verb, who, self.ids[which % len(self.ids)], "Có lý do" if with_reason else None)

    @rule(data=st.data(), which=st.integers(0, 3))
    def somebody_goes_on(self, data: st.DataObject, which: int) -> None:
        dossier = self._dossier(self.ids[which % len(self.ids)])
        known = (dossier.state.value, dossier.received_at is not None)
        ways = sorted(
            (verb, row[2]) for verb, rows in LEGAL.items() for row in rows if row[:2] == known
        )
        if ways:
            verb, who = data.draw(st.sampled_from(ways))
            self._try(verb, who, dossier.id, "Có lý do")

    @rule(data=st.data(), which=st.integers(0, 3), minutes=st.integers(0, 10))
    def somebody_takes_a_slip_back(self, data: st.DataObject, which: int, minutes: int) -> None:
        dossier_id = self.ids[which % len(self.ids)]
        before = self._facts(dossier_id)
        known = self._everything()
        self.somebody_goes_on(data, which)
        if self._everything() == known:
            return
        last = self._dossier(dossier_id).history[-1]
        names = {staff(one, self.at).name: one for one in PEOPLE}
        at = self.at + timedelta(minutes=minutes)
        self._do("reverse", names[last.author_name], dossier_id, None, at)
        self.at = at
        assert self._facts(dossier_id) == before

    def _facts(self, dossier_id: int) -> tuple[Any, ...]:
        """Return all that is kept of a dossier, but for how often it was changed."""
        db.session.rollback()
        found = []
        for name, key in (("dossier", "id"), ("dossier_pause", "dossier_id")):
            table = Dossier.metadata.tables[name]
            kept = [one for one in table.c if one.name not in {"version", "slip"}]
            rows = db.session.execute(select(*kept).where(table.c[key] == dossier_id))
            found.append(sorted(str(tuple(row)) for row in rows))
        moves = Dossier.metadata.tables["due_move"]
        found.append(sorted(str(tuple(row)) for row in db.session.execute(select(moves))))
        return tuple(found)

    @rule(
        data=st.data(),
        which=st.integers(0, 3),
        who=st.sampled_from([OFFICER, OFFICER, LEADER, CLERK, NEIGHBOUR]),
    )
    def somebody_moves_a_step(self, data: st.DataObject, which: int, who: str) -> None:
        dossier = self._dossier(self.ids[which % len(self.ids)])
        found = trails.trail(dossier, staff(who, self.at), self.at)
        ways: list[tuple[str, int | None]] = [
            (str(row.verb), one.step.seq) for one in found.open_ones for row in one.moves
        ]
        wrong = data.draw(st.integers(0, 3)) == 0
        if ways and not wrong:
            verb, seq = data.draw(st.sampled_from(ways))
        else:
            verb, seq = data.draw(st.sampled_from(STEP_MOVES)), None
        said: dict[str, Any] = {"seq": seq}
        if verb in {"take_back", "send_back", "give_back"}:
            said["reason"] = "Có lý do"
        if verb == "assign":
            said["to"] = OFFICER
        if verb == "send_to":
            said["agency"] = staff(CLERK, self.at).agency_code
        before = self._everything()
        try:
            with transaction():
                fresh = reading.for_change(self._dossier(dossier.id).code, Operator())
                assert fresh is not None
                getattr(stepping, verb)(fresh, by=staff(who, self.at), at=self.at, **said)
        except Refusal:
            assert self._everything() == before, "a refused move leaves nothing behind"
            return
        assert who in {OFFICER, LEADER}, f"{verb} by {who} is against the law"
        assert self._dossier(dossier.id).history[-1].verb.value == verb

    def _open_steps(self, dossier: Dossier) -> list[DossierStep]:
        return trails.open_ones(trails.steps_of(dossier))

    @invariant()
    def every_step_lies_with_somebody_or_with_nobody(self) -> None:
        for dossier_id in self.ids:
            dossier = self._dossier(dossier_id)
            steps, runs = trails.steps_of(dossier), self._open_steps(dossier)
            begun = dossier.state.value in "4567" and bool(steps)
            assert bool(runs) == (begun and dossier.received_at is not None)
            assert len({one.leg for one in runs}) <= 1, "one leg runs at a time"
            beside = [one.agency_id for one in dossier.branches]
            if runs:
                assert dossier.handling_agency_id == runs[0].keeper_id
            assert beside == [one.keeper_id for one in runs[1:]]
            for one in steps:
                assert (one in runs) == (one.started_at is not None and one.finished_at is None)
                held = select(func.count()).where(
                    StepHold.step_id == one.id, StepHold.until.is_(None)
                )
                assert db.session.scalar(held) == (1 if one in runs else 0)

    @rule(ahead=st.integers(0, 9))
    def a_day_is_declared_off(self, ahead: int) -> None:
        day = local(self.at).date() + timedelta(days=ahead)
        if not deadlines.calendar().works_on(day):
            return
        row = declared_day(day, DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ đột xuất")
        with transaction():
            moving.declare([row], basis="Công văn thử", by=Operator(), at=self.at)

    @rule(since=st.integers(0, 6), days=st.integers(0, 4), opened=st.booleans())
    def the_office_was_closed(self, since: int, days: int, *, opened: bool) -> None:
        first = local(self.at).date() - timedelta(days=since)
        begins_at = at_local(first, time())
        ends_at = at_local(first + timedelta(days=days + 1), time())
        self.orders += 1
        order = f"QĐ {self.orders}"
        ids = frozenset({staff(CLERK, self.at).agency_id})
        past = opened and ends_at <= self.at
        closure = Closure(order, ids, begins_at, ends_at if past else None)
        with transaction():
            closing.close(closure, by=Operator(), at=self.at)

    @rule()
    def the_office_opens_again(self) -> None:
        for number in range(1, self.orders + 1):
            db.session.rollback()
            if still_closed(f"QĐ {number}"):
                with transaction():
                    closing.reopen(f"QĐ {number}", ends_at=self.at, by=Operator(), at=self.at)

    @rule(which=st.integers(0, 3), who=st.sampled_from(PEOPLE))
    def nobody_goes_back_in_time(self, which: int, who: str) -> None:
        dossier = self._dossier(self.ids[which % len(self.ids)])
        last = db.session.scalars(
            select(func.max(Entry.happened_at)).where(Entry.dossier_id == dossier.id)
        ).one()
        before = self._everything()
        for verb in LEGAL:
            with pytest.raises(Refusal):
                self._do(verb, who, dossier.id, "Có lý do", last - timedelta(seconds=1))
        assert self._everything() == before

    def _try(self, verb: str, who: str, dossier_id: int, reason: str | None) -> None:
        dossier = self._dossier(dossier_id)
        legal = self._is_legal(verb, who, dossier, reason)
        stood, back_to = dossier.state.value, self._before_it_was_held(dossier)
        before = self._everything()
        try:
            self._do(verb, who, dossier_id, reason, self.at)
        except Refusal:
            assert not legal, f"{verb} by {who} in state {dossier.state.value} is the law"
            assert self._everything() == before, "a refused verb leaves nothing behind"
            return
        assert legal, f"{verb} by {who} in state {dossier.state.value} is against the law"
        after = self._dossier(dossier_id)
        assert after.state.value == (
            stood if verb in STAYING else back_to if verb in BACK else TO[verb]
        )
        line = after.history[-1]
        assert (line.happened_at, line.author_name) == (self.at, staff(who, self.at).name)

    def _before_it_was_held(self, dossier: Dossier) -> str | None:
        """Return in which state the last fee, or the last withdrawal, was asked for."""
        asked = {"6": "ask_payment", "7": "ask_withdrawal"}.get(dossier.state.value)
        lines = [one for one in dossier.history if one.verb.value == asked]
        return lines[-1].from_state.value if lines and lines[-1].from_state else None

    def _is_legal(self, verb: str, who: str, dossier: Dossier, reason: str | None) -> bool:
        known = (dossier.state.value, dossier.received_at is not None, who)
        if known not in LEGAL[verb] or (verb in REASONED and reason is None):
            return False
        if verb == "apologise":
            taken_back = {line.details.get("of") for line in dossier.history}
            sorry = [line for line in dossier.history if line.verb.value == "apologise"]
            return all(line.seq in taken_back for line in sorry)
        if verb in {"resolve", "refuse"} and len(self._open_steps(dossier)) > 1:
            return False
        if verb == "settle":
            return dossier.limit_unit.value == "same_day"
        asked = [one for one in dossier.pauses if one.kind.value == "supplement"]
        if verb == "ask_for_supplement":
            return not asked
        if verb == "stop" and dossier.state == State.AWAITING_SUPPLEMENT:
            last = local(asked[-1].begins_at).date() + timedelta(days=WAIT)
            calendar = deadlines.calendar()
            while not calendar.works_on(last):
                last += timedelta(days=1)
            return local(self.at).date() > last
        return True

    def _do(self, verb: str, who: str, dossier_id: int, reason: str | None, at: datetime) -> None:
        act = act_of(verb)
        said = {"reason": reason} if verb in REASONED else SAID.get(verb, {})
        if verb == "apologise":
            due_at = self._dossier(dossier_id).due_at
            said |= {"cause": "system", "new_on": self._after(max(due_at or at, at))}
        if verb == "transfer":
            offices = [staff(one, at) for one in (CLERK, NEIGHBOUR)]
            now_at = self._dossier(dossier_id).handling_agency_id
            elsewhere = (one.agency_code for one in offices if one.agency_id != now_at)
            said |= {"to_agency": next(elsewhere)}
        actor = staff(who, at)
        with transaction():
            fresh = reading.for_change(self._dossier(dossier_id).code, Operator())
            assert fresh is not None
            act(fresh, by=actor, at=at, **said)

    def _after(self, moment: datetime) -> date:
        day = local(moment).date() + timedelta(days=1)
        while not deadlines.calendar().works_on(day):
            day += timedelta(days=1)
        return day

    def _dossier(self, dossier_id: int) -> Dossier:
        db.session.expire_all()
        return db.session.get_one(Dossier, dossier_id)

    def _everything(self) -> tuple[Any, ...]:
        db.session.rollback()
        tables = (
            "dossier", "dossier_pause", "due_move", "entry", "history_head", "tally",
            "dossier_step", "step_hold", "dossier_branch",
        )  # fmt: skip
        return tuple(
            sorted(
                str(tuple(row)) for row in db.session.execute(select(Dossier.metadata.tables[t]))
            )
            for t in tables
        )

    @invariant()
    def the_history_is_complete_and_sealed(self) -> None:
        db.session.rollback()
        codes = dict(db.session.execute(select(Dossier.id, Dossier.code)).all())
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
        for dossier in db.session.scalars(select(Dossier)):
            assert states[dossier.id] == dossier.state

    @invariant()
    def the_counters_equal_the_facts(self) -> None:
        db.session.rollback()
        assert reporting.differences() == []

    @invariant()
    def every_date_is_the_last_line_of_its_explanation(self) -> None:
        for dossier_id in self.ids:
            dossier = self._dossier(dossier_id)
            explained = explaining.explained(dossier, self.at)
            assert (explained is None) == (dossier.received_at is None)
            if explained is None or dossier.legal_due_at is None:
                continue
            assert explained.lines[-1].date == legal_date(dossier.legal_due_at)
            assert dossier.due_at == max(
                dossier.legal_due_at, dossier.reappointed_at or dossier.legal_due_at
            )
            if not [one for one in dossier.moves if not one.superseded]:
                assert explaining.counted(dossier).due_at == dossier.legal_due_at

    @invariant()
    def without_moves_the_date_is_that_of_the_pencil(self) -> None:
        if deadlines.current_version() > 1:
            return
        for dossier_id in self.ids:
            dossier = self._dossier(dossier_id)
            if dossier.received_at is None or dossier.legal_due_at is None:
                continue
            if dossier.paused_since is not None:
                continue  # while a pause runs the date stays as it was
            expected = oracle.due(
                dossier.received_at,
                reading.limit(dossier),
                deadlines.calendar(),
                deadlines.hours(dossier.receiving_agency_id),
                reading.pauses(dossier),
            )
            assert local(dossier.legal_due_at) == expected

    @invariant()
    def a_search_of_the_desk_finds_what_is_active_and_nothing_else(self) -> None:
        db.session.rollback()
        active = select(Dossier.code).where(Dossier.state.not_in(FINAL))
        for viewer in (Operator(), staff(NEIGHBOUR, self.at)):
            known = set(db.session.scalars(active.where(reading.opened_by(viewer))))
            found = desks.page("mine", Filter(text="h26"), viewer, self.at)
            assert {row.code for row in found.rows} == known

    @invariant()
    def the_desk_and_the_rule_agree_on_what_is_late(self) -> None:
        db.session.rollback()
        late = {
            one.id
            for one in db.session.scalars(select(Dossier).where(Dossier.received_at.is_not(None)))
            if timeliness(reading.facts(one), self.at) == Timeliness.OPEN_OVERDUE
        }
        found = db.session.scalars(
            select(Dossier.id).where(desks.view_condition("overdue", self.at))
        )
        assert set(found) == late

    @invariant()
    def facts_fit_the_state(self) -> None:
        for dossier_id in self.ids:
            dossier = self._dossier(dossier_id)
            state = dossier.state.value
            assert (dossier.not_accepted_at is not None) == (state == "3")
            assert (dossier.finished_at is not None) == (state in {"8", "9", "10"})
            assert (dossier.outcome is not None) == (state in {"8", "9", "10"})
            assert (dossier.returned_at is not None) == (state == "10")
            running = [one for one in dossier.pauses if one.ends_at is None]
            assert bool(running) == (dossier.paused_since is not None)
            held = state in {"6", "7"} or (state == "5" and bool(dossier.received_at))
            assert bool([one for one in running if one.kind != PauseKind.CLOSURE]) == held


def walked(prepared: Prepared, *, examples: int, steps: int) -> None:
    walk = type("Walk", (Walk,), {"prepared": prepared})
    with prepared[0].app_context():
        run_state_machine_as_test(
            walk,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            ),
        )


def test_whatever_people_do_the_law_holds(prepared: Prepared) -> None:
    fast = "sqlite" in prepared[0].config["SQLALCHEMY_DATABASE_URI"]
    walked(prepared, examples=30 if fast else 8, steps=25)

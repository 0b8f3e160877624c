"""Any verb by anybody on any day: either the whole law holds afterwards, or nothing happened."""

from collections.abc import Callable
from dataclasses import replace
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
from sqlalchemy.orm import selectinload

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.base.viewer import Operator, Staff
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel, OnlineStart
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.calendars import DayKind, declared_day
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import at_local
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.supplements import DECREE_61, SupplementEffect
from onestop.dossiers.actions import closing, intake, moving
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.orders import of_order
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.extensions import Agreement
from onestop.dossiers.rules.states import State, Verb
from onestop.letters import actions as letters
from onestop.letters.models import Letter
from onestop.opinions import actions as asking
from onestop.opinions.models import Opinion
from onestop.opinions.rules import Asking
from onestop.steps.actions import handing
from onestop.steps.actions import moving as stepping
from onestop.steps.models import DossierStep, HandoverItem, HandoverList
from onestop.steps.queries import trails
from onestop.steps.rules import MOVE_OF
from tests.catalogue import given as publishing
from tests.conftest import Prepared
from tests.deadlines import oracle
from tests.dossiers.given import (
    CERTIFIED_COPY,
    CONTRACT,
    FIVE_DAYS,
    MARITAL_STATUS,
    MONDAY,
    NEIGHBOUR,
    act_of,
    desk,
    done,
    handed_in,
    life,
    received,
    staff,
    submitted,
    taken_in,
)
from tests.dossiers.holding import ALWAYS, AS_TIME_GOES_BY
from tests.dossiers.law import (
    BACK,
    CLERK,
    LEADER,
    LEGAL,
    OFFICER,
    OVERRIDDEN,
    PAPER_OF,
    PEOPLE,
    PRINTING,
    REASONED,
    SAID,
    STAYING,
    TAKING_OVER,
    TO,
    WAIT,
)
from tests.installing import begin
from tests.opinions.given import ANSWER, FINANCE, FINANCE_OFFICER, QUESTION
from tests.opinions.holding import OF_OPINIONS, OF_OPINIONS_AS_TIME_GOES_BY

AT_ONCE: Final = "C-HT-22"  # the commune, then police and social insurance side by side
LIMITS: Final = (FIVE_DAYS, CERTIFIED_COPY, MARITAL_STATUS, AT_ONCE, CONTRACT)
FAR: Final = ("", "consulted", "extended", "asked", "brought", "register", "checked late")
ASKING: Final = (OFFICER, FINANCE_OFFICER, LEADER, CLERK, NEIGHBOUR)
EXTENDABLE: Final = (CERTIFIED_COPY, CONTRACT)
STEP_MOVES: Final = sorted(str(one) for one in MOVE_OF)
MINUTES: Final = (0, 1, 30, 240, 479, 480, 600, 24 * 60 - 1)
WAITS: Final = st.builds(timedelta, days=st.integers(0, 12), minutes=st.sampled_from(MINUTES))
STATUS: Final = "https://motcua.example/status"
FOLLOWED: Final = ("pauses", "moves", "branches", "history")
READ_ANEW: Final = [selectinload(getattr(Dossier, one)) for one in FOLLOWED]
TABLES: Final = (
    "dossier", "dossier_pause", "due_move", "entry", "history_head", "tally", "dossier_step",
    "step_hold", "dossier_branch", "handover_list", "handover_item", "letter", "letter_counter",
    "opinion",
)  # fmt: skip


class Walk(RuleBasedStateMachine):
    """A few dossiers of one desk, and people who do what comes to their minds.

    What is first by its name happens most often, for Hypothesis begins with the simplest.
    """

    prepared: Prepared

    def __init__(self) -> None:
        super().__init__()
        begin(self.prepared[1], "sample")
        start = {"online_clock_start": OnlineStart.INTAKE_DEADLINE}
        late = replace(DECREE_61, within=1, late_effect=SupplementEffect.RESTART)
        laws: dict[str, dict[str, Any]] = {
            MARITAL_STATUS: {**start, "supplement": late, "cutoff_shifts_receipt": True},
            AT_ONCE: {"supplement": replace(DECREE_61, effect=SupplementEffect.PAUSE)},
        }
        for code, law in laws.items():
            publishing.changed(code, date(2021, 1, 4), opinion_pauses=True, **law)
        self.at = MONDAY
        self.ids: list[int] = []
        self.orders = self.lists = 0
        self.people = {one: staff(one, MONDAY) for one in (*PEOPLE, FINANCE_OFFICER)}
        known = [catalogue.in_force(one, MONDAY.date()) for one in EXTENDABLE]
        self.extendable = {one.id for one in known if one}
        self.held: tuple[Any, datetime] | None = None
        self.printed: dict[int, Any] = {}

    def teardown(self) -> None:
        db.session.remove()

    @initialize(procedure=st.sampled_from(LIMITS), far=st.sampled_from(FAR))
    def first(self, procedure: str, far: str) -> None:
        """Begin with a fresh dossier, or with one that has come some way already."""
        code = {"asked": AT_ONCE, "brought": FIVE_DAYS, "extended": CONTRACT}.get(far, procedure)
        if far == "register":
            self.ids.append(self._told_by_a_register(procedure))
            return
        if far == "checked late":
            dossier = self._checked_late()
        else:
            dossier = received(at=self.at, procedure_code=code)
        self.ids.append(dossier.id)
        if far:
            done(dossier, "hand_over", by=CLERK, at=self.at)
        if far == "brought":
            done(dossier, "ask_for_supplement", by=OFFICER, at=self.at, reason="Thiếu")
            done(dossier, "note_supplement", by=CLERK, at=self.at)
        if far == "consulted":
            self._ask(dossier.id, 1, "ask", OFFICER, "1wd", outside=False)
        if far == "extended":
            self._try("extend", OFFICER, dossier.id, "Có lý do")
        for verb in ("take_up", "hand_on") if far == "asked" else ():
            with transaction():
                fresh = self._dossier(dossier.id)
                getattr(stepping, verb)(fresh, by=self.people[OFFICER], at=self.at)

    def _checked_late(self) -> Dossier:
        """Let a dossier wait whose limit counts from the end of the hours for its check."""
        dossier = submitted(at=self.at, procedure_code=MARITAL_STATUS)
        self.at += timedelta(days=3)
        return done(dossier, "accept", by=CLERK, at=self.at, papers=frozenset())

    def _told_by_a_register(self, procedure: str) -> int:
        """Take in a dossier whose clock stands still, for no reason that the register told."""
        still = (Pause(self.at, None),)
        told = life(procedure, at=self.at, handed_over_at=self.at, pauses=still)
        return taken_in(told, at=self.at).id

    @rule(wait=WAITS)
    def time_passes(self, wait: timedelta) -> None:
        self.at += wait

    @precondition(lambda self: len(self.ids) < 4)
    @rule(
        procedure=st.sampled_from(LIMITS),
        how=st.sampled_from(["counter", "online", "postal", "sent back"]),
    )
    def comes_in(self, procedure: str, how: str) -> None:
        if how == "online":
            made = submitted(at=self.at, procedure_code=MARITAL_STATUS)
        elif how == "postal":
            made = received(
                at=self.at,
                procedure_code=procedure,
                channel=Channel.POSTAL,
                delivered_at=self.at - timedelta(hours=30),
            )
        elif how == "sent back":
            clerk = self.people[CLERK]
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
        reason=st.sampled_from([None, "Có lý do"]),
        early=st.booleans(),
    )
    def anybody_tries(
        self, verb: str, who: str, which: int, reason: str | None, *, early: bool
    ) -> None:
        if early:
            self._nobody_goes_back_in_time(who, self._id(which))
        else:
            self._try(verb, who, self._id(which), reason)

    def _nobody_goes_back_in_time(self, who: str, dossier_id: int) -> None:
        before = self._everything()
        last = db.session.scalars(
            select(func.max(Entry.happened_at)).where(Entry.dossier_id == dossier_id)
        ).one()
        with transaction():  # what a refusal leaves behind would be written at its end
            fresh = self._fresh(dossier_id)
            for verb in LEGAL:
                with pytest.raises(Refusal):
                    self._do(verb, who, fresh, "Có lý do", last - timedelta(seconds=1))
        assert self._everything() == before

    @rule(data=st.data(), which=st.integers(0, 3), waits=st.lists(WAITS, min_size=1, max_size=3))
    def a_dossier_goes_on(self, data: st.DataObject, which: int, waits: list[timedelta]) -> None:
        for wait in waits:
            self.at += wait
            self._go_on(data, self._id(which))
            self.the_whole_law_holds()

    def _go_on(self, data: st.DataObject, dossier_id: int) -> None:
        """Do what the law allows, whatever it is, or nothing where a dossier has ended."""
        dossier = self._dossier(dossier_id)
        known = (dossier.state.value, dossier.received_at is not None)
        ways = sorted(
            (verb, row[2])
            for verb, rows in LEGAL.items()
            for row in rows
            if row[:2] == known and self._is_legal(verb, row[2], dossier, "Có lý do")
        )
        if ways:
            verb, who = data.draw(st.sampled_from(ways))
            self._try(verb, who, dossier_id, "Có lý do")

    @rule(data=st.data(), which=st.integers(0, 3), minutes=st.integers(0, 10))
    def somebody_takes_a_slip_back(self, data: st.DataObject, which: int, minutes: int) -> None:
        dossier_id = self._id(which)
        before = self._facts(dossier_id)
        known = self._everything()
        self._go_on(data, dossier_id)
        if self._everything() == known:
            return
        last = self._dossier(dossier_id).history[-1]
        names = {self.people[one].name: one for one in PEOPLE}
        self.at += timedelta(minutes=minutes)
        self._answer(dossier_id)
        with transaction():
            self._do("reverse", names[last.author_name], self._fresh(dossier_id), None, self.at)
        assert self._facts(dossier_id) == before

    def _answer(self, dossier_id: int) -> None:
        """Let another agency answer what it still may: where no clock waits, in nobody's way."""
        if reading.waits_for_opinion(self._dossier(dossier_id)):
            return
        asked = db.session.scalars(select(Opinion).where(Opinion.dossier_id == dossier_id)).all()
        for one in asked:
            if self._is_to_ask("give", FINANCE_OFFICER, self._dossier(dossier_id), one):
                self._ask(dossier_id, one.seq, "give", FINANCE_OFFICER, "1wd", outside=False)

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
        by = self.people[who]
        ways: list[tuple[int, str, int | None]] = [
            (one, str(row.verb), run.step.seq)
            for one in self.ids
            for run in trails.trail(self._dossier(one), by, self.at).open_ones
            for row in run.moves
        ]
        wrong = data.draw(st.integers(0, 3)) == 0
        if ways and not wrong:
            dossier_id, verb, seq = data.draw(st.sampled_from(ways))
        else:
            dossier_id, verb, seq = self._id(which), data.draw(st.sampled_from(STEP_MOVES)), None
        said: dict[str, Any] = {"seq": seq}
        if verb in {"take_back", "send_back", "give_back"}:
            said["reason"] = "Có lý do"
        if verb == "assign":
            said["to"] = OFFICER
        if verb == "send_to":
            said["agency"] = self.people[CLERK].agency_code

        def move() -> None:
            getattr(stepping, verb)(self._fresh(dossier_id), by=by, at=self.at, **said)

        if self._is_done(move):
            assert who in {OFFICER, LEADER}, f"{verb} by {who} is against the law"
            assert self._dossier(dossier_id).history[-1].verb.value == verb

    @rule(
        data=st.data(),
        limit=st.sampled_from(["3wd", "1wd", "4wh"]),
        outside=st.booleans(),
    )
    def somebody_asks_or_answers(self, data: st.DataObject, limit: str, *, outside: bool) -> None:
        asked = db.session.scalars(select(Opinion).order_by(Opinion.id)).all()
        wanted = [(one.dossier_id, one, verb) for one in asked for verb in ("give", "withdraw")]
        tries = [*wanted, *((one, None, "ask") for one in self.ids)]
        ways = [
            (dossier_id, opinion.seq if opinion else 1, verb, who)
            for dossier_id, opinion, verb in tries
            for who in ASKING
            if self._is_to_ask(verb, who, self._dossier(dossier_id), opinion)
        ]
        wrong = data.draw(st.integers(0, 3)) == 0
        if ways and not wrong:
            self._ask(*data.draw(st.sampled_from(ways)), limit, outside=outside)
            return
        dossier_id, opinion, verb = data.draw(st.sampled_from(tries))
        who = data.draw(st.sampled_from(ASKING))
        self._ask(dossier_id, opinion.seq if opinion else 1, verb, who, limit, outside=outside)

    def _ask(
        self, dossier_id: int, seq: int, verb: str, who: str, limit: str, *, outside: bool
    ) -> None:
        by, key = self.people[who], Opinion.dossier_id == dossier_id
        opinion = db.session.scalars(select(Opinion).where(key, Opinion.seq == seq)).first()
        legal = self._is_to_ask(verb, who, self._dossier(dossier_id), opinion)
        places: tuple[str | None, str | None] = (None, "Công an") if outside else (FINANCE, None)

        def act() -> None:
            fresh = self._fresh(dossier_id)
            if verb == "ask":
                question = Asking(*places, QUESTION, Limit.parse(limit))
                asking.ask(fresh, question, by=by, at=self.at)
            elif verb == "give":
                asking.give(fresh, seq=seq, answer=ANSWER, by=by, at=self.at)
            else:
                asking.withdraw(fresh, seq=seq, reason="Không cần nữa", by=by, at=self.at)

        assert self._is_done(act) == legal, f"{verb} by {who}"
        if legal:
            line = self._dossier(dossier_id).history[-1]
            assert line.verb.value == f"{verb}_opinion"
            assert (line.happened_at, line.author_name) == (self.at, by.name)

    def _is_to_ask(self, verb: str, who: str, dossier: Dossier, opinion: Opinion | None) -> bool:
        """Say whether somebody may do something about the opinion of another agency."""
        works = who in {OFFICER, LEADER, FINANCE_OFFICER}
        handles = works and dossier.handling_agency_id == self.people[who].agency_id
        if verb == "ask":
            return handles and dossier.state.value == "4"
        if opinion is None or opinion.ended_at or dossier.finished_at:
            return False
        if verb == "give" and opinion.agency_id:
            return works and opinion.agency_id == self.people[who].agency_id
        return handles

    @rule(
        which=st.integers(0, 3),
        giver=st.sampled_from([CLERK, *PEOPLE]),
        taker=st.sampled_from([OFFICER, *PEOPLE]),
        missed=st.booleans(),
    )
    def both_sides_sign_a_list(self, which: int, giver: str, taker: str, *, missed: bool) -> None:
        self._list(which, self.people[giver])
        self.the_whole_law_holds()
        if self.lists:
            self._confirm(which, taker, missed=missed)

    def _list(self, which: int, giver: Staff) -> None:
        waiting = [one for one in self.ids if self._is_to_list(one, giver.agency_id)]
        wanted = waiting or self.ids
        dossier = self._dossier(wanted[which % len(wanted)])
        code = dossier.code
        made = self._is_done(lambda: handing.make_list([code], by=giver, at=self.at))
        assert made == bool(waiting)
        if made:
            self.lists += 1
            last = db.session.scalars(select(HandoverList).order_by(HandoverList.id.desc())).first()
            assert last
            assert last.number == self.lists, "one giver, one year"

    def _is_to_list(self, dossier_id: int, giver_id: int) -> bool:
        """Say whether an agency handed a dossier over that stands on no list yet."""
        return any(
            one.given_by_id == giver_id and one.agency_id and one.list_id is None
            for one in trails.open_ones(trails.steps_of(self._dossier(dossier_id)))
        )

    def _confirm(self, which: int, who: str, *, missed: bool) -> None:
        db.session.rollback()
        newest = db.session.scalars(select(HandoverList).order_by(HandoverList.id.desc())).all()
        listed = newest[which % len(newest)]
        taker, list_id = self.people[who], listed.id
        legal = (
            who in TAKING_OVER
            and listed.confirmed_at is None
            and listed.made_by_id != taker.account_id
            and listed.taker_id in taker.subtree
        )
        inside = select(Dossier).join(DossierStep).join(HandoverItem)
        told = db.session.scalars(inside.where(HandoverItem.list_id == list_id)).all()
        ids, codes = [one.id for one in told], {one.code for one in told}
        said: dict[str, Any] = {"missed": codes, "reason": "Không thấy"} if missed else {}
        took = self._is_done(lambda: handing.confirm(list_id, by=taker, at=self.at, **said))
        assert took == legal
        for dossier_id in ids if took else ():
            line = self._dossier(dossier_id).history[-1]
            verb = Verb.MISS_ON_LIST if missed else Verb.CONFIRM_LIST
            assert (line.verb, line.author_name) == (verb, taker.name)
            lies_on = [one.list_id for one in trails.steps_of(self._dossier(dossier_id))]
            assert not (missed and list_id in lies_on), "it waits for another list"

    @rule(data=st.data(), which=st.integers(0, 3), who=st.sampled_from(PEOPLE))
    def somebody_prints_a_paper(self, data: st.DataObject, which: int, who: str) -> None:
        dossier = self._dossier(self._id(which))
        line = data.draw(st.sampled_from(dossier.history))
        slips = {one.details.get("of") for one in dossier.history}
        paper = PAPER_OF.get(line.verb.value)
        if (line.verb, line.from_state) == (Verb.RESOLVE, State.AWAITING_PAYMENT):
            paper = "payment_note"  # paid when the result is fetched (rules.md 11.3)
        if line.seq in slips:
            paper = None
        line_id, seq, dossier_id = line.id, line.seq, dossier.id
        known, printer = line_id in self.printed, self.people[who]

        def print_it() -> None:
            fresh = self._fresh(dossier_id)
            letters.issue(fresh, seq, status_address=STATUS, by=printer, at=self.at)

        printed = self._is_done(print_it)
        assert printed == (paper is not None and who in PRINTING), f"{line.verb} by {who}"
        if not printed:
            return
        letter = db.session.scalars(select(Letter).where(Letter.entry_id == line_id)).one()
        facts = (str(letter.paper), letter.number, letter.issued_at, letter.facts)
        assert facts[0] == paper
        assert self.printed.setdefault(line_id, facts) == facts, "a paper never changes"
        last = self._dossier(dossier_id).history[-1]
        assert last.verb == (Verb.PRINT_AGAIN if known else Verb.ISSUE_PAPER)

    @rule(
        how=st.sampled_from(["declared off", "closed", "was closed", "open again"]),
        near=st.integers(0, 9),
        days=st.integers(0, 4),
        where=st.sampled_from([CLERK, FINANCE_OFFICER]),
    )
    def the_office_does_not_work(self, how: str, near: int, days: int, where: str) -> None:
        if how == "declared off":
            self._declare_off(local(self.at).date() + timedelta(days=near))
        elif how == "open again":
            self._open_again()
        else:
            self._close(where, near, days, is_over=how == "was closed")

    def _declare_off(self, day: date) -> None:
        if not deadlines.calendar().works_on(day):
            return
        row = declared_day(day, DayKind.PUBLIC_HOLIDAY, "Công văn thử", "Nghỉ đột xuất")
        with transaction():
            moving.declare([row], basis="Công văn thử", by=Operator(), at=self.at)

    def _close(self, where: str, since: int, days: int, *, is_over: bool) -> None:
        first = local(self.at).date() - timedelta(days=since)
        begins_at = at_local(first, time())
        ends_at = at_local(first + timedelta(days=days + 1), time())
        self.orders += 1
        order = f"QĐ {self.orders}"
        ids = frozenset({self.people[where].agency_id})
        past = is_over and ends_at <= self.at
        closure = Closure(order, ids, begins_at, ends_at if past else None)
        with transaction():
            closing.close(closure, by=Operator(), at=self.at)

    def _open_again(self) -> None:
        for number in range(1, self.orders + 1):
            db.session.rollback()
            order = of_order(f"QĐ {number}")
            if order is not None and order.ends_at is None:
                with transaction():
                    closing.reopen(f"QĐ {number}", ends_at=self.at, by=Operator(), at=self.at)

    def _try(self, verb: str, who: str, dossier_id: int, reason: str | None) -> None:
        dossier = self._dossier(dossier_id)
        legal = self._is_legal(verb, who, dossier, reason)
        stood, back_to = dossier.state.value, self._before_it_was_held(dossier)
        act = lambda: self._do(verb, who, self._fresh(dossier_id), reason, self.at)  # noqa: E731
        if not self._is_done(act):
            assert not legal, f"{verb} by {who} in state {stood} is the law"
            return
        assert legal, f"{verb} by {who} in state {stood} is against the law"
        after = self._dossier(dossier_id)
        assert after.state.value == (
            stood if verb in STAYING else back_to if verb in BACK else TO[verb]
        )
        line = after.history[-1]
        assert (line.happened_at, line.author_name) == (self.at, self.people[who].name)

    def _is_done(self, act: Callable[[], object]) -> bool:
        """Do something, and say whether it was done; a refusal leaves nothing behind."""
        before = self._everything()
        try:
            with transaction():
                act()
        except Refusal:
            assert self._everything() == before, "a refusal leaves nothing behind"
            return False
        return True

    def _before_it_was_held(self, dossier: Dossier) -> str | None:
        """Return in which state the last fee, or the last withdrawal, was asked for."""
        asked = {"6": "ask_payment", "7": "ask_withdrawal"}.get(dossier.state.value)
        lines = [one for one in dossier.history if one.verb.value == asked]
        return lines[-1].from_state.value if lines and lines[-1].from_state else None

    def _is_legal(self, verb: str, who: str, dossier: Dossier, reason: str | None) -> bool:
        known = (dossier.state.value, dossier.received_at is not None, who)
        if known not in LEGAL[verb] or (verb in REASONED and reason is None):
            return False
        if verb in {"apologise", "extend"}:
            return self._may_promise(verb, dossier)
        if verb in {"resolve", "refuse", "ask_for_withdrawal"}:
            return self._is_free(verb, dossier)
        if verb in {"settle", "resume"}:
            still = [one.kind.value for one in dossier.pauses if one.ends_at is None]
            return "other" in still if verb == "resume" else dossier.limit_unit.value == "same_day"
        asked = [one for one in dossier.pauses if one.kind.value == "supplement"]
        if verb in {"ask_for_supplement", OVERRIDDEN}:
            return not asked or (verb == OVERRIDDEN and who == LEADER)
        if verb == "stop" and dossier.state == State.AWAITING_SUPPLEMENT:
            closed = [one for one in dossier.pauses if one.kind.value == "closure"]
            since, until = asked[-1].begins_at, [one.ends_at for one in closed]
            if None in until:
                return False
            left_out = [
                Pause(max(one.begins_at, since), one.ends_at)
                for one in closed
                if one.ends_at and one.ends_at > since
            ]
            thirty = Limit(WAIT, Unit.CALENDAR_DAY)
            hours = deadlines.hours(dossier.receiving_agency_id)
            last = oracle.due(since, thirty, deadlines.calendar(), hours, left_out)
            return local(self.at).date() > last.date()
        return True

    def _may_promise(self, verb: str, dossier: Dossier) -> bool:
        """Say whether another date may be promised: one apology; a certification, in its time."""
        taken_back = {line.details.get("of") for line in dossier.history}
        sorry = [line for line in dossier.history if line.verb.value == "apologise"]
        if dossier.first_due_at is None or any(line.seq not in taken_back for line in sorry):
            return False
        is_one = dossier.procedure_id in self.extendable
        runs = dossier.paused_since is None and self.at < dossier.first_due_at
        return verb == "apologise" or (is_one and runs)

    def _is_free(self, verb: str, dossier: Dossier) -> bool:
        """Say whether the steps let a verb be done: all answered, or nothing signed at the end."""
        steps = trails.steps_of(dossier)
        if verb != "ask_for_withdrawal":
            return len(trails.open_ones(steps)) <= 1
        signed = [one for one in steps if one.stage.value == "signed"]
        return dossier.state.value == "2" or all(one.leg < steps[-1].leg for one in signed)

    def _do(self, verb: str, who: str, dossier: Dossier, reason: str | None, at: datetime) -> None:
        said = {**SAID.get(verb, {}), **({"reason": reason} if verb in REASONED else {})}
        if verb == "apologise":
            due_at = dossier.due_at
            said |= {"cause": "system", "new_on": self._after(max(due_at or at, at))}
        if verb == "extend":
            day = self._after(dossier.legal_due_at or at)
            said |= {"agreed": Agreement(day, time(9), local(at).date(), is_signed=True)}
        if verb == "transfer":
            offices = [self.people[one] for one in (CLERK, NEIGHBOUR)]
            now_at = dossier.handling_agency_id
            elsewhere = (one.agency_code for one in offices if one.agency_id != now_at)
            said |= {"to_agency": next(elsewhere)}
        act = act_of(verb.split()[0])
        act(dossier, by=self.people[who], at=at, **said)

    def _after(self, moment: datetime) -> date:
        day = local(moment).date() + timedelta(days=1)
        while not deadlines.calendar().works_on(day):
            day += timedelta(days=1)
        return day

    def _id(self, which: int) -> int:
        return self.ids[which % len(self.ids)]

    def _dossier(self, dossier_id: int) -> Dossier:
        db.session.expire_all()
        return db.session.get_one(Dossier, dossier_id)

    def _fresh(self, dossier_id: int) -> Dossier:
        code = db.session.scalars(select(Dossier.code).where(Dossier.id == dossier_id)).one()
        fresh = reading.for_change(code, Operator())
        assert fresh is not None
        return fresh

    def _everything(self) -> tuple[Any, ...]:
        """Return all that is kept of all dossiers, as the database has it."""
        db.session.rollback()
        # By the driver itself, for it is asked very often.
        ask = db.session.connection().connection.cursor().execute
        return tuple(sorted(map(str, ask(f"SELECT * FROM {one}"))) for one in TABLES)  # noqa: S608

    @invariant()
    def the_whole_law_holds(self) -> None:
        """Look at everything anew; what is as it was at the last look needs no other one."""
        kept = self._everything()
        known, at = self.held or (None, None)
        db.session.expire_all()
        dossiers = db.session.scalars(select(Dossier).order_by(Dossier.id).options(*READ_ANEW))
        whole = dossiers.all() if (kept, self.at) != self.held else ()
        for check in (*ALWAYS, *OF_OPINIONS) if kept != known else ():
            check(whole)
        looks = (*AS_TIME_GOES_BY, *OF_OPINIONS_AS_TIME_GOES_BY)
        for look in looks if (kept, self.at) != (known, at) else ():
            look(whole, self.at)
        self.held = (kept, self.at)


def walked(prepared: Prepared, *, examples: int, steps: int) -> None:
    walk = type("Walk", (Walk,), {"prepared": prepared})
    with prepared[0].app_context():
        run_state_machine_as_test(
            walk,
            settings=settings(
                max_examples=examples if settings().derandomize else 10 * examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            ),
        )


def test_whatever_people_do_the_law_holds(prepared: Prepared) -> None:
    fast = "sqlite" in prepared[0].config["SQLALCHEMY_DATABASE_URI"]
    walked(prepared, examples=40 if fast else 10, steps=25)

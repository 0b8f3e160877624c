"""Many dossiers at once: the same rules, history and counters, written in blocks."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, insert, select, text, update

from onestop.base.database import db, is_postgresql, upsert
from onestop.base.viewer import Author
from onestop.deadlines import actions as deadline_actions
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules import (
    CUTOFF,
    Calendar,
    Count,
    Hours,
    Limit,
    Pause,
    Unit,
    count,
    legal_date,
    local,
    supplement_restarts,
)
from onestop.dossiers.actions import numbers
from onestop.dossiers.actions.history import head, sealed
from onestop.dossiers.actions.intake import INTAKE_CHECK
from onestop.dossiers.models import DayCounter, Dossier, DossierPause, Entry, HistoryHead, PauseKind
from onestop.dossiers.rules.identity import ReturnBy, code, parts, search_words
from onestop.dossiers.rules.lives import Life, Step, facts, finish, pauses, steps
from onestop.dossiers.rules.states import FINAL, State
from onestop.dossiers.rules.timing import flows, paused_since
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking

BLOCK: Final = 2000
NONCE_BYTES: Final = 16
Progress = Callable[[int], None]


def take_in(
    lives: Iterable[Life], *, by: Author, at: datetime, progress: Progress | None = None
) -> int:
    """Write whole lives of dossiers; return how many.

    Due dates, states, history, numbers and counters come from the same rules as the verbs of the
    screens; only the writing is in blocks. A kept code raises its day's counter.
    """
    work = _Bulk(by, at)
    done = 0
    rest = iter(lives)
    while block := list(islice(rest, BLOCK)):
        work.write(block)
        done += len(block)
        if progress:
            progress(done)
    work.close()
    return done


@dataclass
class _Bulk:
    by: Author
    at: datetime
    calendar: Calendar = field(default_factory=lambda: deadlines.calendar())
    _hours: dict[int, Hours] = field(default_factory=dict)
    _counts: dict[tuple[Any, ...], Count] = field(default_factory=dict)
    _numbers: dict[tuple[int, date], int] = field(default_factory=dict)
    _touched: set[tuple[int, date]] = field(default_factory=set)
    _heads: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    _flows: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    _years: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if is_postgresql():
            db.session.execute(text("LOCK TABLE day_counter IN SHARE ROW EXCLUSIVE MODE"))
        for row in db.session.execute(
            select(DayCounter.agency_id, DayCounter.day, DayCounter.last)
        ):
            self._numbers[row.agency_id, row.day] = row.last

    def write(self, block: list[Life]) -> None:
        first_id = _reserve(len(block))
        dossiers: list[dict[str, Any]] = []
        entries: list[dict[str, Any]] = []
        stood: list[dict[str, Any]] = []
        words: dict[int, str] = {}
        for dossier_id, life in enumerate(block, first_id):
            row, still = self._dossier(dossier_id, life)
            dossiers.append(row)
            stood += still
            entries += self._history(dossier_id, row["code"], life, steps(life))
            words[dossier_id] = search_words(row["code"], life.applicant)
        connection = db.session.connection()
        connection.execute(insert(Dossier), dossiers)
        if stood:
            connection.execute(insert(DossierPause), stood)
        connection.execute(insert(Entry), entries)
        numbers.index(words)

    def close(self) -> None:
        connection = db.session.connection()
        if self._touched:
            first = upsert(DayCounter)
            connection.execute(
                first.on_conflict_do_update(
                    index_elements=[DayCounter.agency_id, DayCounter.day],
                    set_={"last": first.excluded.last},
                ),
                [
                    {"agency_id": agency, "day": day, "last": self._numbers[agency, day]}
                    for agency, day in sorted(self._touched)
                ],
            )
        for agency_id, (seq, seal) in sorted(self._heads.items()):
            changed = update(HistoryHead).where(HistoryHead.agency_id == agency_id)
            connection.execute(changed.values(seq=seq, hash=seal))
        for year in sorted(self._years):
            deadline_actions.write_year(year)
        tallies.book(self._bookings())

    def _bookings(self) -> Iterator[Booking]:
        for (day, agency, procedure, level, channel, flow), amount in self._flows.items():
            yield Booking(day, agency, procedure, level, channel, flow, amount)

    def _dossier(self, dossier_id: int, life: Life) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        procedure, limit = life.procedure, life.procedure.limit
        hours = self._hours_of(life.agency_id)
        restarts = (
            life.supplement_requested_at is not None
            and life.received_at is not None
            and supplement_restarts(
                life.supplement_requested_at,
                life.received_at,
                calendar=self.calendar,
                hours=hours,
            )
        )
        still = pauses(life, restarts=restarts)
        counted = self._count(life, limit, hours)
        first_due_at = counted.due_at if counted else None
        if counted and still and life.received_at:
            counted = count(
                life.received_at,
                limit,
                calendar=self.calendar,
                hours=hours,
                pauses=still,
                cutoff=procedure.cutoff or CUTOFF,
            )
        told = facts(life, counted, still)
        for day, flow in flows(told):
            key = (day, life.agency_id, procedure.id, life.level, life.channel, flow)
            self._flows[key] += 1
        due_at = counted.due_at if counted else None
        if due_at and self.calendar.is_provisional(local(due_at).year):
            self._years.add(local(due_at).year)
        state = steps(life)[-1].to_state
        finished_at, outcome = finish(life)
        received = life.received_at is not None
        row = {
            "id": dossier_id,
            "code": self._code(life),
            "key": uuid4().hex,
            "nonce": secrets.token_bytes(NONCE_BYTES),
            "receiving_agency_id": life.agency_id,
            "handling_agency_id": procedure.department_agency_id or life.agency_id,
            "procedure_id": procedure.id,
            "field_id": procedure.field_id,
            "level": life.level,
            "channel": life.channel,
            "state": state,
            "version": 1,
            "applicant_kind": life.applicant.kind,
            "applicant_name": life.applicant.name,
            "applicant_id_number": life.applicant.id_number,
            "applicant_phone": life.applicant.phone,
            "applicant_address": life.applicant.address,
            "applicant_email": life.applicant.email,
            "note": None,
            "return_by": ReturnBy.COUNTER,
            "papers": [
                {"name": paper.name, "brought": position in life.brought}
                for position, paper in enumerate(procedure.papers)
            ]
            if life.brought
            else [],
            "fee_vnd": procedure.fee_vnd,
            "limit_value": limit.value,
            "limit_unit": limit.unit,
            "cutoff": procedure.cutoff.isoformat("minutes") if procedure.cutoff else None,
            "submitted_at": life.submitted_at,
            "intake_due_at": self._intake_due(life, state, hours),
            "received_at": life.received_at,
            "not_accepted_at": life.not_accepted_at,
            "first_due_at": first_due_at,
            "legal_due_at": due_at,
            "due_at": due_at,
            "on_time_from": told.on_time_from,
            "overdue_from": told.overdue_from,
            "calendar_version": self.calendar.version if received else None,
            "rolled_version": self.calendar.version if received else None,
            "paused_since": None if state in FINAL or finished_at else paused_since(still),
            "second_request": False,
            "finished_at": finished_at,
            "outcome": outcome,
            "returned_at": life.returned_at,
        }
        return row, [self._pause(dossier_id, life, one) for one in still]

    def _count(self, life: Life, limit: Limit, hours: Hours) -> Count | None:
        received = life.received_at
        if received is None:
            return None
        cutoff = life.procedure.cutoff or CUTOFF
        exact: Any = received
        if limit.unit in {Unit.SAME_DAY, Unit.IMMEDIATE}:
            there = local(received)
            exact = (there.date(), there.time() < cutoff)
        elif limit.unit != Unit.WORKING_HOUR:
            exact = legal_date(received)
        key = (exact, limit, cutoff, hours)
        found = self._counts.get(key)
        if found is None:
            found = count(received, limit, calendar=self.calendar, hours=hours, cutoff=cutoff)
            if limit.unit != Unit.WORKING_HOUR:
                self._counts[key] = found
        return found

    def _intake_due(self, life: Life, state: State, hours: Hours) -> datetime | None:
        if state != State.SUBMITTED:
            return None
        return count(life.submitted_at, INTAKE_CHECK, calendar=self.calendar, hours=hours).due_at

    def _code(self, life: Life) -> str:
        if life.code is not None:
            _, six, number = parts(life.code)
            day = datetime.strptime(six, "%y%m%d").date()  # noqa: DTZ007 - a date of law
            key = (life.agency_id, day)
            self._numbers[key] = max(number, self._numbers.get(key, 0))
            self._touched.add(key)
            return life.code
        day = legal_date(life.submitted_at)
        key = (life.agency_id, day)
        number = self._numbers.get(key, 0) + 1
        self._numbers[key] = number
        self._touched.add(key)
        return code(life.agency_code, day, number)

    def _history(
        self, dossier_id: int, dossier_code: str, life: Life, lines: tuple[Step, ...]
    ) -> Iterator[dict[str, Any]]:
        agency_id = life.agency_id
        if agency_id not in self._heads:
            self._heads[agency_id] = head(agency_id)
        seq, seal = self._heads[agency_id]
        for line in lines:
            seq += 1
            row = {
                "agency_id": agency_id,
                "seq": seq,
                "dossier_id": dossier_id,
                "verb": line.verb,
                "from_state": line.from_state,
                "to_state": line.to_state,
                "author_id": self.by.account_id,
                "author_name": self.by.name,
                "happened_at": line.happened_at,
                "recorded_at": self.at,
                "reason": None,
                "details": {"mark": line.mark} if line.mark else {},
                "previous_hash": seal,
            }
            seal = sealed(row, dossier_code)
            yield {**row, "hash": seal}
        self._heads[agency_id] = (seq, seal)

    def _hours_of(self, agency_id: int) -> Hours:
        if agency_id not in self._hours:
            self._hours[agency_id] = deadlines.hours(agency_id)
        return self._hours[agency_id]

    def _pause(self, dossier_id: int, life: Life, pause: Pause) -> dict[str, Any]:
        kind = PauseKind.OTHER
        if pause.begins_at == life.supplement_requested_at:
            kind = PauseKind.SUPPLEMENT
        elif pause.begins_at == life.withdrawal_asked_at:
            kind = PauseKind.WITHDRAWAL
        return {
            "dossier_id": dossier_id,
            "kind": kind,
            "begins_at": pause.begins_at,
            "ends_at": pause.ends_at,
            "restarts": pause.restarts,
            "from_state": State.IN_PROGRESS,
        }


def _reserve(amount: int) -> int:
    """Return the first of so many free ids in a row."""
    if not is_postgresql():
        return (db.session.scalar(select(func.max(Dossier.id))) or 0) + 1
    taken = text(
        "SELECT setval(pg_get_serial_sequence('dossier', 'id'),"
        " nextval(pg_get_serial_sequence('dossier', 'id')) + :amount - 1)"
    )
    last: int = db.session.execute(taken, {"amount": amount}).scalar_one()
    return last - amount + 1

"""Many dossiers at once: the same rules, history and counters, written in blocks."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import select, text, update

from onestop.base.database import db, is_postgresql, upsert
from onestop.base.viewer import Author
from onestop.catalogue.rules import Channel, Procedure
from onestop.deadlines import actions as deadline_actions
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules import (
    CUTOFF,
    Calendar,
    Hours,
    Pause,
    Unit,
    asked_in_time,
    count,
    legal_date,
    local,
)
from onestop.dossiers.actions import numbers
from onestop.dossiers.actions.blocks import Row, insert_block, reserve
from onestop.dossiers.actions.history import head, sealed
from onestop.dossiers.actions.intake import INTAKE_CHECK
from onestop.dossiers.models import DayCounter, Dossier, DossierPause, Entry, HistoryHead, PauseKind
from onestop.dossiers.rules.identity import ReturnBy, code, coded_on, parts, search_words
from onestop.dossiers.rules.lives import Dates, Life, Step, facts, pauses, steps
from onestop.dossiers.rules.states import FINAL, State
from onestop.dossiers.rules.timing import flows, paused_since
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking, Flow

BLOCK: Final = 2000
NONCE_BYTES: Final = 16
Progress = Callable[[int], None]
Kept = Mapping[tuple[int, date], int]
AT_ONCE: Final = frozenset({Unit.SAME_DAY, Unit.IMMEDIATE})


def take_in(
    lives: Iterable[Life],
    *,
    by: Author,
    at: datetime,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> int:
    """Write whole lives of dossiers; return how many.

    Due dates, states, history, numbers and counters come from the same rules as the verbs of the
    screens; only the writing is in blocks. `kept` holds the highest number that a kept code uses
    on an agency's day: new numbers begin above it, wherever in `lives` that code stands.
    """
    work = _Bulk(by, at)
    work.keep(kept or {})
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
    _dates: dict[tuple[Any, ...], Dates] = field(default_factory=dict)
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

    def keep(self, kept: Kept) -> None:
        for key, number in kept.items():
            if number > self._numbers.get(key, 0):
                self._numbers[key] = number
                self._touched.add(key)

    def write(self, block: list[Life]) -> None:
        dossiers: list[Row] = []
        entries: list[Row] = []
        stood: list[Row] = []
        words: dict[int, str] = {}
        for dossier_id, life in enumerate(block, reserve(len(block))):
            lines = steps(life)
            row, still = self._dossier(dossier_id, life, lines[-1].to_state)
            dossiers.append(row)
            stood += still
            entries += self._history(dossier_id, row["code"], life, lines)
            words[dossier_id] = search_words(row["code"], life.applicant)
        for table, rows in ((Dossier, dossiers), (DossierPause, stood), (Entry, entries)):
            insert_block(table, rows)
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
            yield Booking(day, agency, procedure, level, Channel.of(channel), Flow.of(flow), amount)

    def _dossier(self, dossier_id: int, life: Life, state: State) -> tuple[Row, list[Row]]:
        procedure, limit = life.procedure, life.procedure.limit
        first, dates, still = self._clock(life)
        told = facts(life, dates, still)
        for day, flow in flows(told):
            key = (day, life.agency_id, procedure.id, life.level, life.channel.value, flow.value)
            self._flows[key] += 1
        finished_at, outcome = told.finished_at, told.outcome
        received = life.received_at is not None
        row = {
            "id": dossier_id,
            "code": self._code(life),
            "key": secrets.token_hex(NONCE_BYTES),
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
            "papers": self._papers(life),
            "fee_vnd": procedure.fee_vnd,
            "limit_value": limit.value,
            "limit_unit": limit.unit,
            "cutoff": procedure.cutoff.isoformat("minutes") if procedure.cutoff else None,
            "submitted_at": life.submitted_at,
            "intake_due_at": self._intake_due(life, state),
            "received_at": life.received_at,
            "not_accepted_at": life.not_accepted_at,
            "first_due_at": first and first.due_at,
            "legal_due_at": dates and dates.due_at,
            "due_at": dates and dates.due_at,
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
        kinds = _kinds(life, still)
        return row, [_pause(dossier_id, *one) for one in zip(kinds, still, strict=True)]

    def _clock(self, life: Life) -> tuple[Dates | None, Dates | None, tuple[Pause, ...]]:
        """Return the first dates of a life, its dates with all pauses, and these pauses."""
        received = life.received_at
        if received is None:
            return None, None, ()
        hours = self._hours_of(life.agency_id)
        asked = life.supplement_requested_at
        restarts = asked is not None and asked_in_time(
            asked,
            received,
            life.procedure.limit,
            calendar=self.calendar,
            hours=hours,
            pauses=life.pauses,
            cutoff=life.procedure.cutoff or CUTOFF,
        )
        still = pauses(life, restarts=restarts)
        first = self._first_dates(life.procedure, received, hours)
        if not still:
            return first, first, still
        return first, self._counted(life.procedure, received, hours, still), still

    def _first_dates(self, procedure: Procedure, received: datetime, hours: Hours) -> Dates:
        limit, cutoff = procedure.limit, procedure.cutoff or CUTOFF
        if limit.unit == Unit.WORKING_HOUR:
            return self._counted(procedure, received, hours, ())
        there = local(received)
        early = (limit.unit in AT_ONCE or limit.value == 0) and there.time() < cutoff
        key = (there.date(), early, limit.value, limit.unit.value, cutoff, hours)
        found = self._dates.get(key)
        if found is None:
            found = self._dates[key] = self._counted(procedure, received, hours, ())
        return found

    def _counted(
        self, procedure: Procedure, received: datetime, hours: Hours, still: tuple[Pause, ...]
    ) -> Dates:
        counted = count(
            received,
            procedure.limit,
            calendar=self.calendar,
            hours=hours,
            pauses=still,
            cutoff=procedure.cutoff or CUTOFF,
        )
        self._years |= {line.date.year for line in counted.days if line.provisional}
        return Dates.of(counted)

    def _papers(self, life: Life) -> list[dict[str, Any]]:
        if not life.brought:
            return []
        return [
            {"name": paper.name, "brought": position in life.brought}
            for position, paper in enumerate(life.procedure.papers)
        ]

    def _intake_due(self, life: Life, state: State) -> datetime | None:
        if state != State.SUBMITTED:
            return None
        hours = self._hours_of(life.agency_id)
        return count(life.submitted_at, INTAKE_CHECK, calendar=self.calendar, hours=hours).due_at

    def _code(self, life: Life) -> str:
        day = coded_on(life.code) if life.code else legal_date(life.submitted_at)
        key = (life.agency_id, day)
        self._touched.add(key)
        number = self._numbers.get(key, 0)
        if life.code is not None:
            self._numbers[key] = max(number, parts(life.code)[2])
            return life.code
        self._numbers[key] = number + 1
        return code(life.agency_code, day, number + 1)

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


def _kinds(life: Life, still: tuple[Pause, ...]) -> list[PauseKind]:
    """Return the kind of each pause, in the order that `lives.pauses` gives them."""
    kinds = [PauseKind.OTHER] * len(life.pauses)
    if life.supplement_requested_at is not None:
        kinds.append(PauseKind.SUPPLEMENT)
    return kinds + [PauseKind.WITHDRAWAL] * (len(still) - len(kinds))


def _pause(dossier_id: int, kind: PauseKind, pause: Pause) -> Row:
    return {
        "dossier_id": dossier_id,
        "kind": kind,
        "begins_at": pause.begins_at,
        "ends_at": pause.ends_at,
        "restarts": pause.restarts,
        "from_state": State.IN_PROGRESS,
    }

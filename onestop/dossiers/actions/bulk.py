"""Many dossiers at once: the same rules, history and counters, written in blocks."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, Final

from sqlalchemy import select, update

from onestop.base.blocks import Pen, Row, uncollected, writing
from onestop.base.database import connected, db, plain_json, table_of, upsert
from onestop.base.viewer import Author
from onestop.deadlines import actions as deadline_actions
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.actions import filing, numbers
from onestop.dossiers.actions.books import Books
from onestop.dossiers.actions.history import head, sealed
from onestop.dossiers.actions.opening import of_applicant
from onestop.dossiers.models import DayCounter, Dossier, DossierPause, Entry, HistoryHead, PauseKind
from onestop.dossiers.queries import turns
from onestop.dossiers.queries.counting import Anew, Clock, Clocks, Extended
from onestop.dossiers.rules.finding import Filed, search_words
from onestop.dossiers.rules.identity import (
    ReturnBy,
    canonical,
    code,
    coded_on,
    parts,
)
from onestop.dossiers.rules.lives import Life, facts
from onestop.dossiers.rules.papers import laid_in
from onestop.dossiers.rules.refusals import Ground
from onestop.dossiers.rules.states import FINAL, State, Verb
from onestop.dossiers.rules.timing import flows, paused_since
from onestop.dossiers.rules.walks import FIRST_EXTENSION, Step, steps
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking

BLOCK: Final = 1000
NONCE_BYTES: Final = 16
Progress = Callable[[int], None]
Kept = Mapping[tuple[int, date], int]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs a line of history, when it was recorded, and why it was done.

    A refusal has a ground beside its reason, where one is known: a register tells none.
    """

    author: Author
    recorded_at: datetime
    reason: str | None = None
    ground: Ground | None = None


Sign = Callable[[Life, Step], Signature]


def take_in(
    lives: Iterable[Life],
    *,
    by: Author,
    at: datetime,
    kept: Kept | None = None,
    progress: Progress | None = None,
    sign: Sign | None = None,
) -> int:
    """Write whole lives of dossiers; return how many.

    Due dates, states, history, numbers and counters come from the same rules as the verbs of the
    screens; only the writing is in blocks. `kept` holds the highest number that a kept code uses
    on an agency's day: new numbers begin above it, wherever in `lives` that code stands. `sign`
    tells who did a step; without it every line is signed `by` and recorded `at`.
    """
    everywhere = Signature(by, at)
    done = 0
    rest = iter(lives)
    with uncollected(), writing(BLOCK) as pen:
        work = _Bulk(by, at, sign or (lambda _life, _step: everywhere), pen)
        work.keep(kept or {})
        while block := list(islice(rest, BLOCK)):
            work.write(block)
            done += len(block)
            if progress:
                progress(done)
        work.close(done)
    return done


@dataclass
class _Bulk:
    by: Author
    at: datetime
    sign: Sign
    pen: Pen
    clocks: Clocks = field(default_factory=Clocks)
    books: Books = field(default_factory=Books)
    _numbers: dict[tuple[int, date], int] = field(default_factory=dict)
    _touched: set[tuple[int, date]] = field(default_factory=set)
    _heads: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    _laid_in: dict[tuple[int, frozenset[int]], str] = field(default_factory=dict)
    _flows: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        turns.alone()
        filing.begin_many()
        self._next_id = numbers.first_id()
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
        filed: list[Filed] = []
        nonces = _nonces(len(block))
        for dossier_id, life in enumerate(block, self._next_id):
            lines = steps(life)
            clock = self.clocks.of(life)
            row, still = self._dossier(dossier_id, life, clock, lines[-1].to_state, next(nonces))
            dossiers.append(row)
            stood += still
            entries += self._history(dossier_id, row["code"], life, lines, clock)
            words = search_words(row["code"], life.applicant)
            agencies = (row["receiving_agency_id"], row["handling_agency_id"])
            filed.append(Filed(dossier_id, words, agencies, row["state"] not in FINAL))
        self._next_id += len(block)
        self.pen.write(
            (table_of(Dossier), dossiers),
            (table_of(DossierPause), stood),
            (table_of(Entry), entries),
            filing.block(filed),
        )

    def close(self, written: int) -> None:
        self.pen.finish()
        last_id = self._next_id - 1
        numbers.go_on_after(last_id)
        filing.end_many(written, of=last_id)
        connection = connected()
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
        self.books.close()
        for agency_id, (seq, seal) in sorted(self._heads.items()):
            changed = update(HistoryHead).where(HistoryHead.agency_id == agency_id)
            connection.execute(changed.values(seq=seq, hash=seal))
        for year in sorted(self.clocks.unsure):
            deadline_actions.write_year(year)
        tallies.book(self._bookings())

    def _bookings(self) -> Iterator[Booking]:
        for (day, agency, procedure, level, channel, flow), amount in self._flows.items():
            yield Booking(day, agency, procedure, level, channel, flow, amount)

    def _dossier(
        self, dossier_id: int, life: Life, clock: Clock, state: State, nonce: bytes
    ) -> tuple[Row, list[Row]]:
        procedure, limit = life.procedure, life.procedure.limit
        first, dates, still, anew, extended, counts_from = clock
        told = facts(life, dates, still, clock.broken_from, self.clocks.late_intake(life))
        for day, flow in flows(told):
            key = (day, life.agency_id, procedure.id, life.level, life.channel, flow)
            self._flows[key] += 1
        finished_at, outcome = told.finished_at, told.outcome
        received_at = life.received_at
        received = received_at is not None
        row = {
            "id": dossier_id,
            "code": self._code(life),
            "key": f"bulk-{dossier_id}",
            "nonce": nonce,
            "receiving_agency_id": life.agency_id,
            "handling_agency_id": procedure.department_agency_id or life.agency_id,
            "procedure_id": procedure.id,
            "field_id": procedure.field_id,
            "level": life.level,
            "channel": life.channel,
            "state": state,
            "version": 1,
            **of_applicant(life.applicant),
            "note": None,
            "return_by": ReturnBy.COUNTER,
            "papers": self._papers(life),
            "sets": life.sets or procedure.sets,
            "fee_vnd": procedure.fee_vnd,
            "limit_value": limit.value,
            "limit_unit": limit.unit,
            "cutoff": procedure.cutoff.isoformat("minutes") if procedure.cutoff else None,
            "cutoff_shifts_receipt": procedure.cutoff_shifts_receipt,
            "submitted_at": life.submitted_at,
            "intake_due_at": self.clocks.check_due(life) if state == State.SUBMITTED else None,
            "late_intake": told.late_intake,
            "received_at": received_at,
            "counts_from": counts_from,
            "book_number": received_at and self.books.enter(life.agency_id, received_at),
            "not_accepted_at": life.not_accepted_at,
            "first_due_at": first and first.due_at,
            "legal_due_at": dates and dates.due_at,
            "due_at": clock.due_at,
            "reappointed_at": anew and anew.to_at,
            "apology_cause": life.apology_cause,
            "apologised_at": life.apologised_at,
            "late_apology": anew is not None and anew.is_late,
            "broken_from": told.broken_from,
            "on_time_from": told.on_time_from,
            "overdue_from": told.overdue_from,
            "first_extended_at": life.first_extended_at,
            "extended_at": life.extended_at,
            "extended_to": life.extended_to,
            "extended_by": extended and extended.further.days,
            "extended_version": extended and extended.further.version,
            "calendar_version": self.clocks.calendar.version if received else None,
            "rolled_version": self.clocks.calendar.version if received else None,
            "paused_since": None if state in FINAL or finished_at else paused_since(still),
            "second_request": False,
            "finished_at": finished_at,
            "outcome": outcome,
            "returned_at": life.returned_at,
        }
        if not still:
            return row, []
        kinds = _kinds(life, still)
        return row, [_pause(dossier_id, *one) for one in zip(kinds, still, strict=True)]

    def _papers(self, life: Life) -> str:
        """Return the papers as they are written: those of one procedure are mostly the same."""
        key = (life.procedure.version_id, life.brought)
        if key not in self._laid_in:
            papers = laid_in(life.procedure.papers, life.brought, {}) if life.brought else []
            self._laid_in[key] = plain_json(papers)
        return self._laid_in[key]

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
        self,
        dossier_id: int,
        dossier_code: str,
        life: Life,
        lines: tuple[Step, ...],
        clock: Clock,
    ) -> Iterator[Row]:
        agency_id = life.agency_id
        if agency_id not in self._heads:
            self.pen.rest()
            self._heads[agency_id] = head(agency_id)
        seq, seal = self._heads[agency_id]
        earlier = _first_extension(life, lines)
        for line in lines:
            seq += 1
            signed = self.sign(life, line)
            row: Row = {
                "agency_id": agency_id,
                "seq": seq,
                "dossier_id": dossier_id,
                "verb": line.verb,
                "from_state": line.from_state,
                "to_state": line.to_state,
                "author_id": signed.author.account_id,
                "author_name": signed.author.name,
                # The last minute of a day of which only the date is known may be still to come.
                "happened_at": min(line.happened_at, self.at),
                "recorded_at": signed.recorded_at,
                "reason": signed.reason,
                "details": _details(FIRST_EXTENSION, None)
                if line is earlier
                else _said(life, line, clock, signed.ground),
                "previous_hash": seal,
            }
            row["hash"] = seal = sealed(row, dossier_code)
            yield row
        self._heads[agency_id] = (seq, seal)


def _nonces(count: int) -> Iterator[bytes]:
    """Return the nonces of `count` dossiers: one draw for all costs what one for each would."""
    drawn = secrets.token_bytes(count * NONCE_BYTES)
    return (drawn[place : place + NONCE_BYTES] for place in range(0, len(drawn), NONCE_BYTES))


@cache
def _details(mark: str | None, ground: Ground | None) -> str:
    told = {"mark": mark, "ground": str(ground) if ground else None}
    return canonical({name: one for name, one in told.items() if one})


def _said(life: Life, line: Step, clock: Clock, ground: Ground | None) -> str:
    if clock.anew is not None and line.verb == Verb.APOLOGISE:
        return _apology(life, clock.anew)
    if clock.extended is not None and clock.first is not None and line.verb == Verb.EXTEND:
        return _extension(clock.extended, clock.first.due_at)
    return _details(line.mark, ground)


def _first_extension(life: Life, lines: tuple[Step, ...]) -> Step | None:
    """Return the line of an extension before the last: when it was is all that a register tells."""
    if life.first_extended_at is None:
        return None
    return next((line for line in lines if line.verb == Verb.EXTEND), None)


def _extension(extended: Extended, due_at: datetime) -> str:
    """Return what the line of an extension tells, as the action writes it."""
    told = {"from": extended.from_at.isoformat(), "due_at": due_at.isoformat()}
    return canonical({**told, "extended_by": extended.further.days})


def _apology(life: Life, anew: Anew) -> str:
    """Return what the line of an apology tells, as the action writes it."""
    told = {
        "from": anew.from_at.isoformat(),
        "due_at": anew.to_at.isoformat(),
        "cause": str(life.apology_cause),
    }
    return canonical({**told, "late_apology": True} if anew.is_late else told)


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

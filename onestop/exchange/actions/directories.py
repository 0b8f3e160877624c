"""Bringing in agencies, fields, procedures and staff: all of a file, or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from onestop.accounts import actions as accounts
from onestop.accounts import queries as account_queries
from onestop.accounts.rules import Role
from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.permissions import Permission
from onestop.base.terms import Declared, Fate, Term
from onestop.base.viewer import Operator
from onestop.base.words import N_
from onestop.catalogue import actions as catalogue
from onestop.exchange.models import Loading
from onestop.exchange.queries import directories as queries
from onestop.exchange.rules.cells import Cell
from onestop.exchange.rules.columns import Fault, Layout
from onestop.exchange.rules.directories import (
    AGENCIES,
    FIELDS,
    PROCEDURES,
    STAFF,
    TOLD_AS,
    Directory,
    Row,
    told,
)
from onestop.organisation import actions as organisation
from onestop.organisation import queries as agencies
from onestop.steps.actions import leaving

NO_HASHES: Final[Mapping[str, str]] = {}
Done = Mapping[str, tuple[Row, Declared]]
NO_ADMINISTRATOR: Final = N_("Không còn tài khoản quản trị nào đang dùng.")
COME_IN: Final = N_(
    "Đã có hồ sơ đến ngày %(last)s: thay đổi chỉ được áp dụng từ ngày %(first)s trở đi."
)


@dataclass(frozen=True)
class Loaded:
    """What bringing in a file came to, by the mark of each row, and what stands in its way.

    `left_alone` is how many others there are, of which the file says nothing. `given_back` is how
    many dossiers those had in hand who leave their office: they wait to be given out again.
    `left_there` is how many at an agency that is to end are not finished, or wait to be fetched,
    and lie at nobody from then on; `taken_over` who has how many of those of an agency instead.
    `unadministered` is the day from which no administrator can log in, if the agencies of all end.
    """

    done: Mapping[str, Declared]
    faults: tuple[Fault, ...]
    left_alone: int
    given_back: Mapping[str, int] = field(default_factory=dict)
    left_there: Mapping[str, int] = field(default_factory=dict)
    taken_over: Mapping[str, "TakenOver"] = field(default_factory=dict)
    unadministered: date | None = None

    def of(self, fate: Fate) -> dict[str, Declared]:
        """Return what came to one fate."""
        return {key: one for key, one in self.done.items() if one.fate == fate}


@dataclass(frozen=True)
class TakenOver:
    """Who has the open dossiers of an agency that ends, from which day, and how many there are."""

    by: str
    since: date
    dossiers: int


def load(
    of: Directory,
    layout: Layout,
    rows: Iterable[tuple[int, Sequence[Cell]]],
    *,
    since: date,
    at: datetime,
    hashes: Mapping[str, str] = NO_HASHES,
) -> Loaded:
    """Have everything in a file be what its row says; what has other values has them `since` a day.

    A row may name its own day. A new account has the password of its hash in `hashes`; without one
    nobody can log in to it. What has been promised stays true: nothing changes from a day on
    which, or after which, a dossier came in to which it applied. The caller's transaction, which
    must not be kept if there are faults.
    """
    known, faults, found = queries.marks(of), list[Fault](), dict[str, Row]()
    for number, cells in rows:
        row = told(of, layout, number, cells)
        if not isinstance(row, Row):
            faults += row
        elif row.key in found:
            said = N_("“%(code)s” đã có ở dòng %(row)d.")
            refusal = Refusal(said, code=row.key, row=found[row.key].number)
            faults.append(Fault(number, layout.called(of.key), refusal))
        else:
            found[row.key] = row
    done: dict[str, tuple[Row, Declared]] = {}
    declare = partial(_declare, of, since=since, at=at, hashes=hashes)
    for row in _parents_first(found):
        try:
            done[row.key] = row, declare(row)
        except Refusal as refusal:
            name = refusal.field and layout.called(TOLD_AS.get(refusal.field, refusal.field))
            faults.append(Fault(row.number, name, refusal))
    faults += _too_early(of, layout, done)
    if of is AGENCIES and SUCCESSOR in layout.places:
        faults += _succeeded(layout, done)
    if of is STAFF and not account_queries.any_open(Role.ADMINISTRATOR):
        faults.append(Fault(None, None, Refusal(NO_ADMINISTRATOR)))
    left_there, taken_over = _lying(done) if of is AGENCIES and not faults else ({}, {})
    return Loaded(
        {key: made for key, (_row, made) in done.items()},
        tuple(sorted(faults, key=lambda fault: fault.row or 0)),
        len(known - found.keys()),
        _given_back(done, at) if of is STAFF and not faults else {},
        left_there,
        taken_over,
        _unadministered(done) if of is AGENCIES and not faults else None,
    )


def _given_back(done: Done, at: datetime) -> dict[str, int]:
    """Return how many dossiers each who leaves an office gave back to it."""
    whose = {
        made.id: key for key, (_row, made) in done.items() if LEAVING.intersection(made.columns)
    }
    if not whose:
        return {}
    given_back = leaving.give_back_all(whose.keys(), by=Operator(), at=at)
    return {whose[account_id]: count for account_id, count in given_back.items()}


def _succeeded(layout: Layout, done: dict[str, tuple[Row, Declared]]) -> Iterator[Fault]:
    """Name who takes over what lies at an agency that ends; in whatever order they stand.

    What came in there is promised nothing else by it, so it may be named at any time.
    """
    named = list[tuple[Row, int]]()
    for key, (row, made) in done.items():
        try:
            since = organisation.name_successor(made.id, row.values[SUCCESSOR])
        except Refusal as refusal:
            yield Fault(row.number, layout.called(SUCCESSOR), refusal)
            continue
        named.append((row, made.id))
        if since and made.fate != Fate.NEW:
            columns = (*made.columns, "successor_id")
            again = replace(made, fate=Fate.CHANGED, columns=columns, since=made.since or since)
            done[key] = row, again
    for row, agency_id in named:
        try:
            organisation.check_successor(agency_id)
        except Refusal as refusal:
            yield Fault(row.number, layout.called(SUCCESSOR), refusal)


def _lying(done: Done) -> tuple[dict[str, int], dict[str, TakenOver]]:
    """Return how much lies at each agency that ends: what nobody has then, and what another has.

    With what it had itself taken over of others.
    """
    left_there, taken_over = dict[str, int](), dict[str, TakenOver]()
    for key, (_row, made) in done.items():
        ends = agencies.last_period(made.id) if _ends(made) else None
        if ends is None or ends.valid_to is None:
            continue
        before, since = agencies.taken_over(ends.valid_to), ends.valid_to + ONE_DAY
        count = queries.unfinished_at(before.get(made.id, frozenset()) | {made.id})
        heir = agencies.successor(made.id, since)
        if heir and count:
            taken_over[key] = TakenOver(heir.code, since, count)
        elif count:
            left_there[key] = count
    return left_there, taken_over


def _unadministered(done: Done) -> date | None:
    """Return the first day on which no administrator works anywhere, and the day before some did.

    An account is of its agency, whoever takes over the work.
    """
    ends = (agencies.last_period(made.id) for _row, made in done.values() if _ends(made))
    last_days = sorted({one.valid_to for one in ends if one and one.valid_to})
    return next((day + ONE_DAY for day in last_days if _is_last_of_administrators(day)), None)


def _is_last_of_administrators(day: date) -> bool:
    on_duty = [
        account_queries.served(Permission.MANAGE_ACCOUNTS, one) for one in (day, day + ONE_DAY)
    ]
    return bool(on_duty[0]) and not on_duty[1]


def _ends(made: Declared) -> bool:
    return not ENDING.isdisjoint(made.columns)


SUCCESSOR: Final = "successor_code"
ENDING: Final = frozenset({"valid_to", "successor_id"})
LEAVING: Final = frozenset({"role", "agency_id", "is_open"})


def note(of: Directory, file: str, loaded: Loaded, *, username: str, at: datetime) -> None:
    """Keep who declared by a file what is new or changed; of nothing new nothing is kept."""
    declared = {
        key: {
            "fate": str(one.fate),
            "since": one.since and one.since.isoformat(),
            "columns": list(dict.fromkeys(TOLD_AS.get(name, name) for name in one.columns)),
        }
        for key, one in loaded.done.items()
        if one.fate != Fate.UNCHANGED
    }
    if declared:
        db.session.add(
            Loading(directory=of.name, file=file, username=username, at=at, declared=declared)
        )


def _parents_first(rows: Mapping[str, Row]) -> Iterator[Row]:
    """Yield rows in their order, but for those below another of the file: they come after it."""

    def depth(row: Row) -> int:
        above, steps = rows.get(row.values.get("parent_code", "")), 0
        while above is not None and steps < len(rows):
            above, steps = rows.get(above.values["parent_code"]), steps + 1
        return steps

    yield from sorted(rows.values(), key=depth)


def _declare(
    of: Directory, row: Row, *, since: date, at: datetime, hashes: Mapping[str, str]
) -> Declared:
    if of is STAFF:
        hashed = hashes.get(row.key, "")
        return accounts.declare(row.key, **row.values, password_hash=hashed, at=at)
    values = {name: value for name, value in row.values.items() if name != SUCCESSOR}
    return DECLARE[of.name](row.key, Term(since, row.first, row.last), **values)


DECLARE: Final[Mapping[str, Callable[..., Declared]]] = {
    AGENCIES.name: organisation.declare,
    FIELDS.name: catalogue.declare_field,
    PROCEDURES.name: catalogue.declare,
}


def _too_early(of: Directory, layout: Layout, done: Done) -> Iterator[Fault]:
    """Name the rows whose change would reach back to dossiers that came in under what was."""
    changed = [(row, made.id, made.since) for row, made in done.values() if made.since]
    last_come = queries.last_come(of, min(since for *_, since in changed)) if changed else {}
    for row, made_id, since in changed:
        last = last_come.get(made_id)
        if last is not None and last >= since:
            refusal = Refusal(COME_IN, last=last, first=last + ONE_DAY)
            yield Fault(row.number, layout.called(of.key), refusal)

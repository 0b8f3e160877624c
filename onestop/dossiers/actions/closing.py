"""Offices closed by an order: a pause for force majeure on all their open dossiers (rules 6.6)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.permissions import Permission
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.dossiers.actions import clock, history
from onestop.dossiers.actions.acting import changed, dated, promise, tell_followers
from onestop.dossiers.actions.history import Line
from onestop.dossiers.actions.holding import told_of
from onestop.dossiers.models import ClosedAgency, Dossier, DossierPause, OfficeClosure, PauseKind
from onestop.dossiers.queries import checks, reading, turns
from onestop.dossiers.queries.closed import as_closure
from onestop.dossiers.queries.closing import held_by, held_since, let_go, outlasting, parts_anew
from onestop.dossiers.queries.orders import check, check_opening, of_order
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.posts import allows
from onestop.dossiers.rules.states import Verb
from onestop.tallies import actions as tallies
from onestop.tallies.rules import Booking


@dataclass(frozen=True)
class Closed:
    """What an order came to, by code: clocks that stand still or lost days, checks counted anew."""

    held: list[str]
    checked: list[str]

    @property
    def told(self) -> list[tuple[str, int]]:
        """Return what is said of it: marked sentences, each with its count."""
        return _told((STOPPED, self.held), (CHECKED, self.checked)) or [(CLOSED, 0)]


def close(closure: Closure, *, by: Author, at: datetime) -> Closed:
    """Hold every open dossier of the offices that an order closes, if it is over their checks too.

    A closure is no holiday: its days stand in no calendar, they are left out of the count (rules
    3.6, 6.6; Civil Code art. 156(1)). What comes to the offices from now on is held as it comes
    (`holding`); the same order entered again holds what another register brought in since.
    Raises `Refusal` as `check` does.
    """
    turns.alone()
    check(closure, at)
    _may_close(closure.agency_ids, by)
    _enter(closure, by=by, at=at)
    held = _hold(closure, held_by(closure, locked=True), by=by, at=at)
    checked = _give_time_to_check(closure, by=by, at=at)
    _count_parts_anew(closure, by=by, at=at)
    return Closed(held, checked)


def _hold(closure: Closure, dossiers: Sequence[Dossier], *, by: Author, at: datetime) -> list[str]:
    """Hold dossiers under an order, each since it lay there, or leave its days out if it is over.

    Return the codes; left out are those that the order holds already, and those that came when
    the offices were open again.
    """
    since = held_since(closure, dossiers)

    def stop_the_clock(dossier: Dossier) -> None:
        begins_at, ends_at = since[dossier.id], closure.ends_at
        if ends_at is None:
            clock.pause(dossier, PauseKind.CLOSURE, begins_at, from_state=None, basis=closure.order)
        else:
            clock.pause_past(dossier, PauseKind.CLOSURE, begins_at, ends_at, basis=closure.order)

    held = [one for one in dossiers if one.id in since]
    told = told_of(closure)
    return _each(held, Verb.PAUSE, stop_the_clock, told, reason=closure.reason, by=by, at=at)


@dataclass(frozen=True)
class Opened:
    """What an opening came to, by code: clocks that run again, dossiers that lost no day either.

    Nobody had held the latter; `checked` are submissions whose hours for a check were counted anew,
    `recounted` what had ended when the offices were open again and nobody had entered it.
    """

    resumed: list[str]
    spared: list[str]
    checked: list[str]
    recounted: list[str]

    @property
    def told(self) -> list[tuple[str, int]]:
        """Return what is said of it: marked sentences, each with its count."""
        return _told(
            (RESUMED, self.resumed),
            (SPARED, self.spared),
            (CHECKED, self.checked),
            (RECOUNTED, self.recounted),
        ) or [(OPENED, 0)]


def _told(*found: tuple[str, list[str]]) -> list[tuple[str, int]]:
    return [(said, len(codes)) for said, codes in found if codes]


STOPPED: Final = N_("Đã dừng đồng hồ của %(count)d hồ sơ.")
CLOSED: Final = N_("Đã ghi lệnh đóng cửa; không hồ sơ nào phải dừng đồng hồ.")
OPENED: Final = N_("Đã ghi mở cửa lại; không đồng hồ nào của hồ sơ phải chạy lại.")
RESUMED: Final = N_("Đồng hồ của %(count)d hồ sơ chạy lại.")
SPARED: Final = N_("%(count)d hồ sơ nhập từ sổ khác, chưa dừng, cũng không mất ngày đóng cửa.")
CHECKED: Final = N_("Hạn kiểm tra của %(count)d hồ sơ mới nộp được tính lại.")
RECOUNTED: Final = N_("%(count)d hồ sơ xong sau khi cơ quan thực tế mở cửa được tính lại hạn.")


def reopen(order: str, *, ends_at: datetime, by: Author, at: datetime) -> Opened:
    """Let the clocks run again that an order holds, from `ends_at`.

    What another register brought in since, and nobody held, loses no day of the closure either: an
    order applies to all that lies there (rules.md 6.6). What ended meanwhile stood still until the
    opening at the longest: nothing erases a lateness. Raises `Refusal` where no such order was
    entered, and as `check_opening` does.
    """
    turns.alone()
    closure = of_order(order)
    if closure is None:
        raise Refusal(N_("Không có lệnh đóng cửa nào mang số này."))
    check_opening(closure, ends_at, at)
    _may_close({one.agency_id for one in closure.agencies}, by)
    closure.ends_at, closure.opener_name, closure.opened_at = ends_at, by.name, at
    over = as_closure(closure)
    dossiers = let_go(over, locked=True)
    running = {one.id: _running(one, over.order) for one in dossiers}

    def run_again(dossier: Dossier) -> None:
        for pause in running[dossier.id]:
            clock.resume(dossier, pause, max(ends_at, pause.begins_at))

    told = {"order": over.order, "closed_to": ends_at.isoformat()}
    held = [one for one in dossiers if running[one.id]]
    resumed = _each(held, Verb.RESUME, run_again, told, by=by, at=at)
    ended = outlasting(over, locked=True)
    recounted = _each(
        ended, Verb.RESUME, lambda one: clock.shorten(one, over.order, ends_at), told,
        only_moved=True, by=by, at=at,
    )  # fmt: skip
    came = [one for one in dossiers if not running[one.id]]
    spared = _hold(over, came, by=by, at=at)
    checked = _give_time_to_check(over, by=by, at=at)
    _count_parts_anew(over, by=by, at=at)
    return Opened(resumed, spared, checked, recounted)


def _give_time_to_check(closure: Closure, *, by: Author, at: datetime) -> list[str]:
    lines: dict[int, list[Line]] = defaultdict(list)
    codes = []
    for one in checks.anew(closure, locked=True):
        dossier = one.dossier
        dossier.intake_due_at = one.then
        details = {
            "order": closure.order,
            "closed_to": closure.ends_at and closure.ends_at.isoformat(),
            "check_due_at": one.then.isoformat(),
            "check_was_due_at": one.was.isoformat(),
        }
        line = history.staying(dossier, Verb.RESUME, at, details)
        lines[dossier.receiving_agency_id].append(line)
        codes.append(dossier.code)
    db.session.flush()
    history.append_each(lines, by=by, at=at)
    return codes


def _count_parts_anew(closure: Closure, *, by: Author, at: datetime) -> None:
    lines: dict[int, list[Line]] = defaultdict(list)
    for part in parts_anew(closure, locked=True):
        part.carry()
        details = {**part.details, "order": closure.order}
        line = history.staying(part.dossier, part.verb, at, details)
        lines[part.dossier.receiving_agency_id].append(line)
    db.session.flush()
    history.append_each(lines, by=by, at=at)


def _may_close(agency_ids: Collection[int], by: Author) -> None:
    if not all(allows(Permission.CLOSE_OFFICES, by, one, one) for one in agency_ids):
        raise Refusal(N_("Bạn chỉ ghi được cho cơ quan của mình và bên dưới."), field="agencies")


def _enter(closure: Closure, *, by: Author, at: datetime) -> None:
    """Keep the order, or add to one that was entered before the offices that it names now."""
    found = of_order(closure.order)
    if found is None:
        found = OfficeClosure(
            order_number=closure.order.strip(),
            begins_at=closure.begins_at,
            ends_at=closure.ends_at,
            reason=closure.reason,
            account_id=by.account_id,
            author_name=by.name,
            recorded_at=at,
        )
        db.session.add(found)
    known = {one.agency_id for one in found.agencies}
    found.agencies += [ClosedAgency(agency_id=one) for one in sorted(closure.agency_ids - known)]
    db.session.flush()


def _running(dossier: Dossier, order: str) -> list[DossierPause]:
    return [
        one
        for one in dossier.pauses
        if one.ends_at is None and one.kind == PauseKind.CLOSURE and one.basis == order
    ]


def _each(
    dossiers: Iterable[Dossier],
    verb: Verb,
    act: Callable[[Dossier], None],
    told: dict[str, Any],
    *,
    reason: str | None = None,
    only_moved: bool = False,
    by: Author,
    at: datetime,
) -> list[str]:
    """Do to each dossier what an order does to it; return the codes of those that are told of it.

    With `only_moved` nothing is told of one whose date stays.
    """
    lines: dict[int, list[Line]] = defaultdict(list)
    bookings: list[Booking] = []
    codes = []
    for dossier in dossiers:
        before = reading.facts(dossier)
        promised, stood = promise(dossier), dossier.due_at
        act(dossier)
        tell_followers(dossier, verb, by, at)
        bookings += changed(dossier, before, reading.facts(dossier), at=at)
        if only_moved and dossier.due_at == stood:
            continue
        details = told | dated(dossier, promised)
        line = history.staying(dossier, verb, at, details, reason=reason)
        lines[dossier.receiving_agency_id].append(line)
        codes.append(dossier.code)
    db.session.flush()
    history.append_each(lines, by=by, at=at)
    tallies.book(bookings)
    return codes

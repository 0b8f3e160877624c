"""Taking back a slip: the clerk's own last act, within minutes, with a line of its own."""

from datetime import datetime
from typing import Any, Final

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import clock, filing, history, holding, slips
from onestop.dossiers.actions.acting import (
    changed,
    code_of,
    dated,
    known_against,
    promise,
    tell_followers,
)
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import checks, reading
from onestop.dossiers.rules.posts import check_post
from onestop.dossiers.rules.states import (
    REVERSIBLE_FOR,
    State,
    Transition,
    Verb,
    undone,
)
from onestop.tallies import actions as tallies

TOO_LATE: Final = N_("Chỉ thu hồi được trong %(minutes)d phút sau khi ghi.")
UNKNOWN: Final = N_("Việc vừa ghi không thể thu hồi.")
"""Nothing is kept of what it changed: an earlier version recorded it, or an answer built on it."""


def reverse(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Take back what `by` has just recorded by mistake: every fact stands as before it.

    The mistake stays in the history, with its reversal beside it; the counters lose what it added.
    A receipt leaves its day: the dossier waits again to be checked, under its code. Raises
    `Refusal` as `reversal` does.
    """
    last, row = reversal(dossier, by=by, at=at)
    before, promised = reading.facts(dossier), promise(dossier)
    was, handled_by = dossier.state, dossier.handling_agency_id
    with db.session.no_autoflush:
        if dossier.slip is None:
            _unreceived(dossier)
        slips.put_back(dossier)
        dossier.state = row.to_state
        _catch_up(dossier, at)
        if dossier.state == State.SUBMITTED:
            dossier.intake_due_at = checks.due_again(dossier, known_since=last.recorded_at, at=at)
    db.session.flush()
    filing.follow(dossier, was=was, handled_by=handled_by)
    further = tell_followers(dossier, Verb.REVERSE, by, at)
    held = holding.on_coming(dossier, lay_at=handled_by, ended_at=before.finished_at, at=at)
    if held:
        tell_followers(dossier, Verb.PAUSE, by, at)
    details: dict[str, Any] = {"reversed": str(last.verb), "of": last.seq, **held}
    if dossier.handling_agency_id != handled_by:
        details["from_agency"] = code_of(handled_by, at)
        details["to_agency"] = code_of(dossier.handling_agency_id, at)
    details |= dated(dossier, promised)
    line = Line(
        dossier.id, dossier.code, Verb.REVERSE, last.to_state, row.to_state, at, None, details
    )
    history.append(dossier.receiving_agency_id, [line, *further], by=by, at=at)
    tallies.book(changed(dossier, before, reading.facts(dossier), at=at))


def reversal(dossier: Dossier, *, by: Author, at: datetime) -> tuple[Entry, Transition]:
    """Return the last act on a dossier and the row that takes it back, or refuse in words.

    It is one's own, from the last ten minutes, and nothing came after it that builds on it: no
    paper either. What another agency answers meanwhile builds on nothing, unless the clock waited
    for it. A transfer may be taken back for as long as the other agency has done nothing with the
    dossier, by the post that one held where it lay before.
    """
    last, last_at = reading.last_act(dossier), reading.last_moment(dossier) or at
    row = undone(last.verb, last.from_state, last.to_state)
    by_order = last.verb == Verb.RESUME and "order" in last.details
    if by_order or (dossier.slip is None and row.to_state != State.SUBMITTED):
        raise Refusal(UNKNOWN)
    if last.author_id is None or last.author_id != by.account_id:
        raise Refusal(N_("Chỉ người vừa ghi mới thu hồi được việc mình ghi."))
    lay_at = slips.handling_agency_before(dossier)
    check_post(row, last.verb, by, dossier.receiving_agency_id, lay_at)
    if last.verb != Verb.TRANSFER and at > last.recorded_at + REVERSIBLE_FOR:
        raise Refusal(TOO_LATE, minutes=REVERSIBLE_FOR.seconds // 60)
    if why := known_against(dossier, Verb.REVERSE):
        raise why
    if at < last_at:
        raise Refusal(N_("Không thể thu hồi một việc trước khi ghi nó."))
    return last, row


def _unreceived(dossier: Dossier) -> None:
    """Let a dossier that came and was decided on at once be one that waits to be checked."""
    dossier.received_at = dossier.not_accepted_at = dossier.late_intake = None
    dossier.counts_from = None
    dossier.limit_value = dossier.published_limit or dossier.limit_value
    dossier.published_limit = None
    dossier.first_due_at = dossier.legal_due_at = dossier.due_at = None
    dossier.on_time_from = dossier.overdue_from = None
    dossier.calendar_version = dossier.rolled_version = dossier.book_number = None
    slips.let_go(dossier, len(dossier.pauses))
    dossier.paused_since = None


def _catch_up(dossier: Dossier, at: datetime) -> None:
    """Move a date that runs again off a day that was declared off while the slip stood."""
    due_at, overdue_from = dossier.legal_due_at, dossier.overdue_from
    runs = dossier.finished_at is None and dossier.paused_since is None
    if not runs or due_at is None or overdue_from is None or at >= overdue_from:
        return
    if not deadlines.calendar().works_on(legal_date(due_at)):
        clock.run_on(dossier)


def may_reverse(dossier: Dossier, *, by: Author, at: datetime) -> Transition | Refusal:
    """Return the row that takes the last line back, or why `reversal` refuses."""
    try:
        return reversal(dossier, by=by, at=at)[1]
    except Refusal as refusal:
        return refusal

"""The verbs after receipt, each with its effect on the clock (rules.md 6, 11.3)."""

from datetime import datetime
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import against, clock
from onestop.dossiers.actions.acting import acting, may_override
from onestop.dossiers.actions.grounds import kept
from onestop.dossiers.models import Dossier, PauseKind
from onestop.dossiers.queries import handling
from onestop.dossiers.queries.foreseeing import (
    restarts_if_asked,
    was_asked,
    withdrawal_asked_at,
)
from onestop.dossiers.rules.identity import ReturnBy
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import Outcome, Verb

MOST_VND: Final = 10**12


def hand_over(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Pass a received dossier to the handling agency; the clock runs on.

    Decree 61/2018 art. 18: at once when electronic, the same working day on paper. Where the
    department of the day of receipt has ended the one takes it that the field has now; raises
    `Refusal` where there is none.
    """
    with acting(dossier, Verb.HAND_OVER, by=by, at=at):
        taker = handling.taker_of(dossier, legal_date(at))
        if taker is None:
            raise against.nobody_left(dossier, legal_date(at))
        dossier.handling_agency_id = taker.id


def settle(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Record at the desk a result that is due the same day or at once (rules.md 11.3, 2→9).

    Raises `Refusal` for any longer limit: that is the handling agency's to resolve.
    """
    with acting(dossier, Verb.SETTLE, by=by, at=at):
        if why := against.settling(dossier):
            raise why
        _finish(dossier, Outcome.GRANTED, at)


def ask_for_supplement(
    dossier: Dossier, *, reason: str | None, by: Author, at: datetime, override: bool = False
) -> None:
    """Send a dossier back for papers, once, through the shop; the clock stops.

    Asked within three working days of receipt the limit is commonly counted anew once the papers
    are there; later the clock only pauses, for an office must not win time by asking late. A second
    request is refused, unless a leader overrides; the class is then overdue (Decree 61/2018
    art. 11(2c), 19(4); rules.md 6.1).
    """
    earlier = was_asked(dossier)
    told: dict[str, bool] = {}
    with acting(dossier, Verb.ASK_SUPPLEMENT, by=by, at=at, reason=reason, told=told) as row:
        may = may_override(dossier, by)
        if why := against.asking_again(dossier, may=override and may):
            why.field = "override" if may else None
            raise why
        told["restarts"] = restarts = restarts_if_asked(dossier, at)
        if earlier and not dossier.second_request:
            told["second_request"] = dossier.second_request = True
        from_state = row.from_state
        clock.pause(dossier, PauseKind.SUPPLEMENT, at, from_state=from_state, restarts=restarts)


def note_supplement(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Take in the papers that were asked for; the clock runs again (Decree 61/2018 art. 19(4))."""
    with acting(dossier, Verb.SUPPLEMENT, by=by, at=at):
        _end_pauses(dossier, PauseKind.SUPPLEMENT, at)


def resolve(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Record that the result is granted and ready; timeliness is judged by this moment."""
    with acting(dossier, Verb.RESOLVE, by=by, at=at):
        _finish(dossier, Outcome.GRANTED, at)


def refuse(
    dossier: Dossier, *, grounds: Grounds, reason: str | None, by: Author, at: datetime
) -> None:
    """Refuse after examination, with reasons: a result like any other (61/2018 art. 19(8)).

    Raises `Refusal` as `kept` does (form 03).
    """
    told: dict[str, str] = {}
    with acting(dossier, Verb.REFUSE, by=by, at=at, reason=reason, told=told):
        told |= kept(grounds, at)
        _finish(dossier, Outcome.REFUSED, at)


def return_result(
    dossier: Dossier, *, taken_by: str | None, id_document: str | None, by: Author, at: datetime
) -> None:
    """Record that the result is in somebody's hands; never used for timeliness.

    Who took it is kept, and at the counter which identity document was shown (rules.md 11.3);
    raises `Refusal` at `taken_by` or `id_document` where one is missing.
    """
    said = " · ".join(part for part in (taken_by, id_document) if part)
    with acting(dossier, Verb.RETURN, by=by, at=at, reason=said or None):
        check_taker(taken_by, id_document, sees_it=dossier.return_by == ReturnBy.COUNTER)
        dossier.returned_at = at


def check_taker(taken_by: str | None, id_document: str | None, *, sees_it: bool = True) -> None:
    """Refuse, at its field, what does not say who takes a result, and on which document seen."""
    if not taken_by:
        raise Refusal(N_("Hãy ghi ai nhận kết quả."), field="taken_by")
    if not id_document and sees_it:
        raise Refusal(N_("Hãy ghi giấy tờ tùy thân đã xem."), field="id_document")


def ask_for_withdrawal(dossier: Dossier, *, reason: str | None, by: Author, at: datetime) -> None:
    """Note that the applicant wants the dossier back; the clock stops at the request."""
    with acting(dossier, Verb.ASK_WITHDRAWAL, by=by, at=at, reason=reason) as row:
        clock.pause(dossier, PauseKind.WITHDRAWAL, at, from_state=row.from_state)


def take_back_withdrawal(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Note that the applicant does not want the dossier back after all (rules.md 11.3).

    It stands where it stood; the time in between counts as a pause.
    """
    with acting(dossier, Verb.TAKE_BACK_WITHDRAWAL, by=by, at=at):
        _end_pauses(dossier, PauseKind.WITHDRAWAL, at)


def ask_for_payment(
    dossier: Dossier, *, amount_vnd: int | None, notice: str | None, by: Author, at: datetime
) -> None:
    """Tell the applicant what is to be paid; the clock stops until it is (rules.md 6.3).

    Any number of times. Raises `Refusal` at `amount_vnd` or `notice` where one is missing.
    """
    told = {"amount_vnd": amount_vnd, "notice": notice}
    with acting(dossier, Verb.ASK_PAYMENT, by=by, at=at, told=told) as row:
        if amount_vnd is None or not 0 < amount_vnd <= MOST_VND:
            raise Refusal(N_("Hãy ghi số tiền phải nộp, bằng đồng."), field="amount_vnd")
        if not notice:
            raise Refusal(N_("Hãy ghi số, ngày của thông báo nộp tiền."), field="notice")
        clock.pause(dossier, PauseKind.PAYMENT, at, from_state=row.from_state)


def note_payment(dossier: Dossier, *, proof: str | None = None, by: Author, at: datetime) -> None:
    """Record that what was to be paid is paid; the clock runs again (rules.md 6.3).

    `proof` is the number of the receipt of who took the money, where one was shown.
    """
    told = {"proof": proof} if proof else None
    with acting(dossier, Verb.NOTE_PAYMENT, by=by, at=at, told=told):
        _end_pauses(dossier, PauseKind.PAYMENT, at)


def resume(dossier: Dossier, *, reason: str | None, by: Author, at: datetime) -> None:
    """Let the clock run again that a register brought in standing still, and for what no more.

    Whoever handles the dossier says why: the register told no ground, so nothing else could end it.
    Raises `Refusal` where it stands still for anything that has an end of its own.
    """
    with acting(dossier, Verb.RESUME, by=by, at=at, reason=reason):
        if why := against.resuming(dossier):
            raise why
        _end_pauses(dossier, PauseKind.OTHER, at)


def correct(dossier: Dossier, *, reason: str | None, by: Author, at: datetime) -> None:
    """Open a dossier anew whose result is wrong and not yet returned (rules.md 11.3, 9→4).

    The clock goes on as if it had never been finished: the time spent so far stays spent, and the
    date moves only off a day that was declared off meanwhile. A competent leader decides, with a
    reason.
    """
    with acting(dossier, Verb.CORRECT, by=by, at=at, reason=reason):
        dossier.finished_at = dossier.outcome = None
        clock.run_on(dossier)


def confirm_withdrawal(dossier: Dossier, *, by: Author, at: datetime) -> None:
    """Confirm a withdrawal: the dossier ended at the moment of the request (rules.md 6.5, 9.2)."""
    asked_at = withdrawal_asked_at(dossier) or at
    with acting(dossier, Verb.CONFIRM_WITHDRAWAL, by=by, at=at):
        _finish(dossier, Outcome.WITHDRAWN, asked_at)


def stop(dossier: Dossier, *, reason: str | None, by: Author, at: datetime) -> None:
    """End a dossier without a result: not supplemented in time, or on a legal ground.

    Rules.md 6.1 and 11.3: the handling agency's head after a supplement that was not brought in
    the days that the applicant has for it, commonly thirty, and not while an order keeps the office
    closed to him; a competent leader otherwise.
    """
    why = against.stopping(dossier, at)  # told by its state, which the act changes
    with acting(dossier, Verb.STOP, by=by, at=at, reason=reason):
        if why:
            raise why
        _finish(dossier, Outcome.STOPPED, at)


def _end_pauses(dossier: Dossier, kind: PauseKind, at: datetime) -> None:
    for running in [one for one in dossier.pauses if one.ends_at is None and one.kind == kind]:
        clock.resume(dossier, running, at)


def _finish(dossier: Dossier, outcome: Outcome, at: datetime) -> None:
    clock.stop(dossier, at)
    dossier.finished_at = at
    dossier.outcome = outcome

"""Asking another agency for its opinion, and what comes of it to the clock: as a rule nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines import queries as deadlines
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import overdue_from, plain
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions import clock, filing, history
from onestop.dossiers.actions.acting import (
    changed,
    code_of,
    dated,
    in_order,
    promise,
    tell_followers,
)
from onestop.dossiers.actions.history import Line
from onestop.dossiers.models import Dossier, Entry, PauseKind
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.posts import outside_the_post
from onestop.dossiers.rules.states import Verb, check_reason
from onestop.opinions.models import Opinion
from onestop.opinions.queries import dates, questions
from onestop.opinions.rules import ENDED, Asking, Ending, check, check_state
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY, Node
from onestop.tallies import actions as tallies


def ask(dossier: Dossier, asking: Asking, *, by: Author, at: datetime) -> Opinion:
    """Ask another agency for its opinion, within a time that its own hours count.

    The same form sent twice is one question.

    The request states content and time limit; the clock of the dossier runs on, unless the law of
    its procedure leaves that time out: then it stands still until nothing is awaited any more
    (Decree 61/2018 art. 19(5), rules.md 6.4). The agency may open the dossier until it has
    answered. Raises `Refusal` while the dossier is not being handled, outside the handling office,
    at `agency` where there is none of that code or it is the handling office itself, and as
    `check` does. Where nobody has an account that could answer for an agency, it is one outside
    the system.
    """
    if known := questions.by_key(dossier, asking.key):
        return known
    check_state(dossier.state)
    _permitted(Verb.ASK_OPINION, allowed=questions.may(by, dossier.handling_agency_id))
    check(asking)
    in_order(dossier, at)
    asked = _asked(asking, dossier, at)
    agency_id = asked.id if asked and questions.answers_here(asked, at) else None
    elsewhere = asked.name_vi if asked and agency_id is None else asking.outsider
    asker = _office(dossier, at)
    place = agency_id or asker
    hours = deadlines.hours(place)
    counted = count(at, plain(asking.limit), calendar=deadlines.calendar(), hours=hours)
    last = select(func.max(Opinion.seq)).where(Opinion.dossier_id == dossier.id)
    opinion = Opinion(
        dossier_id=dossier.id,
        seq=(db.session.scalar(last) or 0) + 1,
        key=asking.key,
        asker_id=asker,
        agency_id=agency_id,
        outsider=elsewhere,
        content=asking.content,
        limit_value=asking.limit.value,
        limit_unit=asking.limit.unit,
        asked_by=by.name,
        asked_at=at,
        due_at=counted.due_at,
        overdue_from=overdue_from(counted.due_at, asking.limit.unit),
    )
    db.session.add(opinion)
    if agency_id is not None:
        filing.come_to(dossier, {agency_id})
    told = {**_place(asking.agency), "answer_due_at": counted.due_at.isoformat()}
    with _telling(dossier, Verb.ASK_OPINION, asking.content, told, by=by, at=at):
        _hold(dossier, at)
    return opinion


def give(dossier: Dossier, *, seq: int, answer: str | None, by: Author, at: datetime) -> None:
    """Record what an agency answers; whoever handles the dossier does so for one outside.

    A late answer is still taken, and stays late. Where the clock stood still for it, it runs on.
    Raises `Refusal` where the question has ended, the post is not of the agency that was asked, or
    at `said` where nothing is answered.
    """
    opinion = _awaited(dossier, seq)
    _permitted(Verb.GIVE_OPINION, allowed=questions.may_answer(opinion, dossier, by))
    if not (answer or "").strip():
        raise Refusal(N_("Hãy ghi ý kiến trả lời."), field="said")
    in_order(dossier, at)
    told = _place(_code(opinion, dossier, at))
    with _telling(dossier, Verb.GIVE_OPINION, answer, told, by=by, at=at):
        _end(opinion, Ending.ANSWERED, answer, by=by, at=at)
        _release(dossier, at)
        if opinion.agency_id in {None, dossier.handling_agency_id}:
            dossier.slip = None  # the office itself has done something with what came to it


def withdraw(dossier: Dossier, *, seq: int, reason: str | None, by: Author, at: datetime) -> None:
    """Withdraw a question that need not be answered any more, with the reason.

    Where the clock stood still for it, it runs on. Raises `Refusal` where it has ended, without a
    reason, or from another office.
    """
    opinion = _awaited(dossier, seq)
    _permitted(Verb.WITHDRAW_OPINION, allowed=questions.may_withdraw(dossier, by))
    check_reason(reason)
    in_order(dossier, at)
    told = _place(_code(opinion, dossier, at))
    with _telling(dossier, Verb.WITHDRAW_OPINION, reason, told, by=by, at=at):
        _end(opinion, Ending.WITHDRAWN, reason, by=by, at=at)
        _release(dossier, at)


def follow(dossier: Dossier, verb: Verb, by: Author, at: datetime) -> Sequence[Line]:
    """Give whoever is asked the time back in which a dossier that goes on had ended.

    A result that is corrected, or a slip taken back, lets the question wait again (rules.md 11.3).
    A clock that stands still for it does so again from the correction: nobody was asked in between.
    And it runs on where a dossier, or its step, is passed to the agency that was asked, until it is
    passed on without an answer. Return the lines of history that tell the new dates.
    """
    if verb in PASSED_ON:
        _go_by_the_place(dossier, by, at)
    if verb not in GOING_ON or dossier.finished_at is not None:
        return ()
    if verb == Verb.CORRECT and questions.stood_still(dossier):
        _hold(dossier, at)
    moved = dates.going_on(dossier, at)
    for part in moved:
        part.carry()
    return [history.staying(dossier, part.verb, at, part.details) for part in moved]


def _go_by_the_place(dossier: Dossier, by: Author, at: datetime) -> None:
    """Let the clock wait for others alone: nobody waits for what he has to say himself."""
    waited = reading.waits_for_opinion(dossier)
    if waited:
        _release(dossier, at)
    elif questions.stood_still(dossier):
        _hold(dossier, at)
    if reading.waits_for_opinion(dossier) != waited:
        tell_followers(dossier, Verb.RESUME if waited else Verb.PAUSE, by, at)


PASSED_ON: Final = frozenset({Verb.TRANSFER, Verb.SEND_TO, Verb.HAND_ON, Verb.GIVE_BACK})
GOING_ON: Final = frozenset({Verb.CORRECT, Verb.REVERSE})


def _permitted(verb: Verb, *, allowed: bool) -> None:
    if not allowed:
        raise outside_the_post(verb)


def _asked(asking: Asking, dossier: Dossier, at: datetime) -> Node | None:
    if asking.agency is None:
        return None
    node = organisation.tree(legal_date(at)).by_code(asking.agency)
    if node is None:
        raise Refusal(NO_AGENCY, field="agency", code=asking.agency)
    if node.id == _office(dossier, at):
        raise Refusal(N_("Đơn vị này đang giải quyết hồ sơ."), field="agency")
    return node


def _office(dossier: Dossier, at: datetime) -> int:
    """Return the office that handles a dossier now: where it lies, or who took that over."""
    return organisation.by_now(dossier.handling_agency_id, legal_date(at))


def _awaited(dossier: Dossier, seq: int) -> Opinion:
    found = db.session.scalars(select(Opinion).where(Opinion.dossier_id == dossier.id))
    opinion = next((one for one in found if one.seq == seq), None)
    if opinion is None or opinion.ended_at is not None:
        raise Refusal(ENDED)
    if dossier.finished_at is not None:
        raise Refusal(N_("Hồ sơ đã có kết quả: không cần trả lời nữa."))
    return opinion


def _end(opinion: Opinion, how: Ending, said: str | None, *, by: Author, at: datetime) -> None:
    opinion.ended_at, opinion.ending = at, how
    opinion.said, opinion.said_by = said, by.name


def _code(opinion: Opinion, dossier: Dossier, at: datetime) -> str | None:
    """Return the code of the agency that was asked, also where nobody could answer for it here."""
    if opinion.agency_id is not None:
        return code_of(opinion.agency_id, at)
    lines = select(Entry.details).where(
        Entry.dossier_id == dossier.id, Entry.verb == Verb.ASK_OPINION
    )
    asked = db.session.scalars(lines.order_by(Entry.seq)).all()
    return asked[opinion.seq - 1].get("asked")


def _place(code: str | None) -> dict[str, Any]:
    """Return what the sealed history keeps of who was asked: no name that anybody typed."""
    return {"asked": code} if code else {}


def _hold(dossier: Dossier, at: datetime) -> None:
    """Let the clock stand still where the law of the procedure says so, once for all questions."""
    if questions.stops_clock(dossier) and not reading.waits_for_opinion(dossier):
        clock.pause(dossier, PauseKind.OPINION, at, from_state=None)


def _release(dossier: Dossier, at: datetime) -> None:
    """Let the clock run on that stood still for opinions, once none is awaited any more."""
    held = [one for one in dossier.pauses if one.ends_at is None and one.kind == PauseKind.OPINION]
    if not held or questions.is_awaited(dossier):
        return
    for one in held:
        clock.resume(dossier, one, at)
    # What the last act changed would bring back dates from before.
    dossier.slip = None


@contextmanager
def _telling(
    dossier: Dossier,
    verb: Verb,
    said: str | None,
    told: dict[str, Any],
    *,
    by: Author,
    at: datetime,
) -> Iterator[None]:
    """Write the line of history of what the block does, and book what it does to the clock."""
    before, promised = reading.facts(dossier), promise(dossier)
    held = reading.waits_for_opinion(dossier)
    yield
    db.session.flush()
    if reading.waits_for_opinion(dossier) != held:
        tell_followers(dossier, Verb.RESUME if held else Verb.PAUSE, by, at)
        told["clock"] = "resumed" if held else "stopped"
    told |= dated(dossier, promised)
    line = history.staying(dossier, verb, at, told, reason=said)
    history.append(dossier.receiving_agency_id, [line], by=by, at=at)
    tallies.book(changed(dossier, before, reading.facts(dossier), at=at))

"""Intake: at the counter, by post and online; several procedures together; turned away."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.viewer import Author, Citizen
from onestop.base.words import N_
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.actions import opening
from onestop.dossiers.actions.grounds import kept
from onestop.dossiers.actions.opening import Desk
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.queries.checks import check_due
from onestop.dossiers.rules.identity import Intake
from onestop.dossiers.rules.posts import check_post
from onestop.dossiers.rules.refusals import Grounds
from onestop.dossiers.rules.states import State, Verb, check_reason, transition

OLDEST_DELIVERY: Final = timedelta(days=30)


def receive(intake: Intake, *, desk: Desk, by: Author, at: datetime) -> Dossier:
    """Register what an applicant hands in or posts, and promise a due date.

    The same key sent again returns the first dossier. What the clerk was shown and took in all the
    same (`heeded`, `although`) stands in the history. A postal item is written as submitted on
    delivery and received now, in one go. Raises `Refusal` where the procedure is not in force or
    not offered, the channel does not fit its level, or the post does not allow it (Decree 61/2018
    art. 17; rules.md 5, 11.3), and as `Procedure.sooner` does.
    """
    _allowed(desk, by)
    if earlier := reading.by_key(intake.key, desk.id):
        return earlier
    if intake.channel == Channel.ONLINE:
        raise Refusal(
            N_("Hồ sơ trực tuyến do người nộp gửi qua cổng, không nhập tại quầy."), field="channel"
        )
    submitted_at = _delivered(intake, at)
    dossier = opening.drawn_up(intake, desk, submitted_at, State.RECEIVED)
    if dossier.id is not None:
        return dossier
    decided = opening.decided_beside(dossier, intake.heeded, intake.although, by)
    if submitted_at != at:
        procedure = opening.in_force(intake.procedure_code, desk, at)
        opening.copy(dossier, procedure, intake.papers, intake.copies, intake.sets)
    told = {**opening.promise(dossier, intake.sooner, at), **opening.start(dossier, at), **decided}
    opening.register(dossier, intake.applicant)
    lines = [opening.line(dossier, Verb.RECEIVE, None, State.RECEIVED, at, **told)]
    if intake.channel == Channel.POSTAL:
        lines = [
            opening.line(dossier, Verb.SUBMIT, None, State.SUBMITTED, submitted_at),
            opening.line(dossier, Verb.RECEIVE, State.SUBMITTED, State.RECEIVED, at, **told),
        ]
    opening.write(dossier, lines, by=by, at=at)
    return dossier


class TogetherRefused(Refusal):
    """Of several intakes none was received: `each` tells those that were refused, by place."""

    def __init__(self, each: Mapping[int, Refusal]) -> None:
        first = next(iter(each.values()))
        super().__init__(first.message, field=first.field, **first.values)
        self.each = each


def receive_together(
    made: Sequence[Intake], *, desk: Desk, by: Author, at: datetime
) -> list[Dossier]:
    """Register what one applicant hands in under several procedures: a dossier each, or none.

    Raises `TogetherRefused`, which tells every one that is refused.
    """
    taken, refused = [], {}
    for place, one in enumerate(made):
        try:
            taken.append(receive(one, desk=desk, by=by, at=at))
        except Refusal as refusal:
            refused[place] = refusal
    if refused:
        raise TogetherRefused(refused)
    return taken


def decline(
    intake: Intake,
    *,
    grounds: Grounds,
    reason: str | None,
    desk: Desk,
    by: Author,
    at: datetime,
) -> Dossier:
    """Refuse at the counter or by post, with a reason: a code is given, no clock starts.

    Raises `Refusal` as `kept` does (Decree 61/2018 art. 17(1b); form 03).
    """
    return _turned_away(
        intake,
        Verb.REFUSE_AT_INTAKE,
        State.NOT_ACCEPTED,
        reason,
        desk=desk,
        by=by,
        at=at,
        grounds=grounds,
    )


def send_back(
    intake: Intake, *, reason: str | None, desk: Desk, by: Author, at: datetime
) -> Dossier:
    """Ask at the counter for everything that is missing, once; no clock starts.

    Decree 61/2018 art. 15(3), 17(1a); form 02.
    """
    return _turned_away(
        intake,
        Verb.ASK_COMPLETION,
        State.AWAITING_SUPPLEMENT,
        reason,
        desk=desk,
        by=by,
        at=at,
    )


def submit(intake: Intake, *, desk: Desk, by: Citizen, at: datetime) -> Dossier:
    """Take in an online submission: it gets its code now, and its clock when it is accepted.

    The desk has eight working hours to check it (rules.md 4.3, 8). The level is frozen as it is
    now (10.1). Raises `Refusal` where the service has no online submission.
    """
    if earlier := reading.by_key(intake.key, desk.id):
        return earlier
    dossier = opening.drawn_up(intake, desk, at, State.SUBMITTED)
    if dossier.id is not None:
        return dossier
    dossier.intake_due_at = check_due(desk.id, at)
    opening.register(dossier, intake.applicant)
    opening.write(
        dossier, [opening.line(dossier, Verb.SUBMIT, None, State.SUBMITTED, at)], by=by, at=at
    )
    return dossier


def _turned_away(
    intake: Intake,
    verb: Verb,
    state: State,
    reason: str | None,
    *,
    desk: Desk,
    by: Author,
    at: datetime,
    grounds: Grounds | None = None,
) -> Dossier:
    _allowed(desk, by)
    check_reason(reason)
    told = kept(grounds, at) if grounds else {}
    if earlier := reading.by_key(intake.key, desk.id):
        return earlier
    submitted_at = _delivered(intake, at)
    dossier = opening.drawn_up(intake, desk, submitted_at, state)
    if dossier.id is not None:
        return dossier
    if state == State.NOT_ACCEPTED:
        dossier.not_accepted_at = at
    opening.register(dossier, intake.applicant)
    lines = [
        opening.line(dossier, Verb.SUBMIT, None, State.SUBMITTED, submitted_at),
        opening.line(dossier, verb, State.SUBMITTED, state, at, reason, **told),
    ]
    opening.write(dossier, lines, by=by, at=at)
    return dossier


def _delivered(intake: Intake, at: datetime) -> datetime:
    if intake.channel != Channel.POSTAL or intake.delivered_at is None:
        return at
    if intake.delivered_at > at:
        raise Refusal(N_("Giờ bưu gửi đến không thể ở tương lai."), field="delivered_at")
    if intake.delivered_at < at - OLDEST_DELIVERY:
        raise Refusal(N_("Bưu gửi đến quá 30 ngày trước; hãy xem lại ngày."), field="delivered_at")
    return intake.delivered_at


def _allowed(desk: Desk, by: Author) -> None:
    row = transition(Verb.RECEIVE, None, received=False)
    check_post(row, Verb.RECEIVE, by, desk.id, desk.id)

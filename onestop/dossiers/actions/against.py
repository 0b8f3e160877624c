"""Why a verb may not be done now: decided once, for the act itself and for what is offered."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.actions.acting import barred, may_override
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import extending as extensions
from onestop.dossiers.queries import handling, reading
from onestop.dossiers.queries.foreseeing import supplement_wait, was_asked
from onestop.dossiers.rules.citing import ONE_REQUEST
from onestop.dossiers.rules.states import Transition, Verb
from onestop.organisation import queries as organisation


def why_not(row: Transition, dossier: Dossier, *, by: Author, at: datetime) -> Refusal | None:
    """Return why a verb of the table is not for `by` now, in the words of the act, or None."""
    own = AGAINST.get(row.verb)
    return barred(row, dossier, by=by) or (own(dossier, by, at) if own else None)


def handing_over(dossier: Dossier, at: datetime) -> Refusal | None:
    """Return why a dossier is handed over to nobody: who was to handle it has ended since."""
    on = legal_date(at)
    return None if handling.taker_of(dossier, on) else nobody_left(dossier, on)


def nobody_left(dossier: Dossier, on: date) -> Refusal:
    """Return that who was to handle a dossier has ended, and what helps."""
    ended = organisation.tree_with_past(on).by_id(dossier.handling_agency_id)
    return Refusal(HAS_ENDED, agency=ended)


def settling(dossier: Dossier) -> Refusal | None:
    """Return why a dossier is not settled at the desk: its limit is longer (rules.md 11.3)."""
    if reading.limit(dossier).is_at_once:
        return None
    return Refusal(N_("Chỉ giải quyết ngay tại quầy thủ tục trả trong ngày hoặc trả ngay."))


def asking_again(dossier: Dossier, *, may: bool) -> Refusal | None:
    """Return why no supplement is asked for: it was before, and no leader decides otherwise."""
    if not was_asked(dossier) or may:
        return None
    return Refusal(ONE_REQUEST.on(reading.taken_on(dossier)))


def apologising(dossier: Dossier) -> Refusal | None:
    """Return why no other date is promised: one was already, or none yet that could be broken.

    Decree 61/2018 art. 19(9); what was received at a closed office has no date until it opens.
    """
    if dossier.reappointed_at is not None:
        return Refusal(ONLY_ONCE)
    return Refusal(NONE_YET) if dossier.promised_at is None else None


NONE_YET: Final = N_("Hồ sơ chưa được hẹn ngày nào: cơ quan còn đóng cửa từ khi nhận.")
ONLY_ONCE: Final = N_("Hồ sơ đã hẹn lại một lần; chỉ được hẹn lại một lần.")


def stopping(dossier: Dossier, at: datetime) -> Refusal | None:
    """Return why a dossier is not stopped: the applicant can still bring his papers.

    He commonly has thirty days, and those on which an order keeps the office closed to him are
    none of them (rules.md 6.1).
    """
    wait = supplement_wait(dossier)
    if wait is None:
        return None
    if reading.is_closed(dossier):
        return Refusal(N_("Cơ quan còn đóng cửa, người nộp chưa bổ sung được; chưa thể dừng."))
    if at >= wait.overdue_from:
        return None
    said = N_("Người nộp còn được bổ sung đến hết ngày %(day)s; chưa thể dừng.")
    return Refusal(said, day=legal_date(wait.due_at))


def extending(dossier: Dossier, at: datetime) -> Refusal | None:
    """Return why the limit is not extended: it is no certification's, or it is too late for it."""
    why = extensions.hindrance(dossier, at)
    return Refusal(why) if why else None


def resuming(dossier: Dossier) -> Refusal | None:
    """Return why no clock is let run again by hand: it stands for no reason that nobody knows."""
    return None if reading.stands_by_register(dossier) else Refusal(NOT_BY_REGISTER)


NOT_BY_REGISTER: Final = N_("Đồng hồ không dừng theo sổ đã nhập.")
HAS_ENDED: Final = N_(
    "%(agency)s không còn hoạt động, và chưa có đơn vị nào thay. Hãy nhờ quản trị khai đơn vị nay"
    " phụ trách lĩnh vực này, hoặc nhờ lãnh đạo chuyển hồ sơ đến cơ quan có thẩm quyền."
)
Against = Callable[[Dossier, Author, datetime], Refusal | None]
AGAINST: Final[Mapping[Verb, Against]] = {
    Verb.HAND_OVER: lambda dossier, _by, at: handing_over(dossier, at),
    Verb.SETTLE: lambda dossier, _by, _at: settling(dossier),
    Verb.ASK_SUPPLEMENT: lambda dossier, by, _at: asking_again(
        dossier, may=may_override(dossier, by)
    ),
    Verb.APOLOGISE: lambda dossier, _by, _at: apologising(dossier),
    Verb.EXTEND: lambda dossier, _by, at: extending(dossier, at),
    Verb.RESUME: lambda dossier, _by, _at: resuming(dossier),
    Verb.STOP: lambda dossier, _by, at: stopping(dossier, at),
}

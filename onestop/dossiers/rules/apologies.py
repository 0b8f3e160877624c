"""Being late and saying so: why, until when it may be said, and to which day (rules.md 7)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY, local
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.calendars import Calendar, Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, Unit, overdue_from, plain
from onestop.deadlines.rules.moments import at_local, legal_date

FURTHEST: Final = timedelta(days=366)
"""How far beyond the ordinary last day even a leader may promise: a typing slip ends here."""


class Cause(Worded):
    """Why a result is not ready on its day; the report of reasons groups by it (rules.md 7.5)."""

    OFFICER = "officer", N_("Cơ quan giải quyết chậm")
    APPLICANT = "applicant", N_("Từ phía người nộp")
    OTHER_AGENCY = "other_agency", N_("Cơ quan phối hợp trả lời chậm")
    SYSTEM = "system", N_("Hệ thống, kỹ thuật")
    REGULATION = "regulation", N_("Vướng mắc quy định")
    FORCE_MAJEURE = "force_majeure", N_("Bất khả kháng")


class Promised(Worded):
    """Which dossiers with an apology a list is narrowed to."""

    ANEW = "anew", N_("Đã hẹn lại")
    LATE = "late", N_("Xin lỗi muộn")


@dataclass(frozen=True)
class Reappointment:
    """Between which days an apology may promise another date, and whether it comes too late."""

    first: date
    last: date
    is_late: bool


def reappointment(
    due_at: datetime, at: datetime, limit: Limit, *, calendar: Calendar, hours: Hours
) -> Reappointment:
    """Return what an apology `at` this moment may do to a dossier due at another.

    The new date lies after the old one and after that of the apology, and at most once the limit
    after the later of them: a leader alone promises more (rules.md 7.3).
    """
    begins = max(due_at, at)
    first = calendar.next_working_day(legal_date(begins))
    counted = count(begins, plain(limit), calendar=calendar, hours=hours)
    last = max(first, legal_date(counted.due_at))
    return Reappointment(first, last, is_late(at, due_at, calendar))


def reappointed_at(day: date, due_at: datetime, unit: Unit, hours: Hours) -> datetime:
    """Return the moment a new date ends: at closing time, for hours that of the old moment."""
    return at_local(day, local(due_at).time() if unit == Unit.WORKING_HOUR else hours.closing(day))


def is_late(at: datetime, due_at: datetime, calendar: Calendar) -> bool:
    """Say whether an apology comes after the last working day before the date has ended.

    Decree 61/2018 art. 19(9): at the latest one day before; a later one is allowed and flagged.
    """
    works_from = calendar.next_working_day(legal_date(at) - ONE_DAY)
    return works_from >= legal_date(due_at)


def broken_from(
    reappointed_at: datetime | None, due_at: datetime | None, unit: Unit
) -> datetime | None:
    """Return the first moment at which a date promised with an apology is not kept, or None.

    It is judged by the date that stands, like the law's own by its (rules.md 7.4, 9.1); whether
    the dossier is in time is another question.
    """
    if reappointed_at is None or due_at is None:
        return None
    return overdue_from(due_at, unit)


def check_new_date(
    new_on: date | None, *, first: date, last: date, calendar: Calendar, override: bool
) -> date:
    """Return the new date if it may be promised; else refuse it at the field `new_on`.

    It is a working day from `first` on; beyond `last` only by a leader's decision.
    """
    if new_on is not None and new_on > last and not override:
        raise Refusal(
            N_(
                "Sau ngày %(day)s, tức quá một lần thời hạn gốc, chỉ hẹn theo quyết định của lãnh "
                "đạo."
            ),
            field="new_on",
            day=last,
        )
    return working_day(new_on, first=first, last=last + FURTHEST, calendar=calendar)


def working_day(new_on: date | None, *, first: date, last: date, calendar: Calendar) -> date:
    """Return a new date if it is a working day from `first` to `last`; else refuse it."""
    if new_on is None:
        raise Refusal(N_("Hãy ghi ngày hẹn mới."), field="new_on")
    if new_on < first:
        raise Refusal(N_("Ngày hẹn mới sớm nhất là %(day)s."), field="new_on", day=first)
    if new_on > last:
        raise Refusal(N_("Ngày hẹn mới muộn nhất là %(day)s."), field="new_on", day=last)
    if not calendar.works_on(new_on):
        raise Refusal(N_("Ngày %(day)s là ngày nghỉ."), field="new_on", day=new_on)
    return new_on

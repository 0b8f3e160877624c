"""Being late and saying so: why, until when it may be said, and to which day (rules.md 7)."""

from datetime import date, datetime, timedelta
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded
from onestop.deadlines.rules.calendars import Calendar
from onestop.deadlines.rules.moments import legal_date

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


def is_late(at: datetime, due_at: datetime, calendar: Calendar) -> bool:
    """Say whether an apology comes after the last working day before the date has ended.

    Decree 61/2018 art. 19(9): at the latest one day before; a later one is allowed and flagged.
    """
    day = legal_date(due_at) - timedelta(days=1)
    while not calendar.works_on(day):
        day -= timedelta(days=1)
    return legal_date(at) > day


def check_new_date(
    new_on: date | None, *, first: date, last: date, calendar: Calendar, override: bool
) -> date:
    """Return the new date if it may be promised; else refuse it at the field `new_on`.

    It is a working day from `first` on; beyond `last` only by a leader's decision.
    """
    if new_on is None:
        raise Refusal(N_("Hãy ghi ngày hẹn mới."), field="new_on")
    if new_on < first:
        raise Refusal(N_("Ngày hẹn mới sớm nhất là %(day)s."), field="new_on", day=first)
    if new_on > last and not override:
        raise Refusal(
            N_("Chỉ lãnh đạo được hẹn lại sau ngày %(day)s, tức quá một lần thời hạn gốc."),
            field="new_on",
            day=last,
        )
    if new_on > last + FURTHEST:
        raise Refusal(N_("Ngày hẹn mới muộn nhất là %(day)s."), field="new_on", day=last + FURTHEST)
    if not calendar.works_on(new_on):
        raise Refusal(N_("Ngày %(day)s là ngày nghỉ."), field="new_on", day=new_on)
    return new_on

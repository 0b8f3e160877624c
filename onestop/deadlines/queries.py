"""Reading the calendar and office hours, remembered by each process while they hold."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache, lru_cache
from importlib.resources import files

import holidays
from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.stamps import Subject, stamp
from onestop.deadlines.models import CalendarRow, CalendarVersion, CalendarYear, OfficeHours
from onestop.deadlines.rules.calendars import Calendar, CalendarDay, DayKind, Days, Hours
from onestop.deadlines.rules.moments import Interval
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY


def current_version() -> int:
    """Return the number of the calendar in force, 0 before any was loaded."""
    return _current_version(stamp(Subject.CALENDAR))


def calendar(version: int | None = None) -> Calendar:
    """Return the calendar of a version, or the one in force.

    A version never changes once it is committed, but years that were only estimated are written
    as they are used.
    """
    known = stamp(Subject.CALENDAR)
    return _calendar(known, _current_version(known) if version is None else version)


def estimated_rows(year: int) -> Sequence[CalendarDay]:
    """Return the days of a year that are in the calendar by estimate only, in order."""
    return [row for row in rows(year) if row.provisional]


def rows(year: int) -> Sequence[CalendarDay]:
    """Return the days of a year that depart from the ordinary week, in order."""
    found = calendar()
    known = found.days if year in found.years else estimate(year)
    return sorted((row for row in known.values() if row.day.year == year), key=lambda row: row.day)


def versions() -> Sequence[CalendarVersion]:
    """Return the states of the calendar, the latest first."""
    return db.session.scalars(select(CalendarVersion).order_by(CalendarVersion.id.desc())).all()


def is_confirmed(year: int) -> bool:
    """Say whether the calendar of `year` has been announced."""
    return not calendar().is_provisional(year)


@dataclass(frozen=True)
class AllHours:
    """The working hours of every agency; `set_by_hand` is empty where all keep ordinary ones."""

    set_by_hand: dict[int | None, Hours]
    lines: Mapping[int, tuple[int, ...]]

    def of(self, agency_id: int) -> Hours:
        """Return the working hours of an agency: its own, before them those of the next above."""
        found = Hours()
        for owner in (None, *reversed(self.lines.get(agency_id, (agency_id,)))):
            if owner in self.set_by_hand:
                found = self.set_by_hand[owner].under(found)
        return found


def hours_set() -> Sequence[OfficeHours]:
    """Return the hours that were set by hand, by agency and first day."""
    return db.session.scalars(
        select(OfficeHours).order_by(OfficeHours.agency_id, OfficeHours.valid_from)
    ).all()


def hours(agency_id: int) -> Hours:
    """Return the working hours of an agency."""
    return all_hours().of(agency_id)


def all_hours() -> AllHours:
    """Return the working hours of all agencies."""
    return _all_hours(stamp(Subject.OFFICE_HOURS), stamp(Subject.ORGANISATION))


def hours_of(agency_code: str | None) -> Hours:
    """Return the working hours of an agency by its code; the ordinary ones for none.

    Raises `Refusal` for a code that nobody has.
    """
    if agency_code is None:
        return Hours()
    agency = organisation.by_code(agency_code)
    if agency is None:
        raise Refusal(NO_AGENCY, field="agency", code=agency_code)
    return hours(agency.id)


def calendar_or_packaged() -> Calendar:
    """Return the calendar in force, or the packaged one where nothing is installed."""
    try:
        return calendar() if current_version() else packaged_calendar()
    except DBAPIError:
        return packaged_calendar()


def parse_hours(text: str) -> tuple[Interval, ...]:
    """Return the intervals written as `08:00-12:00,13:00-17:00`."""
    pairs = (part.split("-") for part in text.split(","))
    return tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in pairs)


@cache
def estimate(year: int) -> Days:
    """Return the days of a year that the `holidays` package knows or estimates: provisional.

    It knows lunar years until 2100; what it says is observed or swapped is a day off in lieu.
    """
    vietnamese = holidays.country_holidays("VN", years=year, language="vi")
    english = holidays.country_holidays("VN", years=year, language="en_US")
    found = {
        day: _estimated(day, _kind(str(english[day])), *_names(vietnamese[day], english[day]))
        for day in vietnamese
        if day.year == year
    }
    made_up = DayKind.MAKE_UP_WORKING_DAY
    for day in getattr(english, "weekend_workdays", ()):
        if day.year == year:
            found[day] = _estimated(day, made_up, made_up.word, "Make-up working day")
    return found


def _names(vietnamese: str, english: str) -> tuple[str, str]:
    """Return the names of a day; the 29 that the package says is the 28 in a month of 29 days."""
    if vietnamese == "29 Tết":
        return "Giáp Tết Nguyên đán", "Second day before Lunar New Year"
    return vietnamese.replace("Nguyên Đán", "Nguyên đán"), english


def _kind(name: str) -> DayKind:
    swapped = "observed" in name or "substituted" in name
    return DayKind.DAY_OFF_IN_LIEU if swapped else DayKind.PUBLIC_HOLIDAY


def _estimated(day: date, kind: DayKind, name_vi: str, name_en: str) -> CalendarDay:
    return CalendarDay(
        day,
        kind,
        name_vi,
        name_en,
        "Ước tính theo Bộ luật Lao động, Điều 112; chưa công bố",
        "Estimated by the Labour Code, art. 112; not announced",
        provisional=True,
    )


@cache
def packaged_calendar() -> Calendar:
    """Return the calendar of the package alone, for use without a database."""
    rows = _packaged()
    years = frozenset(row.day.year for row in rows) - {rows[0].day.year}
    last = max(years)
    days = {row.day: row for row in rows}
    for day, row in estimate(last).items():
        days.setdefault(day, row)
    return Calendar(days, years, estimate, frozenset({last}))


def _packaged() -> list[CalendarDay]:
    text = files("onestop.deadlines").joinpath("data", "calendar.csv").read_text("utf-8")
    return [
        CalendarDay(
            date.fromisoformat(row["date"]),
            DayKind.of(row["kind"]),
            row["name_vi"],
            row["name_en"],
            row["basis_vi"],
            row["basis_en"],
        )
        for row in csv.DictReader(text.splitlines())
    ]


@lru_cache(maxsize=8)
def _current_version(_stamp: str) -> int:
    return db.session.scalar(select(func.max(CalendarVersion.id))) or 0


@lru_cache(maxsize=64)
def _calendar(_stamp: str, version: int) -> Calendar:
    rows = db.session.scalars(
        select(CalendarRow).where(
            CalendarRow.since <= version,
            or_(CalendarRow.until.is_(None), CalendarRow.until > version),
        )
    )
    days = {
        row.day: CalendarDay(row.day, row.kind, row.name_vi, row.name_en, row.basis_vi,
                             row.basis_en, row.provisional)
        for row in rows
    }  # fmt: skip
    years = db.session.execute(select(CalendarYear.year, CalendarYear.provisional)).all()
    known = frozenset(year for year, _ in years)
    unsure = frozenset(year for year, provisional in years if provisional)
    return Calendar(days, known, estimate, unsure, version)


@lru_cache(maxsize=8)
def _all_hours(_stamp: str, _organisation: str) -> AllHours:
    rows = db.session.execute(
        select(
            OfficeHours.agency_id,
            OfficeHours.valid_from,
            OfficeHours.intervals,
            OfficeHours.saturday_intake,
        ).order_by(OfficeHours.valid_from)
    ).all()
    if not rows:
        return AllHours({}, {})
    sets: dict[int | None, list[tuple[date, tuple[Interval, ...]]]] = defaultdict(list)
    saturdays: dict[int | None, list[tuple[date, bool]]] = defaultdict(list)
    for row in rows:
        sets[row.agency_id].append((row.valid_from, parse_hours(row.intervals)))
        saturdays[row.agency_id].append((row.valid_from, row.saturday_intake))
    made: dict[int | None, Hours] = {
        owner: Hours(tuple(found), tuple(saturdays[owner])) for owner, found in sets.items()
    }
    return AllHours(made, organisation.lines())

"""Loading the calendar, declaring days, setting hours."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import update

from onestop.base.database import connected, db, upsert
from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines import queries
from onestop.deadlines.models import CalendarRow, CalendarVersion, CalendarYear, OfficeHours
from onestop.deadlines.rules.calendars import CalendarDay, check_basis, check_declared

FIRST_VERSION: Final = 1


def load_calendar(*, by: Author, at: datetime) -> None:
    """Load the official calendar of the package as the first version.

    Its last year is not wholly announced yet: what the `holidays` package adds to it is loaded
    too, and the year is provisional (rules.md 3.7).
    """
    known = queries.packaged_calendar()
    db.session.add(
        CalendarVersion(
            id=FIRST_VERSION, created_at=at, author_name=by.name, basis="Lịch của chương trình"
        )
    )
    db.session.add_all(_row(row, FIRST_VERSION) for row in known.days.values())
    db.session.add_all(
        CalendarYear(year=year, provisional=known.is_provisional(year))
        for year in sorted(known.years)
    )
    db.session.flush()


def write_year(year: int) -> None:
    """Keep the estimate of a year that a stored date has come to rest on; twice does no harm.

    A day that the calendar knows already stays as it is.
    """
    known = queries.calendar()
    if year in known.years:
        return
    added = upsert(CalendarYear).values(year=year, provisional=True).on_conflict_do_nothing()
    if not connected().execute(added).rowcount:
        return
    estimated = queries.estimate(year).values()
    db.session.add_all(_row(row, 0) for row in estimated if row.day not in known.days)
    db.session.flush()


def declare(
    rows: Sequence[CalendarDay], *, basis: str, by: Author, at: datetime, replacing: bool = False
) -> int:
    """Enter days into the calendar as a new version; return its number.

    Raises `Refusal` for what `check_declared` refuses. Dates already promised are moved by
    `dossiers.actions.moving`, which calls this.
    """
    days = [(row.day, row.kind) for row in rows]
    check_declared(days, basis=basis, calendar=queries.calendar(), replacing=replacing)
    for year in sorted({row.day.year for row in rows}):
        write_year(year)
    version = _new_version(basis, by=by, at=at)
    _end_rows({row.day for row in rows}, version)
    db.session.add_all(_row(row, version) for row in rows)
    db.session.flush()
    return version


def confirm_year(year: int, *, basis: str, by: Author, at: datetime) -> int:
    """Take it that the calendar of `year` is announced; return the number of the new version.

    What was entered on purpose stays and is no longer provisional; days that were only estimated
    are off no more. No date already promised changes for it (rules.md 4.2 step 10).
    """
    check_basis(basis)
    write_year(year)
    version = _new_version(basis, by=by, at=at)
    _end_rows({row.day for row in queries.estimated_rows(year)}, version)
    db.session.execute(
        update(CalendarYear).where(CalendarYear.year == year).values(provisional=False)
    )
    db.session.flush()
    return version


def set_hours(
    agency_id: int | None, valid_from: date, intervals: str, *, saturday_intake: bool = False
) -> None:
    """Set the working hours of an agency and those below it from a day on (rules.md 3.3).

    With `saturday_intake` their counters also receive and return on Saturday mornings (3.4).
    Raises `Refusal` for intervals out of order, and where that day has its hours already.
    """
    try:
        parsed = queries.parse_hours(intervals)
    except ValueError:
        parsed = ()
    edges = [clock for pair in parsed for clock in pair]
    if not parsed or edges != sorted(set(edges)):
        raise Refusal(
            N_("Giờ làm việc viết như 08:00-12:00,13:00-17:00, theo thứ tự."), field="intervals"
        )
    db.session.add(
        OfficeHours(
            agency_id=agency_id,
            valid_from=valid_from,
            intervals=intervals,
            saturday_intake=saturday_intake,
        )
    )
    db.session.flush()


def _new_version(basis: str, *, by: Author, at: datetime) -> int:
    version = queries.current_version() + 1
    db.session.add(
        CalendarVersion(id=version, created_at=at, author_name=by.name, basis=basis.strip())
    )
    db.session.flush()
    return version


def _end_rows(days: Collection[date], version: int) -> None:
    db.session.execute(
        update(CalendarRow)
        .where(CalendarRow.day.in_(days), CalendarRow.until.is_(None))
        .values(until=version)
    )


def _row(row: CalendarDay, since: int) -> CalendarRow:
    return CalendarRow(
        day=row.day,
        kind=row.kind,
        name_vi=row.name_vi,
        name_en=row.name_en,
        basis_vi=row.basis_vi,
        basis_en=row.basis_en,
        provisional=row.provisional,
        since=since,
        until=None,
    )

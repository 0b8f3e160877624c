"""Loading the calendar, declaring days, setting hours."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update

from onestop.base.database import db, upsert
from onestop.base.errors import Refusal
from onestop.base.viewer import Author
from onestop.base.words import N_
from onestop.deadlines import queries
from onestop.deadlines.models import CalendarRow, CalendarVersion, CalendarYear, OfficeHours
from onestop.deadlines.rules import SATURDAY, CalendarDay, DayKind

FIRST_VERSION = 1


def load_calendar(*, by: Author, at: datetime) -> None:
    """Load the official calendar of the package as the first version.

    Its last year is not wholly announced yet: what the `holidays` package adds to it is loaded
    too, and the year is provisional (rules.md 3.7).
    """
    rows = queries.packaged()
    years = sorted({row.day.year for row in rows} - {rows[0].day.year})
    last = years[-1]
    known = {row.day for row in rows}
    rows += [row for row in queries.estimate(last).values() if row.day not in known]
    db.session.add(
        CalendarVersion(
            id=FIRST_VERSION, created_at=at, author_name=by.name, basis="Lịch của chương trình"
        )
    )
    db.session.add_all(_row(row, FIRST_VERSION) for row in rows)
    db.session.add_all(CalendarYear(year=year, provisional=year == last) for year in years)
    db.session.flush()


def write_year(year: int) -> None:
    """Keep the estimate of a year that a stored date has come to rest on; twice does no harm."""
    if year in queries.calendar().years:
        return
    added = upsert(CalendarYear).values(year=year, provisional=True).on_conflict_do_nothing()
    if not db.session.connection().execute(added).rowcount:
        return
    db.session.add_all(_row(row, 0) for row in queries.estimate(year).values())
    db.session.flush()


def declare(
    days: Iterable[tuple[date, DayKind]],
    *,
    basis: str,
    by: Author,
    at: datetime,
    replace: bool = False,
) -> int:
    """Enter days into the calendar as a new version; return its number.

    A confirmed day is changed only with `replace`. A make-up day is a Saturday or Sunday, a day
    in lieu one of Monday to Friday, and the decision behind it is named. Raises `Refusal`.
    """
    entered = list(days)
    if not basis.strip():
        raise Refusal(N_("Hãy ghi căn cứ: số, ngày văn bản."), field="basis")
    if not entered:
        raise Refusal(N_("Chưa có ngày nào."), field="date")
    calendar = queries.calendar()
    for day, kind in entered:
        _check(day, kind)
        row = calendar.row(day)
        if row is not None and not row.provisional and not replace:
            raise Refusal(
                N_("Ngày %(day)s đã có trong lịch: %(name)s. Chỉ đổi khi có --replace."),
                field="date",
                day=f"{day:%d/%m/%Y}",
                name=row.name_vi,
            )
    for year in {day.year for day, _ in entered}:
        write_year(year)
    version = queries.current_version() + 1
    db.session.add(
        CalendarVersion(id=version, created_at=at, author_name=by.name, basis=basis.strip())
    )
    for day, kind in entered:
        db.session.execute(
            update(CalendarRow)
            .where(CalendarRow.day == day, CalendarRow.until.is_(None))
            .values(until=version)
        )
        name = kind.word
        row = CalendarDay(day, kind, name, ENGLISH[kind], basis.strip(), basis.strip())
        db.session.add(_row(row, version))
    db.session.flush()
    return version


def confirm_year(year: int) -> None:
    """Take it that the calendar of `year` is announced: its dates are no longer provisional."""
    write_year(year)
    db.session.execute(
        update(CalendarYear).where(CalendarYear.year == year).values(provisional=False)
    )
    rows = select(CalendarRow).where(CalendarRow.until.is_(None))
    for row in db.session.scalars(rows):
        if row.day.year == year:
            row.provisional = False
    db.session.flush()


def set_hours(
    agency_id: int | None, valid_from: date, intervals: str, *, saturday_intake: bool = False
) -> None:
    """Set the working hours of an agency and those below it from a day on (rules.md 3.3)."""
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


ENGLISH = {
    DayKind.PUBLIC_HOLIDAY: "Public holiday",
    DayKind.DAY_OFF_IN_LIEU: "Day off in lieu",
    DayKind.MAKE_UP_WORKING_DAY: "Make-up working day",
}


def _check(day: date, kind: DayKind) -> None:
    weekend = day.weekday() >= SATURDAY
    if kind == DayKind.MAKE_UP_WORKING_DAY and not weekend:
        raise Refusal(N_("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật."), field="date")
    if kind == DayKind.DAY_OFF_IN_LIEU and weekend:
        raise Refusal(N_("Ngày nghỉ bù phải từ thứ Hai đến thứ Sáu."), field="date")


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

"""The official calendar of a year, and the working hours of offices."""

import calendar as weeks
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from onestop.base.clock import now
from onestop.base.gate import requires
from onestop.base.languages import language
from onestop.base.permissions import Permission
from onestop.deadlines import queries
from onestop.deadlines.forms import YearForm
from onestop.deadlines.rules.calendars import Calendar
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation import queries as organisation

blueprint = Blueprint("deadlines", __name__, template_folder="templates")
MONTHS: Final = range(1, 13)


@dataclass(frozen=True)
class Day:
    """A date of a month's sheet: how it looks, and what a screen reader adds."""

    number: str
    css: str
    name: str = ""


@dataclass(frozen=True)
class Month:
    """A month as a sheet of weeks from Monday, with the working days it has."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    working_days: int


@blueprint.get("/admin/calendar")
@requires(Permission.READ_CALENDAR)
def calendar() -> ResponseReturnValue:
    """Show a year of the official calendar with the decision behind each departure."""
    today = legal_date(now())
    found = queries.calendar()
    years = sorted({*found.years, today.year, today.year + 1}, reverse=True)
    form = YearForm(request.args, year=today.year)
    year = form.settle(years, today.year)
    return (
        render_template(
            "deadlines/calendar.html",
            form=form,
            year=year,
            months=[_month(found, year, number) for number in MONTHS],
            rows=queries.rows(year),
            provisional=found.is_provisional(year),
            versions=queries.versions(),
            hours=queries.hours_set(),
            tree=organisation.tree(today),
        ),
        form.status,
    )


def _month(found: Calendar, year: int, number: int) -> Month:
    sheet = weeks.Calendar().monthdatescalendar(year, number)
    days = [day for week in sheet for day in week if day.month == number]
    return Month(
        days[0],
        tuple(tuple(_day(found, day, number) for day in week) for week in sheet),
        sum(found.works_on(day) for day in days),
    )


def _day(found: Calendar, day: date, month: int) -> Day:
    if day.month != month:
        return Day("", "out")
    row = found.row(day)
    works = found.works_on(day)
    css = "makeup" if works and row else "" if works else "off"
    return Day(str(day.day), css, row.name(language()) if row else "")

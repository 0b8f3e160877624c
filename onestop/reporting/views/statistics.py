"""The public figures: the same numbers, without lists of dossiers."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from onestop.base.clock import now
from onestop.base.gate import public
from onestop.reporting.forms import PeriodForm
from onestop.reporting.queries import periods
from onestop.reporting.rules import Wanted, period_of
from onestop.reporting.views import tables
from onestop.reporting.views.blueprint import blueprint
from onestop.reporting.views.rates import period_choices, this_year, told


@blueprint.get("/statistics")
@public
def statistics() -> ResponseReturnValue:
    """Show everybody the figures of a period, each with its formula and the table behind it."""
    at = now()
    closed = periods.last_closed_year(at)
    default = period_of(f"{closed}") if closed else this_year(at)
    form = PeriodForm(request.args)
    first, last = periods.years(at)
    period = form.settle(default)
    form.period.choices = period_choices(first, last, period.first.year)
    found = periods.reports(Wanted(period), ("tier", "month", "level", "agency"), at=at)
    return (
        render_template(
            "reporting/statistics.html",
            form=form,
            rows_shown=tables.lines(found["agency"], "agency", "received"),
            **told(found, at),
        ),
        form.status,
    )

"""The manager's page: a period, its rates, and the rows behind every number."""

from datetime import date, datetime
from typing import Any, Final

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base import handouts
from onestop.base.addresses import asking
from onestop.base.asked import number
from onestop.base.clock import now
from onestop.base.errors import Refusal
from onestop.base.forms import typed_in
from onestop.base.gate import requires, viewer
from onestop.base.languages import language
from onestop.base.moments import local
from onestop.base.permissions import Permission
from onestop.base.pills import Pill
from onestop.base.sheets import MIMETYPES
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.queries.figures import FIGURES
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tier
from onestop.reporting.forms import RatesForm
from onestop.reporting.queries import periods, services
from onestop.reporting.rules import (
    BESIDE,
    KEY_WORDS,
    MEANINGS,
    RATES,
    READINGS,
    Wanted,
    parts_named,
    period_of,
    years_named,
)
from onestop.reporting.views import sheets, tables
from onestop.reporting.views.blueprint import blueprint
from onestop.tallies.rules import EARLIEST_YEAR, LATEST_YEAR, Period

BREAKDOWNS = ("agency", "field", "procedure", "channel")
ALWAYS_SHOWN: Final = {"tier": "tiers", "month": "months", "level": "levels"}
"""By what the page breaks its figures down whatever is asked, and where on it that stands."""
MOST_ROWS = 60


@blueprint.get("/rates")
@requires(Permission.READ_RATES)
def rates() -> ResponseReturnValue:
    """Show the figures of a period, with the formula, the as-of time and a list behind each."""
    at = now()
    form = _form(at)
    by, sort = request.args.get("by", "agency"), request.args.get("sort", "received")
    if place := ALWAYS_SHOWN.get(by):
        return redirect(f"{_address(by=None)}#{place}")
    if by not in BREAKDOWNS or sort not in tables.SORTS:
        abort(404)
    wanted, found = _found(form, by, at)
    rows = tables.lines(found[by], by, sort)
    most = len(rows) if "all" in request.args else MOST_ROWS
    return (
        render_template(
            "reporting/rates.html",
            form=form,
            by=by,
            pills=_pills(by),
            sort=sort,
            sorts={name: word for name, (word, _order) in tables.SORTS.items()},
            rows_shown=rows[:most],
            left_out=max(0, len(rows) - most),
            link=tables.links(wanted),
            address=_address,
            narrower=lambda key: _address(**key, by=None, all=None),
            words=KEY_WORDS,
            narrowed=() if form.errors else _narrowed(form),
            beside=BESIDE,
            services=services.services(wanted, at=at, viewer=viewer()),
            **told(found, at),
        ),
        form.status,
    )


@blueprint.get("/rates.<kind>")
@requires(Permission.READ_RATES)
def export(kind: str) -> ResponseReturnValue:
    """Hand out the figures of the page as a workbook or a plain table."""
    at = now()
    form = _form(at)
    by = request.args.get("by", "agency")
    if kind not in sheets.KINDS or by not in (*BREAKDOWNS, *ALWAYS_SHOWN):
        abort(404)
    wanted, found = _found(form, by, at)
    if form.errors:
        abort(404)
    total, corrected = found["tier"].total, periods.corrected(found["tier"], at=at)
    content = sheets.KINDS[kind](found, by, _narrowed(form), corrected)
    handouts.note(kind, total.carried + total.received, at)
    name = f"{wanted.period.first:%Y%m%d}-{wanted.period.last:%Y%m%d}.{kind}"
    answer = Response(content, mimetype=MIMETYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"onestop-{name}")
    return answer


def told(found: dict[str, periods.Report], at: datetime) -> dict[str, Any]:
    """Return what the pages of figures say alike, for managers and for everybody."""
    report = found["tier"]
    return {
        "report": report,
        "total": report.total,
        "period": report.wanted.period,
        "is_closed": report.wanted.period.last < legal_date(at),
        "as_of": local(report.as_of),
        "corrected": periods.corrected(report, at=at),
        "tiers": tables.lines(report, "tier"),
        "levels": tables.lines(found["level"], "level"),
        "months": tables.lines(found["month"], "month"),
        "chart": tables.months(found["month"]),
        "formulas": RATES,
        "readings": READINGS,
        "figures": FIGURES,
        "meanings": MEANINGS,
    }


def this_year(at: datetime) -> Period:
    """Return the whole of the running year."""
    return period_of(f"{legal_date(at).year}")


def period_choices(first: int, last: int, shown: int) -> list[tuple[str, str]]:
    """Return the periods to choose from: all years, and the parts of the one that is shown."""
    named = [*years_named(min(first, shown), max(last, shown)), *parts_named(shown)]
    return [
        *((one.name, tables.period_word(one)) for one in named),
        ("free", _("Từ ngày … đến ngày …")),
    ]


def _narrowed(form: RatesForm) -> sheets.Told:
    """Return in words which dossiers were asked for; all of them is no narrowing."""
    asked = (form.agency, form.tier, form.field, form.level, form.channel, form.procedure)
    return tuple((str(one.label.text), said) for one in asked if (said := typed_in(one)))


def _found(form: RatesForm, by: str, at: datetime) -> tuple[Wanted, dict[str, periods.Report]]:
    wanted, keys = form.to_wanted(this_year(at)), ("tier", "month", "level", by)
    try:
        return wanted, periods.reports(wanted, keys, at=at, viewer=viewer())
    except Refusal as refusal:
        form.blame(refusal)
    wanted = Wanted(wanted.period)
    return wanted, periods.reports(wanted, keys, at=at, viewer=viewer())


def _form(at: datetime) -> RatesForm:
    form = RatesForm(request.args)
    first, last = periods.years(at)
    shown = _shown_year(form, last)
    form.period.choices = period_choices(first, last, shown)
    everything = [("", _("Tất cả"))]
    on = min(legal_date(at), date(shown, 12, 31))
    tree, staff = organisation.tree(on), viewer()
    desks = [node for node in tree.desks if node.id in staff.subtree]
    form.agency.choices = everything + [(node.code, node.name(language())) for node in desks]
    tiers = [tier for tier in Tier if any(node.tier == tier for node in desks)]
    form.tier.choices = everything + [(str(tier.value), _(tier.word)) for tier in tiers]
    fields = [one for one in catalogue.fields(on) if one.tier in tiers]
    form.field.choices = everything + [(one.code, one.name(language())) for one in fields]
    form.level.choices = everything + [
        (str(level), _("Mức độ %(level)s", level=level)) for level in (4, 3, 2, 1)
    ]
    form.channel.choices = everything + [(str(one.value), _(one.word)) for one in Channel]
    return form


def _shown_year(form: RatesForm, last: int) -> int:
    day: date | None = form.first.data
    named = (form.period.data or "")[:4]
    year = number(named) or (day.year if day else last)
    return min(max(year, EARLIEST_YEAR), LATEST_YEAR)


def _pills(by: str) -> list[Pill]:
    return [Pill(_address(by=key), _(KEY_WORDS[key]), current=key == by) for key in BREAKDOWNS]


def _address(**changes: str | None) -> str:
    return asking(url_for("reporting.rates"), **changes)

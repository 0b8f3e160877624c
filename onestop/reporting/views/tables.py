"""Rows of figures with their names, in the reader's language; chart of months; links to lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _

from onestop.base.chart import Chart, Column, bars
from onestop.base.filters import month_year, short_month
from onestop.base.languages import language
from onestop.base.words import N_, capitalize_first, fold
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel, level_word
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tier
from onestop.reporting.queries.periods import Key, Report
from onestop.reporting.rules import Named as NamedPeriod
from onestop.reporting.rules import Wanted, period_of
from onestop.tallies.rules import Figures, Period

SLOT: Final = 64
NARROWEST: Final = 1060
TIERS: Final = tuple(str(tier.value) for tier in Tier)
Link = Callable[[str, Key], str]


@dataclass(frozen=True)
class Name:
    """What a row is called, where it stands by its own order, and under which heading."""

    text: str
    place: tuple[Any, ...]
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """The figures of a row under its name."""

    key: Key
    name: Name
    figures: Figures


SORTS: Final[dict[str, tuple[str, Callable[[Line], Any]]]] = {
    "received": (N_("số nhận"), lambda line: -line.figures.received),
    "online": (N_("tỷ lệ trực tuyến"), lambda line: -_share(line.figures)),
    "overdue": (N_("quá hạn"), lambda line: (-line.figures.overdue, -line.figures.open_overdue)),
    "name": (N_("tên"), lambda line: fold(line.name.text)),
}


def lines(report: Report, key: str, sort: str | None = None) -> list[Line]:
    """Return the rows of a report broken down by `key`, named; by their own order, or sorted."""
    name = NAMES[key](report.wanted.period)
    found = [Line(known, name(known[key]), figures) for known, figures in report.rows]
    found.sort(key=lambda line: line.name.place)
    if sort in SORTS:
        _word, order = SORTS[sort]
        found.sort(key=lambda line: (line.name.place[0], order(line)))
    return found


def months(report: Report) -> Chart:
    """Return the chart of what was received by month, online at the bottom."""
    one_year = report.wanted.period.first.year == report.wanted.period.last.year
    columns = [
        Column(_short(period_of(known["month"]).first, one_year=one_year), _parts(figures))
        for known, figures in report.rows
    ]
    return bars(columns, width=max(NARROWEST, SLOT * len(columns)))


def period_word(named: NamedPeriod) -> str:
    """Return what a period is called: a month by its name, a year or a quarter by its number."""
    if named.word:
        return str(_(named.word, **named.values))
    return capitalize_first(month_year(period_of(named.name).first))


def links(wanted: Wanted) -> Link:
    """Return what gives the address of exactly the dossiers behind a figure of a row."""

    def link(figure: str, key: Key) -> str:
        period = _within(wanted.period, key)
        narrowed = {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "agency": wanted.agency,
            "desk": key.get("agency"),
            **{
                name: key.get(name, getattr(wanted, name))
                for name in ("tier", "field", "procedure", "level", "channel")
            },
        }
        kept = {name: value for name, value in narrowed.items() if value is not None}
        return url_for("dossiers.index", figure=figure, **kept)

    return link


def _within(period: Period, key: Key) -> Period:
    if "month" not in key:
        return period
    month = period_of(key["month"])
    return Period(max(month.first, period.first), min(month.last, period.last))


def _share(figures: Figures) -> Decimal:
    percent = figures.online_rate.percent
    return Decimal(-1) if percent is None else percent


def _parts(figures: Figures) -> tuple[int, int]:
    return figures.received_online, figures.received - figures.received_online


def _short(month: date, *, one_year: bool) -> str:
    return short_month(month) if one_year else f"{month.month}/{month.year}"


Named = Callable[[str], Name]


def _tiers(_period: Period) -> Named:
    return lambda code: Name(_(Tier.of(code).word), (0, TIERS.index(code)))


def _agencies(period: Period) -> Named:
    tree = organisation.tree_with_past(period.last)

    def named(code: str) -> Name:
        node = tree.by_code(code)
        if node is None:
            return Name(code, (len(TIERS), code))
        place = TIERS.index(str(node.tier.value))
        return Name(node.name(language()), (place, code), group=_(node.tier.word))

    return named


def _fields(period: Period) -> Named:
    whole = catalogue.snapshot()
    as_they_were = (whole.as_of(code, period.last).field for code in whole.versions)
    known = {field.code: field for field in as_they_were}

    def named(code: str) -> Name:
        field = known[code]
        place = TIERS.index(str(field.tier.value))
        text = field.name(language())
        return Name(text, (place, fold(text)), group=_(field.tier.word))

    return named


def _procedures(period: Period) -> Named:
    whole = catalogue.snapshot()

    def named(code: str) -> Name:
        return Name(whole.as_of(code, period.last).name(language()), (0, code), note=code)

    return named


def _levels(period: Period) -> Named:
    def named(code: str) -> Name:
        text, said = _("Mức độ %(level)s", level=code), _(level_word(int(code), period.last))
        return Name(text, (0, code), note="" if said.lower() == text.lower() else said)

    return named


def _channels(_period: Period) -> Named:
    order = [str(channel.value) for channel in Channel]
    return lambda code: Name(_(Channel.of(code).word), (0, order.index(code)))


def _months(_period: Period) -> Named:
    def named(code: str) -> Name:
        first = period_of(code).first
        return Name(capitalize_first(month_year(first)), (0, code))

    return named


NAMES: Final[dict[str, Callable[[Period], Named]]] = {
    "agency": _agencies,
    "tier": _tiers,
    "level": _levels,
    "field": _fields,
    "procedure": _procedures,
    "channel": _channels,
    "month": _months,
}

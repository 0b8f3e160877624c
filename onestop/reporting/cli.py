"""The commands of figures: `rates`, `tallies check` and `tallies recount`."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.table import Table

from onestop.base.clock import now
from onestop.base.commands import Command, Group, confirm, print_table
from onestop.base.edge import check_writable, transaction
from onestop.base.filters import from_to, number, percent, stamp
from onestop.base.moments import local
from onestop.base.words import N_, Worded
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.queries import figures as facts
from onestop.dossiers.queries.figures import FIGURES
from onestop.organisation.rules import Tier
from onestop.reporting.queries import counters, periods, services
from onestop.reporting.queries.periods import Report, as_json
from onestop.reporting.rules import KEYS, RATES, Wanted
from onestop.tallies import actions
from onestop.tallies.rules import RATES as RATE_NAMES
from onestop.tallies.rules import Figures, Period, Rate

DAY = click.DateTime(["%Y-%m-%d"])
PLAIN = (
    "carried",
    "received",
    "received_online",
    "resolved",
    "early",
    "on_time",
    "overdue",
    "open",
    "open_overdue",
)
WORDED: Final[Mapping[str, Iterable[Worded]]] = {"tier": Tier, "channel": Channel}
WIDEST_FIGURE = len("99.999.999")
FIT_BESIDE = 4
SHOWN = ("timely_rate", "online_rate")


@click.command(cls=Command, help=N_("Số liệu và tỷ lệ của một kỳ."))
@click.option("--from", "first", type=DAY, required=True, help=N_("Ngày đầu kỳ."))
@click.option("--to", "last", type=DAY, required=True, help=N_("Ngày cuối kỳ."))
@click.option("--agency", help=N_("Mã cơ quan: cơ quan ấy và mọi đơn vị bên dưới."))
@click.option("--by", multiple=True, type=click.Choice(KEYS), help=N_("Tách theo khóa này."))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help=N_("Dạng trả lời."),
)
@with_appcontext
def rates(
    first: datetime, last: datetime, agency: str | None, by: tuple[str, ...], form: str
) -> None:
    """Show the figures and rates of a period."""
    wanted = Wanted(Period(first.date(), last.date()), tuple(dict.fromkeys(by)), agency)
    at = now()
    report = periods.rates(wanted, at=at)
    if report.note:
        click.echo(_(report.note), err=True)
    if form == "text":
        _as_text(report, services.services(wanted, at=at).rate)
    else:
        {"json": _as_json, "csv": _as_csv}[form](report)
    corrected = periods.corrected(report, at=at)
    if corrected is not None:
        name = _(FIGURES["corrected"])
        said = _("%(figure)s: %(count)s hồ sơ.", figure=name, count=number(corrected))
        click.echo(said, err=form != "text")


@click.group(cls=Group, help=N_("Số đếm so với hồ sơ."))
def tallies() -> None:
    """Counters against facts."""


@click.command(cls=Command, help=N_("Đếm lại từng hồ sơ và so với số đếm; lệch thì mã thoát 1."))
@with_appcontext
def check() -> None:
    """Recount every dossier and compare with the counters; exit 1 on any difference."""
    sys.exit(1 if _compare() else 0)


@click.command(cls=Command, help=N_("Đếm lại mọi số đếm từ hồ sơ, khi “check” thấy lệch."))
@click.option("--yes", is_flag=True, help=N_("Không hỏi lại."))
@with_appcontext
def recount(yes: bool) -> None:
    """Show where the counters differ from the dossiers, ask, and count all of them anew."""
    if not _compare():
        return
    check_writable()
    if not yes:
        confirm(_("Đếm lại mọi số đếm từ hồ sơ?"))
    with transaction():
        actions.rebuild(facts.bookings())
    click.echo(_("Đã đếm lại từ hồ sơ."), err=True)


def _compare() -> int:
    """Tell where the counters differ from the facts, and in how many places."""
    found = counters.differences()
    for key, flow, kept, recounted in found:
        where = " ".join(f"{name}={value}" for name, value in key.items())
        click.echo(f"{where} {flow}: {kept} ≠ {recounted}")
    told = _("%(count)d chỗ lệch.", count=len(found)) if found else _("Số đếm khớp với hồ sơ.")
    click.echo(told, err=True)
    return len(found)


def told(report: Report) -> dict[str, Any]:
    """Return a report as the JSON contract has it."""
    period = report.wanted.period
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "as_of": local(report.as_of).isoformat(timespec="seconds"),
        "total": as_json(report.total),
        "rows": [{"key": key, **as_json(found)} for key, found in report.rows],
    }


def _as_json(report: Report) -> None:
    click.echo(json.dumps(told(report), ensure_ascii=False, indent=1))


def _as_csv(report: Report) -> None:
    by = report.wanted.by
    names = [name for name in as_json(report.total) if name not in RATE_NAMES]
    names.remove("received_online_by_level")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    levels = [f"received_online_level_{level}" for level in "234"]
    writer.writerow([*by, *names, *levels, *RATE_NAMES])
    for key, found in report.rows if by else (({}, report.total),):
        figures = as_json(found)
        writer.writerow(
            [
                *(key.get(name, "") for name in by),
                *(figures[name] for name in names),
                *(figures["received_online_by_level"][level] for level in "234"),
                *(figures[name]["percent"] or "" for name in RATE_NAMES),
            ]
        )


def _as_text(report: Report, services: Rate) -> None:
    groups = [
        (" · ".join(_called(*one) for one in key.items()), found) for key, found in report.rows
    ]
    groups.append((_("Tổng cộng"), report.total))
    period = report.wanted.period
    title = from_to(period.first, period.last)
    print_table((_upright if len(groups) <= FIT_BESIDE else _lying)(title, groups))
    share = percent(services.percent)
    if services.denominator:
        share += f" = {number(services.numerator)} ÷ {number(services.denominator)}"
    name = _("Dịch vụ trực tuyến có hồ sơ")
    click.echo(f"{name}: {share}")
    click.echo(_("Số liệu đến %(at)s.", at=stamp(report.as_of)))


def _called(key: str, code: str) -> str:
    """Return what people call a code of a row; programs read the codes themselves."""
    words = {str(one): one.word for one in WORDED.get(key, ())}
    return _(words[code]) if code in words else code


Groups = list[tuple[str, Figures]]


def _upright(title: str, groups: Groups) -> Table:
    """Return a table with a line for each figure: few groups then fit a terminal."""
    table = Table("", title=title)
    for name, _found in groups:
        table.add_column(name, justify="right")
    for name in PLAIN:
        table.add_row(_(FIGURES[name]), *(number(getattr(one, name)) for _name, one in groups))
    table.add_section()
    for name, (word, _formula) in RATES.items():
        table.add_row(_(word), *(percent(getattr(one, name).percent) for _name, one in groups))
    return table


def _lying(title: str, groups: Groups) -> Table:
    """Return a table with a line for each group."""
    table = Table("", title=title)
    for word in (*(FIGURES[name] for name in PLAIN), *(RATES[name][0] for name in SHOWN)):
        table.add_column(_(word), justify="right", min_width=WIDEST_FIGURE)
    for name, found in groups:
        cells = [number(getattr(found, figure)) for figure in PLAIN]
        table.add_row(name, *cells, *(percent(getattr(found, rate).percent) for rate in SHOWN))
    return table

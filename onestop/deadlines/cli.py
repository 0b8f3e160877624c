"""The command `deadline`: a due date, and why it is that day."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.console import Console
from rich.table import Table

from onestop.base.errors import Refusal
from onestop.base.forms import say
from onestop.base.languages import language
from onestop.base.words import N_
from onestop.deadlines import queries
from onestop.deadlines.rules import (
    VIET_NAM,
    Count,
    Hours,
    Limit,
    Line,
    Pause,
    count,
    local,
    supplement_restarts,
)


@click.command()
@click.argument("received")
@click.argument("limit", required=False)
@click.option("--pause", "pauses", multiple=True, metavar="FROM/TO", help="The clock stands still.")
@click.option("--supplement", metavar="FROM/TO", help="Papers asked for and brought.")
@click.option("--agency", help="Code of the agency whose office hours count.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def deadline(
    received: str,
    limit: str | None,
    pauses: tuple[str, ...],
    supplement: str | None,
    agency: str | None,
    form: str,
) -> None:
    """Count the due date of LIMIT from RECEIVED (ISO local time), day by day.

    LIMIT is 5wd working days, 8wh working hours, 10d calendar days, 2m months, 0d same day,
    0i at once. With - in place of RECEIVED, lines `RECEIVED LIMIT [FROM/TO]... [s:FROM/TO]` are
    read from the standard input, and each is answered by one JSON document.
    """
    try:
        hours = queries.hours_of(agency)
        if received == "-":
            _answer_lines(hours)
            return
        if limit is None:
            raise click.UsageError("LIMIT is missing")
        counted = counted_from(received, limit, pauses, supplement, hours)
    except Refusal as refusal:
        raise click.UsageError(say(refusal)) from refusal
    if form == "json":
        click.echo(json.dumps(told(counted), ensure_ascii=False, indent=1))
    else:
        _print(counted)


def counted_from(
    received: str, limit: str, pauses: Iterable[str], supplement: str | None, hours: Hours
) -> Count:
    """Return the count that such words ask for; raises `Refusal` for what makes no sense."""
    received_at = moment(received)
    calendar = queries.calendar_or_packaged()
    known = [stretch(text) for text in pauses]
    if supplement is not None:
        asked = stretch(supplement)
        restarts = supplement_restarts(asked.begins_at, received_at, calendar=calendar, hours=hours)
        known.append(Pause(asked.begins_at, asked.ends_at, restarts))
    return count(received_at, Limit.parse(limit), calendar=calendar, hours=hours, pauses=known)


def moment(text: str) -> datetime:
    """Return the moment of an ISO local time; one with a zone keeps it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            N_("“%(text)s” không phải ngày giờ dạng 2021-03-01T09:00."), text=text
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=VIET_NAM)


def stretch(text: str) -> Pause:
    """Return the pause written as FROM/TO."""
    begins, slash, ends = text.partition("/")
    if not slash or not ends:
        raise Refusal(N_("“%(text)s” không đúng dạng TỪ/ĐẾN."), text=text)
    return Pause(moment(begins), moment(ends))


def told(counted: Count) -> dict[str, Any]:
    """Return a count as programs read it."""
    begins = counted.counting_from
    return {
        "received_at": _iso(counted.received_at),
        "limit": {"value": counted.limit.value, "unit": str(counted.limit.unit)},
        "due_at": _iso(counted.due_at),
        "counting_from": _iso(begins) if isinstance(begins, datetime) else begins.isoformat(),
        "pauses": [
            {
                "from": _iso(pause.begins_at),
                "to": pause.ends_at and _iso(pause.ends_at),
                "restarts": pause.restarts,
            }
            for pause in counted.pauses
        ],
        "days": [_line(line) for line in counted.days],
        "calendar_version": counted.calendar_version,
        "provisional": counted.provisional,
    }


def reason(line: Line) -> str:
    """Return why a day counts or does not, in the reader's language."""
    if line.row is not None and not line.values:
        return line.row.name(language())
    return str(_(line.reason, **line.values)) if line.reason else _(line.kind.word)


def _line(line: Line) -> dict[str, Any]:
    number = line.number
    return {
        "date": line.date.isoformat(),
        "kind": str(line.kind),
        "counted": line.counted,
        "number": float(number) if isinstance(number, Decimal) else number,
        "reason": reason(line),
    }


def _iso(moment_: datetime) -> str:
    return local(moment_).isoformat(timespec="minutes" if not moment_.second else "seconds")


def _answer_lines(hours: Hours) -> None:
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            received, limit, *stretches = line.split()
            asked = [part[2:] for part in stretches if part.startswith("s:")]
            pauses = [part for part in stretches if not part.startswith("s:")]
            counted = counted_from(received, limit, pauses, asked[0] if asked else None, hours)
            answer = told(counted)
        except Refusal as refusal:
            answer = {"error": say(refusal)}
        except ValueError:
            answer = {"error": _("Dòng cần có: NHẬN THỜI-HẠN [TỪ/ĐẾN]… [s:TỪ/ĐẾN]")}
        click.echo(json.dumps(answer, ensure_ascii=False))


def _print(counted: Count) -> None:
    console = Console()
    table = Table(title=_("Vì sao là ngày này?"))
    for heading in (_("Ngày"), _("Thứ tự"), _("Loại"), _("Lý do")):
        table.add_column(heading)
    for line in counted.days:
        number = "" if line.number is None or not line.counted else str(line.number)
        table.add_row(f"{line.date:%d/%m/%Y}", number, _(line.kind.word), reason(line))
    console.print(table)
    console.print(_("Hẹn trả: %(due)s", due=f"{local(counted.due_at):%H:%M %d/%m/%Y}"))
    if counted.provisional:
        console.print(_("Lịch chưa công bố; ngày có thể đổi."))

"""The commands of days: a due date with its reasons, the official calendar, a year announced."""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.table import Table

from onestop.base.clock import now
from onestop.base.commands import Command, print_table
from onestop.base.commands import confirm as ask
from onestop.base.edge import check_writable, transaction
from onestop.base.errors import Refusal
from onestop.base.filters import plain_day, stamp
from onestop.base.languages import language
from onestop.base.moments import VIET_NAM
from onestop.base.told import day_told, iso, refused, why
from onestop.base.viewer import Operator
from onestop.base.words import N_
from onestop.deadlines import actions, queries
from onestop.deadlines.rules.calendars import FIRST_YEAR, LAST_YEAR, CalendarDay, Hours
from onestop.deadlines.rules.counting import asked_in_time, count
from onestop.deadlines.rules.limits import Limit, plain
from onestop.deadlines.rules.lines import Count
from onestop.deadlines.rules.moments import legal_date
from onestop.deadlines.rules.pauses import Pause
from onestop.deadlines.rules.supplements import (
    DECREE_61,
    SupplementEffect,
    SupplementLaw,
    check_supplement,
)
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY

EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2085  # lunar years are known until 2100, and the longest limit ends before
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=N_("Dạng trả lời."),
)
DEADLINE_HELP = N_(
    "Tính ngày hẹn của LIMIT kể từ RECEIVED (giờ Việt Nam, dạng 2021-03-01T09:00), từng ngày một. "
    "LIMIT: 5wd ngày làm việc, 8wh giờ làm việc, 10d ngày, 2m tháng, 0d trong ngày, 0i ngay. "
    "RECEIVED là “-” thì đọc từng dòng RECEIVED LIMIT [FROM/TO]... [s:FROM/TO] từ đầu vào chuẩn, "
    "mỗi dòng trả lời bằng một tài liệu JSON."
)


@click.command(cls=Command, help=DEADLINE_HELP)
@click.argument("received")
@click.argument("limit", required=False)
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    metavar="FROM/TO",
    help=N_("Đồng hồ tạm dừng trong khoảng này."),
)
@click.option(
    "--supplement",
    "supplements",
    multiple=True,
    metavar="FROM/TO",
    help=N_("Yêu cầu bổ sung và ngày bổ sung đủ giấy tờ."),
)
@click.option(
    "--law",
    default="restart/pause/3",
    metavar="EFFECT/LATE/DAYS",
    help=N_(
        "Bổ sung xong thì đếm lại (restart) hay chỉ tạm dừng (pause), khi yêu cầu muộn thì sao, và "
        "yêu cầu trong mấy ngày làm việc là không muộn. Mặc định theo Nghị định 61/2018/NĐ-CP: "
        "restart/pause/3."
    ),
)
@click.option("--agency", help=N_("Mã cơ quan có giờ làm việc được dùng."))
@FORMAT
@with_appcontext
def deadline(
    received: str,
    limit: str | None,
    pauses: tuple[str, ...],
    supplements: tuple[str, ...],
    law: str,
    agency: str | None,
    form: str,
) -> None:
    """Count a due date, or one for each line of the standard input."""
    hours, ruled = queries.hours_of(agency), supplement_law(law)
    if received == "-":
        if limit or pauses or supplements:
            raise Refusal(N_("Mỗi dòng có LIMIT và các khoảng của nó: bỏ chúng khỏi lệnh."))
        _answer_lines(ruled, hours)
        return
    if limit is None:
        raise Refusal(N_("Thiếu LIMIT."))
    if len(supplements) > 1:
        raise Refusal(N_("Chỉ được một --supplement: bổ sung chỉ được yêu cầu một lần."))
    supplement = supplements[0] if supplements else None
    counted = counted_from(received, limit, pauses, supplement, ruled, hours)
    if form == "json":
        click.echo(json.dumps(told(counted), ensure_ascii=False, indent=1))
    else:
        _print(counted)


@click.command("confirm", cls=Command, help=N_("Ghi nhận lịch của một năm đã được công bố."))
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option("--basis", required=True, help=N_("Căn cứ: số, ngày văn bản."))
@click.option("--yes", is_flag=True, help=N_("Không hỏi lại."))
@with_appcontext
def confirm(year: int, basis: str, yes: bool) -> None:
    """Make a year's calendar final; its estimated days fall away where nobody entered them."""
    check_writable()
    dropped = queries.estimated_rows(year)
    if dropped:
        click.echo(_("Những ngày chỉ mới ước tính sau đây sẽ thôi là ngày nghỉ:"), err=True)
        for row in dropped:
            click.echo(f"  {plain_day(row.day)} {row.name(language())}", err=True)
    if not yes:
        ask(_("Xác nhận lịch năm %(year)d?", year=year))
    with transaction():
        actions.confirm_year(year, basis=basis, by=Operator(), at=now())
    click.echo(_("Lịch năm %(year)d đã được xác nhận.", year=year), err=True)


@click.command(cls=Command, help=N_("Xem những ngày khác thường của một năm."))
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@FORMAT
@with_appcontext
def days(year: int, form: str) -> None:
    """Show the days of a year that depart from the ordinary week."""
    found = queries.rows(year)
    if form == "json":
        click.echo(json.dumps([_day_told(row) for row in found], ensure_ascii=False, indent=1))
        return
    table = Table(title=_("Lịch năm %(year)d", year=year))
    for heading in (_("Ngày"), _("Loại"), _("Tên"), _("Căn cứ"), ""):
        table.add_column(heading)
    for row in found:
        basis = row.basis_en if language() == "en" else row.basis_vi
        unsure = _("chưa công bố") if row.provisional else ""
        table.add_row(plain_day(row.day), _(row.kind.word), row.name(language()), basis, unsure)
    print_table(table)


def _day_told(row: CalendarDay) -> dict[str, Any]:
    return {
        "date": row.day.isoformat(),
        "kind": str(row.kind),
        "name": row.name(language()),
        "basis": row.basis_en if language() == "en" else row.basis_vi,
        "provisional": row.provisional,
    }


def counted_from(
    received: str,
    limit: str,
    pauses: Iterable[str],
    supplement: str | None,
    law: SupplementLaw,
    hours: Hours,
) -> Count:
    """Return the count that such words ask for; raises `Refusal` for what makes no sense."""
    received_at, wanted = moment(received), plain(Limit.parse(limit))
    if wanted.limit.is_by_the_hour and is_day(received):
        raise Refusal(
            N_("Thời hạn theo giờ hoặc trong ngày cần cả giờ nhận, như 2021-03-01T09:00.")
        )
    calendar = queries.calendar_or_packaged()
    known = [stretch(text) for text in pauses]
    if supplement is not None:
        asked = stretch(supplement)
        restarts = asked_in_time(
            asked.begins_at, received_at, wanted, law, calendar=calendar, hours=hours, pauses=known
        )
        known.append(Pause(asked.begins_at, asked.ends_at, restarts))
    return count(received_at, wanted, calendar=calendar, hours=hours, pauses=known)


HOURS_HELP = N_(
    "Đặt giờ làm việc, như 07:30-11:30,13:30-17:00, của cơ quan và cấp dưới, từ một ngày."
)


@click.command("hours", cls=Command, help=HOURS_HELP)
@click.argument("intervals")
@click.option("--from", "first", required=True, help=N_("Từ ngày nào, như 2026-04-15."))
@click.option("--agency", help=N_("Mã cơ quan; bỏ trống: mọi cơ quan."))
@click.option("--saturday", is_flag=True, help=N_("Sáng thứ Bảy 08:00–12:00 cũng nhận và trả."))
@with_appcontext
def working_hours(intervals: str, first: str, agency: str | None, saturday: bool) -> None:
    """Set the working hours of an agency and of those below it, from a day on."""
    node = organisation.by_code(agency.strip()) if agency else None
    if agency and node is None:
        raise Refusal(NO_AGENCY, field="agency", code=agency)
    day = legal_date(moment(first))
    with transaction():
        actions.set_hours(
            node.id if node else None, day, intervals.strip(), saturday_intake=saturday
        )
    click.echo(_("Đã đặt giờ làm việc từ ngày %(day)s.", day=plain_day(day)), err=True)


def moment(text: str) -> datetime:
    """Return the moment of an ISO local time; one with a zone keeps it.

    Raises `Refusal` for what is no time, and for years whose holidays nobody can estimate.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            N_("“%(text)s” không phải ngày giờ dạng 2021-03-01T09:00."), text=text
        ) from None
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise Refusal(
            N_("“%(text)s”: năm phải từ %(first)s đến %(last)s."),
            text=text,
            first=EARLIEST_YEAR,
            last=LATEST_YEAR,
        )
    return found if found.tzinfo else found.replace(tzinfo=VIET_NAM)


def is_day(text: str) -> bool:
    """Say whether a moment was written as a date alone."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def stretch(text: str) -> Pause:
    """Return the pause written as FROM/TO."""
    begins, slash, ends = text.partition("/")
    if not slash or not ends:
        raise Refusal(N_("“%(text)s” không đúng dạng TỪ/ĐẾN."), text=text)
    return Pause(moment(begins), moment(ends))


def supplement_law(text: str) -> SupplementLaw:
    """Return the law written as EFFECT/LATE/DAYS; the days to bring papers change no date.

    Raises `Refusal` as `check_supplement` does, and for what has not that form.
    """
    found = LAW_TEXT.fullmatch(text)
    if found is None:
        raise Refusal(N_("“%(text)s” không đúng dạng restart/pause/3."), text=text)
    effect, late_effect = SupplementEffect.of(found[1]), SupplementEffect.of(found[2])
    law = replace(DECREE_61, effect=effect, late_effect=late_effect, within=int(found[3]))
    check_supplement(law)
    return law


LAW_TEXT: Final = re.compile(r"(restart|pause)/(restart|pause)/([0-9]{1,4})")


def told(counted: Count) -> dict[str, Any]:
    """Return a count as programs read it."""
    begins = counted.counting_from
    return {
        "received_at": iso(counted.received_at),
        "limit": {"value": counted.limit.value, "unit": str(counted.limit.unit)},
        "due_at": iso(counted.due_at),
        "counting_from": iso(begins) if isinstance(begins, datetime) else begins.isoformat(),
        "pauses": [
            {
                "from": iso(pause.begins_at),
                "to": pause.ends_at and iso(pause.ends_at),
                "restarts": pause.restarts,
            }
            for pause in counted.pauses
        ],
        "days": [day_told(line) for line in counted.days],
        "calendar_version": counted.calendar_version,
        "provisional": counted.provisional,
    }


def _answer_lines(law: SupplementLaw, hours: Hours) -> None:
    for line in sys.stdin.buffer:
        try:
            answer = told(_asked_on(line.decode("utf-8", "replace"), law, hours))
        except Refusal as refusal:
            answer = {"error": refused(refusal)}
        click.echo(json.dumps(answer, ensure_ascii=False))


def _asked_on(line: str, law: SupplementLaw, hours: Hours) -> Count:
    words = line.split()
    asked = [word.removeprefix("s:") for word in words if word.startswith("s:")]
    rest = [word for word in words if not word.startswith("s:")]
    if len(rest) < 2 or len(asked) > 1:
        raise Refusal(N_("Dòng cần có: NHẬN THỜI-HẠN [TỪ/ĐẾN]… [s:TỪ/ĐẾN]"))
    received, limit, *pauses = rest
    return counted_from(received, limit, pauses, asked[0] if asked else None, law, hours)


def _print(counted: Count) -> None:
    table = Table(title=_("Vì sao là ngày này?"))
    for heading in (_("Ngày"), _("Thứ tự"), _("Loại"), _("Lý do")):
        table.add_column(heading)
    for line in counted.days:
        number = "" if line.number is None or not line.counted else str(line.number)
        table.add_row(plain_day(line.date), number, _(line.kind.word), why(line))
    print_table(table)
    click.echo(_("Hẹn trả: %(due)s", due=stamp(counted.due_at)))
    if counted.provisional:
        click.echo(_("Lịch chưa công bố; ngày có thể đổi."))

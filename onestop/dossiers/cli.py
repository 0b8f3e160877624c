"""The commands of dossiers: one with its history, days declared off, and offices closed."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.table import Table

from onestop.base.clock import now
from onestop.base.commands import Command, confirm, print_table
from onestop.base.daygrid import untouched
from onestop.base.edge import check_writable, transaction
from onestop.base.errors import Refusal
from onestop.base.filters import number, plain_day, stamp
from onestop.base.languages import language
from onestop.base.moments import local
from onestop.base.told import day_told, iso_or_none, why
from onestop.base.viewer import Operator, is_nameless
from onestop.base.words import N_
from onestop.deadlines.rules.calendars import CalendarDay, DayKind, declared_day
from onestop.deadlines.rules.moments import legal_date, midnight, midnight_after
from onestop.dossiers.actions import closing as closing_actions
from onestop.dossiers.actions import moving as moving_actions
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import closing, explaining, moving, orders, reading
from onestop.dossiers.queries.closing import Held
from onestop.dossiers.queries.explaining import Explained
from onestop.dossiers.queries.moving import Move
from onestop.dossiers.rules.closures import Closure
from onestop.dossiers.rules.states import HAPPENED
from onestop.dossiers.rules.timing import timeliness
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY, Succession
from onestop.tallies.rules import Period


@click.command(cls=Command, help=N_("Xem một hồ sơ với lịch sử và ngày hẹn được giải thích."))
@click.argument("code")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=N_("Dạng trả lời."),
)
@with_appcontext
def show(code: str, form: str) -> None:
    """Show one dossier; exit 1 where there is none of that code."""
    at = now()
    dossier = reading.by_code(code.strip().upper(), Operator())
    if dossier is None:
        click.echo(_("Không có hồ sơ %(code)s.", code=code), err=True)
        sys.exit(1)
    explained = explaining.explained(dossier, at)
    if form == "json":
        click.echo(json.dumps(_told(dossier, explained), ensure_ascii=False, indent=1))
    else:
        _print(dossier, explained)


@click.command(cls=Command, help=N_("Ghi ngày vào lịch chính thức và dời ngày hẹn rơi vào đó."))
@click.argument("words", nargs=-1, required=True, metavar="DATE KIND [DATE KIND]...")
@click.option("--basis", required=True, help=N_("Căn cứ: số, ngày văn bản."))
@click.option("--name", help=N_("Tên ngày, như “Tết Nguyên đán”."))
@click.option("--replace", "replacing", is_flag=True, help=N_("Đổi cả ngày đã được xác nhận."))
@click.option("--yes", is_flag=True, help=N_("Không hỏi lại."))
@with_appcontext
def add(words: tuple[str, ...], basis: str, name: str | None, replacing: bool, yes: bool) -> None:
    """Show which open dossiers move for days of the official calendar, ask, and move them."""
    rows = _days(words, basis.strip(), name)
    moving.check(rows, basis=basis, replacing=replacing)
    check_writable()
    _print_moves(moving.foreseen(rows, now()))
    if not yes:
        confirm(_("Ghi vào lịch và dời các ngày hẹn trên?"))
    with transaction():
        moves = moving_actions.declare(
            rows, basis=basis, by=Operator(), at=now(), replacing=replacing
        )
    click.echo(
        _("Đã ghi %(days)d ngày, dời %(count)d ngày hẹn.", days=len(rows), count=len(moves)),
        err=True,
    )


@click.command(
    "add", cls=Command, help=N_("Dừng đồng hồ của mọi hồ sơ đang mở của cơ quan đóng cửa.")
)
@click.argument("agencies", nargs=-1, required=True, metavar="AGENCY...")
@click.option("--order", required=True, help=N_("Số, ngày của lệnh đóng cửa."))
@click.option("--from", "first", required=True, help=N_("Ngày đầu đóng cửa, như 2021-07-24."))
@click.option("--to", "last", help=N_("Ngày cuối đóng cửa; bỏ trống khi còn đóng."))
@click.option("--reason", help=N_("Vì sao đóng cửa, như “phong tỏa vì dịch”."))
@click.option("--yes", is_flag=True, help=N_("Không hỏi lại."))
@with_appcontext
def close(
    agencies: tuple[str, ...],
    order: str,
    first: str,
    last: str | None,
    reason: str | None,
    yes: bool,
) -> None:
    """Show which open dossiers an order holds, ask, and hold them."""
    period = Period(_day(first), _day(last or first))
    ends_at = midnight_after(period.last) if last else None
    ids = frozenset(_agency(code) for code in agencies)
    closure = Closure(order.strip(), ids, midnight(period.first), ends_at, reason)
    closure = orders.with_taken_over(closure)
    orders.check(closure, now())
    check_writable()
    held = closing.foreseen(closure, now())
    if held:
        _print_held(N_("%(count)s hồ sơ đang mở"), held)
    else:
        click.echo(_("Không có hồ sơ nào phải dừng."), err=True)
    if not yes:
        stops = closing.count_held(held)
        confirm(_("Dừng đồng hồ của các hồ sơ trên?") if stops else _("Ghi lệnh đóng cửa này?"))
    with transaction():
        made = closing_actions.close(closure, by=Operator(), at=now())
    _say(made.told)


@click.command("end", cls=Command, help=N_("Ghi cơ quan mở cửa lại: đồng hồ chạy tiếp."))
@click.option("--order", required=True, help=N_("Số, ngày của lệnh đóng cửa."))
@click.option("--to", "last", required=True, help=N_("Ngày cuối đóng cửa, như 2021-07-24."))
@click.option("--yes", is_flag=True, help=N_("Không hỏi lại."))
@with_appcontext
def open_again(order: str, last: str, yes: bool) -> None:
    """Show what becomes of the dossiers that an order holds, ask, and let their clocks run."""
    ends_at = midnight_after(Period(_day(last), _day(last)).last)
    check_writable()
    held = closing.foreseen_opening(order.strip(), ends_at)
    if held:
        _print_held(N_("%(count)d hồ sơ sẽ chạy lại đồng hồ"), held)
    if held and not yes:
        count = closing.count_held(held)
        asked = _("Cho đồng hồ của %(count)d hồ sơ chạy lại?", count=count)
        confirm(asked if count else _("Ghi mở cửa lại?"))
    with transaction():
        opened = closing_actions.reopen(order.strip(), ends_at=ends_at, by=Operator(), at=now())
    _say(opened.told)


def _say(told: Iterable[tuple[str, int]]) -> None:
    click.echo(" ".join(_(said, count=count) for said, count in told), err=True)


def _agency(code: str) -> int:
    agency = organisation.by_code(code.strip().upper())
    if agency is None:
        raise Refusal(NO_AGENCY, code=code)
    return agency.id


def _print_held(said: str, held: Sequence[Held]) -> None:
    clocks, beside = closing.count_held(held), closing.count_beside(held)
    titles = [_(said, count=clocks)] if clocks else []
    titles += [_(OWN_LIMITS, count=number(beside))] if beside else []
    table = Table(title="; ".join(titles))
    for heading in (_("Mã hồ sơ"), _("Hẹn cũ"), _("Hẹn mới")):
        table.add_column(heading)
    for one in held:
        table.add_row(
            _part_of(one.code, one.step, is_opinion=one.beside and one.step is None),
            stamp(one.due_at) if one.due_at else "–",
            stamp(one.then) if one.then else "–",
        )
    print_table(table)


OWN_LIMITS: Final = N_("%(count)s thời hạn riêng tính lại, đồng hồ của hồ sơ vẫn chạy")


def _days(words: Sequence[str], basis: str, name: str | None) -> list[CalendarDay]:
    if len(words) % 2:
        raise Refusal(N_("Mỗi ngày đi cùng một loại: DATE KIND [DATE KIND]..."))
    return [
        declared_day(_day(day), _kind(kind), basis, name)
        for day, kind in zip(words[::2], words[1::2], strict=True)
    ]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(N_("“%(text)s” không phải ngày dạng 2026-09-02."), text=text) from None


def _kind(text: str) -> DayKind:
    try:
        return DayKind.of(text)
    except ValueError:
        kinds = ", ".join(str(kind) for kind in DayKind)
        raise Refusal(
            N_("Loại ngày “%(text)s” không phải một trong: %(kinds)s."), text=text, kinds=kinds
        ) from None


def _print_moves(moves: Sequence[Move]) -> None:
    if not moves:
        click.echo(_("Không có ngày hẹn nào phải dời."), err=True)
        return
    table = Table(title=_("%(count)d ngày hẹn sẽ dời", count=len(moves)))
    for heading in (_("Mã hồ sơ"), _("Hẹn cũ"), _("Hẹn mới")):
        table.add_column(heading)
    for move in moves:
        table.add_row(_date_of(move), stamp(move.from_at), stamp(move.to_at))
    print_table(table)


def _date_of(move: Move) -> str:
    return _part_of(move.code, move.step, is_opinion=move.is_opinion)


def _part_of(code: str, step: int | None, *, is_opinion: bool) -> str:
    if is_opinion:
        return _("%(code)s, hạn trả lời ý kiến", code=code)
    return code if step is None else _("%(code)s, bước %(step)s", code=code, step=step)


def _told(dossier: Dossier, explained: Explained | None) -> dict[str, Any]:
    procedure = reading.procedure_of(dossier)
    tree = organisation.tree(local(dossier.submitted_at).date())
    receiver = tree.by_id(dossier.receiving_agency_id)
    handler = organisation.known(dossier.handling_agency_id, tree, legal_date(now()))
    standing = timeliness(reading.facts(dossier), now()) if dossier.received_at else None
    return {
        "code": dossier.code,
        "state": {"code": str(dossier.state), "name": _(dossier.state.word)},
        "receiving_agency": receiver and receiver.code,
        "handling_agency": handler and handler.code,
        "taken_over": {
            one.of.code: {"by": one.by.code, "from": one.since.isoformat()}
            for one in _taken_over(dossier)
        },
        "procedure": {"code": procedure.code, "name": procedure.name(language())},
        "level": dossier.level,
        "channel": str(dossier.channel),
        "applicant": {
            "kind": str(dossier.applicant_kind),
            "name": dossier.applicant_name,
            "id_number": dossier.applicant_id_number,
            "phone": dossier.applicant_phone,
            "address": dossier.applicant_address,
        },
        "limit": {"value": dossier.limit_value, "unit": str(dossier.limit_unit)},
        "published_limit": dossier.published_limit,
        "fee_vnd": dossier.fee_vnd,
        "papers": dossier.papers,
        "sets": dossier.sets,
        **{name: iso_or_none(getattr(dossier, name)) for name in MOMENTS},
        "outcome": dossier.outcome and str(dossier.outcome),
        "timeliness": standing and str(standing),
        "second_request": dossier.second_request,
        "late_apology": dossier.late_apology,
        "late_intake": dossier.late_intake,
        "apology_cause": dossier.apology_cause and str(dossier.apology_cause),
        "pauses": [
            {
                "kind": str(pause.kind),
                "from": iso_or_none(pause.begins_at),
                "to": iso_or_none(pause.ends_at),
                "restarts": pause.restarts,
                "basis": pause.basis,
            }
            for pause in dossier.pauses
        ],
        "days": [day_told(line) for line in explained.lines] if explained else [],
        "history": [_line_told(line) for line in dossier.history],
    }


def _taken_over(dossier: Dossier) -> list[Succession]:
    """Return who has taken over what lay at an agency of a dossier that has ended."""
    places = dict.fromkeys((dossier.receiving_agency_id, dossier.handling_agency_id))
    found = (organisation.succession(one, legal_date(now())) for one in places)
    return [one for one in found if one]


MOMENTS = (
    "submitted_at",
    "intake_due_at",
    "not_accepted_at",
    "received_at",
    "counts_from",
    "first_due_at",
    "legal_due_at",
    "due_at",
    "first_extended_at",
    "extended_at",
    "extended_to",
    "apologised_at",
    "reappointed_at",
    "paused_since",
    "finished_at",
    "returned_at",
)


def _line_told(line: Entry) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "verb": str(line.verb),
        "from": line.from_state and str(line.from_state),
        "to": str(line.to_state),
        "happened_at": iso_or_none(line.happened_at),
        "recorded_at": iso_or_none(line.recorded_at),
        "author": line.author_name,
        "reason": line.reason,
        "details": line.details,
    }


def _print(dossier: Dossier, explained: Explained | None) -> None:
    procedure = reading.procedure_of(dossier)
    click.echo(f"{click.style(dossier.code, bold=True)} · {_(dossier.state.word)}")
    click.echo(f"{procedure.code} {procedure.name(language())}")
    click.echo(dossier.applicant_name)
    for one in _taken_over(dossier):
        said = _("%(ended)s: nay thuộc %(agency)s, từ %(day)s", ended=one.of.name(language()),
                 agency=one.by.within(language()), day=plain_day(one.since))  # fmt: skip
        click.echo(said)
    if explained:
        _print_days(explained)
    table = Table(title=_("Lịch sử"))
    for heading in (_("Lúc"), _("Việc"), _("Trạng thái"), _("Người ghi"), _("Lý do")):
        table.add_column(heading)
    for line in dossier.history:
        table.add_row(
            stamp(line.happened_at),
            _(HAPPENED[line.verb]),
            _(line.to_state.word),
            _(line.author_name) if is_nameless(line.author_name) else line.author_name,
            line.reason or "",
        )
    print_table(table)


def _print_days(explained: Explained) -> None:
    held = explained.held(legal_date(now()))
    table = Table(title=_("Vì sao chưa có ngày?") if held else _("Vì sao là ngày này?"))
    for heading in (_("Ngày"), _("Thứ tự"), _("Lý do")):
        table.add_column(heading)
    for line in untouched(explained.shown, held):
        number = "" if line.number is None or not line.counted else str(line.number)
        table.add_row(plain_day(line.date), number, why(line))
    if held:
        days = " – ".join(dict.fromkeys(map(plain_day, held)))
        table.add_row(days, "", _("Tạm dừng, không đếm."))
    print_table(table)
    for said in _promised(explained):
        click.echo(said)


def _promised(explained: Explained) -> Iterator[str]:
    """Yield what is promised, in the words of the page of the dossier."""
    due = stamp(explained.due_at)
    if explained.is_unpromised:
        yield _("Hẹn khi cơ quan mở cửa lại")
    elif explained.is_held:
        none_yet, before = _("Chưa có hẹn mới"), _("hẹn cũ:")
        yield f"{none_yet}, {before} {due}"
    else:
        yield _("Hẹn trả: %(due)s", due=due)
    if explained.decides_at:
        decides = _("Đã xin lỗi và hẹn lại. Đúng hạn hay quá hạn vẫn tính theo ngày:")
        yield f"{decides} {stamp(explained.decides_at)}"
    if explained.counts_from:
        from_there = _("Thời hạn tính từ khi hết 8 giờ kiểm tra hồ sơ trực tuyến:")
        yield f"{from_there} {stamp(explained.counts_from)}."
    if explained.paused_since:
        since, anew = _("Đồng hồ dừng từ"), _("Ngày hẹn được tính lại khi đồng hồ chạy lại.")
        yield f"{since} {stamp(explained.paused_since)}. {anew}"
    if explained.provisional_year:
        yield _("Lịch năm %(year)s chưa công bố; ngày có thể đổi.", year=explained.provisional_year)
    yield _(explained.left.message, **explained.left.values)

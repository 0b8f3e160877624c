"""The commands `dossiers import` and `dossiers export`."""

import json
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from onestop.base.clock import now
from onestop.base.edge import snapshot, transaction
from onestop.base.filters import number
from onestop.base.told import refused
from onestop.base.viewer import Operator
from onestop.base.words import N_
from onestop.exchange.actions import importing
from onestop.exchange.actions.exporting import Exported, export_register
from onestop.exchange.actions.importing import Examined
from onestop.exchange.cli.answers import (
    DAY,
    FILE,
    FORMAT,
    MOST_SHOWN,
    OfFiles,
    line,
    print_faults,
    told,
    warn,
)
from onestop.exchange.queries import files
from onestop.exchange.queries.files import UnreadableError
from onestop.exchange.queries.telling import Span
from onestop.exchange.rules.columns import REGISTER


@click.command(
    "import",
    cls=OfFiles,
    headings=REGISTER,
    help=N_("Nhập cả sổ FILE (.xlsx, .csv), hoặc không gì cả."),
)
@FILE
@click.option("--dry-run", is_flag=True, help=N_("Chỉ kiểm tra; không ghi gì."))
@FORMAT
@with_appcontext
def import_(file: Path, dry_run: bool, form: str) -> None:
    """Bring in the register FILE (.xlsx or .csv), all of it or nothing.

    Every bad row is named with row, column and reason, and the exit code is then 1. With
    --format json the answer is {"file", "dry_run", "imported" (with --dry-run: "would_import"),
    "errors": [{"row", "column", "reason"}], "warnings": [the same]}; row is the number that the
    spreadsheet shows, column the heading in the file; row is null where the file as a whole is
    meant, column where no single one is.
    """
    by, at = Operator(), now()
    with _progress() as progress, closing(_examined(file, _Watch(progress), by, at)) as examined:
        if examined.fits and not dry_run:
            watch = _Watch(progress, _("Đang ghi"), examined.dossiers)
            with transaction():
                importing.import_register(examined, by=by, at=at, progress=watch.see)
    _answer(file, examined, dry_run=dry_run, form=form)
    sys.exit(0 if examined.fits else 1)


@click.command(
    cls=OfFiles,
    headings=REGISTER,
    help=N_("Xuất hồ sơ ra sổ FILE (.xlsx, .csv), đúng các cột để nhập."),
)
@FILE
@click.option("--from", "first", type=DAY, help=N_("Ngày đầu: nhận, hoặc không tiếp nhận."))
@click.option("--to", "last", type=DAY, help=N_("Ngày cuối: nhận, hoặc không tiếp nhận."))
@FORMAT
@with_appcontext
def export(file: Path, first: datetime | None, last: datetime | None, form: str) -> None:
    """Write the register FILE (.xlsx or .csv) of all dossiers, or of those of some days.

    What was never accepted nor refused is not in it, and dossiers that an import elsewhere would
    read otherwise are named. With --format json the answer is {"file", "exported", "left_out",
    "warnings": [{"dossier_code", "reason"}]}.
    """
    span = Span(first.date() if first else None, last.date() if last else None)
    with snapshot(), _progress() as progress:
        watch = _Watch(progress, _("Đang xuất"))
        exported = export_register(file, span, by=Operator(), at=now(), progress=watch.see)
    _tell(file, exported, form)


def _examined(file: Path, watch: "_Watch", by: Operator, at: datetime) -> Examined:
    try:
        with closing(files.opened(file)) as register:
            watch.begin(_("Đang kiểm tra"), register.total)
            return importing.examine_register(register, by=by, at=at, progress=watch.see)
    except UnreadableError as error:
        return Examined(error.faults, error.warnings)


def _answer(file: Path, examined: Examined, *, dry_run: bool, form: str) -> None:
    done = examined.dossiers
    if form == "json":
        answer = {
            "file": str(file),
            "dry_run": dry_run,
            ("would_import" if dry_run else "imported"): done,
            "errors": [told(fault) for fault in examined.faults],
            "warnings": [told(fault) for fault in examined.warnings],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    warn(examined.warnings)
    if examined.book is None:
        for fault in examined.faults:
            click.echo(f"onestop: {line(fault)}", err=True)
        return
    if not examined.fits:
        print_faults(examined.faults)
        said = _("%(count)s lỗi; không nhập hồ sơ nào.", count=number(len(examined.faults)))
    elif dry_run:
        said = _("%(count)s hồ sơ nhập được; chưa ghi gì.", count=number(done))
    else:
        said = _("%(count)s hồ sơ đã nhập.", count=number(done))
    click.echo(said, err=True)


def _tell(file: Path, exported: Exported, form: str) -> None:
    strange = [
        (line.code, " ".join(refused(refusal) for refusal in line.strange))
        for line in exported.strange
    ]
    if form == "json":
        answer = {
            "file": str(file),
            "exported": exported.dossiers,
            "left_out": exported.left_out,
            "warnings": [{"dossier_code": code, "reason": why} for code, why in strange],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for code, why in strange[:MOST_SHOWN]:
        click.echo(_("Lưu ý: %(what)s", what=f"{code}: {why}"), err=True)
    if len(strange) > MOST_SHOWN:
        rest = number(len(strange) - MOST_SHOWN)
        click.echo(_("%(count)s hồ sơ nữa; xem hết với --format json.", count=rest), err=True)
    if exported.left_out:
        count = number(exported.left_out)
        said = _("%(count)s hồ sơ chưa tiếp nhận, chưa từ chối không có trong sổ.", count=count)
        click.echo(said, err=True)
    done = number(exported.dossiers)
    click.echo(_("%(count)s hồ sơ đã xuất ra %(file)s.", count=done, file=file), err=True)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


class _Watch:
    """Shows on a terminal how far something has come."""

    def __init__(self, progress: Progress, what: str = "", total: int | None = None) -> None:
        self.progress = progress
        if what:
            self.begin(what, total)

    def begin(self, what: str, total: int | None) -> None:
        self.task = self.progress.add_task(what, total=total)

    def see(self, done: int) -> None:
        self.progress.update(self.task, completed=done)

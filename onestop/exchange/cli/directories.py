"""The commands that load agencies, fields, procedures and staff, and export them to be edited."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from getpass import getuser
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from rich.table import Table

from onestop.accounts import actions as accounts
from onestop.accounts import queries as account_queries
from onestop.accounts.views import password_cost
from onestop.base.asked import plain
from onestop.base.clock import now
from onestop.base.commands import Command, confirm, print_table, secret
from onestop.base.edge import snapshot, transaction
from onestop.base.errors import Refusal
from onestop.base.filters import number, plain_day, stamp
from onestop.base.sheets import write_text
from onestop.base.terms import Declared, Fate
from onestop.base.told import iso
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.exchange.actions import directories
from onestop.exchange.actions.directories import NO_HASHES, Loaded
from onestop.exchange.actions.exporting import write
from onestop.exchange.actions.importing import NO_ROWS
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
from onestop.exchange.queries import directories as queries
from onestop.exchange.queries import files
from onestop.exchange.queries.files import UnreadableError
from onestop.exchange.rules.columns import Fault, shown
from onestop.exchange.rules.directories import TOLD_AS, Directory

SINCE: Final = click.option(
    "--from",
    "since",
    type=DAY,
    help=N_("Điều thay đổi có hiệu lực từ ngày này; mặc định hôm nay."),
)
PASSWORDS: Final = click.option(
    "--passwords",
    type=click.Path(path_type=Path),
    help=N_("Ghi mật khẩu ban đầu của các tài khoản mới vào tệp này, chỉ chủ tệp đọc được."),
)


class _TriedError(Exception):
    """Ends a transaction that is not to be kept."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.loaded = loaded


def loading(of: Directory) -> click.Command:
    """Return the command that loads a file of `of`.

    Every bad row is named with row, column and reason, and the exit code is then 1. With --format
    json the answer is {"file", "dry_run", "from", "new": [code], "changed": [{"code", "from",
    "columns"}], "unchanged", "left_alone", "errors", "warnings"}, the last two as `dossiers
    import` has them; where staff leave an office with dossiers in hand, {"given_back": {username:
    how many}} too, and where an agency is to end that has any, {"left_there": {code: how many}}, or
    {"taken_over": {code: {"by": code, "from", "dossiers"}}} where another takes them over;
    {"unadministered": day} where no administrator could log in from then on.
    """

    @FILE
    @click.option("--dry-run", is_flag=True, help=N_("Chỉ kiểm tra; không ghi gì."))
    @(SINCE if of.is_dated else PASSWORDS)
    @FORMAT
    @with_appcontext
    def load(
        file: Path,
        dry_run: bool,
        form: str,
        since: datetime | None = None,
        passwords: Path | None = None,
    ) -> None:
        at = now()
        day = since.date() if since else legal_date(at)
        try:
            with closing(files.opened(file, of.headings)) as book:
                warnings = book.layout.warnings
                loaded = _tried(of, book, file, day, at, kept=of.is_dated and not dry_run)
                if not of.is_dated and not dry_run and not loaded.faults:
                    # Hashing takes its time, and no desk has to wait for it.
                    loaded = _opened(of, book, file, day, at, passwords, loaded.of(Fate.NEW))
        except UnreadableError as error:
            loaded, warnings = Loaded({}, error.faults, 0), error.warnings
        if not loaded.done and not loaded.faults:
            warnings = (*warnings, NO_ROWS)
        if form == "json":
            dated = {"from": day.isoformat()} if of.is_dated else {}
            said = {"file": str(file), "dry_run": dry_run, **dated}
            answer = {**said, **_told(loaded, warnings)}
            click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            warn(warnings)
            _tell(loaded, dry_run=dry_run)
        sys.exit(1 if loaded.faults else 0)

    said = N_("Nạp FILE (.xlsx, .csv): tất cả, hoặc không gì cả; mã không có trong tệp để nguyên.")
    return click.command("load", cls=OfFiles, headings=of.headings, help=said)(load)


def exporting(of: Directory) -> click.Command:
    """Return the command that writes what is kept as a file that `load` reads."""

    @FILE
    @click.option("--yes", is_flag=True, help=N_("Không hỏi lại."))
    @FORMAT
    @with_appcontext
    def export(file: Path, yes: bool, form: str) -> None:
        if file.is_file() and not yes:  # somebody may have edited it, and not loaded it yet
            confirm(_("Đã có %(file)s: ghi đè lên?", file=file))
        with snapshot():
            rows = list(queries.rows(of))
        write(file, of.headings.names, rows)
        if form == "json":
            click.echo(json.dumps({"file": str(file), "exported": len(rows)}, ensure_ascii=False))
            return
        said = _("%(count)s dòng đã xuất ra %(file)s.", count=number(len(rows)), file=file)
        click.echo(said, err=True)

    said = N_("Xuất ra FILE (.xlsx, .csv), đúng các cột để sửa rồi nạp lại; trống thì là mẫu.")
    return click.command("export", cls=OfFiles, headings=of.headings, help=said)(export)


def telling(of: Directory) -> click.Command:
    """Return the command that tells who loaded which file of `of`, and what it declared.

    With --format json the answer is [{"at", "username", "file", "declared": {code: {"fate",
    "since", "columns"}}}], the last load first.
    """

    @FORMAT
    @with_appcontext
    def log(form: str) -> None:
        found = queries.loadings(of)
        if form == "json":
            names = ("username", "file", "declared")
            told = [
                {"at": iso(one.at), **{name: getattr(one, name) for name in names}} for one in found
            ]
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
            return
        if not found:
            click.echo(_("Chưa có lần nạp nào."))
            return
        table = Table(_("Lúc"), _("Người chạy lệnh"), _("Tệp"), _("Mã"), _("Kết quả"))
        for one in found[:MOST_SHOWN]:
            fates = Counter(made["fate"] for made in one.declared.values())
            counts = ", ".join(
                f"{number(fates[str(fate)])} {_(fate.word)}" for fate in Fate if fates[str(fate)]
            )
            codes = shown(", ".join(one.declared), WIDEST_CODES)
            table.add_row(stamp(one.at), one.username, one.file, codes, counts)
        print_table(table)
        if len(found) > MOST_SHOWN:
            rest = number(len(found) - MOST_SHOWN)
            click.echo(_("%(count)s lần nạp nữa; xem hết với --format json.", count=rest))

    said = N_("Ai đã nạp tệp nào, lúc nào, và tệp ấy đã khai gì; lần cuối trước.")
    return click.command("log", cls=Command, help=said)(log)


WIDEST_CODES: Final = 60


@click.command(cls=Command, help=N_("Đặt mật khẩu mới cho USERNAME; mọi phiên đang mở kết thúc."))
@click.argument("username")
@with_appcontext
def password(username: str) -> None:
    """Ask for a new password of an account, and set it."""
    if account_queries.by_username(username) is None:
        raise Refusal(NO_ACCOUNT, username=username)
    word = secret(_("Mật khẩu"), _("Nhập lại mật khẩu"))
    with transaction():
        account = account_queries.by_username(username)
        if account is None:
            raise Refusal(NO_ACCOUNT, username=username)
        accounts.set_password(account, word, password_cost())
    click.echo(_("Đã đặt mật khẩu mới."), err=True)


def whoever() -> str:
    """Return who runs the command, as the machine knows him."""
    try:
        return getuser()
    except (KeyError, OSError):  # a container may run as nobody that has a name
        return str(os.getuid())


NO_ACCOUNT: Final = N_("Không có tài khoản %(username)s.")


def _tried(
    of: Directory,
    book: files.Register,
    file: Path,
    day: date,
    at: datetime,
    *,
    kept: bool,
    hashes: Mapping[str, str] = NO_HASHES,
) -> Loaded:
    """Load a file in a transaction that is kept if it may be and nothing is wrong."""
    try:
        with transaction():
            loaded = directories.load(of, book.layout, book.rows(), since=day, at=at, hashes=hashes)
            if not loaded.faults and loaded.of(Fate.NEW).keys() < hashes.keys():
                raise Refusal(OPENED_MEANWHILE)
            _check_kept(loaded, kept=kept)
            directories.note(of, plain(file.name), loaded, username=whoever(), at=at)
    except _TriedError as tried:
        return tried.loaded
    return loaded


def _check_kept(loaded: Loaded, *, kept: bool) -> None:
    if loaded.faults or not kept:
        raise _TriedError(loaded)


def _opened(
    of: Directory,
    book: files.Register,
    file: Path,
    day: date,
    at: datetime,
    passwords: Path | None,
    new: Iterable[str],
) -> Loaded:
    """Load a file with the first passwords of those who are `new`, or leave neither."""
    try:
        with _first_passwords(passwords, new) as hashes:
            loaded = _tried(of, book, file, day, at, kept=True, hashes=hashes)
            _check_kept(loaded, kept=True)
    except _TriedError as tried:
        return tried.loaded
    return loaded


OPENED_MEANWHILE: Final = N_("Có người vừa mở một tài khoản của tệp này: hãy nạp lại.")


@contextmanager
def _first_passwords(path: Path | None, new: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Write first passwords where their owner alone reads them, and give their hashes.

    Where the block fails the file goes: they would be nobody's. Raises `Refusal` where there is a
    file already, or none can be.
    """
    words = {username: accounts.first_password() for username in new}
    if not words:
        yield NO_HASHES
        return
    if path is None:
        raise click.UsageError(
            _("Có tài khoản mới: thêm --passwords FILE để nhận mật khẩu ban đầu của họ.")
        )
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refusal(N_("Đã có %(path)s: hãy chọn tên khác."), path=str(path)) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        _write(opened, path, words)
        cost = password_cost()
        yield {username: accounts.hash_password(word, cost) for username, word in words.items()}
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(opened: int, path: Path, words: Mapping[str, str]) -> None:
    try:
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            write_text(file, ("username", "password"), words.items())
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> Refusal:
    return Refusal(N_("Không ghi được %(path)s: %(why)s."), path=str(path), why=error.strerror)


def _told(loaded: Loaded, warnings: tuple[Fault, ...]) -> dict[str, Any]:
    done = loaded if not loaded.faults else Loaded({}, loaded.faults, loaded.left_alone)
    return {
        "new": list(done.of(Fate.NEW)),
        "changed": [
            {
                "code": key,
                "from": one.since and one.since.isoformat(),
                "columns": _columns(one),
            }
            for key, one in done.of(Fate.CHANGED).items()
        ],
        "unchanged": len(done.of(Fate.UNCHANGED)),
        "left_alone": loaded.left_alone,
        **({"given_back": dict(done.given_back)} if done.given_back else {}),
        **({"left_there": dict(done.left_there)} if done.left_there else {}),
        **({"taken_over": _taken_over(done)} if done.taken_over else {}),
        **({"unadministered": done.unadministered.isoformat()} if done.unadministered else {}),
        "errors": [told(fault) for fault in loaded.faults],
        "warnings": [told(fault) for fault in warnings],
    }


def _taken_over(loaded: Loaded) -> dict[str, dict[str, Any]]:
    return {
        code: {"by": one.by, "from": one.since.isoformat(), "dossiers": one.dossiers}
        for code, one in loaded.taken_over.items()
    }


def _columns(made: Declared) -> list[str]:
    return list(dict.fromkeys(TOLD_AS.get(one, one) for one in made.columns))


def _tell(loaded: Loaded, *, dry_run: bool) -> None:
    if loaded.faults:
        if any(fault.row for fault in loaded.faults):
            print_faults(loaded.faults)
        else:
            for fault in loaded.faults:
                click.echo(f"onestop: {line(fault)}", err=True)
        count = number(len(loaded.faults))
        click.echo(_("%(count)s lỗi; không nạp gì.", count=count), err=True)
        return
    moved = {**loaded.of(Fate.NEW), **loaded.of(Fate.CHANGED)}
    if moved:
        _print(moved)
    counts = {str(fate): number(len(loaded.of(fate))) for fate in Fate}
    said = _("%(new)s mới, %(changed)s thay đổi, %(unchanged)s không đổi.", **counts)
    click.echo(said, err=True)
    _tell_of_dossiers(loaded)
    if loaded.left_alone:
        rest = number(loaded.left_alone)
        click.echo(_("%(count)s mã không có trong tệp, để nguyên.", count=rest), err=True)
    if dry_run:
        click.echo(_("Chỉ kiểm tra; chưa ghi gì."), err=True)


def _tell_of_dossiers(loaded: Loaded) -> None:
    for username, given_back in loaded.given_back.items():
        count = number(given_back)
        said = _(
            "%(count)s hồ sơ mà %(username)s giữ nay chờ đơn vị phân công lại.",
            username=username,
            count=count,
        )
        click.echo(said, err=True)
    for code, left_there in loaded.left_there.items():
        click.echo(_(LEFT_THERE, code=code, count=number(left_there)), err=True)
    for code, one in loaded.taken_over.items():
        said = _(
            "%(successor)s tiếp nhận từ %(day)s %(count)s hồ sơ chưa xong hoặc chưa trả kết quả của"
            " %(code)s; mã, hạn và lịch sử giữ nguyên.",
            successor=one.by,
            day=plain_day(one.since),
            count=number(one.dossiers),
            code=code,
        )
        click.echo(said, err=True)
    if loaded.taken_over:
        click.echo(_(STAFF_TOO), err=True)
    if loaded.unadministered:
        click.echo(_(UNADMINISTERED, day=plain_day(loaded.unadministered)), err=True)


STAFF_TOO: Final = N_(
    "Cán bộ ở cơ quan đã kết thúc không đăng nhập được nữa: hãy nạp lại tệp cán bộ (onestop staff "
    "load) với đơn vị mới của họ; ai sang đơn vị kế thừa thì giữ việc đang làm."
)
UNADMINISTERED: Final = N_(
    "Lưu ý: từ %(day)s không còn quản trị nào đăng nhập được. Hãy cho một người sang cơ quan còn "
    "hoạt động (onestop staff load)."
)
LEFT_THERE: Final = N_(
    "Lưu ý: %(code)s còn %(count)s hồ sơ chưa xong hoặc chưa trả kết quả. Khi cơ quan thôi hoạt "
    "động, cán bộ ở đó không đăng nhập được, không ai kiểm tra hay trả kết quả tại đó. Hãy ghi đơn "
    "vị kế thừa (successor_code), hoặc để cơ quan hoạt động đến khi xong (valid_to muộn hơn, hoặc "
    "none)."
)


def _print(moved: dict[str, Declared]) -> None:
    table = Table(_("Mã"), _("Kết quả"), _("Từ ngày"), _("Cột thay đổi"))
    for key, one in list(moved.items())[:MOST_SHOWN]:
        since = plain_day(one.since) if one.since else ""
        table.add_row(key, _(one.fate.word), since, ", ".join(_columns(one)))
    print_table(table)
    if len(moved) > MOST_SHOWN:
        rest = number(len(moved) - MOST_SHOWN)
        click.echo(_("%(count)s mã nữa; xem hết với --format json.", count=rest))

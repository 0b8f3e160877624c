import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, redirect_stdout
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import click
import flask_migrate
import pytest
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text, update

from onestop.app import __main__ as start
from onestop.app import schema, serving
from onestop.app.cli import main
from onestop.app.doctor import examine
from onestop.app.schema import Schema
from onestop.base.clock import now
from onestop.base.database import db, is_postgresql
from onestop.base.edge import transaction
from onestop.dossiers.models import Dossier
from onestop.tallies.models import Tally
from tests.commands import onestop
from tests.dossiers.given import MONDAY, life, received, taken_in

YEAR = ("rates", "--from", "2021-01-01", "--to", "2021-12-31")


@pytest.mark.parametrize(
    "words",
    [
        ("rates", "--from", "x", "--to", "2021-12-31"),
        ("rates", "--to", "2021-12-31"),
        ("rates", "--from", "2021-12-31", "--to", "2021-01-01"),
        (*YEAR, "--agency", "H99"),
        (*YEAR, "--by", "colour"),
        (*YEAR, "--nothing"),
        ("nothing",),
        ("deadline", "2021-03-01T09:00"),
        ("deadline", "2021-03-01T09:00", "5x"),
        ("deadline", "yesterday", "5wd"),
        ("serve", "--port", "70000"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_wrong_call_is_exit_2_one_clear_line_and_no_output(
    app: Flask, words: tuple[str, ...], language: str
) -> None:
    answer = onestop(app, "--lang", language, *words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stderr.startswith("onestop: ")


@pytest.mark.parametrize("place", ["before", "after", "="])
def test_the_language_is_chosen_before_or_after_the_command(app: Flask, place: str) -> None:
    asked = {
        "before": ("--lang", "en", "tallies", "check"),
        "after": ("tallies", "check", "--lang", "en"),
        "=": ("tallies", "check", "--lang=en"),
    }[place]
    assert onestop(app, *asked).exit_code == 0
    assert onestop(app, "tallies", "check", "--lang", "xx").exit_code == 2


@pytest.mark.parametrize("place", [("--lang", "en"), ("--lang=en",), ()])
@pytest.mark.parametrize("wrong", [("--no-such",), ("tallies", "--no-such")])
def test_what_is_wrong_with_the_first_words_is_told_in_the_language_that_was_chosen(
    app: Flask, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8" if place else "en_US.UTF-8")
    assert "There is no option" in onestop(app, *wrong, *place).stderr


@pytest.mark.parametrize(
    ("locale", "told"), [("en_US.UTF-8", "Usage"), ("vi_VN.UTF-8", "Cách gọi"), ("C", "Cách gọi")]
)
def test_without_a_choice_the_machine_decides(
    app: Flask, monkeypatch: pytest.MonkeyPatch, locale: str, told: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert onestop(app, "rates", "--help").stdout.startswith(told)


def test_every_command_says_in_words_what_it_does() -> None:
    waiting: list[click.Command] = [main]
    while waiting:
        command = waiting.pop()
        assert command.help, command.name
        options = [one for one in command.params if isinstance(one, click.Option)]
        assert all(one.help or one.hidden for one in options), command.name
        waiting += list(getattr(command, "commands", {}).values())


def test_a_port_that_is_taken_is_named_and_nothing_starts(app: Flask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = onestop(app, "serve", "--port", port)
    assert (answer.exit_code, len(answer.stderr.splitlines())) == (2, 1)
    assert f"127.0.0.1:{port}" in answer.stderr


def test_no_demonstration_is_built_that_could_not_be_served(app: Flask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = onestop(app, "demo", "--port", port)
    assert (answer.exit_code, f"127.0.0.1:{port}" in answer.stderr) == (2, True)
    assert db.session.query(Dossier).count() == 0


def test_the_schema_is_left_alone_while_another_version_serves_it(app: Flask) -> None:
    db.session.rollback()
    flask_migrate.downgrade(revision=schema.revisions()[-2])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = onestop(app, "serve", "--port", str(taken.getsockname()[1]))
    assert answer.exit_code == 2
    assert schema.standing() == Schema.BEHIND


def test_a_register_of_a_whole_year_makes_no_demonstration_of_a_sample(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.demo.queries.OF_2021", 2)
    for _ in range(2):
        taken_in(life(), at=MONDAY)
    received()
    answer = onestop(app, "demo", "--no-serve")
    assert (answer.exit_code, "đã có dữ liệu khác" in answer.stderr) == (2, True)
    received()
    assert onestop(app, "demo", "--no-serve").exit_code == 0, "its own staff received them all"


def test_demonstration_accounts_are_not_served_to_the_network(app: Flask) -> None:
    answer = onestop(app, "serve", "--host", "0.0.0.0")  # noqa: S104 - it is refused
    assert answer.exit_code == 2
    assert "--allow-demo" in answer.stderr


def is_read() -> bool:
    """Say whether anybody reads the database in a transaction that is not over."""
    if is_postgresql():
        idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        with db.engine.connect() as another:
            return bool(another.scalar(text(f"{idle} AND datname = current_database()")))
    with closing(sqlite3.connect(str(db.engine.url.database), timeout=0)) as bare:
        is_busy, _length, _emptied = bare.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
    return bool(is_busy)


def test_a_server_keeps_no_log_of_the_database_from_being_emptied(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    received()
    found = []
    monkeypatch.setattr(serving, "run", lambda *_settings: found.append(is_read()))
    answer = onestop(app, "serve", "--allow-demo")
    assert (answer.exit_code, found) == (0, [False])


def test_a_narrow_terminal_never_cuts_a_figure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    received()
    table = onestop(app, *YEAR, "--by", "agency").stdout
    assert "…" not in table
    assert "H26.91.27" in table


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rates", "--from", "x", "--to", "2021-12-31"), "'x' không phải ngày dạng 2026-09-02."),
        (("closure", "add", "--order", "x", "--from", "x"), "Thiếu AGENCY."),
        (
            ("calendar", "add", "--basis", "x"),
            "Thiếu DATE KIND [DATE KIND].",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_reader(
    app: Flask, words: tuple[str, ...], told: str
) -> None:
    assert onestop(app, "--lang", "vi", *words).stderr.endswith(f"{told}\n")


def test_a_help_in_vietnamese_has_no_english_heading(app: Flask) -> None:
    help_ = onestop(app, "--lang", "vi", "deadline", "--help").stdout
    assert "Tham số" in help_
    assert "argument" not in help_.lower()


def test_a_sample_takes_no_administrator_beside_its_own(app: Flask) -> None:
    answer = onestop(app, "init", "--with-sample", "--username", "quantri")
    assert answer.exit_code == 2
    assert "bỏ các tùy chọn" in answer.stderr


def test_counters_that_differ_are_found_by_the_doctor_and_mended_by_a_recount(app: Flask) -> None:
    received()
    with transaction():
        db.session.execute(update(Tally).values(received=Tally.received + 1))
    found = onestop(app, "doctor")
    assert (found.exit_code, "onestop tallies recount" in found.stdout) == (1, True)
    assert onestop(app, "tallies", "recount", typed="n\n").exit_code == 1
    checked = onestop(app, "tallies", "check")
    assert checked.exit_code == 1, "nothing is written without a yes"
    assert "agency=H26.91.27 level=" in checked.stdout
    assert "2 ≠ 1" in onestop(app, "tallies", "recount", "--yes").stdout
    assert onestop(app, "tallies", "check").exit_code == 0
    assert "khớp" in onestop(app, "tallies", "recount").stderr, "nothing is left to mend"


def test_the_doctor_names_the_command_that_confirms_a_calendar_with_all_that_it_wants(
    app: Flask,
) -> None:
    (mend,) = [one.mend for one in examine(app, now()) if one.mend]
    *_add, program, calendar, confirm, year, basis, text = mend.split()
    assert onestop(app, calendar, confirm, year, basis, text, "--yes").exit_code == 0, program
    assert not [one.mend for one in examine(app, now()) if one.mend]


@pytest.mark.parametrize(
    "words",
    [
        ("--version",),
        ("deadline", "2021-03-01T09:00", "5wd"),
        ("deadline", "2021-03-01T09:00", "5wd", "--format", "json"),
        (*YEAR, "--format", "csv"),
    ],
)
def test_an_answer_that_finds_no_room_is_told_in_one_line(
    app: Flask, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        assert into(full, app, *words) == 2
    told = capsys.readouterr().err.splitlines()
    assert [one.startswith("onestop: Không ghi được kết quả: ") for one in told][-1:] == [True]


def test_whoever_reads_only_the_first_lines_is_told_of_no_fault(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    read, written = os.pipe()
    os.close(read)
    with open(written, "w", encoding="utf-8") as gone:  # noqa: PTH123 - a pipe has no path
        assert into(gone, app, *YEAR, "--format", "csv") == 2
    assert "onestop: " not in capsys.readouterr().err


def into(output: TextIO, app: Flask, *words: str) -> str | int | None:
    """Run the command with all that it says going to `output`; return its exit code."""
    with redirect_stdout(output), pytest.raises(SystemExit) as left:
        main(words, obj=ScriptInfo(create_app=lambda: app))
    return left.value.code


def test_a_command_is_broken_off_in_silence_while_it_is_still_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken_off() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "onestop.app.cli", SimpleNamespace(main=broken_off))
    with pytest.raises(SystemExit) as left:
        start.main()
    assert left.value.code == 1
    reading = "import sys, onestop.app.__main__; sys.exit('click' in sys.modules)"
    asked = [sys.executable, "-c", reading]
    assert subprocess.run(asked, check=False).returncode == 0, "before anything is read"  # noqa: S603
    (command,) = entry_points(group="console_scripts", name="onestop")
    assert command.load() is start.main

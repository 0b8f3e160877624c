"""What is told beside pages: mistakes, notices, files, commands; each in the reader's language."""

import csv
import io
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import product

import click
import openpyxl
import pytest
import wtforms
from babel.messages.pofile import read_po
from flask import Flask

from onestop.app.cli import main
from onestop.base.errors import Refusal
from onestop.base.forms import SAID_BY_WTFORMS
from onestop.base.languages import COOKIE
from onestop.base.told import refused
from onestop.deadlines.rules.calendars import CalendarDay, DayKind
from onestop.dossiers.rules.states import Verb
from onestop.exchange.rules.columns import REGISTER
from tests.base.given import reader
from tests.client import PolicingClient
from tests.commands import onestop
from tests.deadlines.test_cli import MONDAY
from tests.dossiers.given import COMMUNE_CLERK, in_progress, received
from tests.dossiers.given import MONDAY as RECEIVED
from tests.exchange.directories import ALL
from tests.readers import foreign, is_english, is_vietnamese

LANGUAGES = ("vi", "en")
ABSURD = {
    "key": "k",
    "applicant_kind": "ghost",
    "id_number": "12",
    "name": "1",
    "phone": "x",
    "address": "a" * 400,
    "email": "nobody",
    "q": "x" * 300,
    "papers": "x",
    "channel": "pigeon",
    "delivered_at": "yesterday",
    "return_by": "drone",
    "note": "n" * 1200,
    "reason": "r" * 1200,
    "code": "c" * 80,
    "second": "",
    "desk": "H99",
    "username": "u" * 200,
    "password": "p" * 2000,
    "version": "1",
    "act": "receive",
}


# Names of commands and options, examples, what the caller typed: the same in every language.
FIXED = re.compile(r"--[\w-]+|'[^']*'|“[^”]*”|\w+_\w+|onestop( [a-z-]+)*|\b[A-Z]{2,}\b|hôm qua")


def speaks(text: str, language: str) -> bool:
    text = FIXED.sub("", text)
    return not (is_vietnamese(text) if language == "en" else is_english(text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("filled", [{}, ABSURD], ids=["empty", "absurd"])
def test_what_is_wrong_with_a_form_is_told_in_the_language_of_the_page(
    client: PolicingClient, language: str, filled: dict[str, str]
) -> None:
    client.set_cookie(COOKIE, language)
    addresses = ["/status", "/login", "/submit/C-HT-12", "/rates?from=x&to=y&level=9", "/receive"]
    code = received().code
    addresses += [f"/dossiers/{code}/{verb}" for verb in ("hand_over", "ask_withdrawal")]
    for path in addresses:
        if path == "/rates?from=x&to=y&level=9":
            client.sign_in("theodoi1.thanhtri")
            answer = client.get(path)
            client.post("/logout")
            client.sign_in(COMMUNE_CLERK)
        else:
            answer = client.post(path, data=filled)
        assert not foreign(answer.text, language), path


def test_every_sentence_of_wtforms_that_we_replace_is_one_of_its_own() -> None:
    with (files(wtforms) / "locale" / "wtforms.pot").open("rb") as template:
        theirs = {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(template)}
    assert set(SAID_BY_WTFORMS) <= theirs


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_after_an_act_is_in_the_language_of_the_page(
    client: PolicingClient, language: str
) -> None:
    client.set_cookie(COOKIE, language)
    client.sign_in(COMMUNE_CLERK)
    dossier = received()
    page = client.post(
        f"/dossiers/{dossier.code}/hand_over",
        data={"version": str(dossier.version)},
        follow_redirects=True,
    ).text
    assert ('role="status"') in page
    assert not foreign(page, language)


@pytest.mark.parametrize("path", ["/nowhere", "/admin/accounts", "/dossiers/H26.91-210301-9999"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_error_is_in_the_language_of_its_reader(
    client: PolicingClient, language: str, path: str
) -> None:
    client.set_cookie(COOKIE, language)
    client.sign_in(COMMUNE_CLERK)
    answer = client.get(path)
    assert answer.status_code in {403, 404}
    assert not foreign(answer.text, language)


def test_what_fills_in_a_refusal_is_told_in_the_language_of_the_reader() -> None:
    tet = CalendarDay(RECEIVED.date(), DayKind.PUBLIC_HOLIDAY, "Tết Nguyên đán", "Lunar New Year")
    sentence = "Ngày %(day)s đã có trong lịch: %(name)s. Chỉ đổi khi có --replace."
    taken = Refusal(sentence, day=RECEIVED.date(), name=tet)
    forbidden = Refusal("Vai trò của bạn không được phép “%(verb)s”.", verb=Verb.RECEIVE)
    with reader("en"):
        assert "1 Mar 2021" in refused(taken)
        assert "Lunar New Year" in refused(taken)
        assert refused(forbidden) == "Your role does not allow “Receive”."
    with reader("vi"):
        assert "01/03/2021" in refused(taken)
        assert refused(forbidden) == "Vai trò của bạn không được phép “Tiếp nhận”."
    assert "Tết Nguyên đán" in str(taken)


# Files


@pytest.mark.parametrize("by", ["agency", "field", "procedure", "channel"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_leave_the_house_in_the_language_of_whoever_takes_them(
    client: PolicingClient, language: str, by: str
) -> None:
    received()
    client.set_cookie(COOKIE, language)
    client.sign_in("theodoi1.thanhtri")
    period = f"period=2021&by={by}"
    table = client.get(f"/rates.csv?{period}").data.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/rates.xlsx?{period}").data))
    told = [cell for row in csv.reader(io.StringIO(table)) for cell in row] + book.sheetnames
    cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
    told += [value for value in cells if isinstance(value, str)]
    assert len(told) > 60
    assert [text for text in told if not speaks(text, language)] == []


# Commands


# In the help: how it is called, and what stands before the words about an option or a command.
HELD = re.compile(r"^\S[^:]*: main.*|^  \S+( \[[^\]]+\]| [A-Z/]+)*(  |$)|\[[\w|,]+\]")

# A column of a file goes by either name, whatever language the help is in.
NAMES = {name for of in (REGISTER, *(one.headings for one in ALL)) for name in of.names}
COLUMN = re.compile(rf"^  ({'|'.join(NAMES)})( \*)?  .*")


def commands(group: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
    yield names
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, *names, name)


@pytest.mark.parametrize("words", list(commands(main)), ids=" ".join)
def test_every_command_helps_in_the_language_it_is_asked_in(
    app: Flask, words: tuple[str, ...]
) -> None:
    for language in LANGUAGES:
        told = onestop(app, "--lang", language, *words, "--help").stdout
        assert told
        lines = [HELD.sub("", COLUMN.sub("", line)) for line in told.splitlines()]
        assert [line for line in lines if not speaks(line, language)] == []


YEAR = ("rates", "--from", "2021-01-01", "--to", "2021-12-31")
WRONG = (
    ("nothing",),
    ("deadline",),
    ("deadline", MONDAY, "5x"),
    ("deadline", MONDAY, "5wd", "hôm qua"),
    ("deadline", "hôm qua", "5wd"),
    ("deadline", MONDAY, "5wd", "--pause"),
    ("deadline", MONDAY, "5wd", "--pause", "2021-03-02"),
    ("deadline", MONDAY, "5wd", "--pause", "2021-02-02/2021-02-03"),
    ("deadline", MONDAY, "5wd", "--agency", "H99"),
    ("rates", "--from", "x", "--to", "2021-12-31"),
    ("rates", "--from", "2021-12-31", "--to", "2021-01-01"),
    (*YEAR, "--by", "colour"),
    (*YEAR, "--nothing"),
    (*YEAR, "--agency", "H99"),
    ("serve", "--port", "70000"),
    ("serve", "--port", "x"),
    ("serve", "--allow-demo=1"),
    ("demo", "--no-serve"),
    ("calendar", "show", "1"),
    ("calendar", "add", "2026-09-03", "--basis", "x"),
    ("calendar", "add", "2026-09-03", "feast", "--basis", "x"),
    ("calendar", "add", "x", "public_holiday", "--basis", "x"),
    ("calendar", "add", "2026-09-03", "public_holiday", "--basis", " "),
    ("calendar", "add", "2021-09-02", "public_holiday", "--basis", "x"),
    ("calendar", "add", "2026-09-03", "make_up_working_day", "--basis", "x"),
    ("dossiers", "show", "H26.91-210301-9999"),
)


def test_a_group_without_a_command_shows_its_help(app: Flask) -> None:
    answer = onestop(app, "--lang", "en", "calendar")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("Usage: ")


@pytest.mark.parametrize(("words", "language"), list(product(WRONG, LANGUAGES)), ids=str)
def test_a_wrong_call_is_told_in_the_language_it_is_made_in(
    app: Flask, words: tuple[str, ...], language: str
) -> None:
    answer = onestop(app, "--lang", language, *words)
    assert answer.exit_code in {1, 2}
    assert answer.stderr
    assert speaks(answer.stderr, language), answer.stderr


ASKED = (
    ("tallies", "check"),
    ("doctor",),
    ("calendar", "show", "2021"),
    ("deadline", "2021-02-05T10:00", "5wd"),
    ("init",),
    (*YEAR, "--by", "agency", "--by", "month"),
)


@pytest.mark.parametrize(("words", "language"), list(product(ASKED, LANGUAGES)), ids=str)
def test_a_command_answers_in_the_language_it_is_asked_in(
    app: Flask, words: tuple[str, ...], language: str
) -> None:
    answer = onestop(app, "--lang", language, *words)
    told = [line for line in (answer.stdout + answer.stderr).splitlines() if "add …" not in line]
    assert told
    assert [line for line in told if not speaks(line, language)] == []


def test_a_dossier_is_told_in_either_language(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    dossier = in_progress()
    told = {
        language: onestop(app, "--lang", language, "dossiers", "show", dossier.code).stdout
        for language in LANGUAGES
    }
    assert "Đang xử lý" in told["vi"]
    assert "Being processed" in told["en"]
    names = {dossier.applicant_name, *(line.author_name for line in dossier.history)}
    spoken = " ".join(told["en"].split())
    for name in names:
        spoken = spoken.replace(name, "")
    assert not is_vietnamese(spoken), spoken


# Whatever a day of an explanation may be.
COUNTS = (
    ("2021-02-05T10:00", "5wd"),
    ("2024-04-26T09:00", "5wd"),
    ("2021-03-01T09:00", "12d"),
    ("2021-01-31T09:00", "1m"),
    ("2021-03-01T15:30", "0d"),
    ("2021-03-05T16:00", "8wh"),
    ("2021-03-06T09:00", "8wh"),
    ("2021-03-01T09:00", "8wh", "--pause", "2021-03-01T10:00/2021-03-02T10:00"),
    ("2021-03-01T09:00", "5wd", "--pause", "2021-03-03/2021-03-10"),
    ("2021-03-01T09:00", "5wd", "--supplement", "2021-03-03/2021-03-10"),
    ("2021-03-01T09:00", "10d", "--pause", "2021-03-03/2021-03-10"),
    ("2027-02-01T09:00", "10wd"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_day_has_its_reason_in_either_language(app: Flask, language: str) -> None:
    kinds = set()
    for asked in COUNTS:
        answer = onestop(app, "--lang", language, "deadline", *asked, "--format", "json")
        for day in json.loads(answer.stdout)["days"]:
            kinds.add(day["kind"])
            assert day["reason"]
            assert speaks(day["reason"], language), day
    assert kinds >= {"receipt", "counted", "weekend", "public_holiday", "day_off_in_lieu"}
    assert kinds >= {"make_up", "paused", "voided", "rolled"}


def test_a_line_that_makes_no_sense_is_answered_in_the_language_of_the_call(app: Flask) -> None:
    for language, said in (("vi", "không phải ngày giờ"), ("en", "is not a time")):
        answer = onestop(app, "--lang", language, "deadline", "-", typed="x 5wd\n")
        assert said in json.loads(answer.stdout)["error"]

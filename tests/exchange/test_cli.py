"""The commands as programs and people call them: answers, exit codes, and one clear line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from onestop.exchange.rules.columns import COLUMNS
from tests.commands import onestop
from tests.dossiers.given import received, submitted
from tests.exchange.given import written_csv, written_xlsx
from tests.exchange.offices import ROW, sizes

FAX = {**ROW, "channel": "fax"}


def bring_in(app: Flask, path: Path, *options: str) -> Result:
    return onestop(app, "dossiers", "import", str(path), *options)


def answered(result: Result) -> dict[str, Any]:
    assert not result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_an_import_answers_in_json_and_nothing_else(app: Flask, tmp_path: Path) -> None:
    path = written_csv(tmp_path / "so.csv", [{**ROW, "ghi chú": "x"}, ROW])
    answer = bring_in(app, path, "--format", "json")
    assert answer.exit_code == 0
    assert answered(answer) == {
        "file": str(path),
        "dry_run": False,
        "imported": 2,
        "errors": [],
        "warnings": [
            {"row": 1, "column": "ghi chú", "reason": "Không đọc: không phải cột của tệp này."}
        ],
    }
    assert sizes()["dossier"] == 2


@pytest.mark.parametrize("command", ["import", "export"])
def test_the_help_names_every_column_in_both_languages(app: Flask, command: str) -> None:
    told = onestop(app, "dossiers", command, "--help").stdout
    for column in COLUMNS:
        assert re.search(
            rf"^  {column.name} .*{re.escape(column.headings[0])}$", told, re.MULTILINE
        )


def test_a_dry_run_says_what_would_happen_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    before = sizes()
    good = bring_in(app, written_csv(tmp_path / "a.csv", [ROW]), "--dry-run", "--format", "json")
    bad = bring_in(app, written_csv(tmp_path / "b.csv", [FAX]), "--dry-run", "--format", "json")
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert answered(good)["would_import"] == 1
    told = answered(bad)
    assert (told["would_import"], "imported" in told, told["dry_run"]) == (0, False, True)
    assert sizes() == before


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_refused_import_names_every_bad_row_and_leaves_nothing(
    app: Flask, tmp_path: Path, ending: str
) -> None:
    rows = [ROW, FAX, ROW, {**ROW, "received_at": "31/02/2021", "applicant_name": ""}]
    if ending == "csv":
        path = written_csv(tmp_path / "so.csv", rows)
    else:
        path = written_xlsx(
            tmp_path / "so.xlsx", [list(ROW), *(list(one.values()) for one in rows)]
        )
    before = sizes()
    answer = bring_in(app, path, "--format", "json")
    assert answer.exit_code == 1
    told = answered(answer)
    assert told["imported"] == 0
    assert [(one["row"], one["column"]) for one in told["errors"]] == [
        (3, "channel"),
        (5, "received_at"),
        (5, "applicant_name"),
    ]
    assert all(one["reason"] for one in told["errors"])
    assert sizes() == before


def test_a_person_reads_a_table_that_is_not_endless(app: Flask, tmp_path: Path) -> None:
    answer = bring_in(app, written_csv(tmp_path / "so.csv", [FAX] * 60))
    assert answer.exit_code == 1
    assert answer.stdout.count("“fax” không phải kênh tiếp nhận") == 50
    assert "10 lỗi nữa" in answer.stdout
    assert answer.stderr == "60 lỗi; không nhập hồ sơ nào.\n"


def test_a_person_is_not_warned_without_end(app: Flask, tmp_path: Path) -> None:
    row = {**ROW, **{f"cột {place}": "" for place in range(60)}}
    answer = bring_in(app, written_csv(tmp_path / "so.csv", [row]), "--dry-run")
    assert answer.stderr.count("không phải cột của tệp này") == 50
    assert "10 lưu ý nữa" in answer.stderr


def test_what_is_missing_and_what_is_not_understood_are_told_together(
    app: Flask, tmp_path: Path
) -> None:
    row = {"kênh nhận" if name == "channel" else name: cell for name, cell in ROW.items()}
    answer = bring_in(app, written_csv(tmp_path / "so.csv", [row]), "--format", "json")
    told = answered(answer)
    assert answer.exit_code == 1
    assert [one["column"] for one in told["errors"]] == ["channel"]
    assert [one["column"] for one in told["warnings"]] == ["kênh nhận"]


def test_a_register_of_headings_alone_says_so(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text(",".join(ROW), "utf-8")
    answer = bring_in(app, path)
    assert answer.exit_code == 0
    assert "không có dòng nào" in answer.stderr.splitlines()[0]


def test_what_a_file_says_is_no_markup_and_no_escape(app: Flask, tmp_path: Path) -> None:
    rows = [{**ROW, "channel": "[bold]\x1b[31mx"}, {**ROW, "received_at": "[/red]"}]
    answer = bring_in(app, written_csv(tmp_path / "so.csv", rows))
    assert answer.exit_code == 1
    assert "[/red]" in answer.stdout
    assert "\x1b" not in answer.output


def test_the_reader_is_answered_in_his_language(app: Flask, tmp_path: Path) -> None:
    rows = [{**ROW, "procedure_code": "C-HT-06", "channel": "online"}, {**ROW, "ngày": "x"}]
    path = written_csv(tmp_path / "so.csv", rows)
    answer = bring_in(app, path, "--format", "json", "--lang", "en")
    told = answered(answer)
    assert "Decree 43/2011" in told["errors"][0]["reason"]
    assert told["warnings"][0]["reason"] == "Not read: it is no column of such a file."


def test_an_import_tells_a_person_how_many(app: Flask, tmp_path: Path) -> None:
    answer = bring_in(app, written_csv(tmp_path / "so.csv", [ROW, ROW]))
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert answer.stderr == "2 hồ sơ đã nhập.\n"


@pytest.mark.parametrize(
    ("name", "content", "code", "why"),
    [
        ("so.xlsx", b"PK\x03\x04 gi do", 1, "hỏng"),
        ("so.xlsx", b"", 1, "hỏng"),
        ("so.csv", b"", 1, "không có gì"),
        ("so.csv", b"agency_code\nH26\n", 1, "Thiếu cột “procedure_code”"),
        ("so.csv", b"\xff\xfeH\x002\x00", 1, "UTF-8"),
        ("so.txt", b"agency_code\n", 2, ".xlsx hoặc .csv"),
        ("so.csv", None, 2, "Không có tệp"),
    ],
)
def test_a_file_that_is_no_register_is_told_in_clear_lines(
    app: Flask, tmp_path: Path, name: str, content: bytes | None, code: int, why: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    answer = bring_in(app, path)
    assert (answer.exit_code, answer.stdout) == (code, "")
    lines = answer.stderr.splitlines()
    assert all(line.startswith("onestop: ") for line in lines)
    assert why in lines[0]


def test_a_file_that_is_no_register_is_told_to_a_program_too(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "so.xlsx"
    path.write_bytes(b"")
    answer = bring_in(app, path, "--format", "json")
    assert answer.exit_code == 1
    (error,) = answered(answer)["errors"]
    assert (error["row"], error["column"]) == (None, None)


def test_a_folder_is_no_register(app: Flask, tmp_path: Path) -> None:
    for words in (("import", str(tmp_path)), ("export", str(tmp_path))):
        answer = onestop(app, "dossiers", *words)
        assert (answer.exit_code, len(answer.stderr.splitlines())) == (2, 1)


def test_an_export_says_what_it_holds_and_what_not(app: Flask, tmp_path: Path) -> None:
    received()
    submitted()
    path = tmp_path / "so.csv"
    answer = onestop(app, "dossiers", "export", str(path), "--format", "json")
    assert answer.exit_code == 0
    assert answered(answer) == {
        "file": str(path), "exported": 1, "left_out": 1, "warnings": []
    }  # fmt: skip
    spoken = onestop(app, "dossiers", "export", str(path), "--from", "2021-03-01")
    assert (spoken.exit_code, spoken.stdout) == (0, "")
    assert "chưa tiếp nhận, chưa từ chối" in spoken.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("none/so.csv",),
        ("so.doc",),
        ("so.csv", "--from", "2021-03-02", "--to", "2021-03-01"),
        ("so.csv", "--from", "hôm qua"),
    ],
)
def test_a_wrong_call_of_export_is_one_line_and_makes_no_file(
    app: Flask, tmp_path: Path, words: tuple[str, ...]
) -> None:
    answer = onestop(app, "dossiers", "export", str(tmp_path / words[0]), *words[1:])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert len(answer.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_was_exported_is_imported_by_name_of_the_file_alone(
    app: Flask, tmp_path: Path
) -> None:
    received()
    path = tmp_path / "sổ theo dõi.XLSX"
    assert onestop(app, "dossiers", "export", str(path)).exit_code == 0
    answer = bring_in(app, path, "--format", "json")
    assert answer.exit_code == 1
    assert "đã có trong cơ sở dữ liệu" in answered(answer)["errors"][0]["reason"]

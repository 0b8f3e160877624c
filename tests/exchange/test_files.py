"""Files as they come: broken, empty, in other words for a comma, and whole."""

import shutil
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from onestop.base.errors import Refusal
from onestop.exchange.queries import files
from onestop.exchange.queries.files import Register, UnreadableError
from onestop.exchange.rules.cells import Failed
from tests.exchange.given import PLAIN, written_csv, written_xlsx

ROW = list(PLAIN.values())


def rows(path: Path) -> list[tuple[int, list[Any]]]:
    with closing(files.opened(path)) as register:
        return told(register)


def told(register: Register) -> list[tuple[int, list[Any]]]:
    return [(number, list(cells)) for number, cells in register.rows()]


def why(path: Path) -> str:
    with pytest.raises(UnreadableError) as unreadable:
        rows(path)
    return str(unreadable.value.faults[0].refusal)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_text_file_is_read_whatever_its_delimiter_and_mark(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    row = {**PLAIN, "Tên TTHC": 'Khai sinh, "bản sao"; một trang'}
    path = written_csv(tmp_path / "so.csv", [row], delimiter=delimiter, encoding=encoding)
    assert rows(path) == [(2, list(row.values()))]


def test_headings_with_commas_do_not_mislead_about_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    headings = "Mã cơ quan;Mã TTHC;Kênh tiếp nhận;Nhận hồ sơ;Tên cá nhân, tổ chức"
    path.write_text(f"{headings}\n{';'.join(ROW)}\n", "utf-8")
    assert rows(path) == [(2, ROW)]


def test_rows_are_numbered_as_the_spreadsheet_numbers_them(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    name = '"Nguyễn\nVăn A"'
    path.write_text(
        f"SỔ THEO DÕI HỒ SƠ\n\n{','.join(PLAIN)}\n\n{','.join(ROW[:4])},{name}\n{','.join(ROW)}\n",
        "utf-8",
    )
    assert [number for number, cells in rows(path) if cells] == [5, 6]


@pytest.mark.parametrize("above", [0, 3])
def test_a_workbook_is_read_with_its_real_dates(tmp_path: Path, above: int) -> None:
    nine = datetime(2021, 3, 1, 9)  # noqa: DTZ001 - as a spreadsheet has it
    cells = [*ROW[:3], nine, ROW[4]]
    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), cells], above=above)
    assert rows(path) == [(above + 2, cells)]


def test_a_register_is_read_as_often_as_one_asks(tmp_path: Path) -> None:
    for path in (
        written_csv(tmp_path / "so.csv", [PLAIN]),
        written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), ROW]),
    ):
        with closing(files.opened(path)) as register:
            assert told(register) == told(register) == [(2, ROW)]


def test_the_first_sheet_that_is_seen_is_the_register(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), ROW])
    book = load_workbook(path)
    hidden = book.create_sheet("ẩn", 0)
    hidden["A1"] = "gì đó"
    hidden.sheet_state = "hidden"
    book.save(path)
    assert rows(path) == [(2, ROW)]


def _cut(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _without_a_sheet(path: Path) -> None:
    shutil.copy(path, path.with_name("all.zip"))
    with zipfile.ZipFile(path.with_name("all.zip")) as whole, zipfile.ZipFile(path, "w") as made:
        for part in whole.infolist():
            if not part.filename.startswith("xl/worksheets/"):
                made.writestr(part, whole.read(part))


def _with_a_broken_sheet(path: Path) -> None:
    shutil.copy(path, path.with_name("all.zip"))
    with zipfile.ZipFile(path.with_name("all.zip")) as whole, zipfile.ZipFile(path, "w") as made:
        for part in whole.infolist():
            told = whole.read(part)
            made.writestr(part, told[:200] if "sheet1" in part.filename else told)


def _rewritten(path: Path, before: bytes, after: bytes) -> None:
    shutil.copy(path, path.with_name("all.zip"))
    with zipfile.ZipFile(path.with_name("all.zip")) as whole, zipfile.ZipFile(path, "w") as made:
        for part in whole.infolist():
            made.writestr(part, whole.read(part).replace(before, after))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PK\x03\x04 not a zip"),
        lambda path: path.write_text("agency_code,channel\n", "utf-8"),
        lambda path: path.write_bytes(bytes(range(256)) * 40),
        _cut,
        _without_a_sheet,
        _with_a_broken_sheet,
    ],
)
def test_a_broken_workbook_is_called_broken(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), ROW])
    spoil(path)
    assert "hỏng" in why(path)


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), ROW])
    from openpyxl import load_workbook

    book = load_workbook(path)
    book.worksheets[0]["XFD1048576"] = "một ô lạc"
    book.save(path)
    assert "quá lớn" in why(path)


@pytest.mark.parametrize("text", ["", "\n\n", "  ,,\n,\n"])
def test_an_empty_text_file_is_called_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "so.csv"
    path.write_text(text, "utf-8")
    assert "không có gì" in why(path)


def test_a_formula_that_failed_is_no_empty_cell(tmp_path: Path) -> None:
    failed = "#DIV/0!"
    cells = [ROW, [*ROW[:3], failed, ROW[4]], [failed, *ROW[1:]]]
    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), *cells], above=2)
    read = [found for _, found in rows(path)]
    assert read == [
        ROW,
        [*ROW[:3], Failed.FORMULA, ROW[4]],
        [Failed.FORMULA, *ROW[1:]],
    ]


def test_a_formula_that_nobody_counted_is_no_empty_cell(tmp_path: Path) -> None:
    sums = ["=A1", "=B1", "=C1", "=D1", "=E1"]
    cells = [ROW, [*ROW[:4], '=IF(A1="","",A1)'], ["", *ROW[1:]], sums]
    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), *cells], above=2)
    read = [found for _, found in rows(path)]
    assert read == [
        ROW,
        [*ROW[:4], Failed.UNCOUNTED],
        ["", *ROW[1:]],
        [Failed.UNCOUNTED] * len(ROW),
    ]


def test_a_formula_that_was_counted_says_what_it_came_to(tmp_path: Path) -> None:
    path = written_xlsx(tmp_path / "so.xlsx", [list(PLAIN), ["=A1", "=B1", *ROW[2:]]])
    _rewritten(path, b"<f>A1</f><v />", b"<f>A1</f><v>7</v>")
    _rewritten(path, b'<c r="B2"><f>B1</f><v />', b'<c r="B2" t="str"><f>B1</f><v></v>')
    assert rows(path) == [(2, [7.0, "", *ROW[2:]])]


def test_an_empty_workbook_is_called_empty(tmp_path: Path) -> None:
    assert "không có gì" in why(written_xlsx(tmp_path / "so.xlsx", []))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_bytes(f"{','.join(PLAIN)}\n".encode() + "H26;Nguyễn".encode("utf-16"))
    assert "UTF-8" in why(path)


@pytest.mark.parametrize("wrong", [1, 2, 5, 900])
def test_a_byte_that_is_no_text_is_named_with_its_row(tmp_path: Path, wrong: int) -> None:
    lines = [",".join(PLAIN).encode(), *('H26.91,"Thử\nlại"'.encode() for _row in range(1000))]
    lines[wrong - 1] = b"H26.91,Th\xf6"
    path = tmp_path / "so.csv"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(UnreadableError) as unreadable:
        rows(path)
    assert [fault.row for fault in unreadable.value.faults] == [wrong]


@pytest.mark.parametrize("cell", ['"never closed', '"closed" twice"', f'"{"x" * 200_000}"'])
def test_a_quotation_that_does_not_end_is_named_with_its_row(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "so.csv"
    path.write_text(f"{','.join(PLAIN)}\n{','.join(ROW)}\nH26,{cell}\nH26,x\n", "utf-8")
    with pytest.raises(UnreadableError) as unreadable:
        rows(path)
    assert unreadable.value.faults[0].row == 3


def test_a_file_without_the_columns_of_a_register_is_refused(tmp_path: Path) -> None:
    assert "Thiếu cột" in why(written_csv(tmp_path / "so.csv", [{"ten": "A", "ngay": "B"}]))


@pytest.mark.parametrize("name", ["missing.csv", "folder.csv", "so.txt", "so", "x" * 300 + ".csv"])
def test_a_path_that_can_be_no_register_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "so.txt").write_text("agency_code", "utf-8")
    (tmp_path / "so").write_text("agency_code", "utf-8")
    with pytest.raises(Refusal) as refused:
        files.opened(tmp_path / name)
    assert name in str(refused.value)

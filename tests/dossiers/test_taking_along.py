"""A list as a file: the same rows in the same order, harmless, and only for the same eyes."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Result

from onestop.base import languages, sheets
from onestop.catalogue.rules.channels import Channel
from tests.client import PolicingClient, rows
from tests.dossiers.given import (
    APPLICANT,
    COMMUNE_CLERK,
    DAY,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    apologised,
    in_progress,
    received,
    submitted,
)

HEADINGS = ["Mã hồ sơ", "Người nộp", "Tên thủ tục", "Kênh", "Trạng thái", "Hẹn trả", "Hẹn lại",
            "Hạn kiểm tra", "Bàn giao trước", "Chờ bổ sung đến", "Còn lại", "Đang giữ"]  # fmt: skip


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    for number in range(4):
        received(at=MONDAY + timedelta(minutes=number), procedure_code=FIVE_DAYS)
    in_progress(at=MONDAY - DAY)
    submitted()
    client.sign_in(COMMUNE_CLERK)
    return client


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_says_how_long_it_is(clerk: PolicingClient, kind: str) -> None:
    answer = clerk.get(f"/dossiers.{kind}")
    assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.on_both_databases
def test_a_file_speaks_the_language_of_its_reader(clerk: PolicingClient) -> None:
    clerk.set_cookie(languages.COOKIE, "en")
    row = rows(clerk, "/desk.csv?view=overdue")[0]
    assert "Procedure" in row
    assert row["Filters"].startswith("List: ")


@pytest.mark.parametrize("path", ["/desk.csv", "/dossiers.xlsx"])
def test_a_file_is_written_while_its_rows_are_read(
    clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    held: list[int] = []

    def told(read: Result[Any]) -> Iterator[Sequence[Any]]:
        for part in partitions(read):
            held.append(len(part))
            yield part

    partitions = Result.partitions
    monkeypatch.setattr("onestop.base.paging.BLOCK", 2)
    monkeypatch.setattr(Result, "partitions", told)
    assert clerk.get(path).status_code == 200
    assert held == [2, 2, 2], "never more rows in memory than a block of them"


def codes(page: str) -> list[str]:
    return re.findall(r'<a class="code small" href="/dossiers/([^"]+)"', page)


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("/desk", ""),
        ("/desk", "?view=overdue"),
        ("/desk", "?view=new_online"),
        ("/desk", "?view=received"),
        ("/desk", "?sort=received&state=2"),
        ("/dossiers", ""),
        ("/dossiers", "?q=thi+du+0123&channel=counter"),
        ("/dossiers", "?figure=received&from=2021-01-01&to=2021-12-31"),
    ],
)
def test_a_file_has_the_rows_of_the_list_in_its_order(
    clerk: PolicingClient, page: str, asked: str
) -> None:
    shown = codes(clerk.get(f"{page}{asked}").text)
    assert shown
    assert [row["Mã hồ sơ"] for row in rows(clerk, f"{page}.csv{asked}")] == shown
    book = load_workbook(io.BytesIO(clerk.get(f"{page}.xlsx{asked}").data))
    sheet = [[cell.value for cell in row] for row in book["Hồ sơ"].iter_rows()]
    assert sheet[0] == HEADINGS
    assert [row[0] for row in sheet[1:]] == shown


@pytest.mark.on_both_databases
def test_a_workbook_is_ready_to_be_read_sorted_and_printed(clerk: PolicingClient) -> None:
    sheet = load_workbook(io.BytesIO(clerk.get("/dossiers.xlsx?state=2").data))["Hồ sơ"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:L{sheet.max_row}"
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")
    widths = {name: round(one.width) for name, one in sheet.column_dimensions.items()}
    assert widths["C"] > widths["A"] > widths["D"], "as wide as what stands in them"
    assert sheet["C2"].alignment.wrap_text
    due = sheet["F2"]
    assert (due.data_type, due.number_format) == ("d", "dd/mm/yyyy hh:mm")
    (row, *_rest) = rows(clerk, "/dossiers.csv?state=2")
    assert row["Hẹn trả"] == f"{due.value:%Y-%m-%d %H:%M}", "what Excel takes for a moment"


def test_a_file_has_all_pages_of_a_list(
    clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.dossiers.queries.lists.PAGE", 2)
    monkeypatch.setattr("onestop.base.paging.BLOCK", 2)
    assert len(codes(clerk.get("/dossiers").text)) == 2
    assert len(rows(clerk, "/dossiers.csv?page=2")) == 6


@pytest.mark.on_both_databases
def test_a_file_says_what_it_was_narrowed_to_and_as_of_when(clerk: PolicingClient) -> None:
    (row, *_rest) = rows(clerk, "/desk.csv?state=2&channel=counter&q=du")
    told = "Danh sách: Bàn của tôi; Tìm: du; Trạng thái: Đã tiếp nhận; Kênh: Trực tiếp"
    assert row["Bộ lọc"] == f"{told}; Xếp theo: hẹn trả"
    assert re.fullmatch(r"\d\d:\d\d \d\d/\d\d/\d{4}", row["Số liệu đến"])
    figure = "figure=received&from=2021-01-01&to=2021-12-31&agency=H26.91.27&channel=counter"
    book = load_workbook(io.BytesIO(clerk.get(f"/dossiers.xlsx?{figure}").data))
    about = {str(name.value): said.value for name, said in book["Về tệp này"].iter_rows()}
    assert "Danh sách: Đã tiếp nhận; Kỳ: 01/01/2021 – 31/12/2021; Đơn vị: " in str(about["Bộ lọc"])
    assert "Kênh: Trực tiếp" in str(about["Bộ lọc"])
    assert about["Số hồ sơ"] == 5, "a number, in no language's writing"


def test_an_empty_file_says_too_what_it_was_narrowed_to(clerk: PolicingClient) -> None:
    (row,) = rows(clerk, "/dossiers.csv?q=khong+co+ai")
    assert {row[name] for name in HEADINGS} == {""}
    assert row["Bộ lọc"].startswith("Danh sách: Sổ theo dõi hồ sơ; Tìm: khong co ai")
    assert re.fullmatch(r"\d\d:\d\d \d\d/\d\d/\d{4}", row["Số liệu đến"])


def test_a_file_tells_what_the_page_says_beside_a_date(client: PolicingClient) -> None:
    late = in_progress(procedure_code=FIVE_DAYS)
    apologised(late, date(2021, 3, 12), at=MONDAY + 7 * DAY)
    kept = in_progress(procedure_code=FIVE_DAYS)
    apologised(kept, date(2021, 3, 12), at=MONDAY + DAY)
    new = submitted()
    client.sign_in(COMMUNE_CLERK)
    told = {row["Mã hồ sơ"]: row for row in rows(client, "/dossiers.csv")}
    assert told[late.code]["Hẹn lại"] == "đã hẹn lại, xin lỗi muộn"
    assert told[kept.code]["Hẹn lại"] == "đã hẹn lại"
    assert told[kept.code]["Hẹn trả"].startswith("2021-03-12")
    assert told[new.code]["Hẹn trả"] == "", "what was only submitted has no appointment"
    assert told[new.code]["Hạn kiểm tra"]


def test_a_name_that_begins_like_a_formula_is_text_in_both_files(client: PolicingClient) -> None:
    evil = replace(APPLICANT, name="=HYPERLINK(1)")
    received(applicant=evil)
    client.sign_in(COMMUNE_CLERK)
    assert rows(client, "/desk.csv")[0]["Người nộp"] == "'=HYPERLINK(1)"
    book = load_workbook(io.BytesIO(client.get("/desk.xlsx").data))
    cell = book["Hồ sơ"]["B2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("page", ["/desk.csv", "/dossiers.csv"])
def test_nobody_takes_along_what_he_does_not_see(client: PolicingClient, page: str) -> None:
    received()
    client.sign_in(NEIGHBOUR)
    (row,) = rows(client, page)
    assert row["Mã hồ sơ"] == ""
    assert (row["Số hồ sơ"], row["Số liệu đến"] == "") == ("0", False)


@pytest.mark.on_both_databases
def test_whoever_reads_english_gets_english_headings(clerk: PolicingClient) -> None:
    clerk.get("/language/en")
    (row, *_rest) = rows(clerk, "/desk.csv?channel=counter")
    assert set(row).isdisjoint(HEADINGS)
    assert row["State"] == "Being processed"


@pytest.mark.parametrize("path", ["/desk.pdf", "/desk.csv?view=all", "/dossiers.xml",
                                  "/dossiers.csv?figure=luck"])  # fmt: skip
def test_there_is_no_other_file_and_no_other_list(clerk: PolicingClient, path: str) -> None:
    assert clerk.get(path).status_code == 404


def test_a_list_longer_than_a_sheet_is_refused_before_it_is_written(
    clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.dossiers.views.taking_along.MOST_ROWS", 5)
    answer = clerk.get("/dossiers.xlsx?q=du", follow_redirects=True)
    assert answer.request.full_path == "/dossiers?q=du"
    assert "hãy lọc bớt, hoặc lấy tệp CSV" in answer.text
    assert len(rows(clerk, "/dossiers.csv")) == 6


def test_nothing_is_left_open_where_a_row_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> sheets.Rows:
        yield ("a",)
        raise OSError("gone")

    closed = []

    def opened() -> object:
        closed.append(TemporaryFile())  # noqa: SIM115 - whether it is closed is the question
        return closed[0]

    monkeypatch.setattr("onestop.base.sheets.TemporaryFile", opened)
    with pytest.raises(OSError, match="gone"):
        sheets.made(sheets.Sheet("t", ("h",), failing(), (), "about"), "csv")
    assert closed[0].closed


def test_a_postal_item_is_told_by_its_channel(client: PolicingClient) -> None:
    received(channel=Channel.POSTAL)
    client.sign_in(COMMUNE_CLERK)
    assert rows(client, "/desk.csv")[0]["Kênh"] == "Bưu chính"


@pytest.mark.on_both_databases
def test_an_auditor_reads_who_took_which_list_along_but_not_which_words_were_searched(
    clerk: PolicingClient,
) -> None:
    clerk.get("/desk.csv?state=4&view=mine&sort=due&field=1&made=%3Cup%3E&q=thi+du")
    clerk.get("/dossiers.xlsx")
    clerk.get("/register.pdf?from=2021-03-01&to=2021-03-31")
    assert clerk.get("/admin/takings").status_code == 403
    clerk.post("/logout")
    clerk.sign_in("kiemtra.thanhtri")
    page = clerk.get("/admin/takings").text
    taken = re.findall(r'data-label="Nội dung">([^<]+)<', page)
    assert taken == [
        "Sổ theo dõi theo mẫu",
        "Sổ theo dõi, hoặc hồ sơ sau một con số",
        "Danh sách của bàn",
    ]
    assert "Trạng thái: Đang xử lý<br>Danh sách: Bàn của tôi<br>Xếp theo: hẹn trả" in page
    assert "made: &lt;up&gt;" in page, "what has no words is said as it was asked"
    assert "thi du" not in page

"""The register by its form: the same lines on screen, in a workbook and in print."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from onestop.dossiers.rules.identity import Applicant
from onestop.register import queries, views
from onestop.register.rules import Book
from onestop.tallies.rules import Period
from tests.client import PolicingClient
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_OFFICER,
    FIVE_DAYS,
    MONDAY,
    NEIGHBOUR,
    received,
    staff,
    submitted,
)

MARCH = "from=2021-03-01&to=2021-03-31"
LAST_YEAR = datetime(2020, 12, 30, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def clerk(client: PolicingClient) -> PolicingClient:
    received(at=LAST_YEAR)
    received(at=MONDAY - 5 * DAY)
    for minutes in range(3):
        received(at=MONDAY + timedelta(minutes=minutes))
    received(at=MONDAY + DAY, procedure_code=FIVE_DAYS)
    received(by=NEIGHBOUR)
    submitted()
    client.sign_in(COMMUNE_CLERK)
    return client


def rows(client: PolicingClient, asked: str) -> list[dict[str, str]]:
    answer = client.get(f"/register.csv?{asked}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def codes(page: str) -> list[str]:
    return re.findall(r'<a class="code small" href="/dossiers/([^"]+)"', page)


def test_what_is_on_screen_is_in_every_file_in_the_order_of_receipt(clerk: PolicingClient) -> None:
    shown = codes(clerk.get(f"/register?{MARCH}").text)
    assert len(shown) == 4
    assert [row["Mã hồ sơ"] for row in rows(clerk, MARCH)] == shown
    book = load_workbook(io.BytesIO(clerk.get(f"/register.xlsx?{MARCH}").data))
    assert [
        cells[1] for cells in book.worksheets[0].iter_rows(min_row=2, values_only=True)
    ] == shown
    assert {book.worksheets[0][place].data_type for place in ("A2", "D2")} == {"n"}
    told = {name.value: said.value for name, said in book.worksheets[1].iter_rows(max_col=2)}
    assert (told["Quyển số"], told["Số hồ sơ"]) == ("01/2021", 4)
    printed = PdfReader(io.BytesIO(clerk.get(f"/register.pdf?{MARCH}").data))
    words = "".join(page.extract_text() for page in printed.pages)
    assert "SỔ THEO DÕI HỒ SƠ" in words
    assert all(code in words for code in shown)
    assert {"Ký", "Ghi chú"} <= set(re.findall("Ký|Ghi chú", words))
    cover = printed.pages[0].extract_text()
    assert "Năm 2021, từ ngày 01/03/2021 đến ngày 31/03/2021" in cover
    assert "TRƯỞNG BỘ PHẬN" in cover
    assert f"02 {shown[0]}" in " ".join(words.split()), "the first of the year stands before"


def test_a_file_tells_every_moment_to_the_minute_as_the_page_does(client: PolicingClient) -> None:
    received(at=MONDAY)
    received(at=MONDAY + timedelta(seconds=14))
    client.sign_in(COMMUNE_CLERK)
    assert [row["Nhận hồ sơ"] for row in rows(client, MARCH)] == ["2021-03-01 09:00"] * 2
    book = load_workbook(io.BytesIO(client.get(f"/register.xlsx?{MARCH}").data))
    assert {book.worksheets[0][place].number_format for place in ("H2", "H3")} == {
        "dd/mm/yyyy hh:mm"
    }


def test_a_line_longer_than_a_page_goes_on_on_the_next(client: PolicingClient) -> None:
    said = [f"lydo{number}x" for number in range(90)]
    received(note="; ".join(said), applicant=Applicant("Ễ" * 200, phone="0600123456"))
    client.sign_in(COMMUNE_CLERK)
    printed = PdfReader(io.BytesIO(client.get(f"/register.pdf?{MARCH}").data))
    words = " ".join(" ".join(page.extract_text() for page in printed.pages).split())
    assert [one for one in said if one not in words] == []
    assert "Ễ" * 20 not in words, "a name without a blank stays in its column"


def test_numbers_run_from_one_to_the_end_of_the_year(clerk: PolicingClient) -> None:
    assert [row["TT"] for row in rows(clerk, MARCH)] == ["2", "3", "4", "5"]
    both = rows(clerk, "from=2020-12-01&to=2021-03-31")
    assert [row["TT"] for row in both] == ["1", "1", "2", "3", "4", "5"]


def test_where_numbers_begin_anew_the_volume_is_named(clerk: PolicingClient) -> None:
    asked = "from=2020-12-01&to=2021-03-31"
    for _ in range(30):
        received(at=MONDAY + DAY)
    page = clerk.get(f"/register?{asked}").text
    assert re.findall(r"Quyển số \d\d/\d{4}<", page) == ["Quyển số 01/2020<", "Quyển số 01/2021<"]
    assert "Quyển số" not in clerk.get(f"/register?{MARCH}").text
    printed = PdfReader(io.BytesIO(clerk.get(f"/register.pdf?{asked}").data))
    words = " ".join(" ".join(page.extract_text() for page in printed.pages[1:]).split())
    assert len(printed.pages) > 2
    assert all("Quyển số 01/" in page.extract_text() for page in printed.pages[1:]), "on each page"
    volumes = [words.index(f"Quyển số 01/{year}") for year in (2020, 2021)]
    first, *_ = codes(page)
    assert volumes[0] < words.index(first) < volumes[1]
    in_one = PdfReader(io.BytesIO(clerk.get(f"/register.pdf?{MARCH}").data))
    assert "Quyển số" not in in_one.pages[1].extract_text()
    assert len(rows(clerk, asked)) == len(codes(page)), "a file has lines alone"


def test_a_book_of_the_later_set_is_closed_by_the_head_of_the_centre(
    clerk: PolicingClient,
) -> None:
    asked = "from=2025-07-01&to=2026-01-31"
    cover = PdfReader(io.BytesIO(clerk.get(f"/register.pdf?{asked}").data)).pages[0].extract_text()
    assert "Năm 2025 – 2026" in cover
    assert "TRUNG TÂM PHỤC VỤ" in cover
    assert "GIÁM ĐỐC" in cover


def test_every_page_goes_on_where_the_one_before_ended(
    clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(rows(clerk, MARCH)) == 4
    monkeypatch.setattr(queries, "PAGE", 2)
    viewer = staff(COMMUNE_CLERK)
    book = Book(viewer.agency_id, Period(date(2020, 12, 1), date(2021, 3, 31)))
    pages = [queries.page(book, viewer, number=number) for number in (1, 2, 3)]
    assert [line.number for page in pages for line in page.rows] == [1, 1, 2, 3, 4, 5]
    assert pages[0].total == len(list(queries.lines(book, viewer))) == 6


@pytest.mark.on_both_databases
def test_a_field_has_a_book_of_its_own(clerk: PolicingClient) -> None:
    page = clerk.get(f"/register?{MARCH}").text
    fields = re.findall(
        r'<option value="([^"]+)"', page.split('id="field"')[1].split("</select>")[0]
    )
    found = [len(codes(clerk.get(f"/register?{MARCH}&field={one}").text)) for one in fields]
    assert sum(found) == 4


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("from=2021-03-31&to=2021-03-01", "is-invalid"),
        ("from=khi-nao&to=2021-03-01", "is-invalid"),
        ("agency=H99&from=2021-03-01", "is-invalid"),
        ("from=2019-03-01&to=2019-03-02", "Không có hồ sơ nào được tiếp nhận trong kỳ này"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    clerk: PolicingClient, asked: str, says: str
) -> None:
    assert says in clerk.get(f"/register?{asked}").text
    if says == "is-invalid":
        assert clerk.get(f"/register.xlsx?{asked}").status_code == 404


def test_a_clerk_reads_no_book_of_another_shop(clerk: PolicingClient) -> None:
    page = clerk.get(f"/register?{MARCH}&agency=H26.91.01").text
    assert "is-invalid" in page
    assert not codes(page)
    assert clerk.get("/register.doc").status_code == 404


@pytest.mark.on_both_databases
@pytest.mark.parametrize("username", [COMMUNE_OFFICER, DISTRICT_OFFICER, "theodoi1.thanhtri"])
def test_everybody_who_reads_dossiers_has_a_book_to_open(
    client: PolicingClient, username: str
) -> None:
    client.sign_in(username)
    assert client.get("/register").status_code == 200


@pytest.mark.on_both_databases
def test_a_department_reads_what_it_handles_in_the_book_of_the_shop_above_it(
    client: PolicingClient,
) -> None:
    client.sign_in(DISTRICT_OFFICER)
    page = client.get("/register").text
    offered = re.findall("<option[^>]*>([^<]+)<", page.split('name="agency"')[1])
    assert offered[:2] == ["Huyện Thanh Trì", "Thị trấn Văn Điển"]
    assert "Thành phố Hà Nội" not in offered
    assert "<p>Huyện Thanh Trì · quyển số" in page


def test_a_print_that_would_be_too_long_leads_to_the_workbook(
    clerk: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_PRINTED", 3)
    assert "/register.pdf" not in clerk.get(f"/register?{MARCH}").text
    answer = clerk.get(f"/register.pdf?{MARCH}", follow_redirects=True)
    assert "nhiều nhất 3 hồ sơ" in answer.text

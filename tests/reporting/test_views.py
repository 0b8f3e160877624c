import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import html5lib
import openpyxl
import pytest
from flask import Flask
from python_calamine import load_workbook

from tests.client import PolicingClient
from tests.conftest import Budget
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    FIVE_DAYS,
    MARITAL_STATUS,
    MONDAY,
    apologised,
    done,
    in_progress,
    submitted,
)
from tests.reporting.given import lived

MANAGER = "theodoi1.thanhtri"
AUDITOR = "kiemtra.thanhtri"
CLERK = "motcua1.ngochoi"
QUARTER = "/rates?from=2021-01-01&to=2021-03-31"
COUNT = re.compile(r"([\d.]+) hồ sơ")


@pytest.fixture
def manager(client: PolicingClient) -> PolicingClient:
    lived()
    client.sign_in(MANAGER)
    return client


def links(html: str) -> list[tuple[str, int]]:
    """Return the address and the number of each figure that leads to a list."""
    page = html5lib.parse(html, namespaceHTMLElements=False)
    found = [(one.get("href") or "", "".join(one.itertext())) for one in page.iter("a")]
    return [
        (unescape(href), int(text.replace(".", "")))
        for href, text in found
        if href.startswith("/dossiers?figure=")
    ]


def figure(href: str) -> str:
    return parse_qs(urlsplit(href).query)["figure"][0]


@pytest.mark.on_both_databases
@pytest.mark.parametrize("by", ["agency", "field", "procedure", "channel"])
def test_every_number_leads_to_a_list_of_just_as_many(manager: PolicingClient, by: str) -> None:
    found = sorted(set(links(manager.get(f"{QUARTER}&by={by}").text)))
    shown = {figure(href) for href, _ in found}
    assert shown >= {"timely", "resolved", "received", "open", "overdue", "open_overdue", "paused"}
    assert shown >= {"open_within_term", "received_3_or_above"}
    key = "desk" if by == "agency" else by
    whole = [one for one in found if key == "desk" or f"{key}=" in one[0]]
    assert len(whole) > 10
    for href, number in whole:
        said = COUNT.search(manager.get(href).text)
        assert said is not None, href
        assert int(said[1].replace(".", "")) == number, href


@pytest.mark.on_both_databases
def test_a_narrowed_page_counts_and_lists_the_same_few(manager: PolicingClient) -> None:
    page = manager.get(f"{QUARTER}&tier=commune&channel=online&level=4").text
    found = links(page)
    assert found
    for href, number in set(found):
        said = COUNT.search(manager.get(href).text)
        assert said is not None
        assert int(said[1].replace(".", "")) == number, href


@pytest.mark.long
def test_the_page_of_2021_shows_the_published_rates(demo: Flask) -> None:
    client = demo.test_client()
    assert isinstance(client, PolicingClient)
    client.sign_in(MANAGER)
    page = client.get("/rates?period=2021").text
    for shown in ("99,997 %", "73,26 %", "1,05 %", "26,70 %", "4.963", "70.815", "75.778"):
        assert shown in page, shown
    home = client.get("/").text
    assert "Năm 2021, chúng tôi đã giữ hẹn thế nào" in home
    assert "75.716 trong 75.718" in home
    public = client.get("/statistics").text
    assert "01/01/2021" in public
    assert "99,997" in public
    assert "/dossiers?figure=" not in public
    assert client.get("/statistics", headers={"Accept": "text/html"}).status_code == 200


def test_a_period_with_nothing_in_it_has_no_rate(manager: PolicingClient) -> None:
    page = manager.get("/rates?period=2019").text
    figures = page.split('class="tiles"')[1].split('id="formulas"')[0]
    assert '<option selected value="2019">' in page, "the period asked for is the one shown"
    assert "100 %" not in figures
    assert figures.count("–") >= 4
    assert "Không có hồ sơ đã giải quyết trong kỳ" in page
    assert "Chưa có số liệu" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=2021-13-01&to=2021-12-31", "Hãy nhập một ngày có thật."),
        ("from=2021-03-01&to=2021-02-01", "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi."),
        ("from=0001-01-01&to=9999-12-31", "Năm phải từ 1990 đến 2199."),
        ("period=2021-Q9", "Không có kỳ này."),
        ("period=2021&procedure=NOPE", "Không có lĩnh vực hoặc thủ tục này."),
    ],
)
def test_a_wrong_question_is_answered_at_its_field(
    manager: PolicingClient, asked: str, said: str
) -> None:
    answer = manager.get(f"/rates?{asked}")
    assert answer.status_code == 422
    assert said in answer.text


def test_only_some_of_an_agency_can_be_asked_for(manager: PolicingClient) -> None:
    assert manager.get("/rates?period=2021&agency=H26").status_code == 422
    assert manager.get("/rates?period=2021&by=shoe-size").status_code == 404
    assert manager.get("/rates.pdf?period=2021").status_code == 404
    assert manager.get("/rates.csv?period=nonsense").status_code == 404


def test_the_workbook_says_what_the_page_says(manager: PolicingClient) -> None:
    answer = manager.get("/rates.xlsx?from=2021-01-01&to=2021-03-31&by=procedure")
    assert "onestop-20210101-20210331.xlsx" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheet_names == ["Cấp", "Tên thủ tục", "Tháng", "Mức độ", "Cách tính"]
    rows = book.get_sheet_by_name("Cấp").to_python()
    total = dict(zip(rows[0], rows[-1], strict=True))
    assert total["Cấp"] == "Tổng cộng"
    shown = {
        figure(href): number
        for href, number in links(manager.get(QUARTER).text)
        if set(parse_qs(urlsplit(href).query)) == {"figure", "from", "to"}
    }
    assert total["Đã tiếp nhận"] == shown["received"]
    assert total["Đã giải quyết"] == shown["resolved"]
    share = 100 * shown["timely"] / shown["resolved"]
    assert total["Đúng hạn (%)"] == pytest.approx(share, abs=0.01)


def test_the_figures_are_printed_lying_each_sheet_with_its_headings(
    manager: PolicingClient,
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(manager.get("/rates.xlsx?period=2021").data))
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.print_title_rows == "$1:$1", sheet.title
    assert book["Cấp"].page_setup.fitToWidth == 2
    assert book["Cấp"].print_title_cols == "$A:$A"
    height = book["Cấp"].row_dimensions[1].height
    assert height >= 5 * 16, "not every reader makes room for five lines"


def test_the_whole_name_of_a_procedure_is_printed(manager: PolicingClient) -> None:
    answer = manager.get("/rates.xlsx?period=2021&by=procedure")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["Tên thủ tục"]
    width = sheet.column_dimensions["A"].width
    names = {row: str(sheet.cell(row, 1).value) for row in range(2, sheet.max_row + 1)}
    assert max(map(len, names.values())) > width
    for row, name in names.items():
        assert sheet.cell(row, 1).alignment.wrap_text
        assert sheet.row_dimensions[row].height >= 15 * len(name) / width, name


def test_a_workbook_leaves_a_rate_of_nothing_empty(manager: PolicingClient) -> None:
    book = load_workbook(io.BytesIO(manager.get("/rates.xlsx?period=2019").data))
    rows = book.get_sheet_by_name("Cấp").to_python()
    assert dict(zip(rows[0], rows[-1], strict=False)).get("Đúng hạn (%)", "") == ""


def test_the_workbook_and_the_page_tell_other_readings_alike(manager: PolicingClient) -> None:
    page = manager.get("/rates?from=2021-02-01&to=2021-03-31").text
    section = page.split('aria-labelledby="otherwise"')[1].split("</section>")[0]
    shares = re.findall(r'data-label="Tỷ lệ phần trăm">([^<]+)<', section)
    answer = manager.get("/rates.xlsx?from=2021-02-01&to=2021-03-31")
    rows = load_workbook(io.BytesIO(answer.data)).get_sheet_by_name("Cấp").to_python()
    total = dict(zip(rows[0], rows[-1], strict=True))
    names = (
        "Đúng hạn trên tổng tiếp nhận",
        "Đúng hạn và còn trong hạn",
        "Trực tuyến trên dịch vụ nộp trực tuyến được",
    )
    assert shares == [f"{total[f'{name} (%)']:.2f} %".replace(".", ",") for name in names]
    nothing = manager.get("/rates?period=2019").text.split('aria-labelledby="otherwise"')[1]
    assert re.findall(r'data-label="Tỷ lệ phần trăm">([^<]+)<', nothing) == ["–"] * 3


def test_the_plain_table_can_be_read_again(manager: PolicingClient) -> None:
    answer = manager.get("/rates.csv?from=2021-01-01&to=2021-03-31")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    *desks, total = rows
    assert sum(int(row["Đã tiếp nhận"]) for row in desks) == int(total["Đã tiếp nhận"]) > 0


def test_whoever_reads_no_rates_is_turned_away(client: PolicingClient) -> None:
    client.sign_in(CLERK)
    assert client.get("/rates").status_code == 403
    assert client.get("/rates.xlsx").status_code == 403


def test_the_public_figures_need_no_log_in_and_show_no_dossier(client: PolicingClient) -> None:
    lived()
    page = client.get("/statistics?period=2021").text
    assert "Cách tính" in page
    tiles = page[page.index('class="tiles"') :]
    assert tiles.index("đang giải quyết") < tiles.index("Cách tính"), "late and open beside timely"
    assert "/dossiers" not in page
    assert "Xã " in page
    assert client.get("/statistics?from=x").status_code == 422


def test_a_page_of_rates_costs_the_same_however_many_dossiers(
    manager: PolicingClient, budget: Budget
) -> None:
    manager.get(QUARTER)
    with budget(40):
        manager.get(QUARTER)


def test_the_share_of_services_with_dossiers_tells_which_they_are(
    manager: PolicingClient,
) -> None:
    page = manager.get(QUARTER).text
    section = page[page.index('id="services"') : page.index('id="formulas"')]
    assert "dịch vụ mức độ 3 hoặc 4 có ít nhất một hồ sơ" in section
    used, unused = (re.search(rf'href="#services-{one}">([\d.]+)<', section) for one in
                    ("used", "unused"))  # fmt: skip
    assert used is not None
    assert unused is not None
    assert f"Có hồ sơ trực tuyến: {used[1]} dịch vụ" in section
    assert section.count("<li>") == int(used[1]) + int(unused[1])
    ahead = manager.get("/rates?from=2090-01-01&to=2090-03-31").text
    assert "÷ (" not in ahead[ahead.index('id="services"') :]


@pytest.mark.parametrize("which", ["used", "unused"])
def test_a_number_of_services_leads_nowhere_where_there_are_none(
    manager: PolicingClient, which: str
) -> None:
    page = manager.get(QUARTER).text
    code = re.search(
        r'<li><span class="code">([^<]+)', page[page.index(f'id="services-{which}"') :]
    )
    assert code is not None
    page = manager.get(f"{QUARTER}&procedure={code[1]}").text
    section = page[page.index('id="services"') : page.index('id="formulas"')]
    assert set(re.findall(r'href="#([\w-]+)"', section)) == {f"services-{which}"}


@pytest.mark.parametrize("narrowed", ["", "&channel=counter", "&level=4"])
def test_the_dossiers_of_a_service_are_those_that_its_number_leads_to(
    manager: PolicingClient, narrowed: str
) -> None:
    page = manager.get(QUARTER + narrowed).text
    section = page[page.index('id="services"') : page.index('id="formulas"')]
    found = links(section)[:3]
    assert found
    for href, number in found:
        said = COUNT.search(manager.get(href).text)
        assert said is not None, href
        assert int(said[1].replace(".", "")) == number


def test_an_open_period_says_so(manager: PolicingClient) -> None:
    assert "kỳ chưa chốt" not in manager.get(QUARTER).text
    assert "kỳ chưa chốt" in manager.get("/rates").text


@pytest.mark.parametrize(
    ("by", "place"), [("tier", "tiers"), ("month", "months"), ("level", "levels")]
)
def test_what_the_page_always_shows_may_be_asked_for_too(
    manager: PolicingClient, by: str, place: str
) -> None:
    answer = manager.get(f"{QUARTER}&by={by}")
    assert answer.location == f"{QUARTER}#{place}"
    assert f'id="{place}"' in manager.get(answer.location).text
    assert manager.get(f"/rates.csv?by={by}&period=2021").status_code == 200
    assert manager.get("/rates?by=nonsense").status_code == 404


def test_an_auditor_reads_who_took_which_figures_along(manager: PolicingClient) -> None:
    asked = "from=2021-01-01&to=2021-03-31"
    manager.get(f"/rates.csv?{asked}&tier=commune")
    manager.get(f"/rates.xlsx?{asked}")
    assert manager.get("/rates.csv?period=nonsense").status_code == 404
    total = dict(links(manager.get(QUARTER).text))
    behind = sum(total[f"/dossiers?figure={one}&{asked}"] for one in ("resolved", "open"))
    manager.post("/logout")
    manager.sign_in(AUDITOR)
    page = manager.get("/admin/takings").text
    assert re.findall(r'data-label="Nội dung">([^<]+)<', page) == ["Số liệu và tỷ lệ"] * 2
    assert re.findall(r'data-label="Loại tệp"[^>]*>([^<]+)<', page) == ["XLSX", "CSV"]
    counts = re.findall(r'data-label="Số lượng"[^>]*>([^<]+)<', page)
    assert int(counts[0]) == behind > int(counts[1]) > 0
    assert "Cấp: Cấp xã" in page
    assert "Từ ngày: 01/01/2021<br>Đến ngày: 31/03/2021" in page
    assert "tier=commune" not in page


def test_a_figure_says_which_dossiers_alone_it_counts_on_paper_too(manager: PolicingClient) -> None:
    year = "from=2021-01-01&to=2021-12-31"
    assert "Chỉ tính:" not in manager.get(f"/rates?{year}").text
    page = manager.get(f"/rates?{year}&agency=H26.91.27&level=4&channel=online").text
    head = page.split('class="pagehead"')[1].split("<form")[0]
    assert "Chỉ tính: <b>Xã Ngọc Hồi · Mức độ 4 · Trực tuyến</b>" in head
    reversed_period = "from=2021-12-31&to=2021-01-01&agency=H26.91.27"
    assert "Chỉ tính:" not in manager.get(f"/rates?{reversed_period}").text, "all are shown"


@pytest.mark.on_both_databases
def test_the_list_behind_a_figure_says_what_it_counts_and_leads_back(
    manager: PolicingClient,
) -> None:
    asked = "from=2021-03-01&to=2021-03-31"
    page = manager.get(f"/rates?{asked}&field=C-HT&level=4").text
    href = next(href for href, _ in links(page) if "desk=" in href)
    listed = manager.get(href).text
    head = listed.split('class="pagehead"')[1].split('class="sheet"')[0]
    for words in ("Hộ tịch", "Mức độ 4", "01/03/2021"):
        assert words in head
    way_back = re.search(r'<a href="(/rates[^"]+)"', head)
    assert way_back is not None
    again = manager.get(unescape(way_back[1])).text
    assert "Hộ tịch · Mức độ 4</b>" in again


@pytest.mark.on_both_databases
def test_the_kept_promises_stand_beside_the_timely_rate(manager: PolicingClient) -> None:
    asked = "from=2021-03-01&to=2021-03-31&agency=H26.91.27"
    path = f"/rates?{asked}&procedure={FIVE_DAYS}"
    before = manager.get(path).text
    assert "giữ đúng hẹn lại: không có số liệu" in before
    for days in (9, 10):
        dossier = in_progress(procedure_code=FIVE_DAYS)
        apologised(dossier, date(2021, 3, 10))
        done(dossier, "resolve", by=COMMUNE_OFFICER, at=MONDAY + days * DAY)
    page = manager.get(path).text
    assert "giữ đúng hẹn lại: 50,00 %" in re.sub(r"</?span[^>]*>", "", page)
    assert "đúng hạn vẫn tính theo ngày hẹn cũ" in page
    for name, number in (("reappointed", 2), ("reappointed_kept", 1)):
        href = next(href for href, _ in links(page) if figure(href) == name)
        listed = COUNT.search(manager.get(href).text)
        assert listed is not None
        assert int(listed[1]) == number
    *_rows, row = csv.DictReader(
        io.StringIO(manager.get(path.replace("?", ".csv?")).data.decode("utf-8-sig"))
    )
    assert (row["Giải quyết, đã hẹn lại"], row["Giữ đúng hẹn lại"]) == ("2", "1")
    assert row["Giữ đúng hẹn lại (%)"] == "50.00"
    assert "giữ đúng hẹn lại" in manager.get("/statistics?from=2021-03-01&to=2021-03-31").text


def test_what_was_checked_late_stands_beside_the_rates_with_its_rows(
    manager: PolicingClient,
) -> None:
    asked = f"from=2021-03-01&to=2021-03-31&agency=H26.91.27&procedure={MARITAL_STATUS}"
    path = f"/rates?{asked}"
    assert "Kiểm tra muộn hồ sơ trực tuyến</dt>\n<dd>không có số liệu" in manager.get(path).text
    for hours in (25, 24):
        dossier = submitted()
        at = MONDAY + timedelta(hours=hours)
        done(dossier, "accept", by=COMMUNE_CLERK, at=at, papers=frozenset())
    page = manager.get(path).text
    assert '<b class="num">50,00 %</b> = <a' in page
    assert "hồ sơ trực tuyến đã kiểm tra xong trong kỳ" in page
    for name, number in (("checked_online", 2), ("late_intake", 1)):
        href = next(href for href, _ in links(page) if figure(href) == name)
        listed = COUNT.search(manager.get(href).text)
        assert listed is not None
        assert int(listed[1]) == number
    *_rows, row = csv.DictReader(
        io.StringIO(manager.get(path.replace("?", ".csv?")).data.decode("utf-8-sig"))
    )
    assert row["Kiểm tra muộn hồ sơ trực tuyến (%)"] == "50.00"
    assert row["Kiểm tra muộn hồ sơ trực tuyến"] == "1"
    assert row["Đúng hạn (%)"] == "", "nothing was resolved, and nothing is late for it"

"""A manager proves a number: every figure leads to the list of exactly those dossiers."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook

from tests.browser import Visitor
from tests.journeys.conftest import Visit

MANAGER = "theodoi1.thanhtri"
LINKS = "main a[href^='/dossiers?figure=']"
CAPTION = re.compile(r"<caption>\s*([\d.,]+)")


PUBLISHED = {
    "Cấp huyện": {
        "Nhận": "4963",
        "Trực tuyến": "3636",
        "Mức độ 3 trở lên": "73.26",
        "Mức độ 4": "1.05",
        "Giải quyết": "4903",
        "Đang giải quyết": "60",
        "Tỷ lệ đúng hạn": "100",
    },
    "Cấp xã": {
        "Nhận": "70815",
        "Trực tuyến": "18908",
        "Mức độ 3 trở lên": "26.70",
        "Giải quyết": "70815",
        "Quá hạn": "2",
        "Đang giải quyết": "0",
        "Tỷ lệ đúng hạn": "99.997",
    },
}
SHEET = {"Đã tiếp nhận": "received", "Đã giải quyết": "resolved", "Đang giải quyết": "open"}


def plain(text: str, language: str) -> str:
    """Return a figure as a program writes it."""
    thousands, decimal = ".," if language == "vi" else ",."
    return text.replace(thousands, "").replace(decimal, ".").removesuffix("%").strip()


def read(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def year_2021(visit: Visit, language: str = "vi") -> Visitor:
    manager = visit(language=language).sign_in(MANAGER)
    manager.field("Kỳ").select_option("2021")
    return manager.press("Xem")


def leads(manager: Visitor) -> dict[str, int]:
    """Return where the figures of the page lead, and the number that stands at each."""
    script = "links => links.map((link) => [link.getAttribute('href'), link.textContent])"
    found = manager.page.locator(LINKS).evaluate_all(script)
    return {href: read(text) for href, text in found}


def listed(manager: Visitor, hrefs: Iterable[str]) -> dict[str, int]:
    """Return how many each list says it holds, asked with the manager's own session."""
    kept = "; ".join(f"{one['name']}={one['value']}" for one in manager.context.cookies())
    connection = HTTPConnection(urlsplit(manager.address).netloc)
    found = {}
    for href in hrefs:  # straight from the server: the browser takes as long for each again
        connection.request("GET", href, headers={"Cookie": kept})
        answer = connection.getresponse()
        caption = CAPTION.search(answer.read().decode())
        assert answer.status == HTTPStatus.OK, href
        assert caption, href
        found[href] = read(caption[1])
    connection.close()
    return found


def test_the_year_2021_reads_as_it_was_published(visit: Visit, language: str) -> None:
    manager = year_2021(visit, language)
    for tier, figures in PUBLISHED.items():
        head = manager.page.get_by_role("rowheader", name=manager.say(tier)).first
        for column, figure in figures.items():
            cell = head.locator(f"xpath=../td[@data-label='{manager.say(column)}']")
            assert plain(cell.inner_text(), language) == figure, (tier, column)


@pytest.mark.long
def test_every_number_of_the_page_equals_the_list_behind_it(visit: Visit) -> None:
    manager = year_2021(visit)
    found = leads(manager)
    assert len(found) > 100
    assert listed(manager, found) == found


def test_a_number_opens_the_list_of_exactly_its_dossiers(visit: Visit, language: str) -> None:
    manager = year_2021(visit, language)
    found = leads(manager)
    for figure, expected in (("overdue", 2), ("open", 60)):
        href = next(one for one in found if f"figure={figure}&" in one)
        assert found[href] == expected
        manager.open(href)
        codes = set(on_page(manager))
        while manager.page.locator("a[rel=next]").count():
            manager.follow("Trang sau")
            codes |= set(on_page(manager))
        assert len(codes) == expected


def on_page(manager: Visitor) -> list[str]:
    return manager.page.locator("tbody a.code").all_inner_texts()


def test_the_workbook_says_what_the_page_says(visit: Visit, language: str, tmp_path: Path) -> None:
    manager = year_2021(visit, language)
    with manager.page.expect_download() as started:
        manager.link("Excel").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert file.name == "onestop-20210101-20211231.xlsx"
    book = load_workbook(file)
    heads, *_, last = book.worksheets[0].iter_rows(values_only=True)
    total = dict(zip(heads, last, strict=True))
    found = leads(manager)
    for word, figure in SHEET.items():
        href = f"/dossiers?figure={figure}&from=2021-01-01&to=2021-12-31"
        assert total[manager.say(word)] == found[href]
    assert total[f"{manager.say('Đúng hạn')} (%)"] == 99.997

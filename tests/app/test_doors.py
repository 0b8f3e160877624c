"""The navigation: five words for a role, the open one marked, a count where it saves a look."""

import re

import pytest

from tests.client import PolicingClient
from tests.dossiers.given import COMMUNE_CLERK, COMMUNE_LEADER, COMMUNE_OFFICER, received, submitted

MANAGER = "theodoi1.thanhtri"
ADMINISTRATOR = "quantri.thanhtri"
ENTRY = re.compile(r"<a href=\"([^\"]+)\"(?: aria-current=\"(\w+)\")?>([^<]+)(?:<span[^>]*>(\d+))?")


def entries(page: str) -> dict[str, tuple[str, str, str]]:
    found = page.split('class="mainnav"')[1].split("</nav>")[0]
    return {word: (href, current, tally) for href, current, word, tally in ENTRY.findall(found)}


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("username", "first"),
    [
        (COMMUNE_CLERK, "Bàn làm việc"),
        (COMMUNE_OFFICER, "Việc của tôi"),
        (COMMUNE_LEADER, "Việc của tôi"),
        (MANAGER, "Tỷ lệ"),
    ],
)
def test_each_role_begins_with_its_own_work(
    client: PolicingClient, username: str, first: str
) -> None:
    client.sign_in(username)
    found = entries(client.get("/start", follow_redirects=True).text)
    assert next(iter(found)) == first
    assert found[first][1] == "page"
    assert len(found) <= 5


def test_an_administrator_sees_no_dossiers(client: PolicingClient) -> None:
    client.sign_in(ADMINISTRATOR)
    found = entries(client.get("/admin/agencies").text)
    assert "Các cơ quan" in found
    assert not any(href.startswith(("/desk", "/dossiers")) for href, *_ in found.values())


def test_a_clerk_sees_how_many_submissions_wait(client: PolicingClient) -> None:
    for _ in range(3):
        submitted()
    client.sign_in(COMMUNE_CLERK)
    assert entries(client.get("/receive").text)["Trực tuyến mới"][2] == "3"


def test_the_list_that_is_open_is_the_entry_that_is_marked(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    found = entries(client.get("/desk?view=new_online").text)
    assert found["Trực tuyến mới"][1] == "page"
    assert found["Bàn làm việc"][1] == ""
    assert entries(client.get("/desk?view=ready").text)["Bàn làm việc"][1] == "page"


def test_a_page_behind_an_entry_marks_it_as_the_way_back(client: PolicingClient) -> None:
    dossier = received()
    client.sign_in(COMMUNE_CLERK)
    found = entries(client.get(f"/dossiers/{dossier.code}").text)
    assert found["Bàn làm việc"][1] == "true"
    papers = client.get(f"/dossiers/{dossier.code}/papers").text
    assert entries(papers)["Bàn làm việc"][1] == "true"
    assert '<a href="/admin/calendar">Lịch làm việc</a>' in papers, "in the foot of every page"
    client.post("/logout")
    client.sign_in(ADMINISTRATOR)
    assert entries(client.get("/admin/procedures/C-HT-12").text)["Danh mục"][1] == "true"
    client.post("/logout")
    assert entries(client.get("/procedures/C-HT-12").text)["Thủ tục"][1] == "true"


@pytest.mark.parametrize(
    ("path", "data", "entry"),
    [
        ("/queue", {"counter": ""}, "Bàn làm việc"),
        ("/desk/many", {"verb": "hand_over", "code": "H26.91.27-210104-0001"}, "Bàn làm việc"),
        ("/desk/print", {"code": "H26.91.27-210104-0001"}, "Bàn làm việc"),
        ("/register", None, "Sổ theo dõi"),
    ],
)
def test_what_a_form_answers_lies_behind_the_entry_of_its_form(
    client: PolicingClient, path: str, data: dict[str, str] | None, entry: str
) -> None:
    client.sign_in(COMMUNE_CLERK)
    answer = client.post(path, data=data) if data else client.get(path)
    assert entries(answer.text)[entry][1] == "true"


def test_a_dossier_leads_back_by_the_word_of_the_entry_that_it_lies_behind(
    client: PolicingClient,
) -> None:
    dossier = received()
    for account, entry in ((COMMUNE_CLERK, "Bàn làm việc"), (COMMUNE_LEADER, "Đang giải quyết")):
        client.sign_in(account)
        assert f'<a href="/desk">{entry}</a> <span' in client.get(f"/dossiers/{dossier.code}").text
        client.post("/logout")


def test_what_can_be_submitted_online_lies_behind_its_own_entry(client: PolicingClient) -> None:
    online = client.get("/submit", follow_redirects=True).text
    assert entries(online)["Nộp trực tuyến"][1] == "true"
    assert entries(online)["Thủ tục"][1] == ""
    assert "Nộp hồ sơ qua mạng</h1>" in online
    client.sign_in(COMMUNE_CLERK)
    assert entries(client.get("/procedures?level=online").text)["Thủ tục"][1] == "page"


@pytest.mark.parametrize("path", ["/", "/status", "/procedures", "/statistics", "/no-such-page"])
def test_citizens_have_the_same_five_words_everywhere(client: PolicingClient, path: str) -> None:
    found = entries(client.get(path).text)
    assert list(found) == ["Trang chủ", "Tra cứu hồ sơ", "Thủ tục", "Nộp trực tuyến", "Thống kê"]
    assert [href for href, current, _ in found.values() if current == "page"] == (
        [path] if path != "/no-such-page" else []
    )


def test_a_template_asks_anew_for_each_reader_what_he_may_open(client: PolicingClient) -> None:
    shown = []
    for username in (COMMUNE_CLERK, COMMUNE_OFFICER):
        client.sign_in(username)
        shown.append('data-key="n"' in client.get("/desk").text)
        client.post("/logout")
    assert shown == [True, False], "receiving is offered to the clerk alone"


@pytest.mark.parametrize(
    ("username", "path", "status", "way_on"),
    [
        (None, "/no-such-page", 404, "/status"),
        (COMMUNE_CLERK, "/no-such-page", 404, "/desk"),
        (COMMUNE_CLERK, "/rates", 403, "/receive"),
    ],
)
def test_a_page_that_cannot_be_shown_leads_on(
    client: PolicingClient, username: str | None, path: str, status: int, way_on: str
) -> None:
    if username:
        client.sign_in(username)
    answer = client.get(path)
    assert answer.status_code == status
    main = answer.text.split("<main")[1]
    assert f'<a href="{way_on}">' in main

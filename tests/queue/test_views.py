import re

import pytest

from tests.client import PolicingClient, rows
from tests.dossiers.given import COMMUNE_CLERK, NEIGHBOUR


@pytest.fixture
def secret(client: PolicingClient) -> str:
    client.sign_in(COMMUNE_CLERK)
    page = client.post("/queue/open", follow_redirects=True).text
    found = re.search(r"/kiosk/([\w-]+)", page)
    assert found is not None
    assert found[1] not in client.get("/queue").text, "it is told once"
    return found[1]


def press(client: PolicingClient, secret: str) -> str:
    key = re.search(r'name="key"[^>]*value="(\w+)"', client.get(f"/kiosk/{secret}").text)
    assert key is not None
    answer = client.post(f"/kiosk/{secret}", data={"key": key[1]})
    assert answer.status_code == 302
    return str(answer.location)


def test_from_the_kiosk_to_the_counter(client: PolicingClient, secret: str) -> None:
    first, second = press(client, secret), press(client, secret)
    assert (first, second) == (f"/kiosk/{secret}/1", f"/kiosk/{secret}/2")
    assert "Trước bạn còn 1 người" in client.get(second).text
    assert "2 người đang chờ" in client.get("/queue/waiting").text
    assert client.post("/queue", data={"counter": "Quầy 3"}).status_code == 302
    assert "Quầy 3" in client.get(f"/hall/{secret}/board").text
    assert "Quầy 3" in client.get(first).text
    assert "Bạn là người tiếp theo" in client.get(second).text
    assert 'value="Quầy 3"' in client.get("/queue").text, "the counter is remembered"
    assert client.post("/queue/absent").status_code == 302
    assert "Quầy 3" not in client.get(f"/hall/{secret}/board").text
    assert client.post("/queue/again").status_code == 302
    assert "Quầy 3" in client.get(f"/hall/{secret}").text


def test_the_name_of_a_counter_is_vietnamese_on_every_page_that_shows_it(
    client: PolicingClient, secret: str
) -> None:
    first, second = press(client, secret), press(client, secret)
    for number in (first, second):
        client.post("/queue", data={"counter": "3"})
        assert 'lang="vi">Quầy 3<' in client.get(number).text
    assert client.get(f"/hall/{secret}").text.count('lang="vi">Quầy 3<') == 2
    assert 'lang="vi">Quầy 3<' in client.get("/queue").text


@pytest.mark.parametrize(("counter", "says"), [("", "Hãy ghi tên quầy."), ("Q" * 21, "Dài quá")])
def test_a_counter_without_a_fit_name_is_refused_at_its_field(
    client: PolicingClient, secret: str, counter: str, says: str
) -> None:
    press(client, secret)
    answer = client.post("/queue", data={"counter": counter})
    assert answer.status_code == 422
    assert says in answer.text
    assert "1 người đang chờ" in answer.text


def test_nobody_waiting_is_said(client: PolicingClient, secret: str) -> None:
    assert secret
    answer = client.post("/queue", data={"counter": "Quầy 1"})
    assert answer.status_code == 422
    assert "Không còn ai đang chờ." in answer.text
    again = client.post("/queue/again")
    assert again.status_code == 409
    assert "Bạn chưa gọi số nào hôm nay." in again.text


def test_a_desk_that_gives_no_numbers_is_not_asked_to_call_one(client: PolicingClient) -> None:
    client.sign_in(COMMUNE_CLERK)
    page = client.get("/queue").text
    assert "Bàn này chưa cấp số" in page
    assert "Gọi số tiếp theo" not in page
    assert page.count('class="btn btn-primary"') == 1, "to begin is the one thing to do"
    client.post("/queue/open")
    assert "Gọi số tiếp theo" in client.get("/queue").text
    assert "gọi lại" not in client.get("/queue").text, "there is none to call once more"


def test_an_unknown_secret_and_one_taken_back_lead_nowhere(
    client: PolicingClient, secret: str
) -> None:
    assert client.get("/kiosk/nobody").status_code == 404
    assert client.post("/queue/end").status_code == 302
    for path in ("kiosk", "hall"):
        assert client.get(f"/{path}/{secret}").status_code == 404
    assert client.post(f"/kiosk/{secret}").status_code == 404


@pytest.mark.on_both_databases
def test_the_screen_and_the_kiosk_name_nobody(client: PolicingClient, secret: str) -> None:
    client.post("/logout")
    for path in (press(client, secret), f"/hall/{secret}", f"/kiosk/{secret}"):
        assert client.get(path).status_code == 200


@pytest.mark.on_both_databases
def test_each_number_of_the_waiting_times_opens_its_list(
    client: PolicingClient, secret: str
) -> None:
    for _ in range(3):
        press(client, secret)
    client.post("/queue", data={"counter": "Quầy 2"})
    client.post("/queue/absent")
    client.post("/queue", data={"counter": "Quầy 1"})
    client.sign_in("theodoi1.thanhtri")
    page = client.get("/queue/waits").text
    addresses = re.findall(r'href="(/queue/tickets[^"]*)">(\d+)<', page)
    assert [number for _, number in addresses] == ["3", "2", "1", "3", "2", "1"]
    for address, number in addresses:
        assert f"{number} số" in client.get(address.replace("&amp;", "&")).text
    assert client.get("/queue/waits?from=2021-02-30").status_code == 422
    told = rows(client, "/queue/waits.csv")
    assert [(row["Bàn"], row["Số đã cấp"]) for row in told] == [
        ("Xã Ngọc Hồi", "3"),
        ("Tổng cộng", "3"),
    ]
    told = rows(client, "/queue/tickets.csv?desk=H26.91.27")
    assert [(row["Số"], row["Quầy"], row["Tình trạng"]) for row in told] == [
        ("3", "", "đang chờ"),
        ("2", "Quầy 1", "đã gọi"),
        ("1", "Quầy 2", "vắng mặt"),
    ]
    assert told[0]["Bộ lọc"].endswith("; Bàn: Xã Ngọc Hồi")
    told = rows(client, "/queue/tickets.csv?only=absent")
    assert [(row["Số"], row["Bộ lọc"].rpartition("; ")[2]) for row in told] == [
        ("1", "Tình trạng: vắng mặt")
    ]
    page = client.get("/queue/tickets?desk=H26.91.27&only=absent").text
    kept = re.findall(r'type="hidden" name="(desk|only)" value="([^"]+)"', page)
    assert kept == [("desk", "H26.91.27"), ("only", "absent")], "another period of the same"
    assert client.get("/queue/tickets?only=late").status_code == 404
    none = client.get("/queue/tickets?only=absent&from=2021-01-01&to=2021-01-01").text
    assert "không có số nào vắng mặt" in none
    assert "Không có số nào được cấp" not in none
    assert rows(client, "/queue/tickets.csv?from=2021-01-01&to=2021-01-01")[0]["Số"] == ""
    for path in ("/queue/waits.csv?from=2021-02-30", "/queue/tickets.xlsx?from=2021-02-30"):
        assert client.get(path).status_code == 404
    assert client.get("/queue/waits?from=2021-12-31&to=2021-01-01").status_code == 422
    assert client.get("/queue/tickets?desk=nowhere").status_code == 404


def test_a_desk_reads_the_waits_of_nobody_else(client: PolicingClient, secret: str) -> None:
    press(client, secret)
    client.sign_in(NEIGHBOUR)
    assert "Không có ai đang chờ." in client.get("/queue").text


@pytest.mark.parametrize("number", ["0", "2", "2147483648", "99999999999999999999"])
def test_a_number_that_was_never_given_out_is_not_found(
    client: PolicingClient, secret: str, number: str
) -> None:
    press(client, secret)
    assert client.get(f"/kiosk/{secret}/{number}").status_code == 404

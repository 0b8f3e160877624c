from datetime import date

import pytest

from tests.client import PolicingClient
from tests.conftest import Budget
from tests.organisation.given import COMMUNE, DISTRICT, NEIGHBOUR, changed, closed

ADMINISTRATOR = "quantri.thanhtri"
PAGE = "/admin/agencies"


@pytest.fixture
def administrator(client: PolicingClient) -> PolicingClient:
    client.sign_in(ADMINISTRATOR)
    return client


def test_an_administrator_sees_the_tree_of_a_date(administrator: PolicingClient) -> None:
    changed(COMMUNE, date(2025, 7, 1), name_vi="Xã Đại Thanh")
    before = administrator.get(f"{PAGE}?on=2025-06-30").text
    after = administrator.get(f"{PAGE}?on=2025-07-01").text
    assert "Xã Đại Áng" in before
    assert "30/06/2025" in before
    assert "Xã Đại Thanh" in after
    assert "Xã Đại Áng" not in after


def test_beside_its_last_day_stands_who_takes_over(administrator: PolicingClient) -> None:
    closed(COMMUNE, date(2025, 6, 30), heir=NEIGHBOUR)
    page = administrator.get(f"{PAGE}?on=2025-06-30").text
    assert page.count("rồi Xã Đông Mỹ kế thừa") == 1


def test_without_a_date_it_is_the_tree_of_today(administrator: PolicingClient) -> None:
    closed(COMMUNE, date(2025, 6, 30))
    assert "Xã Đại Áng" not in administrator.get(PAGE).text


def test_agencies_stand_below_those_they_belong_to(administrator: PolicingClient) -> None:
    page = administrator.get(f"{PAGE}?on=2021-06-30").text
    places = [page.index(name) for name in ("Thành phố Hà Nội", DISTRICT, "Phòng Nội vụ")]
    assert places == sorted(places)


def test_before_there_were_agencies_the_page_says_so(administrator: PolicingClient) -> None:
    assert "Chưa có cơ quan nào" in administrator.get(f"{PAGE}?on=1900-01-01").text


@pytest.mark.parametrize(
    "asked", ["x", "2021-02-30", "30/06/2021", "<script>", "2021-06-30T00:00", "99999-01-01"]
)
def test_what_is_no_date_is_said_at_its_field(administrator: PolicingClient, asked: str) -> None:
    answer = administrator.get(f"{PAGE}?on={asked}")
    assert answer.status_code == 422
    assert "Hãy nhập một ngày có thật." in answer.text


@pytest.mark.parametrize("asked", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_dates(administrator: PolicingClient, asked: str) -> None:
    assert administrator.get(f"{PAGE}?on={asked}").status_code == 200


def test_agencies_have_english_names(client: PolicingClient) -> None:
    client.set_cookie("language", "en")
    client.sign_in(ADMINISTRATOR)
    assert "Thanh Tri District" in client.get(PAGE).text


@pytest.mark.parametrize("username", ["motcua1.thanhtri", "chutich.thanhtri", "kiemtra.thanhtri"])
def test_the_organisation_is_managed_by_administrators(
    client: PolicingClient, username: str
) -> None:
    client.sign_in(username)
    assert client.get(PAGE).status_code == 403


def test_the_page_costs_the_same_however_large_the_tree(
    administrator: PolicingClient, budget: Budget
) -> None:
    administrator.get(PAGE)  # the process then remembers catalogue and hours
    with budget(4):  # the account, its tree, the tree of the date, the banner of the demonstration
        administrator.get(f"{PAGE}?on=2021-06-30")
    with budget(4):
        administrator.get(f"{PAGE}?on=1900-01-01")

from datetime import date

import pytest

from onestop.base.edge import transaction
from onestop.deadlines import actions
from onestop.organisation import queries as organisation
from tests.client import PolicingClient

PAGE = "/admin/calendar"


@pytest.fixture
def reader(client: PolicingClient) -> PolicingClient:
    client.sign_in("motcua1.ngochoi")
    return client


def test_a_year_shows_its_departures_with_the_decision_behind_them(reader: PolicingClient) -> None:
    page = reader.get(f"{PAGE}?year=2024").text
    assert "251 ngày làm việc" in page
    assert "Làm bù" in page
    assert "04/05/2024" in page
    assert "Bộ luật Lao động 2019" in page


def test_a_year_that_is_not_announced_says_so(reader: PolicingClient) -> None:
    assert "chưa công bố" in reader.get(f"{PAGE}?year=2027").text
    assert "chưa công bố" not in reader.get(f"{PAGE}?year=2021").text


@pytest.mark.on_both_databases
def test_without_a_year_it_is_this_one(reader: PolicingClient) -> None:
    assert reader.get(PAGE).status_code == 200


@pytest.mark.parametrize("year", ["x", "1850", "99999", ""])
def test_a_year_without_a_calendar_is_said_at_its_field(reader: PolicingClient, year: str) -> None:
    answer = reader.get(f"{PAGE}?year={year}")
    assert answer.status_code == 422
    assert "Không có lịch của năm này." in answer.text


def test_offices_with_hours_of_their_own_are_named(reader: PolicingClient) -> None:
    agency = organisation.by_code("H26.91.27")
    assert agency is not None
    with transaction():
        actions.set_hours(agency.id, date(2021, 4, 15), "07:30-11:30,13:30-17:00")
    page = reader.get(PAGE).text
    assert "07:30–11:30, 13:30–17:00" in page
    assert "15/04/2021" in page


def test_the_calendar_has_english_names(client: PolicingClient) -> None:
    client.set_cookie("language", "en")
    client.sign_in("motcua1.ngochoi")
    assert "Labour Code 2019" in client.get(f"{PAGE}?year=2024").text

from datetime import date

import pytest
from flask import Flask

from onestop.app import doors
from onestop.base.edge import transaction
from onestop.base.languages import in_language
from onestop.deadlines import actions as deadlines
from onestop.organisation import queries
from tests.client import PolicingClient
from tests.organisation.given import changed


@pytest.mark.parametrize(
    ("language", "name", "house"),
    [
        ("vi", "Một cửa Thanh Trì", "Ủy ban nhân dân huyện Thanh Trì"),
        ("en", "Thanh Tri One-Stop Shop", "People’s Committee of Thanh Tri District"),
    ],
)
def test_every_page_is_signed_by_the_highest_agency_with_a_desk(
    client: PolicingClient, language: str, name: str, house: str
) -> None:
    client.set_cookie("language", language)
    page = client.get("/").text.replace("&#39;", "'")
    assert f"<b>{name}</b>".replace("-", "\u2011") in page, "a name is not broken at its hyphen"
    assert f"– {name}</title>" in page
    assert house in page


def test_a_house_that_gets_another_name_is_called_by_it_at_once(client: PolicingClient) -> None:
    assert "Một cửa Thanh Trì" in client.get("/").text
    changed("H26.91", date(2025, 7, 1), name_vi="Phường Thử Nghiệm")
    assert "Một cửa Thử Nghiệm" in client.get("/").text


@pytest.mark.parametrize(
    ("today", "language", "shop"),
    [
        (date(2025, 6, 30), "vi", "Bộ phận Tiếp nhận và Trả kết quả"),
        (date(2025, 7, 1), "vi", "Trung tâm Phục vụ hành chính công"),
        (date(2025, 7, 1), "en", "Public Administration Service Centre"),
    ],
)
def test_the_sign_says_what_the_law_of_the_day_calls_a_shop(
    app: Flask, today: date, language: str, shop: str
) -> None:
    with app.test_request_context("/"), in_language(language):
        assert doors.sign(today).shop_title == shop


def test_whoever_gives_the_site_a_name_has_it(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SITE_NAME", "Trung tâm Phục vụ")
    assert "<b>Trung tâm Phục vụ</b>" in client.get("/").text


@pytest.mark.on_both_databases
def test_the_hours_on_every_page_are_those_of_the_house(client: PolicingClient) -> None:
    assert "8:00–\u206012:00 và 13:00–\u206017:00" in client.get("/").text
    agency = queries.by_code("H26.91")
    assert agency is not None
    with transaction():
        deadlines.set_hours(agency.id, date(2021, 1, 1), "07:30-11:30,13:30-17:00")
    hours = "7:30–\u206011:30 và 13:30–\u206017:00"
    assert client.get("/").text.count(hours) == 2, "in the foot, and where people come"


def test_a_house_that_is_open_on_saturday_mornings_says_so(client: PolicingClient) -> None:
    assert "thứ Bảy" not in client.get("/").text
    with transaction():
        deadlines.set_hours(None, date(2021, 1, 1), "08:00-12:00,13:00-17:00", saturday_intake=True)
    page = client.get("/").text
    assert "Sáng thứ Bảy, 8:00–\u206012:00: nhận hồ sơ và trả kết quả." in page
    assert "sáng thứ Bảy 8:00–\u206012:00 nhận và trả" in page, "in the foot of every page"


def test_the_icon_is_found_under_its_old_name(client: PolicingClient) -> None:
    answer = client.get("/favicon.ico", follow_redirects=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")

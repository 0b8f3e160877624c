"""The switch of languages: one link on every page, remembered, and back to where one was."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from onestop.base.languages import COOKIE
from tests.client import PolicingClient
from tests.dossiers.given import COMMUNE_CLERK, received

SWITCH = re.compile(r'<a href="(/language/[^"]+)" lang="(\w\w)" hreflang="(\w\w)">([^<]+)</a>')
FILTERED = "/procedures?q=khai+sinh&level=4"


def switch(page: str) -> tuple[str, str, str, str]:
    """Return where the switch leads, the language it names, and what it is called."""
    (found,) = SWITCH.findall(page)
    href, lang, hreflang, word = found
    return href.replace("&amp;", "&"), lang, hreflang, word


def back_to(page: str) -> str:
    return parse_qs(urlsplit(switch(page)[0]).query)["next"][0]


def test_the_switch_names_the_other_language_in_its_own_words(client: PolicingClient) -> None:
    assert switch(client.get("/").text)[1:] == ("en", "en", "English")
    client.set_cookie(COOKIE, "en")
    assert switch(client.get("/").text)[1:] == ("vi", "vi", "Tiếng Việt")


def test_the_choice_is_remembered_and_keeps_the_page_and_its_filters(
    client: PolicingClient,
) -> None:
    answer = client.get(switch(client.get(FILTERED).text)[0])
    assert answer.location == FILTERED
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    page = client.get(answer.location).text
    assert '<html lang="en">' in page
    assert 'value="khai sinh"' in page
    assert '<html lang="en">' in client.get("/statistics").text


def test_after_a_form_was_sent_the_switch_leads_to_an_address_that_can_be_read(
    client: PolicingClient,
) -> None:
    wrong = client.post("/status", data={})
    assert wrong.status_code == 422
    assert client.get(back_to(wrong.text)).status_code == 200
    client.sign_in(COMMUNE_CLERK)
    dossier = received()
    for path in ("/receive", f"/dossiers/{dossier.code}/return"):
        assert back_to(client.post(path, data={}).text) == path


def test_an_address_that_can_only_be_sent_to_is_not_led_back_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    refused = app.test_client().post("/logout", headers={"Accept": "text/html"})
    assert refused.status_code == 400
    assert back_to(refused.text) == "/"


@pytest.mark.parametrize(
    ("sent_to", "above"),
    [
        ("/desk/many?view=mine&state=9", "/desk?view=mine&state=9"),
        ("/tasks/others/many", "/tasks/others"),
        ("/receive/choice", "/receive"),
        ("/queue", "/queue"),
    ],
)
def test_from_an_address_that_can_only_be_sent_to_the_way_leads_to_the_page_above_it(
    client: PolicingClient, sent_to: str, above: str
) -> None:
    refused = client.post(sent_to, headers={"Accept": "text/html"})
    assert parse_qs(urlsplit(refused.location).query)["next"] == [above]


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", ""])
def test_the_switch_leads_nowhere_else(client: PolicingClient, elsewhere: str) -> None:
    assert client.get("/language/en", query_string={"next": elsewhere}).location == "/"


@pytest.mark.parametrize("unknown", ["xx", "en-GB", "", "<b>"])
def test_an_unknown_choice_is_vietnamese(client: PolicingClient, unknown: str) -> None:
    client.set_cookie(COOKIE, unknown)
    assert '<html lang="vi">' in client.get("/").text
    assert client.get("/language/xx").status_code == 404


def test_a_cookie_of_another_site_that_is_no_text_stops_no_page(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    said = {"HTTP_COOKIE": f"other=\xff\xfe; {COOKIE}=en"}
    answer = client.get("/", environ_overrides=said)
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.text

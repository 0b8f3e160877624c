"""The rules that every page of a journey is held to: each is broken once, and seen to be."""

import re

import pytest
from playwright.sync_api import Route

from onestop.app.factory import CONTENT_POLICY
from tests.browser import PHONE, WIDE, Visitor, Windows
from tests.journeys.conftest import Visit
from tests.journeys.test_citizen import CLERK
from tests.site import Site

POLICY = "; ".join(f"{name} {source}" for name, source in CONTENT_POLICY.items())
PAGE = (
    "<!doctype html><html lang=vi><meta name=viewport content='width=device-width'><title>Trang"
    "</title><link rel=icon href=data:,><main><h1>Trang</h1>%s</main></html>"
)
STATE = """() => [localStorage.length, sessionStorage.length, matchMedia("screen").matches,
  matchMedia("(prefers-color-scheme: dark)").matches, innerWidth]"""
OTHER = "http://192.0.2.1/picture.png"


@pytest.mark.parametrize(
    ("body", "headers", "status", "problem"),
    [
        ("<p onclick='run()'>gõ</p>", {"Content-Security-Policy": POLICY}, 200, "console"),
        ("<script>missing()</script>", {}, 200, "missing is not defined"),
        ("<script>console.warn('careful')</script>", {}, 200, "careful"),
        (f"<img alt='' src='{OTHER}'>", {}, 200, "another host"),
        ("<img alt='' src='/static/nothing.png'>", {}, 200, "404: "),
        ("<img src='/static/icons/mark.svg'>", {}, 200, "image-alt"),
        ("<p style='color: #ccc; background: #fff'>nhạt</p>", {}, 200, "color-contrast"),
        ("<p style='width: 60rem'>rộng</p>", {}, 200, "too wide for 390"),
        ("<p style='position: absolute; top: 0'>trên</p>", {}, 200, "covers another at 1280"),
        ("<p>hỏng</p>", {}, 500, "answered 500"),
    ],
)
def test_a_page_that_breaks_a_house_rule_fails_the_test(
    visit: Visit, body: str, headers: dict[str, str], status: int, problem: str
) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=status, headers=headers, content_type="text/html", body=PAGE % body)

    citizen = visit()
    citizen.page.route("**/broken", answer)
    citizen.page.route(OTHER, lambda route: route.fulfill(content_type="image/png", body=b""))
    with pytest.raises(AssertionError, match=problem):
        citizen.open("/broken")
    # What the console tells may come behind what was found.
    citizen.page.goto("about:blank")
    citizen.problems.clear()


def test_a_page_that_keeps_them_passes(visit: Visit) -> None:
    citizen = visit()
    citizen.page.route("**/good", lambda route: route.fulfill(content_type="text/html", body=PAGE))
    citizen.open("/good")


def test_whoever_comes_to_a_window_finds_nothing_of_the_visitor_before(
    site: Site,  # noqa: ARG001 - what the windows show
    windows: Windows,
) -> None:
    first = Visitor(windows, language="en").let_in(CLERK).open("/receive")
    first.field("Họ và tên, tên tổ chức").fill("Nguyễn Thị Thí Dụ")  # written down when it is left
    first.page.evaluate("sessionStorage.setItem('act', 'one')")
    first.page.route("**/desk", lambda route: route.abort())
    first.page.emulate_media(media="print", color_scheme="dark")
    first.page.set_viewport_size(PHONE)
    first.context.new_page()
    first.page.evaluate("document.body.offsetWidth && document.fonts.ready.then(() => true)")
    first.context.set_offline(True)  # only now: a letter still to be fetched would be missed
    first.close()
    second = Visitor(windows)
    assert second.page is first.page
    assert second.context.pages == [second.page]
    assert second.open("/").page.evaluate(STATE) == [0, 0, True, False, WIDE["width"]]
    assert second.let_in(CLERK).open("/desk").page.locator("html").get_attribute("lang") == "vi"
    second.close()


LINKED = "<section><p>gõ</p><a href='/good'>một</a></section>"
LABELLED = "<form><p><label for='name'>tên</label> <input id='name'></p></form>"


@pytest.mark.parametrize(
    ("good", "away", "instead", "problem"),
    [
        (LINKED, "</a>", "</a> <a href='/bad'></a>", "link-name"),
        (LABELLED, "<label for='name'>tên</label>", "", "label"),
        (LABELLED, "<p>", "<p style='color: #ccc; background: #fff'>nhạt ", "color-contrast"),
        (LABELLED, "<p>", "<p aria-hidden='true'>", "aria-hidden-focus"),
        (LINKED, "gõ", "g" * 100, "too wide for 390"),
    ],
)
def test_a_fault_beside_what_was_found_good_before_is_found(
    visit: Visit, good: str, away: str, instead: str, problem: str
) -> None:
    citizen = visit()
    pages = {"/good": PAGE % good, "/bad": PAGE % good.replace(away, instead)}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(citizen.address)
        route.fulfill(content_type="text/html", body=pages[path])

    citizen.page.route(re.compile("/(good|bad)$"), answer)
    citizen.open("/good")
    with pytest.raises(AssertionError, match=problem):
        citizen.open("/bad")

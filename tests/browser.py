"""Chromium wherever it can be had, and somebody who uses it and lets no page misbehave."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import html5lib
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    sync_playwright,
)

from onestop.base import languages
from tests.client import PASSWORD
from tests.seen import Seen

NAMES: Final = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    # One process builds all pages: its code stays warm.
    "--disable-gpu-rasterization",
    "--renderer-process-limit=1",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PLAYWRIGHT: Final = (sys.executable, "-m", "playwright", "install")
WIDE: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
PATIENCE: Final = 10_000  # milliseconds; a page takes a tenth of one second
EVERY: Final[Sequence[str]] = ()
# The rules whose answer hangs on colours or on the width of the window; the others read the
# document, which is the same in both themes.
SEEN: Final[Sequence[str]] = (
    "color-contrast",
    "link-in-text-block",
    "scrollable-region-focusable",
    "target-size",
)
PARTS: Final = Seen("part")
LAYOUTS: Final = Seen("layout")
GRAVE: Final = {"serious", "critical"}
NO_PRINTER: Final = "window.print = () => { window.printed = true; }"
BARE: Final = "<!doctype html><link rel='icon' href='data:,'>"
FORGET: Final = "[localStorage, sessionStorage].forEach((kept) => kept.clear())"
# A part is an element as it and what it stands in are built, whatever text and numbers it has. One
# that bears a name is known by all that it holds, another by the kinds of its children.
WALK: Final = r"""const BEARERS = "a, button, label, legend, summary, caption, th, td, h1, h2, h3, svg, [role]";
const shape = (markup) => markup
  .replace(/>[^<]*[^<\s][^<]*</g, ">x<")
  .replace(/( (?:href|value|content|datetime|title|action|aria-label|placeholder|data-[a-z-]+)=")[^"]+/g, "$1x")
  .replace(/ (?:selected|autofocus)=""/g, "")
  .replace(/\d+/g, "0").replace(/\s+/g, " ");
const digest = (text) => {
  let high = 0xdeadbeef, low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 2654435761);
    low = Math.imul(low ^ text.charCodeAt(at), 1597334677);
  }
  return `${high >>> 0}-${low >>> 0}`;
};
const kinds = (part) => [...new Set([...part.children].map((child) => child.tagName))].sort().join();
const says = (part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
const parts = new Map();
const walk = (part, around) => {
  const place = digest(around + shape(part.cloneNode(false).outerHTML));
  const inner = part.matches(BEARERS) ? shape(`>${part.innerHTML}<`) : kinds(part) + says(part);
  parts.set(part, digest(place + inner));
  for (const child of part.children) walk(child, place);
};
walk(document.body, `${!document.title} ${!document.documentElement.lang}`);"""  # noqa: E501 - JavaScript
# All that can be seen and typed in a page but for its digits, which are all of one width, names its
# layout: what is alike in that is as wide and as high.
NAMED: Final = f"""() => {{
  {WALK}
  const markup = document.documentElement.outerHTML.replace(/<input[^>]*type="hidden"[^>]*>/g, "")
    .replace(/ (?:href|action|datetime)="[^"]*"/g, "");
  const typed = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .map((field) => `${{field.checked}} ${{field.value}}`);
  const layout = digest(JSON.stringify([markup, ...typed]).replace(/\\d/g, "0"));
  return {{parts: [...new Set(parts.values())], layout}};
}}"""
# Axe is shown the first of parts that are alike, and none that it found good before in the same
# place, unless what surrounds it is new. A rule that would tell nothing grave is not asked: what it
# finds is as grave as the rule. It loads no style sheet a second time either: that serves rules
# about how a telephone is held and about sound.
AXE: Final = f"""async ({{rules, known, grave}}) => {{
  {WALK}
  const before = new Set(known), shown = new Set();
  for (const [part, name] of parts) {{
    if (before.has(name)) continue;
    before.add(name);
    for (const child of part.children) shown.add(child);
    for (let box = part; box && !shown.has(box); box = box.parentElement) shown.add(box);
  }}
  const exclude = [...parts.keys()].filter((part) => !shown.has(part) && shown.has(part.parentElement));
  const mild = axe._audit.rules.filter(({{impact}}) => impact && !grave.includes(impact)).map(({{id}}) => [id, {{enabled: false}}]);
  const only = rules.length ? {{runOnly: {{type: "rule", values: rules}}}} : {{rules: Object.fromEntries(mild)}};
  const found = await axe.run({{exclude}}, {{resultTypes: ["violations"], preload: false, ...only}});
  return found.violations.flatMap(({{id, impact, nodes}}) =>
    nodes.map((node) => [impact, `${{id}}: ${{node.html}}; ${{node.failureSummary}}`]));
}}"""  # noqa: E501 - JavaScript
# Boxes that stand in one column or beside one another share no spot.
OUT_OF_PLACE: Final = """(size) => {
  const width = document.documentElement.clientWidth;
  const over = (box) => box.getBoundingClientRect().right > width + 1;
  const boxed = [...document.body.querySelectorAll("*")].filter(over);
  const wide = document.documentElement.scrollWidth <= width ? [] : boxed.length ? boxed : [document.body];
  const boxes = (parent) => [...parent.children].map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => one.innerText?.trim() && box.width > 1 && box.height > 1);
  const meet = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
    && one.top < other.bottom - 1 && other.top < one.bottom - 1;
  const covered = [...document.querySelectorAll("main, main > .frame, .stack, .two")].flatMap((parent) => {
    const found = boxes(parent);
    return found.filter(([, box], place) => found.slice(0, place).some(([, other]) => meet(box, other)))
      .map(([one]) => one);
  });
  return [...wide.map((box) => `too wide for ${size}: ${box.outerHTML.slice(0, 120)}`),
    ...covered.map((box) => `covers another at ${size}: ${box.outerHTML.slice(0, 120)}`)];
}"""  # noqa: E501 - JavaScript


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium: the one of the path, else Playwright's own, else one that is got now."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=executable(own), args=FLAGS)
        yield browser
        browser.close()


def ways_to_get_one() -> Sequence[Sequence[str]]:
    """Return the commands that bring a Chromium to this machine, the best first."""
    if os.geteuid() != 0:
        return [[*PLAYWRIGHT, "chromium"]]
    ways = [[*PLAYWRIGHT, "--with-deps", "chromium"]]
    if shutil.which("apt-get"):
        get = "apt-get install -y --no-install-recommends"
        either = f"{get} chromium-headless-shell || {get} chromium"
        ways.insert(0, ["sh", "-c", f"apt-get update && {{ {either}; }}"])
    return ways


def executable(own: Path) -> Path | None:
    """Return the Chromium to start, or None for Playwright's `own`."""
    tried = []
    for way in [None, *ways_to_get_one()]:
        if way is not None:
            tried.append(" ".join(way))
            subprocess.run(way, check=False, stdout=sys.stderr)  # noqa: S603 - one of our own
        if installed := on_the_path():
            return installed
        if own.is_file():
            return None
    raise RuntimeError("The browser tests need Chromium; run: " + ", or: ".join(tried))


def on_the_path() -> Path | None:
    """Return a Chromium of the path that starts; some are only a hint to install another."""
    for name in NAMES:
        found = shutil.which(name)
        if found is None:
            continue
        asked = [found, "--version", "--no-sandbox"]
        if subprocess.run(asked, check=False, capture_output=True).returncode == 0:  # noqa: S603
            return Path(found)
    return None


class Windows:
    """The windows of one browser on one site; whoever leaves one leaves it as good as new.

    A window of one's own costs as much as two pages: a process, a profile, a cache that is empty.
    So it is opened once, for one visitor after the other.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.free: dict[bool, list[Page]] = {True: [], False: []}

    def take(self, *, javascript: bool) -> Page:
        """Return a window in which nobody has been, as far as pages can tell."""
        free = self.free[javascript]
        return free.pop() if free else self._opened(javascript)

    def give_back(self, page: Page, *, javascript: bool) -> None:
        """Wipe out what a visitor did and kept there; the next one begins with that window."""
        page.context.set_offline(False)
        page.route("**/left", lambda route: route.fulfill(content_type="text/html", body=BARE))
        page.goto("/left")  # what a page writes while it is left is written now
        page.evaluate(FORGET)
        page.unroute_all()
        for other in page.context.pages:
            if other != page:
                other.close()
        page.context.clear_cookies()
        page.emulate_media(media="null", color_scheme="light")
        if page.viewport_size != WIDE:
            page.set_viewport_size(WIDE)
        self.free[javascript].append(page)

    def _opened(self, javascript: bool) -> Page:
        context = self.browser.new_context(
            base_url=self.address,
            viewport=WIDE,
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NO_PRINTER)
        return context.new_page()


class Visitor:
    """Somebody at a window of their own; on every page they come to, the house rules hold.

    No error in the console (so nothing that the policy refuses), nothing from another host, no
    fault of the server, no serious finding of axe, no sideways scrolling on a phone, no box that
    covers another.
    """

    def __init__(self, windows: Windows, *, language: str = "vi", javascript: bool = True) -> None:
        self.windows, self.address = windows, windows.address
        self.language, self.javascript = language, javascript
        self.page = windows.take(javascript=javascript)
        self.context = self.page.context
        if language != "vi":
            cookie = {"name": languages.COOKIE, "value": language, "url": self.address}
            self.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright's
        self.problems: list[str] = []
        self.pages: set[str] = set()
        self.known: list[str] = []
        self.heard: list[tuple[str, Callable[..., object]]] = []
        self.hear("request", self._asked)
        self.hear("response", self._answered)
        self.hear("console", self._told)
        self.hear("pageerror", lambda error: self.problems.append(f"error: {error}"))

    # Going about

    def open(self, path: str, *, status: int = 200) -> Self:
        """Go to an address."""
        self._came(self.page.goto(path), status)
        return self.examine()

    def sign_in(self, username: str) -> Self:
        """Log in with the password of the demonstration, and come to the first page of the role."""
        self.page.goto("/login")
        self.field("Tên đăng nhập").fill(username)
        self.field("Mật khẩu").fill(PASSWORD)
        with self.page.expect_navigation():
            self.button("Đăng nhập").click()
        return self

    def let_in(self, username: str) -> Self:
        """Log in without looking at a page: for whoever is about something else."""
        asked = html5lib.parse(self.context.request.get("/login").text())
        hidden = asked.iterfind(".//*[@name='csrf_token']")
        said: dict[str, str | float | bool] = {"username": username, "password": PASSWORD}
        said |= {field.get("name", ""): field.get("value", "") for field in hidden}
        answer = self.context.request.post("/login", form=said, max_redirects=0)
        assert answer.status == 302, answer.text()
        return self

    def press(self, label: str, *, status: int = 200, **values: str) -> Self:
        """Press the button of that label, which leads to a page."""
        return self.after(self.button(label, **values).click, status=status)

    def follow(self, label: str, *, status: int = 200, **values: str) -> Self:
        """Follow the first link of that label."""
        return self.after(self.link(label, **values).click, status=status)

    def save(self, *, status: int = 200) -> Self:
        """Press the keys of the page's own act, which leads to a page."""
        return self.after(lambda: self.page.keyboard.press("Control+Enter"), status=status)

    def after(self, act: Callable[[], None], *, status: int = 200) -> Self:
        """Do what leads to another page, and look at that page."""
        with self.page.expect_navigation() as coming:
            act()
        self._came(coming.value, status)
        return self.examine()

    # Finding things the way a person or a screen reader does

    def say(self, text: str, **values: str) -> str:
        """Return `text` as this visitor reads it."""
        said = languages.catalogue(self.language).gettext(text) if self.language != "vi" else text
        return said % values if values else said

    def field(self, label: str) -> Locator:
        """Return the field of a label."""
        return self.page.get_by_label(self.say(label), exact=True)

    def button(self, label: str, **values: str) -> Locator:
        """Return the first button of the main part whose name holds a label."""
        return self.main.get_by_role("button", name=self.say(label, **values)).first

    def link(self, label: str, **values: str) -> Locator:
        """Return the first link of the main part whose name holds a label."""
        return self.main.get_by_role("link", name=self.say(label, **values)).first

    @property
    def main(self) -> Locator:
        """Return the main part of the page."""
        return self.page.locator("main")

    @property
    def heading(self) -> str:
        """Return the title of the page as it stands on top of it."""
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """Return what can be read in the main part of the page."""
        return self.main.inner_text()

    # The house rules

    def examine(self) -> Self:
        """Hold the page as it stands now to the house rules."""
        self.page.wait_for_load_state()
        named = self.page.evaluate(NAMED)
        layout = f"{named['layout']} {self.javascript}"
        new = self._new_parts(named["parts"])
        problems = self._out_of_place(WIDE)
        if new:
            self.page.evaluate(AXE_SCRIPT)
            problems += self._found("light", EVERY)
        if new or layout not in LAYOUTS:
            problems += self._on_a_phone(new)
        problems += self.problems
        assert not problems, "\n".join([self.page.url, *problems])
        LAYOUTS.add(layout)
        for part in new:
            PARTS.add(part)
        return self

    def hear(self, event: str, handler: Callable[..., object]) -> None:
        """Be told of what happens to the page, for as long as the visit lasts."""
        self.page.on(event, handler)  # type: ignore[call-overload]  # one overload for each event
        self.heard.append((event, handler))

    def close(self) -> None:
        """Leave; what went wrong since the last page was looked at is told now."""
        self.windows.give_back(self.page, javascript=self.javascript)
        for event, handler in self.heard:
            self.page.remove_listener(event, handler)
        assert not self.problems, "\n".join(self.problems)

    def _came(self, answer: Response | None, status: int) -> None:
        assert answer is not None, "no page came"
        said = f"{answer.url} answered {answer.status}\n{self.text}"
        assert answer.status == status, said

    def _on_a_phone(self, new: Sequence[str]) -> list[str]:
        """Return what is wrong where the page is narrow, and where it is dark as well.

        To be dark costs as much as the rest, and makes nothing wider.
        """
        self.page.set_viewport_size(PHONE)
        problems = self._out_of_place(PHONE)
        if new:
            self.page.emulate_media(color_scheme="dark")
            problems += self._found("dark", SEEN)
            self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)
        return problems

    def _new_parts(self, names: Sequence[str]) -> list[str]:
        """Return the parts of the page that axe has not found good yet."""
        if not self.javascript:  # axe is a script, and needs them
            return []
        self.known = [name for name in names if name in PARTS]
        return [name for name in names if name not in PARTS]

    def _found(self, theme: str, rules: Sequence[str]) -> list[str]:
        """Return what is grave in the parts that are new, and in what they hold."""
        found = self.page.evaluate(AXE, {"rules": rules, "known": self.known, "grave": list(GRAVE)})
        return [f"{theme}, {text}" for impact, text in found if impact in GRAVE]

    def _out_of_place(self, size: ViewportSize) -> list[str]:
        problems: list[str] = self.page.evaluate(OUT_OF_PLACE, size["width"])
        return problems

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.problems.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.pages.add(response.url)
        elif response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def _told(self, message: ConsoleMessage) -> None:
        # Chromium calls a page an error when its status does; whoever came to it judges that.
        is_answer = (
            message.location["url"].partition("#")[0] in self.pages
            and "status of 4" in message.text
        )
        if message.type in {"error", "warning"} and not is_answer:
            self.problems.append(f"console: {message.text}")

"""The pictures of the README: `python -m tests.screenshots` takes them from the demonstration."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from onestop.base.database import db
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.identity import secret
from onestop.dossiers.rules.states import State
from tests.browser import PHONE, chromium
from tests.client import PASSWORD
from tests.databases import SQLite
from tests.installing import BUILT, demonstrate, installed
from tests.site import CLOCK, Clock, Site, served

FOLDER: Final = Path(__file__).parent / "screenshots"
WIDE: Final[ViewportSize] = {"width": 1280, "height": 860}
COLOURS: Final = 128
CLERK: Final = "motcua1.ngochoi"
OFFICER: Final = "tuphap.ngochoi"
MANAGER: Final = "theodoi1.thanhtri"


@dataclass(frozen=True)
class Shot:
    """A picture: its name, whose page it is, and how it is looked at."""

    name: str
    path: str
    username: str | None = None
    is_dark: bool = False
    on_phone: bool = False


def main() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    with _demonstration() as site, chromium() as browser:
        for shot in _shots(site):
            (FOLDER / f"{shot.name}.png").write_bytes(_small(_taken(browser, site, shot)))


@contextmanager
def _demonstration() -> Iterator[Site]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = SQLite()
        app = stack.enter_context(installed(database, folder))
        demonstrate(app, database)
        clock = Clock(BUILT)
        stack.enter_context(patch(CLOCK, clock))
        site = stack.enter_context(served(database, folder, clock))
        site.begin(BUILT)
        yield site


def _shots(site: Site) -> Iterator[Shot]:
    with site.app.app_context():
        mine = db.session.query(Dossier).filter(
            Dossier.code.like("H26.91.27-2611%"),
            Dossier.state == State.IN_PROGRESS,
            Dossier.limit_value >= 5,
        )
        dossier = mine.order_by(Dossier.due_at, Dossier.code).first()
        assert dossier is not None
        code, proof = dossier.code, secret("for tests", dossier.nonce)
    yield Shot("home", "/")
    yield Shot("status", f"/status/{code}/{proof}")
    yield Shot("status-phone", f"/status/{code}/{proof}", on_phone=True)
    yield Shot("procedure", "/procedures/C-HT-12")
    yield Shot("desk", "/desk", CLERK)
    yield Shot("receive", "/receive?procedure=C-HT-13", CLERK)
    yield Shot("dossier", f"/dossiers/{code}", OFFICER)
    yield Shot("rates", "/rates?period=2021", MANAGER)
    yield Shot("rates-dark", "/rates?period=2021", MANAGER, is_dark=True)
    yield Shot("rates-phone", "/rates?period=2021", MANAGER, on_phone=True)


def _taken(browser: Browser, site: Site, shot: Shot) -> bytes:
    context = browser.new_context(
        base_url=site.address,
        viewport=PHONE if shot.on_phone else WIDE,
        color_scheme="dark" if shot.is_dark else "light",
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.username:
        _sign_in(page, shot.username)
    page.goto(shot.path)
    page.wait_for_load_state("networkidle")
    taken = page.screenshot()
    context.close()
    return taken


def _sign_in(page: Page, username: str) -> None:
    page.goto("/login")
    page.get_by_label("Tên đăng nhập", exact=True).fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").first.click()
    page.wait_for_load_state()


def _small(picture: bytes) -> bytes:
    made = io.BytesIO()
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    whole.quantize(COLOURS).save(made, "PNG", optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    main()

"""How a bare machine comes by the browser of the journeys."""

import os
import shutil
from pathlib import Path

import pytest

from tests import browser


def put(folder: Path, name: str, *, exits: int) -> Path:
    made = folder / name
    made.write_text(f"#!/bin/sh\nexit {exits}\n")
    made.chmod(0o755)
    return made


def test_one_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.on_the_path() is None
    made = put(tmp_path, "google-chrome", exits=0)
    assert browser.on_the_path() == made


def test_one_that_only_says_how_to_install_it_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    put(tmp_path, "chromium-browser", exits=1)
    assert browser.on_the_path() is None


@pytest.mark.parametrize(
    ("user", "has_apt", "first"),
    [(0, True, "apt-get update"), (0, False, "--with-deps"), (1000, True, "install chromium")],
)
def test_root_asks_the_system_and_others_ask_playwright(
    monkeypatch: pytest.MonkeyPatch, user: int, has_apt: bool, first: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if has_apt else None)
    assert first in " ".join(browser.ways_to_get_one()[0])


def test_where_none_can_be_had_the_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "ways_to_get_one", lambda: [["/bin/false"]])
    with pytest.raises(RuntimeError, match="run: /bin/false"):
        browser.executable(tmp_path / "none")

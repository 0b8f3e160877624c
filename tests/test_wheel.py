"""What people install is the wheel: it works from an empty folder, with all it needs inside."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(CHECKOUT)).build(directory=str(folder), versions=["standard"])
    target = folder / "site"
    with zipfile.ZipFile(built) as wheel:
        wheel.extractall(target)
    return target


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the `onestop` command of the wheel in a folder, away from the checkout."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "onestop.app", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_wheel_has_everything_inside_and_nothing_else(installed: Path) -> None:
    for name in (
        "migrations/env.py",
        "base/templates/base/layout.html",
        "reporting/templates/reporting/rates.html",
        "base/static/theme.css",
        "base/static/icons/icons.svg",
        "base/translations/en/LC_MESSAGES/messages.po",
        "base/typefaces/LiberationSerif-Regular.ttf",
        "letters/templates/letters/receipt.typ",
        "demo/data/staff.csv",
        "deadlines/data/calendar.csv",
    ):
        assert (installed / "onestop" / name).is_file(), name
    versions = {path.name for path in (CHECKOUT / "migrations" / "versions").glob("*.py")}
    inside = installed / "onestop" / "migrations" / "versions"
    assert {path.name for path in inside.glob("*.py")} == versions
    tops = {path.name for path in installed.iterdir()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"onestop"}


def test_the_wheel_works_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    made = run(installed, tmp_path, "init", "--with-sample")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "instance" / "onestop.sqlite").is_file()
    asked = ("deadline", "2021-02-05T10:00", "5wd", "--format", "json")
    told = run(installed, tmp_path, *asked)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["due_at"].startswith("2021-02-19T17:00")
    figures = ("rates", "--from", "2021-01-01", "--to", "2021-12-31", "--format", "json")
    counted = run(installed, tmp_path, *figures)
    assert json.loads(counted.stdout)["total"]["received"] == 0

import stat
from concurrent.futures import ThreadPoolExecutor
from errno import EACCES
from pathlib import Path

import pytest

from onestop.app import settings
from onestop.base.errors import Refusal


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    first = settings.key(folder, "secret_key")
    assert settings.key(folder, "secret_key") == first
    assert len(first) == 64
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("kept", [b"", b" \n", b"\xff\xfe"])
def test_a_key_file_without_a_key_is_refused_and_left_as_it_is(kept: bytes, tmp_path: Path) -> None:
    (tmp_path / "lookup_key").write_bytes(kept)
    with pytest.raises(Refusal, match="bản sao lưu") as refused:
        settings.load({"ONESTOP_INSTANCE": str(tmp_path)})
    assert "lookup_key" in str(refused.value)
    assert (tmp_path / "lookup_key").read_bytes() == kept


def test_a_lookup_key_that_was_lost_is_not_made_anew_without_a_word(tmp_path: Path) -> None:
    here = {"ONESTOP_INSTANCE": str(tmp_path)}
    before = settings.load(here)
    (tmp_path / "secret_key").unlink()
    assert settings.load(here)["LOOKUP_KEY"] == before["LOOKUP_KEY"], "only sessions end"
    (tmp_path / "lookup_key").unlink()
    with pytest.raises(Refusal, match="bản sao lưu"):
        settings.load(here)
    assert not (tmp_path / "lookup_key").exists()
    (tmp_path / "secret_key").unlink()
    assert settings.load(here)["LOOKUP_KEY"] != before["LOOKUP_KEY"]


@pytest.mark.parametrize("name", ["secret_key", "onestop.toml"])
def test_a_file_that_may_not_be_read_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lookup_key").write_text("k")
    (tmp_path / name).write_text("")
    read = Path.read_text

    def closed(file: Path, *how: str) -> str:
        if file.name == name:
            raise PermissionError(EACCES, "Permission denied", str(file))
        return read(file, *how)

    monkeypatch.setattr(Path, "read_text", closed)
    with pytest.raises(Refusal, match=name):
        settings.load({"ONESTOP_INSTANCE": str(tmp_path)})


def test_a_folder_that_takes_no_file_is_named_with_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_file: Path, _text: str) -> None:
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr(settings, "_make", closed)
    with pytest.raises(Refusal, match="lookup_key"):
        settings.load({"ONESTOP_INSTANCE": str(tmp_path)})


def test_the_environment_outranks_the_file(tmp_path: Path) -> None:
    (tmp_path / "onestop.toml").write_text('ONESTOP_SITE_NAME = "Từ tệp"\nONESTOP_HTTPS = "yes"\n')
    here = {"ONESTOP_INSTANCE": str(tmp_path)}
    assert settings.load(here)["SITE_NAME"] == "Từ tệp"
    assert settings.load(here)["SESSION_COOKIE_SECURE"] is True
    assert settings.load({**here, "ONESTOP_SITE_NAME": "Tại chỗ"})["SITE_NAME"] == "Tại chỗ"


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_postgresql_goes_through_its_modern_driver(tmp_path: Path, url: str) -> None:
    made = settings.load({"ONESTOP_INSTANCE": str(tmp_path), "ONESTOP_DATABASE_URL": url})
    assert made["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u:p@h/d"


def test_a_missing_driver_is_named_with_the_command_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda _name: None)
    asked = {"ONESTOP_INSTANCE": str(tmp_path), "ONESTOP_DATABASE_URL": "postgresql://h/d"}
    with pytest.raises(Refusal, match=r"onestop\[postgresql\]"):
        settings.load(asked)


def test_the_address_on_receipts_is_one_or_is_refused(tmp_path: Path) -> None:
    here = {"ONESTOP_INSTANCE": str(tmp_path)}
    assert settings.load(here)["PUBLIC_ADDRESS"] is None
    named = {**here, "ONESTOP_PUBLIC_ADDRESS": "https://motcua.example.vn/"}
    assert settings.load(named)["PUBLIC_ADDRESS"] == "https://motcua.example.vn"
    for wrong in ("motcua.example.vn", "javascript:alert(1)", "https://", "https://h/?q=1"):
        with pytest.raises(Refusal, match="ONESTOP_PUBLIC_ADDRESS"):
            settings.load({**here, "ONESTOP_PUBLIC_ADDRESS": wrong})


def test_two_processes_that_begin_together_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(
            pool.map(lambda _: settings.key(tmp_path / "instance", "secret_key"), range(64))
        )
    assert len(found) == 1
    assert len(found.pop()) == 64
    assert [file.name for file in (tmp_path / "instance").iterdir()] == ["secret_key"]


def test_a_head_has_two_hours_to_give_out_work_unless_set_otherwise(tmp_path: Path) -> None:
    here = {"ONESTOP_INSTANCE": str(tmp_path)}
    assert settings.load(here)["ASSIGN_WITHIN_HOURS"] == 2
    assert settings.load({**here, "ONESTOP_ASSIGN_HOURS": "4"})["ASSIGN_WITHIN_HOURS"] == 4

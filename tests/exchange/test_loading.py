"""The commands by which an administrator loads his own lists, and exports them to be edited."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from onestop.app.doctor import examine
from onestop.app.factory import create_app
from onestop.base.clock import now
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.filters import plain_day
from onestop.base.moments import ONE_DAY
from onestop.base.terms import Declared, Fate
from onestop.deadlines.rules.moments import legal_date
from onestop.exchange.actions import directories
from onestop.exchange.actions.directories import Loaded
from onestop.exchange.rules.columns import Layout, layout, plain
from onestop.exchange.rules.directories import AGENCIES, PROCEDURES, STAFF, Directory
from onestop.organisation.rules import Tier
from tests.client import PolicingClient
from tests.commands import onestop
from tests.databases import SQLite
from tests.dossiers.given import (
    CERTIFIED_COPY,
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    MARITAL_STATUS,
    done,
    in_progress,
    received,
)
from tests.exchange.directories import ALL, PROCEDURE, kept, row_of, taken
from tests.exchange.given import written_csv, written_xlsx
from tests.steps.given import moved

FIRST = (
    "init", "--agency-code", "H26.91", "--agency-name", "Huyện Thanh Trì", "--tier", "district",
    "--username", "quantri", "--name", "Quản Trị", "--password", "một mật khẩu",
)  # fmt: skip
NEW_CLERK = {"username": "moi", "name": "A", "role": "clerk", "agency_code": "H26.91.27"}


def answered(app: Flask, *words: str, code: int = 0) -> dict[str, Any]:
    answer = onestop(app, *words, "--format", "json")
    assert (answer.exit_code, answer.stderr) == (code, "")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.fixture
def installation(tmp_path: Path, sqlite: tuple[Flask, SQLite]) -> Iterator[Flask]:
    """An installation of one agency and its administrator, as `init` leaves it."""
    made = _on(tmp_path / "one", sqlite[1], "migrated")
    assert onestop(made, *FIRST).exit_code == 0
    yield made
    with made.app_context():
        db.engine.dispose()


def _on(folder: Path, database: SQLite, name: str) -> Flask:
    folder.mkdir()
    database.copy(name, folder / "one.sqlite")
    return create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'one.sqlite'}",
            "INSTANCE": folder,
            "TESTING": True,
            "PASSWORD_TIME_COST": 1,
            "PASSWORD_MEMORY_COST": 8,
        }
    )


@pytest.fixture
def sample(tmp_path: Path, sqlite: tuple[Flask, SQLite]) -> Iterator[Flask]:
    made = _on(tmp_path / "sample", sqlite[1], "sample")
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_one_installation_exports_makes_another_the_same(
    sample: Flask, installation: Flask, tmp_path: Path, ending: str
) -> None:
    for of in ALL:
        file, again = (str(tmp_path / f"{name}{of.name}.{ending}") for name in ("", "again-"))
        assert answered(sample, of.name, "export", file)["exported"] > 0
        words = () if of.is_dated else ("--passwords", str(tmp_path / "passwords.csv"))
        assert answered(installation, of.name, "load", file, *words)["new"], of.name
        told = answered(installation, of.name, "load", file)
        assert (told["new"], told["changed"]) == ([], []), of.name
        answered(installation, of.name, "export", again)
        if ending == "csv":
            rows = Path(file).read_text("utf-8").splitlines()
            more = set(Path(again).read_text("utf-8").splitlines()) - set(rows)
            assert len(more) == (0 if of.is_dated else 1), "the administrator of the first day"
    assert onestop(installation, "doctor").exit_code == 0


def test_the_doctor_says_how_catalogue_and_staff_come_into_an_installation(
    installation: Flask,
) -> None:
    with installation.app_context():
        mends = [one.mend for one in examine(installation, now()) if not one.is_well]
    assert mends == [
        "onestop fields load FILE; onestop procedures load FILE",
        "onestop staff load FILE --passwords FILE",
    ]
    assert onestop(installation, "doctor").exit_code == 1


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.name)
def test_an_export_of_nothing_is_a_template(
    installation: Flask, tmp_path: Path, of: Directory
) -> None:
    file = tmp_path / "mau.csv"
    assert answered(installation, of.name, "export", str(file))["exported"] in {0, 1}
    headings = next(csv.reader(file.read_text("utf-8").splitlines()))
    assert isinstance(layout(headings, row=1, of=of.headings), Layout)


def test_an_export_asks_before_it_writes_over_a_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "tthc.csv"
    file.write_text("edited, and not loaded yet", "utf-8")
    words = ("procedures", "export", str(file))
    refused = onestop(app, *words, typed="k\n")
    assert (refused.exit_code, str(file) in refused.stderr) == (1, True)
    assert onestop(app, *words, typed="").exit_code == 1, "nobody is there to answer"
    assert file.read_text("utf-8") == "edited, and not loaded yet"
    assert answered(app, *words, "--yes")["exported"] == 404
    assert onestop(app, *words, typed="c\n").exit_code == 0


def test_a_load_answers_in_json_what_is_new_changed_and_left_alone(
    app: Flask, tmp_path: Path
) -> None:
    rows = [PROCEDURE | {"ghi chú": "x"}, row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=8000)]
    file = written_csv(tmp_path / "tthc.csv", rows)
    words = ("procedures", "load", str(file), "--from", "2021-07-01")
    told = {
        "file": str(file),
        "dry_run": True,
        "from": "2021-07-01",
        "new": ["X-1"],
        "changed": [{"code": MARITAL_STATUS, "from": "2021-07-01", "columns": ["fee_vnd"]}],
        "unchanged": 0,
        "left_alone": 403,
        "errors": [],
        "warnings": [
            {"row": 1, "column": "ghi chú", "reason": "Không đọc: không phải cột của tệp này."}
        ],
    }
    assert answered(app, *words, "--dry-run") == told
    assert answered(app, *words, "--dry-run") == told, "a trial leaves nothing behind"
    assert answered(app, *words) == told | {"dry_run": False}
    assert answered(app, *words)["unchanged"] == 2


def test_it_is_kept_who_loaded_what_and_what_it_declared(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "lan")
    rows = [PROCEDURE, row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=8000)]
    file = written_csv(tmp_path / "tthc.csv", rows)
    words = ("procedures", "load", str(file), "--from", "2021-07-01")

    def kept_loads() -> Any:
        return json.loads(onestop(app, "procedures", "log", "--format", "json").stdout)

    answered(app, *words, "--dry-run")
    bad = written_csv(tmp_path / "hong.csv", [PROCEDURE | {"fee_vnd": "x"}])
    answered(app, "procedures", "load", str(bad), code=1)
    assert kept_loads() == [], "nothing was declared"
    answered(app, *words)
    answered(app, *words)
    (one,) = kept_loads()
    assert (one["username"], one["file"]) == ("lan", "tthc.csv")
    assert one["declared"] == {
        "X-1": {"fate": "new", "since": None, "columns": []},
        MARITAL_STATUS: {"fate": "changed", "since": "2021-07-01", "columns": ["fee_vnd"]},
    }
    told = onestop(app, "procedures", "log", "--lang", "en").stdout
    assert "lan" in told
    assert "1 new, 1 changed" in told
    assert json.loads(onestop(app, "agencies", "log", "--format", "json").stdout) == []
    assert onestop(app, "agencies", "log", "--lang", "en").stdout == "Nothing was loaded yet.\n"


def test_a_file_is_loaded_and_kept_whose_name_is_no_text(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"b\xe0ng.csv")
    written_csv(tmp_path / "tthc.csv", [PROCEDURE]).rename(file)
    assert onestop(app, "procedures", "load", str(file)).exit_code == 0
    (one,) = json.loads(onestop(app, "procedures", "log", "--format", "json").stdout)
    assert one["file"] == "bng.csv"


def test_the_last_loads_are_told_and_how_many_there_are_beside(app: Flask) -> None:
    with app.app_context(), transaction():
        for day in range(1, 53):
            made = Loaded({"X-1": Declared(1, Fate.NEW, (), None)}, (), 0)
            at = datetime(2021, 3, 1, tzinfo=UTC) + timedelta(days=day)
            directories.note(PROCEDURES, f"tep-{day}.csv", made, username="lan", at=at)
    told = onestop(app, "procedures", "log", "--lang", "en").stdout
    assert "tep-52.csv" in told
    assert "tep-2.csv" not in told
    assert "2 more loads; --format json shows all." in told


def test_an_account_that_is_opened_is_kept_with_who_loaded_it(app: Flask, tmp_path: Path) -> None:
    file = written_csv(tmp_path / "canbo.csv", [NEW_CLERK])
    onestop(app, "staff", "load", str(file), "--passwords", str(tmp_path / "matkhau.csv"))
    answer = onestop(app, "staff", "log", "--format", "json")
    assert list(json.loads(answer.stdout)[0]["declared"]) == ["moi"]
    assert "password" not in answer.stdout


def test_it_is_told_what_lies_at_an_agency_that_is_to_end(app: Flask, tmp_path: Path) -> None:
    dossier = received(procedure_code=CERTIFIED_COPY, at=now())
    done(dossier, "settle", by=COMMUNE_CLERK, at=now())
    today = legal_date(now()).isoformat()
    ended = row_of(AGENCIES, "H26.91.27", valid_to=today)
    file = str(written_csv(tmp_path / "x.csv", [ended, row_of(AGENCIES, "H26.91.22")]))
    said = {"vi": "H26.91.27 còn 1 hồ sơ chưa xong hoặc chưa trả kết quả.", "en": "fetched: 1."}
    for language, words in said.items():
        assert words in onestop(app, "--lang", language, "agencies", "load", file).stderr
        undone = written_csv(tmp_path / "y.csv", [ended | {"valid_to": "none"}])
        assert "left_there" not in answered(app, "agencies", "load", str(undone))
    assert answered(app, "agencies", "load", file, "--dry-run")["left_there"] == {"H26.91.27": 1}
    done(
        dossier,
        "return_result",
        by=COMMUNE_CLERK,
        at=now(),
        taken_by="Bà Thí Dụ",
        id_document="thẻ căn cước",
    )
    assert "left_there" not in answered(app, "agencies", "load", file)


def test_it_is_told_who_takes_over_what_lies_at_an_agency_that_ends(
    app: Flask, tmp_path: Path
) -> None:
    received(procedure_code=CERTIFIED_COPY, at=now())
    today = legal_date(now())
    code, heir, morrow = "H26.91.27", "H26.91.23", today + ONE_DAY
    ended = row_of(AGENCIES, code, valid_to=today.isoformat(), successor_code=heir)
    file = str(written_csv(tmp_path / "x.csv", [ended]))
    tried = onestop(app, "agencies", "load", file, "--dry-run").stderr
    assert f"{heir} tiếp nhận từ {plain_day(morrow)} 1 hồ sơ" in tried
    assert "Lưu ý" not in tried
    assert "nạp lại tệp cán bộ" in tried
    tried = onestop(app, "--lang", "en", "agencies", "load", file, "--dry-run").stderr
    assert f"{heir} takes over" in tried
    answer = answered(app, "agencies", "load", file)
    told = {"by": heir, "from": morrow.isoformat(), "dossiers": 1}
    assert (answer["taken_over"], "left_there" in answer) == ({code: told}, False)


def test_it_is_told_when_no_administrator_could_log_in_any_more(app: Flask, tmp_path: Path) -> None:
    taken(STAFF, row_of(STAFF, "quantri.hanoi", is_open="0"))
    last = legal_date(now()) + ONE_DAY
    ended = row_of(AGENCIES, "H26.91", valid_to=last.isoformat(), successor_code="H26.91.23")
    file = str(written_csv(tmp_path / "x.csv", [ended]))
    day = last + ONE_DAY
    assert (
        f"từ {plain_day(day)} không còn quản trị nào"
        in onestop(app, "agencies", "load", file, "--dry-run").stderr
    )
    answer = answered(app, "agencies", "load", file, "--dry-run")
    assert answer["unadministered"] == day.isoformat()
    taken(STAFF, row_of(STAFF, "quantri.hanoi", is_open="1"))
    assert "unadministered" not in answered(app, "agencies", "load", file)


def test_it_is_told_what_somebody_had_in_hand_who_leaves(app: Flask, tmp_path: Path) -> None:
    dossier = in_progress(at=now())
    moved(dossier, "take_up", by=COMMUNE_OFFICER, at=now())
    file = str(written_csv(tmp_path / "x.csv", [row_of(STAFF, COMMUNE_OFFICER, is_open="0")]))
    tried = onestop(app, "staff", "load", file, "--dry-run")
    assert f"1 hồ sơ mà {COMMUNE_OFFICER} giữ nay chờ đơn vị phân công lại." in tried.stderr
    tried = onestop(app, "--lang", "en", "staff", "load", file, "--dry-run")
    assert f"1 dossier that {COMMUNE_OFFICER} had in hand waits" in tried.stderr
    assert answered(app, "staff", "load", file)["given_back"] == {COMMUNE_OFFICER: 1}
    assert "given_back" not in answered(app, "staff", "load", file), "once"


def test_a_load_tells_a_person_the_same(app: Flask, tmp_path: Path) -> None:
    file = written_csv(tmp_path / "tthc.csv", [PROCEDURE])
    answer = onestop(app, "procedures", "load", str(file), "--dry-run", "--lang", "en")
    assert answer.exit_code == 0
    assert "X-1" in answer.stdout
    assert "1 new, 0 changed, 0 unchanged." in answer.stderr
    assert "404 codes" in answer.stderr
    assert "nothing was written" in answer.stderr


def test_bad_rows_are_exit_1_and_named(app: Flask, tmp_path: Path) -> None:
    received()
    rows = [
        PROCEDURE,
        PROCEDURE | {"code": "X-2", "fee_vnd": "miễn phí"},
        row_of(PROCEDURES, MARITAL_STATUS, fee_vnd=8000),
    ]
    file = written_csv(tmp_path / "tthc.csv", rows)
    words = ("procedures", "load", str(file), "--from", "2021-03-01")
    told = answered(app, *words, code=1)
    assert [(one["row"], one["column"]) for one in told["errors"]] == [(3, "fee_vnd"), (4, "code")]
    assert told["new"] == told["changed"] == []
    answer = onestop(app, *words)
    assert answer.exit_code == 1
    assert "02/03/2021" in answer.stdout, "the first day that is free"
    assert "X-1" not in {row["code"] for row in kept(PROCEDURES)}


@pytest.mark.parametrize(
    ("language", "cells", "said"),
    [
        (
            "vi",
            {"tier": "làng"},
            "“làng” không phải một trong: Cấp tỉnh; Cấp huyện; Phòng, ban chuyên môn; Cấp xã.",
        ),
        ("en", {"tier": "làng"}, "“làng” is not one of: province, district, department, commune."),
        ("vi", {"valid_from": "mai"}, "“mai” không phải ngày dạng 2021-03-05 hoặc 05/03/2021."),
        ("en", {"valid_to": "31/02/2021"}, "“31/02/2021” is not a date like 2021-03-05"),
        (
            "vi",
            {"valid_to": "mãi"},
            "“mãi” không phải ngày dạng 2021-03-05 hoặc 05/03/2021; chữ “không” nghĩa là chưa có",
        ),
        (
            "en",
            {"valid_to": "never"},
            "“never” is not a date like 2021-03-05 or 05/03/2021; the word “none” says that",
        ),
        ("vi", {"valid_to": "01/01/0021"}, "Năm 21 ngoài khoảng"),
    ],
)
def test_a_bad_cell_is_answered_in_words_that_the_reader_could_have_written(
    app: Flask, tmp_path: Path, language: str, cells: dict[str, str], said: str
) -> None:
    file = written_csv(tmp_path / "tthc.csv", [PROCEDURE | cells])
    answer = answered(app, "--lang", language, "procedures", "load", str(file), code=1)
    (error,) = answer["errors"]
    assert error["reason"].startswith(said)


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.name)
def test_a_file_that_is_none_is_refused(app: Flask, tmp_path: Path, of: Directory) -> None:
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"PK\x03\x04 no zip")
    assert "hỏng" in answered(app, of.name, "load", str(broken), code=1)["errors"][0]["reason"]
    other = written_csv(tmp_path / "khac.csv", [{"a": "1", "b": "2"}])
    assert "Thiếu cột" in onestop(app, of.name, "load", str(other)).stdout
    assert onestop(app, of.name, "load", str(tmp_path / "missing.csv")).exit_code == 2
    assert onestop(app, of.name, "export", str(tmp_path / "x.txt")).exit_code == 2


def test_a_workbook_of_vietnamese_headings_and_real_dates_is_read(
    app: Flask, tmp_path: Path
) -> None:
    from datetime import datetime

    headings = ["Mã đơn vị", "Cấp trên", "Cấp", "Loại đơn vị", "Tên đơn vị", "Từ ngày"]
    founded = datetime(2021, 7, 1)  # noqa: DTZ001 - as a spreadsheet has it
    cells = ["H26.91.99", "H26.91", "Cấp xã", "Phường", "Phường Mới", founded]
    title = ["DANH SÁCH ĐƠN VỊ"]
    file = written_xlsx(tmp_path / "donvi.xlsx", [title, [], headings, cells])
    assert answered(app, "agencies", "load", str(file))["new"] == ["H26.91.99"]
    row = row_of(AGENCIES, "H26.91.99")
    assert (row["tier"], row["kind"], row["name_en"]) == ("commune", "ward", "")
    assert str(row["valid_from"]) == "2021-07-01"


def test_first_passwords_go_to_a_file_of_their_owner_alone(
    app: Flask, client: PolicingClient, tmp_path: Path
) -> None:
    file = written_csv(tmp_path / "canbo.csv", [NEW_CLERK])
    without = onestop(app, "staff", "load", str(file))
    assert (without.exit_code, "--passwords" in without.stderr) == (2, True)
    there = tmp_path / "matkhau.csv"
    answer = onestop(app, "staff", "load", str(file), "--passwords", str(there))
    assert answer.exit_code == 0
    assert there.stat().st_mode & 0o777 == 0o600
    ((username, word),) = list(csv.reader(there.read_text("utf-8").splitlines()))[1:]
    assert username == "moi"
    assert word not in answer.output
    into = client.post("/login", data={"username": "moi", "password": word})
    assert into.status_code == 302
    again = onestop(app, "staff", "load", str(file), "--passwords", str(tmp_path / "none.csv"))
    assert again.exit_code == 0
    assert not (tmp_path / "none.csv").exists(), "nobody is new"


@pytest.mark.parametrize("name", ["co.csv", "missing/x.csv"])
def test_nobody_comes_in_whose_password_cannot_be_handed_out(
    app: Flask, tmp_path: Path, name: str
) -> None:
    (tmp_path / "co.csv").write_text("something of mine", "utf-8")
    file = written_csv(tmp_path / "canbo.csv", [NEW_CLERK])
    answer = onestop(app, "staff", "load", str(file), "--passwords", str(tmp_path / name))
    assert (answer.exit_code, len(answer.stderr.splitlines())) == (2, 1)
    assert answered(app, "staff", "load", str(file), "--dry-run")["new"] == ["moi"]
    assert (tmp_path / "co.csv").read_text("utf-8") == "something of mine"


@pytest.mark.parametrize("fails", ["onestop.exchange.actions.directories.load", "os.fdopen"])
def test_no_password_is_left_of_a_load_that_fails(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    whole, there = directories.load, tmp_path / "matkhau.csv"

    def failing(*args: Any, **said: Any) -> Any:
        if said.get("hashes") or fails == "os.fdopen":
            assert there.exists()
            raise OSError(ENOSPC, "full")
        return whole(*args, **said)

    file = written_csv(tmp_path / "canbo.csv", [NEW_CLERK])
    with monkeypatch.context() as patched:
        patched.setattr(fails, failing)
        assert onestop(app, "staff", "load", str(file), "--passwords", str(there)).exit_code
    assert not there.exists(), "who tries again may name it again"
    assert onestop(app, "staff", "load", str(file), "--passwords", str(there)).exit_code == 0


OTHER = {"username": "quantri.hanoi", "name": "B", "role": "administrator", "agency_code": "H26"}


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [(NEW_CLERK | {"is_open": "1"}, 2), (OTHER | {"is_open": "0"}, 1)],
    ids=["the same account is opened", "the other administrator is closed"],
)
def test_no_password_is_left_of_a_load_that_came_second(
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: dict[str, str],
    code: int,
) -> None:
    closed = row_of(STAFF, "quantri.thanhtri", is_open="0")
    file = written_csv(tmp_path / "canbo.csv", [NEW_CLERK | {"is_open": "1"}, closed])
    there = tmp_path / "matkhau.csv"

    def hashing(*_: object) -> str:
        assert there.exists()
        taken(STAFF, meanwhile)
        return "x"

    monkeypatch.setattr("onestop.accounts.actions.hash_password", hashing)
    answer = onestop(app, "staff", "load", str(file), "--passwords", str(there))
    assert answer.exit_code == code, answer.output
    assert not there.exists()


def test_a_forgotten_password_is_set_anew(app: Flask, client: PolicingClient) -> None:
    word = "mật khẩu khác"
    answer = onestop(app, "staff", "password", "motcua1.thanhtri", typed=f"{word}\n{word}\n")
    assert answer.exit_code == 0
    into = client.post("/login", data={"username": "motcua1.thanhtri", "password": word})
    assert into.status_code == 302
    for username, typed in (("motcua1.thanhtri", "ngắn\nngắn\n"), ("nobody", "")):
        assert onestop(app, "staff", "password", username, typed=typed).exit_code == 2


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.name)
def test_every_heading_is_read_for_its_own_column(of: Directory) -> None:
    headings = [plain(one) for column in of.headings.columns for one in column.headings]
    assert len(headings) == len(set(headings))
    found = layout([one.headings[-1].upper() for one in of.headings.columns], row=1, of=of.headings)
    assert isinstance(found, Layout)
    assert tuple(found.places) == of.headings.names


def test_a_help_names_the_columns(app: Flask) -> None:
    answer = onestop(app, "procedures", "load", "--help").stdout
    assert all(name in answer for name in PROCEDURES.headings.names)
    assert "time_limit_value *" in answer
    assert str(Tier.COMMUNE) not in answer

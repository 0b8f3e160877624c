"""What people are told when the database is not what the program needs."""

import re
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import NullPool, TextClause, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from onestop.accounts import queries as accounts
from onestop.app import schema
from onestop.app.doctor import examine
from onestop.app.factory import create_app
from onestop.app.schema import Schema, is_fault, is_read_only, revisions
from onestop.app.settings import load, migrations_folder
from onestop.base.clock import now
from onestop.base.database import db, is_postgresql
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.languages import COOKIE
from onestop.dossiers.models import Dossier
from onestop.organisation import queries as organisation
from tests.client import PASSWORD, PolicingClient
from tests.commands import onestop
from tests.databases import SQLite
from tests.dossiers.given import COMMUNE_CLERK, FIVE_DAYS, MONDAY, received
from tests.dossiers.test_views import FILLED_IN

ADD = ("calendar", "add", "2030-03-08", "public_holiday", "--basis", "Quyết định 1", "--yes")
CLOSE = ("closure", "add", "H26.91.27", "--order", "Công điện 1", "--from", "2030-03-04")
CONFIRM = ("calendar", "confirm", "2030", "--basis", "Quyết định 1")
DEADLINE = ("deadline", "2021-03-01T09:00", "5wd", "--format", "json")
FIRST = "--agency-code H29.01 --agency-name Thử --tier commune --username quantri --name Trị"
YEAR = ("rates", "--from", "2021-01-01", "--to", "2021-12-31")


def told_last(app: Flask, *words: str) -> str:
    answer = onestop(app, *words)
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    return answer.stderr.splitlines()[-1]


def read_only() -> TextClause:
    return text(f"ALTER DATABASE {db.engine.url.database} SET default_transaction_read_only = on")


@pytest.fixture
def full(app: Flask) -> Iterator[Flask]:
    """An installation whose database takes no change any more, as on a full disk."""

    def refuse(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    received(procedure_code=FIVE_DAYS, at=MONDAY.replace(year=2030))
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        db.engine.dispose()
        event.listen(db.engine, "connect", refuse)
        yield app
        event.remove(db.engine, "connect", refuse)
    else:
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(read_only())
        db.session.remove()
        db.engine.dispose()
        yield app
    db.session.remove()
    db.engine.dispose()


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """The instance of an installation of this test's own."""
    return tmp_path


@pytest.fixture
def with_sample(installation: Path, sqlite: tuple[Flask, SQLite]) -> Path:
    """The same with the sample in its database."""
    sqlite[1].copy("sample", installation / "one.sqlite")
    return installation


@pytest.fixture
def without_agency(installation: Path, sqlite: tuple[Flask, SQLite]) -> Path:
    """The same with a schema and nothing else."""
    sqlite[1].copy("migrated", installation / "one.sqlite")
    return installation


def _on(folder: Path, address: str = "{file}") -> dict[str, Any]:
    file = folder / "one.sqlite"
    return {
        "SQLALCHEMY_DATABASE_URI": "sqlite:///" + address.format(file=file),
        "INSTANCE": folder,
        "TESTING": True,
        "PASSWORD_TIME_COST": 1,
        "PASSWORD_MEMORY_COST": 8,
    }


@pytest.fixture
def protected(with_sample: Path) -> Iterator[Flask]:
    """An installation whose database file may only be read."""
    read = create_app(_on(with_sample, "file:{file}?mode=ro&uri=true"))
    yield read
    with read.app_context():
        db.engine.dispose()


def test_the_health_of_a_database_that_cannot_be_written_is_degraded(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def health(app: Flask) -> tuple[int, Any]:
        answer = FlaskClient(app).get("/healthz")
        return answer.status_code, answer.json

    assert health(app) == (200, {"status": "ok"})
    if is_postgresql():
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(read_only())
        db.session.remove()
        db.engine.dispose()
    else:
        folder = Path(db.engine.url.database or "").parent
        monkeypatch.setattr("os.access", lambda one, _mode: Path(one) != folder)
    assert health(app) == (200, {"status": "degraded"}), "what can be read is still served"


def test_a_read_only_database_is_read_and_a_command_that_writes_says_so(protected: Flask) -> None:
    assert onestop(protected, *YEAR).exit_code == 0
    told = told_last(protected, *ADD)
    assert "Cơ sở dữ liệu chỉ đọc được, không ghi được (" in told
    assert "readonly" in told, "what the driver says can be looked up"
    assert "can only be read" in told_last(protected, *ADD, "--lang", "en")
    assert onestop(protected, *YEAR).exit_code == 0


def test_the_doctor_sees_that_nothing_can_be_written(protected: Flask) -> None:
    answer = onestop(protected, "doctor")
    assert answer.exit_code == 1
    assert "✗" in answer.stdout
    assert "chmod u+w" in answer.stdout


@pytest.mark.parametrize("may_write", [True, False])
def test_the_doctor_knows_a_folder_in_which_nothing_can_be_put(
    with_sample: Path, monkeypatch: pytest.MonkeyPatch, may_write: bool
) -> None:
    app = create_app(_on(with_sample))
    (with_sample / "one.sqlite-wal").mkdir()  # SQLite gets no file there, as in such a folder
    monkeypatch.setattr("os.access", lambda one, _mode: may_write or Path(one) != with_sample)
    answer = onestop(app, "doctor")
    assert (answer.exit_code, "unable to open" in answer.stdout) == (1, True), answer.output
    assert ("chmod u+w" in answer.stdout) == (not may_write)


def test_a_disk_too_full_to_open_a_database_is_told_in_words(with_sample: Path) -> None:
    app = create_app(_on(with_sample))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        told = told_last(app, *YEAR)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "Ổ đĩa không nhận dữ liệu: đã đầy, hoặc hỏng (disk I/O error)" in told


def test_the_doctor_sees_a_disk_that_takes_nothing_though_its_database_opens(app: Flask) -> None:
    def disk() -> bool:
        return next(one.is_well for one in examine(app, now()) if one.name == "Ổ đĩa")

    assert disk()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, before[1]))
    try:
        assert not disk()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_somebody_writes_for_long_the_way_out_is_to_wait(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.base.database.PATIENCE", 1)
    app = create_app(_on(installation))
    assert onestop(app, "init", "--with-sample").exit_code == 0
    with closing(sqlite3.connect(installation / "one.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        told = told_last(app, *ADD)
        assert told.endswith("(database is locked). Hãy đợi việc ấy xong rồi chạy lại.")
        assert "chmod" not in onestop(app, "doctor").stdout, "nothing is wrong with the file"


def test_an_upgrade_that_is_broken_off_leaves_nothing(installation: Path) -> None:
    app = create_app(_on(installation))

    def break_off(_connection: Any, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE correction" in statement:
            raise KeyboardInterrupt

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", break_off)
        with pytest.raises(KeyboardInterrupt):
            schema.upgrade()
        event.remove(db.engine, "before_cursor_execute", break_off)
        assert schema.standing() == Schema.EMPTY
        schema.upgrade()
        assert schema.standing() == Schema.CURRENT
        db.engine.dispose()


def test_of_two_that_build_the_demonstration_at_once_the_second_finds_it_built(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = iter([False, True])
    monkeypatch.setattr("onestop.demo.queries.is_built", lambda: next(stands))
    monkeypatch.setattr("onestop.demo.actions.build", pytest.fail)
    answer = onestop(create_app(_on(installation)), "demo", "--no-serve")
    assert answer.exit_code == 0, answer.output


def test_nobody_is_asked_about_what_cannot_be_written(full: Flask) -> None:
    for words in (ADD, ADD[:-1], CONFIRM, CLOSE):
        answer = onestop(full, *words)
        assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
        assert len(answer.stderr.splitlines()) == 1


def test_a_page_that_cannot_be_saved_says_so_and_nothing_is_half_written(full: Flask) -> None:
    client = FlaskClient(full, full.response_class)  # one that lets a fault be answered
    client.post("/login", data={"username": COMMUNE_CLERK, "password": PASSWORD})
    answer = client.post("/receive", data=FILLED_IN, headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "Không có gì bị ghi dở" in answer.text
    assert "ơ sở dữ liệu" not in answer.text, "citizens read this page too"
    db.session.rollback()
    assert db.session.query(Dossier).count() == 1
    vars(g).clear()  # the next request has a context of its own
    assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("prepared", ["postgresql"], indirect=True)
@pytest.mark.parametrize("path", ["/", "/status", "/procedures", "/login"])
def test_a_server_that_began_anew_is_waited_for_and_then_asked_again(app: Flask, path: str) -> None:
    client = FlaskClient(app, app.response_class)  # one that lets a fault be answered
    assert client.get(path).status_code == 200
    db.session.remove()
    aside = create_engine(db.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with aside.connect() as other:
        other.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    answer = client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, "<h1" in answer.text) == (503, True)
    vars(g).clear()  # the next request has a context of its own
    assert client.get(path).status_code == 200


def test_a_file_that_is_no_database_is_told_in_one_line(installation: Path) -> None:
    (installation / "one.sqlite").write_text("Sổ theo dõi hồ sơ " * 100, "utf-8")
    app = create_app(_on(installation))
    for words in (YEAR, ADD, ("serve",), ("demo", "--no-serve"), ("init",)):
        assert "not a database" in told_last(app, *words)
    assert onestop(app, *DEADLINE).exit_code == 0, "a date is counted by the packaged calendar"
    client = FlaskClient(app, app.response_class)
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 503


@pytest.mark.parametrize(("language", "said"), [("vi", "Không tìm thấy. "), ("en", "Not found. ")])
def test_a_program_that_reads_no_pages_is_told_in_a_line(
    client: PolicingClient, language: str, said: str
) -> None:
    client.set_cookie(COOKIE, language)
    for accept in ({}, {"Accept": "application/json"}):
        answer = client.get("/no-such-page", headers=accept)
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")
        assert answer.text.startswith(said)
        assert answer.text.count("\n") == 1


def test_a_page_that_takes_no_form_still_says_what_it_takes(client: PolicingClient) -> None:
    answer = client.post("/status/A/B", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert "GET" in answer.headers["Allow"]


def test_a_broken_constraint_is_no_fault_of_the_database() -> None:
    broken = IntegrityError("INSERT", None, Exception("UNIQUE"))
    assert not is_fault(broken)
    assert is_fault(DatabaseError("SELECT", None, Exception("malformed")))


def test_a_wrong_log_in_on_a_full_disk_is_still_answered(full: Flask) -> None:
    answer = full.test_client().post("/login", data={"username": "ai", "password": "sai mật khẩu"})
    assert answer.status_code == 422, "the note of the failure may be lost, the answer not"


def test_a_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for words in (YEAR, ADD, DEADLINE, ("serve",), ("demo", "--no-serve"), ("init",)):
        assert "phiên bản mới hơn" in told_last(app, *words)
    assert onestop(app, "doctor").exit_code == 1


def test_a_date_is_counted_where_nothing_is_installed(installation: Path) -> None:
    assert onestop(create_app(_on(installation)), *DEADLINE).exit_code == 0


def test_the_hours_of_an_agency_are_asked_of_an_installation(app: Flask) -> None:
    with transaction():
        db.session.execute(text("ALTER TABLE agency RENAME TO another"))
    told = told_last(app, *DEADLINE, "--agency", "H26.91.27")
    assert "Cơ sở dữ liệu chưa được cài đặt (" in told


def test_a_database_of_another_program_is_left_alone(app: Flask) -> None:
    with transaction():
        db.session.execute(text("DROP TABLE alembic_version"))
    for words in (YEAR, ("serve",), ("demo", "--no-serve"), ("init",)):
        assert "của chương trình khác" in told_last(app, *words)


def test_migrations_are_told_in_their_order_without_being_run() -> None:
    scripts = ScriptDirectory(str(migrations_folder()))
    assert revisions() == [one.revision for one in scripts.walk_revisions()][::-1]


def test_an_older_schema_is_named_with_the_command_that_mends_it(app: Flask) -> None:
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    assert "onestop init" in told_last(app, *YEAR)


@pytest.mark.parametrize(
    "settings",
    [
        {"ONESTOP_DATABASE_URL": "nonsense"},
        {"ONESTOP_DATABASE_URL": "mysql://host/name"},
        {"ONESTOP_TRUSTED_PROXIES": "many"},
        {"ONESTOP_IDLE_MINUTES": "-1"},
        {"ONESTOP_INSTANCE": "/proc/nowhere"},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(Refusal):
        load({"ONESTOP_INSTANCE": str(tmp_path), **settings})


@pytest.mark.parametrize("text_", ["ONESTOP_HTTPS = ", "ONESTOP_COLOUR = 'red'"])
def test_a_file_of_settings_that_is_wrong_is_named(text_: str, tmp_path: Path) -> None:
    (tmp_path / "onestop.toml").write_text(text_, "utf-8")
    with pytest.raises(Refusal, match=r"onestop\.toml"):
        load({"ONESTOP_INSTANCE": str(tmp_path)})


def test_the_first_agency_of_an_installation_has_the_tier_that_was_chosen(
    installation: Path,
) -> None:
    app = create_app(_on(installation))
    assert onestop(app, "init", *FIRST.split(), "--password", "mật khẩu dài").exit_code == 0
    with app.app_context():
        agency = organisation.by_code("H29.01")
        assert agency is not None
        assert str(agency.tier) == "commune"
        db.engine.dispose()


@pytest.mark.parametrize("words", ["--with-sample", f"{FIRST} --password mật-khẩu-dài"])
def test_of_two_that_set_an_installation_up_at_once_the_second_finds_it_so(
    without_agency: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    empty = iter([True, False])
    monkeypatch.setattr("onestop.demo.queries.is_empty", lambda: next(empty))
    app = create_app(_on(without_agency))
    answer = onestop(app, "init", *words.split())
    assert answer.exit_code == 0, answer.output
    assert answer.stderr.endswith("Không thêm gì: cơ sở dữ liệu đã có dữ liệu.\n")
    with app.app_context():
        assert not accounts.names(), "nothing was added to it"
        db.engine.dispose()


def test_whoever_mistypes_while_setting_up_is_asked_again_at_once(installation: Path) -> None:
    app = create_app(_on(installation))
    typed = [
        *("xã thử", "H29.01", "Thử", "xa", "commune"),
        *("quản trị", "QuanTri", "Nguyễn Thị Trị"),
        *("mật khẩu dài", "mật khẩu khác", "ngắn", "ngắn", "mật khẩu dài", "mật khẩu dài"),
    ]
    answer = onestop(app, "init", typed="\n".join([*typed, ""]))
    assert answer.exit_code == 0, answer.output
    assert len(re.findall("^onestop: ", answer.stderr, re.MULTILINE)) == 5, answer.stderr
    with app.app_context():
        agency = organisation.by_code("H29.01")
        assert agency is not None
        assert str(agency.tier) == "commune"
        assert accounts.by_username("quantri") is not None
        db.engine.dispose()


def test_an_agency_begins_with_a_code_that_dossiers_can_bear(without_agency: Path) -> None:
    app = create_app(_on(without_agency))
    words = ("--agency-name", "Thử", "--tier", "commune", "--username", "quantri", "--name", "Trị")
    said = (*words, "--password", "mật khẩu dài")
    assert "mã cơ quan" in told_last(app, "init", "--agency-code", "xã thử", *said)
    assert onestop(app, "init", "--agency-code", "H29.01", *said).exit_code == 0
    again = onestop(app, "init", "--agency-code", "H29.02", *said)
    assert again.exit_code == 0
    assert "Không thêm gì" in again.stderr
    with app.app_context():
        assert organisation.by_code("H29.02") is None
        db.engine.dispose()


def test_the_doctor_sends_whoever_broke_off_the_setting_up_back_to_it(installation: Path) -> None:
    app = create_app(_on(installation))
    assert onestop(app, "init").exit_code == 1, "nobody answers what it asks"
    answer = onestop(app, "doctor")
    assert answer.exit_code == 1
    assert "onestop init" in answer.stdout
    assert "calendar confirm" not in answer.stdout
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("length", "is_well"), [(31, False), (32, True)])
def test_the_doctor_sees_a_key_that_can_be_guessed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, length: int, is_well: bool
) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", "k" * length)
    found = next(examine(app, now()))
    assert (found.is_well, bool(found.mend)) == (is_well, not is_well)
    told = onestop(app, "doctor").stdout
    assert ("ONESTOP_SECRET_KEY=…" in told) == (not is_well), "whole, or nobody can copy it"


def test_the_doctor_counts_the_procedures(app: Flask) -> None:
    assert "404 thủ tục" in onestop(app, "doctor").stdout


def test_the_doctor_asks_for_the_calendar_of_the_year_that_has_begun_here(app: Flask) -> None:
    new_year = datetime(2026, 12, 31, 17, tzinfo=UTC)  # midnight in Vietnam
    asked = [found.name for found in examine(app, new_year) if found.name.startswith("Lịch")]
    assert asked == ["Lịch năm 2027", "Lịch năm 2028"]


def test_the_doctor_misses_a_catalogue_where_there_is_none(without_agency: Path) -> None:
    bare = create_app(_on(without_agency))
    assert onestop(bare, "init", *FIRST.split(), "--password", "mật khẩu dài").exit_code == 0
    answer = onestop(bare, "doctor")
    assert (answer.exit_code, "Chưa có thủ tục nào" in answer.stdout) == (1, True)
    with bare.app_context():
        db.engine.dispose()


def test_what_was_received_beside_the_sample_is_no_demonstration(app: Flask) -> None:
    received()  # with the agencies, procedures and staff of the demonstration
    assert "dữ liệu khác" in told_last(app, "demo", "--no-serve")


def test_where_other_data_stand_the_demonstration_leaves_an_older_schema_as_it_is(
    app: Flask,
) -> None:
    received()
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    assert "dữ liệu khác" in told_last(app, "demo", "--no-serve")
    kept = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert kept == "0006"


def test_a_new_database_is_for_its_owner_alone(installation: Path) -> None:
    app = create_app(_on(installation))
    assert onestop(app, "init", "--with-sample").exit_code == 0
    with app.app_context():
        modes = {file.name: file.stat().st_mode & 0o077 for file in installation.glob("one.*")}
        assert "one.sqlite" in modes
        assert set(modes.values()) == {0}
        db.engine.dispose()


def test_a_folder_called_like_the_database_of_a_server_says_nothing_of_it(
    app: Flask,  # noqa: ARG001 - its database is asked for
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_postgresql():
        (tmp_path / str(db.engine.url.database)).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.access", lambda *_: False)
    unanswered = DatabaseError("SELECT 1", None, Exception("Connection refused"))
    assert is_read_only(unanswered) == (not is_postgresql())

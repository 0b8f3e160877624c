"""What nobody may learn: not from a log, not from a header, not from the time an answer takes."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from onestop.accounts.actions import Cost, is_outdated
from onestop.accounts.models import Account
from onestop.app import factory
from onestop.base.clock import now
from onestop.base.database import WRITING, db, is_postgresql
from onestop.base.gate import changes_something
from onestop.base.later import settled
from onestop.base.notes import Failure, Look, failures, note_failure, tries
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.identity import secret
from tests.accounts.given import STAFF
from tests.client import PASSWORD, PolicingClient
from tests.dossiers.given import APPLICANT, COMMUNE_CLERK, received


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A browser before an installation that answers a fault as it does in an office."""
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    yield FlaskClient(app)
    db.session.rollback()


def broken(app: Flask, monkeypatch: pytest.MonkeyPatch, endpoint: str, statement: str) -> None:
    def fail(**_: str) -> None:
        db.session.execute(text(statement), {"name": APPLICANT.name})

    fail.access = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, endpoint, fail)


def test_a_log_of_faults_has_no_secret(
    app: Flask,
    failing: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(**_: str) -> None:
        raise LookupError("our own mistake")

    fail.access = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "portal.by_secret", fail)
    with caplog.at_level(logging.DEBUG):
        failing.get("/status/H26.91.27-210301-0001/GEHEIM234", headers={"Accept": "text/html"})
    assert "/status/H26.91.27-210301-0001/" in caplog.text, "the fault itself is on record"
    assert "our own mistake" in caplog.text
    assert "GEHEIM" not in caplog.text


def test_a_row_that_the_database_complains_of_is_not_written_down(
    app: Flask,
    failing: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    received()
    wrong = f"INSERT INTO look (dossier_id, account_id) SELECT 1, :name WHERE :name <> '{0}'"
    broken(app, monkeypatch, "portal.home", wrong)
    failing.get("/", headers={"Accept": "text/html"})
    assert caplog.text
    assert APPLICANT.name not in caplog.text


def test_a_page_that_fails_says_so_in_words_though_the_database_refuses_more(
    app: Flask, failing: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(app, monkeypatch, "portal.home", "SELECT 1/0 FROM nowhere WHERE 'x' = :name")
    failing.set_cookie("language", "vi")
    answer = failing.get("/", headers={"Accept": "text/html"})
    assert answer.status_code in {500, 503}
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/desk", "/dossiers/{code}", "/dossiers/{code}/qr.svg", "/dossiers/{code}/receipt",
     "/status/{code}/{secret}", "/receive"],
)  # fmt: skip
def test_nobody_keeps_a_copy_of_what_is_personal(
    app: Flask, client: PolicingClient, path: str
) -> None:
    dossier = received()
    proof = secret(app.config["LOOKUP_KEY"], dossier.nonce)
    client.sign_in(COMMUNE_CLERK)
    answer = client.get(path.format(code=dossier.code, secret=proof))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_the_same_for_everybody_may_be_kept_until_it_changes(app: Flask) -> None:
    mark = str(app.static_url_path).removeprefix("/static/")
    assert re.fullmatch(r"[0-9a-f]{12}", mark)
    client = app.test_client()
    with client.get(f"/static/{mark}/theme.css") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    assert f'href="/static/{mark}/theme.css"' in client.get("/").text
    assert client.get("/static/theme.css").status_code == 404


def test_assets_have_another_address_when_one_has_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    marks = []
    for style in ("a {}", "b {}"):
        (tmp_path / "theme.css").write_text(style)
        monkeypatch.setattr(factory, "STATIC", tmp_path)
        marks.append(factory.mark.__wrapped__())
    assert marks[0] != marks[1]


def test_every_page_forbids_frames_foreign_scripts_and_guesses(client: PolicingClient) -> None:
    headers = client.get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_form_of_another_site_is_taken(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = received().code
    sent = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    writing = [one for one in sent if changes_something(app.view_functions[one.endpoint])]
    assert {one.endpoint for one in sent if one not in writing} == {"portal.status"}
    guarded = set()
    for username in STAFF.values():
        client.sign_in(username)
        with monkeypatch.context() as guard:
            guard.setitem(app.config, "WTF_CSRF_ENABLED", True)
            for rule in writing:
                values = {"code": code, "verb": "hand_over"}
                filled = {name: values.get(name, "1") for name in rule.arguments}
                _, path = rule.build(filled) or ("", "")
                answer = client.post(path, data={"version": "1", "act": "accept"})
                assert answer.status_code in {400, 403}, (username, rule)
                guarded |= {rule.endpoint} if answer.status_code == 400 else set()
        client.post("/logout")
    assert guarded == {one.endpoint for one in writing}


@pytest.mark.parametrize(
    "told",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}],
)
def test_a_form_of_another_site_gives_its_reader_no_other_session(
    client: PolicingClient, told: dict[str, str]
) -> None:
    answer = client.post("/receive", headers={"Accept": "text/html", **told})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    ours = {"Accept": "text/html", "Origin": "http://localhost"}
    assert client.post("/receive", headers=ours).status_code == 302


def test_a_page_of_an_earlier_session_is_shown_anew_and_nothing_is_recorded(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(COMMUNE_CLERK)
    code = received().code
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    old = {"csrf_token": "of yesterday", "version": "1"}
    page = {"Accept": "text/html"}
    answer = client.post(f"/dossiers/{code}/hand_over", data=old, headers=page)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{code}/hand_over")
    assert "chưa có gì được ghi" in client.get(answer.location).text
    part = {**page, "HX-Request": "true", "HX-Current-URL": "http://localhost/receive"}
    answer = client.post("/receive/applicant", data=old, headers=part)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (400, "/receive")


def test_a_stale_form_of_whoever_has_no_log_in_comes_again_with_what_was_typed(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    page = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    typed = {"csrf_token": "of yesterday", "name": "Vũ Thị Mới", "phone": "0912345678"}
    answer = client.post("/submit/C-HT-12", data=typed, headers=page)
    assert answer.status_code == 422
    assert "Trang đã mở quá lâu nên chưa gửi được" in answer.text
    assert "Vũ Thị Mới" in answer.text
    old = {"csrf_token": "of yesterday", "username": COMMUNE_CLERK, "password": PASSWORD}
    answer = client.post("/login", data=old, headers=page)
    assert (answer.status_code, COMMUNE_CLERK in answer.text) == (422, True)
    for path, sent in (("/submit/C-HT-12", typed), ("/login", old), ("/logout", old)):
        foreign = client.post(path, data=sent, headers={**page, "Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 400


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/procedures", 405)])
def test_what_is_sent_to_no_page_is_told_so_without_a_token(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post(path).status_code == status


def test_a_page_of_an_earlier_session_still_logs_out(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(COMMUNE_CLERK)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = client.post("/logout", data={"csrf_token": "old"}, headers={"Accept": "text/html"})
    assert answer.location == "/login"
    assert client.get("/desk").status_code == 302


def test_a_receipt_names_the_address_of_the_office_whatever_the_browser_calls_it(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = received().code
    client.sign_in(COMMUNE_CLERK)
    page = f"/dossiers/{code}/receipt"
    forged = {"Accept": "text/html", "X-Forwarded-Host": "evil.example"}
    assert "evil.example" not in client.get(page, headers=forged).text
    monkeypatch.setitem(app.config, "PUBLIC_ADDRESS", "https://motcua.example.vn")
    assert "https://motcua.example.vn/status" in client.get(page).text


def test_an_unknown_code_and_a_wrong_second_thing_are_the_same_work(client: PolicingClient) -> None:
    dossier = received()
    statements: list[list[str]] = []
    for code in (dossier.code, "H26.91.27-990101-0001"):
        sent: list[str] = []

        def record(
            _connection: object,
            _cursor: object,
            statement: str,
            *_: object,
            sent: list[str] = sent,
        ) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", record)
        assert client.post("/status", data={"code": code, "second": "0000"}).status_code == 404
        event.remove(db.engine, "before_cursor_execute", record)
        statements.append(sent)
    assert statements[0] == statements[1]


def test_slow_guessing_of_four_digits_does_not_pay(client: PolicingClient) -> None:
    code = received().code
    for hours in range(5):
        at = now() - timedelta(hours=3 * hours + 1)
        note_failure("lookup", subject=code, address="192.0.2.7", at=at)
    answer = client.post("/status", data={"code": code, "second": "3456"})
    assert answer.status_code == 404, "this code accepts only its secret until tomorrow"


@pytest.mark.on_both_databases
def test_what_was_typed_into_the_wrong_field_is_not_kept(client: PolicingClient) -> None:
    client.post("/login", data={"username": "mat-khau-cua-toi", "password": "x"})
    client.post("/status", data={"code": APPLICANT.id_number, "second": "0000"})
    rows = db.session.execute(select(Failure.subject, Failure.address)).all()
    assert len(rows) == 2
    told = str(rows).lower()
    assert "mat-khau" not in told
    assert str(APPLICANT.id_number) not in told


@pytest.mark.usefixtures("app")
def test_one_household_of_the_new_addresses_counts_as_one() -> None:
    at = now()
    for number in range(3):
        address = f"2001:db8:1:2::{number}"
        note_failure("lookup", subject=f"code {number}", address=address, at=at)
    assert failed_from("2001:db8:1:2:ffff::1") == 3
    assert failed_from("2001:db8:1:3::1") == 0
    note_failure("lookup", subject="code", address="::ffff:192.0.2.1", at=at)
    assert failed_from("192.0.2.1") == 1


def failed_from(address: str) -> int:
    db.session.rollback()
    since = now() - timedelta(minutes=1)
    return failures(tries("lookup", subject="", address=address, since=since)).by_address


@pytest.mark.on_both_databases
def test_a_password_is_kept_under_todays_cost_once_it_is_shown(
    app: Flask, client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear = Cost(2, 16)
    monkeypatch.setitem(app.config, "PASSWORD_TIME_COST", dear.time)
    monkeypatch.setitem(app.config, "PASSWORD_MEMORY_COST", dear.memory)

    def outdated() -> bool:
        db.session.expire_all()
        kept = db.session.scalars(
            select(Account.password_hash).where(Account.username == COMMUNE_CLERK)
        ).one()
        return is_outdated(kept, dear)

    wrong = client.post("/login", data={"username": COMMUNE_CLERK, "password": "wrong"})
    assert wrong.status_code == 422
    assert outdated(), "whoever does not know it renews nothing"
    client.sign_in(COMMUNE_CLERK)
    assert not outdated()
    assert client.get("/desk").status_code == 200
    client.post("/logout")
    client.sign_in(COMMUNE_CLERK, PASSWORD)


def test_no_page_for_everybody_names_anybody(app: Flask, client: PolicingClient) -> None:
    dossier = received()
    proof = secret(app.config["LOOKUP_KEY"], dossier.nonce)
    personal = [APPLICANT.name, APPLICANT.id_number, APPLICANT.phone, APPLICANT.address]
    for path in ("/", "/statistics", "/procedures", f"/status/{dossier.code}/{proof}"):
        page = client.get(path).text
        assert not [one for one in personal if one and one in page], path
    assert db.session.query(Dossier).count() == 1


@pytest.mark.on_both_databases
def test_nobody_waits_for_a_writer_to_read_a_dossier(client: PolicingClient) -> None:
    code = received().code
    client.sign_in(COMMUNE_CLERK)
    writer = db.engine.connect().execution_options(**{WRITING: True})
    lock = "LOCK TABLE look IN ACCESS EXCLUSIVE MODE" if is_postgresql() else "SELECT 1"
    writer.execute(text(lock))
    try:
        answer = FlaskClient.open(client, f"/dossiers/{code}", headers={"Accept": "text/html"})
        assert answer.status_code == 200, "the page is there though the look is not yet kept"
        assert code in answer.text
    finally:
        writer.rollback()
        writer.close()
    settled()
    db.session.rollback()
    looks = db.session.scalars(select(Look.account_id)).all()
    assert len(looks) == 1, "and then it is"


def test_the_health_of_a_failing_database_is_told_to_machines(
    client: PolicingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> bool:
        return False

    assert client.get("/healthz").json == {"status": "ok"}
    monkeypatch.setattr("onestop.app.schema.answers", fails)
    answer = FlaskClient(client.application).get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "failing"})

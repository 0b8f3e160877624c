"""Rules that hold for the whole application, and for views that are not yet written."""

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from html5lib.html5parser import ParseError
from sqlalchemy import text

from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.errors import StrayWriteError
from onestop.base.gate import access_of
from tests.markup import police


def test_every_view_says_whom_it_is_for(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not {name for name in endpoints if access_of(app.view_functions[name]) is None}


def test_an_unmarked_view_is_for_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "app.healthz", lambda: "no mark")
    assert app.test_client().get("/healthz").status_code == 403


def test_a_page_that_is_only_read_cannot_open_a_transaction(app: Flask) -> None:
    with app.test_request_context("/", method="GET"), pytest.raises(StrayWriteError), transaction():
        pass


def test_a_transaction_does_not_open_inside_another(app: Flask) -> None:  # noqa: ARG001 - database
    with transaction(), pytest.raises(StrayWriteError), transaction():
        pass


def test_the_migrations_build_what_the_models_say(app: Flask) -> None:  # noqa: ARG001 - database
    flask_migrate.check()


def test_a_migration_that_is_written_for_us_names_no_class_of_ours(
    app: Flask,  # noqa: ARG001 - whose tables they are
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with transaction():
        db.session.execute(text("DROP TABLE correction"))
        db.session.execute(text("DROP TABLE loading"))
    written: list[str] = []

    def kept(*_: object, upgrades: str, **_named: object) -> None:
        written.append(upgrades)

    monkeypatch.setattr(ScriptDirectory, "generate_revision", kept)
    flask_migrate.revision(autogenerate=True)
    assert "sa.Date()" in written[0]
    assert "sa.DateTime(timezone=True)" in written[0]
    assert "onestop" not in written[0]


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><html><title>no language</title></html>",
        "<!doctype html><html lang=vi><body>no title</body></html>",
        "<!doctype html><html lang=vi><title>unclosed</title><b>bold</html>",
        "<!doctype html><html lang=vi><title>script</title><script>run()</script></html>",
        "<!doctype html><html lang=vi><title>handler</title><a onclick='run()'>go</a></html>",
    ],
)
def test_the_police_stop_a_page_that_breaks_the_house_rules(html: str) -> None:
    with pytest.raises((AssertionError, ParseError)):
        police(html)

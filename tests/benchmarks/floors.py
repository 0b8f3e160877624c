"""Bare floors: what Flask, the database and the server cost before any rule of ours.

Two of each kind: on Flask-SQLAlchemy, which the product stands on too, and on the driver alone
with one connection kept open, below which nothing can go. Each is served by the product's own
module of serving, in workers settled as the product's: `python -m tests.benchmarks.floors lookup
8001 2`.
"""

import os
import sqlite3
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event, text

from onestop.app import serving
from onestop.app.bridge import Bridge
from tests.benchmarks.ground import database

PRAGMAS = (
    "foreign_keys = ON",
    "busy_timeout = 30000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "cache_size = -65536",
    "temp_store = MEMORY",
)
STATUS = "SELECT code, state, due_at FROM dossier WHERE code = :code"
TABLES = """
CREATE TABLE IF NOT EXISTS bare_dossier (
  id INTEGER PRIMARY KEY, name VARCHAR, phone VARCHAR, procedure VARCHAR, channel VARCHAR,
  note VARCHAR
);
CREATE TABLE IF NOT EXISTS bare_entry (
  id INTEGER PRIMARY KEY, dossier_id INTEGER, verb VARCHAR, author VARCHAR
);
"""
DOSSIER = (
    "INSERT INTO bare_dossier (name, phone, procedure, channel, note) "
    "VALUES (:name, :phone, :procedure, :channel, :note)"
)
ENTRY = "INSERT INTO bare_entry (dossier_id, verb, author) VALUES (:dossier, 'receive', 'clerk')"
DESK = (
    "SELECT dossier.code, dossier.applicant_name, version.name_vi, dossier.state, dossier.due_at, "
    "place.name_vi AS place FROM dossier "
    "JOIN procedure_version AS version ON version.procedure_id = dossier.procedure_id "
    "JOIN agency_period AS place ON place.agency_id = dossier.handling_agency_id "
    "WHERE dossier.receiving_agency_id = (SELECT id FROM agency WHERE code = 'H26.91') "
    "AND dossier.state NOT IN ('3', '8', '10') ORDER BY dossier.due_at LIMIT 100"
)
TABLE = """<!doctype html><html lang="vi"><title>Desk</title><table>
<thead><tr><th>Code<th>Applicant<th>Procedure<th>State<th>Due<th>Place</tr></thead>
{% for row in rows %}<tr><td><a href="/dossiers/{{ row.code }}">{{ row.code }}</a></td>
<td>{{ row.applicant_name }}</td><td>{{ row.name_vi }}</td><td>{{ row.state }}</td>
<td>{{ row.due_at }}</td><td>{{ row.place }}</td></tr>
{% endfor %}</table></html>"""
PAPER = "<!doctype html><html lang=vi><title>{}</title><p>{} {}"


def lookup() -> Bridge:
    """One indexed SELECT through the session of Flask-SQLAlchemy, by address and by form."""
    app, db = _on_sqlalchemy()

    def answer(code: str) -> str:
        return PAPER.format(*db.session.execute(text(STATUS), {"code": code}).one())

    return serving.settled(_with_status(app, answer))


def lookup_by_driver() -> Bridge:
    """One indexed SELECT on one open connection of the driver."""

    def answer(code: str) -> str:
        return PAPER.format(*_connection().execute(STATUS, {"code": code}).fetchone())

    return serving.settled(_with_status(Flask(__name__), answer))


def intake() -> Bridge:
    """Two INSERTs in one transaction of Flask-SQLAlchemy's session."""
    app, db = _on_sqlalchemy()

    def keep(filled_in: dict[str, str]) -> None:
        made: Any = db.session.execute(text(DOSSIER), filled_in)
        db.session.execute(text(ENTRY), {"dossier": made.lastrowid})
        db.session.commit()

    return serving.settled(_with_intake(app, keep))


def intake_by_driver() -> Bridge:
    """Two INSERTs in one transaction on one open connection of the driver."""

    def keep(filled_in: dict[str, str]) -> None:
        connection = _connection()
        connection.execute("BEGIN IMMEDIATE")
        made = connection.execute(DOSSIER, filled_in)
        connection.execute(ENTRY, {"dossier": made.lastrowid})
        connection.execute("COMMIT")

    return serving.settled(_with_intake(Flask(__name__), keep))


def desk() -> Bridge:
    """One SELECT of a hundred rows, and a plain table of them."""
    app, db = _on_sqlalchemy()
    template = app.jinja_env.from_string(TABLE)

    @app.get("/desk")
    def view() -> str:
        return template.render(rows=db.session.execute(text(DESK)).all())

    return serving.settled(app)


def _with_status(app: Flask, answer: Callable[[str], str]) -> Flask:
    @app.get("/status/<code>/<_proof>")
    def scanned(code: str, _proof: str) -> str:
        return answer(code)

    @app.post("/status")
    def typed() -> str:
        return answer(request.form["code"])

    return app


def _with_intake(app: Flask, keep: Callable[[dict[str, str]], None]) -> Flask:
    _connection().executescript(TABLES)

    @app.post("/receive")
    def receive() -> ResponseReturnValue:
        names = ("name", "phone", "procedure", "channel", "note")
        keep({name: request.form[name] for name in names})
        return redirect("/receipt")

    return app


def _on_sqlalchemy() -> tuple[Flask, SQLAlchemy]:
    event.listen(Engine, "connect", lambda connection, _record: _prepare(connection))
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{_file()}"
    return app, SQLAlchemy(app)


@cache
def _connection() -> sqlite3.Connection:
    connection = sqlite3.connect(_file(), isolation_level=None, check_same_thread=False)
    _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _file() -> Path:
    return database(Path(os.environ["ONESTOP_INSTANCE"]))


if __name__ == "__main__":
    name, port, workers = sys.argv[1:]
    serving.run("127.0.0.1", int(port), int(workers), application=f"tests.benchmarks.floors:{name}")

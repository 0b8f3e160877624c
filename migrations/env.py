"""Runs the migrations on the database of the running application."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from onestop.base.database import WRITING, Day, Moment

MIGRATING = 6121  # any number that nothing else locks
migrate = current_app.extensions["migrate"]


def render_item(_kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401 - as alembic says
    # A migration outlives our classes, so it names the column's own type.
    if isinstance(item, Day):
        return "sa.Date()"
    return "sa.DateTime(timezone=True)" if isinstance(item, Moment) else False


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    # The index of words is made by hand on each database, so the models do not know it.
    return not (kind == "table" and name is not None and name.startswith("dossier_search"))


def enforce_keys(connection: Connection, switch: str) -> None:
    # A batch rebuilds its table; with keys enforced, dropping the old one would fail or take its
    # children along. The pragma counts only outside a transaction, hence the driver's own cursor.
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys = {switch}")


def wait_for_others(connection: Connection) -> None:
    # Two programs that start at once would both make the tables; SQLite has it by its own lock.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")


with migrate.db.engine.connect().execution_options(**{WRITING: True}) as connection:
    context.configure(
        connection,
        target_metadata=migrate.db.metadata,
        render_item=render_item,
        include_name=include_name,
        transactional_ddl=True,  # on SQLite too, for BEGIN is ours: half an upgrade is none
        **migrate.configure_args,
    )
    enforce_keys(connection, "OFF")
    with context.begin_transaction():
        wait_for_others(connection)
        context.run_migrations()
    enforce_keys(connection, "ON")

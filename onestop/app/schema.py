"""The schema of the database at hand, against the migrations that this version knows."""

from enum import Enum
from typing import Final

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError

from onestop.app.settings import migrations_folder
from onestop.base.database import WRITING, db

# What a database answers when it is missing, locked, read-only or no database at all. A broken
# constraint is none of these: it is a refusal, or a fault of ours.
FAULTS: Final = (OperationalError, ProgrammingError, InternalError)


class Schema(Enum):
    """How the database stands to this version of the program."""

    EMPTY = "empty"
    FOREIGN = "foreign"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"


def standing() -> Schema:
    """Return how the database stands; one that holds other people's tables is foreign."""
    known = {script.revision for script in _scripts().walk_revisions()}
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return Schema.FOREIGN if inspect(connection).get_table_names() else Schema.EMPTY
    if revision not in known:
        return Schema.AHEAD
    return Schema.CURRENT if revision == _scripts().get_current_head() else Schema.BEHIND


def is_writable() -> bool:
    """Say whether the database takes a change, by making one that is taken back."""
    try:
        with db.engine.connect().execution_options(**{WRITING: True}) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
            connection.rollback()
    except FAULTS:
        return False
    return True


def upgrade() -> None:
    """Bring the schema up to date."""
    flask_migrate.upgrade(directory=str(migrations_folder()))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(migrations_folder()))

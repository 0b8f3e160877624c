"""The product as tests have it: migrated once, then with the sample or the whole demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import flask_migrate
from flask import Flask

from onestop.accounts.actions import Cost, hash_password
from onestop.app.factory import create_app
from onestop.base.database import db
from onestop.base.edge import transaction
from onestop.base.later import settled
from onestop.base.viewer import Operator
from onestop.demo.actions import build, load_sample
from tests.client import PASSWORD
from tests.databases import Database

INSTALLED: Final = datetime(2020, 12, 1, tzinfo=UTC)
BUILT: Final = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
CHEAP: Final = Cost(1, 8)


def settings(database: Database, instance: Path) -> dict[str, Any]:
    """Return the settings of an installation whose passwords cost next to nothing."""
    return {
        **database.settings,
        "INSTANCE": instance,
        "SECRET_KEY": "for tests, and as long as a key has to be",
        "LOOKUP_KEY": "for tests",
        "PASSWORD_TIME_COST": CHEAP.time,
        "PASSWORD_MEMORY_COST": CHEAP.memory,
    }


@contextmanager
def installed(database: Database, instance: Path, **changes: Any) -> Iterator[Flask]:
    """Migrate `database`, load the sample, and remember it in both states."""
    app = create_app({**settings(database, instance), **changes})
    with app.app_context(), database.alone():
        if database.remembers("sample"):
            database.restore(db.engine, "sample")
        else:
            flask_migrate.upgrade()
            database.remember(db.engine, "migrated")
            with transaction():
                hashed = hash_password(PASSWORD, CHEAP)
                load_sample(password_hash=hashed, by=Operator(), at=INSTALLED)
            db.session.remove()
            database.remember(db.engine, "sample")
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()
        database.close()


def demonstrate(app: Flask, database: Database) -> None:
    """Build the demonstration as of `BUILT`, unless `database` remembers it already."""
    with app.app_context(), database.alone():
        if database.remembers("demonstration"):
            return
        begin(database, "migrated")
        with transaction():
            build(password_hash=hash_password(PASSWORD, CHEAP), by=Operator(), at=BUILT)
        db.session.remove()
        database.remember(db.engine, "demonstration")


def begin(database: Database, name: str) -> None:
    """Put a remembered database in place, and drop what the process kept of the one before."""
    settled()
    database.restore(db.engine, name)

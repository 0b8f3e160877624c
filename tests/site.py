"""The product served to real browsers: sessions, CSRF and the policy as in service."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from threading import Thread
from typing import Final

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from onestop.app.factory import create_app
from onestop.base.database import db
from tests.databases import Database
from tests.installing import begin, settings

CLOCK: Final = "onestop.base.clock.datetime"


class Clock:
    """Stands in for the class that `base.clock` asks: begins at a moment, and runs on from it."""

    def __init__(self, moment: datetime) -> None:
        self.put(moment)

    def put(self, moment: datetime) -> None:
        """Make it that moment now."""
        self.moment, self.since = moment, time.monotonic()

    def now(self, zone: tzinfo) -> datetime:
        """Return the time, as `datetime.now` does."""
        return (self.moment + timedelta(seconds=time.monotonic() - self.since)).astimezone(zone)


class Site:
    """A running product and its clock; every test begins with the demonstration as it was built."""

    def __init__(self, app: Flask, database: Database, clock: Clock, address: str) -> None:
        self.app, self.database = app, database
        self.clock, self.address = clock, address

    def begin(self, moment: datetime) -> None:
        """Put the demonstration back as it was built, and the clock to `moment`."""
        with self.app.app_context():
            begin(self.database, "demonstration")
        self.clock.put(moment)

    def rest(self) -> None:
        """Let go of the database, so that a test of something else can put its own there."""
        with self.app.app_context():
            db.engine.dispose()


@contextmanager
def served(database: Database, instance: Path, clock: Clock) -> Iterator[Site]:
    """Serve the product on a free port of this machine."""
    app = create_app(settings(database, instance))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, name="site")
    thread.start()
    try:
        yield Site(app, database, clock, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - as werkzeug has it
        """Say nothing: a page that fails is told by the browser's side."""

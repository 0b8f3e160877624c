"""The server that was chosen beside the other that led: the same application, the same workers.

gunicorn is no part of the product: `pip install gunicorn` before asking for this one.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

from flask import Flask

from onestop.app import serving
from onestop.app.factory import create_app
from onestop.app.serving import default_workers
from tests.benchmarks import ground, lookup
from tests.benchmarks.desk import OWN_DESK
from tests.benchmarks.ground import Browser, Ground, Measured, Pair, Requests


def measure(on: Ground) -> Iterator[Measured]:
    """Press look-ups and desks on both, and weigh the workers afterwards."""
    if find_spec("gunicorn") is None:
        sys.exit("pip install gunicorn")
    known = lookup.known_dossiers(on)
    with gunicorn(on.demonstration) as other, ground.served(on.demonstration) as chosen:
        for what, requests in (
            ("GET /status/CODE/SECRET", partial(_look_ups, known)),
            ("GET /desk", _desks),
        ):
            pairs = ground.alternate(
                on.effort,
                partial(ground.press, other.port, requests(other.port), on.effort.seconds),
                partial(ground.press, chosen.port, requests(chosen.port), on.effort.seconds),
            )
            yield Measured("servers", f"{what} : gunicorn sync, granian", "requests/s", pairs)
        weighed = (Pair(other.megabytes, chosen.megabytes),)
        what = f"memory of {default_workers()} workers : gunicorn sync, granian"
        yield Measured("servers", what, "MB", weighed)


def application() -> Flask:
    """Return the product for a worker of gunicorn, settled as ours are."""
    app = create_app()
    serving.settled(app)
    return app


@contextmanager
def gunicorn(instance: Path) -> Iterator[ground.Served]:
    """Serve the product with gunicorn's plain workers."""
    port = ground.free_port()
    words = ("-m", "gunicorn", "--workers", str(default_workers()), "--keep-alive", "60", "--bind")
    application = "tests.benchmarks.servers:application()"
    with ground.serving((*words, f"{ground.HOST}:{port}", application), instance, port) as process:
        yield ground.Served(port, process.pid)


def _look_ups(known: list[lookup.Known], port: int) -> Requests:
    visitor = Browser(port)
    return lambda number: cycle(
        [
            visitor.get(f"/status/{code}/{proof}")
            for code, proof, _ in known[number :: ground.CONNECTIONS]
        ]
    )


def _desks(port: int) -> Requests:
    page = Browser(port).sign_in(OWN_DESK).get("/desk")
    return lambda _number: cycle([page])

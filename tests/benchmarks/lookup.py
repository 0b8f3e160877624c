"""The citizen's look-up, through both its doors, beside one indexed SELECT."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

from sqlalchemy import select

from onestop.base.database import db
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.identity import secret
from tests.benchmarks import ground
from tests.benchmarks.ground import Browser, Ground, Measured

LOOKED_UP = 4000
HALF = 0.5
Known = tuple[str, str, str]
"""Code, secret, and the last digits of the phone."""


def measure(on: Ground) -> Iterator[Measured]:
    """Look up thousands of different dossiers, all with success."""
    known = known_dossiers(on)
    instance = on.demonstration
    with (
        ground.product(instance) as ours,
        ground.floor("lookup", instance) as select_one,
        ground.floor("lookup_by_driver", instance) as driver,
    ):
        for door, requests in (
            ("GET /status/CODE/SECRET", _scanned),
            ("POST /status", _typed),
        ):
            burst = partial(_burst, on, requests, known)
            for kind, port, target in (
                ("SELECT, Flask-SQLAlchemy", select_one, HALF),
                ("SELECT, driver alone", driver, None),
            ):
                pairs = ground.alternate(on.effort, partial(burst, port), partial(burst, ours))
                yield Measured("lookup", f"{door} : {kind}", "requests/s", pairs, target)


def _burst(
    on: Ground,
    requests: Callable[[int, list[Known], int], Iterator[bytes]],
    known: list[Known],
    port: int,
) -> float:
    return ground.press(port, lambda number: requests(port, known, number), on.effort.seconds)


def _scanned(port: int, known: list[Known], number: int) -> Iterator[bytes]:
    visitor = Browser(port)
    return cycle(
        [visitor.get(f"/status/{code}/{proof}") for code, proof, _ in _part(known, number)]
    )


def _typed(port: int, known: list[Known], number: int) -> Iterator[bytes]:
    visitor = Browser(port)
    return cycle(
        [
            visitor.post("/status", [("code", code), ("second", second)])
            for code, _, second in _part(known, number)
        ]
    )


def _part(known: list[Known], number: int) -> Iterator[Known]:
    return islice(known, number, None, ground.CONNECTIONS)


def known_dossiers(on: Ground) -> list[Known]:
    app = ground.application(on.demonstration)
    with app.app_context():
        rows = db.session.execute(
            select(Dossier.code, Dossier.nonce, Dossier.applicant_phone)
            .where(Dossier.received_at.is_not(None), Dossier.applicant_phone.is_not(None))
            .order_by(Dossier.nonce)
            .limit(LOOKED_UP)
        ).all()
        db.engine.dispose()
    key = app.config["LOOKUP_KEY"]
    return [(code, secret(key, nonce), phone[-4:]) for code, nonce, phone in rows if phone]

"""Intake at the counter, acknowledged when on disk, beside two INSERTs with the same setting."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from uuid import uuid4

from tests.benchmarks import ground
from tests.benchmarks.ground import Browser, Ground, Measured

NUMBERS = count()
CLERK = "motcua1.ngochoi"
THREE_TENTHS = 0.3
FILLED_IN = (
    ("applicant_kind", "person"),
    ("name", "Nguyễn Văn Thí Dụ"),
    ("address", "Thôn Một"),
    ("procedure", "C-HT-12"),
    ("papers", "0"),
    ("papers", "1"),
    ("channel", "counter"),
    ("return_by", "counter"),
    ("note", ""),
    ("act", "receive"),
)


def measure(on: Ground) -> Iterator[Measured]:
    """Send the real form, with session and token, from many counters at once."""
    for kind, name, target in (
        ("two INSERTs, Flask-SQLAlchemy", "intake", THREE_TENTHS),
        ("two INSERTs, driver alone", "intake_by_driver", None),
    ):
        with ground.product(on.copy()) as ours, ground.floor(name, on.copy()) as bare:
            clerk = Browser(ours).sign_in(CLERK)
            token = clerk.token("/receive")
            pairs = ground.alternate(
                on.effort,
                partial(_burst, on, bare, Browser(bare), ""),
                partial(_burst, on, ours, clerk, token),
            )
            yield Measured("intake", f"POST /receive : {kind}", "requests/s", pairs, target)


def _burst(on: Ground, port: int, visitor: Browser, token: str) -> float:
    return ground.press(port, lambda _number: _sent(visitor, token), on.effort.seconds)


def _sent(visitor: Browser, token: str) -> Iterator[bytes]:
    while True:
        # Somebody else each time: the same person again would have to be decided about.
        number = next(NUMBERS)
        who = [("id_number", f"9991{number:08}"), ("phone", f"06{number:08}")]
        fields = [*FILLED_IN, *who, ("key", uuid4().hex), ("csrf_token", token)]
        yield visitor.post("/receive", fields)

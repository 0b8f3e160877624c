"""Visitors on a bad line, whom nobody else has to wait for."""

from collections.abc import Iterable
from io import BytesIO
from threading import Event, Thread
from typing import Any

from onestop.app.serving import InTurn

PATIENCE = 10.0
MOST = 100


class BadLine(BytesIO):
    """What somebody sends who stops half way, until `goes_on`."""

    def __init__(self, sent: bytes) -> None:
        super().__init__(sent)
        self.asked, self.goes_on = Event(), Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.set()
        assert self.goes_on.wait(PATIENCE)
        return super().read(size)


def answer(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
    """Answer with what was sent."""
    return [environ["wsgi.input"].read()]


def asked(app: InTurn, sent: BytesIO | None = None, length: int = 0) -> bytes:
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": sent or BytesIO()}
    return b"".join(app(environ, lambda *_: lambda _part: None))


def test_who_stops_half_way_through_a_form_holds_nobody_up() -> None:
    app, line, found = InTurn(answer, MOST), BadLine(b"code=1"), list[bytes]()
    slow = Thread(target=lambda: found.append(asked(app, line, 6)), daemon=True)
    slow.start()
    assert line.asked.wait(PATIENCE)
    other = Thread(target=lambda: found.append(asked(app)), daemon=True)
    other.start()
    other.join(PATIENCE)
    assert found == [b""], "the other has his answer meanwhile"
    line.goes_on.set()
    slow.join(PATIENCE)
    assert found == [b"", b"code=1"]


def test_one_answer_is_made_at_a_time() -> None:
    begun, goes_on = Event(), Event()

    def makes(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        if environ["wsgi.input"].read() == b"first":
            begun.set()
            assert goes_on.wait(PATIENCE)
        return [b"made"]

    app, found = InTurn(makes, MOST), list[bytes]()
    first = Thread(target=lambda: found.append(asked(app, BytesIO(b"first"), 5)), daemon=True)
    first.start()
    assert begun.wait(PATIENCE)
    second = Thread(target=lambda: found.append(asked(app)), daemon=True)
    second.start()
    second.join(0.2)
    assert found == [], "it waits for its turn"
    goes_on.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert found == [b"made", b"made"]


def test_what_is_longer_than_a_form_is_left_to_the_application() -> None:
    taken = list[bool]()

    def refuses(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        taken.append(environ["wsgi.input"].tell() > 0)
        return [b"refused"]

    assert asked(InTurn(refuses, MOST), BytesIO(b"x" * 200), 200) == b"refused"
    assert taken == [False]

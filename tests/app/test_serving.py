"""Visitors on a bad line, whom nobody else has to wait for."""

from collections.abc import Iterable
from io import BytesIO
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from onestop.app import serving
from onestop.app.serving import InTurn
from onestop.app.settings import MOST_SENT

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
    environ = {"CONTENT_LENGTH": length and str(length), "wsgi.input": sent or BytesIO()}
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


def test_a_form_that_was_cut_off_half_way_is_none() -> None:
    told = list[str]()

    def takes(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        pytest.fail(f"it was taken: {environ['wsgi.input'].read()!r}")

    environ = {"CONTENT_LENGTH": "6", "wsgi.input": BytesIO(b"cod")}
    list(InTurn(takes, MOST)(environ, lambda status, _headers: told.append(status)))  # type: ignore[arg-type]
    assert told == ["400 Bad Request"]


def test_nothing_is_read_of_what_does_not_say_how_long_it_is() -> None:
    assert asked(InTurn(answer, MOST), BytesIO(b"code=1")) == b""


def test_whoever_sends_more_than_a_form_is_refused_before_it_is_read(app: Flask) -> None:
    line = BadLine(b"code=")
    refused = app.test_client().post(
        "/login",
        input_stream=line,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(MOST_SENT + 1), "wsgi.input_terminated": True},
    )
    assert refused.status_code == 413
    assert not line.asked.is_set()


def test_whoever_stalls_keeps_no_server_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict[str, Any]()

    class Server:
        def __init__(self, _application: str, **settings: Any) -> None:
            given.update(settings)

        def serve(self) -> None:
            """Stop at once."""

    monkeypatch.setattr(serving, "Granian", Server)
    serving.run("127.0.0.1", 0, 1)
    assert 0 < given.get("workers_kill_timeout", 0) < PATIENCE, "it would wait for ever"

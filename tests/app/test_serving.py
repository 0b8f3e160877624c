"""Visitors on a bad line: they hold nobody up, half of a form is none, too much is not read."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Final

import pytest
from flask import Flask
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from onestop.app import bridge, serving
from onestop.app.bridge import Bridge
from onestop.app.settings import MOST_SENT
from tests.app.echo import LARGE, MOST

ROOT: Final = __file__.rpartition("/tests/")[0]
PATIENCE = 10
STALLED = 20
CROWD = 1200
LONG = 1 << 20


class BadLine(BytesIO):
    """What somebody sends, and whether anybody read it."""

    def __init__(self, sent: bytes) -> None:
        super().__init__(sent)
        self.is_read = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.is_read = True
        return super().read(size)


class Visitor:
    """Who begins to send a form by the server's interface and does not go on."""

    status = 0

    async def __call__(self) -> bytes:
        await asyncio.sleep(PATIENCE)
        return b""

    def response_empty(self, status: int, _headers: object) -> None:
        self.status = status


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The product's own server before an application that tells what it is asked."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "tests.app.echo", str(port)]
    with subprocess.Popen(words, cwd=ROOT) as server:  # noqa: S603 - our own program
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            asked(port, "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


def asked(port: int, path: str, **headers: str) -> dict[str, str]:
    line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.request("GET", path, headers=headers)
    told: dict[str, str] = json.loads(line.getresponse().read())
    line.close()
    return told


def begun(port: int, head: str, body: bytes = b"") -> socket.socket:
    """Send the head of a request and what there is of its body, and wait."""
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    line.sendall(f"{head}\r\nHost: shop\r\n\r\n".encode() + body)
    return line


def posted(port: int, body: bytes, head: str = "") -> str:
    line = begun(port, f"POST / HTTP/1.1\r\nConnection: close{head}", body)
    got = b"".join(iter(lambda: line.recv(1 << 16), b""))
    line.close()
    return got.decode()


def test_who_stalls_half_way_through_a_form_holds_nobody_up(port: int) -> None:
    head = "POST / HTTP/1.1\r\nContent-Length: 50"
    stalled = [begun(port, head, b"code=") for _ in range(STALLED)]
    assert asked(port, "/status")["PATH_INFO"] == "/status"
    stalled[0].sendall(b"x" * 45)
    assert b"code=xxx" in stalled[0].recv(1 << 16), "who goes on is answered"
    for line in stalled:
        line.close()


def test_a_crowd_that_stalls_or_only_keeps_its_line_shuts_nobody_out(port: int) -> None:
    assert serving.lines_held() > CROWD, "and this program may open as many"
    crowd = [begun(port, "POST / HTTP/1.1\r\nContent-Length: 50") for _ in range(CROWD)]
    assert asked(port, "/status")["PATH_INFO"] == "/status"
    for line in crowd:
        line.close()


def test_who_takes_a_large_file_slowly_holds_nobody_up(port: int) -> None:
    slow = begun(port, "GET /large HTTP/1.1\r\nConnection: close")
    slow.recv(1)
    assert asked(port, "/status")["PATH_INFO"] == "/status"
    rest = sum(len(part) for part in iter(lambda: slow.recv(1 << 16), b""))
    slow.close()
    assert rest > LARGE, "and gets all of it, after its head"


def test_who_takes_large_files_slowly_fills_no_memory(port: int) -> None:
    before = int(asked(port, "/")["memory"])
    slow = [begun(port, "GET /large HTTP/1.1") for _ in range(STALLED)]
    for line in slow:
        line.recv(1)
    assert int(asked(port, "/")["memory"]) - before < STALLED * LARGE / 8
    for line in slow:
        line.close()


def test_a_form_that_was_cut_off_half_way_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(_visitor: Visitor) -> bytes:
        raise ProtocolClosed

    monkeypatch.setattr(Visitor, "__call__", gone)
    cut: Any = Visitor()
    asyncio.run(Bridge(takes, MOST).__rsgi__(scope(length=6), cut))
    assert cut.status == 0, "nobody is there to be answered"


def test_who_never_goes_on_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "PATIENCE", 0.01)
    stalled: Any = Visitor()
    asyncio.run(Bridge(takes, MOST).__rsgi__(scope(length=6), stalled))
    assert stalled.status == 408


def test_many_who_stall_in_long_forms_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "PATIENCE", 0.1)
    monkeypatch.setattr(bridge, "MOST_AWAITED", 2 * LONG)
    lengths = [LONG, LONG, LONG, bridge.SMALL]
    crowd: list[Any] = [Visitor() for _ in lengths]
    behind = Bridge(takes, LONG)

    async def all_at_once() -> None:
        sent = zip(lengths, crowd, strict=True)
        await asyncio.gather(*(behind.__rsgi__(scope(length=one), line) for one, line in sent))

    for _ in range(2):
        asyncio.run(all_at_once())
        assert [one.status for one in crowd] == [408, 408, 503, 408], "and a short one is awaited"


def test_an_address_of_ipv6_is_told_without_its_brackets() -> None:
    asked_from = scope(length=0)
    asked_from.server, asked_from.client = "[::1]:80", "[2001:db8::7]:5000"
    told = bridge.environ_of(asked_from)
    assert (told["SERVER_NAME"], told["SERVER_PORT"]) == ("::1", "80")
    assert told["REMOTE_ADDR"] == "2001:db8::7"


def takes(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
    pytest.fail(f"it was taken: {environ['wsgi.input'].read()!r}")


def scope(length: int) -> Any:
    headers = SimpleNamespace(items=lambda: [("content-length", str(length))])
    return SimpleNamespace(
        method="POST", path="/", query_string="", http_version="1.1", server="127.0.0.1:80",
        client="127.0.0.1:1", scheme="http", authority=None, headers=headers,
    )  # fmt: skip


def test_a_whole_form_arrives_and_what_is_longer_is_left_unread(port: int) -> None:
    assert '"sent": "code=1"' in posted(port, b"code=1", "\r\nContent-Length: 6")
    assert '"sent": ""' in posted(port, b"x" * 101, "\r\nContent-Length: 101")


def test_nothing_is_read_of_what_does_not_say_how_long_it_is(port: int) -> None:
    chunked = b"6\r\ncode=1\r\n0\r\n\r\n"
    told = posted(port, chunked, "\r\nTransfer-Encoding: chunked")
    assert told.startswith("HTTP/1.1 411 "), told


def test_an_application_is_told_what_its_interface_promises(port: int) -> None:
    told = asked(port, "/th%E1%BB%A7?q=%C4%91", **{"User-Agent": "a/1"})
    assert told["PATH_INFO"].encode("latin-1").decode() == "/thủ"
    assert told["QUERY_STRING"] == "q=%C4%91"
    assert told["REQUEST_METHOD"] == "GET"
    assert told["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert (told["SERVER_NAME"], told["SERVER_PORT"]) == ("127.0.0.1", str(port))
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert told["HTTP_HOST"] == f"127.0.0.1:{port}"
    assert told["HTTP_USER_AGENT"] == "a/1"


def test_headers_sent_twice_are_one_and_those_with_an_underscore_none(port: int) -> None:
    twice = "\r\nCookie: a=1\r\nCookie: b=2\r\nX-Two: a\r\nX-Two: b"
    got = posted(port, b"", f"{twice}\r\nX_Forwarded_For: 10.0.0.1\r\nContent-Length: 0")
    assert '"HTTP_COOKIE": "a=1; b=2"' in got
    assert '"HTTP_X_TWO": "a,b"' in got
    assert "10.0.0.1" not in got
    assert "x-two: a\r\nx-two: b" in got, "and an answer may say one twice"


def test_the_host_of_a_whole_address_is_the_one_that_counts(port: int) -> None:
    line = begun(port, "GET http://other/th?q HTTP/1.1\r\nConnection: close")
    got = b"".join(iter(lambda: line.recv(1 << 16), b"")).decode()
    line.close()
    assert '"HTTP_HOST": "other"' in got
    assert '"PATH_INFO": "/th"' in got


def test_whoever_sends_more_than_a_form_is_refused_before_it_is_read(app: Flask) -> None:
    line = BadLine(b"code=")
    refused = app.test_client().post(
        "/login",
        input_stream=line,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(MOST_SENT + 1), "wsgi.input_terminated": True},
    )
    assert refused.status_code == 413
    assert not line.is_read


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
